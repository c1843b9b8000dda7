"""How a plot is to be drawn, and the small menu that says so."""

from dataclasses import dataclass, replace

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QAction, QActionGroup, QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QMenu, QToolButton, QWidget

from cnnstudio.ui.theme import tokens
from cnnstudio.ui.train.curves import Quantity, Smoothing


@dataclass(frozen=True, slots=True)
class PlotOptions:
    """What the person chose for one plot."""

    log: bool = False
    smoothing: Smoothing = "automatic"
    raw: bool = True
    """Whether the single steps are drawn faintly behind the smoothed line."""
    hidden: frozenset[str] = frozenset()
    """Curves that are switched off: ``train``, ``test`` or the name of a head."""


class OptionsButton(QToolButton):
    """``⋯`` with a menu: scale, smoothing, single steps."""

    changed = Signal(object)

    def __init__(self, quantity: Quantity, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        # An accuracy per step is the share of one batch: in a small one a few values that say little.
        self.options = PlotOptions(raw=quantity == "loss")
        self._quantity = quantity
        self.setObjectName(f"{quantity}Options")
        self.setStyleSheet("padding: 0; min-height: 0;")
        self.setToolTip(self.tr("How the curves are drawn"))
        self.setAccessibleName(self.toolTip())
        self.setProperty("role", "ghost")
        self.setFixedSize(QSize(26, 22))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setMenu(self._make_menu())

    def toggle_curve(self, name: str, shown: bool) -> None:
        """Switches a curve on or off."""
        hidden = self.options.hidden - {name} if shown else self.options.hidden | {name}
        self._set(replace(self.options, hidden=hidden))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Three dots: as a letter they would hang at the bottom of the line."""
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(tokens().muted))
        middle = QRectF(self.rect()).center()
        for shift in (-5.0, 0.0, 5.0):
            painter.drawEllipse(QPointF(middle.x() + shift, middle.y()), 1.5, 1.5)
        painter.end()

    def _make_menu(self) -> QMenu:
        menu = QMenu(self)
        menu.setObjectName(f"{self._quantity}OptionsMenu")
        log = self._check("LogOption", self.tr("Logarithmic scale"), self.options.log)
        log.toggled.connect(lambda on: self._set(replace(self.options, log=on)))
        raw = self._check("RawOption", self.tr("Single steps, faintly"), self.options.raw)
        raw.toggled.connect(lambda on: self._set(replace(self.options, raw=on)))
        if self._quantity == "loss":
            menu.addAction(log)
        menu.addAction(raw)
        menu.addSection(self.tr("Smoothing"))
        group = QActionGroup(menu)
        words: dict[Smoothing, str] = {
            "none": self.tr("None"),
            "little": self.tr("Little"),
            "automatic": self.tr("Automatic"),
            "strong": self.tr("Strong"),
        }
        for smoothing, text in words.items():
            action = self._check(
                f"Smoothing-{smoothing}", text, smoothing == self.options.smoothing, menu=menu
            )
            action.setData(smoothing)
            group.addAction(action)
        group.triggered.connect(lambda action: self._set(replace(self.options, smoothing=action.data())))
        return menu

    def _check(self, name: str, text: str, checked: bool, menu: QMenu | None = None) -> QAction:
        action = QAction(text, self)
        action.setObjectName(f"{self._quantity}{name}")
        action.setCheckable(True)
        action.setChecked(checked)
        if menu is not None:
            menu.addAction(action)
        return action

    def _set(self, options: PlotOptions) -> None:
        if options != self.options:
            self.options = options
            self.changed.emit(options)
