"""What a training would need, estimated by some timed steps."""

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtWidgets import QLabel, QPushButton, QWidget

from cnnstudio.core.messages import Forecast
from cnnstudio.core.quantity import byte_text, grouped
from cnnstudio.ui.train.clock import duration
from cnnstudio.ui.train.foot_row import FootRow
from cnnstudio.ui.widgets.elided import ElidedLabel


class ForecastRow(FootRow):
    """One line, a warning where it will not fit, and the batch size that would."""

    asked = Signal()
    batchChosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("forecastRow", parent)
        self._forecast: Forecast | None = None
        self._text = ElidedLabel(self)
        self._text.setObjectName("forecastText")
        self._text.setProperty("role", "muted")
        self._text.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self._warning = QLabel(self)
        self._warning.setObjectName("forecastWarning")
        self._warning.setProperty("role", "warning")
        self._warning.setWordWrap(True)
        self._batch = self._button("forecastBatchButton")
        self._batch.clicked.connect(self._choose_batch)
        self._ask = self._button("forecastButton")
        self._ask.setText(self.tr("Estimate time and memory"))
        self._ask.setAccessibleName(self._ask.text())
        self._ask.setToolTip(self.tr("Times some steps on this machine; no run is made"))
        self._ask.clicked.connect(self.asked)
        self.row.addWidget(self._text, 1)
        self.row.addWidget(self._warning, 2)
        self.row.addWidget(self._batch)
        self.row.addWidget(self._ask)
        self.show_forecast(None)

    def show_forecast(self, forecast: Forecast | None) -> None:
        """What was estimated; None where nothing is known of the network as it is now."""
        self._forecast = forecast
        warning = forecast.warning if forecast else ""
        self._warning.setText(warning)
        self._warning.setVisible(bool(warning))
        fits = forecast.fitting_batch if forecast else None
        self._batch.setVisible(bool(warning) and fits is not None)
        if fits is not None:
            self._batch.setText(self.tr("Use batch size {size}").format(size=fits))
            self._batch.setAccessibleName(self._batch.text())
        self._ask.setVisible(forecast is None)
        self._text.set_texts(*(foretold(forecast) if forecast else ("",)))
        self._text.setVisible(not warning)

    def show_busy(self, text: str) -> None:
        """The steps are being timed."""
        self._text.set_texts(text)
        self._text.show()
        self._warning.hide()
        self._batch.hide()
        self._ask.hide()

    def show_failure(self, sentence: str) -> None:
        """Why nothing could be estimated."""
        self.show_forecast(None)
        self._text.set_texts(sentence)

    def _choose_batch(self) -> None:
        if self._forecast is not None and self._forecast.fitting_batch is not None:
            self.batchChosen.emit(self._forecast.fitting_batch)

    def _button(self, name: str) -> QPushButton:
        button = self.small_button(name)
        button.setCursor(Qt.CursorShape.PointingHandCursor)
        return button


def foretold(forecast: Forecast) -> tuple[str, ...]:
    """The forecast in a line, the longest wording first."""

    def tr(text: str) -> str:
        return QCoreApplication.translate("Forecast", text)

    time = tr("about {epoch} an epoch, {total} in all").format(
        epoch=duration(forecast.seconds_per_epoch),
        total=duration(forecast.seconds_per_epoch * forecast.epochs),
    )
    memory = tr("{need} of {available} memory").format(
        need=byte_text(forecast.memory_bytes), available=byte_text(forecast.available_bytes)
    )
    images = tr("{train} images, {test} to test").format(
        train=grouped(forecast.train_images), test=grouped(forecast.test_images)
    )
    where = tr("on {device}").format(device=forecast.device)
    disk = tr("{need} on disk").format(need=byte_text(forecast.disk_bytes))
    lead = tr("Estimate:")
    return tuple(
        f"{lead} {' · '.join(parts)}"
        for parts in ((time, memory, where, images, disk), (time, memory, where), (time, memory))
    )
