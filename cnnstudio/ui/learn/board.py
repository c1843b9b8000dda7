"""A card with the figures of one panel; cells tell their exact value and can be clicked."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QSize, Qt, Signal
from PySide6.QtGui import QHelpEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QToolTip, QVBoxLayout, QWidget

from cnnstudio.ui.learn.figure_layout import Placed, placed
from cnnstudio.ui.learn.figure_paint import Touched, paint_figures
from cnnstudio.ui.learn.numbers import exact
from cnnstudio.ui.learn.scene import Cell, Grid, Panel, Picture
from cnnstudio.ui.theme import theme
from cnnstudio.ui.widgets.elided import ElidedLabel


class Board(QWidget):
    """The painted part."""

    clicked = Signal(str, object)
    """A grid's name and the cell (row, column of the whole map)."""
    hovered = Signal(str, object)
    """The same of the cell under the mouse; an empty name: none."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._panel: Panel | None = None
        self._placed: tuple[Placed, ...] = ()
        self._height = 0.0
        self._over: tuple[str, Cell] | None = None
        self._touched: Touched = {}
        theme().changed.connect(self.update)

    def show_panel(self, panel: Panel) -> None:
        """Shows another step or another block."""
        self._panel = panel
        self._lay_out()

    def sizeHint(self) -> QSize:
        """As high as the figures are at this width."""
        return QSize(600, round(self._height) + 8)

    def minimumSizeHint(self) -> QSize:
        """Wide enough for the smallest cells."""
        return QSize(300, round(self._height) + 8)

    @property
    def figures(self) -> tuple[Placed, ...]:
        """What is shown, and where."""
        return self._placed

    @property
    def touched(self) -> Touched:
        """The cells that are outlined."""
        return self._touched

    def outline(self, touched: Touched) -> None:
        """Outlines cells of the grids that are shown."""
        if touched != self._touched:
            self._touched = touched
            self.update()

    def cell_point(self, grid: str, cell: Cell) -> QPointF:
        """The middle of a cell, for whoever points at it; raises ``KeyError``."""
        for figure in self._placed:
            if isinstance(figure.figure, Grid) and figure.figure.name == grid:
                return figure.cell_box(*cell).center()
        raise KeyError(grid)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paints the figures."""
        painter = QPainter(self)
        paint_figures(painter, self._placed, self._touched)
        painter.end()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Cells grow and shrink with the width."""
        super().resizeEvent(event)
        self._lay_out()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click on a cell is told."""
        found = self._at(event.position())
        if found is None:
            super().mousePressEvent(event)
            return
        self.clicked.emit(*found)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Cells that can be clicked look so."""
        self._hover(self._at(event.position()))

    def leaveEvent(self, event: QEvent) -> None:
        """Nothing is pointed at any more."""
        super().leaveEvent(event)
        self._hover(None)

    def _hover(self, over: tuple[str, Cell] | None) -> None:
        if over == self._over:
            return
        self._over = over
        self.setCursor(Qt.CursorShape.PointingHandCursor if over else Qt.CursorShape.ArrowCursor)
        name, cell = over or ("", None)
        self.hovered.emit(name, cell)

    def event(self, event: QEvent) -> bool:
        """The exact value of a cell, as a tip."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            text = self._tip(QPointF(event.pos()))
            if text:
                QToolTip.showText(event.globalPos(), text, self)
            else:
                QToolTip.hideText()
            return True
        return super().event(event)

    def _tip(self, point: QPointF) -> str:
        for figure in self._placed:
            cell = figure.cell_at(point)
            if cell is not None and isinstance(figure.figure, Grid | Picture):
                value = _value(figure.figure, cell)
                text = self.tr("row {row}, column {column}: {value}")
                return text.format(row=cell[0] + 1, column=cell[1] + 1, value=exact(value))
        return ""

    def _at(self, point: QPointF) -> tuple[str, Cell] | None:
        for figure in self._placed:
            cell = figure.cell_at(point)
            if cell is not None and isinstance(figure.figure, Grid | Picture):
                return figure.figure.name, cell
        return None

    def _lay_out(self) -> None:
        if self._panel is None:
            return
        self._placed, height = placed(self._panel.figures, float(self.width()))
        if height != self._height:
            self._height = height
            self.setMinimumHeight(round(height) + 8)
            self.updateGeometry()
        self.update()


def _value(figure: Grid | Picture, cell: Cell) -> float:
    top, left = figure.corner if isinstance(figure, Grid) else (0, 0)
    return float(figure.values[cell[0] - top, cell[1] - left])


class PanelCard(QFrame):
    """A title, what is to be known beside it, and the board."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        self._title = QLabel(self)
        self._title.setStyleSheet("font-weight: 600;")
        self._detail = ElidedLabel(self)
        self._detail.setProperty("role", "muted")
        self._detail.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.board = Board(self)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self._title)
        row.addWidget(self._detail, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(13, 11, 13, 11)
        column.setSpacing(10)
        column.addLayout(row)
        column.addWidget(self.board, 1)

    def show_panel(self, panel: Panel) -> None:
        """Shows it."""
        self.setObjectName(f"{panel.name}Panel")
        self.setAccessibleName(panel.title)
        self._title.setText(panel.title)
        self._detail.set_texts(panel.detail)
        self.board.setAccessibleName(f"{panel.title}, {panel.detail}")
        self.board.show_panel(panel)
