"""How the network is doing: gradients, blocks over epochs, and a place for the doctor."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Slot
from PySide6.QtGui import QGuiApplication, QShowEvent
from PySide6.QtWidgets import QGridLayout, QWidget

from cnnstudio.app.examination import Examination
from cnnstudio.app.patient import Patient
from cnnstudio.core.document import walk
from cnnstudio.core.health import Health
from cnnstudio.core.messages import Epoch, Failed, Started
from cnnstudio.ui.inspect.card_menu import CardMenu
from cnnstudio.ui.inspect.doctor_card import DoctorCard
from cnnstudio.ui.inspect.health_cards import BlocksCard, GradientCard
from cnnstudio.ui.inspect.health_focus import HealthFocus
from cnnstudio.ui.inspect.later import Later, Turns
from cnnstudio.ui.inspect.room import Room
from cnnstudio.ui.inspect.spread_card import SpreadCard
from cnnstudio.workspace.atomic import write_text


class HealthPage(QWidget):
    """Reads a run's folder when it is seen, and again with each epoch that is heard of."""

    def __init__(self, room: Room, turns: Turns, parent: QWidget) -> None:
        super().__init__(parent)
        self._room = room
        self._inspection = room.inspection
        self._live = ""
        self._stale = True
        self.examination = Examination(room.inspection.store, self)
        self._followed = self.examination
        self._present: Examination | None = None
        self.focus = HealthFocus(self)
        self._known: frozenset[str] = frozenset()
        self._spread = Later(turns, self._make_spread, self)
        self._gradients = Later(turns, lambda place: GradientCard(room, self.focus, place), self)
        self._blocks = Later(turns, lambda place: BlocksCard(room, self.focus, place), self)
        self.doctor = DoctorCard(self)
        self._add_menu(room)
        self.doctor.follow(self.examination)
        self.doctor.networkWanted.connect(self._open_network)
        self.examination.changed.connect(self._show)
        self._lay_out()
        room.inspection.subjectChanged.connect(self.refresh)
        room.inspection.session.messages.connect(self._hear)
        room.inspection.session.answered.connect(self.examination.hear)

    @property
    def spread(self) -> SpreadCard:
        """Distributions over the training."""
        return self._spread.widget()

    @property
    def gradients(self) -> GradientCard:
        """Gradients by depth."""
        return self._gradients.widget()

    @property
    def blocks(self) -> BlocksCard:
        """One number of every block over the epochs."""
        return self._blocks.widget()

    def _make_spread(self, place: QWidget) -> SpreadCard:
        card = SpreadCard(self._room, self.focus, place)
        card.blockWanted.connect(self.doctor.blockWanted)
        card.set_known(self._known)
        return card

    def _lay_out(self) -> None:
        """Distributions over blocks at the left, the doctor over the gradients' flow at the right."""
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(12)
        cards: tuple[QWidget, ...] = (self._spread, self.doctor, self._blocks, self._gradients)
        for place, card in enumerate(cards):
            grid.addWidget(card, place // 2, place % 2)
        grid.setColumnStretch(0, 3)
        grid.setColumnStretch(1, 2)
        grid.setRowStretch(0, 4)
        grid.setRowStretch(1, 3)

    @Slot()
    def refresh(self) -> None:
        """Another network is looked at, or it has gone on."""
        self._stale = True
        if not self.isVisible():
            return
        self._stale = False
        run = self._inspection.subject.run or (self._live if self._inspection.live else "")
        present = self._present
        if present is not None and run in ("", present.run):
            self._follow(present)
            return
        self._follow(self.examination)
        if run:
            self.examination.look_at_run(run)
        else:
            self.examination.look(Patient())

    def _add_menu(self, room: Room) -> None:
        self.menu = CardMenu(room, self.doctor, self.doctor.exported)
        self.menu.actions_.addSeparator()
        self.menu.actions_.addAction(self.tr("Save as text…"), self._save_report)
        self.menu.actions_.addAction(self.tr("Copy as text"), self._copy_report)
        self.doctor.add_menu(self.menu)

    def _save_report(self) -> None:
        text = self.doctor.report()

        def write(path: Path) -> bool:
            try:
                write_text(path, text)
            except OSError:
                return False
            return True

        self.menu.save(self.tr("Save the advice"), self.tr("Text (*.txt)"), "txt", write)

    def _copy_report(self) -> None:
        QGuiApplication.clipboard().setText(self.doctor.report())
        self._room.tell(self.tr("Copied."))

    @Slot()
    def _open_network(self) -> None:
        """Then what is offered changes the open document, and blocks can be shown."""
        patient = self._followed.findings.patient
        if patient.document is not None and patient.run:
            self._room.documents.show_run(
                patient.document, patient.run, lambda: self._look_again(patient.run)
            )

    def _look_again(self, run: str) -> None:
        self._follow(self.examination)
        self.examination.look_at_run(run)

    def set_present(self, examination: Examination) -> None:
        """Who hears of this window's trainings from their beginning, and so knows blocks by their ids."""
        self._present = examination
        self.refresh()

    def _follow(self, examination: Examination) -> None:
        """Whose findings all cards show."""
        if examination is not self._followed:
            self._followed.changed.disconnect(self._show)
            self._followed = examination
            examination.changed.connect(self._show)
            self.doctor.follow(examination)
        self._show()

    def showEvent(self, event: QShowEvent) -> None:
        """What has changed meanwhile."""
        super().showEvent(event)
        if self._stale:
            self.refresh()

    def close_reading(self) -> None:
        """Waits for what is being read; nobody hears it."""
        self.examination.close()

    @Slot()
    def _show(self) -> None:
        found = self._followed.findings
        ill = next((advice.node for advice in found.advice if advice.node), None)
        self.focus.show_health(found.patient.health, ill or "")
        is_open = found.patient.open
        self._known = frozenset(node.id for node in walk(found.present.body) if is_open)
        if self._spread.made is not None:
            self._spread.made.set_known(self._known)

    @Slot(object)
    def _hear(self, messages: tuple[object, ...]) -> None:
        for message in messages:
            if isinstance(message, Started):
                self._live = message.run
        if self._inspection.live and any(
            isinstance(message, Health | Epoch | Failed) for message in messages
        ):
            self.refresh()
