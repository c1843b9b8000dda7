"""What can be changed while a run goes on: its learning rate, its epochs, and when it ends."""

from PySide6.QtCore import QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtWidgets import QLabel, QWidget

from cnnstudio.app.run_history import RunHistory
from cnnstudio.ui.train.foot_row import FootRow
from cnnstudio.ui.train.number_spin import NumberSpin
from cnnstudio.ui.widgets.elided import ElidedLabel
from cnnstudio.ui.widgets.spin import SpinBox

_SETTLE_MS = 400
"""Some presses of an arrow in a row are one change."""
_MOST_EPOCHS = 100_000


class NowStrip(FootRow):
    """Shown while a training is under way."""

    adjusted = Signal(object, object)
    """The learning rate or None, the epochs or None."""
    stopAfterEpoch = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("nowStrip", parent)
        row = self.row
        row.setSpacing(8)
        title = QLabel(self.tr("This run"), self)
        title.setProperty("role", "muted")
        self.rate = NumberSpin(1e-9, 1e6, self)
        self._set_up(self.rate, "nowRateSpin", self.tr("Learning rate of this run"))
        self.rate.setToolTip(self.tr("The learning rate before the schedule, from the next step on"))
        self.epochs = SpinBox(self)
        self.epochs.setRange(1, _MOST_EPOCHS)
        self.epochs.setKeyboardTracking(False)
        self._set_up(self.epochs, "nowEpochsSpin", self.tr("Epochs of this run"))
        self.epochs.setToolTip(self.tr("How many epochs this run has in all"))
        self._said = ElidedLabel(self)
        self._said.setObjectName("nowSaid")
        self._said.setProperty("role", "small")
        self._said.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.ending = self.small_button("stopAfterEpochButton")
        self.ending.setText(self.tr("Stop after this epoch"))
        self.ending.setAccessibleName(self.ending.text())
        self.ending.setCheckable(True)
        self.ending.clicked.connect(self.stopAfterEpoch)
        row.addWidget(title)
        row.addSpacing(4)
        for text, spin in ((self.tr("Learning rate"), self.rate), (self.tr("Epochs"), self.epochs)):
            label = QLabel(text, self)
            label.setBuddy(spin)
            row.addWidget(label)
            row.addWidget(spin)
            row.addSpacing(6)
        row.addWidget(self._said, 1)
        row.addWidget(self.ending)
        self._wanted: dict[str, float] = {}
        self._settle = QTimer(self, interval=_SETTLE_MS, singleShot=True)
        self._settle.timeout.connect(self._send)
        self.rate.valueChanged.connect(lambda value: self._want("rate", value))
        self.epochs.valueChanged.connect(lambda value: self._want("epochs", value))

    def show_history(self, history: RunHistory) -> None:
        """The values that the run goes by; what the person has changed and not sent yet stays."""
        # A least number of epochs that grows must not pass for a wish of the person's.
        with QSignalBlocker(self.rate), QSignalBlocker(self.epochs):
            if history.step is not None:
                self.epochs.setMinimum(history.step.epoch)
            if history.base_rate is not None and not self._is_held(self.rate, "rate"):
                self.rate.setValue(history.base_rate)
            if history.total_epochs and not self._is_held(self.epochs, "epochs"):
                self.epochs.setValue(history.total_epochs)
        self.rate.setEnabled(history.base_rate is not None)
        started = history.started is not None
        self.epochs.setEnabled(started)
        self.ending.setEnabled(started)
        self._say(history)

    def _is_held(self, spin: QWidget, what: str) -> bool:
        """Whether the person is at it, or has changed it and it is not sent yet."""
        return spin.hasFocus() or what in self._wanted

    def show_ending(self, ends: bool) -> None:
        """Whether the run ends after its present epoch."""
        self.ending.setChecked(ends)

    def _say(self, history: RunHistory) -> None:
        adjusted = [mark for mark in history.marks if mark.kind in ("rate", "epochs")]
        if self._wanted:
            self._said.set_texts(self.tr("from the next step on …"))
        elif adjusted:
            last = adjusted[-1]
            text = self.tr("changed at epoch {epoch}, step {step}")
            epoch = (last.step - 1) // history.steps_per_epoch + 1
            self._said.set_texts(text.format(epoch=epoch, step=last.step))
        else:
            self._said.clear()

    def _want(self, what: str, value: float) -> None:
        self._wanted[what] = value
        self._settle.start()

    def _send(self) -> None:
        wanted, self._wanted = self._wanted, {}
        epochs = wanted.get("epochs")
        self.adjusted.emit(wanted.get("rate"), None if epochs is None else int(epochs))

    @staticmethod
    def _set_up(spin: QWidget, name: str, spoken: str) -> None:
        spin.setObjectName(name)
        spin.setAccessibleName(spoken)
        spin.setFixedWidth(92)
