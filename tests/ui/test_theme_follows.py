"""The whole window follows the desktop while it is open: bars, canvas, overview, code, plots."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from cnnstudio.ui import theme as look
from cnnstudio.ui.main_window import MainWindow
from cnnstudio.ui.theme_tokens import DARK, LIGHT, Tokens


class Desktop:
    """Says whether the desktop is dark, and tells when that changes, as Qt does."""

    def __init__(self, app: QApplication) -> None:
        self._hints = app.styleHints()
        self.dark = False

    def turn(self, dark: bool) -> None:
        """The person changes the look of the desktop."""
        self.dark = dark
        self._hints.colorSchemeChanged.emit(self._hints.colorScheme())


@pytest.fixture
def desktop(qapp: QApplication, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desktop]:
    desktop = Desktop(qapp)
    monkeypatch.setattr(look, "_desktop_is_dark", lambda: desktop.dark)
    yield desktop
    look.apply_theme(qapp, "light")


def choose(window: MainWindow, mode: str) -> None:
    (action,) = (
        a
        for a in window.findChildren(type(window.window_actions["undoAction"]))
        if a.objectName() == f"{mode}ThemeAction"
    )
    action.trigger()


def ground(widget: QWidget, x: int = 3, y: int = 3) -> QColor:
    image = widget.grab().toImage()
    return image.pixelColor(QPoint(x, y) * image.devicePixelRatio())


def shows(window: MainWindow, colours: Tokens) -> bool:
    """Whether everything that paints itself is in these colours."""
    build = window.work.build
    card = build.canvas.network.item_of("b1")
    assert card is not None
    inside = build.canvas.mapFromScene(card.mapToScene(card.rect().width() / 2, 4))
    return (
        ground(build.canvas.viewport(), 1, build.canvas.viewport().height() - 2) == QColor(colours.canvas)
        and ground(build.canvas.viewport(), inside.x(), inside.y()) == QColor(colours.surface)
        and ground(build.minimap, 4, build.minimap.height() - 6) == QColor(colours.surface)
        and ground(window.header, 2, 4) == QColor(colours.surface)
    )


def test_an_open_window_follows_the_desktop(qtbot: QtBot, window: MainWindow, desktop: Desktop) -> None:
    window.resize(1440, 900)
    window.load_preset("resnet50")
    window.show_workspace("build")
    choose(window, "system")
    qtbot.waitUntil(lambda: shows(window, LIGHT))
    desktop.turn(dark=True)
    qtbot.waitUntil(lambda: shows(window, DARK))
    desktop.turn(dark=False)
    qtbot.waitUntil(lambda: shows(window, LIGHT))


def test_the_plots_follow_it_too(qtbot: QtBot, window: MainWindow, desktop: Desktop) -> None:
    window.work.train.prepare_plots()
    window.show_workspace("train")
    choose(window, "system")
    for name in ("lossPlot", "accuracyPlot"):
        qtbot.waitUntil(lambda name=name: window.findChild(QWidget, name) is not None)  # type: ignore[misc]
        plot = window.findChild(QWidget, name)
        assert plot is not None
        qtbot.waitUntil(lambda plot=plot: ground(plot) == QColor(LIGHT.surface))  # type: ignore[misc]
        desktop.turn(dark=True)
        qtbot.waitUntil(lambda plot=plot: ground(plot) == QColor(DARK.surface))  # type: ignore[misc]
        desktop.turn(dark=False)
        qtbot.waitUntil(lambda plot=plot: ground(plot) == QColor(LIGHT.surface))  # type: ignore[misc]


def test_a_choice_of_ones_own_stays(qtbot: QtBot, window: MainWindow, desktop: Desktop) -> None:
    window.load_preset("resnet50")
    choose(window, "dark")
    qtbot.waitUntil(lambda: shows(window, DARK))
    desktop.turn(dark=True)
    desktop.turn(dark=False)
    qtbot.wait(20)
    assert shows(window, DARK)
    choose(window, "system")
    qtbot.waitUntil(lambda: shows(window, LIGHT))
