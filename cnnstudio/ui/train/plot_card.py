"""A card with a plot: title, legend, and what will be here while there is nothing to draw."""

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QStackedLayout, QVBoxLayout, QWidget

from cnnstudio.app.run_history import RunHistory
from cnnstudio.ui.train.curves import Curves, Quantity, curves_of
from cnnstudio.ui.train.empty_state import LEAST_CARD_WIDTH, EmptyState
from cnnstudio.ui.train.plot_legend import PlotLegend
from cnnstudio.ui.train.plot_options import OptionsButton
from cnnstudio.ui.train.plot_range import epoch_range, loss_text
from cnnstudio.ui.widgets.elided import ElidedLabel

if TYPE_CHECKING:
    from cnnstudio.ui.train.curve_plot import CurvePlot


class PlotCard(QFrame):
    """Loss or accuracy over the epochs."""

    def __init__(self, quantity: Quantity, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._quantity: Quantity = quantity
        self.setProperty("role", "card")
        self.setMinimumWidth(LEAST_CARD_WIDTH)
        self.setObjectName(f"{quantity}Card")
        title = QLabel(self.tr("Loss") if quantity == "loss" else self.tr("Accuracy"), self)
        title.setStyleSheet("font-weight: 600;")
        self._best = ElidedLabel(self)
        self._best.setObjectName(f"{quantity}Best")
        self._best.setProperty("role", "muted")
        row = QHBoxLayout()
        row.setSpacing(7)
        row.addWidget(title)
        self._legend = PlotLegend(quantity, self)
        self._options = OptionsButton(quantity, self)
        self._legend.toggled.connect(self._options.toggle_curve)
        self._options.changed.connect(self._draw_again)
        row.addWidget(self._legend)
        row.addWidget(self._best, 1)
        row.addWidget(self._options)
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
        self._history = RunHistory()
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
        self._history = history
        moment = self._moment(history)
        if moment == self._shown:
            return
        self._shown = moment
        width = max(100, self._area.width())
        curves = curves_of(history, self._quantity, width, self._options.options.smoothing)
        self._drawn = curves
        self._legend.show_curves(curves)
        self._tell_best(curves)
        if curves.empty:
            self._layers.setCurrentIndex(0)
            return
        self.prepare()
        if self._plot is not None:
            self._plot.show_curves(curves, self._options.options)
            self._layers.setCurrentWidget(self._plot)

    def _moment(self, history: RunHistory) -> tuple[object, ...]:
        """What the drawing depends on, to the pixel: a long run need not be drawn at each look."""
        now = history.last_step / history.steps_per_epoch
        per_epoch = self._area.width() / epoch_range(now, history.total_epochs).high
        pixel = round(now * per_epoch)
        best = history.epochs[-1].best_epoch if history.epochs else 0
        # An epoch is worth a drawing of its own where it is wider than a pixel.
        epochs = len(history.epochs) if per_epoch >= 1 else 0
        over = history.finished is not None or history.failed is not None
        happened = (len(history.marks), history.total_epochs, over)
        return (id(history), pixel, epochs, best, happened, self._area.size(), self._options.options)

    def _draw_again(self) -> None:
        self.show_history(self._history)

    def _tell_best(self, curves: Curves) -> None:
        if curves.best is None:
            self._best.clear()
            return
        epoch, value = curves.best
        shown = loss_text(value) if self._quantity == "loss" else f"{value:.1f} %"
        if curves.held == "validation":
            text = self.tr("best validation {value} @ epoch {epoch}")
        else:
            text = self.tr("best test {value} @ epoch {epoch}")
        short = self.tr("{value} @ epoch {epoch}")
        said = [words.format(value=shown, epoch=round(epoch)) for words in (text, short, "{value}")]
        self._best.set_texts(*said)
