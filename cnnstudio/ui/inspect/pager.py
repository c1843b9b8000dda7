"""Steps through more than can be shown at once: ``64–127 of 512``, with a button before and behind."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QWidget

from cnnstudio.ui.inspect.gestures import PAGE_BACK, PAGE_FORWARD
from cnnstudio.ui.theme import icon, theme


class Pager(QWidget):
    """Hidden where one page holds everything. PageUp and PageDown work wherever its parent has the focus."""

    turned = Signal()

    def __init__(self, name: str, size: int, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.size_ = size
        self._page = self._total = 0
        self.back = self._button(f"{name}Back", self.tr("Those before (PageUp)"), -1)
        self.forward = self._button(f"{name}Forward", self.tr("The next ones (PageDown)"), 1)
        self.words = QLabel(self)
        self.words.setObjectName(f"{name}Words")
        self.words.setProperty("role", "muted")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        for widget in (self.back, self.words, self.forward):
            row.addWidget(widget)
        self._page_key(parent, PAGE_BACK, -1)
        self._page_key(parent, PAGE_FORWARD, 1)
        theme().changed.connect(self._paint)
        self._paint()
        self.hide()

    @property
    def page(self) -> int:
        """From 0."""
        return self._page

    @property
    def first(self) -> int:
        """The number of the first thing on the page."""
        return self._page * self.size_

    def show_total(self, total: int) -> None:
        """So many things there are; 0 or what fits on a page hides the pager."""
        self._total = total
        self._page = min(self._page, max(0, (total - 1) // self.size_))
        self._tell()

    def show_number(self, number: int) -> bool:
        """Turns to the page of a thing, without telling; whether that is another one."""
        page = max(0, min(number, self._total - 1)) // self.size_
        page, self._page = self._page, page
        self._tell()
        return page != self._page

    def step(self, by: int) -> None:
        """So many pages further, as far as there are any."""
        page = max(0, min((self._total - 1) // self.size_, self._page + by))
        if self._total and page != self._page:
            self._page = page
            self._tell()
            self.turned.emit()

    def _tell(self) -> None:
        last = min(self._total, self.first + self.size_)
        text = self.tr("{first}–{last} of {total}")
        self.words.setText(text.format(first=self.first + 1, last=last, total=self._total))
        self.back.setEnabled(self._page > 0)
        self.forward.setEnabled(last < self._total)
        self.setVisible(self._total > self.size_)

    def _button(self, name: str, text: str, by: int) -> QToolButton:
        button = QToolButton(self)
        button.setObjectName(name)
        button.setAccessibleName(text)
        button.setToolTip(text)
        button.setIconSize(QSize(12, 12))
        button.clicked.connect(lambda: self.step(by))
        return button

    def _page_key(self, parent: QWidget, key: str, by: int) -> None:
        shortcut = QShortcut(QKeySequence(key), parent, lambda: self.step(by))
        shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)

    @Slot()
    def _paint(self) -> None:
        self.back.setIcon(icon("step-back", size=12))
        self.forward.setIcon(icon("step-forward", size=12))
