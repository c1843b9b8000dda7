"""The window's frame: header, rail, notice, status bar. What works in it is the :class:`Workbench`.

The frame needs nothing but Qt, so it is painted at once; the workbench follows.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QCloseEvent, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QMainWindow, QMenu, QStackedWidget, QVBoxLayout, QWidget

from cnnstudio.ui.file_menu import FileMenu
from cnnstudio.ui.header import Header
from cnnstudio.ui.notice import NoticeBar, Offer
from cnnstudio.ui.preset_menu import PresetMenu
from cnnstudio.ui.rail import WorkspaceRail
from cnnstudio.ui.status_bar import StatusBar
from cnnstudio.ui.view_menu import ViewMenu
from cnnstudio.ui.window_actions import window_actions

if TYPE_CHECKING:
    from cnnstudio.app.session import EngineSession
    from cnnstudio.core.document import Document
    from cnnstudio.ui.dialogs import Dialogs
    from cnnstudio.ui.workbench import Workbench

_WIDTH, _HEIGHT = 1440, 900
_LEAST_WIDTH, _LEAST_HEIGHT = 960, 600


class MainWindow(QMainWindow):
    """One network, one engine, the workspaces.

    ``later``: the workbench is made after the first paint, with ``model`` (a preset or a file) open in it.
    """

    completed = Signal()

    def __init__(
        self,
        session: EngineSession | None = None,
        dialogs: Dialogs | None = None,
        *,
        later: bool = False,
    ) -> None:
        super().__init__()
        self.setObjectName("mainWindow")
        self.setAccessibleName("CNN Studio")
        self.setWindowTitle("CNN Studio")
        self._session = session
        self._dialogs = dialogs
        self._work: Workbench | None = None
        self._painted = False
        self.window_actions = window_actions(self)
        self.header = Header(self)
        self.notice = NoticeBar(self)
        self.rail = WorkspaceRail(self)
        self.status = StatusBar(self)
        self.stack = QStackedWidget(self)
        self._lay_out()
        self._fill_header()
        self.resize(_WIDTH, _HEIGHT)
        self.setMinimumSize(_LEAST_WIDTH, _LEAST_HEIGHT)
        if not later:
            self.complete()

    # --- what outsiders rely on

    def load_preset(self, preset: str) -> bool:
        """Opens a preset without asking about unsaved changes; False where it cannot be read."""
        return self.work.documents.load_preset(preset)

    def open_document(self, path: str | Path) -> bool:
        """Opens a file without asking about unsaved changes; False where it cannot be read."""
        return self.work.documents.open(Path(path))

    def document(self) -> Document:
        """What is open."""
        return self.work.store.document

    def training_state(self) -> str:
        """``"idle" | "preparing" | "running" | "paused" | "finished" | "stopped" | "failed"``."""
        return self.work.session.state

    # ---

    @property
    def work(self) -> Workbench:
        """What works in the window; made when first asked for."""
        self.complete()
        assert self._work is not None
        return self._work

    def complete(self) -> None:
        """Makes the workbench, once."""
        if self._work is not None:
            return
        from cnnstudio.ui.keys_home import KeysHome
        from cnnstudio.ui.workbench import Workbench

        KeysHome(self.stack.currentWidget, self).watch(self.header, self.notice, self.rail, self.status)
        self._work = Workbench(self, self._session, self._dialogs)
        self.completed.emit()

    def show_workspace(self, name: str) -> None:
        """``"start"``, ``"build"``, ``"train"``, ``"inspect"``, ``"learn"`` or ``"runs"``."""
        self.work.show_workspace(name)

    def tell_error(self, sentence: str, detail: str, offers: tuple[Offer, ...] = ()) -> None:
        """Says what went wrong and what can be done about it, with the details at hand."""
        if detail:
            show = partial(self.show_details, sentence, detail)
            offers = (*offers, Offer("noticeDetails", self.tr("Details…"), show))
        self.notice.say(sentence, "error", offers)

    def show_details(self, sentence: str, detail: str) -> None:
        """All that is known of what went wrong, to be read and copied."""
        self.work.dialogs.tell(self.tr("What happened"), sentence, detail)

    def paintEvent(self, event: QPaintEvent) -> None:
        """What is not needed to be seen comes once something is seen."""
        super().paintEvent(event)
        if not self._painted:
            self._painted = True
            QTimer.singleShot(0, self, self._after_first_paint)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Asks about a training and about unsaved changes; then stops, saves and ends the engine."""
        if self._work is None or self._work.may_close():
            event.accept()
        else:
            event.ignore()

    def _after_first_paint(self) -> None:
        self.work.warm_up()

    def _lay_out(self) -> None:
        self.rail.add("start", self.tr("Start"), "Alt+Home")
        self.rail.add("build", self.tr("Build"), "Ctrl+1")
        self.rail.add("train", self.tr("Train"), "Ctrl+2")
        self.rail.add("inspect", self.tr("Inspect"), "Ctrl+3")
        self.rail.add("learn", self.tr("Learn"), "Ctrl+4")
        self.rail.add("runs", self.tr("Runs"), "Ctrl+5")
        self.rail.show_chosen("build")
        row = QHBoxLayout()
        row.setSpacing(0)
        row.addWidget(self.rail)
        row.addWidget(self.stack, 1)
        page = QWidget(self)
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.header)
        column.addWidget(self.notice)
        column.addLayout(row, 1)
        self.setCentralWidget(page)
        self.setStatusBar(self.status)

    def _fill_header(self) -> None:
        actions, header = self.window_actions, self.header
        self.presets = PresetMenu(self)
        self.presets.addAction(actions["newAction"])
        self.files = FileMenu(actions, self)
        export = QMenu(self)
        export.setObjectName("exportMenu")
        export.addActions([actions["exportAction"], actions["exportScriptAction"]])
        export.addSeparator()
        export.addActions([actions[f"export{kind}Action"] for kind in ("Svg", "Png", "Pdf")])
        export.addAction(actions["printAction"])
        view = ViewMenu(actions["keysAction"], self)
        header.add_menu("presetButton", self.tr("Presets"), self.presets)
        header.add_menu("fileButton", self.tr("File"), self.files)
        header.add_action("saveButton", actions["saveAction"], self.tr("Save"))
        header.add_action("undoButton", actions["undoAction"])
        header.add_action("redoButton", actions["redoAction"])
        header.add_menu("exportButton", self.tr("Export"), export)
        header.add_menu("viewButton", self.tr("View"), view)
