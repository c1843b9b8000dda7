"""The Learn workspace: a block, an image, and the arithmetic between them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt, Signal, Slot
from PySide6.QtGui import QHideEvent, QKeyEvent, QShowEvent
from PySide6.QtWidgets import QWidget

from cnnstudio.app.lesson import Lesson, Subject
from cnnstudio.app.lesson_choice import LessonChoice
from cnnstudio.app.session import EngineSession
from cnnstudio.app.store import DocumentStore
from cnnstudio.core.block import Layer
from cnnstudio.core.document import Document, Node, find, walk
from cnnstudio.ui.dialogs import Dialogs

if TYPE_CHECKING:
    from cnnstudio.core.block import Block
    from cnnstudio.numpy_engine.trace import InBatch, Passage, Trace
    from cnnstudio.ui.learn.board import PanelCard
    from cnnstudio.ui.learn.explainer import About, Explainer, Mode, View
    from cnnstudio.ui.learn.scene import Cell, Scene


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
        from cnnstudio.ui.learn.explainer import View
        from cnnstudio.ui.learn.export import LearnExport
        from cnnstudio.ui.learn.guide import Guide
        from cnnstudio.ui.learn.page import Page
        from cnnstudio.ui.learn.parity import Parity

        self.setObjectName("learnWorkspace")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._store = store
        self.dialogs = dialogs or Dialogs(self)
        self.lesson = Lesson(self)
        self.lesson.traced.connect(self._on_traced)
        self.lesson.failed.connect(self._on_failed)
        self.lesson.batched.connect(self._on_batched)
        self.lesson.reconsidered.connect(self._on_reconsidered)
        self.choice = LessonChoice(session, self)
        self.choice.subject.connect(self._on_subject)
        self.choice.imageChanged.connect(self._show_image)
        self.choice.runsFound.connect(self._show_runs)
        self._document: Document | None = None
        self._subject: Subject | None = None
        self._trace: Trace | None = None
        self._explainer: Explainer | None = None
        self._traced: Document | None = None
        """The network that the trace is of; it may have been changed since."""
        self._batch: dict[tuple[str, int], InBatch] = {}
        self._pending: tuple[str, View | None, Mapping[str, int] | None] | None = None
        self._passed = False
        """Whether the present image has gone through the network."""
        self._explained: tuple[str, int] = "", 0
        self._view: View = View()
        self._scene: Scene | None = None
        self.page = Page(self)
        self.bar, self.player = self.page.bar, self.page.bar.player
        self.parity = Parity(session, self)
        self.parity.told.connect(self.page.show_parity)
        self.guide = Guide(self)
        self.exports = LearnExport(self)
        self.page.tools.exportWanted.connect(self.exports.export)
        self._connect()

    def _connect(self) -> None:
        page, bar = self.page, self.bar
        self.player.stepped.connect(self._on_step)
        bar.blockChosen.connect(self._choose_block)
        bar.repetitionChosen.connect(self._explain)
        bar.modeChosen.connect(self._on_mode)
        page.output.currentIndexChanged.connect(lambda i: self._look(replace(self._view, output=i)))
        page.channel.currentIndexChanged.connect(lambda i: self._look(replace(self._view, channel=i)))
        page.clicked.connect(self._on_click)
        page.hovered.connect(self._on_hover)
        page.image.numberChosen.connect(self.choice.choose_number)
        page.image.drawWanted.connect(self.choice.draw_another)
        page.image.fileWanted.connect(self._ask_for_file)
        page.image.weightsChosen.connect(self.choice.choose_run)
        page.what_if.tried.connect(self._on_tried)
        self.choice.failed.connect(page.image.show_words)
        self._store.documentChanged.connect(self._on_document)
        self._store.selectionChanged.connect(self._on_selection)

    # --- what others see

    @property
    def scene_sentence(self) -> str:
        """What is shown, in words."""
        return self._scene.sentence if self._scene is not None else ""

    @property
    def scene(self) -> Scene | None:
        """What is shown."""
        return self._scene

    @property
    def title(self) -> str:
        """The block that is explained, in words."""
        return " ".join(filter(None, (self.bar.blocks.currentText(), self.bar.details.text())))

    @property
    def view(self) -> View:
        """Which step of what."""
        return self._view

    @property
    def explainer(self) -> Explainer | None:
        """What explains the block that is chosen."""
        return self._explainer

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

    def explain(self, node: str, view: View | None = None, tried: Mapping[str, int] | None = None) -> None:
        """Shows a block, now or as soon as the image has gone through the network.

        ``view`` says which step, ``tried`` what the what-if fields are set to.
        """
        if self._traced is not self._store.document or self._trace is None:
            self._pending = node, view, tried
            return
        self._pending = None
        if not any(self.bar.choose(inner) for inner in self._with_inner(node)):
            return
        if tried is not None:
            self.page.what_if.try_values(tried)
        if view is not None:
            self._look(view)

    def _with_inner(self, node: str) -> list[str]:
        """A block and what is inside it: a group computes nothing of its own."""
        found = next((one for one in walk(self._store.document.body) if one.id == node), None)
        return [node] if found is None else [one.id for one in walk((found,))]

    def show_view(self, view: View) -> None:
        """Shows a step; whatever is out of range is moved to the nearest there is."""
        self._look(view)

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
        if self._explainer is None or event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            super().keyPressEvent(event)
            return
        row = self._explainer.row(self._view)
        steps = self._explainer.steps(self._view)
        keys = {
            Qt.Key.Key_Left: self._view.step - 1,
            Qt.Key.Key_Right: self._view.step + 1,
            Qt.Key.Key_Up: self._view.step - row,
            Qt.Key.Key_Down: self._view.step + row,
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: steps - 1,
        }
        step = keys.get(Qt.Key(event.key()))
        if event.key() == Qt.Key.Key_Space:
            self.player.toggle()
        elif step is None:
            super().keyPressEvent(event)
        elif 0 <= step < steps:
            self.player.pause()
            self._look(replace(self._view, step=step))
            self.page.announce(self.scene_sentence)

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
        if self._traced is None or self._trace is None or self._traced.name != document.name:
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
            ).format(problem=problem.fault)
        self._on_failed(None, text)

    @Slot(object)
    def _on_subject(self, subject: Subject) -> None:
        if not self._store.inference.trainable:
            return
        self._subject = subject
        self._passed, self._batch = False, {}
        self.lesson.take(subject)

    def _on_traced(self, subject: Subject, trace: Trace) -> None:
        if subject is not self._subject:
            return
        self._trace, self._passed, self._traced = trace, True, subject.document
        self.page.show_panels()
        self._fill_blocks(subject.document)
        if self._explained[0] == "":
            self._on_selection()
        self._choose_block()
        if self._pending is not None:
            self.explain(*self._pending)
        self._show_image()
        self.parity.ask(self.choice, subject, trace)

    def _on_batched(self, subject: Subject, batch: dict[tuple[str, int], InBatch]) -> None:
        self._batch = batch
        if self._explained in batch:
            self._explain()

    def _on_failed(self, subject: Subject | None, sentence: str) -> None:
        self._trace = self._explainer = self._scene = None
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
        trace = self._trace if self._passed and self._subject is not None else None
        self.page.image.show_image(chosen.pixels, image_words(self.choice, trace))

    def _show_runs(self) -> None:
        self.page.image.show_weights(self.choice.runs, self.choice.run)

    def _ask_for_file(self) -> None:
        kinds = self.tr("Pictures (*.png *.jpg *.jpeg *.bmp *.gif *.webp);;All files (*)")
        self.dialogs.open_file(self.tr("Open a picture"), kinds, self.choice.open)

    # --- block, filter, channel, mode

    def _fill_blocks(self, document: Document) -> None:
        from cnnstudio.numpy_engine.trace import LOSS
        from cnnstudio.ui.build.say import block_title

        assert self._trace is not None
        names = [
            (f"{block_title(node.block)} {node.block.headline()}".strip(), node.id)
            for node in walk(document.body)
            if self._trace.repetitions(node.id) and _has_explainer(node)
        ]
        self.bar.show_blocks([*names, (self.tr("Softmax + cross-entropy"), LOSS)])

    def _choose_block(self) -> None:
        from cnnstudio.ui.learn.top_bar import fill

        node = self.bar.node
        if self._trace is None or not node:
            return
        times = self._trace.repetitions(node)
        fill(self.bar.repetition, [self.tr("repetition {number}").format(number=i + 1) for i in range(times)])
        self._explain()

    def _explain(self) -> None:
        """The chosen block in the chosen repetition, as it is in the network."""
        from cnnstudio.numpy_engine.trace import LOSS
        from cnnstudio.ui.learn.explainer import explainer_for
        from cnnstudio.ui.learn.loss import Loss

        node_id = self.bar.node
        if self._trace is None or self._traced is None or not node_id:
            return
        if node_id == LOSS:
            self.page.what_if.hide()
            self.bar.details.set_texts("")
            self._use(Loss(self._trace, self._about()), (LOSS, 0))
            return
        node = find(self._traced, node_id)
        repetition = max(0, self.bar.repetition.currentIndex())
        block = node.effective(repetition == 0)
        kind = explainer_for(block)
        assert kind is not None, "only explained blocks are offered"
        self.page.what_if.show_block(block)
        batch = self._batch.get((node_id, repetition))
        self.bar.details.set_texts(block.details())
        self._use(kind(block, self._trace.of(node_id, repetition), self._about(batch)), (node_id, repetition))
        if self.page.what_if.changed:  # the image is another, what is tried stays
            self._on_tried(self.page.what_if.now)

    def _use(self, explainer: Explainer, what: tuple[str, int]) -> None:
        from cnnstudio.ui.learn.explainer import View
        from cnnstudio.ui.learn.top_bar import fill

        self._explainer = explainer
        mode: Mode = self._view.mode if self._view.mode in explainer.modes else "forward"
        same, self._explained = what == self._explained, what
        view = replace(self._view, mode=mode) if same else View(mode=mode)
        texts = explainer.output_texts()
        fill(self.page.output, texts)
        channels = range(explainer.channels(view))
        fill(self.page.channel, [self.tr("channel {number}").format(number=i + 1) for i in channels])
        self.page.show_choices(len(texts) > 1, len(channels) > 1)
        self._look(view)

    def _about(self, batch: InBatch | None = None, *, tried: bool = False) -> About:
        from cnnstudio.ui.learn.explainer import About

        assert self._subject is not None
        return About(self._subject.image, self._subject.label, self.choice.class_names, batch, tried)

    def _on_tried(self, block: Block) -> None:
        if self._trace is None:
            return
        if not self.page.what_if.changed:
            self._explain()
            return
        assert isinstance(block, Layer)
        self.lesson.reconsider(block, self._trace.of(*self._explained))

    def _on_reconsidered(self, block: Block, found: Passage | str) -> None:
        from cnnstudio.ui.learn.explainer import explainer_for

        if block is not self.page.what_if.now or not self.page.what_if.changed:
            return
        if isinstance(found, str):
            self.page.what_if.say(found)
            return
        if found.node != self._explained[0]:
            return
        self.page.what_if.say("")
        kind = explainer_for(block)
        assert kind is not None
        self.bar.details.set_texts(block.details())
        self._use(kind(block, found, self._about(tried=True)), self._explained)

    def _on_mode(self, mode: Mode) -> None:
        self._look(replace(self._view, mode=mode, step=0))

    def _on_step(self, step: int) -> None:
        self._look(replace(self._view, step=step))

    def _on_click(self, grid: str, cell: Cell) -> None:
        if self._explainer is None:
            return
        view = self._explainer.clicked(grid, cell, self._view)
        if view is not None:
            self.player.pause()
            self._look(view)

    def _on_hover(self, grid: str, cell: Cell | None) -> None:
        if self._explainer is None:
            return
        touched = self._explainer.touches(grid, cell, self._view) if cell is not None else {}
        self.page.outline(touched)

    # --- what is shown

    def _look(self, view: View) -> None:
        if self._explainer is None:
            return
        explainer = self._explainer
        outputs, channels = explainer.outputs(), explainer.channels(view)
        mode = view.mode if view.mode in explainer.modes else explainer.modes[0]
        view = replace(
            view,
            mode=mode,
            output=max(0, min(view.output, outputs - 1)),
            channel=max(0, min(view.channel, channels - 1)),
        )
        steps = explainer.steps(view)
        self._view = view = replace(view, step=max(0, min(view.step, steps - 1)))
        self.page.show_view(view, steps)
        self.bar.show_modes(explainer.modes, view.mode)
        self._scene = explainer.scene(view)
        self.page.show_scene(self._scene)
        self.page.image.thumbnail.show_seen(self._seen(view))
        self.sceneShown.emit()

    def _seen(self, view: View) -> QRectF | None:
        """The receptive field of the output pixel that is explained, in pixels of the image."""
        from cnnstudio.ui.build.occurrences import find_occurrences

        assert self._explainer is not None
        pixel = self._explainer.pixel(view)
        node, repetition = self._explained
        found = find_occurrences(self._store.inference, node) if pixel is not None else None
        if pixel is None or found is None or self.page.what_if.changed or self._trace is None:
            return None
        last = self._trace.repetitions(node) - 1
        reach = found.first_reach if repetition == 0 else found.last_reach if repetition == last else None
        if reach is None:
            return None
        top, left = (start + at * jump for start, at, jump in zip(reach.start, pixel, reach.jump))
        return QRectF(left, top, reach.size[1], reach.size[0])


def _has_explainer(node: Node) -> bool:
    from cnnstudio.ui.learn.explainer import explainer_for

    return explainer_for(node.block) is not None
