"""The learning-rate finder: a live curve, a suggestion, and the rate that is taken from it."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from cnnstudio.app.inquiry import Inquiry
from cnnstudio.app.session import EngineSession
from cnnstudio.core.messages import Failed, Preparing, RateCurve
from cnnstudio.core.requests import FindRate, Job
from cnnstudio.ui.train.number_spin import NumberSpin
from cnnstudio.ui.train.progress_row import doing
from cnnstudio.ui.train.rate_plot import RatePlot


class RateDialog(QDialog):
    """Begins at once; closing it calls the trial off."""

    rateChosen = Signal(float)

    def __init__(self, job: Job, session: EngineSession, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("rateDialog")
        self.setWindowTitle(self.tr("Find a learning rate"))
        self.resize(620, 440)
        self._job = job
        self._inquiry = Inquiry(session, self)
        self._text = QLabel(self)
        self._text.setObjectName("rateText")
        self._text.setWordWrap(True)
        self._text.setProperty("role", "muted")
        self.plot = RatePlot(self)
        self.plot.chosen.connect(self._choose)
        column = QVBoxLayout(self)
        column.setContentsMargins(22, 18, 22, 18)
        column.setSpacing(10)
        column.addWidget(self._text)
        column.addWidget(self.plot, 1)
        column.addLayout(self._buttons())
        self._inquiry.told.connect(self._hear)
        if job.document is not None:
            self._rate.setValue(job.document.training.optimizer.lr)
            self.plot.show_rate(None)  # nobody has chosen it yet
        self._start()

    def done(self, result: int) -> None:
        """However it closes, nothing goes on behind it."""
        self._inquiry.call_off()
        super().done(result)
        self.deleteLater()

    def _buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        self._again = self._button("rateAgainButton", self.tr("Try again"))
        self._again.clicked.connect(self._start)
        cancel = self._button("rateCancelButton", self.tr("Cancel"))
        cancel.clicked.connect(self.reject)
        label = QLabel(self.tr("Learning rate"), self)
        self._rate = NumberSpin(1e-9, 1e6, self)
        self._rate.setObjectName("foundRateSpin")
        self._rate.setAccessibleName(self.tr("Learning rate to use"))
        self._rate.setFixedWidth(110)
        self._rate.valueChanged.connect(self.plot.show_rate)
        label.setBuddy(self._rate)
        self._use = self._button("useRateButton", self.tr("Use this rate"))
        self._use.setProperty("role", "primary")
        self._use.setDefault(True)
        self._use.clicked.connect(self._take)
        for button in (cancel, self._again):
            row.addWidget(button)
        row.addStretch(1)
        for widget in (label, self._rate, self._use):
            row.addWidget(widget)
        return row

    def _button(self, name: str, text: str) -> QPushButton:
        button = QPushButton(text, self)
        button.setObjectName(name)
        button.setAccessibleName(text)
        button.setAutoDefault(False)
        return button

    def _start(self) -> None:
        self._set_found(False)
        self._again.hide()
        self._text.setText(self.tr("Training a copy of the network with rising learning rates …"))
        self._inquiry.ask(FindRate(self._job))

    def _hear(self, message: object) -> None:
        match message:
            case Preparing():
                self._text.setText(f"{doing(message)} …")
            case RateCurve():
                self._show(message)
            case Failed(sentence=sentence):
                self._refuse(sentence)

    def _show(self, curve: RateCurve) -> None:
        self.plot.show_curve(curve)
        if not curve.done:
            return
        self._again.show()
        self._set_found(True)
        self._use.setFocus()
        if curve.suggestion is None:
            text = self.tr(
                "No learning rate lets the loss fall clearly. Press on the curve where it falls fastest, or "
                "look at the data, the first weights and the network."
            )
            self._text.setText(text)
            return
        self._choose(curve.suggestion)
        text = self.tr(
            "{rate} is suggested, a tenth of the rate with the lowest loss: there it falls and is far from "
            "exploding. Press on the curve to choose another."
        )
        self._text.setText(text.format(rate=f"{curve.suggestion:.2g}"))

    def _choose(self, rate: float) -> None:
        self._rate.setValue(float(f"{rate:.2g}"))
        self.plot.show_rate(self._rate.value())
        self._set_found(True)

    def _refuse(self, sentence: str) -> None:
        self._text.setText(sentence)
        self._again.show()

    def _set_found(self, found: bool) -> None:
        self._use.setEnabled(found)
        self._rate.setEnabled(found)

    def _take(self) -> None:
        self.rateChosen.emit(self._rate.value())
        self.accept()
