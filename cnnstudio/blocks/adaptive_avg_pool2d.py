from collections.abc import Mapping
from typing import ClassVar

from cnnstudio.core.block import Category, Layer, require_map
from cnnstudio.core.call import Call, call
from cnnstudio.core.fields import KernelPair, Value, pair, param
from cnnstudio.core.phrase import Phrase
from cnnstudio.core.reach import Reach
from cnnstudio.core.shape import Shape
from cnnstudio.core.window import size_text


class AdaptiveAvgPool2d(Layer):
    """Averages over as many windows as it takes to reach a fixed output size, whatever comes in."""

    title: ClassVar[str] = "Adaptive average pool"
    category: ClassVar[Category] = "Pooling"
    formula: ClassVar[str] = "window i reaches from ⌊i·in/out⌋ to ⌈(i + 1)·in/out⌉"

    output_size: KernelPair = param("Output size", "Height and width of the map that leaves.", 1, always=True)

    def output(self, x: Shape) -> Shape:
        channels, _, _ = require_map(x)
        return (channels, *pair(self.output_size))

    def derivation(self, x: Shape) -> tuple[str | Phrase, ...]:
        values = {"before": f"{x[1]}×{x[2]}", "after": size_text(self.output_size)}
        return (Phrase("{before} averaged to {after}", values),)

    def reach(self, x: Shape) -> Reach | None:
        height, width = (
            _largest_window(size, out) for size, out in zip(x[1:], pair(self.output_size), strict=True)
        )
        jumps = [max(1, size // out) for size, out in zip(x[1:], pair(self.output_size), strict=True)]
        return Reach((height, width), (jumps[0], jumps[1]))

    def what_ifs(self, x: Shape) -> tuple[Mapping[str, Value], ...]:
        return tuple({"output_size": size} for size in (1, 7) if size != self.output_size)

    def constructor(self, x: Shape) -> Call:
        return call("nn.AdaptiveAvgPool2d", self.output_size)

    def headline(self) -> str | Phrase:
        return Phrase("to {size}", {"size": size_text(self.output_size)})


def _largest_window(size: int, out: int) -> int:
    return max(-(-(i + 1) * size // out) - i * size // out for i in range(out))
