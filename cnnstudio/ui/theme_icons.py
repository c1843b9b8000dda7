"""The shipped icons in the colours of the theme."""

from functools import lru_cache
from math import ceil

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QGuiApplication, QIcon, QPainter, QPixmap

from cnnstudio.workspace.resources import resource_path


@lru_cache(maxsize=256)
def coloured_icon(name: str, colour: str, disabled: str, size: int) -> QIcon:
    """``resources/icons/NAME.svg`` with its strokes in a colour; empty where there is no such file."""
    source = _source(name)
    if not source:
        return QIcon()
    made = QIcon()
    scale = _finest_scale()
    made.addPixmap(_drawn(source, colour, size, scale), QIcon.Mode.Normal)
    made.addPixmap(_drawn(source, disabled, size, scale), QIcon.Mode.Disabled)
    return made


def _finest_scale() -> int:
    """Of all screens, so that a window that moves from one to another stays sharp."""
    return max((ceil(screen.devicePixelRatio()) for screen in QGuiApplication.screens()), default=1)


@lru_cache(maxsize=64)
def _source(name: str) -> str:
    try:
        return resource_path("icons", f"{name}.svg").read_text(encoding="utf-8")
    except OSError:
        return ""


def _drawn(source: str, colour: str, size: int, scale: int) -> QPixmap:
    from PySide6.QtSvg import QSvgRenderer

    pixmap = QPixmap(size * scale, size * scale)
    pixmap.fill(Qt.GlobalColor.transparent)
    renderer = QSvgRenderer(QByteArray(source.replace("currentColor", colour).encode()))
    painter = QPainter(pixmap)
    renderer.render(painter, QRectF(0, 0, size * scale, size * scale))
    painter.end()
    pixmap.setDevicePixelRatio(scale)
    return pixmap
