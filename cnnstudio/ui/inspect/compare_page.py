"""Two runs, or two epochs of one, on the same picture; and the translation test."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QGridLayout, QWidget

from cnnstudio.app.inspect_runs import InspectRuns
from cnnstudio.ui.inspect.compare_side import CompareSide
from cnnstudio.ui.inspect.room import Room
from cnnstudio.ui.inspect.shift_card import ShiftCard
from cnnstudio.workspace.runs.listing import RunRow


class ComparePage(QWidget):
    """Begins with the run that is looked at: before training at the left, its kept weights at the right."""

    def __init__(self, room: Room, runs: InspectRuns, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._inspection = room.inspection
        self.left = CompareSide(room, runs, "compareLeft", self.tr("A"), self)
        self.right = CompareSide(room, runs, "compareRight", self.tr("B"), self)
        self.shift = ShiftCard(room, self)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(12)
        for column, card in enumerate((self.left, self.right, self.shift)):
            grid.addWidget(card, 0, column)
            grid.setColumnStretch(column, 4 if column < 2 else 3)
            card.setMinimumWidth(260)
        room.inspection.subjectChanged.connect(self._begin)

    def showEvent(self, event: QShowEvent) -> None:
        """Nothing is compared before somebody looks."""
        super().showEvent(event)
        self._begin()

    def take_runs(self, rows: tuple[RunRow, ...]) -> None:
        """The runs that there are by now; later ones are heard of."""
        for side in (self.left, self.right):
            side.take_runs(rows)

    @Slot()
    def _begin(self) -> None:
        run = self._inspection.subject.run
        if run is not None and self.isVisible() and self.left.subject is None:
            self.left.choose(run, 0)
            self.right.choose(run)
