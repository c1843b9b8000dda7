"""What stands below the progress of a run: one row makes way for the other without moving the plots."""

from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

_HEIGHT, _BELOW = 44, 9


class FootRow(QWidget):
    """A row of its own, or one of two that share its height."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.row = QHBoxLayout(self)
        self.row.setSpacing(10)
        self._close: bool | None = None
        self.set_close(False)

    def set_close(self, close: bool) -> None:
        """Whether it takes half of the height, beside another one above or below."""
        if close != self._close:
            self._close = close
            self.row.setContentsMargins(13, 0, 13, 0 if close else _BELOW)
            self.setMinimumHeight(_HEIGHT // 2 if close else _HEIGHT)

    def small_button(self, name: str) -> QPushButton:
        """A button of the row; where it stands is said by who adds it."""
        button = QPushButton(self)
        button.setObjectName(name)
        button.setProperty("role", "small")
        return button
