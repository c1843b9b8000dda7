"""The classes that a picture is most likely of, as bars."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from cnnstudio.core.looks import Prediction
from cnnstudio.ui.theme import theme, tokens, ui_font

MOST = 5
_LINE = 23
_PERCENT = 42


class PredictionBars(QWidget):
    """The likeliest first; the true class of a test image is green."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("predictionBars")
        self.setAccessibleName(self.tr("Prediction"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._lines: list[tuple[str, float, bool]] = []
        theme().changed.connect(self.update)

    @property
    def lines(self) -> list[tuple[str, float, bool]]:
        """Class, probability (0 to 1), whether it is the true one."""
        return self._lines

    def show_prediction(self, prediction: Prediction | None) -> None:
        """Another answer; None: none yet."""
        from cnnstudio.ui.inspect.tile_images import floats

        self._lines = []
        if prediction is not None:
            values = [float(value) for value in floats(prediction.probabilities)]
            names = prediction.class_names
            order = sorted(range(len(values)), key=lambda i: -values[i])[:MOST]
            if (
                prediction.label is not None
                and prediction.label not in order
                and prediction.label < len(values)
            ):
                order[-1] = prediction.label
            self._lines = [
                (names[i] if i < len(names) else str(i), values[i], i == prediction.label) for i in order
            ]
        self.setAccessibleDescription("; ".join(f"{name} {100 * p:.0f} %" for name, p, _ in self._lines))
        self.update()

    def sizeHint(self) -> QSize:
        """Room for all lines, so that nothing jumps."""
        return QSize(180, MOST * _LINE)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Name, bar, per cent."""
        t = tokens()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        metrics = QFontMetricsF(ui_font(12))
        name_width = min(
            0.48 * self.width(),
            max((metrics.horizontalAdvance(name) for name, _, _ in self._lines), default=0) + 6,
        )
        for number, (name, share, true) in enumerate(self._lines):
            top = number * _LINE
            painter.setFont(ui_font(12))
            painter.setPen(QColor(t.success if true else t.text))
            middle = Qt.AlignmentFlag.AlignVCenter
            shown = metrics.elidedText(name, Qt.TextElideMode.ElideRight, name_width - 4)
            painter.drawText(QRectF(0, top, name_width, _LINE), middle, shown)
            room = QRectF(name_width, top + 8, self.width() - name_width - _PERCENT, 7)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(t.canvas if not t.dark else t.pressed))
            painter.drawRoundedRect(room, 3, 3)
            painter.setBrush(QColor(t.success if true else t.accent))
            painter.drawRoundedRect(QRectF(room.x(), room.y(), max(2.0, share * room.width()), 7), 3, 3)
            painter.setPen(QColor(t.muted))
            area = QRectF(self.width() - _PERCENT, top, _PERCENT, _LINE)
            painter.drawText(area, middle | Qt.AlignmentFlag.AlignRight, _percent(share))
        painter.end()


def _percent(share: float) -> str:
    return "<1 %" if 0 < share < 0.005 else f"{100 * share:.0f} %"
