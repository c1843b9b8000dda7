"""What the core says by templates, in the person's language."""

from PySide6.QtCore import QCoreApplication

from cnnstudio.core.phrase import Phrase, Told

_tr = QCoreApplication.translate


def said(context: str, told: Told) -> str:
    """The template of this context with what fills it; the phrases in it are translated as well."""
    values = {name: _value(context, value) for name, value in told.values.items()}
    return word(told.text, context).format(**values)


def word(text: str, *first: str) -> str:
    """A phrase, a setting, a block or a value: as whoever knows the word calls it."""
    for context in (*first, "Phrase", "Doctor", "Fix", "Settings", "Block"):
        if (found := _tr(context, text)) != text:
            return found
    return text


def _value(context: str, value: object) -> object:
    return said(context, value) if isinstance(value, Phrase) else value
