"""English text as a template with what fills it, so that the window can say it in another language."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol


class Told(Protocol):
    """What is said by a template: a fault, a way out of it, advice, a phrase inside of these."""

    @property
    def text(self) -> str:
        """The template: ``Set {setting} to {value}``."""

    @property
    def values(self) -> Mapping[str, object]:
        """What fills it; phrases among them are translated too, everything else stays as it is."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """A part of a sentence that is translated by itself: a block's title, ``{first} and {second}``."""

    text: str
    values: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.text.format(**self.values)


def listed(items: Sequence[str | Phrase]) -> str | Phrase:
    """``a and b and c``, of at least one."""
    *before, last = items
    for item in reversed(before):
        last = Phrase("{first} and {second}", {"first": item, "second": last})
    return last
