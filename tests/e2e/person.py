"""A person at the Build workspace of the real window: mouse, keys, the palette's blocks in the air."""

from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDragMoveEvent, QDropEvent, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from cnnstudio.app.store import DocumentStore
from cnnstudio.core.document import Node, find, walk
from cnnstudio.ui.build import BuildWorkspace
from cnnstudio.ui.build.card_item import BlockItem
from cnnstudio.ui.build.palette_model import KIND
from cnnstudio.ui.main_window import MainWindow

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
CTRL, SHIFT, ALT = (
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.AltModifier,
)
COPY = Qt.DropAction.CopyAction


class Person:
    """Uses one window, and reads what stands in it."""

    def __init__(self, window: MainWindow) -> None:
        self.window = window
        self._carried: QMimeData | None = None
        self._at = QPoint()

    # --- what there is

    @property
    def build(self) -> BuildWorkspace:
        return self.window.work.build

    @property
    def store(self) -> DocumentStore:
        return self.window.work.store

    @property
    def port(self) -> QWidget:
        return self.build.canvas.viewport()

    def ids(self, kind: str) -> list[str]:
        """All blocks of a type, in reading order."""
        return [n.id for n in walk(self.store.document.body) if type(n.block).__name__ == kind]

    def node(self, block_id: str) -> Node:
        return find(self.store.document, block_id)

    def kinds(self) -> list[str]:
        """The types in the network's own stack."""
        return [type(node.block).__name__ for node in self.store.document.body]

    def card(self, block_id: str) -> BlockItem:
        item = self.build.canvas.network.item_of(block_id)
        assert item is not None, f"{block_id} is not on the canvas"
        return item

    def child(self, name: str, kind: type = QWidget) -> QWidget:
        """A control that can be seen, by its object name."""
        found = [w for w in self.window.findChildren(kind, name) if w.isVisible()]
        assert found, f"{name} is not to be seen"
        return found[0]

    def sees(self, name: str) -> bool:
        return any(w.isVisible() for w in self.window.findChildren(QWidget, name))

    def text_of(self, name: str) -> str:
        return str(self.child(name).text())  # type: ignore[attr-defined]

    def preview(self) -> str:
        """What is said about the gap below what is in the air; empty where nothing is."""
        drag = self.build.canvas._drag
        return drag.label if drag is not None else ""

    # --- keys

    def press(self, key: Qt.Key, keys: Qt.KeyboardModifier = NONE) -> None:
        """A key, for whatever has the keys now."""
        QTest.keyClick(self.focused(), key, keys)

    def write(self, text: str) -> None:
        QTest.keyClicks(self.focused(), text)

    def focused(self) -> QWidget:
        QApplication.processEvents()
        widget = QApplication.focusWidget()
        assert widget is not None
        return widget

    def at_canvas(self) -> None:
        self.window.activateWindow()
        self.build.canvas.setFocus()

    def tab_to(self, name: str) -> QWidget:
        for _ in range(60):
            if self.focused().objectName() == name:
                return self.focused()
            self.press(Qt.Key.Key_Tab)
        raise AssertionError(f"Tab does not reach {name}")

    # --- mouse

    def push(self, name: str) -> None:
        """Clicks a control."""
        QTest.mouseClick(self.child(name), LEFT)

    def point_of(self, block_id: str, x: float = 60, y: float = 12) -> QPoint:
        """A point on a block, which is brought into view."""
        self.build.canvas.reveal(block_id)
        return self._point(block_id, x, y)

    def _point(self, block_id: str, x: float, y: float) -> QPoint:
        return self.build.canvas.mapFromScene(self.card(block_id).mapToScene(QPointF(x, y)))

    def click(self, block_id: str, keys: Qt.KeyboardModifier = NONE, x: float = 60, y: float = 12) -> None:
        QTest.mouseClick(self.port, LEFT, keys, self.point_of(block_id, x, y))

    def lift(self, block_id: str, by: QPoint = QPoint(0, 20)) -> None:  # noqa: B008  # never changed
        """Takes a block of the canvas into the air."""
        self._at = self.point_of(block_id)
        QTest.mousePress(self.port, LEFT, NONE, self._at)
        self._move(self._at + by)

    def carry(self, point: QPoint) -> None:
        """Moves with what is in the air, in a few steps."""
        start = self._at
        for share in (0.3, 0.7, 1.0):
            self._move(start + (point - start) * share)

    def let_go(self) -> None:
        if self._carried is None:
            QTest.mouseRelease(self.port, LEFT, NONE, self._at)
        else:
            event = QDropEvent(QPointF(self._at), COPY, self._carried, LEFT, NONE)
            QApplication.sendEvent(self.port, event)
            self._carried = None

    def take_from_palette(self, kind: str) -> None:
        """A block of the palette in the air, at the edge of the canvas."""
        model = self.build.palette_panel.model
        rows = [model.index(row) for row in range(model.rowCount())]
        self._carried = model.mimeData([next(row for row in rows if row.data(KIND) == kind)])
        self._at = QPoint(5, 5)
        QApplication.sendEvent(self.port, QDragEnterEvent(self._at, COPY, self._carried, LEFT, NONE))

    def leave(self) -> None:
        """Out of the canvas again, with the palette's block."""
        QApplication.sendEvent(self.port, QDragLeaveEvent())
        self._carried = None

    def _move(self, point: QPoint) -> None:
        self._at = point
        at = QPointF(point)
        if self._carried is not None:
            QApplication.sendEvent(self.port, QDragMoveEvent(point, COPY, self._carried, LEFT, NONE))
            return
        # QTest's own moves carry no pressed button on the offscreen platform.
        event = QMouseEvent(QEvent.Type.MouseMove, at, self.port.mapToGlobal(at), LEFT, LEFT, NONE)
        QApplication.sendEvent(self.port, event)
