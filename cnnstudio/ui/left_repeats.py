"""Offers the repeats that an earlier window had not begun, in the notice bar."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject

from cnnstudio.ui.notice import NoticeBar, Offer
from cnnstudio.workspace.waiting import Unbegun, unbegun


class LeftRepeats(QObject):
    """Looks once, after the first paint. What gets no answer is offered at the next start."""

    def __init__(self, notice: NoticeBar, take_up: Callable[[Unbegun], None], parent: QObject) -> None:
        super().__init__(parent)
        self._notice = notice
        self._take_up = take_up
        self._found: list[Unbegun] | None = None

    def look(self) -> None:
        """Finds what was not begun, and offers it."""
        if self._found is None:
            self._found = unbegun()  # kept: nobody else is offered them meanwhile
            for left in self._found:
                self._offer(left)

    def _offer(self, left: Unbegun) -> None:
        text = self.tr("Repeats of {name} that had not begun when its window closed: {count}.")
        self._notice.say_when_free(
            text.format(name=Path(left.repeats[0].run).name, count=len(left.repeats)),
            offers=(
                Offer("trainLeftRepeats", self.tr("Train them now"), partial(self._take_up, left)),
                Offer("forgetLeftRepeats", self.tr("Forget them"), left.remove),
            ),
        )
