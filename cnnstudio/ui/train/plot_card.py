"""A card with a plot: title, legend, and what will be here while there is nothing to draw."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QStackedLayout, QVBoxLayout, QWidget

from cnnstudio.app.run_history import RunHistory
from cnnstudio.ui.theme import theme, tokens
from cnnstudio.ui.train.curves import Curves, Quantity, curves_of
from cnnstudio.ui.train.empty_state import EmptyState
from cnnstudio.ui.train.plot_range import epoch_range

if TYPE_CHECKING:
    from cnnstudio.ui.train.curve_plot import CurvePlot

_SAMPLE = 13


class PlotCard(QFrame):
    """Loss or accuracy over the epochs."""

    def __init__(self, quantity: Quantity, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._quantity: Quantity = quantity
        self.setProperty("role", "card")
        self.setObjectName(f"{quantity}Card")
        title = QLabel(self.tr("Loss") if quantity == "loss" else self.tr("Accuracy"), self)
        title.setStyleSheet("font-weight: 600;")
        self._best = QLabel(self)
        self._best.setObjectName(f"{quantity}Best")
        self._best.setProperty("role", "muted")
        row = QHBoxLayout()
        row.setSpacing(9)
        row.addWidget(title)
        row.addWidget(_Legend(self))
        row.addStretch()
        row.addWidget(self._best)
        self._area = QWidget(self)
        self._area.setObjectName(f"{quantity}Plot")
        self._area.setAccessibleName(title.text())
        self._layers = QStackedLayout(self._area)
        self._layers.setContentsMargins(0, 0, 0, 0)
        if quantity == "loss":
            text = self.tr("The loss of every step and, dashed, of the test images after every epoch.")
        else:
            text = self.tr("The share of images that are told right; dashed, of the test images.")
        self._layers.addWidget(EmptyState("train", text, self._area))
        self._plot: CurvePlot | None = None
        self._drawn = Curves()
        self._shown: tuple[object, ...] = ()
        column = QVBoxLayout(self)
        column.setContentsMargins(13, 11, 10, 6)
        column.setSpacing(4)
        column.addLayout(row)
        column.addWidget(self._area, 1)

    @property
    def curves(self) -> Curves:
        """What is drawn now."""
        return self._drawn

    def prepare(self) -> None:
        """Makes the plot; imports pyqtgraph."""
        if self._plot is None:
            from cnnstudio.ui.train.curve_plot import CurvePlot

            self._plot = CurvePlot(self._quantity, self._area)
            self._layers.addWidget(self._plot)

    def begin(self) -> None:
        """Another run begins."""
        self._shown = ()
        if self._plot is not None:
            self._plot.forget_ranges()

    def show_history(self, history: RunHistory) -> None:
        """Draws the run so far, if it has come a pixel further than what is drawn."""
        moment = self._moment(history)
        if moment == self._shown:
            return
        self._shown = moment
        curves = curves_of(history, self._quantity, max(100, self._area.width()))
        self._drawn = curves
        self._tell_best(curves)
        if curves.empty:
            self._layers.setCurrentIndex(0)
            return
        self.prepare()
        if self._plot is not None:
            self._plot.show_curves(curves)
            self._layers.setCurrentWidget(self._plot)

    def _moment(self, history: RunHistory) -> tuple[object, ...]:
        """What the drawing depends on, to the pixel: a long run need not be drawn ten times a second."""
        now = history.step.step / history.steps_per_epoch if history.step else 0.0
        pixel = round(now * self._area.width() / epoch_range(now, history.total_epochs).high)
        best = history.epochs[-1].best_epoch if history.epochs else 0
        over = history.finished is not None or history.failed is not None
        return (id(history), pixel, len(history.epochs), best, over, self._area.size())

    def _tell_best(self, curves: Curves) -> None:
        if curves.best is None:
            self._best.clear()
            return
        epoch, value = curves.best
        shown = f"{value:.3f}" if self._quantity == "loss" else f"{value:.1f} %"
        if self._quantity == "loss":
            text = self.tr("test {value} @ epoch {epoch}")
        else:
            text = self.tr("best {value} @ epoch {epoch}")
        self._best.setText(text.format(value=shown, epoch=round(epoch)))


class _Legend(QWidget):
    """— train  --- test"""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._words = (self.tr("train"), self.tr("test"))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        theme().changed.connect(self.update)

    def sizeHint(self) -> QSize:
        """Two samples and their words."""
        metrics = self.fontMetrics()
        return QSize(
            sum(metrics.horizontalAdvance(word) + _SAMPLE + 10 for word in self._words), metrics.height()
        )

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draws the samples as the plot draws them."""
        t = tokens()
        painter = QPainter(self)
        x, y = 0, self.height() / 2
        for word, colour, dashed in zip(self._words, (t.train, t.test), (False, True)):
            pen = QPen(QColor(colour), 1.5)
            if dashed:
                pen.setDashPattern([3, 2])
            painter.setPen(pen)
            painter.drawLine(QPointF(x, y), QPointF(x + _SAMPLE, y))
            painter.setPen(QColor(t.muted))
            width = self.fontMetrics().horizontalAdvance(word)
            painter.drawText(
                x + _SAMPLE + 4, 0, width + 4, self.height(), Qt.AlignmentFlag.AlignVCenter, word
            )
            x += width + _SAMPLE + 10
        painter.end()
