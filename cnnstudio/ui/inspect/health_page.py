"""How the network is doing: gradients, blocks over epochs, and a place for the doctor."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QGridLayout, QWidget

from cnnstudio.app.examination import Examination
from cnnstudio.app.patient import Patient
from cnnstudio.core.health import Health
from cnnstudio.core.messages import Epoch, Failed, Started
from cnnstudio.ui.inspect.doctor_card import DoctorCard
from cnnstudio.ui.inspect.health_cards import BlocksCard, GradientCard
from cnnstudio.ui.inspect.room import Room


class HealthPage(QWidget):
    """Reads a run's folder when it is seen, and again with each epoch that is heard of."""

    def __init__(self, room: Room, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._inspection = room.inspection
        self._live = ""
        self._stale = True
        self.examination = Examination(room.inspection.store, self)
        self._followed = self.examination
        self._present: Examination | None = None
        self.gradients = GradientCard(room, self)
        self.blocks = BlocksCard(room, self)
        self.doctor = DoctorCard(self)
        self.doctor.follow(self.examination)
        self.examination.changed.connect(self._show)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(12)
        grid.addWidget(self.gradients, 0, 0)
        grid.addWidget(self.blocks, 1, 0)
        grid.addWidget(self.doctor, 0, 1, 2, 1)
        grid.setColumnStretch(0, 3)
        grid.setColumnStretch(1, 2)
        room.inspection.subjectChanged.connect(self.refresh)
        room.inspection.session.messages.connect(self._hear)
        room.inspection.session.answered.connect(self.examination.hear)

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
        health = self._followed.findings.patient.health
        self.gradients.show_health(health)
        self.blocks.show_health(health)

    @Slot(object)
    def _hear(self, messages: tuple[object, ...]) -> None:
        for message in messages:
            if isinstance(message, Started):
                self._live = message.run
        if self._inspection.live and any(
            isinstance(message, Health | Epoch | Failed) for message in messages
        ):
            self.refresh()
