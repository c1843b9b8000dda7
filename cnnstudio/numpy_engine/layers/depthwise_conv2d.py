"""Depthwise convolution: a convolution with a group for each channel."""

from __future__ import annotations

from cnnstudio.blocks.conv2d import Conv2d as ConvBlock
from cnnstudio.blocks.depthwise_conv2d import DepthwiseConv2d as Block
from cnnstudio.core.shape import Shape
from cnnstudio.numpy_engine.layers.conv2d import Conv2d
from cnnstudio.numpy_engine.weights import Draw


class DepthwiseConv2d(Conv2d):
    """Weight (C · multiplier, 1, FH, FW)."""

    def __init__(self, block: Block, x: Shape, draw: Draw) -> None:
        grouped = ConvBlock(
            out_channels=x[0] * block.multiplier,
            kernel_size=block.kernel_size,
            stride=block.stride,
            padding=block.padding,
            dilation=block.dilation,
            groups=x[0],
            bias=block.bias,
        )
        super().__init__(grouped, x, draw)
