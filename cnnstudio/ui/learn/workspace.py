"""The Learn workspace: a block, an image, and the arithmetic between them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QHideEvent, QKeyEvent, QShowEvent
from PySide6.QtWidgets import QWidget

from cnnstudio.app.lesson import Lesson, Subject
from cnnstudio.app.lesson_choice import LessonChoice
from cnnstudio.app.session import EngineSession
from cnnstudio.app.store import DocumentStore
from cnnstudio.core.document import Document, walk
from cnnstudio.ui.build.say import fault_text
from cnnstudio.ui.dialogs import Dialogs

if TYPE_CHECKING:
    from cnnstudio.numpy_engine.trace import Trace
    from cnnstudio.ui.learn.board import PanelCard
    from cnnstudio.ui.learn.explainer import Explainer, View
    from cnnstudio.ui.learn.scene import Scene


class LearnWorkspace(QWidget):
    """Explains the block that is selected, or the one chosen here."""

    sceneShown = Signal()
    """Another step, block or image."""

    def __init__(
        self,
        store: DocumentStore,
        session: EngineSession | None = None,
        dialogs: Dialogs | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        from cnnstudio.ui.learn.block_choice import BlockChoice
        from cnnstudio.ui.learn.export import LearnExport
        from cnnstudio.ui.learn.guide import Guide
        from cnnstudio.ui.learn.page import Page
        from cnnstudio.ui.learn.parity import Parity
        from cnnstudio.ui.learn.showing import Showing

        self.setObjectName("learnWorkspace")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._store = store
        self.dialogs = dialogs or Dialogs(self)
        self.lesson = Lesson(self)
        self.lesson.traced.connect(self._on_traced)
        self.lesson.failed.connect(self._on_failed)
        self.choice = LessonChoice(session, self)
        self.choice.subject.connect(self._on_subject)
        self.choice.imageChanged.connect(self._show_image)
        self.choice.runsFound.connect(self._show_runs)
        self._document: Document | None = None
        self._subject: Subject | None = None
        self._pending: tuple[str, View | None, Mapping[str, int] | None, str] | None = None
        self._passed = False
        """Whether the present image has gone through the network."""
        self.page = Page(self)
        self._showing = Showing(self.page, self)
        self._showing.shown.connect(self._show_seen)
        self._blocks = BlockChoice(self.page, self._showing, self.lesson, self.choice, self)
        self.bar, self.player = self.page.bar, self.page.bar.player
        self.parity = Parity(session, self)
        self.parity.told.connect(self.page.show_parity)
        self.guide = Guide(self)
        self.exports = LearnExport(self)
        self.page.tools.exportWanted.connect(self.exports.export)
        self._connect()

    def _connect(self) -> None:
        page = self.page
        page.image.numberChosen.connect(self.choice.choose_number)
        page.image.drawWanted.connect(self.choice.draw_another)
        page.image.fileWanted.connect(self._ask_for_file)
        page.image.weightsChosen.connect(self.choice.choose_run)
        self.choice.failed.connect(page.image.show_words)
        self._store.documentChanged.connect(self._on_document)
        self._store.selectionChanged.connect(self._on_selection)

    @property
    def _traced(self) -> Document | None:
        """The network that the trace is of; it may have been changed since."""
        return self._blocks.subject.document if self._blocks.subject is not None else None

    # --- what others see

    @property
    def scene_sentence(self) -> str:
        """What is shown, in words."""
        return self.scene.sentence if self.scene is not None else ""

    @property
    def scene(self) -> Scene | None:
        """What is shown."""
        return self._showing.scene

    @property
    def title(self) -> str:
        """The block that is explained, in words."""
        return " ".join(filter(None, (self.bar.blocks.currentText(), self.bar.details.text())))

    @property
    def view(self) -> View:
        """Which step of what."""
        return self._showing.view

    @property
    def explainer(self) -> Explainer | None:
        """What explains the block that is chosen."""
        return self._showing.explainer

    @property
    def subject(self) -> Subject | None:
        """What was traced."""
        return self._subject

    @property
    def empty_sentence(self) -> str:
        """What is said while nothing is explained; empty while something is."""
        return self.page.empty_sentence

    def board(self, panel: int = 0) -> PanelCard:
        """One of the cards that are shown."""
        return self.page.cards[panel]

    def explain(
        self,
        node: str,
        view: View | None = None,
        tried: Mapping[str, int] | None = None,
        panel: str = "",
    ) -> None:
        """Shows a block, now or as soon as the image has gone through the network.

        ``view`` says which step, ``tried`` what the what-if fields are set to, ``panel`` which card is seen.
        """
        if self._traced is not self._store.document or self._blocks.trace is None:
            self._pending = node, view, tried, panel
            return
        self._pending = None
        if not any(self.bar.choose(inner) for inner in self._with_inner(node)):
            return
        if tried is not None:
            self.page.what_if.try_values(tried)
        if view is not None:
            self._showing.look_at(view)
        self.page.reveal(panel)

    def _with_inner(self, node: str) -> list[str]:
        """A block and what is inside it: a group computes nothing of its own."""
        found = next((one for one in walk(self._store.document.body) if one.id == node), None)
        return [node] if found is None else [one.id for one in walk((found,))]

    def show_view(self, view: View) -> None:
        """Shows a step; whatever is out of range is moved to the nearest there is."""
        self._showing.look(view)

    def close_down(self) -> None:
        """The window goes: waits for what is under way."""
        self.player.pause()
        self.exports.shutdown()
        self.choice.close()
        self.lesson.close()

    # --- events

    def showEvent(self, event: QShowEvent) -> None:
        """The image goes through the network when somebody looks."""
        super().showEvent(event)
        self._begin()
        self.page.setFocus()

    def hideEvent(self, event: QHideEvent) -> None:
        """Nothing plays unseen."""
        super().hideEvent(event)
        self.player.pause()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows step, by a row up and down; space plays; Home and End."""
        if not self._showing.press(event):
            super().keyPressEvent(event)

    # --- the subject

    def _on_document(self, document: Document) -> None:
        if self.isVisible():
            self._begin()

    def _begin(self) -> None:
        document = self._store.document
        if self._document is document:
            self.choice.look_for_runs()
            return
        self._document = document
        if not self._store.inference.trainable:
            self._refuse()
            return
        traced = self._traced
        if self._blocks.trace is None or traced is None or traced.name != document.name:
            self.player.pause()
            self.page.say(self.tr("The image goes through the network …"))
        self.choice.show(document)
        self.guide.show_document(document)

    def _refuse(self) -> None:
        """A network with an error computes nothing; its first problem says why."""
        self._subject = None
        problem = next((one for one in self._store.inference.problems if not one.warning), None)
        if problem is None:
            text = self.tr("There is nothing to explain yet: add blocks, or pick a preset.")
        else:
            text = self.tr(
                "This network has an error, so nothing can be computed: {problem}. Build shows a way out."
            ).format(problem=fault_text(problem.fault))
        self._on_failed(None, text)

    @Slot(object)
    def _on_subject(self, subject: Subject) -> None:
        if not self._store.inference.trainable:
            return
        self._subject = subject
        self._passed = False
        self.lesson.take(subject)

    def _on_traced(self, subject: Subject, trace: Trace) -> None:
        if subject is not self._subject:
            return
        self._passed = True
        self.page.show_panels()
        self._blocks.show_trace(subject, trace)
        if self._showing.about[0] == "":
            self._on_selection()
        self._blocks.choose()
        if self._pending is not None:
            self.explain(*self._pending)
        self._show_image()
        self.parity.ask(self.choice, subject, trace)

    def _on_failed(self, subject: Subject | None, sentence: str) -> None:
        self._blocks.clear()
        self.player.pause()
        self.page.say(sentence)

    def _on_selection(self) -> None:
        if self._traced is not self._store.document:
            return
        for node in self._store.selection:
            if self.bar.choose(node):
                return

    def _show_image(self) -> None:
        from cnnstudio.ui.learn.words import image_words

        chosen = self.choice.chosen
        if chosen is None:
            return
        card = self.choice.card
        count = (card.test_images or len(card.sample_labels)) if card else 0
        if chosen.kind == "test":
            self.page.image.show_number(chosen.number, count)
        trace = self._blocks.trace if self._passed and self._subject is not None else None
        self.page.image.show_image(chosen.pixels, image_words(self.choice, trace), self.choice.images.problem)

    def _show_runs(self) -> None:
        dataset = self._store.document.training.dataset
        self.page.image.show_weights(self.choice.runs, self.choice.run, dataset)

    def _ask_for_file(self) -> None:
        kinds = self.tr("Pictures (*.png *.jpg *.jpeg *.bmp *.gif *.webp);;All files (*)")
        self.dialogs.open_file(self.tr("Open a picture"), kinds, self.choice.open)

    # --- what is shown

    def _show_seen(self) -> None:
        from cnnstudio.ui.learn.seen import seen_by

        showing, trace = self._showing, self._blocks.trace
        seen = None
        if showing.explainer is not None and trace is not None and not self.page.what_if.changed:
            node = showing.about[0]
            pixel = showing.explainer.pixel(showing.view)
            seen = seen_by(self._store.inference, showing.about, trace.repetitions(node), pixel)
        self.page.image.thumbnail.show_seen(seen)
        self.sceneShown.emit()
