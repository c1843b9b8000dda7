"""The line at the bottom: what the network costs, what the engine and the run are doing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QStatusBar, QWidget

from cnnstudio.core.quantity import byte_text, grouped, short
from cnnstudio.ui.theme import theme, tokens
from cnnstudio.ui.widgets.elided import ElidedLabel

if TYPE_CHECKING:
    from cnnstudio.ui.build.status import BuildStatus

_BETWEEN = " · "
_LONG_NAME = 32


class StatusBar(QStatusBar):
    """Totals at the left; run, engine and zoom at the right."""

    problemsClicked = Signal()
    zoomClicked = Signal()
    commandsClicked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("statusBar")
        self.setSizeGripEnabled(False)
        self.setContentsMargins(8, 0, 6, 0)
        self._blocks = self._label("statusBlocks")
        self._params = self._label("statusParams")
        self._macs = self._label("statusMacs")
        self._memory = self._label("statusMemory")
        self._look = self._label("statusLook")
        self._hint = self._label("statusHint")
        self._problems = self._button("statusProblems", self.tr("Show the problems"))
        self._problems.clicked.connect(self.problemsClicked)
        self._run = ElidedLabel(self)  # names may be long, and the commands stay to be seen
        self._run.setObjectName("statusRun")
        self._engine = self._label("statusEngine")
        self._commands = self._button("statusCommands", self.tr("Search all commands"))
        keys = QKeySequence("Ctrl+K").toString(QKeySequence.SequenceFormat.NativeText)
        self._commands.setText(self.tr("{keys} commands").format(keys=keys))
        self._commands.clicked.connect(self.commandsClicked)
        self._zoom = self._button("statusZoom", self.tr("Zoom: show the whole network"))
        self._zoom.clicked.connect(self.zoomClicked)
        # In a row of its own: a status bar lays its widgets out anew only when some come or go.
        line = QWidget(self)
        row = self._row = QHBoxLayout(line)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        for widget in (self._look, *self._totals(), self._problems):
            row.addWidget(widget)
        row.addStretch(1)
        for widget in (self._hint, self._run, self._engine, self._commands, self._zoom):
            row.addWidget(widget)
        self.addPermanentWidget(line, 1)
        self._wrong = False
        for widget in (self._problems, self._zoom, self._look, self._hint):
            widget.hide()
        theme().changed.connect(self._paint)
        self._paint()

    def show_totals(self, status: BuildStatus) -> None:
        """Counts and costs of the open network."""
        one, many = self.tr("1 block"), self.tr("{count} blocks")
        self._blocks.setText(_counted(one, many, status.blocks))
        least = "≥ " if status.partial else ""
        self._params.setText(self.tr("{count} params").format(count=least + grouped(status.params)))
        self._macs.setText(self.tr("{count} MACs").format(count=least + short(status.macs)))
        self._memory.setText(self.tr("peak {size}/image").format(size=byte_text(status.activation_bytes)))
        wrong, self._wrong = self._wrong, status.problems > 0
        texts = []
        if status.problems:
            texts.append(_counted(self.tr("1 problem"), self.tr("{count} problems"), status.problems))
        if status.warnings:
            texts.append(_counted(self.tr("1 warning"), self.tr("{count} warnings"), status.warnings))
        self._problems.setText("● " + " · ".join(texts))
        self._problems.setVisible(bool(texts))
        self._zoom.setText(f"{status.zoom} %")
        if wrong != self._wrong:  # a style sheet costs a millisecond
            self._paint()

    def show_run(self, parts: tuple[str, ...]) -> None:
        """Which run it is, and what it is doing; of a long name the middle goes first, then all of it."""
        name, *rest = parts or ("",)
        short = name if len(name) <= _LONG_NAME else f"{name[: _LONG_NAME - 11]}…{name[-10:]}"
        shown = ((name, *rest), (short, *rest), tuple(rest))
        self._run.set_texts(*(_BETWEEN.join(one) for one in shown if one))
        self._run.setVisible(bool(parts))
        self._row.activate()

    def show_engine(self, text: str, tip: str = "") -> None:
        """Whether the engine is warm."""
        self._engine.setText(text)
        self._row.activate()  # what was asked for before the first paint is never answered
        self._engine.setToolTip(tip)

    def show_look(self, text: str, hint: str = "") -> None:
        """What is looked at, in the place of what the open network costs, and keys that help; or neither."""
        self._look.setText(text)
        self._hint.setText(hint)
        self._look.setVisible(bool(text))
        self._hint.setVisible(bool(hint))
        for label in self._totals():
            label.setVisible(not text)
        self._row.activate()

    def show_zoom(self, visible: bool) -> None:
        """The zoom says nothing outside Build."""
        self._zoom.setVisible(visible)

    def _totals(self) -> tuple[QLabel, ...]:
        return self._blocks, self._params, self._macs, self._memory

    def _label(self, name: str) -> QLabel:
        label = QLabel(self)
        label.setObjectName(name)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setContentsMargins(6, 0, 6, 0)
        return label

    def _button(self, name: str, tip: str) -> QPushButton:
        button = QPushButton(self)
        button.setObjectName(name)
        button.setFlat(True)
        button.setProperty("role", "link")
        button.setToolTip(tip)
        button.setAccessibleName(tip)
        button.setCursor(Qt.CursorShape.PointingHandCursor)
        return button

    def _paint(self) -> None:
        t = tokens()
        self._problems.setStyleSheet(f"color: {t.danger if self._wrong else t.warning}; font-size: 12px;")
        for button in (self._commands, self._zoom):
            button.setStyleSheet(f"color: {t.muted}; font-size: 12px;")


def _counted(one: str, many: str, count: int) -> str:
    return one if count == 1 else many.format(count=count)
