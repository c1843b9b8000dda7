"""What the doctor says: one sentence with what was measured, about which block, and what can be done."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from cnnstudio.core.document import Document
from cnnstudio.core.phrase import Phrase

Severity = Literal["harm", "warning", "hint"]
"""Nothing can come of it; it costs accuracy or time; it may."""

SEVERITIES: tuple[Severity, ...] = ("harm", "warning", "hint")


@dataclass(frozen=True, slots=True)
class Before:
    """What a remedy changes: a label (``Learning rate``) with its value before and after, for people."""

    label: str
    before: str | Phrase
    after: str | Phrase


@dataclass(frozen=True, slots=True)
class Remedy:
    """One way to better it: ``text`` is a template for a button ('Set {setting} to {after}').

    ``document`` is the whole changed document. It has been inferred: it has no problem that was not there.
    """

    text: str
    values: Mapping[str, object]
    document: Document
    changes: tuple[Before, ...] = ()

    def __str__(self) -> str:
        return self.text.format(**self.values)


@dataclass(frozen=True, slots=True)
class Advice:
    """One finding.

    ``text`` is a template and ``values`` fill it, as of :class:`~cnnstudio.core.fault.Fault`, so that the
    window can translate it; ``then`` is a second sentence, where there is one. ``node`` is the block that
    it is about, None: the training as a whole.
    ``epoch`` is the one whose numbers are told, 0 before any.
    """

    rule: str
    severity: Severity
    text: str
    values: Mapping[str, object] = field(default_factory=dict)
    node: str | None = None
    epoch: int = 0
    remedies: tuple[Remedy, ...] = ()
    source: str = ""
    then: str = ""

    def __str__(self) -> str:
        return " ".join(sentence.format(**self.values) for sentence in (self.text, self.then) if sentence)
