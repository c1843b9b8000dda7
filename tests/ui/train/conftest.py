"""The window with a network that can be trained."""

import pytest

from cnnstudio.ui.main_window import MainWindow


@pytest.fixture
def ready(window: MainWindow) -> MainWindow:
    window.load_preset("cifar10-first-cnn")
    combo = window.header.data
    combo.setCurrentIndex(combo.findData("shapes"))
    window.show_workspace("train")
    return window
