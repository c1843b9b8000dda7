"""Convolution, maximum of 2×2 and ReLU in one, a band of output rows at a time.

What the convolution gives is four times as large as what pooling leaves of it. As a band it comes and goes
without leaving the processor's cache, forward and backward.
"""

from __future__ import annotations

from collections.abc import Iterator

from cnnstudio.numpy_engine.fast.convolution import Convolution
from cnnstudio.numpy_engine.fast.knockout import Knockout
from cnnstudio.numpy_engine.layer import Array
from cnnstudio.numpy_engine.layers.conv2d import Conv2d as Readable

BAND = 300_000
"""Numbers of a band, about. It fits into a cache of 2 MB with its im2col matrix; smaller ones are more calls,
and at each call threads may wait for one another."""


class ConvPool(Convolution):
    """(C, H, W, N) to (FN, OH/2, OW/2, N); ``rectify``: with ReLU."""

    def __init__(self, layer: Readable, rectify: bool) -> None:
        super().__init__(layer)
        self._knockout = Knockout(self._buffers, rectify)

    def forward(self, x: Array, training: bool = False) -> Array:
        filters, out_h, out_w, images = self._shape = self._begin(x)
        pooled = self._buffers.like("pooled", (filters, out_h // 2, out_w // 2, images), x)
        self._kept = []
        for rows, half in self._bands():
            band, part = self._band(rows, x), pooled[:, half]
            col = self._forward(rows, band, f"col {rows.start}" if training else "col")
            winners = self._knockout.winners(f"rows {half.start}", part.shape) if training else None
            self._knockout.forward(band, part, winners)
            if winners is not None:
                self._kept.append((col, winners))
        return pooled

    def backward(self, dy: Array) -> Array:
        self._begin_backward(dy)
        for (rows, half), (col, winners) in zip(self._bands(), self._kept, strict=True):
            band = self._band(rows, dy)
            self._knockout.backward(dy[:, half], winners, band)
            self._backward(rows, band, col)
        return self._end_backward(dy)

    def _bands(self) -> Iterator[tuple[slice, slice]]:
        """Rows of the convolution, and the rows that pooling makes of them; an odd last row is left out."""
        filters, out_h, out_w, images = self._shape
        step = max(1, BAND // (2 * filters * out_w * images))
        for start in range(0, out_h // 2, step):
            stop = min(start + step, out_h // 2)
            yield slice(2 * start, 2 * stop), slice(start, stop)

    def _band(self, rows: slice, example: Array) -> Array:
        """Memory for these rows, the same for all bands."""
        filters, _, out_w, images = self._shape
        return self._buffers.like("band", (filters, rows.stop - rows.start, out_w, images), example)
