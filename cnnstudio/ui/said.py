"""What the core says by templates, in the person's language."""

from PySide6.QtCore import QCoreApplication

from cnnstudio.core.phrase import Phrase, Told

_tr = QCoreApplication.translate
_TEMPLATES = ("Phrase", "Fix")
_WORDS = ("Phrase", "Doctor", "Settings", "Block")


def said(context: str, told: Told) -> str:
    """The template of this context with what fills it; the phrases in it are translated as well."""
    if not told.values:
        return _found(told.text, (context, *_WORDS))
    values = {name: _value(context, value) for name, value in told.values.items()}
    return _found(told.text, (context, *_TEMPLATES)).format(**values)


def word(text: str) -> str:
    """A setting, a block or a value: as whoever knows the word calls it."""
    return _found(text, _WORDS)


def _found(text: str, contexts: tuple[str, ...]) -> str:
    for context in dict.fromkeys(contexts):
        if (found := _tr(context, text)) != text:
            return found
    return text


def _value(context: str, value: object) -> object:
    return said(context, value) if isinstance(value, Phrase) else value
