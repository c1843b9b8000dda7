"""What the doctor says, in the person's language."""

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QIcon

from cnnstudio.core.doctor import Advice, Remedy, Severity
from cnnstudio.core.phrase import Phrase
from cnnstudio.ui.said import said, word
from cnnstudio.ui.theme import icon, tokens

_tr = QCoreApplication.translate


def advice_text(advice: Advice) -> str:
    """What was found, with its numbers: a sentence or two."""
    first = said("Doctor", advice)
    return f"{first} {said('Doctor', Phrase(advice.then, advice.values))}" if advice.then else first


def remedy_text(remedy: Remedy) -> str:
    """``Set Learning rate to 0.01``."""
    return said("Doctor", remedy)


def _value(value: str | Phrase) -> str:
    return said("Doctor", value) if isinstance(value, Phrase) else value


def remedy_label(remedy: Remedy) -> str:
    """``Set Learning rate to 0.01   0.1 → 0.01``; what else is changed says so by itself."""
    text, change = remedy_text(remedy), remedy.changes[0]
    is_setting = "setting" in remedy.values and len(remedy.changes) == 1
    return f"{text}   {_value(change.before)} → {_value(change.after)}" if is_setting else text


def remedy_changes(remedy: Remedy) -> str:
    """A line for everything that changes: ``Learning rate: 0.1 → 0.01``."""
    line = _tr("Doctor", "{label}: {before} → {after}")
    return "\n".join(
        line.format(label=word(change.label), before=_value(change.before), after=_value(change.after))
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
