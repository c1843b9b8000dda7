from typing import ClassVar

from cnnstudio.core.block import Category, Layer, require_map
from cnnstudio.core.call import Call, call
from cnnstudio.core.phrase import Phrase
from cnnstudio.core.reach import WHOLE, Reach
from cnnstudio.core.shape import Shape


class GlobalAvgPool2d(Layer):
    """Averages each channel to one number, which leaves a flat vector."""

    title: ClassVar[str] = "Global average pool"
    category: ClassVar[Category] = "Pooling"
    formula: ClassVar[str] = "out[c] = mean of channel c"

    def output(self, x: Shape) -> Shape:
        channels, _, _ = require_map(x)
        return (channels,)

    def derivation(self, x: Shape) -> tuple[str | Phrase, ...]:
        values = {"count": f"{x[1]}·{x[2]}", "channels": x[0]}
        return (Phrase("{count} values averaged in each of {channels} channels", values),)

    def reach(self, x: Shape) -> Reach | None:
        return WHOLE

    def constructor(self, x: Shape) -> Call:
        return call("nn.Sequential", call("nn.AdaptiveAvgPool2d", 1), call("nn.Flatten"))
