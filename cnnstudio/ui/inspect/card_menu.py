"""The button at a card's corner: what is shown is saved as PNG or SVG, or copied."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QMenu, QToolButton, QWidget

from cnnstudio.ui.inspect import card_export
from cnnstudio.ui.inspect.room import Room


class CardMenu(QToolButton):
    """``exported`` gives the widget that is saved and copied, which may be a part of the card, or larger."""

    def __init__(self, room: Room, card: QWidget, exported: Callable[[], QWidget]) -> None:
        super().__init__(card)
        self._room, self._card, self._exported = room, card, exported
        name = card.objectName()
        self.setObjectName(f"{name}Menu")
        self.setText("⋯")
        self.setProperty("role", "ghost")
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.actions_ = QMenu(self)
        self.actions_.setObjectName(f"{name}CardMenu")
        self.actions_.addAction(self.tr("Save as PNG…"), partial(self.export, "png"))
        self.actions_.addAction(self.tr("Save as SVG…"), partial(self.export, "svg"))
        self.actions_.addAction(self.tr("Copy"), self.copy)
        self.setMenu(self.actions_)

    def showEvent(self, event: QShowEvent) -> None:
        """Named after its card, which has a name by now."""
        super().showEvent(event)
        self.setAccessibleName(self.tr("Save or copy {card}").format(card=self._card.accessibleName()))
        self.setToolTip(self.accessibleName())

    def export(self, kind: str) -> None:
        """Asks where, then saves what is shown; ``kind`` is ``"png"`` or ``"svg"``."""
        write = card_export.save_png if kind == "png" else card_export.save_svg
        kinds = self.tr("Images (*.png)") if kind == "png" else self.tr("Drawings (*.svg)")
        self.save(self.tr("Save the card"), kinds, kind, lambda path: write(self._exported(), path))

    def save(self, title: str, kinds: str, suffix: str, write: Callable[[Path], bool]) -> None:
        """Asks where, writes, and tells how it went."""

        def picked(path: Path) -> None:
            path = path if path.suffix else path.with_suffix(f".{suffix}")
            if write(path):
                self._room.tell(self.tr("Saved as {path}.").format(path=path))
            else:
                text = self.tr("{path} could not be written: choose another folder.")
                self._room.fail(text.format(path=path))

        suggested = Path.home() / f"{self._card.accessibleName() or self._card.objectName()}.{suffix}"
        self._room.dialogs.save_file(title, kinds, suggested, picked)

    def copy(self) -> None:
        """Puts what is shown into the clipboard."""
        card_export.copy(self._exported())
        self._room.tell(self.tr("Copied."))
