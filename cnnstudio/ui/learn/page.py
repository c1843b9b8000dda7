"""What the Learn workspace consists of: bar, panels, the column at the right, the line below."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QScrollArea, QStackedLayout, QVBoxLayout, QWidget

from cnnstudio.ui.learn.board import PanelCard
from cnnstudio.ui.learn.image_card import ImageCard
from cnnstudio.ui.learn.tools_card import ToolsCard
from cnnstudio.ui.learn.top_bar import TopBar, combo
from cnnstudio.ui.learn.what_if import WhatIf
from cnnstudio.ui.theme import theme, tokens
from cnnstudio.ui.train.empty_state import EmptyState
from cnnstudio.ui.widgets.elided import ElidedLabel
from cnnstudio.ui.widgets.tab_order import put_in_tab_order

if TYPE_CHECKING:
    from cnnstudio.ui.learn.explainer import View
    from cnnstudio.ui.learn.figure_paint import Touched
    from cnnstudio.ui.learn.scene import Scene

_SIDE = 236
_SETTLED = 30
"""Milliseconds after which cards have their heights."""


class Page(QWidget):
    """Fills a workspace; knows nothing of explainers."""

    clicked = Signal(str, object)
    hovered = Signal(str, object)

    def __init__(self, workspace: QWidget) -> None:
        super().__init__(workspace)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setObjectName("learnPage")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName(self.tr("Explanation"))
        self.bar = TopBar(self)
        self.image = ImageCard(self)
        self.what_if = WhatIf(self)
        self.what_if.hide()
        self.tools = ToolsCard(self)
        self.output = combo(self, "learnOutputCombo", self.tr("Filter"))
        self.channel = combo(self, "learnChannelCombo", self.tr("Input channel"))
        for box in (self.output, self.channel):
            box.setSizeAdjustPolicy(box.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.cards: list[PanelCard] = []
        self._panels: tuple[str, ...] = ()
        self._lay_out()
        column = QVBoxLayout(workspace)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self)
        theme().changed.connect(self._paint)
        self._paint()

    @property
    def empty_sentence(self) -> str:
        """What is said while nothing is explained; empty while something is."""
        return self._empty.accessibleName() if self._layers.currentIndex() == 0 else ""

    def say(self, sentence: str) -> None:
        """Only a sentence, in the place of the panels."""
        self._empty.say(sentence)
        self._layers.setCurrentIndex(0)
        self._sentence.clear()
        self.bar.player.show_steps(1, 0)

    def show_panels(self) -> None:
        """The panels, in the place of the sentence."""
        self._layers.setCurrentIndex(1)

    def show_choices(self, output: bool, channel: bool) -> None:
        """Whether there are filters and channels to choose from."""
        self._look_at.setVisible(output or channel)

    def show_view(self, view: View, steps: int) -> None:
        """Which step is shown, of which filter and channel."""
        for box, index in ((self.output, view.output), (self.channel, view.channel)):
            with QSignalBlocker(box):
                box.setCurrentIndex(index)
        self.bar.player.show_steps(steps, view.step)

    def show_scene(self, scene: Scene) -> None:
        """Its panels as cards, its sentence below."""
        self._sentence.set_texts(scene.sentence)
        panels = tuple(panel.name for panel in scene.panels)
        if panels != self._panels:
            self._panels = panels
            self._scroll.verticalScrollBar().setValue(0)
        self._fit_cards(len(panels))
        for card, panel in zip(self.cards, scene.panels, strict=True):
            card.show_panel(panel)
            card.board.setAccessibleDescription(scene.sentence)

    def reveal(self, panel: str) -> None:
        """Scrolls to a card, by its panel's name; to the first where there is none of that name."""
        number = self._panels.index(panel) if panel in self._panels else 0
        # The cards take their heights with the next events.
        QTimer.singleShot(_SETTLED, self, lambda: self._scroll_to(number))

    def _scroll_to(self, number: int) -> None:
        if number < len(self.cards):
            self._scroll.verticalScrollBar().setValue(self.cards[number].y() if number else 0)

    def outline(self, touched: Touched) -> None:
        """Outlines cells in all panels."""
        for card in self.cards:
            card.board.outline(touched)

    def show_parity(self, text: str, tip: str) -> None:
        """How the numbers were checked."""
        self._parity.setText(text)
        self._parity.setToolTip(tip)

    def announce(self, sentence: str) -> None:
        """Says it to whoever cannot see it."""
        self.setAccessibleDescription(sentence)
        if QAccessible.isActive():
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, sentence))

    def _fit_cards(self, number: int) -> None:
        while len(self.cards) > number:
            card = self.cards.pop()
            self._column.removeWidget(card)
            card.hide()  # it is deleted with the next events, and must not be seen until then
            card.deleteLater()
        while len(self.cards) < number:
            card = PanelCard(self)
            card.board.clicked.connect(self.clicked)
            card.board.hovered.connect(self.hovered)
            self._column.insertWidget(self._column.count() - 1, card)
            card.show()
            self.cards.append(card)

    # --- layout

    def _lay_out(self) -> None:
        panels = QWidget(self)
        self._column = QVBoxLayout(panels)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(12)
        self._column.addStretch(1)
        self._empty = EmptyState("learn", self.tr("The arithmetic of every block, step by step."), self)
        area = QWidget(self)
        self._layers = QStackedLayout(area)
        self._layers.setContentsMargins(0, 0, 0, 0)
        self._layers.addWidget(self._empty)
        self._scroll = _scrolled(panels, "learnPanels")
        self._layers.addWidget(self._scroll)
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(area, 1)
        row.addWidget(self._side())
        self._sentence = ElidedLabel(self)
        self._sentence.setObjectName("learnSentence")
        self._sentence.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self._parity = QLabel(self)
        self._parity.setObjectName("learnParity")
        self._parity.setProperty("role", "small")
        foot = QHBoxLayout()
        foot.setSpacing(16)
        foot.addWidget(self._sentence, 1)
        foot.addWidget(self._parity)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 14, 14, 8)
        column.setSpacing(12)
        column.addWidget(self.bar)
        column.addWidget(self.tools.tour)
        column.addLayout(row, 1)
        column.addLayout(foot)

    def _side(self) -> QScrollArea:
        side = QWidget(self)
        self._look_at = QFrame(side)
        self._look_at.setProperty("role", "card")
        pair = QVBoxLayout(self._look_at)
        pair.setContentsMargins(11, 10, 11, 11)
        pair.setSpacing(7)
        pair.addWidget(self.output)
        pair.addWidget(self.channel)
        column = QVBoxLayout(side)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        for card in (self.image, self._look_at, self.what_if, self.tools):
            column.addWidget(card)
        column.addStretch(1)
        self._look_at.hide()
        area = _scrolled(side, "learnSide")
        area.setFixedWidth(_SIDE)
        order = (self.image.weights, self.output, self.channel, self.what_if.reset, self.tools.tour_button)
        put_in_tab_order(order)
        return area

    def _paint(self) -> None:
        t = tokens()
        self.setStyleSheet(
            f"#learnPage, #learnPanels, #learnSide {{ background: {t.canvas}; }}"
            " #learnPanels > QWidget > QWidget, #learnSide > QWidget > QWidget { background: transparent; }"
        )


def _scrolled(inside: QWidget, name: str) -> QScrollArea:
    area = QScrollArea()
    area.setObjectName(name)
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    inside.setObjectName(f"{name}Inside")
    area.setWidget(inside)
    area.viewport().setAutoFillBackground(False)
    inside.setAutoFillBackground(False)
    return area
