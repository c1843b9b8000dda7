from typing import ClassVar

from cnnstudio.blocks.pooling import Pooling


class MaxPool2d(Pooling):
    """Keeps the largest value under a sliding window, channel by channel."""

    title: ClassVar[str] = "Max pool"
    module: ClassVar[str] = "nn.MaxPool2d"
