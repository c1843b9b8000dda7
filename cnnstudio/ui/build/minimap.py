"""The whole of a tall network at the side of the canvas: where one is, and a way to anywhere else."""

from functools import cache

from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, QSize, Qt, QTimer, Slot
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QWidget

from cnnstudio.ui.build.canvas import Canvas
from cnnstudio.ui.build.layout import Placed
from cnnstudio.ui.theme import mix, theme, tokens

_WIDTH, _INSET, _MARGIN = 46, 5.0, 12
_TALL = 2.5
"""So many times the height of the canvas is a tall network."""
_DELAY_MS = 150
_LEAST_ROOM = 470
"""A narrower canvas has no room beside its cards."""


class Minimap(QWidget):
    """A strip with every block in its colour; a click or a drag shows the place."""

    def __init__(self, canvas: Canvas) -> None:
        super().__init__(canvas)
        self.setObjectName("minimap")
        self.setAccessibleName(self.tr("Overview of the network"))
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._canvas = canvas
        self._picture = QPixmap()
        # No edit waits for the overview.
        self._late = QTimer(self)
        self._late.setSingleShot(True)
        self._late.setInterval(_DELAY_MS)
        self._late.timeout.connect(self._draw_again)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        canvas.network.laidOut.connect(self._on_change)
        canvas.zoomChanged.connect(self.fit)
        canvas.verticalScrollBar().valueChanged.connect(self._on_scroll)
        canvas.viewport().installEventFilter(self)
        theme().changed.connect(self._on_change)
        self.hide()

    @Slot()
    def fit(self) -> None:
        """Shows itself beside a tall network, as high as the canvas, and hides beside a short one."""
        area = self._canvas.viewport().geometry()
        tall = self._canvas.sceneRect().height() * self._canvas.transform().m22() > _TALL * area.height()
        shown = tall and area.width() >= _LEAST_ROOM
        if shown and self.isHidden():
            self._picture = QPixmap()
        self.setVisible(shown)
        high = max(1, area.height() - 2 * _MARGIN)
        self.setGeometry(area.left() + _MARGIN, area.top() + _MARGIN, _WIDTH, high)
        if shown:
            self.update()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Resize, QEvent.Type.Show):
            self.fit()
        return False

    def paintEvent(self, event: QPaintEvent) -> None:
        ratio = self.devicePixelRatioF()
        if self._picture.isNull() or self._picture.size() != self.size() * ratio:
            self._picture = self._drawn(self.size(), ratio)
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._picture)
        port = self._canvas.viewport().rect()
        seen = self._canvas.mapToScene(port).boundingRect()
        top, bottom = (self._to_map(y) for y in (seen.top(), seen.bottom()))
        accent = QColor(tokens().accent)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(accent, 1.5))
        accent.setAlphaF(0.12)
        painter.setBrush(accent)
        frame = QRectF(1.5, top, self.width() - 3, max(6.0, bottom - top))
        painter.drawRoundedRect(frame.intersected(QRectF(self.rect()).adjusted(1, 1, -1, -1)), 3, 3)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._show_at(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._show_at(event.position())

    def _show_at(self, position: QPointF) -> None:
        scene = self._canvas.sceneRect()
        share = (position.y() - _INSET) / (self.height() - 2 * _INSET)
        middle = self._canvas.mapToScene(self._canvas.viewport().rect().center()).x()
        self._canvas.centerOn(QPointF(middle, scene.top() + share * scene.height()))

    def _to_map(self, y: float) -> float:
        scene = self._canvas.sceneRect()
        return _INSET + (y - scene.top()) / scene.height() * (self.height() - 2 * _INSET)

    def _drawn(self, size: QSize, ratio: float) -> QPixmap:
        t = tokens()
        picture = QPixmap(size * ratio)
        picture.setDevicePixelRatio(ratio)
        picture.fill(QColor(t.canvas))
        painter = QPainter(picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(t.border), 1.0))
        painter.setBrush(QColor(t.surface))
        painter.drawRoundedRect(QRectF(0.5, 0.5, size.width() - 1, size.height() - 1), 6, 6)
        painter.setPen(Qt.PenStyle.NoPen)
        for colour, areas in self._areas().items():
            painter.setBrush(QColor(colour.rpartition(" ")[2]))
            painter.drawRects(areas)
        painter.end()
        return picture

    def _areas(self) -> dict[str, list[QRectF]]:
        """Where each colour goes, what lies below first; heights are to scale, widths fill the strip."""
        network, scene, surface = self._canvas.network.network, self._canvas.sceneRect(), tokens().surface
        if network is None:
            return {}
        across = (self.width() - 2 * _INSET) / scene.width()
        down = (self.height() - 2 * _INSET) / scene.height()
        left, top = _INSET - scene.left() * across, _INSET - scene.top() * down
        frames: dict[str, list[QRectF]] = {}
        cards: dict[str, list[QRectF]] = {}
        level = [(placed, 0.0, 0.0) for placed in network.boxes]
        depth = 0
        while level:  # a level at a time: inner frames lie on outer ones
            inner: list[tuple[Placed, float, float]] = []
            for placed, around_x, around_y in level:
                box, x, y = placed.box, around_x + placed.x, around_y + placed.y
                words, high = box.card.words, box.height * down
                colour = tokens().danger if words.level == "fault" else words.colour
                area = QRectF(left + x * across, top + y * down, box.width * across, high)
                if box.framed or words.bypassed:
                    # The name of the level keeps the frames of one colour apart.
                    frames.setdefault(f"{depth} {_faint(colour, surface)}", []).append(area)
                else:
                    cards.setdefault(colour, []).append(area)
                if high > 2:
                    inner += ((child, x, y) for column in box.columns for child in column.children)
            level, depth = inner, depth + 1
        return {**frames, **cards}

    @Slot()
    def _on_change(self) -> None:
        self.fit()
        if not self.isHidden():
            self._late.start()

    @Slot()
    def _draw_again(self) -> None:
        self._picture = QPixmap()
        self.update()

    @Slot()
    def _on_scroll(self) -> None:
        self.update()


@cache
def _faint(colour: str, surface: str) -> str:
    return mix(colour, surface, 0.2)
