"""The window slides: window × filter, summed over channels, plus the bias, gives one output pixel."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from cnnstudio.numpy_engine.layer import Array
from cnnstudio.ui.build.say import phrases
from cnnstudio.ui.learn.convolution.numbers_at import NumbersAt
from cnnstudio.ui.learn.crop import around
from cnnstudio.ui.learn.numbers import exact, factor
from cnnstudio.ui.learn.scene import Cell, Grid, Mark, Note, Panel, Sign

_SHOWN_TERMS = 2
_MOST_CHANNEL_LINES = 3


def _tr(text: str) -> str:
    return QCoreApplication.translate("LearnConv2d", text)


def sliding_panel(numbers: NumbersAt) -> Panel:
    """Input, filter, output, and the sum in numbers."""
    view, cell = numbers.view, numbers.cell
    padded, origin = numbers.padded(numbers.passage.x)
    figures = (
        around(
            "input",
            _tr("Input, channel {channel}").format(channel=numbers.channel + 1),
            padded,
            window_marks(numbers),
            numbers.corners,
            origin=origin,
        ),
        Sign("∗"),
        filter_grid(numbers),
        Sign(_tr("+ b =") if numbers.bias is not None else "="),
        around(
            "output",
            _tr("Output, channel {channel}").format(channel=view.output + 1),
            numbers.passage.y[0, view.output],
            {cell: "result"},
            (cell, cell),
            most=5,
        ),
        _sum(numbers),
    )
    sizes = phrases(numbers.block.derivation(numbers.passage.x.shape[1:]))
    return Panel("sliding", _tr("The window slides"), sizes, figures)


def window_marks(numbers: NumbersAt, mark: Mark = "window") -> dict[Cell, Mark]:
    """The pixels under the filter; those in the padding look so."""
    _, _, height, width = numbers.passage.x.shape
    return {
        (row, column): mark if 0 <= row < height and 0 <= column < width else "padding"
        for line in numbers.pixels
        for row, column in line
    }


def filter_grid(numbers: NumbersAt) -> Grid:
    """The part of the filter for the channel that is looked at."""
    weights = numbers.weights[numbers.view.channel]
    title = _tr("Filter {number}").format(number=numbers.view.output + 1)
    return Grid("filter", title, weights, _all(weights, "filter"))


def _all(values: Array, mark: Mark) -> dict[Cell, Mark]:
    rows, columns = values.shape
    return {(i, j): mark for i in range(rows) for j in range(columns)}


def _sum(numbers: NumbersAt) -> Note:
    window, weights = numbers.window, numbers.weights
    channel = numbers.view.channel
    pairs = list(zip(window[channel].ravel().tolist(), weights[channel].ravel().tolist(), strict=True))
    terms = " + ".join(f"{factor(a)}·{factor(b)}" for a, b in pairs[:_SHOWN_TERMS])
    more = " + …" if len(pairs) > _SHOWN_TERMS else ""
    sums = (window * weights).sum(axis=(1, 2)).tolist()
    lines = [_tr("Σ window × filter"), f"= {terms}{more}", f"= {exact(sums[channel])}"]
    first = numbers.channel - channel
    others = [(first + i + 1, value) for i, value in enumerate(sums) if i != channel]
    if 0 < len(others) <= _MOST_CHANNEL_LINES:
        text = _tr("+ channel {channel}: {value}")
        lines += [text.format(channel=number, value=exact(value)) for number, value in others]
    elif others:
        text = _tr("+ {count} other channels: {value}")
        lines.append(text.format(count=len(others), value=exact(sum(value for _, value in others))))
    if numbers.bias is not None:
        lines.append(f"+ b: {exact(numbers.bias)}")
    return Note((*lines, f"= {exact(numbers.result)}"))
