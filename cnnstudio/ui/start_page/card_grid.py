"""A heading with cards below it, in as many columns as there is room for."""

from __future__ import annotations

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QVBoxLayout, QWidget

from cnnstudio.ui.start_page.card import StartCard

_LEAST_WIDTH = 180
_LEAST_WIDTH_OF_LOW_CARDS = 232
_MOST_COLUMNS = 5
_GAP = 12


class CardGrid(QWidget):
    """Columns of one width; ``one_row``: what does not fit into the first row is hidden."""

    def __init__(self, heading: str = "", one_row: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.cards: list[StartCard] = []
        self._one_row = one_row
        self._columns = 0
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        if heading:
            label = QLabel(heading.upper(), self)
            label.setProperty("role", "heading")
            column.addWidget(label)
        self._grid = QGridLayout()
        self._grid.setSpacing(_GAP)
        self._grid.setColumnStretch(_MOST_COLUMNS, 1)
        column.addLayout(self._grid)

    def add(self, card: StartCard) -> None:
        """Puts a card at the end."""
        self.cards.append(card)
        self._arrange()

    def take(self, card: StartCard) -> None:
        """Removes a card."""
        self.cards.remove(card)
        self._grid.removeWidget(card)
        card.hide()
        card.deleteLater()
        self._arrange()

    def move_to_end(self, card: StartCard) -> None:
        """Others come before it."""
        self.cards.remove(card)
        self.cards.append(card)
        self._arrange()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._fitting() != self._columns:
            self._arrange()
        else:
            self._set_widths()

    def _fitting(self) -> int:
        least = _LEAST_WIDTH_OF_LOW_CARDS if self._one_row else _LEAST_WIDTH
        return max(1, min(_MOST_COLUMNS, (self.width() + _GAP) // (least + _GAP)))

    def _arrange(self) -> None:
        self._columns = self._fitting()
        for index, card in enumerate(self.cards):
            row, column = divmod(index, self._columns)
            self._grid.addWidget(card, row, column)
            card.setVisible(not (self._one_row and row))
        self._set_widths()

    def _set_widths(self) -> None:
        """Equal in every grid, whether its last columns hold cards or not."""
        wide = (self.width() - _GAP * (self._columns - 1)) // self._columns
        for column in range(_MOST_COLUMNS):
            self._grid.setColumnMinimumWidth(column, wide if column < self._columns else 0)
