"""Which block of the traced network is explained, which repetition, and what is tried with a copy of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from cnnstudio.app.lesson import Lesson, Subject
from cnnstudio.app.lesson_choice import LessonChoice
from cnnstudio.core.block import Block, Layer
from cnnstudio.core.document import Node, Stack, find
from cnnstudio.core.fault import Fault
from cnnstudio.numpy_engine.trace import LOSS, InBatch, Passage, Trace
from cnnstudio.ui.build.say import block_name, fault_text
from cnnstudio.ui.build.say import details as details_of
from cnnstudio.ui.learn.explainer import About, explainer_for
from cnnstudio.ui.learn.loss import Loss
from cnnstudio.ui.learn.top_bar import fill

if TYPE_CHECKING:
    from cnnstudio.ui.learn.page import Page
    from cnnstudio.ui.learn.showing import Showing


class BlockChoice(QObject):
    """Turns what is chosen above the panels, and in the what-if fields, into an explainer that is shown."""

    def __init__(
        self, page: Page, showing: Showing, lesson: Lesson, images: LessonChoice, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._page, self._showing, self._lesson, self._images = page, showing, lesson, images
        self.subject: Subject | None = None
        """What was traced last."""
        self.trace: Trace | None = None
        self._batch: dict[tuple[str, int], InBatch] = {}
        page.bar.blockChosen.connect(self.choose)
        page.bar.repetitionChosen.connect(self.explain)
        page.what_if.tried.connect(self._try)
        lesson.batched.connect(self._on_batched)
        lesson.reconsidered.connect(self._on_reconsidered)

    def show_trace(self, subject: Subject, trace: Trace) -> None:
        """Another network or image: its blocks can be chosen from now on."""
        self.subject, self.trace, self._batch = subject, trace, {}
        names = [
            (block_name(node.block), node.id, depth)
            for node, depth in _deep(subject.document.body)
            if trace.repetitions(node.id) and explainer_for(node.block) is not None
        ]
        self._page.bar.show_blocks([*names, (self.tr("Softmax + cross-entropy"), LOSS, 0)])

    def clear(self) -> None:
        """Nothing can be computed."""
        self.trace = None
        self._showing.clear()

    def choose(self) -> None:
        """Explains the block that the list shows, in the repetition that was chosen before if it has it."""
        node = self._page.bar.node
        if self.trace is None or not node:
            return
        times = self.trace.repetitions(node)
        texts = [self.tr("repetition {number}").format(number=i + 1) for i in range(times)]
        fill(self._page.bar.repetition, texts)
        self.explain()

    def explain(self) -> None:
        """The chosen block in the chosen repetition, as it is in the network."""
        node_id = self._page.bar.node
        if self.trace is None or self.subject is None or not node_id:
            return
        what_if, details = self._page.what_if, self._page.bar.details
        if node_id == LOSS:
            what_if.hide()
            details.set_texts("")
            self._showing.use(Loss(self.trace, self._about()), (LOSS, 0))
            return
        node = find(self.subject.document, node_id)
        repetition = max(0, self._page.bar.repetition.currentIndex())
        block = node.effective(repetition == 0)
        kind = explainer_for(block)
        assert kind is not None, "only explained blocks are offered"
        what_if.show_block(block)
        batch = self._batch.get((node_id, repetition))
        details.set_texts(details_of(block))
        passage = self.trace.of(node_id, repetition)
        self._showing.use(kind(block, passage, self._about(batch)), (node_id, repetition))
        if what_if.changed:  # the image is another, what is tried stays
            self._try(what_if.now)

    def _about(self, batch: InBatch | None = None, *, tried: bool = False) -> About:
        subject = self.subject
        assert subject is not None
        names = self._images.class_names
        return About(subject.image, subject.label, names, batch, subject.labelled, tried)

    def _on_batched(self, subject: Subject, batch: dict[tuple[str, int], InBatch]) -> None:
        if subject is not self.subject:
            return
        self._batch = batch
        if self._showing.about in batch:
            self.explain()

    def _try(self, block: Block) -> None:
        if self.trace is None:
            return
        if not self._page.what_if.changed:
            self.explain()
            return
        assert isinstance(block, Layer)
        self._lesson.reconsider(block, self.trace.of(*self._showing.about))

    def _on_reconsidered(self, block: Block, found: Passage | Fault | str) -> None:
        what_if = self._page.what_if
        if block is not what_if.now or not what_if.changed:
            return
        if isinstance(found, Fault | str):
            what_if.say(fault_text(found) if isinstance(found, Fault) else found)
            return
        if found.node != self._showing.about[0]:
            return
        what_if.say("")
        kind = explainer_for(block)
        assert kind is not None
        self._page.bar.details.set_texts(details_of(block))
        self._showing.use(kind(block, found, self._about(tried=True)), self._showing.about)


def _deep(stack: Stack, depth: int = 0) -> Iterator[tuple[Node, int]]:
    """Every node in reading order, and in how many others it is."""
    for node in stack:
        yield node, depth
        for inner in node.stacks:
            yield from _deep(inner, depth + 1)
