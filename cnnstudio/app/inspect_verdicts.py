"""What the network takes every test image for: asked once a subject, for all cards that want it."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal, Slot

from cnnstudio.app.inquiry import Inquiry
from cnnstudio.app.inspection import Inspection
from cnnstudio.core.looks import Judged, Verdicts
from cnnstudio.core.messages import Cancelled, Failed, Preparing


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why there are no verdicts."""

    sentence: str
    lasting: bool = False
    """Looking once more would find the same."""


class TestVerdicts(QObject):
    """Of the present subject; another subject forgets them."""

    __test__ = False

    changed = Signal()
    """There are some, there are none any more, or why there cannot be any."""
    progressed = Signal(int, int)

    def __init__(self, inspection: Inspection, parent: QObject | None = None) -> None:
        super().__init__(parent or inspection)
        self._inspection = inspection
        self._inquiry = Inquiry(inspection.session, self)
        self._inquiry.told.connect(self._hear)
        self.judged: Judged | None = None
        self.trouble: Trouble | None = None
        inspection.subjectChanged.connect(self.forget)

    @property
    def waiting(self) -> bool:
        """Whether the test images are being looked at."""
        return self._inquiry.waiting

    @Slot()
    def want(self) -> None:
        """Asks where nothing is known."""
        if self.judged is None and self.trouble is None and not self.waiting:
            self._inquiry.ask(Verdicts(self._inspection.subject))
            self.changed.emit()

    @Slot()
    def again(self) -> None:
        """Asks anew."""
        self.judged = self.trouble = None
        self._inquiry.ask(Verdicts(self._inspection.subject))
        self.changed.emit()

    @Slot()
    def call_off(self) -> None:
        """The person does not want to wait."""
        self._inquiry.call_off()
        self.trouble = Trouble(self.tr("Called off."))
        self.changed.emit()

    @Slot()
    def forget(self) -> None:
        """Nothing is known of another subject."""
        self._inquiry.call_off()
        self.judged = self.trouble = None
        self.changed.emit()

    @Slot(object)
    def _hear(self, message: object) -> None:
        if isinstance(message, Preparing):
            self.progressed.emit(message.done, message.total)
            return
        if isinstance(message, Judged):
            self.judged = message
        elif isinstance(message, Failed):
            self.trouble = Trouble(message.sentence, message.lasting)
        elif isinstance(message, Cancelled):
            self.trouble = Trouble(self.tr("Called off."))
        self.changed.emit()
