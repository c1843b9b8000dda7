from typing import ClassVar

from cnnstudio.blocks.pooling import Pooling


class AvgPool2d(Pooling):
    """Averages the values under a sliding window, channel by channel; padding counts as zeros."""

    title: ClassVar[str] = "Average pool"
    module: ClassVar[str] = "nn.AvgPool2d"
