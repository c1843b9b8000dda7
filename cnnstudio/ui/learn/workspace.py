"""The Learn workspace: a block, an image, and the arithmetic between them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from cnnstudio.app.lesson import Lesson, Subject
from cnnstudio.app.store import DocumentStore
from cnnstudio.core.document import Document, Node, walk
from cnnstudio.ui.train.empty_state import EmptyState

if TYPE_CHECKING:
    from cnnstudio.numpy_engine.trace import Trace
    from cnnstudio.ui.learn.board import PanelCard
    from cnnstudio.ui.learn.explainer import Explainer, Mode, View
    from cnnstudio.ui.learn.scene import Cell


class LearnWorkspace(QWidget):
    """Explains the block that is selected, or the one chosen here."""

    def __init__(self, store: DocumentStore, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        from cnnstudio.ui.learn.explainer import View
        from cnnstudio.ui.learn.player import Player

        self.setObjectName("learnWorkspace")
        self._store = store
        self.lesson = Lesson(self)
        self.lesson.traced.connect(self._on_traced)
        self.lesson.failed.connect(self._on_failed)
        self._subject: Subject | None = None
        self._trace: Trace | None = None
        self._explainer: Explainer | None = None
        self._view: View = View()
        self._cards: list[PanelCard] = []
        self.player = Player(self)
        self.player.stepped.connect(self._on_step)
        self._blocks = self._combo("learnBlockCombo", self.tr("Block"))
        self._blocks.currentIndexChanged.connect(self._choose_block)
        self._repetition = self._combo("learnRepetitionCombo", self.tr("Repetition"))
        self._repetition.currentIndexChanged.connect(self._explain)
        self._output = self._combo("learnOutputCombo", self.tr("Filter"))
        self._output.currentIndexChanged.connect(lambda i: self._look(replace(self._view, output=i)))
        self._channel = self._combo("learnChannelCombo", self.tr("Input channel"))
        self._channel.currentIndexChanged.connect(lambda i: self._look(replace(self._view, channel=i)))
        self._details = QLabel(self)
        self._details.setProperty("role", "muted")
        self._lay_out()
        store.documentChanged.connect(self._on_document)
        store.selectionChanged.connect(self._on_selection)

    @property
    def scene_sentence(self) -> str:
        """What is shown, in words."""
        return self._sentence.text()

    @property
    def empty_sentence(self) -> str:
        """What is said while nothing is explained; empty while something is."""
        return self._empty.accessibleName() if self._layers.currentIndex() == 0 else ""

    def board(self, panel: int = 0) -> PanelCard:
        """One of the cards that are shown."""
        return self._cards[panel]

    def showEvent(self, event: QShowEvent) -> None:
        """The image goes through the network when somebody looks."""
        super().showEvent(event)
        self._begin()

    # --- the subject

    def _on_document(self, document: Document) -> None:
        if self.isVisible():
            self._begin()

    def _begin(self) -> None:
        document = self._store.document
        if self._subject is not None and self._subject.document is document:
            return
        from cnnstudio.ui.learn.images import first_image

        if not self._store.inference.trainable:
            self._refuse()
            return
        image, label = first_image(document)
        self._subject = Subject(document, image, label)
        self.lesson.take(self._subject)

    def _refuse(self) -> None:
        """A network with an error computes nothing; its first problem says why."""
        problem = next(problem for problem in self._store.inference.problems if not problem.warning)
        text = self.tr(
            "This network has an error, so nothing can be computed: {problem}. Build shows a way out."
        )
        self._subject = None
        self._on_failed(None, text.format(problem=problem.fault))

    def _on_traced(self, subject: Subject, trace: Trace) -> None:
        self._trace = trace
        self._layers.setCurrentIndex(1)
        self._fill_blocks(subject.document)
        self._on_selection()
        self._choose_block()

    def _on_failed(self, subject: Subject | None, sentence: str) -> None:
        self._trace = None
        self.player.pause()
        self._empty.say(sentence)
        self._layers.setCurrentIndex(0)

    def _on_selection(self) -> None:
        for node_id in self._store.selection:
            index = self._blocks.findData(node_id)
            if index >= 0:
                self._blocks.setCurrentIndex(index)
                return

    # --- block, filter, channel, mode

    def _fill_blocks(self, document: Document) -> None:
        chosen = self._blocks.currentData()
        with QSignalBlocker(self._blocks):
            self._blocks.clear()
            for node in walk(document.body):
                if self._trace is not None and self._trace.repetitions(node.id) and _explained(node):
                    self._blocks.addItem(f"{node.block.title} {node.block.headline()}".strip(), node.id)
            self._blocks.setCurrentIndex(max(0, self._blocks.findData(chosen)))

    def _choose_block(self) -> None:
        node_id = self._blocks.currentData()
        if self._trace is None or node_id is None:
            return
        times = self._trace.repetitions(node_id)
        _fill(self._repetition, [self.tr("repetition {number}").format(number=i + 1) for i in range(times)])
        self._explain()

    def _explain(self) -> None:
        from cnnstudio.core.document import find
        from cnnstudio.ui.learn.explainer import View, explainer_for

        node_id = self._blocks.currentData()
        if self._trace is None or self._subject is None or node_id is None:
            return
        node = find(self._subject.document, node_id)
        repetition = max(0, self._repetition.currentIndex())
        block = node.effective(repetition == 0)
        kind = explainer_for(block)
        assert kind is not None, "only explained blocks are offered"
        self._explainer = kind(block, self._trace.of(node_id, repetition))
        self._details.setText(block.details())
        view = View(mode=self._view.mode if self._view.mode in self._explainer.modes else "forward")
        for mode, button in self._modes.items():
            button.setVisible(len(self._explainer.modes) > 1 and mode in self._explainer.modes)
        outputs = range(self._explainer.outputs())
        _fill(self._output, [self.tr("filter {number}").format(number=i + 1) for i in outputs])
        channels = range(self._explainer.channels(view))
        _fill(self._channel, [self.tr("channel {number}").format(number=i + 1) for i in channels])
        self._look(view)

    def _on_mode(self, button: QPushButton) -> None:
        mode: Mode = "backward" if button is self._modes["backward"] else "forward"
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

    # --- what is shown

    def _look(self, view: View) -> None:
        if self._explainer is None:
            return
        steps = self._explainer.steps(view)
        self._view = view = replace(view, step=max(0, min(view.step, steps - 1)))
        for combo, index in ((self._output, view.output), (self._channel, view.channel)):
            with QSignalBlocker(combo):
                combo.setCurrentIndex(index)
        self.player.show_steps(steps, view.step)
        self._modes[view.mode].setChecked(True)
        scene = self._explainer.scene(view)
        self._sentence.setText(scene.sentence)
        self._fit_cards(len(scene.panels))
        for card, panel in zip(self._cards, scene.panels, strict=True):
            card.show_panel(panel)

    def _fit_cards(self, number: int) -> None:
        from cnnstudio.ui.learn.board import PanelCard

        while len(self._cards) > number:
            card = self._cards.pop()
            self._column.removeWidget(card)
            card.hide()  # it is deleted with the next events, and must not be seen until then
            card.deleteLater()
        while len(self._cards) < number:
            card = PanelCard(self)
            card.board.clicked.connect(self._on_click)
            self._column.insertWidget(self._column.count() - 1, card)
            self._cards.append(card)

    def _combo(self, name: str, text: str) -> QComboBox:
        combo = QComboBox(self)
        combo.setObjectName(name)
        combo.setAccessibleName(text)
        combo.setToolTip(text)
        combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        return combo

    def _lay_out(self) -> None:
        bar = QFrame(self)
        bar.setProperty("role", "card")
        row = QHBoxLayout(bar)
        row.setContentsMargins(13, 9, 13, 9)
        row.setSpacing(8)
        left: tuple[QWidget, ...] = (self._blocks, self._repetition, self._details)
        for widget in left:
            row.addWidget(widget)
        row.addStretch(1)
        right: tuple[QWidget, ...] = (self._output, self._channel, self.player)
        for widget in right:
            row.addWidget(widget)
        group = QButtonGroup(self)
        self._modes: dict[Mode, QPushButton] = {}
        modes: tuple[tuple[Mode, str], ...] = (
            ("forward", self.tr("Forward")),
            ("backward", self.tr("Backward")),
        )
        for mode, text in modes:
            button = QPushButton(text, bar)
            button.setObjectName(f"learn{mode.capitalize()}Mode")
            button.setCheckable(True)
            group.addButton(button)
            row.addWidget(button)
            self._modes[mode] = button
        group.buttonClicked.connect(self._on_mode)
        self._sentence = QLabel(self)
        self._sentence.setObjectName("learnSentence")
        self._sentence.setProperty("role", "muted")
        self._sentence.setWordWrap(True)
        page = QWidget(self)
        self._column = QVBoxLayout(page)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(12)
        self._column.addStretch(1)
        scroll = QScrollArea(self)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(page)
        self._empty = EmptyState("learn", self.tr("The arithmetic of every block, step by step."), self)
        area = QWidget(self)
        self._layers = QStackedLayout(area)
        self._layers.setContentsMargins(0, 0, 0, 0)
        self._layers.addWidget(self._empty)
        self._layers.addWidget(scroll)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 14, 14, 14)
        column.setSpacing(12)
        column.addWidget(bar)
        column.addWidget(area, 1)
        column.addWidget(self._sentence)


def _explained(node: Node) -> bool:
    from cnnstudio.ui.learn.explainer import explainer_for

    return explainer_for(node.block) is not None


def _fill(combo: QComboBox, texts: list[str]) -> None:
    with QSignalBlocker(combo):
        index = combo.currentIndex()
        combo.clear()
        combo.addItems(texts)
        combo.setCurrentIndex(min(max(0, index), len(texts) - 1))
    combo.setVisible(len(texts) > 1)
