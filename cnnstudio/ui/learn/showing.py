"""What is looked at: the explainer of a block, the step of it, and what people do to see another one."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent

from cnnstudio.ui.learn.explainer import Explainer, Mode, View
from cnnstudio.ui.learn.page import Page
from cnnstudio.ui.learn.top_bar import fill

if TYPE_CHECKING:
    from cnnstudio.ui.learn.scene import Cell, Scene


class Showing(QObject):
    """Shows an explainer on the page, and steps through it."""

    shown = Signal()
    """Another scene."""

    def __init__(self, page: Page, parent: QObject) -> None:
        super().__init__(parent)
        self._page = page
        self.view = View()
        self.scene: Scene | None = None
        self.explainer: Explainer | None = None
        self.about: tuple[str, int] = "", 0
        """The block and the repetition of it."""
        self._opened = self.view
        """What a block was opened with: as long as nobody has moved, another image may open elsewhere."""
        page.bar.player.stepped.connect(lambda step: self.look(replace(self.view, step=step)))
        page.bar.modeChosen.connect(self._choose_mode)
        page.output.currentIndexChanged.connect(lambda i: self.look(replace(self.view, output=i)))
        page.channel.currentIndexChanged.connect(lambda i: self.look(replace(self.view, channel=i)))
        page.clicked.connect(self._click)
        page.hovered.connect(self._hover)

    def use(self, explainer: Explainer, about: tuple[str, int]) -> None:
        """Another explainer; of the same block it goes on where it was."""
        mode: Mode = self.view.mode if self.view.mode in explainer.modes else "forward"
        same, self.about, self.explainer = about == self.about, about, explainer
        view = replace(self.view, mode=mode) if same else View(mode=mode)
        self._offer(view)
        if same and self.view != self._opened:
            self.look(view)
            return
        self.look(replace(view, step=explainer.opening(self._within(view))))
        self._opened = self.view

    def _offer(self, view: View) -> None:
        """The filters and channels that there are to choose from, this way."""
        assert self.explainer is not None
        texts = self.explainer.output_texts()
        fill(self._page.output, texts)
        channels = range(self.explainer.channels(view))
        fill(self._page.channel, [self.tr("channel {number}").format(number=i + 1) for i in channels])
        self._page.show_choices(len(texts) > 1, len(channels) > 1)

    def clear(self) -> None:
        """There is nothing to explain."""
        self.explainer = self.scene = None

    def look(self, view: View) -> None:
        """Shows a step; whatever is out of range is moved to the nearest there is."""
        if self.explainer is None:
            return
        self.view = view = self._within(view)
        self._page.show_view(view, self.explainer.steps(view))
        self._page.bar.show_modes(self.explainer.modes, view.mode)
        self.scene = self.explainer.scene(view)
        self._page.show_scene(self.scene)
        self.shown.emit()

    def look_at(self, view: View) -> None:
        """Shows a step, or one where there is more to be seen than zeros."""
        if self.explainer is not None:
            self._offer(self._within(view))
            self.look(replace(view, step=self.explainer.opening(self._within(view))))

    def press(self, event: QKeyEvent) -> bool:
        """Arrows step, by a row up and down; space plays; Home and End. False: another key."""
        if self.explainer is None or event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            return False
        player = self._page.bar.player
        if event.key() == Qt.Key.Key_Space:
            player.toggle()
            return True
        row, steps = self.explainer.row(self.view), self.explainer.steps(self.view)
        keys = {
            Qt.Key.Key_Left: self.view.step - 1,
            Qt.Key.Key_Right: self.view.step + 1,
            Qt.Key.Key_Up: self.view.step - row,
            Qt.Key.Key_Down: self.view.step + row,
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: steps - 1,
        }
        step = keys.get(Qt.Key(event.key()))
        if step is None:
            return False
        if 0 <= step < steps:
            player.pause()
            self.look(replace(self.view, step=step))
            self._page.announce(self.scene.sentence if self.scene is not None else "")
        return True

    def _within(self, view: View) -> View:
        explainer = self.explainer
        assert explainer is not None
        outputs, channels = explainer.outputs(), explainer.channels(view)
        view = replace(
            view,
            mode=view.mode if view.mode in explainer.modes else explainer.modes[0],
            output=max(0, min(view.output, outputs - 1)),
            channel=max(0, min(view.channel, channels - 1)),
        )
        return replace(view, step=max(0, min(view.step, explainer.steps(view) - 1)))

    def _choose_mode(self, mode: Mode) -> None:
        """The same step seen the other way, where both ways have the same steps."""
        if self.explainer is None:
            return
        other = replace(self.view, mode=mode)
        if self.explainer.steps(self._within(other)) != self.explainer.steps(self.view):
            other = replace(other, step=0)
        self.look_at(other)

    def _click(self, grid: str, cell: Cell) -> None:
        if self.explainer is None:
            return
        view = self.explainer.clicked(grid, cell, self.view)
        if view is not None:
            self._page.bar.player.pause()
            self.look(view)
            self._hover(grid, cell)  # what it touches stays to be seen

    def _hover(self, grid: str, cell: Cell | None) -> None:
        if self.explainer is not None:
            touched = self.explainer.touches(grid, cell, self.view) if cell is not None else {}
            self._page.outline(touched)
