"""The doctor's page of Inspect: of the run that is looked at, the present one or one on disk."""

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from cnnstudio.app.examination import Examination
from cnnstudio.app.inspection import Inspection
from cnnstudio.ui.inspect.doctor_card import DoctorCard


class DoctorPage(QWidget):
    """Chooses whose findings the card shows."""

    def __init__(self, inspection: Inspection, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("doctorPage")
        self._inspection = inspection
        self._live: Examination | None = None
        self._stored = Examination(inspection.store, self)
        self.card = DoctorCard(self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.card)
        inspection.session.answered.connect(self._stored.hear)
        inspection.subjectChanged.connect(self.choose)
        self.choose()

    def set_live(self, examination: Examination) -> None:
        """Who looks at the training that goes on, or that was the last in this window."""
        self._live = examination
        examination.changed.connect(self.choose)
        self.choose()

    def close_examination(self) -> None:
        """The window closes."""
        self._stored.close()

    @Slot()
    def choose(self) -> None:
        """The present run's findings know its blocks; another one's are read from its folder."""
        run = self._inspection.subject.run
        live = self._live
        if live is not None and (run is None or run == live.findings.patient.run):
            self.card.follow(live)
            return
        if run is not None and self._stored.run != run:
            self._stored.look_at_run(run)
        self.card.follow(self._stored)
