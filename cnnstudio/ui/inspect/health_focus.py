"""What the cards of the Health page look at together: one training, a moment of it, and a block."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from cnnstudio.core.health import BlockHealth, Health


class HealthFocus(QObject):
    """The last moment until somebody chooses another; the block stays where it can."""

    changed = Signal()
    """Another training, or more of it."""
    moved = Signal()
    """Another moment, or another block."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.health: tuple[Health, ...] = ()
        self.moment = 0
        """The place of a look in :attr:`health`."""
        self.path = ""

    @property
    def look(self) -> Health | None:
        """That of the moment."""
        return self.health[self.moment] if self.health else None

    @property
    def block(self) -> BlockHealth | None:
        """The block at the moment."""
        return self.at(self.path)

    def at(self, path: str) -> BlockHealth | None:
        """A block at the moment."""
        blocks = self.look.blocks if self.look is not None else ()
        return next((block for block in blocks if block.path == path), None)

    def show_health(self, health: tuple[Health, ...], ill: str = "") -> None:
        """``ill`` is the id of a block that is looked at first."""
        if health == self.health:
            return
        follows = self.moment >= len(self.health) - 1
        self.health = health
        self.moment = max(0, len(health) - 1) if follows else min(self.moment, max(0, len(health) - 1))
        blocks = health[-1].blocks if health else ()
        if self.path not in [block.path for block in blocks]:
            first = [b for b in blocks if ill and b.node == ill] or [b for b in blocks if b.weights] or blocks
            self.path = first[0].path if first else ""
        self.changed.emit()

    def go_to(self, moment: int) -> None:
        """Another moment."""
        moment = max(0, min(len(self.health) - 1, moment))
        if moment != self.moment:
            self.moment = moment
            self.moved.emit()

    def choose(self, path: str) -> None:
        """Another block."""
        if path and path != self.path:
            self.path = path
            self.moved.emit()

    def said(self, moment: int | None = None) -> str:
        """A moment in words."""
        if not self.health:
            return ""
        epoch = self.health[self.moment if moment is None else moment].epoch
        return self.tr("epoch {epoch}").format(epoch=epoch) if epoch else self.tr("first step")
