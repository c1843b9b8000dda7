"""The card with the curves of the chosen runs: loss and accuracy side by side, one legend, one readout."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from html import escape
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPointF, QSize, Qt, QTimer, Slot
from PySide6.QtGui import QColor, QCursor, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QSlider,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from cnnstudio.app.run_details import RunDetails
from cnnstudio.ui.runs.overlay import Look, Overlaid, overlaid, overlaid_group
from cnnstudio.ui.runs.words import loss_text
from cnnstudio.ui.theme import theme, tokens, ui_font
from cnnstudio.ui.train.curves import Quantity
from cnnstudio.ui.train.empty_state import EmptyState
from cnnstudio.ui.widgets.flow import FlowLayout
from cnnstudio.workspace.runs.view import read_view, write_view

if TYPE_CHECKING:
    from cnnstudio.ui.runs.overlay_plot import OverlayPlot

MOST = 24
"""More curves than this are a tangle."""
_REDRAW_MS = 30
_SAVE_MS = 500
_LEGEND_TEXT = 190
_LEGEND_TOP, _LEGEND_ROW = 2, 20
_LEGEND_SHARE = 0.25


@dataclass(frozen=True, slots=True)
class Shown:
    """One curve's worth of runs: a run, or the members of a group."""

    key: str
    name: str
    members: tuple[str, ...]


class CurvesCard(QFrame):
    """Draws what it is given; the readout follows the pointer over both plots."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("runCurvesCard")
        self.setProperty("role", "card")
        self._shown: tuple[Shown, ...] = ()
        self._details: Mapping[str, RunDetails] = {}
        self._colours: Mapping[str, str] = {}
        self._plots: dict[Quantity, OverlayPlot] = {}
        self._drawn: dict[Quantity, tuple[Overlaid, ...]] = {}
        self._timer = QTimer(self, interval=_REDRAW_MS, singleShot=True)
        self._timer.setObjectName("runCurvesTimer")
        self._timer.timeout.connect(self._draw)
        self._saver = QTimer(self, interval=_SAVE_MS, singleShot=True)
        self._saver.setObjectName("runSmoothingTimer")
        self._saver.timeout.connect(self._save)
        self._readout = QLabel(self)
        self._readout.setObjectName("runReadout")
        self._readout.setProperty("role", "toast")
        self._readout.setTextFormat(Qt.TextFormat.RichText)
        self._readout.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._readout.hide()
        self._lay_out()
        theme().changed.connect(self._redraw)

    # --- what is shown

    @property
    def drawn(self) -> Mapping[Quantity, tuple[Overlaid, ...]]:
        """The curves as they were drawn last."""
        return self._drawn

    def show_runs(
        self, shown: Sequence[Shown], details: Mapping[str, RunDetails], colours: Mapping[str, str]
    ) -> None:
        """Other runs, or the same ones with more to show."""
        if tuple(shown[:MOST]) != self._shown or colours != self._colours:
            self._shown, self._colours = tuple(shown[:MOST]), dict(colours)
            self._fill_legend(len(shown) - len(self._shown))
        self._details = details
        self._redraw()

    def _redraw(self) -> None:
        self._timer.start()

    @Slot()
    def _on_smoothing(self) -> None:
        self._redraw()
        self._saver.start()

    @Slot()
    def _draw(self) -> None:
        self._fit_legend()
        smoothing = self.smoothing.value() / 100
        found: dict[Quantity, tuple[Overlaid, ...]] = {}
        for quantity in ("loss", "accuracy"):
            area = self._areas[quantity]
            logarithmic = quantity == "loss" and self.log.isChecked()
            look = Look(quantity, smoothing, logarithmic, max(100, area.width()))
            curves = (self._curve(one, look) for one in self._shown)
            found[quantity] = tuple(curve for curve in curves if curve is not None)
        self._drawn = found
        something = any(run.last() > 0 for runs in found.values() for run in runs)
        self._layers.setCurrentIndex(1 if something else 0)
        self._empty.say(self._why_empty())
        if something:
            self._prepare()
            for quantity, plot in self._plots.items():
                plot.show_runs(found[quantity], quantity == "loss" and self.log.isChecked())
        held = {run.held for run in found["loss"]}
        self._key.show_held(held)

    def _why_empty(self) -> str:
        if not self._shown:
            return self.tr("Choose a run to see its curves. Several are drawn over each other.")
        if any(path not in self._details for one in self._shown for path in one.members):
            return self.tr("Reading the curves …")
        return self.tr("There is nothing to draw yet: curves begin with the first epoch.")

    def _curve(self, one: Shown, look: Look) -> Overlaid | None:
        colour = self._colours.get(one.key, tokens().accent)
        known = [self._details[path] for path in one.members if path in self._details]
        if not known:
            return None
        if len(one.members) > 1:
            return overlaid_group(known, one.key, one.name, colour, look)
        return overlaid(known[0], one.name, colour, look)

    # --- the readout

    @Slot(object)
    def _on_hover(self, x: float | None) -> None:
        for plot in self._plots.values():
            plot.show_cursor(x)
        text = "" if x is None else self._reading(x)
        self._readout.setVisible(bool(text))
        if text:
            self._readout.setText(text)
            self._readout.adjustSize()
            self._place_readout()

    def _reading(self, x: float) -> str:
        """One line a run: loss and accuracy of validation, and of training in brackets."""
        rows = []
        for loss, accuracy in zip(self._drawn["loss"], self._drawn["accuracy"]):
            train_loss, val_loss = loss.at(x)
            train_accuracy, val_accuracy = accuracy.at(x)
            if val_loss is None and train_loss is None:
                continue
            cells = (
                _both(_loss(val_loss, self.log.isChecked()), _loss(train_loss, self.log.isChecked())),
                _both(_share(val_accuracy), _share(train_accuracy)),
            )
            rows.append(
                f'<tr><td><span style="color:{loss.colour}">●</span> {escape(loss.name)}&nbsp;&nbsp;</td>'
                f'<td align="right">{cells[0]}&nbsp;&nbsp;</td><td align="right">{cells[1]}</td></tr>'
            )
        if not rows:
            return ""
        head = self.tr("epoch {epoch}").format(epoch=f"{x:.1f}")
        return f"<b>{head}</b><table cellspacing=0>{''.join(rows[:12])}</table>"

    def _place_readout(self) -> None:
        at = self.mapFromGlobal(QCursor.pos())
        size = self._readout.size()
        x = at.x() + 16 if at.x() + 20 + size.width() < self.width() else at.x() - size.width() - 16
        y = min(at.y() + 12, self.height() - size.height() - 4)
        self._readout.move(max(4, x), max(4, y))
        self._readout.raise_()

    # --- widgets

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(13, 9, 10, 8)
        column.setSpacing(4)
        column.addLayout(self._head())
        area = QWidget(self)
        self._layers = QStackedLayout(area)
        self._layers.setContentsMargins(0, 0, 0, 0)
        self._empty = EmptyState("train", self._why_empty(), area)
        self._layers.addWidget(self._empty)
        plots = QWidget(area)
        row = QHBoxLayout(plots)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(10)
        titles: tuple[tuple[Quantity, str], ...] = (
            ("loss", self.tr("Loss")),
            ("accuracy", self.tr("Accuracy")),
        )
        self._areas: dict[Quantity, QWidget] = {}
        for quantity, title in titles:
            row.addLayout(self._plot_area(quantity, title, plots), 1)
        self._layers.addWidget(plots)
        column.addWidget(area, 1)
        self._legend_box = QWidget(self)
        self._legend_box.setObjectName("runLegend")
        legend = QVBoxLayout(self._legend_box)
        legend.setContentsMargins(0, _LEGEND_TOP, 0, 0)
        self._legend = FlowLayout(spacing=12)
        legend.addLayout(self._legend)
        area = self._legend_area = QScrollArea(self)
        area.setObjectName("runLegendScroll")
        area.setAccessibleName(self.tr("Runs that are drawn"))
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(self._legend_box)
        column.addWidget(area)

    def _head(self) -> QHBoxLayout:
        title = QLabel(self.tr("Curves"), self)
        title.setStyleSheet("font-weight: 600;")
        self._key = _Key(self)
        label = QLabel(self.tr("Smoothing"), self)
        label.setProperty("role", "muted")
        self.smoothing = QSlider(Qt.Orientation.Horizontal, self)
        self.smoothing.setObjectName("runSmoothing")
        self.smoothing.setAccessibleName(label.text())
        self.smoothing.setToolTip(self.tr("How much of the curve so far each point keeps"))
        self.smoothing.setRange(0, 99)
        self.smoothing.setPageStep(10)
        self.smoothing.setFixedWidth(110)
        self.smoothing.setValue(read_view().smoothing)
        self.smoothing.valueChanged.connect(self._on_smoothing)
        label.setBuddy(self.smoothing)
        self.log = QPushButton(self.tr("Log"), self)
        self.log.setObjectName("runLogScale")
        self.log.setAccessibleName(self.tr("Logarithmic loss"))
        self.log.setToolTip(self.tr("Show the loss on a logarithmic scale"))
        self.log.setProperty("role", "segment")
        self.log.setCheckable(True)
        self.log.toggled.connect(self._redraw)
        row = QHBoxLayout()
        row.setSpacing(9)
        row.addWidget(title)
        row.addWidget(self._key)
        row.addStretch()
        for widget in (label, self.smoothing, self.log):
            row.addWidget(widget)
        return row

    def _plot_area(self, quantity: Quantity, text: str, parent: QWidget) -> QVBoxLayout:
        title = QLabel(text, parent)
        title.setProperty("role", "small")
        area = QWidget(parent)
        area.setObjectName(f"run{quantity.title()}Plot")
        area.setAccessibleName(text)
        layout = QVBoxLayout(area)
        layout.setContentsMargins(0, 0, 0, 0)
        self._areas[quantity] = area
        column = QVBoxLayout()
        column.setSpacing(0)
        column.addWidget(title)
        column.addWidget(area, 1)
        return column

    def _prepare(self) -> None:
        """Makes the plots; imports pyqtgraph."""
        if self._plots:
            return
        from cnnstudio.ui.runs.overlay_plot import OverlayPlot

        for quantity, area in self._areas.items():
            plot = OverlayPlot(quantity, area)
            plot.hovered.connect(self._on_hover)
            layout = area.layout()
            assert layout is not None
            layout.addWidget(plot)
            self._plots[quantity] = plot

    def _fill_legend(self, left_out: int) -> None:
        self._legend.clear()
        for one in self._shown:
            self._legend.addWidget(_Entry(one.name, self._colours.get(one.key, ""), self._legend_box))
        if left_out > 0:
            more = QLabel(self.tr("and {count} more").format(count=left_out), self._legend_box)
            more.setProperty("role", "small")
            self._legend.addWidget(more)
        self._legend_area.setVisible(bool(self._shown))

    def _fit_legend(self) -> None:
        """As many rows as there are, but most of the card is for the curves: the rest is scrolled to."""
        whole = self._legend.heightForWidth(self._legend_area.viewport().width()) + _LEGEND_TOP
        self._legend_area.setFixedHeight(min(whole, max(_LEGEND_ROW, round(_LEGEND_SHARE * self.height()))))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Curves are thinned to the width that there is."""
        super().resizeEvent(event)
        self._redraw()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._on_hover(None)

    @Slot()
    def _save(self) -> None:
        write_view(replace(read_view(), smoothing=self.smoothing.value()))

    def end(self) -> None:
        """The window closes."""
        self._timer.stop()
        if self._saver.isActive():
            self._saver.stop()
            self._save()


def _loss(value: float | None, logarithmic: bool) -> str:
    return "" if value is None else loss_text(10**value if logarithmic else value)


def _share(value: float | None) -> str:
    return "" if value is None else f"{value:.2f} %"


def _both(val: str, train: str) -> str:
    return f"{val or '–'} <span style='color:{tokens().faint}'>({train})</span>" if train else val


class _Key(QWidget):
    """— train  ━ test"""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._words = (self.tr("train"), self.tr("test"))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        theme().changed.connect(self.update)

    def show_held(self, held: set[str]) -> None:
        """What the bold lines were measured on."""
        second = self.tr("validation") if "validation" in held else self.tr("test")
        if self._words[1] != second:
            self._words = (self._words[0], second)
            self.updateGeometry()
            self.update()

    def sizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        return QSize(sum(metrics.horizontalAdvance(w) + 29 for w in self._words), metrics.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        t = tokens()
        painter = QPainter(self)
        x, y = 0.0, self.height() / 2
        for word, wide in zip(self._words, (1.0, 2.4)):
            painter.setPen(QPen(QColor(t.muted), wide))
            painter.drawLine(QPointF(x, y), QPointF(x + 14, y))
            painter.drawText(QPointF(x + 19, y + self.fontMetrics().capHeight() / 2), word)
            x += self.fontMetrics().horizontalAdvance(word) + 29
        painter.end()


class _Entry(QWidget):
    """A run in the legend: its colour and its name."""

    def __init__(self, name: str, colour: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._colour = colour
        self.setFont(ui_font(12))
        self._text = self.fontMetrics().elidedText(name, Qt.TextElideMode.ElideMiddle, _LEGEND_TEXT)
        self.setToolTip(name)
        self.setAccessibleName(name)

    def sizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        return QSize(metrics.horizontalAdvance(self._text) + 22, metrics.height() + 2)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        y = self.height() / 2
        painter.setPen(
            QPen(QColor(self._colour or tokens().accent), 3, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap)
        )
        painter.drawLine(QPointF(2, y), QPointF(13, y))
        painter.setPen(QColor(tokens().text))
        painter.drawText(QPointF(20, y + self.fontMetrics().capHeight() / 2), self._text)
        painter.end()
