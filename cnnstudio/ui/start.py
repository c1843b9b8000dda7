"""Opens the window; what is slow and not needed for the first paint is imported after it."""

import sys


def start(model: str | None) -> int:
    """Runs the application with a preset or a file open; returns the exit code."""
    from pathlib import Path

    from PySide6.QtWidgets import QApplication

    from cnnstudio.app.errors import ErrorReporter
    from cnnstudio.ui.main_window import MainWindow
    from cnnstudio.ui.theme import apply_theme, icon
    from cnnstudio.workspace.settings import load_settings

    app = QApplication(sys.argv[:1])
    app.setApplicationName("CNN Studio")
    app.setApplicationDisplayName("CNN Studio")
    app.setDesktopFileName("cnnstudio")
    apply_theme(app, load_settings().theme)
    app.setWindowIcon(icon("app"))
    window = MainWindow()
    errors = ErrorReporter()
    errors.happened.connect(window.tell_error)
    errors.install()
    if model is None:
        window.load_preset(FIRST)
    elif Path(model).suffix == ".json" or Path(model).exists():
        window.open_document(model)
    else:
        window.load_preset(model)
    window.show()
    try:
        return app.exec()
    finally:
        errors.remove()


FIRST = "cifar10-first-cnn"
"""What a new window shows: small enough to read and to train while one watches."""
