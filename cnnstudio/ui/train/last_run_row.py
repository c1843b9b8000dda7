"""The run of last time that was not brought to its end, and a way to go on with it."""

from dataclasses import asdict, dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QToolButton, QWidget

from cnnstudio.ui.times import when_text
from cnnstudio.ui.widgets.elided import ElidedLabel


@dataclass(frozen=True, slots=True)
class LastRun:
    """A run that can be gone on with."""

    path: str
    name: str
    status: str
    epochs: int
    """Whole epochs so far."""
    asked: int
    when: str
    """When it began, ISO 8601 in UTC."""


class LastRunRow(QWidget):
    """An offer; gone once a training begins or the person closes it."""

    continued = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("lastRunRow")
        self._run: LastRun | None = None
        row = QHBoxLayout(self)
        row.setContentsMargins(13, 0, 8, 9)
        row.setSpacing(10)
        self._text = ElidedLabel(self)
        self._text.setObjectName("lastRunText")
        self._text.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self._continue = QPushButton(self.tr("Continue last run"), self)
        self._continue.setObjectName("continueLastRunButton")
        self._continue.setAccessibleName(self._continue.text())
        self._continue.setProperty("role", "small")
        self._continue.clicked.connect(self._go_on)
        close = QToolButton(self)
        close.setObjectName("closeLastRunButton")
        close.setProperty("role", "ghost")
        close.setText("×")
        close.setAccessibleName(self.tr("Close this offer"))
        close.setToolTip(close.accessibleName())
        close.clicked.connect(lambda: self.offer(None))
        row.addWidget(self._text, 1)
        row.addWidget(self._continue)
        row.addWidget(close)
        self.hide()

    @property
    def run(self) -> LastRun | None:
        """What is offered."""
        return self._run

    def offer(self, run: LastRun | None) -> None:
        """Offers a run, or nothing."""
        self._run = run
        self.setVisible(run is not None)
        if run is None:
            return
        words = {
            "paused": self.tr("was paused"),
            "stopped": self.tr("was stopped"),
            "failed": self.tr("failed"),
        }
        how = words.get(run.status, self.tr("was interrupted"))
        long = self.tr("The last run, {name} of {when}, {how} after {epochs} of {asked} epochs.")
        short = self.tr("The last run {how} after {epochs} of {asked} epochs.")
        values = asdict(run) | {"when": when_text(run.when), "how": how}
        self._text.set_texts(*(text.format(**values) for text in (long, short)))

    def _go_on(self) -> None:
        if self._run is not None:
            self.continued.emit(self._run.path)
