"""What works in the window: the document, the engine, the workspaces, and who hears whom."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QObject, QTimer
from PySide6.QtWidgets import QMessageBox, QWidget

from cnnstudio.app.autosave import Autosave
from cnnstudio.app.session import EngineSession
from cnnstudio.app.store import DocumentStore
from cnnstudio.core.document import Document, walk
from cnnstudio.core.requests import Job
from cnnstudio.ui.build import BuildWorkspace
from cnnstudio.ui.diagram.export import DiagramExport
from cnnstudio.ui.diagram.progress import ExportProgress
from cnnstudio.ui.dialogs import Choice, Dialogs
from cnnstudio.ui.documents import Documents
from cnnstudio.ui.ending import end_at_exit
from cnnstudio.ui.engine_news import EngineNews
from cnnstudio.ui.file_drop import FileDrop
from cnnstudio.ui.left_repeats import LeftRepeats
from cnnstudio.ui.notice import Offer
from cnnstudio.ui.recovery import Recovery
from cnnstudio.ui.refusal import Refusal
from cnnstudio.ui.steps import StepNames
from cnnstudio.ui.train import TrainWorkspace
from cnnstudio.ui.training_choices import TrainingChoices
from cnnstudio.ui.training_control import TrainingControl
from cnnstudio.ui.training_room import TrainingRoom
from cnnstudio.ui.warming import Warming

if TYPE_CHECKING:
    from cnnstudio.ui.commands.palette import CommandPalette
    from cnnstudio.ui.inspect.workspace import InspectWorkspace
    from cnnstudio.ui.learn.workspace import LearnWorkspace
    from cnnstudio.ui.main_window import MainWindow
    from cnnstudio.ui.runs.workspace import RunsWorkspace
    from cnnstudio.workspace.waiting import Unbegun

FIRST_TOUR = "cifar10-first-cnn"
"""The preset whose tour the start page offers."""


class Workbench(QObject):
    """Everything behind the frame of one window."""

    def __init__(self, window: MainWindow, session: EngineSession | None, dialogs: Dialogs | None) -> None:
        super().__init__(window)
        self._window = window
        self.store = DocumentStore(self)
        self.session = session or EngineSession()
        self.dialogs = dialogs or Dialogs(window)
        self.documents = Documents(self.store, self.dialogs, self)
        self.autosave = Autosave(self.store, self)
        self.recovery = Recovery(self.store, self.documents, self.autosave, window.notice, self)
        self.left_repeats = LeftRepeats(window.notice, self._take_up_repeats, self)
        self.control = TrainingControl(self.store, self.session, self.dialogs, window)
        self.choices = TrainingChoices(self.store, self.control, window.header)
        self.build = BuildWorkspace(self.store)
        self.train = TrainWorkspace(self.store, self.session)
        self._news = EngineNews(self.session, self.control, self.choices, self.train, window)
        self.room = TrainingRoom(
            self.store,
            self.session,
            self.control,
            self.train,
            window.window_actions,
            window.header,
            window,
        )
        self.diagrams = DiagramExport(
            self.store, lambda: self.build.canvas.network.folded, self.dialogs, self
        )
        self._warming = Warming(("cnnstudio.ui.runs", "cnnstudio.ui.inspect"), self)
        self._commands: CommandPalette | None = None
        self._runs: RunsWorkspace | None = None
        self._inspect: InspectWorkspace | None = None
        self._learn: LearnWorkspace | None = None
        self._workspaces: dict[str, QWidget] = {"build": self.build, "train": self.train}
        for workspace in self._workspaces.values():
            window.stack.addWidget(workspace)
        self._connect_document()
        self._connect_training()
        self.show_workspace("build")
        self._on_document(self.store.document)
        end_at_exit(self)

    def warm_up(self) -> None:
        """Starts the engine and imports what draws the curves, while the person looks at the window."""
        if not self.session.warm:
            self._window.status.show_engine(self.tr("Engine starting …"))
            self.session.warm_up()
        self.train.prepare_plots()
        self.recovery.look()
        self.left_repeats.look()
        self.room.look_for_last_run()
        self._warming.begin_soon()

    def show_workspace(self, name: str) -> None:
        """``"start"``, ``"build"``, ``"train"``, ``"inspect"``, ``"learn"`` or ``"runs"``."""
        if name == "start" and name not in self._workspaces:
            self._make_start_page()
        elif name == "learn" and name not in self._workspaces:
            self._make_learn()
        elif name == "inspect":
            self.make_inspect()
        elif name == "runs":
            self.make_runs()
        self._window.stack.setCurrentWidget(self._workspaces[name])
        self._window.rail.show_chosen(name)
        self._window.status.show_zoom(name == "build")
        if name != "inspect":
            self._window.status.show_look("")

    def show_start_page(self) -> None:
        """Presets and recent files as cards."""
        self.show_workspace("start")

    def _make_start_page(self) -> None:
        from cnnstudio.ui.start_page.page import StartPage

        page = StartPage(self._window.stack)
        page.presetPicked.connect(self.documents.pick_preset)
        page.filePicked.connect(self.documents.pick_file)
        page.emptyPicked.connect(self.documents.new)
        page.openPicked.connect(self.documents.choose)
        page.tourPicked.connect(lambda: self.take_tour(FIRST_TOUR))
        self._workspaces["start"] = page
        self._window.stack.addWidget(page)

    def explain(self, node: str) -> None:
        """Shows the arithmetic of a block in Learn."""
        self.show_workspace("learn")
        assert self._learn is not None
        self._learn.explain(node)

    def take_tour(self, preset: str) -> None:
        """Opens a preset in Learn, where its guided tour begins."""

        def begin() -> None:
            self.show_workspace("learn")
            assert self._learn is not None
            self._learn.guide.start()

        self.documents.pick_preset(preset, begin)

    def _make_learn(self) -> None:
        from cnnstudio.ui.learn.workspace import LearnWorkspace

        learn = self._learn = LearnWorkspace(self.store, self.session, self.dialogs, self._window.stack)
        words = self.tr("The explanation is being drawn: {percent} %")
        ExportProgress(learn.exports, self._window.notice, words)
        learn.exports.failed.connect(self._say_error)
        learn.exports.told.connect(self._window.notice.say)
        self._workspaces["learn"] = learn
        self._window.stack.addWidget(learn)

    def make_inspect(self) -> InspectWorkspace:
        """The Inspect workspace, made when it is first asked for."""
        if self._inspect is not None:
            return self._inspect
        from cnnstudio.ui.inspect.workspace import InspectWorkspace

        stack = self._window.stack
        inspect = self._inspect = InspectWorkspace(self.store, self.session, self.documents, stack)
        inspect.told.connect(self._window.notice.say)
        inspect.failed.connect(self._say_error)
        inspect.lookedAt.connect(self._window.status.show_look)
        inspect.set_present(self.train.examination, self.train.run)
        inspect.blockWanted.connect(self.show_block)
        inspect.remedyApplied.connect(self._tell_remedy)
        self._window.destroyed.connect(inspect.end)
        app = QCoreApplication.instance()
        if app is not None:
            app.aboutToQuit.connect(inspect.end)
        self._workspaces["inspect"] = inspect
        stack.addWidget(inspect)
        return inspect

    def inspect_run(self, path: str) -> None:
        """Looks into a run on disk."""
        self.make_inspect().look_at_run(path)
        self.show_workspace("inspect")

    def show_doctor(self) -> None:
        """The doctor's advice about the training of the Train workspace."""
        inspect = self.make_inspect()
        if self.train.run and not self.session.active:
            inspect.look_at_run(self.train.run)
        inspect.show_page("health")
        self.show_workspace("inspect")

    def show_block(self, node: str) -> None:
        """Selects a block in Build and brings it into view."""
        if all(block.id != node for block in walk(self.store.document.body)):
            self._window.notice.say(self.tr("This block is no longer in the network."))
            return
        self.show_workspace("build")
        self.store.select([node])
        self.build.canvas.reveal(node)

    def _tell_remedy(self, text: str) -> None:
        offer = Offer("noticeUndoRemedy", self.tr("Undo"), self.store.undo)
        self._window.notice.say(
            self.tr("Done for the next training: {what}.").format(what=text), offers=(offer,)
        )

    def make_runs(self) -> RunsWorkspace:
        """The Runs workspace, made when it is first asked for."""
        if self._runs is not None:
            return self._runs
        from cnnstudio.ui.runs.workspace import RunsWorkspace

        runs = self._runs = RunsWorkspace(self.session, self.control, self.documents, self._window.stack)
        runs.told.connect(lambda text, offers: self._window.notice.say(text, offers=offers))
        runs.failed.connect(self._say_error)
        runs.opened.connect(lambda: self.show_workspace("build"))
        runs.trainWanted.connect(lambda: self.show_workspace("train"))
        runs.inspectWanted.connect(self.inspect_run)
        self._window.destroyed.connect(runs.runs.close)
        app = QCoreApplication.instance()
        if app is not None:
            app.aboutToQuit.connect(runs.runs.close)
        self._workspaces["runs"] = runs
        self._window.stack.addWidget(runs)
        return runs

    def _take_up_repeats(self, left: Unbegun) -> None:
        runs = self.make_runs()
        self.show_workspace("runs")
        runs.commands.take_up(left)

    def _leave_start_page(self) -> None:
        if self._window.stack.currentWidget() is self._workspaces.get("start"):
            self.show_workspace("build")

    def show_commands(self) -> None:
        """Opens the command palette, or closes it."""
        if self._commands is None:
            from cnnstudio.ui.commands.palette import CommandPalette

            self._commands = CommandPalette(self._window)
        self._commands.toggle()

    def show_keys(self) -> None:
        """Opens the window of keys and gestures, or brings it to the front."""
        from cnnstudio.ui.keys.dialog import show_keys

        show_keys(self._window, self._workspaces)

    # --- the document

    def _connect_document(self) -> None:
        store, window = self.store, self._window
        actions = window.window_actions
        store.documentChanged.connect(self._on_document)
        store.modifiedChanged.connect(self._show_title)
        store.loaded.connect(self._show_title)
        store.loaded.connect(self._leave_start_page)
        store.undo_stack.canUndoChanged.connect(actions["undoAction"].setEnabled)
        store.undo_stack.canRedoChanged.connect(actions["redoAction"].setEnabled)
        StepNames(store.undo_stack, actions["undoAction"], actions["redoAction"])
        window.presets.picked.connect(self.documents.pick_preset)
        window.files.recentPicked.connect(self.documents.pick_file)
        window.rail.chosen.connect(self.show_workspace)
        window.status.problemsClicked.connect(self._show_problems)
        window.status.zoomClicked.connect(self.build.zoom_to_fit)
        window.status.commandsClicked.connect(self.show_commands)
        self.build.statusChanged.connect(window.status.show_totals)
        self.documents.failed.connect(self._say_error)
        self.documents.told.connect(window.notice.say)
        self.build.edit_actions.explainWanted.connect(self.explain)
        ExportProgress(self.diagrams, window.notice)
        self.diagrams.failed.connect(self._say_error)
        self.diagrams.told.connect(window.notice.say)
        self.autosave.failed.connect(self._on_autosave_failed)
        FileDrop(window).dropped.connect(self._take_file)

    def _take_file(self, path: Path) -> None:
        """A picture is for Inspect while that is shown; anything else is to be opened."""
        inspect = self._inspect
        if inspect is not None and inspect.isVisible() and path.suffix.lower() not in (".json", ".py"):
            inspect.open_picture(path)
        else:
            self.documents.pick_file(path)

    def _on_document(self, document: Document) -> None:
        self._window.header.show_settings(document.training)
        self._window.status.show_totals(self.build.status)
        self._show_title()

    def _show_title(self) -> None:
        name = self.store.path.name if self.store.path else self.store.document.name
        self._window.setWindowTitle(f"{name}[*]")
        self._window.setWindowModified(self.store.modified)
        self._window.window_actions["revertAction"].setEnabled(self.store.path is not None)

    def _show_problems(self) -> None:
        self.show_workspace("build")
        self.build.show_problems()

    def _on_autosave_failed(self, reason: str) -> None:
        text = self.tr("Unsaved changes could not be kept for after a crash ({reason}): save often.")
        self._say_error(text.format(reason=reason))

    def _say_error(self, sentence: str) -> None:
        self._window.notice.say(sentence, "error")

    # --- training

    def _connect_training(self) -> None:
        header, session = self._window.header, self.session
        header.optimizer.clicked.connect(self._show_settings)
        header.train.clicked.connect(self.control.train)
        header.pause.clicked.connect(self.control.pause_or_resume)
        header.stop.clicked.connect(self.control.stop_now)
        self.control.failed.connect(self._say_error)
        refusal = Refusal(self.store, self._window.notice, self._show_problems, self)
        self.control.problemsFound.connect(refusal.say)
        self.control.starting.connect(self._on_starting)
        session.stateChanged.connect(self._on_state)
        self.train.card.doctor.asked.connect(self.show_doctor)
        self.train.runTextChanged.connect(self._window.status.show_run)
        self._window.destroyed.connect(session.shutdown)
        app = QCoreApplication.instance()
        if app is not None:
            app.aboutToQuit.connect(session.shutdown)

    def _show_settings(self) -> None:
        self.show_workspace("train")

    def _on_starting(self, job: Job) -> None:
        self._window.notice.clear()
        self.train.begin(job)
        if self._runs is not None and self._runs.stays(job):
            return
        self.show_workspace("train")
        # The button that was pressed is about to go: the focus must not wander into a setting.
        self.train.setFocus()

    def _on_state(self, state: str) -> None:
        self._window.header.show_state(state)
        self.train.show_state(state)

    # --- closing

    def may_close(self) -> bool:
        """Whether the window may close now: the engine has ended then. Else the person is being asked."""
        if not self._news.closing and (self.session.active or self.store.modified):
            self._ask_to_close()
            return False
        # Ending the engine may take a moment, which nobody needs to watch.
        self._window.hide()
        self.end()
        self.autosave.end()
        return True

    def end(self) -> None:
        """Ends whatever goes on in threads and processes; unsaved work may still be recovered."""
        self.diagrams.shutdown()
        self.room.shutdown()
        self.control.shutdown()
        self._warming.shutdown()
        if self._learn is not None:
            self._learn.close_down()
        if self._runs is not None:
            self._runs.end()
        if self._inspect is not None:
            self._inspect.end()
        self.session.shutdown()

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
        text = self.tr("Closing stops it. What it has learnt so far is saved, and it can be gone on with.")
        waiting = 0 if self._runs is None else self._runs.queue.waiting
        if waiting:
            more = self.tr("The next start offers the repeats that have not begun ({count}).")
            text = f"{text} {more.format(count=waiting)}"
        self.dialogs.ask(self.tr("A training is under way"), text, choices, answered)

    def _close_now(self) -> None:
        self._news.closing = True
        # Not from inside the closing that asked.
        QTimer.singleShot(0, self._window, self._window.close)
