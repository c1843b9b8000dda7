"""The palette: click a block to add it behind the selection, or drag it to where it belongs."""

from PySide6.QtCore import (
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPoint,
    QPointF,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import (
    QAction,
    QColor,
    QDrag,
    QFont,
    QFontMetrics,
    QKeyEvent,
    QPainter,
    QPainterPath,
    QPixmap,
)
from PySide6.QtWidgets import (
    QFrame,
    QLabel,
    QLineEdit,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from cnnstudio.ui.build.palette_model import COLOUR, KIND, PaletteModel
from cnnstudio.ui.theme import icon, theme, tokens, ui_font

_ROW, _GAP, _HEADING = 28, 3, 27


class BlockRows(QStyledItemDelegate):
    """Draws headings in small capitals and blocks as small cards with the stripe of their category.

    ``by_selection``: marks the selected row, where the list never has the keys itself.
    """

    def __init__(self, parent: QObject, by_selection: bool = False) -> None:
        super().__init__(parent)
        self._by_selection = by_selection

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(100, _ROW + _GAP if index.data(KIND) else _HEADING)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        t, rect = tokens(), option.rect
        text = str(index.data())
        if not index.data(KIND):
            painter.setFont(ui_font(11))
            painter.setPen(QColor(t.muted))
            painter.drawText(rect.adjusted(0, 9, 0, 0), Qt.AlignmentFlag.AlignVCenter, text.upper())
            return
        state = option.state
        hovered = bool(state & QStyle.StateFlag.State_MouseOver)
        wanted = QStyle.StateFlag.State_Selected if self._by_selection else QStyle.StateFlag.State_HasFocus
        focused = bool(state & wanted)
        self._paint_block(painter, QRect(rect.left(), rect.top(), rect.width(), _ROW), hovered, focused)
        stripe = QRect(rect.left(), rect.top(), 4, _ROW)
        self._paint_stripe(painter, QRect(rect.left(), rect.top(), rect.width(), _ROW), stripe, index)
        painter.setFont(ui_font(13))
        painter.setPen(QColor(t.text))
        room = rect.adjusted(13, 0, -6, -_GAP)
        fitting = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, fitting)

    def _paint_block(self, painter: QPainter, rect: QRect, hovered: bool, focused: bool) -> None:
        t = tokens()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QColor(t.accent) if focused else Qt.PenStyle.NoPen)
        painter.setBrush(QColor(t.pressed if hovered else t.canvas))
        painter.drawRoundedRect(rect.adjusted(0, 0, -1, -1), 4, 4)

    def _paint_stripe(
        self, painter: QPainter, card: QRect, stripe: QRect, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        path = QPainterPath()
        path.addRoundedRect(card, 4, 4)
        painter.save()
        painter.setClipRect(stripe)
        painter.fillPath(path, QColor(str(index.data(COLOUR))))
        painter.restore()


class _List(QListView):
    """Drags a small card below the pointer, where it does not hide the gap that it would go to."""

    def startDrag(self, supportedActions: Qt.DropAction) -> None:
        index = self.currentIndex()
        if not index.data(KIND):
            return
        drag = QDrag(self)
        drag.setMimeData(self.model().mimeData([index]))
        drag.setPixmap(_drag_picture(str(index.data()), str(index.data(COLOUR)), self.devicePixelRatioF()))
        drag.setHotSpot(QPoint(-14, -10))
        drag.exec(Qt.DropAction.CopyAction)


def _drag_picture(title: str, colour: str, scale: float) -> QPixmap:
    t, font = tokens(), ui_font(13, QFont.Weight.DemiBold)
    size = QSize(QFontMetrics(font).horizontalAdvance(title) + 32, 30)
    picture = QPixmap(size * scale)
    picture.setDevicePixelRatio(scale)
    picture.fill(Qt.GlobalColor.transparent)
    path = QPainterPath()
    path.addRoundedRect(QRectF(0.5, 0.5, size.width() - 1, size.height() - 1), 6, 6)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.fillPath(path, QColor(t.surface))
    painter.setClipRect(0, 0, 5, size.height())
    painter.fillPath(path, QColor(colour))
    painter.setClipping(False)
    painter.setPen(QColor(t.border_strong))
    painter.drawPath(path)
    painter.setFont(font)
    painter.setPen(QColor(t.text))
    painter.drawText(QPointF(16, 19.5), title)
    painter.end()
    return picture


class Palette(QFrame):
    """All block types, with a search field."""

    blockChosen = Signal(str)
    """A block type (its name) was clicked, or chosen with Enter."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("palette")
        self.setAccessibleName(self.tr("Blocks"))
        self.setProperty("role", "panel")
        self.search = QLineEdit(self)
        self.search.setObjectName("paletteSearch")
        self.search.setAccessibleName(self.tr("Search blocks"))
        self.search.setPlaceholderText(self.tr("Search blocks"))
        self.search.setProperty("role", "search")
        self.search.setClearButtonEnabled(True)
        clear = self.search.findChild(QToolButton)
        if clear is not None:
            clear.setObjectName("paletteSearchClear")
            clear.setAccessibleName(self.tr("Clear the search"))
        self.model = PaletteModel(self)
        self.list = self._make_list()
        self._nothing = QLabel(self.tr("No block has these words."), self)
        self._nothing.setProperty("role", "small")
        self._nothing.setWordWrap(True)
        self._nothing.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 11, 9, 6)
        column.setSpacing(4)
        column.addWidget(self.search)
        column.addWidget(self._nothing)
        column.addWidget(self.list, 1)
        self.search.textChanged.connect(self._on_search)
        self.search.returnPressed.connect(self._on_return)
        self.search.installEventFilter(self)
        theme().changed.connect(self._on_theme)
        self._on_theme()

    def _make_list(self) -> QListView:
        view = _List(self)
        view.setObjectName("paletteList")
        view.setAccessibleName(self.tr("Blocks to add"))
        view.setModel(self.model)
        view.setItemDelegate(BlockRows(view))
        view.setMouseTracking(True)
        view.setDragEnabled(True)
        # A click adds a block and leaves the keys to the canvas, where Delete takes it away again.
        view.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        view.setDragDropMode(QListView.DragDropMode.DragOnly)
        view.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        view.clicked.connect(self._on_clicked)
        view.installEventFilter(self)
        return view

    def focus_search(self) -> None:
        """Puts the cursor into the search field."""
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Down leaves the search for the list; Enter adds a block; Escape empties the search."""
        if not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.KeyPress:
            return False
        if watched is self.search and event.key() == Qt.Key.Key_Down:
            self.list.setFocus()
            self.list.setCurrentIndex(self.model.first_block())
            return True
        if watched is self.search and event.key() == Qt.Key.Key_Escape and self.search.text():
            self.search.clear()
            return True
        if watched is self.list and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self._on_clicked(self.list.currentIndex())
            return True
        return False

    @Slot(str)
    def _on_search(self, text: str) -> None:
        self.model.search(text)
        self._nothing.setVisible(self.model.rowCount() == 0)

    @Slot()
    def _on_return(self) -> None:
        self._on_clicked(self.model.best_block())

    @Slot(QModelIndex)
    def _on_clicked(self, index: QModelIndex) -> None:
        kind = index.data(KIND) if index.isValid() else ""
        if kind:
            self.blockChosen.emit(str(kind))

    @Slot()
    def _on_theme(self) -> None:
        self.list.viewport().update()
        clear = self.search.findChild(QAction)  # Qt's own is a black cross in every theme
        if clear is not None:
            clear.setIcon(icon("close", tokens().muted, 16))
