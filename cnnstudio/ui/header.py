"""The bar at the top: what is open, what it is trained on, and the buttons that train it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QMenu, QPushButton, QToolButton, QWidget

from cnnstudio.ui.pills import PillButton, PillCombo
from cnnstudio.ui.theme import icon, theme, tokens
from cnnstudio.ui.true_hover import TrueHover

if TYPE_CHECKING:
    from cnnstudio.core.training import TrainingSettings

HEIGHT = 50
_NARROW, _VERY_NARROW = 1180, 1040


class Header(QFrame):
    """Buttons at the left, pills and training at the right."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("header")
        self.setProperty("role", "bar")
        self.setFixedHeight(HEIGHT)
        self._hover = TrueHover(self)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(14, 0, 14, 0)
        self._row.setSpacing(8)
        title = self._title = QLabel("CNN Studio", self)
        title.setStyleSheet("font-weight: 600; font-size: 14px; margin-right: 4px;")
        self._row.addWidget(title)
        self._settled = False
        self._spacer = self._row.count()
        self._row.addStretch(1)
        self.data = PillCombo("datasetCombo", self.tr("Data"), self)
        self.device = PillCombo("deviceCombo", self.tr("Device"), self)
        self.optimizer = PillButton("optimizerPill", self)
        self.optimizer.setToolTip(self.tr("Training settings"))
        self.train = self._button("trainButton", self.tr("Train"), "primary")
        self.pause = self._button("pauseButton", self.tr("Pause"))
        self.stop = self._button("stopButton", self.tr("Stop"))
        for widget in (self.data, self.device, self.optimizer, self.train, self.pause, self.stop):
            self._row.addWidget(widget)
        self._pills = (self.data, self.device)
        for pill in (*self._pills, self.optimizer):
            pill.hide()  # until there is something to choose
        theme().changed.connect(self._paint)
        self.show_state("idle")

    def add_menu(self, name: str, text: str, menu: QMenu) -> QPushButton:
        """A button at the left that opens a menu."""
        button = self._button(name, f"{text} ▾")
        button.setAccessibleName(text)
        button.setMenu(menu)
        menu.aboutToHide.connect(self._hover.look_soon)
        self._add(button)
        return button

    def add_action(self, name: str, action: QAction, text: str = "") -> None:
        """A button at the left for an action; only its icon without ``text``."""
        button = QPushButton(text, self) if text else QToolButton(self)
        button.setObjectName(name)
        button.setAccessibleName(action.text().rstrip("…"))
        button.setToolTip(action.toolTip())
        button.setCursor(Qt.CursorShape.PointingHandCursor)
        if isinstance(button, QToolButton):
            button.setDefaultAction(action)
            button.setIconSize(QSize(18, 18))
        else:
            button.clicked.connect(action.trigger)
        self._add(button)

    def show_settings(self, settings: TrainingSettings) -> None:
        """The optimizer pill: the rule, its learning rate, batch size and epochs."""
        for pill in self._pills:
            pill.show()
        self._settled = True
        self.optimizer.setVisible(self.width() >= _NARROW)
        optimizer = settings.optimizer
        text = self.tr("lr {lr} · bs {batch} · {epochs} ep")
        self.optimizer.set_parts(
            optimizer.name,
            text.format(lr=f"{optimizer.lr:g}", batch=settings.batch_size, epochs=settings.epochs),
        )
        self.optimizer.setAccessibleName(
            self.tr("Training settings: {name} {values}").format(
                name=optimizer.name, values=self.optimizer.text()
            )
        )

    def show_state(self, state: str) -> None:
        """Train, or Pause and Stop while a training is under way."""
        active = state in ("preparing", "running", "paused")
        self.train.setVisible(not active)
        self.pause.setVisible(active)
        self.stop.setVisible(active)
        self.pause.setEnabled(state != "preparing")
        self.pause.setText(self.tr("Resume") if state == "paused" else self.tr("Pause"))
        self.pause.setAccessibleName(self.pause.text())
        self._paused = state == "paused"
        self._paint()

    def resizeEvent(self, event: object) -> None:
        """The optimizer pill makes room in a narrow window, and the title in a very narrow one."""
        self._title.setVisible(self.width() >= _VERY_NARROW)
        self.optimizer.setVisible(self._settled and self.width() >= _NARROW)
        super().resizeEvent(event)  # type: ignore[arg-type]

    def _add(self, widget: QWidget) -> None:
        self._row.insertWidget(self._spacer, widget)
        self._spacer += 1

    def _button(self, name: str, text: str, role: str = "") -> QPushButton:
        button = QPushButton(text, self)
        button.setObjectName(name)
        button.setAccessibleName(text)
        button.setCursor(Qt.CursorShape.PointingHandCursor)
        button.setIconSize(QSize(16, 16))
        if role:
            button.setProperty("role", role)
        return button

    def _paint(self) -> None:
        t = tokens()
        self.train.setIcon(icon("play", t.on_accent, 16))
        self.pause.setIcon(icon("play" if self._paused else "pause", None, 16))
        self.stop.setIcon(icon("stop", None, 16))
