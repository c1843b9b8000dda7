"""A session that answers nothing of itself."""

from __future__ import annotations

from typing import TypeVar

from PySide6.QtCore import QObject, Signal

_Request = TypeVar("_Request")


class FakeSession(QObject):
    """Keeps what it is asked; a test emits the answers."""

    answered = Signal(int, object)
    engineDied = Signal(str, str)  # noqa: N815  # Qt's way

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[object] = []

    def ask(self, request: object) -> int:
        self.asked.append(request)
        return len(self.asked)

    def ticket(self, kind: type) -> int:
        """Of the latest request of a kind."""
        return max(i + 1 for i, one in enumerate(self.asked) if isinstance(one, kind))

    def latest(self, kind: type[_Request]) -> _Request:
        """The latest request of a kind."""
        found = self.asked[self.ticket(kind) - 1]
        assert isinstance(found, kind)
        return found
