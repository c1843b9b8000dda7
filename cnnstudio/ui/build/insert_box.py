"""A search box where the next block goes: type, Enter inserts, and the keys are the canvas's again."""

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPoint, QRectF, Qt, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QLabel, QListView, QVBoxLayout

from cnnstudio.app.store import INPUT_ID, OUTPUT_ID, DocumentStore
from cnnstudio.core import edits
from cnnstudio.core.document import Place, stack_at
from cnnstudio.core.registry import block_type
from cnnstudio.ui.build.canvas import Canvas
from cnnstudio.ui.build.commands import insert_block
from cnnstudio.ui.build.dragging import told
from cnnstudio.ui.build.palette import BlockRows
from cnnstudio.ui.build.palette_model import KIND, PaletteModel
from cnnstudio.ui.widgets.spin import LineEdit

_WIDTH, _HEIGHT = 264, 286
_ROW_KEYS = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class InsertBox(QFrame):
    """Floats over the canvas at the gap that the next block goes to."""

    def __init__(self, store: DocumentStore, canvas: Canvas) -> None:
        super().__init__(canvas)
        self.setObjectName("insertBox")
        self.setAccessibleName(self.tr("Insert a block"))
        self.setProperty("role", "float")
        self.setFixedSize(_WIDTH, _HEIGHT)
        self._store = store
        self._canvas = canvas
        self.model = PaletteModel(self)
        self.search = LineEdit(self)
        self.search.setObjectName("insertSearch")
        self.search.setAccessibleName(self.tr("Search the block to insert"))
        self.search.setPlaceholderText(self.tr("Which block?"))
        self.list = self._make_list()
        self.preview = QLabel(self)
        self.preview.setObjectName("insertPreview")
        self.preview.setWordWrap(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        column.setSpacing(6)
        column.addWidget(self.search)
        column.addWidget(self.list, 1)
        column.addWidget(self.preview)
        self.search.textChanged.connect(self._on_text)
        self.search.installEventFilter(self)
        self.list.clicked.connect(self._insert)
        store.loaded.connect(self.hide)
        self.hide()

    def _make_list(self) -> QListView:
        view = QListView(self)
        view.setObjectName("insertList")
        view.setAccessibleName(self.tr("Blocks to insert"))
        view.setModel(self.model)
        view.setItemDelegate(BlockRows(view, by_selection=True))
        view.setMouseTracking(True)
        view.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        view.setFrameShape(QFrame.Shape.NoFrame)
        view.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        view.selectionModel().currentChanged.connect(self._show_preview)
        return view

    def open(self) -> None:
        """Shows the box at the gap, empty, with the cursor in it."""
        self.search.clear()
        self._on_text("")
        self.move(self._spot())
        self.show()
        self.raise_()
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def close_box(self) -> None:
        """Hides the box and gives the keys back to the canvas."""
        self.hide()
        self._canvas.setFocus()

    def _spot(self) -> QPoint:
        """Below what the block will stand behind, with room for the whole box."""
        canvas, place = self._canvas, self._canvas.place
        before = self._before(place)
        if before in (INPUT_ID, OUTPUT_ID) or place.parent != before:
            canvas.reveal(before)
        area, bar = canvas.viewport().geometry(), canvas.verticalScrollBar()
        corner = self._corner(before)
        below = corner.y() + _HEIGHT + 8 - area.bottom()
        if below > 0:
            bar.setValue(bar.value() + below)
            corner = self._corner(before)
        x = max(area.left() + 8, min(corner.x(), area.right() - _WIDTH - 8))
        y = max(area.top() + 8, min(corner.y(), area.bottom() - _HEIGHT - 8))
        return QPoint(x, y)

    def _corner(self, before: str) -> QPoint:
        """Where the box belongs: below a block, beside its wire."""
        item = self._canvas.network.item_of(before)
        rect = item.mapRectToScene(item.rect()) if item is not None else QRectF()
        origin = self._canvas.viewport().geometry().topLeft()
        return self._canvas.mapFromScene(rect.bottomLeft()) + origin + QPoint(20, 6)

    def _before(self, place: Place) -> str:
        """What stands before the gap: a block, the composite around an empty stack, or the input."""
        if place.index > 0:
            return stack_at(self._store.document, place)[place.index - 1].id
        return place.parent or INPUT_ID

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Up and Down choose, Enter inserts, Escape and leaving close."""
        if event.type() == QEvent.Type.FocusOut:
            self.hide()
        if not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.KeyPress:
            return False
        key = Qt.Key(event.key())
        if key == Qt.Key.Key_Escape:
            self.close_box()
        elif key in _ENTER:
            self._insert(self.list.currentIndex())
        elif key in _ROW_KEYS:
            self._step(_ROW_KEYS[key])
        else:
            return False
        return True

    def _step(self, by: int) -> None:
        row = self.list.currentIndex().row() + by
        while 0 <= row < self.model.rowCount():
            if self.model.index(row).data(KIND):
                self.list.setCurrentIndex(self.model.index(row))
                return
            row += by  # a heading

    @Slot(str)
    def _on_text(self, text: str) -> None:
        self.model.search(text)
        self.list.setCurrentIndex(self.model.best_block())
        self._show_preview()

    @Slot(QModelIndex)
    def _insert(self, index: QModelIndex) -> None:
        kind = str(index.data(KIND) or "") if index.isValid() else ""
        if kind:
            place = self._canvas.place
            self.close_box()
            self._canvas.reveal(insert_block(self._store, kind, place))

    @Slot()
    def _show_preview(self) -> None:
        """The shape that would leave the block here, or what would be wrong."""
        index = self.list.currentIndex()
        kind = str(index.data(KIND) or "") if index.isValid() else ""
        text, wrong = (self.tr("No block has these words."), False)
        if kind:
            document = self._store.document
            after = edits.insert(document, self._canvas.place, [edits.node(block_type(kind)())])
            text, wrong = told(self._store, after, f"b{document.serial}")
        role = "error" if wrong else "small"
        if self.preview.property("role") != role:
            self.preview.setProperty("role", role)
            self.preview.style().unpolish(self.preview)
            self.preview.style().polish(self.preview)
        self.preview.setText(text)
