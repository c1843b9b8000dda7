"""The translation test: the picture moves by a pixel; how far does what each block makes of it move?"""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QScrollArea, QSpinBox, QVBoxLayout, QWidget

from cnnstudio.core.looks import Shift, Shifted
from cnnstudio.ui.inspect.block_names import short_names
from cnnstudio.ui.inspect.look_card import LookCard
from cnnstudio.ui.inspect.picture_view import PictureView
from cnnstudio.ui.inspect.room import Room
from cnnstudio.ui.theme import theme, tokens, ui_font

_LINE = 22


class ShiftCard(LookCard):
    """For the network that is looked at."""

    def __init__(self, room: Room, parent: QWidget | None = None) -> None:
        super().__init__(room, "inspectShiftCard", "", "", parent)
        self.title.setText(self.tr("Shift test"))
        self.setAccessibleName(self.title.text())
        self.empty.say(self.tr("How little pooled features move when the picture does."))
        self.right = self._spin("shiftRight", self.tr("Pixels to the right"), 1)
        self.down = self._spin("shiftDown", self.tr("Pixels down"), 0)
        self.before = PictureView("shiftBefore", self.tr("The picture"), self)
        self.after = PictureView("shiftAfter", self.tr("The moved picture"), self)
        self.bars = MoveBars(self)
        self.words = QLabel(self)
        self.words.setObjectName("shiftWords")
        self.words.setProperty("role", "small")
        self.words.setWordWrap(True)
        page = QWidget(self)
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(7)
        pictures = QHBoxLayout()
        for view in (self.before, self.after):
            view.setFixedHeight(110)
            pictures.addWidget(view)
        column.addLayout(pictures)
        column.addWidget(self.words)
        area = QScrollArea(self)
        area.setObjectName("shiftArea")
        area.setAccessibleName(self.tr("How much each block's features move"))
        area.setWidgetResizable(True)
        area.setWidget(self.bars)
        column.addWidget(area, 1)
        self.set_view(page)
        self.inspection.subjectChanged.connect(self.start_over)
        self.inspection.pictureChanged.connect(self.refresh)

    def look(self) -> None:
        """Asks for the movement of every block."""
        seen = self.inspection
        self.ask(Shift(seen.subject, seen.picture, self.down.value(), self.right.value()), patient=True)

    def take(self, message: object) -> None:
        """All movements."""
        if not isinstance(message, Shifted):
            return
        from cnnstudio.ui.inspect.tile_images import floats, picture_of

        self.before.show_image(picture_of(message.image))
        self.after.show_image(picture_of(message.moved))
        lines = [(self.tr("input"), "", message.input_change)]
        names = short_names((block.path, block.kind) for block in message.blocks)
        lines += [(names[block.path], block.kind, block.change) for block in message.blocks]
        self.bars.show_lines(lines)
        before, after = floats(message.before), floats(message.after)
        text = self.tr(
            "The input changes by {input} %, the likeliest class goes from {before} % to {after} %."
        )
        likely = int(before.argmax())
        self.words.setText(
            text.format(
                input=f"{100 * message.input_change:.0f}",
                before=f"{100 * before[likely]:.1f}",
                after=f"{100 * after[likely]:.1f}",
            )
        )
        self.show_view()

    def _spin(self, name: str, text: str, value: int) -> QSpinBox:
        spin = QSpinBox(self)
        spin.setObjectName(name)
        spin.setAccessibleName(text)
        spin.setToolTip(text)
        spin.setRange(-8, 8)
        spin.setValue(value)
        spin.setPrefix("→ " if name.endswith("Right") else "↓ ")
        spin.valueChanged.connect(self.refresh)
        self.add_tool(spin)
        return spin


class MoveBars(QWidget):
    """A line a block: its path, and how far it moved relative to its length."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("moveBars")
        self.setAccessibleName(self.tr("How far each block moves"))
        self._lines: list[tuple[str, str, float]] = []
        theme().changed.connect(self.update)

    @property
    def lines(self) -> list[tuple[str, str, float]]:
        """Path, type and relative change; the input first."""
        return self._lines

    def show_lines(self, lines: list[tuple[str, str, float]]) -> None:
        """Others."""
        self._lines = lines
        self.setMinimumHeight(len(lines) * _LINE)
        self.setAccessibleDescription("; ".join(f"{path} {100 * change:.0f} %" for path, _, change in lines))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """As tall as its lines."""
        return QSize(200, len(self._lines) * _LINE)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Pooling is green: it is what takes movement away."""
        t = tokens()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(ui_font(12))
        metrics = QFontMetricsF(painter.font())
        names = 0.42 * self.width()
        most = max((change for _, _, change in self._lines), default=1.0) or 1.0
        seen = range(event.rect().top() // _LINE, min(len(self._lines), event.rect().bottom() // _LINE + 1))
        for number in seen:
            path, kind, change = self._lines[number]
            top = number * _LINE
            painter.setPen(QColor(t.text))
            text = metrics.elidedText(
                f"{path} · {kind}" if kind else path, Qt.TextElideMode.ElideRight, names - 6
            )
            painter.drawText(QRectF(0, top, names, _LINE), Qt.AlignmentFlag.AlignVCenter, text)
            room = self.width() - names - 50
            painter.setPen(Qt.PenStyle.NoPen)
            colour = t.muted if not kind else (t.success if "Pool" in kind else t.accent)
            painter.setBrush(QColor(colour))
            painter.drawRoundedRect(QRectF(names, top + 7, max(2.0, room * change / most), 8), 3, 3)
            painter.setPen(QColor(t.muted))
            flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
            painter.drawText(QRectF(self.width() - 50, top, 48, _LINE), flags, f"{100 * change:.0f} %")
        painter.end()
