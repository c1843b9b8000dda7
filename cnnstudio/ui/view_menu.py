"""The look of the window: light, dark, or as the system is; and what keys and mouse can do in it."""

from contextlib import suppress
from dataclasses import replace

from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QApplication, QMenu, QWidget

from cnnstudio.ui.theme import Mode, apply_theme, theme
from cnnstudio.workspace.settings import load_settings, save_settings


class ViewMenu(QMenu):
    """One of three looks; the choice is kept."""

    def __init__(self, keys: QAction, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("viewMenu")
        group = QActionGroup(self)
        names: dict[Mode, str] = {
            "light": self.tr("Light"),
            "dark": self.tr("Dark"),
            "system": self.tr("As the system"),
        }
        for mode, text in names.items():
            action = QAction(text, self)
            action.setObjectName(f"{mode}ThemeAction")
            action.setCheckable(True)
            action.setChecked(mode == theme().mode)
            action.setData(mode)
            group.addAction(action)
            self.addAction(action)
        group.triggered.connect(self._choose)
        self.addSeparator()
        self.addAction(keys)

    def _choose(self, action: QAction) -> None:
        mode: Mode = action.data()
        app = QApplication.instance()
        if isinstance(app, QApplication):
            apply_theme(app, mode)
        with suppress(OSError):  # the look is there; only the next start does not know
            save_settings(replace(load_settings(), theme=mode))
