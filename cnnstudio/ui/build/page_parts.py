"""What the pages of the inspector have in common: the head, and the switch to the first repetition."""

from PySide6.QtCore import QSize, Signal, Slot
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from cnnstudio.ui.theme import icon, theme, tokens


class PageHead(QWidget):
    """The title of a block and what it does."""

    def __init__(self, title: str, text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = QLabel(title, self)
        self.title.setObjectName("inspectorTitle")
        self.title.setProperty("role", "title")
        self.text = QLabel(text, self)
        self.text.setProperty("role", "muted")
        self.text.setWordWrap(True)
        self.text.setVisible(bool(text))
        self._row = QHBoxLayout()
        self._row.setSpacing(8)
        self._row.addWidget(self.title, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(3)
        column.addLayout(self._row)
        column.addWidget(self.text)

    def add(self, widget: QWidget) -> None:
        """Puts a control behind the title."""
        self._row.addWidget(widget)


class BypassBox(QCheckBox):
    """Whether the network does without the block, which stays where it is."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setText(self.tr("Bypass"))
        self.setObjectName("bypassBox")
        self.setAccessibleName(self.tr("Bypass this block"))
        self.setToolTip(self.tr("Keeps the block, but lets the network do without it (Ctrl+B)"))


class ExplainButton(QToolButton):
    """Leads to the block's arithmetic, step by step."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("explainButton")
        self.setAccessibleName(self.tr("Explain this block"))
        self.setToolTip(self.tr("Explain this block: its arithmetic, step by step (Ctrl+L)"))
        self.setProperty("role", "ghost")
        self.setIconSize(QSize(16, 16))
        theme().changed.connect(self._paint)
        self._paint()

    def _paint(self) -> None:
        self.setIcon(icon("learn", tokens().accent, 16))


class ResetAll(QPushButton):
    """Gives all parameters their defaults."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setText(self.tr("Reset all to their defaults"))
        self.setObjectName("resetAllButton")
        self.setAccessibleName(self.text())
        self.setProperty("role", "offer")


class FirstSwitch(QWidget):
    """Inside a Repeat: which repetitions the form is about."""

    modeChanged = Signal()
    onlyFirstChanged = Signal(bool)
    sameAgain = Signal()
    """The first repetition is to be like the others."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._all = self._segment(self.tr("Every repetition"), "firstSwitchAll")
        self._first = self._segment(self.tr("First only"), "firstSwitchFirst")
        self._all.setChecked(True)
        self._group = QButtonGroup(self)
        self._group.addButton(self._all)
        self._group.addButton(self._first)
        self._only = QCheckBox(self.tr("Exists in the first repetition only"), self)
        self._only.setObjectName("onlyFirstBox")
        self._only.setAccessibleName(self._only.text())
        self._same = QPushButton(self.tr("Same as the others"), self)
        self._same.setObjectName("sameAsOthersButton")
        self._same.setAccessibleName(self._same.text())
        self._same.setProperty("role", "link")
        row = QHBoxLayout()
        row.setSpacing(6)
        row.addWidget(self._all, 1)
        row.addWidget(self._first, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addLayout(row)
        column.addWidget(self._only)
        column.addWidget(self._same)
        self._group.buttonToggled.connect(self._on_toggled)
        self._only.clicked.connect(self.onlyFirstChanged)
        self._same.clicked.connect(self.sameAgain)

    def _segment(self, text: str, name: str) -> QPushButton:
        button = QPushButton(text, self)
        button.setObjectName(name)
        button.setAccessibleName(text)
        button.setProperty("role", "segment")
        button.setCheckable(True)
        return button

    @property
    def first(self) -> bool:
        """Whether the form is about the first repetition alone."""
        return self._first.isChecked()

    def show_first(self, first: bool) -> None:
        """Turns to the first repetition, or to all."""
        (self._first if first else self._all).setChecked(True)

    def show_state(self, repeated: bool, only_first: bool, differs: bool) -> None:
        """Shows what can be chosen for this block."""
        self.setVisible(repeated)
        self._all.setEnabled(not only_first)
        self._first.setEnabled(not only_first)
        self._only.setChecked(only_first)
        self._same.setVisible(differs and not only_first)
        mark = " •" if differs else ""
        self._first.setText(self.tr("First only") + mark)

    @Slot()
    def _on_toggled(self) -> None:
        self.modeChanged.emit()
