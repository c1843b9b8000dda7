"""Depthwise convolution: a convolution with a group for each channel."""

from __future__ import annotations

from cnnstudio.blocks.conv2d import Conv2d as ConvBlock
from cnnstudio.blocks.depthwise_conv2d import DepthwiseConv2d as Block
from cnnstudio.numpy_engine.trace import Passage
from cnnstudio.ui.learn.explainer import About
from cnnstudio.ui.learn.explainers.conv2d import Conv2d


class DepthwiseConv2d(Conv2d):
    """Every filter sees one channel."""

    def __init__(self, block: Block, passage: Passage, about: About | None = None) -> None:
        channels = int(passage.x.shape[1])
        same = ConvBlock(
            out_channels=channels * block.multiplier,
            groups=channels,
            **block.model_dump(exclude={"multiplier"}),
        )
        super().__init__(same, passage, about)
