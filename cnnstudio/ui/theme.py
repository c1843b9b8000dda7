"""The look of the window: Fusion with a palette and a stylesheet of our own, light and dark.

Our own, because Qt's colour scheme cannot be set on every platform. What paints by itself asks
:func:`tokens` for colours and repaints on ``theme().changed``.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from string import Template
from typing import Literal

import shiboken6
from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtGui import QColor, QGuiApplication, QIcon, QPalette
from PySide6.QtWidgets import QApplication

from cnnstudio.ui.theme_fonts import MONO_FAMILY, mono_font, ui_font
from cnnstudio.ui.theme_icons import coloured_icon
from cnnstudio.ui.theme_tokens import DARK, LIGHT, Tokens, block_colour, mix
from cnnstudio.workspace.resources import resource_path

__all__ = [
    "Mode",
    "Theme",
    "Tokens",
    "apply_theme",
    "block_colour",
    "icon",
    "light_colours",
    "mix",
    "mono_font",
    "theme",
    "tokens",
    "ui_font",
]

Mode = Literal["light", "dark", "system"]
Role = QPalette.ColorRole


class Theme(QObject):
    """What is shown now. There is one for the application."""

    changed = Signal(object)
    """The colours became others (carries :class:`Tokens`)."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.mode: Mode = "system"
        self.tokens = LIGHT
        self._styled = False

    def apply(self, app: QApplication, mode: Mode) -> None:
        """Gives the application its look; ``system`` follows the desktop from now on."""
        self.mode = mode
        wanted = DARK if mode == "dark" or (mode == "system" and _desktop_is_dark()) else LIGHT
        if not self._styled:
            app.setStyle("Fusion")
            app.setFont(ui_font())
            app.styleHints().colorSchemeChanged.connect(self._follow)
        if self._styled and wanted is self.tokens:
            return
        self._styled = True
        self.tokens = wanted
        app.setPalette(_palette(wanted))
        app.setStyleSheet(_stylesheet(wanted))
        self.changed.emit(wanted)

    @Slot()
    def _follow(self) -> None:
        app = QApplication.instance()
        if self.mode == "system" and isinstance(app, QApplication):
            self.apply(app, "system")


_theme: Theme | None = None


def theme() -> Theme:
    """The application's theme."""
    global _theme  # noqa: PLW0603  # there is one application, and one theme
    if _theme is None or not shiboken6.isValid(_theme):
        _theme = Theme(QApplication.instance())
    return _theme


def tokens() -> Tokens:
    """The colours shown now."""
    return theme().tokens


@contextmanager
def light_colours() -> Iterator[None]:
    """What is painted meanwhile is for paper: :func:`tokens` are the light ones, and nobody is told."""
    now = theme()
    shown, now.tokens = now.tokens, LIGHT
    try:
        yield
    finally:
        now.tokens = shown


def apply_theme(app: QApplication, mode: Mode) -> None:
    """Gives the application its look: light, dark, or as the desktop is."""
    theme().apply(app, mode)


def icon(name: str, colour: str | None = None, size: int = 20) -> QIcon:
    """A shipped icon in a colour (the text's, if not given); ask again when the theme changes."""
    now = tokens()
    return coloured_icon(name, colour or now.text, now.faint, size)


def _desktop_is_dark() -> bool:
    return QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Dark


def _palette(t: Tokens) -> QPalette:
    palette = QPalette()
    colours = {
        Role.Window: t.surface,
        Role.Base: t.canvas,
        Role.AlternateBase: t.hover,
        Role.Button: t.surface,
        Role.WindowText: t.text,
        Role.Text: t.text,
        Role.ButtonText: t.text,
        Role.PlaceholderText: t.faint,
        Role.Highlight: t.accent,
        Role.HighlightedText: t.on_accent,
        Role.Link: t.accent,
        Role.LinkVisited: t.accent,
        Role.BrightText: t.danger,
        Role.ToolTipBase: t.text if not t.dark else t.pressed,
        Role.ToolTipText: t.surface if not t.dark else t.text,
        Role.Light: mix("#ffffff", t.surface, 0.1 if t.dark else 1),
        Role.Midlight: t.hover,
        Role.Mid: t.border_strong,
        Role.Dark: t.border_strong,
        Role.Shadow: "#000000",
        Role.Accent: t.accent,
    }
    for role, colour in colours.items():
        palette.setColor(role, QColor(colour))
    for role in (Role.WindowText, Role.Text, Role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, role, QColor(t.faint))
    palette.setColor(QPalette.ColorGroup.Disabled, Role.Highlight, QColor(t.border_strong))
    return palette


def _stylesheet(t: Tokens) -> str:
    try:
        text = resource_path("theme", "window.qss").read_text(encoding="utf-8")
    except OSError:
        return ""
    icons = resource_path("theme").as_posix()
    shades = {
        "accent_hover": mix("#000000" if not t.dark else "#ffffff", t.accent, 0.1),
        "accent_pressed": mix("#000000", t.accent, 0.2),
        "accent_soft": mix(t.accent, t.surface, 0.14),
        "danger_soft": mix(t.danger, t.surface, 0.08),
        "scroll": mix(t.muted, t.surface, 0.35),
        "scroll_hover": mix(t.muted, t.surface, 0.6),
        "mono": MONO_FAMILY,
        "images": icons,
        "scheme": "dark" if t.dark else "light",
    }
    colours = {name: str(getattr(t, name)) for name in Tokens.__slots__ if name != "dark"}
    return Template(text).substitute(colours | shades)
