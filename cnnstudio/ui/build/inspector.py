"""The inspector: everything about what is selected, and where it is changed."""

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QFrame,
    QLineEdit,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from cnnstudio.app.store import INPUT_ID, OUTPUT_ID, DocumentStore
from cnnstudio.core.document import find, pick
from cnnstudio.core.infer import Inference
from cnnstudio.ui.build.block_actions import BlockActions
from cnnstudio.ui.build.block_page import BlockPage
from cnnstudio.ui.build.code_model import CodeModel
from cnnstudio.ui.build.many_pages import ManyPage
from cnnstudio.ui.build.network_pages import InputPage, NetworkPage, OutputPage

_Page = BlockPage | InputPage | OutputPage | NetworkPage | ManyPage


class Inspector(QFrame):
    """Shows one page: of a block type, of the input, the output, the network or several blocks."""

    def __init__(
        self, store: DocumentStore, code: CodeModel, actions: BlockActions, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("inspector")
        self.setAccessibleName(self.tr("Inspector"))
        self.setProperty("role", "panel")
        self.setMinimumWidth(268)
        self._store = store
        self._code = code
        self._actions = actions
        self._pages: dict[str, _Page] = {}
        self._shown: tuple[Inference, tuple[str, ...]] | None = None
        self._stack = _OneHigh()
        self._area = QScrollArea(self)
        self._area.setObjectName("inspectorArea")
        self._area.setWidgetResizable(True)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._area.setWidget(self._stack)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._area)
        store.documentChanged.connect(self.refresh)
        store.selectionChanged.connect(self.refresh)
        self.refresh()

    @property
    def page(self) -> QWidget | None:
        """What is shown now."""
        return self._stack.currentWidget()

    @Slot()
    def refresh(self) -> None:
        """Shows the selection as it is now."""
        shown = (self._store.inference, self._store.selection)
        if shown == self._shown:
            return  # an edit that selects something else says so twice
        self._shown = shown
        key, block_id = self._wanted()
        page = self._pages.get(key)
        if page is None:
            page = self._pages[key] = self._made(key, block_id)
            self._stack.addWidget(page)
        if isinstance(page, BlockPage):
            page.show_block(block_id)
        else:
            page.refresh()
        if self._stack.currentWidget() is not page:
            self._stack.setCurrentWidget(page)
            self._area.verticalScrollBar().setValue(0)

    def focus_first(self) -> None:
        """Puts the cursor into the first field of what is shown."""
        page = self.page
        fields = page.findChildren(QWidget) if page is not None else []
        for widget in fields:
            if widget.objectName().startswith("field-") and widget.isVisible() and widget.isEnabled():
                self._area.ensureWidgetVisible(widget)
                widget.setFocus(Qt.FocusReason.ShortcutFocusReason)
                if isinstance(widget, QAbstractSpinBox | QLineEdit):
                    widget.selectAll()
                return

    def _wanted(self) -> tuple[str, str]:
        selection = self._store.selection
        if not selection:
            return "network", ""
        if len(selection) > 1:
            return self._wanted_for_many(selection)
        (chosen,) = selection
        if chosen in (INPUT_ID, OUTPUT_ID):
            return chosen, ""
        return type(find(self._store.document, chosen).block).__name__, chosen

    def _wanted_for_many(self, selection: tuple[str, ...]) -> tuple[str, str]:
        chosen = list(pick(self._store.document.body, selection))
        kinds = {type(node.block).__name__ for node in chosen}
        return ("many", "") if len(kinds) != 1 else (f"many {kinds.pop()}", chosen[0].id)

    def _made(self, key: str, block_id: str) -> _Page:
        match key:
            case "network":
                return NetworkPage(self._store)
            case "many":
                return ManyPage(self._store, self._actions)
            case "input":
                return InputPage(self._store)
            case "output":
                return OutputPage(self._store)
        kind = type(find(self._store.document, block_id).block)
        if key.startswith("many "):
            return ManyPage(self._store, self._actions, kind)
        page = BlockPage(self._store, self._code, kind)
        page.explain.clicked.connect(self._actions.explain.trigger)
        return page


class _OneHigh(QStackedWidget):
    """As high as the page that is shown, not as the highest of all."""

    def __init__(self) -> None:
        super().__init__()
        self.currentChanged.connect(self._on_changed)

    @Slot()
    def _on_changed(self) -> None:
        self.updateGeometry()

    def minimumSizeHint(self) -> QSize:
        page = self.currentWidget()
        return page.minimumSizeHint() if page else super().minimumSizeHint()

    def sizeHint(self) -> QSize:
        page = self.currentWidget()
        return page.sizeHint() if page else super().sizeHint()

    def hasHeightForWidth(self) -> bool:
        page = self.currentWidget()
        return bool(page and page.hasHeightForWidth())

    def heightForWidth(self, width: int) -> int:
        page = self.currentWidget()
        return page.heightForWidth(width) if page else super().heightForWidth(width)
