"""One thing that can be done by its name."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Command:
    """What it says, what stands at the right of it, other names that find it, and what it does."""

    text: str
    run: Callable[[], object]
    keys: str = ""
    """The shortcut, as the system writes it."""
    detail: str = ""
    words: tuple[str, ...] = ()

    @property
    def right(self) -> str:
        """The shortcut, else a word about it."""
        return self.keys or self.detail

    @property
    def spoken(self) -> str:
        """For whoever cannot see it."""
        return ", ".join(filter(None, (self.text, self.keys, self.detail)))
