"""The window: header, rail, workspaces, status bar, and who hears whom."""

from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QTimer
from PySide6.QtGui import QAction, QActionGroup, QCloseEvent, QKeySequence, QPaintEvent
from PySide6.QtWidgets import (
    QApplication,
    QHBoxLayout,
    QMainWindow,
    QMenu,
    QMessageBox,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from cnnstudio.app.session import EngineSession
from cnnstudio.app.store import DocumentStore
from cnnstudio.core.document import Document
from cnnstudio.core.messages import Failed, Finished, Ready
from cnnstudio.core.requests import Job
from cnnstudio.ui.actions import Actions, ActionSpec
from cnnstudio.ui.build import BuildWorkspace
from cnnstudio.ui.dialogs import Choice, Dialogs
from cnnstudio.ui.documents import Documents
from cnnstudio.ui.header import Header
from cnnstudio.ui.notice import NoticeBar, Offer
from cnnstudio.ui.preset_menu import PresetMenu
from cnnstudio.ui.rail import WorkspaceRail
from cnnstudio.ui.status_bar import StatusBar
from cnnstudio.ui.theme import Mode, apply_theme
from cnnstudio.ui.train import TrainWorkspace
from cnnstudio.ui.training_choices import TrainingChoices
from cnnstudio.ui.training_control import TrainingControl
from cnnstudio.workspace.settings import load_settings, save_settings

Key = QKeySequence.StandardKey


class MainWindow(QMainWindow):
    """One network, one engine, the workspaces."""

    def __init__(self, session: EngineSession | None = None, dialogs: Dialogs | None = None) -> None:
        super().__init__()
        self.setObjectName("mainWindow")
        self.setAccessibleName("CNN Studio")
        self.store = DocumentStore(self)
        self.session = session or EngineSession()
        self.dialogs = dialogs or Dialogs(self)
        self.documents = Documents(self.store, self.dialogs, self)
        self.control = TrainingControl(self.store, self.session, self.dialogs, self)
        self.build = BuildWorkspace(self.store)
        self.train = TrainWorkspace(self.store)
        self.header = Header(self)
        self.notice = NoticeBar(self)
        self.rail = WorkspaceRail(self)
        self.status = StatusBar(self)
        self.choices = TrainingChoices(self.store, self.control, self.header)
        self.actions_ = self._make_actions()
        self._closing = False
        self._painted = False
        self._lay_out()
        self._fill_header()
        self._connect()
        self.resize(1440, 900)
        self.setMinimumSize(900, 600)
        self.show_workspace("build")
        self._on_document(self.store.document)

    # --- what outsiders rely on

    def load_preset(self, preset: str) -> bool:
        """Opens a preset without asking about unsaved changes; False where it cannot be read."""
        return self.documents.load_preset(preset)

    def open_document(self, path: str | Path) -> bool:
        """Opens a file without asking about unsaved changes; False where it cannot be read."""
        return self.documents.open(Path(path))

    def document(self) -> Document:
        """What is open."""
        return self.store.document

    def training_state(self) -> str:
        """``"idle" | "preparing" | "running" | "paused" | "finished" | "stopped" | "failed"``."""
        return self.session.state

    def show_workspace(self, name: str) -> None:
        """``"build"`` or ``"train"``."""
        self._stack.setCurrentWidget({"build": self.build, "train": self.train}[name])
        self.rail.show_chosen(name)
        self.status.show_zoom(name == "build")

    def tell_error(self, sentence: str, detail: str) -> None:
        """Says what went wrong, with the details at hand."""
        offers = ()
        if detail:
            title = self.tr("What happened")
            offers = (
                Offer(
                    "noticeDetails", self.tr("Details…"), lambda: self.dialogs.tell(title, sentence, detail)
                ),
            )
        self.notice.say(sentence, "error", offers)

    # --- building

    def _make_actions(self) -> Actions:
        d = self.documents
        return Actions(
            self,
            (
                ActionSpec("newAction", self.tr("New network"), d.new, Key.New),
                ActionSpec("openAction", self.tr("Open…"), d.choose, Key.Open, "open"),
                ActionSpec("saveAction", self.tr("Save"), d.save, Key.Save, "save"),
                ActionSpec("saveAsAction", self.tr("Save as…"), d.save_as, "Ctrl+Shift+S"),
                ActionSpec("undoAction", self.tr("Undo"), self.store.undo, Key.Undo, "undo"),
                ActionSpec("redoAction", self.tr("Redo"), self.store.redo, "Ctrl+Shift+Z", "redo"),
                ActionSpec("exportAction", self.tr("Model as Python…"), d.export_model, "Ctrl+E", "export"),
                ActionSpec(
                    "exportScriptAction", self.tr("Training script…"), d.export_script, "Ctrl+Shift+E"
                ),
                ActionSpec("trainAction", self.tr("Train"), self._press_train, "Ctrl+R"),
                ActionSpec("quitAction", self.tr("Quit"), self.close, Key.Quit),
            ),
        )

    def _lay_out(self) -> None:
        self._stack = QStackedWidget(self)
        self._stack.addWidget(self.build)
        self._stack.addWidget(self.train)
        self.rail.add("build", self.tr("Build"), "Ctrl+1")
        self.rail.add("train", self.tr("Train"), "Ctrl+2")
        row = QHBoxLayout()
        row.setSpacing(0)
        row.addWidget(self.rail)
        row.addWidget(self._stack, 1)
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
        self.presets = PresetMenu(self)
        self.presets.picked.connect(self.documents.pick_preset)
        self.header.add_menu("presetButton", self.tr("Presets"), self.presets)
        self.header.add_action("openButton", self.actions_["openAction"], self.tr("Open"))
        self.header.add_action("saveButton", self.actions_["saveAction"], self.tr("Save"))
        self.header.add_action("undoButton", self.actions_["undoAction"])
        self.header.add_action("redoButton", self.actions_["redoAction"])
        export = QMenu(self)
        export.setObjectName("exportMenu")
        export.addActions([self.actions_["exportAction"], self.actions_["exportScriptAction"]])
        self.header.add_menu("exportButton", self.tr("Export"), export)
        self.header.add_menu("viewButton", self.tr("View"), self._view_menu())

    def _view_menu(self) -> QMenu:
        menu = QMenu(self)
        menu.setObjectName("viewMenu")
        group = QActionGroup(menu)
        chosen = load_settings().theme
        names = {"light": self.tr("Light"), "dark": self.tr("Dark"), "system": self.tr("As the system")}
        for mode, text in names.items():
            action = QAction(text, menu)
            action.setObjectName(f"{mode}ThemeAction")
            action.setCheckable(True)
            action.setChecked(mode == chosen)
            action.setData(mode)
            group.addAction(action)
            menu.addAction(action)
        group.triggered.connect(lambda action: self._choose_theme(action.data()))
        menu.addSeparator()
        for name in ("newAction", "saveAsAction", "quitAction"):
            menu.addAction(self.actions_[name])
        return menu

    def _connect(self) -> None:
        store, session = self.store, self.session
        store.documentChanged.connect(self._on_document)
        store.modifiedChanged.connect(self._show_title)
        store.loaded.connect(self._show_title)
        store.undo_stack.canUndoChanged.connect(self.actions_["undoAction"].setEnabled)
        store.undo_stack.canRedoChanged.connect(self.actions_["redoAction"].setEnabled)
        self.actions_["undoAction"].setEnabled(store.undo_stack.canUndo())
        self.actions_["redoAction"].setEnabled(store.undo_stack.canRedo())
        self.rail.chosen.connect(self.show_workspace)
        self.build.statusChanged.connect(self.status.show_totals)
        self.status.problemsClicked.connect(self._show_problems)
        self.status.zoomClicked.connect(self.build.zoom_to_fit)
        self.documents.failed.connect(lambda sentence: self.notice.say(sentence, "error"))
        self.documents.told.connect(self.notice.say)
        self.header.optimizer.clicked.connect(lambda: self.show_workspace("train"))
        self.header.train.clicked.connect(self._press_train)
        self.header.pause.clicked.connect(self._press_pause)
        self.header.stop.clicked.connect(session.stop)
        self.control.failed.connect(lambda sentence: self.notice.say(sentence, "error"))
        self.control.problemsFound.connect(self._refuse_training)
        self.control.starting.connect(self._on_starting)
        session.stateChanged.connect(self._on_state)
        session.messages.connect(self._on_messages)
        session.answered.connect(self._on_answer)
        session.engineDied.connect(self._on_engine_died)
        self.destroyed.connect(session.shutdown)
        app = QCoreApplication.instance()
        if app is not None:
            app.aboutToQuit.connect(session.shutdown)

    # --- after the first paint

    def paintEvent(self, event: QPaintEvent) -> None:
        """Warms the engine and the plots up once something is to be seen."""
        super().paintEvent(event)
        if not self._painted:
            self._painted = True
            QTimer.singleShot(0, self, self._after_first_paint)

    def _after_first_paint(self) -> None:
        self.status.show_engine(self.tr("Engine starting …"))
        self.session.warm_up()
        self.train.prepare_plots()

    # --- hearing

    def _on_document(self, document: Document) -> None:
        self.header.show_settings(document.training)
        self.status.show_totals(self.build.status)
        self._show_title()

    def _show_title(self) -> None:
        name = self.store.path.name if self.store.path else self.store.document.name
        self.setWindowTitle(f"{name}[*]")
        self.setWindowModified(self.store.modified)

    def _press_train(self) -> None:
        self.control.train()

    def _press_pause(self) -> None:
        if self.session.state == "paused":
            self.session.resume()
        else:
            self.session.pause()

    def _refuse_training(self) -> None:
        if not self.store.document.body:
            self.notice.say(self.tr("There is nothing to train yet: add blocks, or pick a preset."), "error")
            return
        text = self.tr("This network cannot be trained yet: its problems come first.")
        offer = Offer("noticeProblems", self.tr("Show the problems"), self._show_problems)
        self.notice.say(text, "error", (offer,))

    def _show_problems(self) -> None:
        self.show_workspace("build")
        self.build.show_problems()

    def _on_starting(self, job: Job) -> None:
        self.notice.hide()
        self.train.begin(job)
        self.show_workspace("train")
        # The button that was pressed is about to go: the focus must not wander into a setting.
        self.train.setFocus()

    def _on_state(self, state: str) -> None:
        self.header.show_state(state)
        self.train.show_state(state)

    def _on_messages(self, messages: tuple[object, ...]) -> None:
        self.train.hear(messages)
        self.status.show_run(self.train.run_text())
        for message in messages:
            if isinstance(message, Failed):
                self.tell_error(message.sentence, message.detail)
            elif isinstance(message, Finished) and message.stopped and not self._closing:
                self._offer_resume(
                    self.tr("Stopped after {epochs} epochs; what was learnt is saved."), message
                )

    def _on_answer(self, ticket: int, message: object) -> None:
        if isinstance(message, Ready):
            self.choices.show_devices(message.devices)
            self.status.show_engine(self.tr("Engine ready"), f"torch {message.torch}")
        elif isinstance(message, Failed) and ticket == 0:
            self.status.show_engine(self.tr("No engine"))
            self.tell_error(message.sentence, message.detail)

    def _on_engine_died(self, sentence: str, detail: str) -> None:
        self.status.show_engine(self.tr("Engine stopped"))
        run = self.train.run
        if self.session.state == "failed" and run:
            offer = Offer("resumeButton", self.tr("Go on with this run"), lambda: self.control.resume(run))
            self.notice.say(sentence, "error", (offer,))
        else:
            self.tell_error(sentence, detail)

    def _offer_resume(self, text: str, message: Finished) -> None:
        offer = Offer(
            "resumeButton", self.tr("Go on with this run"), lambda: self.control.resume(message.run)
        )
        self.notice.say(text.format(epochs=message.epochs), "info", (offer,))

    def _choose_theme(self, mode: Mode) -> None:
        app = QApplication.instance()
        if isinstance(app, QApplication):
            apply_theme(app, mode)
        with suppress(OSError):  # the look is there; only the next start does not know
            save_settings(replace(load_settings(), theme=mode))

    # --- closing

    def closeEvent(self, event: QCloseEvent) -> None:
        """Asks about a training and about unsaved changes; then stops, saves and ends the engine."""
        if self._closing:
            self.hide()
            self.session.shutdown()
            event.accept()
        elif self.session.active or self.store.modified:
            event.ignore()
            self._ask_to_close()
        else:
            self.session.shutdown()
            event.accept()

    def _ask_to_close(self) -> None:
        if not self.session.active:
            self.documents.may_replace(self._close_now)
            return

        def answered(answer: str) -> None:
            if answer == "stop":
                self.documents.may_replace(self._close_now)

        choices = (
            Choice("stop", self.tr("Stop and close")),
            Choice("stay", self.tr("Keep training"), QMessageBox.ButtonRole.RejectRole),
        )
        self.dialogs.ask(
            self.tr("A training is under way"),
            self.tr("Closing stops it; what it has learnt so far is saved and it can be gone on with."),
            choices,
            answered,
        )

    def _close_now(self) -> None:
        self._closing = True
        self.close()
