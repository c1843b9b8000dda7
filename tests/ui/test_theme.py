"""The theme: light, dark, as the desktop is; icons and fonts."""

from collections.abc import Iterator

import pytest
from PySide6.QtGui import QColor, QFontInfo, QPalette
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from cnnstudio.core.registry import block_types
from cnnstudio.ui import theme as look
from cnnstudio.ui.theme_tokens import DARK, LIGHT


@pytest.fixture
def app(qapp: QApplication) -> Iterator[QApplication]:
    look.apply_theme(qapp, "light")
    yield qapp
    look.apply_theme(qapp, "light")


def test_light_and_dark_change_palette_stylesheet_and_tell(qtbot: QtBot, app: QApplication) -> None:
    light = app.styleSheet()
    with qtbot.waitSignal(look.theme().changed) as told:
        look.apply_theme(app, "dark")
    assert told.args == [DARK]
    assert look.tokens() is DARK
    assert app.palette().color(QPalette.ColorRole.Window) == QColor(DARK.surface)
    assert app.styleSheet() != light
    assert "$" not in app.styleSheet()


def test_the_same_again_does_nothing(qtbot: QtBot, app: QApplication) -> None:
    with qtbot.assertNotEmitted(look.theme().changed):
        look.apply_theme(app, "light")


def test_system_follows_the_desktop(qtbot: QtBot, app: QApplication, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(look, "_desktop_is_dark", lambda: True)
    look.apply_theme(app, "system")
    assert look.tokens() is DARK
    monkeypatch.setattr(look, "_desktop_is_dark", lambda: False)
    app.styleHints().colorSchemeChanged.emit(app.styleHints().colorScheme())
    assert look.tokens() is LIGHT
    look.apply_theme(app, "light")
    monkeypatch.setattr(look, "_desktop_is_dark", lambda: True)
    app.styleHints().colorSchemeChanged.emit(app.styleHints().colorScheme())
    assert look.tokens() is LIGHT


def test_icons_take_the_colour_of_the_theme(app: QApplication) -> None:
    image = look.icon("play", "#ff0000", 20).pixmap(20, 20).toImage()
    colours = {
        image.pixelColor(x, y).name()
        for x in range(20)
        for y in range(20)
        if image.pixelColor(x, y).alpha() > 250
    }
    assert colours == {"#ff0000"}
    assert look.icon("there is no such icon").isNull()


def test_the_shipped_fonts_are_used(app: QApplication) -> None:
    assert QFontInfo(look.ui_font()).family() == "Inter"
    assert QFontInfo(look.mono_font()).family() == "DejaVu Sans Mono"


@pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=["light", "dark"])
def test_text_can_be_read_on_what_it_stands_on(tokens: look.Tokens) -> None:
    for text in (tokens.text, tokens.muted, tokens.danger):
        for ground in (tokens.surface, tokens.canvas):
            assert _contrast(text, ground) > 4, (text, ground)


def test_every_block_type_has_a_colour() -> None:
    assert all(look.block_colour(b.__name__, b.category).startswith("#") for b in block_types())


def _contrast(first: str, second: str) -> float:
    """After WCAG 2."""

    def luminance(colour: str) -> float:
        parts = [v / 255 for v in bytes.fromhex(colour[1:])]
        red, green, blue = (v / 12.92 if v <= 0.03928 else ((v + 0.055) / 1.055) ** 2.4 for v in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    low, high = sorted((luminance(first), luminance(second)))
    return (high + 0.05) / (low + 0.05)
