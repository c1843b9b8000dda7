"""What the window can be told to do by menus, buttons and shortcuts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QKeySequence

from cnnstudio.ui.actions import Actions, ActionSpec

if TYPE_CHECKING:
    from cnnstudio.ui.main_window import MainWindow

Key = QKeySequence.StandardKey


def window_actions(window: MainWindow) -> Actions:
    """The actions; they look for the workbench only when they are triggered."""

    def tr(text: str) -> str:
        return QCoreApplication.translate("MainWindow", text)

    actions = Actions(
        window,
        (
            ActionSpec("newAction", tr("New network"), lambda: window.work.documents.new(), Key.New),
            ActionSpec("openAction", tr("Open…"), lambda: window.work.documents.choose(), Key.Open),
            ActionSpec("saveAction", tr("Save"), lambda: window.work.documents.save(), Key.Save),
            ActionSpec("saveAsAction", tr("Save as…"), lambda: window.work.documents.save_as(), "Ctrl+Shift+S"),
            ActionSpec("undoAction", tr("Undo"), lambda: window.work.store.undo(), Key.Undo, "undo"),
            ActionSpec("redoAction", tr("Redo"), lambda: window.work.store.redo(), "Ctrl+Shift+Z", "redo"),
            ActionSpec(
                "exportAction", tr("Model as Python…"), lambda: window.work.documents.export_model(), "Ctrl+E"
            ),
            ActionSpec(
                "exportScriptAction",
                tr("Training script…"),
                lambda: window.work.documents.export_script(),
                "Ctrl+Shift+E",
            ),
            ActionSpec("trainAction", tr("Train"), lambda: window.work.control.train(), "Ctrl+R"),
            ActionSpec("quitAction", tr("Quit"), window.close, Key.Quit),
        ),
    )
    for name in ("undoAction", "redoAction"):
        actions[name].setEnabled(False)
    return actions
