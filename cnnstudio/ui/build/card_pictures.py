"""Cards and labels as pictures: each is painted once for a size, and those that look alike share one.

While the size changes, time for new pictures is short: what does not get one at once shows its last one,
stretched, until the next frame.
"""

import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from math import ceil

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPixmap, QTransform

_MOST_BYTES = 128 << 20
_MOST_LOOKS = 50_000
BUDGET_SECONDS = 0.004
"""So long new pictures are painted in a frame, where there are old ones to show."""
LEGIBLE = 0.3
"""Text is left out at a smaller size."""

_Key = tuple[int, float]


class Pictures:
    """The pictures of one scene."""

    def __init__(self) -> None:
        self._numbers: dict[Hashable, int] = {}
        self._given = 0
        self._pictures: OrderedDict[_Key, QPixmap] = OrderedDict()
        self._latest: dict[int, _Key] = {}
        self._bytes = 0
        self._spent = 0.0
        self.missing = False
        """Whether something in this frame shows a stretched picture."""

    def look(self, appearance: Hashable) -> int:
        """A number for what something looks like: the same for the same."""
        number = self._numbers.get(appearance)
        if number is None:
            if len(self._numbers) >= _MOST_LOOKS:
                self._numbers.clear()
            number = self._numbers[appearance] = self._given
            self._given += 1  # never given again: who kept an old one shows nothing of others
        return number

    def forget(self) -> None:
        """Colours or fonts changed."""
        self._pictures.clear()
        self._latest.clear()
        self._bytes = 0

    def begin_frame(self) -> None:
        """A frame is painted from here on."""
        self._spent, self.missing = 0.0, False

    def draw(self, painter: QPainter, look: int, area: QRectF, stroke: Callable[[QPainter], None]) -> None:
        """Shows what ``stroke`` paints, whose bounds are ``area``, from its picture; makes it if need be."""
        world = painter.worldTransform()
        scale, ratio = world.m11(), painter.device().devicePixelRatioF()
        key = (look, scale * ratio)
        picture = self._pictures.get(key)
        if picture is None:
            old = self._latest.get(look)
            stretched = self._pictures.get(old) if old is not None else None
            if stretched is not None and self._spent > BUDGET_SECONDS:
                self.missing = True
                painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
                painter.drawPixmap(area, stretched, QRectF(stretched.rect()))
                return
            picture = self._made(key, area, (scale, ratio), stroke)
        self._pictures.move_to_end(key)
        # On whole pixels of the screen, or the text would blur.
        x = round((world.dx() + area.left() * scale) * ratio) / ratio
        y = round((world.dy() + area.top() * scale) * ratio) / ratio
        painter.setWorldTransform(QTransform.fromTranslate(x, y))
        painter.drawPixmap(QPointF(0, 0), picture)

    def _made(
        self, key: _Key, area: QRectF, sizes: tuple[float, float], stroke: Callable[[QPainter], None]
    ) -> QPixmap:
        begin = time.perf_counter()
        scale, ratio = sizes
        picture = QPixmap(ceil(area.width() * scale * ratio), ceil(area.height() * scale * ratio))
        picture.setDevicePixelRatio(ratio)
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.scale(scale, scale)
        painter.translate(-area.topLeft())
        stroke(painter)
        painter.end()
        self._pictures[key] = picture
        self._latest[key[0]] = key
        self._bytes += _bytes_of(picture)
        while self._bytes > _MOST_BYTES and len(self._pictures) > 1:
            _, oldest = self._pictures.popitem(last=False)
            self._bytes -= _bytes_of(oldest)
        self._spent += time.perf_counter() - begin
        return picture


def _bytes_of(picture: QPixmap) -> int:
    return picture.width() * picture.height() * 4
