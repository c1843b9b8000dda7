"""col2im at one pixel: every window that saw it sends a share, and the shares are added."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QCoreApplication

from cnnstudio.core.window import Window
from cnnstudio.numpy_engine.layer import Array
from cnnstudio.ui.learn.convolution.numbers_at import NumbersAt
from cnnstudio.ui.learn.crop import around
from cnnstudio.ui.learn.maps import in_one_unit
from cnnstudio.ui.learn.numbers import bracketed, exact
from cnnstudio.ui.learn.scene import Cell, Grid, Mark, Note, Panel, Sign

_MOST_TERMS = 4


def _tr(text: str) -> str:
    return QCoreApplication.translate("LearnConv2d", text)


def overlaps_panel(numbers: NumbersAt) -> Panel:
    """The pixel in the middle of the window, and what every window that holds it gives to its gradient."""
    row, column = pixel = middle(numbers)
    shares = shares_of(numbers, pixel)
    dx = numbers.passage.dx[0, numbers.channel]
    there = [cell for cell in np.ndindex(*shares.shape) if not np.isnan(shares[cell])]
    marks: dict[Cell, Mark] = dict.fromkeys(there, "gradient")
    given = sorted((float(shares[cell]) for cell in there), key=lambda share: -abs(share))
    lines = [_tr("{count} windows saw it, largest first").format(count=len(given))]
    lines += [f"+ {bracketed(v)}" if i else f"  {exact(v)}" for i, v in enumerate(given[:_MOST_TERMS])]
    if len(given) > _MOST_TERMS:
        rest = bracketed(sum(given[_MOST_TERMS:]))
        lines.append(_tr("+ {count} more: {value}").format(count=len(given) - _MOST_TERMS, value=rest))
    figures = (
        Grid(
            "shares",
            _tr("By its place in the window"),
            shares,
            marks,
        ),
        Sign("Σ ="),
        around("summed", _tr("dx, around it"), dx, {pixel: "touched"}, (pixel, pixel), most=5),
        Note((*lines, f"= {exact(float(dx[pixel]))}")),
    )
    detail = _tr(
        "row {row}, column {column}: a window in which it lies at row i, column j gives Σ dy · weight (i, j)"
    ).format(row=row + 1, column=column + 1)
    return Panel("col2im", _tr("col2im adds what overlapping windows give"), detail, in_one_unit(figures))


def middle(numbers: NumbersAt) -> Cell:
    """The pixel of the map in the middle of the window, or the nearest to it that is not padding."""
    places = numbers.pixels
    row, column = places[len(places) // 2][len(places[0]) // 2]
    height, width = numbers.passage.x.shape[2:]
    return min(max(row, 0), height - 1), min(max(column, 0), width - 1)


def shares_of(numbers: NumbersAt, pixel: Cell) -> Array:
    """What each window gives to a pixel's gradient (FH, FW), by where the pixel lies in it; NaN: none."""
    rows, columns = numbers.block.windows()
    out_h, out_w = numbers.passage.y.shape[2:]
    filters = numbers.filters // numbers.block.groups
    group = slice(numbers.group * filters, (numbers.group + 1) * filters)
    weights = numbers.passage.layer.params["weight"][group, numbers.view.channel]
    dy = numbers.passage.dy[0, group]
    shares: Array = np.full((rows.kernel, columns.kernel), np.nan)
    for i in range(rows.kernel):
        for j in range(columns.kernel):
            at = _window(pixel[0], i, rows, out_h), _window(pixel[1], j, columns, out_w)
            if at[0] is not None and at[1] is not None:
                shares[i, j] = float((dy[:, at[0], at[1]].astype(np.float64) * weights[:, i, j]).sum())
    return shares


def _window(pixel: int, place: int, side: Window, windows: int) -> int | None:
    """The window in which a pixel lies at a place of the kernel."""
    window, rest = divmod(pixel + side.padding - place * side.dilation, side.stride)
    return window if rest == 0 and 0 <= window < windows else None
