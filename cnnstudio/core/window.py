"""Sliding windows: the arithmetic that convolutions and poolings share.

Output size after Dumoulin and Visin, 'A guide to convolution arithmetic for deep learning', 2016, and
torch's rule for ``ceil_mode``: a last window that would start inside the far padding is dropped.
"""

from dataclasses import dataclass, replace
from functools import lru_cache

from cnnstudio.core.fault import Change, Fault, Remove, RemoveAbove
from cnnstudio.core.fields import MOST_PADDING, Pair, pair
from cnnstudio.core.phrase import Phrase
from cnnstudio.core.reach import Reach

POOLING = ("MaxPool2d", "AvgPool2d")
"""The block types that make maps smaller, and in the end empty."""


@dataclass(frozen=True, slots=True)
class Window:
    """A window along one side of a map, in pixels."""

    kernel: int
    stride: int = 1
    padding: int = 0
    dilation: int = 1
    ceil: bool = False

    @property
    def extent(self) -> int:
        """From the first to the last pixel that the window touches."""
        return self.dilation * (self.kernel - 1) + 1

    def output(self, size: int) -> int:
        """How many windows fit a side of ``size`` pixels (zero or less: none)."""
        room = size + 2 * self.padding - self.extent
        if not self.ceil:
            return room // self.stride + 1
        windows = -(-room // self.stride) + 1
        starts_in_far_padding = (windows - 1) * self.stride >= size + self.padding
        return windows - starts_in_far_padding

    def derivation(self, size: int) -> str | Phrase:
        """``(32 + 2·0 − 5) / 1 + 1 = 28``, with rounding shown where it rounds."""
        kernel = f"{self.dilation}·({self.kernel} − 1) − 1" if self.dilation > 1 else f"{self.kernel}"
        room = size + 2 * self.padding - self.extent
        quotient = f"({size} + 2·{self.padding} − {kernel}) / {self.stride}"
        if room % self.stride:
            quotient = f"⌈{quotient}⌉" if self.ceil else f"⌊{quotient}⌋"
        windows, rounded_up = self.output(size), -(-room // self.stride) + 1
        if self.ceil and windows < rounded_up:
            text = "{quotient} + 1 − 1 (starts in the padding) = {windows}"
            return Phrase(text, {"quotient": quotient, "windows": windows})
        return f"{quotient} + 1 = {windows}"


@lru_cache(maxsize=4096)
def windows(
    kernel: Pair, stride: Pair = 1, padding: Pair = 0, dilation: Pair = 1, ceil: bool = False
) -> tuple[Window, Window]:
    """The windows along height and width."""
    sides = zip(pair(kernel), pair(stride), pair(padding), pair(dilation), strict=True)
    height, width = (Window(*side, ceil) for side in sides)
    return height, width


def window_derivation(sides: tuple[Window, Window], height: int, width: int) -> tuple[str | Phrase, ...]:
    """One line where height and width go alike, else one for each."""
    first, second = sides[0].derivation(height), sides[1].derivation(width)
    return (first,) if first == second else by_side(first, second)


def by_side(height: str | Phrase, width: str | Phrase) -> tuple[Phrase, Phrase]:
    """Two lines that say which is which."""
    return Phrase("height {sum}", {"sum": height}), Phrase("width {sum}", {"sum": width})


def window_reach(sides: tuple[Window, Window]) -> Reach:
    """What one window sees."""
    height, width = sides
    return Reach(
        (height.extent, width.extent), (height.stride, width.stride), (-height.padding, -width.padding)
    )


def size_text(size: Pair) -> str:
    """``3×3`` of a kernel."""
    height, width = pair(size)
    return f"{height}×{width}"


def pair_text(value: Pair) -> str:
    """``1``, or ``1×2`` where height and width differ."""
    height, width = pair(value)
    return str(height) if height == width else f"{height}×{width}"


def same_padding(sides: tuple[Window, Window]) -> Pair | None:
    """The padding with which windows that move by one pixel keep the size; None where none does."""
    if any(side.stride != 1 or side.extent % 2 == 0 for side in sides):
        return None
    height, width = (side.extent // 2 for side in sides)
    return height if height == width else (height, width)


def even_padding(sides: tuple[Window, Window], height: int, width: int) -> Pair | None:
    """The least padding with which ``n`` pixels give ``n / stride``, rounded up; None where none does."""
    found = [_even(side, size) for side, size in zip(sides, (height, width), strict=True)]
    rows, columns = found
    if rows is None or columns is None:
        return None
    return rows if rows == columns else (rows, columns)


def _even(side: Window, size: int) -> int | None:
    wanted = -(-size // side.stride)
    tried = range(min(side.extent // 2, MOST_PADDING) + 1)
    return next((p for p in tried if replace(side, padding=p).output(size) == wanted), None)


def require_windows(sides: tuple[Window, Window], height: int, width: int) -> tuple[int, int]:
    """How many windows fit along height and width; raises :class:`Fault` where not even one does."""
    if (rows := sides[0].output(height)) >= 1 and (columns := sides[1].output(width)) >= 1:
        return rows, columns
    side, size = (sides[0], height) if rows < 1 else (sides[1], width)
    raise Fault(
        "needs at least {extent} pixels across, got {size} with its padding",
        extent=side.extent,
        size=size + 2 * side.padding,
        ideas=(
            Change({"padding": _enough(sides, height, width)}),
            *_smaller(sides, height, width),
            Remove(),
            RemoveAbove(POOLING),
        ),
    )


def _smaller(sides: tuple[Window, Window], height: int, width: int) -> tuple[Change, ...]:
    """The largest kernel, not above today's, that fits; none where one of a pixel would be left."""
    rows, columns = (
        min(side.kernel, (size + 2 * side.padding - 1) // side.dilation + 1)
        for side, size in zip(sides, (height, width), strict=True)
    )
    return () if min(rows, columns) < 2 else (Change({"kernel_size": (rows, columns)}),)


def _enough(sides: tuple[Window, Window], height: int, width: int) -> tuple[int, int]:
    """The smallest padding, not below today's, with which one window fits."""
    rows, columns = (
        max(side.padding, -(-(side.extent - size) // 2)) for side, size in zip(sides, (height, width))
    )
    return rows, columns
