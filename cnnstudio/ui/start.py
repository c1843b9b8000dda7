"""Opens the window; what is slow and not needed for the first paint is imported after it."""

import gc
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

if TYPE_CHECKING:
    from cnnstudio.ui.main_window import MainWindow

FIRST = "cifar10-first-cnn"
"""What lies behind the start page: small enough to read, and to train while one watches."""
_SETTLED_MS = 4000
"""By then all that comes after the first paint is there."""


def start(model: str | None) -> int:
    """Runs the application with a preset or a file open; returns the exit code."""
    from cnnstudio.app.errors import ErrorReporter

    app = make_app()
    window = make_window(model)
    errors = ErrorReporter()
    errors.happened.connect(window.tell_error)
    errors.install()
    window.show()
    QTimer.singleShot(_SETTLED_MS, window, settle)
    try:
        return app.exec()
    finally:
        errors.remove()
        window.work.session.shutdown()


def settle() -> None:
    """Keeps the garbage collector from holding the window up.

    What has been imported stays: a hundred thousand objects, which took it 80 ms whenever it looked through
    them. What is made from now on is hardly ever part of a cycle, for documents and all that is known of
    them are trees; so it looks seldom, and never at much in one go.
    """
    gc.freeze()
    gc.set_threshold(5_000, 4, 50)


def make_app() -> QApplication:
    """The application with its look."""
    from cnnstudio.ui.theme import apply_theme, icon
    from cnnstudio.workspace.settings import load_settings

    app = QApplication(sys.argv[:1])
    app.setApplicationName("CNN Studio")
    app.setApplicationDisplayName("CNN Studio")
    app.setDesktopFileName("cnnstudio")
    apply_theme(app, load_settings().theme)
    QTimer.singleShot(0, app, lambda: app.setWindowIcon(icon("app")))  # drawn, so not before the first paint
    return app


def make_window(model: str | None) -> "MainWindow":
    """The window; once painted it opens a preset or a file, and says so where that cannot be read."""
    from cnnstudio.ui.main_window import MainWindow

    window = MainWindow(later=True)

    def open_model() -> None:
        if model is None:
            window.load_preset(FIRST)
            window.show_workspace("start")
        elif model.endswith(".json") or Path(model).is_file():
            window.open_document(model)
        else:
            window.load_preset(model)

    window.completed.connect(open_model)
    return window
