"""The strip of a guided tour: what to look at now, with Back, Next and Skip."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QWidget


class TourStrip(QFrame):
    """Knows nothing of tours: it shows a text and tells which button was pressed."""

    backWanted = Signal()
    nextWanted = Signal()
    skipWanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("learnTour")
        self.setAccessibleName(self.tr("Guided tour"))
        self.setProperty("role", "card")
        self._place = QLabel(self)
        self._place.setProperty("role", "subtitle")
        self._text = QLabel(self)
        self._text.setObjectName("learnTourText")
        self._text.setWordWrap(True)
        self._text.setTextFormat(Qt.TextFormat.PlainText)
        self._text.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.back = self._button("learnTourBack", self.tr("Back"))
        self.next = self._button("learnTourNext", self.tr("Next"), "primary")
        self.skip = self._button("learnTourSkip", self.tr("Skip"), "ghost")
        self.back.clicked.connect(self.backWanted)
        self.next.clicked.connect(self.nextWanted)
        self.skip.clicked.connect(self.skipWanted)
        row = QHBoxLayout(self)
        row.setContentsMargins(13, 8, 9, 8)
        row.setSpacing(10)
        row.addWidget(self._place)
        row.addWidget(self._text, 1)
        for button in (self.back, self.next, self.skip):
            row.addWidget(button)
        self.hide()

    @property
    def text(self) -> str:
        """What it says; empty while it is hidden."""
        return "" if self.isHidden() else self._text.text()

    def offer(self, text: str, start: str) -> None:
        """Asks whether a tour is wanted; the button for Next begins it."""
        self._place.setText(self.tr("Tour"))
        self._text.setText(text)
        self.setAccessibleDescription(text)
        self.back.hide()
        self.next.setText(start)
        self.show()

    def show_step(self, text: str, number: int, count: int) -> None:
        """A step, from 0."""
        self._place.setText(self.tr("Tour {number} / {count}").format(number=number + 1, count=count))
        self._text.setText(text)
        self.setAccessibleDescription(text)
        self.back.show()
        self.back.setEnabled(number > 0)
        self.next.setText(self.tr("Done") if number == count - 1 else self.tr("Next"))
        self.show()

    def _button(self, name: str, text: str, role: str = "") -> QPushButton:
        button = QPushButton(text, self)
        button.setObjectName(name)
        if role:
            button.setProperty("role", role)
        return button
