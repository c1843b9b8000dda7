"""Two runs, or two epochs of one, on the same picture; and the translation test."""

from __future__ import annotations

from PySide6.QtWidgets import QGridLayout, QWidget

from cnnstudio.ui.inspect.compare_side import CompareSide
from cnnstudio.ui.inspect.later import Later, Turns
from cnnstudio.ui.inspect.room import Room
from cnnstudio.ui.inspect.shift_card import ShiftCard
from cnnstudio.ui.inspect.subject_bar import SubjectBar


class ComparePage(QWidget):
    """Begins with the run that is looked at: before training at the left, its kept weights at the right."""

    def __init__(self, room: Room, bar: SubjectBar, turns: Turns, parent: QWidget) -> None:
        super().__init__(parent)
        self._room, self._bar = room, bar
        self._left = Later(turns, lambda place: self._side("compareLeft", self.tr("A"), 0, place), self)
        self._right = Later(turns, lambda place: self._side("compareRight", self.tr("B"), None, place), self)
        self._shift = Later(turns, lambda place: ShiftCard(room, place), self)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(12)
        places: tuple[QWidget, ...] = (self._left, self._right, self._shift)
        for column, card in enumerate(places):
            grid.addWidget(card, 0, column)
            grid.setColumnStretch(column, 4 if column < 2 else 3)
            card.setMinimumWidth(260)

    @property
    def left(self) -> CompareSide:
        """Begins before the training."""
        return self._left.widget()

    @property
    def right(self) -> CompareSide:
        """Begins with the kept weights."""
        return self._right.widget()

    @property
    def shift(self) -> ShiftCard:
        """The translation test."""
        return self._shift.widget()

    def _side(self, name: str, title: str, epoch: int | None, place: QWidget) -> CompareSide:
        side = CompareSide(self._room, self._bar.runs, name, title, epoch, place)
        side.take_runs(self._bar.rows)
        return side
