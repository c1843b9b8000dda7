"""Which card an arrow key leads to."""

from collections.abc import Sequence
from typing import TypeVar

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QWidget

W = TypeVar("W", bound=QWidget)

DIRECTIONS: dict[int, tuple[int, int]] = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}


def neighbour(card: W, cards: Sequence[W], direction: tuple[int, int]) -> W | None:
    """Left and right in reading order; up and down to the nearest card of the next row."""
    across, down = direction
    if across:
        index = cards.index(card) + across
        return cards[index] if 0 <= index < len(cards) else None
    here = _centre(card)
    beyond = [other for other in cards if (_centre(other).y() - here.y()) * down > card.height() / 4]
    if not beyond:
        return None

    def distance(other: W) -> tuple[int, int]:
        away = _centre(other) - here
        return abs(away.y()), abs(away.x())

    return min(beyond, key=distance)


def _centre(widget: QWidget) -> QPoint:
    return widget.mapToGlobal(widget.rect().center())
