"""Cards and pages that are made a moment after one sees their place: one in a turn of the event loop.

Together those of a page hold the window up for a tenth of a second, one by one for none of its frames.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QObject, QTimer, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

W = TypeVar("W", bound=QWidget)


class Turns(QObject):
    """Whose turn it is to be made."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._waiting: deque[Later[Any]] = deque()
        self._timer = QTimer(self, interval=0)
        self._timer.timeout.connect(self._take)

    def want(self, place: Later[Any]) -> None:
        """After all that were wanted before."""
        self._waiting.append(place)
        self._timer.start()

    @Slot()
    def _take(self) -> None:
        """Making and showing take a turn each."""
        while self._waiting:
            place = self._waiting[0]
            if place.isVisible() and place.step():
                return
            self._waiting.popleft()
        self._timer.stop()


class Later(QWidget, Generic[W]):
    """A place for a widget that ``make`` makes as a child of it; until then an empty card, or nothing."""

    def __init__(
        self, turns: Turns, make: Callable[[QWidget], W], parent: QWidget, *, card: bool = True
    ) -> None:
        super().__init__(parent)
        self._turns, self._make = turns, make
        self._widget: W | None = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._ground = QFrame(self)
        if card:
            self._ground.setProperty("role", "card")
            self._column.addWidget(self._ground)

    @property
    def made(self) -> W | None:
        """What is here; None before it was made."""
        return self._widget

    def widget(self) -> W:
        """What belongs here, made and shown now if it was not."""
        while self.step():
            pass
        assert self._widget is not None
        return self._widget

    def step(self) -> bool:
        """Makes it, or shows it; False: both is done."""
        if self._widget is None:
            self._widget = self._make(self)
            return True
        if self._column.indexOf(self._widget) >= 0:
            return False
        self._ground.hide()
        self._column.removeWidget(self._ground)
        self._column.addWidget(self._widget)
        self._widget.show()  # a layout would do it later
        return True

    def showEvent(self, event: QShowEvent) -> None:
        """Now it is wanted, and soon there."""
        super().showEvent(event)
        if self._widget is None:
            self._turns.want(self)
