"""The confusion matrix, whose cells can be chosen."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from cnnstudio.ui.theme import tokens
from cnnstudio.ui.train.confusion_card import ConfusionView

_MOVES = {
    Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Right: (0, 1),
    Qt.Key.Key_Up: (-1, 0),
    Qt.Key.Key_Down: (1, 0),
}


class CellChooser(ConfusionView):
    """By mouse, or by arrows."""

    cellChosen = Signal(int, int)
    """The true class and the predicted one."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._cell: tuple[int, int] | None = None

    @property
    def cell(self) -> tuple[int, int] | None:
        """The cell that is chosen."""
        return self._cell

    def choose(self, cell: tuple[int, int] | None) -> None:
        """Marks a cell without telling."""
        self._cell = cell
        self.update()

    def cell_area(self, row: int, column: int) -> QRectF:
        """Where a cell is drawn."""
        left, side = self._place()
        return QRectF(left + column * side, row * side, side, side)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Chooses a cell."""
        left, side = self._place()
        column, row = int((event.position().x() - left) // side), int(event.position().y() // side)
        if 0 <= row < len(self.counts) and 0 <= column < len(self.counts):
            self._tell(row, column)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Moves to a neighbour."""
        move = _MOVES.get(Qt.Key(event.key()))
        if move is None or not self.counts:
            super().keyPressEvent(event)
            return
        last = len(self.counts) - 1
        row, column = self._cell or (0, 0)
        self._tell(max(0, min(last, row + move[0])), max(0, min(last, column + move[1])))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Marks the chosen cell."""
        super().paintEvent(event)
        if self._cell is None or not self.counts:
            return
        painter = QPainter(self)
        painter.setPen(QPen(QColor(tokens().text), 2))
        painter.drawRect(self.cell_area(*self._cell).adjusted(0, 0, -2, -2))
        painter.end()

    def _tell(self, row: int, column: int) -> None:
        self.choose((row, column))
        self.cellChosen.emit(row, column)
