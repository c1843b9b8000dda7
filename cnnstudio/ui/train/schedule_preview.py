"""A small picture of the learning rate over the whole training, drawn by the formulas that train."""

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from cnnstudio.core.schedule import Length, preview
from cnnstudio.core.training import TrainingSettings
from cnnstudio.ui.theme import mix, theme, tokens, ui_font

_HEIGHT = 84
_STEPS = 50
"""In an epoch of the picture: enough for the warm-up of one epoch to be seen."""
_POINTS = 260
_TOP, _BOTTOM, _PAD = 16, 16, 6


class SchedulePreview(QWidget):
    """Follows the settings."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("schedulePreview")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._of: tuple[object, ...] = ()
        self._points: list[tuple[float, float]] = []
        self._settings = TrainingSettings()
        theme().changed.connect(self.update)

    @property
    def points(self) -> list[tuple[float, float]]:
        """Epochs and learning rates as they are drawn."""
        return self._points

    def sizeHint(self) -> QSize:
        """As wide as there is room."""
        return QSize(200, _HEIGHT)

    def show_settings(self, settings: TrainingSettings) -> None:
        """The picture of other settings."""
        of = (settings.optimizer.lr, settings.schedule, settings.epochs)
        if of == self._of:
            return
        self._of, self._settings = of, settings
        length = Length(settings.epochs, _STEPS)
        self._points = list(preview(settings.optimizer.lr, settings.schedule, length, _POINTS))
        rates = [rate for _, rate in self._points]
        text = self.tr("Learning rate from {start} over at most {most} to {end}")
        said = text.format(start=f"{rates[0]:.3g}", most=f"{max(rates):.3g}", end=f"{rates[-1]:.3g}")
        self.setAccessibleName(said)
        self.setToolTip(said)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The curve over a shade, the highest rate above, the epochs below."""
        if not self._points:
            return
        t = tokens()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = QRectF(0.5, _TOP, self.width() - 1, self.height() - _TOP - _BOTTOM)
        most = max(rate for _, rate in self._points) or 1.0
        length = max(1e-9, self._points[-1][0])
        curve = [
            QPointF(
                area.left() + area.width() * epoch / length, area.bottom() - (area.height() - 2) * rate / most
            )
            for epoch, rate in self._points
        ]
        shade = QPolygonF([area.bottomLeft(), *curve, area.bottomRight()])
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(mix(t.accent, t.surface, 0.12)))
        painter.drawPolygon(shade)
        painter.setPen(QPen(QColor(t.border), 1))
        painter.drawLine(area.bottomLeft(), area.bottomRight())
        painter.setPen(QPen(QColor(t.accent), 1.5))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPolyline(curve)
        self._paint_words(painter, area, most)
        painter.end()

    def _paint_words(self, painter: QPainter, area: QRectF, most: float) -> None:
        painter.setFont(ui_font(11))
        painter.setPen(QColor(tokens().muted))
        top, below = QRectF(0, 0, self.width(), _TOP - 2), QRectF(0, area.bottom() + 2, self.width(), _BOTTOM)
        left, right = Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight
        painter.drawText(top, left, self.tr("learning rate, at most {rate}").format(rate=f"{most:.3g}"))
        if self._settings.schedule.name == "plateau":
            painter.drawText(below, left, self.tr("falls when the loss stays"))
        else:
            painter.drawText(below, left, self.tr("ends at {rate}").format(rate=f"{self._points[-1][1]:.2g}"))
        painter.drawText(below, right, self.tr("{count} epochs").format(count=self._settings.epochs))
