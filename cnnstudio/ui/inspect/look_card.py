"""A card that asks the engine something and shows the answer; the states that all of them share."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt, QTimer, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from cnnstudio.app.inquiry import Inquiry
from cnnstudio.core.messages import Cancelled, Failed, Preparing
from cnnstudio.core.requests import Request
from cnnstudio.ui.inspect.card_menu import CardMenu
from cnnstudio.ui.inspect.room import Room
from cnnstudio.ui.train.empty_state import EmptyState
from cnnstudio.ui.widgets.elided import ElidedLabel
from cnnstudio.ui.widgets.tab_order import put_in_tab_order

_PATIENCE_MS = 350
"""What is answered sooner needs no progress bar."""


class LookCard(QFrame):
    """Asks when it is seen and something has changed. A subclass says what (`look`) and takes it (`take`)."""

    def __init__(
        self, room: Room, name: str, title: str, sentence: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setAccessibleName(title)
        self.setProperty("role", "card")
        self.room = room
        self.inspection = room.inspection
        self.inquiry = Inquiry(room.inspection.session, self)
        self.inquiry.told.connect(self._hear)
        self._stale = True
        self._sentence = sentence
        self.title = QLabel(title, self)
        self.title.setProperty("role", "subtitle")
        self.detail = ElidedLabel(self)
        self.detail.setProperty("role", "muted")
        self.detail.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.empty = EmptyState("inspect", sentence, self)
        self.again = QPushButton(self.tr("Try again"), self)
        self.again.setObjectName(f"{name}Again")
        self.again.setProperty("role", "small")
        self.again.clicked.connect(self.look_anew)
        self.again.hide()
        self._late = QTimer(self, interval=_PATIENCE_MS, singleShot=True)
        self._late.timeout.connect(self._show_wait)
        self._lay_out(name)

    # --- for subclasses

    def look(self) -> None:
        """Asks for what the card shows; called only while it is seen."""

    def take(self, message: object) -> None:
        """One answer."""

    def ask(self, request: Request, patient: bool = False) -> None:
        """Asks; ``patient``: once the question before is answered."""
        if patient:
            self.inquiry.ask_next(request)
        else:
            self.inquiry.ask(request)
        if not self._late.isActive() and not self.wait.isVisible():
            self._late.start()

    def show_view(self) -> None:
        """There is something to see."""
        self.again.hide()
        self._layers.setCurrentIndex(1)

    def say(self, sentence: str, again: bool = False) -> None:
        """A sentence in the place of the view."""
        self.empty.say(sentence)
        self.again.setVisible(again)
        self._layers.setCurrentIndex(0)

    @property
    def sentence(self) -> str:
        """What is said in the place of the view; empty where there is one."""
        return self.empty.accessibleName() if self._layers.currentIndex() == 0 else ""

    # --- when

    @Slot()
    def refresh(self) -> None:
        """What is shown is stale."""
        self._stale = True
        if self.isVisible() and self.inspection.settled:
            self._stale = False
            self.look()

    @Slot()
    def start_over(self) -> None:
        """It is about something else now: what is still to come about the last is not heard."""
        self.inquiry.call_off()
        self._end_wait()
        self.refresh()

    @Slot()
    def look_anew(self) -> None:
        """A person wants it once more."""
        self._stale = False
        self.look()

    def showEvent(self, event: QShowEvent) -> None:
        """Looks at what has changed meanwhile."""
        super().showEvent(event)
        if self._stale:
            self.refresh()

    # --- answers

    @Slot(object)
    def _hear(self, message: object) -> None:
        if isinstance(message, Preparing):
            self._show_wait()
            with QSignalBlocker(self.bar):
                self.bar.setRange(0, message.total)
                self.bar.setValue(message.done)
            return
        if not self.inquiry.waiting:
            self._end_wait()
        if isinstance(message, Failed):
            self.say(message.sentence, again=not message.lasting)
        elif isinstance(message, Cancelled):
            self.say(self.tr("Called off."), again=True)
        else:
            self.take(message)

    def _show_wait(self) -> None:
        if self.inquiry.waiting and not self.wait.isVisible():
            self.bar.setRange(0, 0)
            self.wait.show()

    def _end_wait(self) -> None:
        self._late.stop()
        self.wait.hide()

    @Slot()
    def call_off(self) -> None:
        """The person does not want to wait."""
        self.inquiry.call_off()
        self._end_wait()
        if self._layers.currentIndex() == 0:
            self.say(self.tr("Called off."), again=True)

    # --- export

    def exported(self) -> QWidget:
        """What is saved and copied."""
        return self

    def export(self, kind: str) -> None:
        """Asks where, then saves the card as it is seen."""
        self._menu.export(kind)

    def copy(self) -> None:
        """Puts the card into the clipboard, as it is seen."""
        self._menu.copy()

    # --- making

    def set_view(self, view: QWidget) -> None:
        """What shows the answers."""
        self._layers.addWidget(view)

    def add_tool(self, widget: QWidget) -> None:
        """Something to press at the right of the title."""
        self.title_row.insertWidget(self.title_row.count() - 1, widget)

    def tab_order(self, *widgets: QWidget) -> None:
        """From the card's menu on."""
        put_in_tab_order((self._menu, *widgets))

    def _lay_out(self, name: str) -> None:
        self.title_row = QHBoxLayout()
        self.title_row.setSpacing(8)
        self.title_row.addWidget(self.title)
        self.title_row.addWidget(self.detail, 1)
        self._menu = CardMenu(self.room, self, self.exported)
        self.menu = self._menu.actions_
        self.title_row.addWidget(self._menu)
        self.wait = QWidget(self)
        wait = QHBoxLayout(self.wait)
        wait.setContentsMargins(0, 0, 0, 0)
        self.bar = QProgressBar(self.wait)
        self.bar.setAccessibleName(self.tr("Progress"))
        stop = QPushButton(self.tr("Cancel"), self.wait)
        stop.setObjectName(f"{name}Cancel")
        stop.setProperty("role", "offer")
        stop.clicked.connect(self.call_off)
        wait.addWidget(self.bar, 1)
        wait.addWidget(stop)
        self.wait.hide()
        nothing = QWidget(self)
        column = QVBoxLayout(nothing)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.empty, 1)
        column.addWidget(self.again, 0, Qt.AlignmentFlag.AlignHCenter)
        area = QWidget(self)
        self._layers = QStackedLayout(area)
        self._layers.setContentsMargins(0, 0, 0, 0)
        self._layers.addWidget(nothing)
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(13, 9, 13, 12)
        self.body.setSpacing(7)
        self.body.addLayout(self.title_row)
        self.body.addWidget(self.wait)
        self.body.addWidget(area, 1)
