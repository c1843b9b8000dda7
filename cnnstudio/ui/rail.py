"""The rail at the left that switches between workspaces."""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QFrame, QToolButton, QVBoxLayout, QWidget

from cnnstudio.ui.theme import icon, theme, tokens

WIDTH = 64
_ICON = 22


class WorkspaceRail(QFrame):
    """One button a workspace; exactly one is down."""

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("workspaceRail")
        self.setAccessibleName(self.tr("Workspaces"))
        self.setProperty("role", "rail")
        self.setFixedWidth(WIDTH)
        self._group = QButtonGroup(self)
        self._buttons: dict[str, QToolButton] = {}
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 4, 0, 0)
        self._column.setSpacing(2)
        self._column.addStretch()
        theme().changed.connect(self._paint)

    def add(self, name: str, text: str, keys: str) -> None:
        """Adds a workspace below the others; its icon has its name."""
        button = QToolButton(self)
        button.setObjectName(f"{name}WorkspaceButton")
        button.setAccessibleName(text)
        button.setText(text)
        button.setToolTip(f"{text} ({keys})")
        button.setProperty("role", "rail")
        button.setCheckable(True)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
        button.setIconSize(QSize(_ICON, _ICON))
        button.setFixedSize(WIDTH - 1, 56)
        button.setShortcut(keys)
        button.clicked.connect(lambda: self.chosen.emit(name))
        self._group.addButton(button)
        self._buttons[name] = button
        self._column.insertWidget(self._column.count() - 1, button)
        self._paint()

    def show_chosen(self, name: str) -> None:
        """Marks the workspace that is shown."""
        self._buttons[name].setChecked(True)
        self._paint()

    def _paint(self) -> None:
        t = tokens()
        for name, button in self._buttons.items():
            button.setIcon(icon(name, t.accent if button.isChecked() else t.muted, _ICON))
