"""What the doctor says, in the person's language."""

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QIcon

from cnnstudio.core.doctor import Advice, Remedy, Severity
from cnnstudio.ui.theme import icon, tokens

_tr = QCoreApplication.translate


def advice_text(advice: Advice) -> str:
    """The sentence with its numbers."""
    return _tr("Doctor", advice.text).format(**advice.values)


def remedy_text(remedy: Remedy) -> str:
    """``Set Learning rate to 0.01``."""
    values = {
        name: _word(value) if isinstance(value, str) else value for name, value in remedy.values.items()
    }
    return _tr("Doctor", remedy.text).format(**values)


def _word(text: str) -> str:
    """A setting, a block or a value: as the settings and the blocks call it, where it is a word of theirs."""
    for context in ("Doctor", "Settings", "Block"):
        if (said := _tr(context, text)) != text:
            return said
    return text


def remedy_label(remedy: Remedy) -> str:
    """``Set Learning rate to 0.01   0.1 → 0.01``; what else is changed says so by itself."""
    text, change = remedy_text(remedy), remedy.changes[0]
    is_setting = "setting" in remedy.values and len(remedy.changes) == 1
    return f"{text}   {change.before} → {change.after}" if is_setting else text


def remedy_changes(remedy: Remedy) -> str:
    """A line for everything that changes: ``Learning rate: 0.1 → 0.01``."""
    line = _tr("Doctor", "{label}: {before} → {after}")
    return "\n".join(
        line.format(label=_word(change.label), before=_word(change.before), after=_word(change.after))
        for change in remedy.changes
    )


def severity_text(severity: Severity) -> str:
    """A word for whom colours tell nothing."""
    words = {
        "harm": _tr("Doctor", "Serious"),
        "warning": _tr("Doctor", "Worth changing"),
        "hint": _tr("Doctor", "Hint"),
    }
    return words[severity]


def severity_mark(severity: Severity) -> QIcon:
    """The sign in the colour of how serious it is."""
    t = tokens()
    colours = {"harm": t.danger, "warning": t.warning, "hint": t.accent}
    return icon("warning" if severity != "hint" else "info", colours[severity], 16)
