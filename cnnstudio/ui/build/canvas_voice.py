"""Says what is selected on the canvas to whoever cannot see it: the cards are painted and have no widgets."""

import re

from PySide6.QtCore import QCoreApplication, QObject, Slot
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QWidget

from cnnstudio.app.store import DocumentStore
from cnnstudio.core.block import Composite
from cnnstudio.core.document import find
from cnnstudio.ui.build.card import Words
from cnnstudio.ui.build.navigation import Gap
from cnnstudio.ui.build.say import block_title, stack_label
from cnnstudio.ui.build.scene import NetworkScene

_tr = QCoreApplication.translate
_MOST = 5
"""Of more blocks than this nobody wants to hear the names."""


def name_of(words: Words) -> str:
    """``Conv2d, 16 filters 3 by 3, output 32 by 32 by 16``, and what is wrong."""
    parts = [words.title, words.headline]
    if words.shape:
        parts.append(_tr("Voice", "output {shape}").format(shape=words.shape))
    if words.bypassed:
        parts.append(_tr("Voice", "bypassed"))
    if words.folded:
        parts.append(_tr("Voice", "collapsed"))
    if words.fault:
        kind = _tr("Voice", "warning") if words.level == "warning" else _tr("Voice", "problem")
        parts.append(f"{kind}: {words.fault}")
    return say_signs(", ".join(filter(None, parts)))


def rest_of(words: Words) -> str:
    """What the name leaves out: ``stride 1, padding 1, no bias, 432 params, 442 K MACs``."""
    details = words.details.split(" · ")
    return say_signs(", ".join(filter(None, (*details, words.badge, *words.right))))


def say_signs(text: str) -> str:
    """Signs in words: ``32×32`` is read ``32 by 32``, and ``× 3`` is read ``3 times``."""
    by, times = _tr("Voice", "{one} by {other}"), _tr("Voice", "{count} times")
    text = re.sub(r"× (\d+)", lambda m: times.format(count=m[1]), text)
    while (found := re.search(r"(\d+)×(\d+)", text)) is not None:
        text = text[: found.start()] + by.format(one=found[1], other=found[2]) + text[found.end() :]
    return text


class CanvasVoice(QObject):
    """Keeps the accessible name and description of the canvas in step with the selection."""

    def __init__(self, store: DocumentStore, network: NetworkScene, canvas: QWidget) -> None:
        super().__init__(canvas)
        self._store = store
        self._network = network
        self._canvas = canvas
        self._gap: Gap | None = None
        store.selectionChanged.connect(self._on_change)
        network.laidOut.connect(self._on_change)
        self._on_change()

    def show_gap(self, gap: Gap | None) -> None:
        """The next block goes into this empty stack."""
        if gap != self._gap:
            self._gap = gap
            self._on_change()

    @Slot()
    def _on_change(self) -> None:
        name, rest = self._told()
        if rest != self._canvas.accessibleDescription():
            self._canvas.setAccessibleDescription(rest)
        if name == self._canvas.accessibleName():
            return
        self._canvas.setAccessibleName(name)
        if self._canvas.hasFocus() and QAccessible.isActive():
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self._canvas, name))

    def _told(self) -> tuple[str, str]:
        if self._gap is not None:
            return self._gap_name(self._gap), self.tr("A slash inserts a block here.")
        items = [item for i in self._store.selection if (item := self._network.item_of(i)) is not None]
        if not items:
            return self.tr("Network"), self.tr("The arrow keys go from block to block.")
        words = [item.card.words for item in items]
        if len(words) == 1:
            return name_of(words[0]), rest_of(words[0])
        count = self.tr("{count} blocks").format(count=len(words))
        return count, "; ".join(map(name_of, words[:_MOST])) + (" …" if len(words) > _MOST else "")

    def _gap_name(self, gap: Gap) -> str:
        block = find(self._store.document, gap.composite).block
        label = stack_label(block.stack_label(gap.stack)) if isinstance(block, Composite) else ""
        text = self.tr("{block}, {stack}, empty")
        return text.format(block=block_title(block), stack=label)
