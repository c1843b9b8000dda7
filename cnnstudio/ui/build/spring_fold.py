"""A collapsed composite opens by itself under a block that is held over it for a moment."""

from collections.abc import Callable, Collection

from PySide6.QtCore import QObject, QPointF, QTimer, Slot

from cnnstudio.ui.build.scene import NetworkScene

WAIT_MS = 650


class SpringFold(QObject):
    """Watches one drag; ``opened`` is called once the composite shows its stacks."""

    def __init__(self, network: NetworkScene, opened: Callable[[], None]) -> None:
        super().__init__(network)
        self._network = network
        self._opened = opened
        self._over = ""
        self._timer = QTimer(self)
        self._timer.setObjectName("springFoldTimer")
        self._timer.setSingleShot(True)
        self._timer.setInterval(WAIT_MS)
        self._timer.timeout.connect(self._on_time)

    def hover(self, position: QPointF, moving: Collection[str] = ()) -> None:
        """Something is held over a point of the scene; ``moving`` are the blocks that are in the air."""
        item = self._network.block_at(position)
        folded = item is not None and bool(item.card.words.folded) and item.block_id not in moving
        over = item.block_id if item is not None and folded else ""
        if over == self._over:
            return
        self._over = over
        if over:
            self._timer.start()
        else:
            self._timer.stop()

    def end(self) -> None:
        """Nothing is in the air any more."""
        self._timer.stop()
        self.deleteLater()

    @Slot()
    def _on_time(self) -> None:
        over, self._over = self._over, ""
        self._network.fold([over], False)
        self._opened()
