"""Convolution as one matrix product: every window becomes a row.

Signature and layout are those of Saito, 'Deep Learning from Scratch', 2016, chapter 7: rows run over images,
output rows and output columns, columns over channels, filter rows and filter columns. Stride, padding and
dilation may also be pairs (height, width).
"""

from __future__ import annotations

from cnnstudio.core.fields import Pair
from cnnstudio.numpy_engine.layer import Array
from cnnstudio.numpy_engine.sliding import Slide


def im2col(
    input_data: Array, filter_h: int, filter_w: int, stride: Pair = 1, pad: Pair = 0, dilation: Pair = 1
) -> Array:
    """The windows of images (N, C, H, W) as a matrix (N·OH·OW, C·FH·FW).

    >>> image = np.arange(9).reshape(1, 1, 3, 3)  # 0 1 2 / 3 4 5 / 6 7 8
    >>> im2col(image, 2, 2)  # four windows of 2×2
    array([[0, 1, 3, 4],
           [1, 2, 4, 5],
           [3, 4, 6, 7],
           [4, 5, 7, 8]])
    """
    slide = Slide.over(input_data.shape, (filter_h, filter_w), stride, pad, dilation)
    windows = slide.windows(input_data)  # (N, C, OH, OW, FH, FW)
    n, c, out_h, out_w = windows.shape[:4]
    return windows.transpose(0, 2, 3, 1, 4, 5).reshape(n * out_h * out_w, c * filter_h * filter_w)


def col2im(
    col: Array,
    input_shape: tuple[int, ...],
    filter_h: int,
    filter_w: int,
    stride: Pair = 1,
    pad: Pair = 0,
    dilation: Pair = 1,
) -> Array:
    """The way back: each value of the matrix is added to the pixel (N, C, H, W) that it was copied from.

    Windows overlap, so this is no inverse: a pixel gets the sum over all windows that saw it.

    >>> col2im(np.ones((4, 4), int), (1, 1, 3, 3), 2, 2)[0, 0]  # four windows saw the pixel in the middle
    array([[1, 2, 1],
           [2, 4, 2],
           [1, 2, 1]])
    """
    slide = Slide.over(input_shape, (filter_h, filter_w), stride, pad, dilation)
    n, c = input_shape[:2]
    rows = col.reshape(n, *slide.output, c, filter_h, filter_w)
    return slide.spread(rows.transpose(0, 3, 1, 2, 4, 5))
