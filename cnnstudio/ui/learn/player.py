"""Step, play and scrub through the steps of an explanation."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, QSize, Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSlider, QToolButton, QWidget

from cnnstudio.ui.learn.gestures import STEP_BACK, STEP_FORWARD
from cnnstudio.ui.theme import icon, theme, tokens

_LONGEST_SECONDS = 40
_SLOWEST_MS, _FASTEST_MS = 600, 30


class Player(QWidget):
    """Emits the step that is to be shown; playing ends at the last one."""

    stepped = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._steps = 1
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._advance)
        self._slider = QSlider(Qt.Orientation.Horizontal, self)
        self._slider.setObjectName("learnSlider")
        self._slider.setAccessibleName(self.tr("Step"))
        self._slider.setMinimumWidth(80)
        self._slider.valueChanged.connect(self._on_slider)
        self.back = self._tool("learnBackButton", self.tr("Step back"), STEP_BACK)
        self.play = QPushButton(self)
        self.play.setObjectName("learnPlayButton")
        self.play.setProperty("role", "primary")
        self.play.setIconSize(QSize(16, 16))
        self.play.clicked.connect(self.toggle)
        self.forward = self._tool("learnForwardButton", self.tr("Step forward"), STEP_FORWARD)
        self.back.clicked.connect(lambda: self._slider.setValue(self._slider.value() - 1))
        self.forward.clicked.connect(lambda: self._slider.setValue(self._slider.value() + 1))
        self._label = QLabel(self)
        self._label.setObjectName("learnStepLabel")
        self._label.setProperty("role", "muted")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        for widget in (self.back, self.play, self.forward, self._slider, self._label):
            row.addWidget(widget)
        QWidget.setTabOrder(self.forward, self._slider)
        theme().changed.connect(self._paint)
        self._paint()

    @property
    def step(self) -> int:
        """The one that is shown, from 0."""
        return self._slider.value()

    @property
    def playing(self) -> bool:
        """Whether steps follow by themselves."""
        return self._timer.isActive()

    def show_steps(self, steps: int, step: int) -> None:
        """Another number of steps, and the one that is shown."""
        self._steps = max(1, steps)
        with QSignalBlocker(self._slider):
            self._slider.setRange(0, self._steps - 1)
            self._slider.setValue(step)
        self.setVisible(self._steps > 1)
        if self._steps == 1:
            self.pause()
        self._tell()

    def toggle(self) -> None:
        """Plays from here, from the start if this is the end; or holds."""
        if self.playing:
            self.pause()
            return
        if self.step >= self._steps - 1:
            self._slider.setValue(0)
        pause = 1000 * _LONGEST_SECONDS // self._steps
        self._timer.start(min(_SLOWEST_MS, max(_FASTEST_MS, pause)))
        self._paint()

    def pause(self) -> None:
        """Holds at this step."""
        self._timer.stop()
        self._paint()

    def _advance(self) -> None:
        if self.step >= self._steps - 1 or not self.isVisible():
            self.pause()
            return
        self._slider.setValue(self.step + 1)

    def _on_slider(self, step: int) -> None:
        self._tell()
        self.stepped.emit(step)

    def _tell(self) -> None:
        text = self.tr("step {step} / {steps}")
        self._label.setText(text.format(step=self.step + 1, steps=self._steps))
        self.back.setEnabled(self.step > 0)
        self.forward.setEnabled(self.step < self._steps - 1)

    def _tool(self, name: str, text: str, keys: str) -> QToolButton:
        button = QToolButton(self)
        button.setObjectName(name)
        button.setAccessibleName(text)
        button.setToolTip(f"{text} ({keys})")
        button.setShortcut(keys)
        button.setAutoRepeat(True)
        button.setIconSize(QSize(16, 16))
        return button

    def _paint(self) -> None:
        t = tokens()
        self.play.setText(self.tr("Hold") if self.playing else self.tr("Play"))
        self.play.setAccessibleName(self.play.text())
        self.play.setIcon(icon("pause" if self.playing else "play", t.on_accent, 16))
        self.back.setIcon(icon("step-back", None, 16))
        self.forward.setIcon(icon("step-forward", None, 16))
