"""The gaps that a dragged block can go to, and which of them the pointer means."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF

from cnnstudio.core.document import Place
from cnnstudio.ui.build.layout import (
    COLUMN_GAP,
    FULL_SLOT,
    GAP,
    LANE,
    ROOT_GAP,
    START_HEIGHT,
    Column,
    Layout,
    Placed,
)


@dataclass(frozen=True, slots=True)
class Slot:
    """A gap in a stack, as a line on the scene."""

    place: Place
    y: float
    left: float
    right: float
    empty: bool = False
    """Whether it is the whole of an empty stack."""


def slots_near(layout: Layout, position: QPointF, moving: Collection[str] = ()) -> tuple[Slot, ...]:
    """All gaps of the innermost stack at a point of the scene, but none inside a block that is moving."""
    return tuple(_trunk(layout, position, moving))


def slots_in(layout: Layout, area: QRectF, moving: Collection[str] = ()) -> tuple[Slot, ...]:
    """The gaps of every stack that lie in an area of the scene, but none inside a block that is moving."""
    inner = _every(layout.boxes, 0.0, 0.0, area, moving)
    slots = (*_trunk_gaps(layout), *inner)
    return tuple(slot for slot in slots if area.top() <= slot.y <= area.bottom())


def _every(
    boxes: tuple[Placed, ...], x: float, y: float, area: QRectF, moving: Collection[str]
) -> Iterator[Slot]:
    for placed in boxes:
        box, left, top = placed.box, x + placed.x, y + placed.y
        if not box.framed or box.node.id in moving or top > area.bottom() or top + box.height < area.top():
            continue
        for column in box.columns:
            if column.stack != LANE:
                yield from _gaps(column, box.node.id, left, top)
                yield from _every(column.children, left, top, area, moving)


def nearest(slots: tuple[Slot, ...], position: QPointF) -> Slot:
    """The gap that the pointer means."""
    return min(slots, key=lambda slot: abs(slot.y - position.y()))


def _trunk(layout: Layout, position: QPointF, moving: Collection[str]) -> Iterator[Slot]:
    inner = _deeper(layout.boxes, 0.0, 0.0, position, moving)
    if inner:
        yield from inner
    else:
        yield from _trunk_gaps(layout)


def _trunk_gaps(layout: Layout) -> Iterator[Slot]:
    left, right = -FULL_SLOT / 2, FULL_SLOT / 2
    ends = [layout.input.height, *(p.y + p.box.height for p in layout.boxes)]
    if not layout.boxes:
        ends = [layout.input.height + START_HEIGHT / 2 + ROOT_GAP / 2]
    for index, end in enumerate(ends):
        yield Slot(Place(None, 0, index), end + ROOT_GAP / 2, left, right)


def _deeper(
    boxes: tuple[Placed, ...], x: float, y: float, position: QPointF, moving: Collection[str]
) -> tuple[Slot, ...]:
    """The gaps of the stack at the point, if it lies in one of the boxes' columns."""
    for placed in boxes:
        box, left, top = placed.box, x + placed.x, y + placed.y
        inside = 0 <= position.x() - left <= box.width and 0 <= position.y() - top <= box.height
        if not inside or not box.framed or box.node.id in moving:
            continue
        for column in box.columns:
            if column.stack != LANE and _holds(column, position.x() - left, position.y() - top):
                return _deeper(column.children, left, top, position, moving) or tuple(
                    _gaps(column, box.node.id, left, top)
                )
    return ()


def _holds(column: Column, x: float, y: float) -> bool:
    beside = -COLUMN_GAP / 2 <= x - column.x <= column.width + COLUMN_GAP / 2
    return beside and -6 <= y - column.y <= column.height + 6


def _gaps(column: Column, parent: str, x: float, y: float) -> Iterator[Slot]:
    left, right = x + column.x, x + column.x + column.width
    if not column.children:
        middle = y + column.y + column.height / 2
        yield Slot(Place(parent, column.stack, 0), middle, left, right, empty=True)
        return
    yield Slot(Place(parent, column.stack, 0), y + column.y - 3, left, right)
    for index, child in enumerate(column.children, start=1):
        end = y + child.y + child.box.height
        last = index == len(column.children)
        yield Slot(Place(parent, column.stack, index), end + (5 if last else GAP / 2), left, right)
