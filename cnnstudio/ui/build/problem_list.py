"""What is wrong with the network, as sentences with ways out; a click shows the block."""

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from cnnstudio.app.store import OUTPUT_ID, DocumentStore
from cnnstudio.core.infer import Problem
from cnnstudio.ui.build.fix_buttons import ProblemBox
from cnnstudio.ui.build.say import sentence_about
from cnnstudio.ui.theme import icon, theme, tokens

_MOST = 50
"""More problems than this are a list nobody reads."""
_MOST_HEIGHT = 190


class _Row(QFrame):
    """One problem; the whole row can be clicked."""

    chosen = Signal(str)

    def __init__(self, store: DocumentStore, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._block = ""
        self.setProperty("role", "row")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._icon = QLabel(self)
        self._icon.setFixedWidth(18)
        self._icon.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.box = ProblemBox(store, self)
        self.box.before = self
        self.box.sentence.installEventFilter(self)
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 6, 14, 6)
        row.setSpacing(8)
        row.addWidget(self._icon)
        row.addWidget(self.box, 1)

    def show_problem(self, problem: Problem, sentence: str) -> None:
        """Shows another problem, or the same with other ways out."""
        self._block = problem.node or OUTPUT_ID
        self.setObjectName(f"problem-{self._block}")
        self.setAccessibleName(sentence)
        colour = tokens().warning if problem.warning else tokens().danger
        self._icon.setPixmap(icon("warning", colour, 16).pixmap(QSize(16, 16)))
        self.box.show_problem(problem, sentence)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.MouseButtonRelease:
            self.chosen.emit(self._block)
            return True
        return False

    def mouseReleaseEvent(self, event: QEvent) -> None:
        self.chosen.emit(self._block)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.chosen.emit(self._block)
        else:
            super().keyPressEvent(event)


class ProblemList(QFrame):
    """A heading with the count, and the problems below it; there only while something is wrong."""

    chosen = Signal(str)
    """A problem was clicked (carries the block's id)."""

    def __init__(self, store: DocumentStore, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("problemList")
        self.setAccessibleName(self.tr("Problems"))
        self.setProperty("role", "panelBottom")
        self._store = store
        self._rows: list[_Row] = []
        self.header = QPushButton(self)
        self.header.setObjectName("problemHeader")
        self.header.setProperty("role", "flat")
        self.header.setCheckable(True)
        self.header.setChecked(True)
        self.header.toggled.connect(self._on_toggled)
        self._inside = QWidget()
        self._column = QVBoxLayout(self._inside)
        self._column.setContentsMargins(0, 0, 0, 6)
        self._column.setSpacing(0)
        self._column.addStretch(1)
        self._area = QScrollArea(self)
        self._area.setWidgetResizable(True)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setWidget(self._inside)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 1, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.header)
        column.addWidget(self._area)
        store.documentChanged.connect(self.refresh)
        theme().changed.connect(self.refresh)
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Shows the problems of the document as it is now."""
        problems = self._store.inference.problems[:_MOST]
        # An empty network is where everybody starts, and no problem.
        shown = bool(problems) and bool(self._store.document.body)
        self.setVisible(shown)
        if not shown:
            return
        self._fit_rows(len(problems))
        for row, problem in zip(self._rows, problems, strict=True):
            row.show_problem(problem, sentence_about(self._store.document, problem))
        self._show_header(len(self._store.inference.problems))
        self._fit_height()

    def _fit_rows(self, count: int) -> None:
        while len(self._rows) < count:
            row = _Row(self._store, self._inside)
            row.chosen.connect(self.chosen)
            self._column.insertWidget(len(self._rows), row)
            row.show()  # or the layout counts it only after the next turn of the event loop
            self._rows.append(row)
        while len(self._rows) > count:
            row = self._rows.pop()
            row.hide()
            row.deleteLater()

    def _show_header(self, count: int) -> None:
        text = self.tr("1 problem") if count == 1 else self.tr("{count} problems").format(count=count)
        self.header.setText(text)
        self.header.setAccessibleName(text)
        name = "chevron-down" if self.header.isChecked() else "chevron-right"
        self.header.setIcon(icon(name, tokens().muted, 16))

    def _fit_height(self) -> None:
        width = max(200, self.width())
        wanted = self._column.heightForWidth(width) if self._column.hasHeightForWidth() else 0
        wanted = max(wanted, self._column.sizeHint().height() if not wanted else 0)
        self._area.setFixedHeight(min(_MOST_HEIGHT, wanted + 2))
        area = self._area.height() if self.header.isChecked() else 0
        self.setFixedHeight(1 + self.header.sizeHint().height() + area)

    def resizeEvent(self, event: QEvent) -> None:
        super().resizeEvent(event)  # type: ignore[arg-type]
        self._fit_height()

    def open(self) -> None:
        """Shows the problems themselves, not only how many there are."""
        self.header.setChecked(True)

    @Slot(bool)
    def _on_toggled(self, checked: bool) -> None:
        self._area.setVisible(checked)
        self._show_header(len(self._store.inference.problems))
        self._fit_height()
