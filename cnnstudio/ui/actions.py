"""The window's actions, by name: what menus, buttons and shortcuts share."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget

from cnnstudio.ui.theme import icon, theme

Keys = QKeySequence.StandardKey | str | None


@dataclass(frozen=True, slots=True)
class ActionSpec:
    """An action before Qt knows it."""

    name: str
    text: str
    act: Callable[[], None]
    keys: Keys = None
    icon: str = ""


class Actions(QObject):
    """All actions of a window; their icons follow the theme."""

    def __init__(self, window: QWidget, specs: tuple[ActionSpec, ...]) -> None:
        super().__init__(window)
        self.specs = specs
        """As they were given: the text of some follows what would be undone."""
        self._icons = {spec.name: spec.icon for spec in specs if spec.icon}
        self._by_name = {spec.name: self._make(window, spec) for spec in specs}
        theme().changed.connect(self.paint)
        self.paint()

    def __getitem__(self, name: str) -> QAction:
        return self._by_name[name]

    def paint(self) -> None:
        """Draws the icons in the colours of the theme."""
        for name, picture in self._icons.items():
            self._by_name[name].setIcon(icon(picture))

    @staticmethod
    def _make(window: QWidget, spec: ActionSpec) -> QAction:
        action = QAction(spec.text, window)
        action.setObjectName(spec.name)
        # triggered() carries whether the action is checked, which is nobody's argument.
        action.triggered.connect(lambda _: spec.act())
        if spec.keys is not None:
            action.setShortcut(QKeySequence(spec.keys))
            shown = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
            action.setToolTip(f"{spec.text.rstrip('…')} ({shown})")
        window.addAction(action)
        return action
