"""What a card shows before there is anything to show: an icon and a sentence on what will come."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from cnnstudio.ui.theme import icon, theme, tokens

_ICON = 30


class EmptyState(QWidget):
    """In the middle of its card."""

    def __init__(self, picture: str, text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._picture = picture
        self._icon = QLabel(self)
        self._icon.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._text = QLabel(text, self)
        self._text.setWordWrap(True)
        self._text.setProperty("role", "muted")
        self._text.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._text.setMaximumWidth(300)
        column = QVBoxLayout(self)
        column.addStretch()
        column.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addSpacing(4)
        column.addWidget(self._text, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch()
        theme().changed.connect(self._paint)
        self._paint()

    def say(self, text: str) -> None:
        """Another sentence."""
        self._text.setText(text)

    def _paint(self) -> None:
        self._icon.setPixmap(icon(self._picture, tokens().border_strong, _ICON).pixmap(QSize(_ICON, _ICON)))
