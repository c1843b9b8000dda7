"""What the workspace shows before the first run."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from cnnstudio.ui.theme import icon, theme, tokens

_ICON = 44


class NoRuns(QWidget):
    """A sentence, and the way to a first run."""

    trainWanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("noRuns")
        self._picture = QLabel(self)
        self._picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        title = QLabel(self.tr("No runs yet"), self)
        title.setProperty("role", "title")
        title.setAlignment(Qt.AlignmentFlag.AlignCenter)
        # Two lines by hand: a centred label that wraps does not know its height.
        lines = (
            self.tr("Every training is kept here as a run:"),
            self.tr("compare curves, see what was changed, go on from where one stopped."),
        )
        texts = [QLabel(line, self) for line in lines]
        for text in texts:
            text.setProperty("role", "muted")
        button = QPushButton(self.tr("Train a network"), self)
        button.setObjectName("noRunsTrain")
        button.setAccessibleName(button.text())
        button.setProperty("role", "primary")
        button.clicked.connect(self.trainWanted)
        column = QVBoxLayout(self)
        column.setSpacing(5)
        column.addStretch(2)
        for widget in (self._picture, title, *texts):
            column.addWidget(widget, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addSpacing(10)
        column.addWidget(button, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(3)
        theme().changed.connect(self._paint)
        self._paint()

    def _paint(self) -> None:
        picture = icon("runs", tokens().border_strong, _ICON)
        self._picture.setPixmap(picture.pixmap(QSize(_ICON, _ICON)))
