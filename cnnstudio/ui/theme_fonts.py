"""The shipped fonts: Inter for text, DejaVu Sans Mono for numbers and code; else what the system has."""

from functools import cache

from PySide6.QtGui import QFont, QFontDatabase

from cnnstudio.workspace.resources import resource_path

UI_FAMILY = "Inter"
MONO_FAMILY = "DejaVu Sans Mono"
_FILES = ("Inter-Regular.otf", "Inter-Medium.otf", "Inter-SemiBold.otf", "DejaVuSansMono.ttf")


@cache
def load_fonts() -> None:
    """Makes the shipped fonts known to Qt; a missing one leaves the system's in place."""
    for name in _FILES:
        try:
            path = resource_path("fonts", name)
        except FileNotFoundError:
            return
        if path.is_file():
            QFontDatabase.addApplicationFont(str(path))


@cache
def _families() -> frozenset[str]:
    return frozenset(QFontDatabase.families())


@cache
def ui_font(size: float = 13, weight: QFont.Weight = QFont.Weight.Normal) -> QFont:
    """The text font in pixels."""
    load_fonts()
    known = UI_FAMILY in _families()
    font = QFont(UI_FAMILY) if known else QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont)
    # Inter has another × between digits, without a character to it: a PDF would read "3 3" when searched.
    font.setFeature(QFont.Tag("calt"), 0)
    return _sized(font, size, weight)


@cache
def mono_font(size: float = 12, weight: QFont.Weight = QFont.Weight.Normal) -> QFont:
    """The font of shapes, formulas and code in pixels."""
    load_fonts()
    known = MONO_FAMILY in _families()
    font = QFont(MONO_FAMILY) if known else QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
    font.setStyleHint(QFont.StyleHint.Monospace)
    return _sized(font, size, weight)


def _sized(font: QFont, size: float, weight: QFont.Weight) -> QFont:
    font.setPixelSize(round(size))
    font.setWeight(weight)
    font.setHintingPreference(QFont.HintingPreference.PreferVerticalHinting)
    return font
