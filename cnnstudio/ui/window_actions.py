"""What the window can be told to do by menus, buttons and shortcuts."""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QKeySequence

from cnnstudio.ui.actions import Actions, ActionSpec

if TYPE_CHECKING:
    from cnnstudio.ui.main_window import MainWindow

Key = QKeySequence.StandardKey


def window_actions(window: MainWindow) -> Actions:
    """The actions. The workbench is looked for only when one is triggered: it comes after the first paint."""

    def tr(text: str) -> str:
        return QCoreApplication.translate("MainWindow", text)

    def spec(name: str, text: str, path: str, keys: Key | str | None = None, icon: str = "") -> ActionSpec:
        method = attrgetter(path)

        def act() -> None:
            method(window)()

        return ActionSpec(name, text, act, keys, icon)

    actions = Actions(
        window,
        (
            spec("newAction", tr("New network"), "work.documents.new", Key.New),
            spec("openAction", tr("Open…"), "work.documents.choose", Key.Open),
            spec("saveAction", tr("Save"), "work.documents.save", Key.Save),
            spec("saveAsAction", tr("Save as…"), "work.documents.save_as", "Ctrl+Shift+S"),
            spec("revertAction", tr("Revert to saved…"), "work.documents.revert"),
            spec("startPageAction", tr("Start page"), "work.show_start_page"),
            spec("undoAction", tr("Undo"), "work.store.undo", Key.Undo, "undo"),
            spec("redoAction", tr("Redo"), "work.store.redo", "Ctrl+Shift+Z", "redo"),
            spec("exportAction", tr("Model as Python…"), "work.documents.export_model", "Ctrl+E"),
            spec(
                "exportScriptAction", tr("Training script…"), "work.documents.export_script", "Ctrl+Shift+E"
            ),
            spec("exportSvgAction", tr("Diagram as SVG…"), "work.diagrams.export_svg"),
            spec("exportPngAction", tr("Diagram as PNG…"), "work.diagrams.export_png"),
            spec("exportPdfAction", tr("Diagram as PDF…"), "work.diagrams.export_pdf"),
            spec("printAction", tr("Print diagram…"), "work.diagrams.print", Key.Print),
            spec("commandsAction", tr("Commands…"), "work.show_commands", "Ctrl+K"),
            spec("keysAction", tr("Keys and mouse"), "work.show_keys", "F1"),
            spec("trainAction", tr("Train"), "work.control.train", "Ctrl+R"),
            spec("pauseAction", tr("Pause the training"), "work.control.pause_or_resume", "F6"),
            spec("stopAction", tr("Stop the training now"), "work.control.stop_now", "Shift+F5"),
            spec(
                "stopAfterEpochAction",
                tr("Stop after this epoch"),
                "work.control.toggle_stop_after_epoch",
                "Shift+F6",
            ),
            spec("findRateAction", tr("Find a learning rate…"), "work.room.find_rate"),
            spec("quitAction", tr("Quit"), "close", Key.Quit),
        ),
    )
    # The one is usual on a Mac and under Linux, the other under Windows.
    actions["redoAction"].setShortcuts([QKeySequence("Ctrl+Shift+Z"), QKeySequence("Ctrl+Y")])
    for name in (
        "undoAction",
        "redoAction",
        "revertAction",
        "pauseAction",
        "stopAction",
        "stopAfterEpochAction",
    ):
        actions[name].setEnabled(False)
    return actions
