"""The strip under the header that says what happened, without standing in the way."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QSize, Qt, QTimer, Slot
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QToolButton, QWidget

from cnnstudio.ui.theme import icon, mix, theme, tokens

Level = Literal["info", "error"]


@dataclass(frozen=True, slots=True)
class Offer:
    """Something that the person can do about it."""

    name: str
    text: str
    act: Callable[[], None]


class NoticeBar(QFrame):
    """Shows the latest notice until it is closed, answered or replaced."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("noticeBar")
        self.setAccessibleName(self.tr("Notice"))
        self._level: Level = "info"
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(14, 6, 8, 6)
        self._row.setSpacing(10)
        self._icon = QLabel(self)
        self._text = QLabel(self)
        self._text.setObjectName("noticeText")
        self._text.setWordWrap(True)
        self._text.setTextFormat(Qt.TextFormat.PlainText)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._text.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._offers: list[QPushButton] = []
        self._later: list[tuple[str, tuple[Offer, ...]]] = []
        self._standing: tuple[str, tuple[Offer, ...]] | None = None
        """What is shown and waits for an answer: something urgent may come before it, but not instead."""
        self._close = QToolButton(self)
        self._close.setObjectName("noticeClose")
        self._close.setProperty("role", "ghost")
        self._close.setText("×")
        self._close.setAccessibleName(self.tr("Close the notice"))
        self._close.setToolTip(self._close.accessibleName())
        self._close.clicked.connect(self.hide)
        for widget in (self._icon, self._text, self._close):
            self._row.addWidget(widget)
        self.hide()
        theme().changed.connect(self._paint)

    @property
    def text(self) -> str:
        """What it says; empty while it is hidden."""
        return "" if self.isHidden() else self._text.text()

    def say(self, text: str, level: Level = "info", offers: tuple[Offer, ...] = ()) -> None:
        """Shows a sentence and what can be done about it."""
        if self._standing is not None and not self.isHidden():
            self._later.insert(0, self._standing)
        self._standing = None
        self._show(text, level, offers)

    def _show(self, text: str, level: Level, offers: tuple[Offer, ...]) -> None:
        self._level = level
        self._text.setText(text)
        for old in self._offers:
            self._row.removeWidget(old)
            old.deleteLater()
        self._offers = [self._button(offer) for offer in offers]
        for button in self._offers:
            self._row.insertWidget(self._row.count() - 1, button)
        self._paint()
        self.show()

    def say_when_free(self, text: str, offers: tuple[Offer, ...]) -> None:
        """Offers something once there is no other notice and those that wait before it are answered."""
        self._later.append((text, offers))
        self._say_next()

    def hideEvent(self, event: QHideEvent) -> None:
        """The next one follows the answer to the one before."""
        super().hideEvent(event)
        if self.isHidden():  # and not only its window
            QTimer.singleShot(0, self, self._say_next)

    @Slot()
    def _say_next(self) -> None:
        if self._later and self.isHidden():
            self._standing = self._later.pop(0)
            self._show(self._standing[0], "info", self._standing[1])

    def clear(self) -> None:
        """Hides what was about a moment that is over; what waits for an answer stays."""
        if self._standing is None:
            self.hide()

    def withdraw(self, text: str) -> None:
        """Hides it where it still says this, which is no longer true."""
        if text and self.text == text:
            self.hide()

    def put_other_words(self, text: str) -> None:
        """Says the same with other words: its buttons stay, and the focus on them."""
        self._text.setText(text)

    def _button(self, offer: Offer) -> QPushButton:
        button = QPushButton(offer.text, self)
        button.setObjectName(offer.name)
        button.setAccessibleName(offer.text)
        button.setProperty("role", "small")
        button.clicked.connect(self.hide)
        button.clicked.connect(lambda _: offer.act())
        return button

    def _paint(self) -> None:
        t = tokens()
        colour = t.danger if self._level == "error" else t.accent
        self.setStyleSheet(
            f"#noticeBar {{ background: {mix(colour, t.surface, 0.1)}; border: none;"
            f" border-bottom: 1px solid {mix(colour, t.surface, 0.35)}; }}"
        )
        self._icon.setPixmap(
            icon("warning" if self._level == "error" else "train", colour).pixmap(QSize(18, 18))
        )
