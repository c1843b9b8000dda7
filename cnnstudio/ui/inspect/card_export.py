"""A card as a picture: saved as PNG or SVG, or copied."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QPoint, QRect, QSize
from PySide6.QtGui import QGuiApplication, QImage, QPainter, QRegion
from PySide6.QtWidgets import QWidget

_SCALE = 2


def card_image(widget: QWidget) -> QImage:
    """What is to be seen, twice as fine as on an ordinary screen."""
    image = QImage(widget.size() * _SCALE, QImage.Format.Format_ARGB32_Premultiplied)
    image.setDevicePixelRatio(_SCALE)
    image.fill(widget.palette().window().color())
    widget.render(image)
    return image


def save_png(widget: QWidget, path: Path) -> bool:
    """Whether it could be written."""
    return card_image(widget).save(str(path), "PNG")  # type: ignore[call-overload,no-any-return]


def save_svg(widget: QWidget, path: Path) -> bool:
    """Lines and words as such, images as images; whether it could be written."""
    from PySide6.QtSvg import QSvgGenerator

    generator = QSvgGenerator(QSvgGenerator.SvgVersion.Svg11)
    generator.setFileName(str(path))
    generator.setSize(QSize(widget.width(), widget.height()))
    generator.setViewBox(QRect(0, 0, widget.width(), widget.height()))
    generator.setTitle(widget.accessibleName())
    painter = QPainter()
    if not painter.begin(generator):
        return False
    painter.fillRect(widget.rect(), widget.palette().window())
    widget.render(painter, QPoint(), QRegion(), QWidget.RenderFlag.DrawChildren)
    painter.end()
    return path.is_file()


def copy(widget: QWidget) -> None:
    """Puts it into the clipboard."""
    QGuiApplication.clipboard().setImage(card_image(widget))
