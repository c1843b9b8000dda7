"""Pixels of messages as images. Without numpy, which the window does not need for that."""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPen

from cnnstudio.core.messages import Tensor
from cnnstudio.ui.theme import tokens

_RADIUS = 3.0


def images_of(tensor: Tensor) -> list[QImage]:
    """An image for each of uint8 pixels (N, height, width, channels); of many channels the first three."""
    count, height, width, channels = tensor.shape
    size = height * width * channels
    return [
        _image(tensor.data[start : start + size], height, width, channels)
        for start in range(0, count * size, size)
    ]


def _image(data: bytes, height: int, width: int, channels: int) -> QImage:
    if channels in (1, 2):
        grey = data[::channels]
        return QImage(grey, width, height, width, QImage.Format.Format_Grayscale8).copy()
    if channels > 3:
        colour = bytearray(3 * height * width)
        for channel in range(3):
            colour[channel::3] = data[channel::channels]
        data = bytes(colour)
    return QImage(data, width, height, 3 * width, QImage.Format.Format_RGB888).copy()


def paint_tile(painter: QPainter, image: QImage, area: QRectF) -> None:
    """An image with round corners and a hairline; crisp where it is enlarged, for a pixel is a number."""
    painter.save()
    outline = QPainterPath()
    outline.addRoundedRect(area, _RADIUS, _RADIUS)
    painter.setClipPath(outline)
    smooth = image.width() > area.width() * painter.device().devicePixelRatioF()
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, smooth)
    shown = image.size().scaled(area.size().toSize(), Qt.AspectRatioMode.KeepAspectRatioByExpanding)
    target = QRectF(0, 0, shown.width(), shown.height())
    target.moveCenter(area.center())
    painter.drawImage(target, image)
    painter.restore()
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(QColor(tokens().border), 1))
    painter.drawPath(outline)
