"""A composite on the canvas: a frame with columns of blocks, the wires between them, and the merge."""

from PySide6.QtCore import QCoreApplication, QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from cnnstudio.ui.build.card import RIGHT, Card
from cnnstudio.ui.build.card_item import BlockItem
from cnnstudio.ui.build.card_pictures import LEGIBLE, Pictures
from cnnstudio.ui.build.card_text import paint_notice, paint_sign, put, put_middle, put_right, put_title
from cnnstudio.ui.build.layout import BUS, LANE, MERGE, Box, Column
from cnnstudio.ui.build.texts import Face, elided, width, wrapped
from cnnstudio.ui.theme import mix, tokens

_tr = QCoreApplication.translate
_SIGN = QRectF(9, 9, 13, 13)


class FrameItem(BlockItem):
    """A composite that is open; the items of its blocks are its children."""

    box: Box | None = None

    def __init__(self, block_id: str, card: Card, pictures: Pictures | None = None) -> None:
        super().__init__(block_id, card)
        self._pictures = pictures
        self._look = -1
        # What is inside need not be looked through where the frame is not to be seen.
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemContainsChildrenInShape)
        self.target: int | None = None
        """The empty stack that the next block goes to."""

    def set_box(self, box: Box) -> None:
        """Shows the composite as it is laid out now; its blocks are placed by the scene."""
        self.box, self.card, self._look = box, box.card, -1
        self.fit()
        self.update()

    def set_target(self, stack: int | None) -> None:
        """Marks an empty stack as the place where the next block goes."""
        if stack != self.target:
            self.target = stack
            self.update()

    def rect(self) -> QRectF:
        box = self.box
        return QRectF(0, 0, box.width, box.height) if box else super().rect()

    def sign_at(self, position: QPointF) -> bool:
        return _SIGN.adjusted(-6, -6, 5, 5).contains(position)

    def empty_stack_at(self, position: QPointF) -> int | None:
        """The number of the empty stack at a point of the item."""
        for column in self._columns():
            if not column.children and column.stack != LANE and _area(column).contains(position):
                return column.stack
        return None

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_body(painter)
        self._paint_wires(painter)
        if painter.worldTransform().m11() < LEGIBLE and not self.card.paper:
            return
        for column in self._columns():
            if not column.children and column.stack != LANE:
                self._paint_empty(painter, column)
        if self._is_side_head():
            self._paint_loss(painter)
        elif len(self._stacks()) > 1:
            self._paint_merge(painter)
        self._show_header(painter)

    def _show_header(self, painter: QPainter) -> None:
        """Text is what takes time: the header comes from a picture."""
        if self._pictures is None:
            self._paint_header(painter)
            return
        if self._look < 0:
            self._look = self._pictures.look(self.card)
        area = QRectF(0, 0, self.card.width, self.card.height)
        self._pictures.draw(painter, self._look, area, self._paint_header)

    def _stacks(self) -> list[Column]:
        return [column for column in self._columns() if column.stack != LANE]

    def _columns(self) -> tuple[Column, ...]:
        return self.box.columns if self.box else ()

    def _paint_body(self, painter: QPainter) -> None:
        t, words = tokens(), self.card.words
        colour = {"fine": words.colour, "fault": t.danger, "warning": t.warning}[words.level]
        rect = self.rect().adjusted(0.5, 0.5, -0.5, -0.5)
        pen = QPen(QColor(colour), 1.6 if self.hovered else 1.0)
        if self.chosen:
            pen, rect = QPen(QColor(t.accent), 2.0), self.rect()
        painter.setPen(pen)
        painter.setBrush(QColor(mix(colour, t.surface, 0.06)))
        painter.drawRoundedRect(rect, 8, 8)

    def _paint_header(self, painter: QPainter) -> None:
        t, words = tokens(), self.card.words
        if not self.card.paper:
            paint_sign(painter, _SIGN, plus=False)
        x = put_title(painter, self.card, 20.5, words.title, (Face.TITLE, t.text))
        right = self.rect().width() - RIGHT
        for line in words.right[:1]:
            put_right(painter, right, 20.5, line, (Face.SMALL, t.muted))
            right -= width(line, Face.SMALL) + 12
        bold = words.headline.startswith("×")
        face, colour = ((Face.TITLE, t.text)) if bold else ((Face.SMALL, t.muted))
        x = put(painter, x + 6, 20.5, elided(words.headline, face, right - x - 6), (face, colour))
        if words.badge and not words.bypassed:
            put(painter, x + 8, 20.5, elided(words.badge, Face.SMALL, right - x - 8), (Face.SMALL, t.accent))
        paint_notice(painter, self.card)

    def _paint_wires(self, painter: QPainter) -> None:
        painter.setPen(QPen(QColor(tokens().muted), 1.0))
        stacks = self._stacks()
        lines: list[QLineF] = []
        for column in self._columns():
            lines += _inner_wires(column)
        if self._is_side_head():
            lines += self._bypass()
        elif len(stacks) > 1:
            lines += self._spread(stacks)
        painter.drawLines(lines)

    def _is_side_head(self) -> bool:
        return any(column.stack == LANE for column in self._columns())

    def _bypass(self) -> list[QLineF]:
        """The trunk passes at the left; what it carries also goes into the head at the right."""
        lane, head = self._columns()
        middle, left, right = self.rect().width() / 2, _middle(lane), _middle(head)
        top, bottom = head.y - BUS / 2, self.rect().height() - 9
        used = head.children[-1] if head.children else None
        end = used.y + used.box.height if used else head.y + head.height
        return [
            QLineF(middle, top - 6, middle, top),
            QLineF(left, top, right, top),
            QLineF(left, top, left, bottom),
            QLineF(left, bottom, middle, bottom),
            QLineF(middle, bottom, middle, bottom + 9),
            QLineF(right, top, right, head.y),
            QLineF(right, end, right, head.y + head.height + BUS),
        ]

    def _paint_loss(self, painter: QPainter) -> None:
        """The head's own loss, and what passes beside it."""
        t, (lane, head) = tokens(), self._columns()
        self._paint_pill(painter, _middle(head), head.y + head.height + BUS + 9, _tr("Frame", "loss"))
        y = head.y + head.height / 2
        put(painter, _middle(lane) + 8, y, _tr("Frame", "trunk"), (Face.SMALL, t.muted))

    def _paint_pill(self, painter: QPainter, x: float, y: float, text: str) -> None:
        t = tokens()
        wide = width(text, Face.SMALL) + 18
        painter.setPen(QPen(QColor(t.text), 1.1))
        painter.setBrush(QColor(t.surface))
        painter.drawRoundedRect(QRectF(x - wide / 2, y - 9, wide, 18), 9, 9)
        put_middle(painter, x, y + 4.2, text, (Face.SMALL, t.text))

    def _spread(self, stacks: list[Column]) -> list[QLineF]:
        """The wires that spread to the columns and gather at the merge."""
        middle, first, last = self.rect().width() / 2, _middle(stacks[0]), _middle(stacks[-1])
        top, bottom = stacks[0].y - BUS / 2, stacks[0].y + stacks[0].height + BUS / 2
        lines = [QLineF(first, top, last, top), QLineF(first, bottom, last, bottom)]
        lines.append(QLineF(middle, top - 6, middle, top))
        lines.append(QLineF(middle, bottom, middle, bottom + 6))
        for column in stacks:
            x, end = _middle(column), column.y + column.height
            lines.append(QLineF(x, top, x, column.y))
            used = column.children[-1] if column.children else None
            lines.append(QLineF(x, used.y + used.box.height if used else end, x, bottom))
        return lines

    def _paint_empty(self, painter: QPainter, column: Column) -> None:
        t = tokens()
        aimed = column.stack == self.target
        pen = QPen(QColor(t.accent if aimed else t.border_strong), 1.5 if aimed else 1.0)
        pen.setStyle(Qt.PenStyle.DashLine)
        painter.setPen(pen)
        fill = mix(t.accent, t.surface, 0.1) if aimed else mix(t.surface, t.canvas, 0.35)
        painter.setBrush(QColor(fill) if aimed else Qt.BrushStyle.NoBrush)
        area = _area(column).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.drawRoundedRect(area, 6, 6)
        lines = wrapped(self._empty_text(column), Face.SMALL, column.width - 16, 3)
        y = area.center().y() - (len(lines) - 1) * 8.5 + 4.5
        for number, line in enumerate(lines):
            put_middle(
                painter, _middle(column), y + number * 17, line, (Face.SMALL, t.accent if aimed else t.muted)
            )

    def _empty_text(self, column: Column) -> str:
        if column.stack == self.target:
            return _tr("Frame", "next block goes here")
        if column.label == "shortcut":
            return _tr("Frame", "identity shortcut")
        return _tr("Frame", "drop blocks here")

    def _paint_merge(self, painter: QPainter) -> None:
        t, merge = tokens(), self.card.words.merge
        middle = QPointF(self.rect().width() / 2, self.rect().height() - MERGE / 2 - 1)
        painter.setPen(QPen(QColor(t.text), 1.1))
        painter.setBrush(QColor(t.surface))
        if merge == "concat":
            self._paint_pill(painter, middle.x(), middle.y(), _tr("Frame", "concat"))
            return
        painter.drawEllipse(middle, 7.5, 7.5)
        arms = ((4, 0), (0, 4)) if merge == "add" else ((3, 3), (3, -3))
        for x, y in arms:
            painter.drawLine(middle - QPointF(x, y), middle + QPointF(x, y))


def _area(column: Column) -> QRectF:
    return QRectF(column.x, column.y, column.width, column.height)


def _middle(column: Column) -> float:
    return column.x + column.width / 2


def _inner_wires(column: Column) -> list[QLineF]:
    x = _middle(column)
    pairs = zip(column.children, column.children[1:], strict=False)
    return [QLineF(x, upper.y + upper.box.height, x, lower.y) for upper, lower in pairs]
