"""The exported source, live: a selected block highlights its lines, a clicked line selects its block."""

from collections.abc import Sequence

from PySide6.QtCore import QRect, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import (
    QColor,
    QGuiApplication,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QResizeEvent,
    QTextCharFormat,
    QTextCursor,
    QTextFormat,
)
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QTextEdit,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from cnnstudio.app.store import DocumentStore
from cnnstudio.ui.build.code_model import CodeModel
from cnnstudio.ui.build.highlight import Highlighter
from cnnstudio.ui.build.say import sentence_about
from cnnstudio.ui.theme import icon, mix, mono_font, theme, tokens
from cnnstudio.ui.widgets.focus_line import FocusLine


class _Numbers(QWidget):
    """Line numbers beside the text."""

    def __init__(self, text: "CodeText") -> None:
        super().__init__(text)
        self._text = text

    def sizeHint(self) -> QSize:
        return QSize(self._text.number_width(), 0)

    def paintEvent(self, event: QPaintEvent) -> None:
        self._text.paint_numbers(self, event)


class CodeText(QPlainTextEdit):
    """Source with line numbers, to read and to copy from."""

    lineClicked = Signal(int)
    """From 1 on."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setReadOnly(True)
        flags = Qt.TextInteractionFlag
        self.setTextInteractionFlags(flags.TextSelectableByMouse | flags.TextSelectableByKeyboard)
        self.setFont(mono_font(12))
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setProperty("role", "code")
        self._numbers = _Numbers(self)
        self.blockCountChanged.connect(self._make_room)
        self.updateRequest.connect(self._follow)
        self._make_room()

    def number_width(self) -> int:
        """Room for the highest number."""
        digits = max(2, len(str(self.blockCount())))
        return 22 + self.fontMetrics().horizontalAdvance("9") * digits

    @Slot()
    def _make_room(self) -> None:
        self.setViewportMargins(self.number_width(), 4, 0, 0)

    @Slot(QRect, int)
    def _follow(self, rect: QRect, dy: int) -> None:
        if dy:
            self._numbers.scroll(0, dy)
        else:
            self._numbers.update(0, rect.y(), self._numbers.width(), rect.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        area = self.contentsRect()
        self._numbers.setGeometry(area.left(), area.top() + 4, self.number_width(), area.height() - 4)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        if event.button() == Qt.MouseButton.LeftButton and not self.textCursor().hasSelection():
            self.lineClicked.emit(self.cursorForPosition(event.position().toPoint()).blockNumber() + 1)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter on a line is a click on it."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.lineClicked.emit(self.textCursor().blockNumber() + 1)
        else:
            super().keyPressEvent(event)

    def paint_numbers(self, area: QWidget, event: QPaintEvent) -> None:
        """The numbers of the lines that are to be seen."""
        if self.document().isEmpty():
            return
        painter = QPainter(area)
        painter.setFont(mono_font(11))
        painter.setPen(QColor(tokens().faint))
        block = self.firstVisibleBlock()
        top = self.blockBoundingGeometry(block).translated(self.contentOffset()).top()
        while block.isValid() and top <= event.rect().bottom():
            height = self.blockBoundingRect(block).height()
            rect = QRect(0, round(top), area.width() - 10, round(height))
            painter.drawText(rect, Qt.AlignmentFlag.AlignRight, str(block.blockNumber() + 1))
            top += height
            block = block.next()

    def mark_lines(self, ranges: Sequence[tuple[int, int]]) -> None:
        """Highlights ranges of lines (from 1 on, both ends included)."""
        self.setExtraSelections(
            [self._selection(line) for first, last in ranges for line in range(first, last + 1)]
        )

    def _selection(self, line: int) -> QTextEdit.ExtraSelection:
        t, made = tokens(), QTextEdit.ExtraSelection()
        look = QTextCharFormat()
        look.setBackground(QColor(mix(t.accent, t.canvas, 0.16)))
        look.setProperty(QTextFormat.Property.FullWidthSelection, True)
        made.format = look
        made.cursor = QTextCursor(self.document().findBlockByNumber(line - 1))
        return made

    def marked_lines(self) -> list[int]:
        """The highlighted lines, from 1 on."""
        return [s.cursor.blockNumber() + 1 for s in self.extraSelections()]

    def show_line(self, line: int) -> None:
        """Scrolls to a line if it is not to be seen."""
        bar, visible = self.verticalScrollBar(), self.viewport().height() // self.fontMetrics().lineSpacing()
        if not bar.value() < line <= bar.value() + visible - 1:
            bar.setValue(max(0, line - visible // 3))


class CodePane(QFrame):
    """The whole file, with a button to copy it."""

    closed = Signal()
    chosen = Signal(str)
    """A line was clicked: carries its block, which is selected now."""

    def __init__(self, store: DocumentStore, code: CodeModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("codePane")
        self.setAccessibleName(self.tr("Code"))
        self.setProperty("role", "panelCode")
        self._store = store
        self._code = code
        self._source = ""
        self.text = CodeText(self)
        self.text.setObjectName("codeText")
        self.text.setAccessibleName(self.tr("PyTorch code of the network"))
        FocusLine(self.text)
        self._highlighter = Highlighter(self.text.document())
        self.sentence = QLabel(self)
        self.sentence.setObjectName("codeSentence")
        self.sentence.setProperty("role", "error")
        self.sentence.setWordWrap(True)
        self.sentence.setContentsMargins(12, 2, 12, 6)
        self.copy = self._copy_button()
        self._arrange()
        self.text.lineClicked.connect(self._on_line)
        code.changed.connect(self._on_code)
        store.selectionChanged.connect(self._mark)
        theme().changed.connect(self._on_theme)

    def _copy_button(self) -> QPushButton:
        button = QPushButton(self.tr("Copy"), self)
        button.setObjectName("copyCodeButton")
        button.setAccessibleName(self.tr("Copy the code"))
        button.setProperty("role", "small")
        button.clicked.connect(self._on_copy)
        return button

    def _arrange(self) -> None:
        title = QLabel(self.tr("PyTorch code"), self)
        title.setProperty("role", "subtitle")
        self._close = QToolButton(self)
        self._close.setObjectName("closeCodeButton")
        self._close.setAccessibleName(self.tr("Hide the code"))
        self._close.setToolTip(self.tr("Hide the code"))
        self._close.setProperty("role", "ghost")
        self._close.clicked.connect(self.closed)
        bar = QHBoxLayout()
        bar.setContentsMargins(12, 6, 6, 6)
        bar.addWidget(title, 1)
        bar.addWidget(self.copy)
        bar.addWidget(self._close)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(bar)
        column.addWidget(self.sentence)
        column.addWidget(self.text, 1)
        self._recolour_icons()

    def _recolour_icons(self) -> None:
        self.copy.setIcon(icon("copy", tokens().muted, 16))
        self._close.setIcon(icon("close", tokens().muted, 16))

    @Slot()
    def _on_code(self) -> None:
        if self.isVisible():
            self.refresh()

    def showEvent(self, event: object) -> None:
        super().showEvent(event)  # type: ignore[arg-type]
        self._code.want()
        self._code.update()
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Shows the code of the document as it is now, or the last that could be written, dimmed."""
        generated, sentence = self._code.generated, self._why_old()
        self.sentence.setText(sentence)
        self.sentence.setVisible(bool(sentence))
        source = generated.source if generated else ""
        self.copy.setEnabled(bool(source) and not sentence)
        state = f"{bool(sentence)}{source}"
        if state != self._source:
            self._source = state
            self._show(source, dim=bool(sentence))
        self._mark()

    def _why_old(self) -> str:
        """Why the code is not that of the network as it is now, in the words of the problem list."""
        if not self._code.sentence:
            return ""
        wrong = [p for p in self._store.inference.problems if not p.warning]
        if not wrong:
            return self._code.sentence
        sentence = sentence_about(self._store.document, wrong[0])
        if self._code.generated is None:
            return self.tr("There is no code yet. {problem}").format(problem=sentence)
        return self.tr("{problem} This is the code from before.").format(problem=sentence)

    def _show(self, source: str, dim: bool) -> None:
        across, down = self.text.horizontalScrollBar().value(), self.text.verticalScrollBar().value()
        self._highlighter.set_source(source, dim)
        t, palette = tokens(), self.text.palette()
        palette.setColor(QPalette.ColorRole.Text, QColor(t.faint if dim else t.text))
        self.text.setPalette(palette)
        self.text.setStyleSheet(f"color: {t.faint if dim else t.text};")
        self.text.setPlainText(source)
        self.text.horizontalScrollBar().setValue(across)
        self.text.verticalScrollBar().setValue(down)

    @Slot()
    def _mark(self) -> None:
        if not self.isVisible() or self._code.sentence:
            self.text.mark_lines([])
            return
        ranges = [lines for i in self._store.selection if (lines := self._code.lines_of(i))]
        self.text.mark_lines(ranges)
        if ranges:
            self.text.show_line(ranges[0][0])

    @Slot(int)
    def _on_line(self, line: int) -> None:
        block_id = None if self._code.sentence else self._code.block_of(line)
        if block_id is not None:
            self._store.select((block_id,))
            self.chosen.emit(block_id)

    @Slot()
    def _on_copy(self) -> None:
        generated = self._code.generated
        if generated is not None:
            QGuiApplication.clipboard().setText(generated.source)
            self.copy.setText(self.tr("Copied"))
            QTimer.singleShot(1500, self.copy, self._say_copy)

    def _say_copy(self) -> None:
        self.copy.setText(self.tr("Copy"))

    @Slot()
    def _on_theme(self) -> None:
        self._recolour_icons()
        self._source = ""
        self._highlighter.recolour()
        if self.isVisible():
            self.refresh()
