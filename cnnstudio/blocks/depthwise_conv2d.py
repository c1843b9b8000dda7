from typing import ClassVar

from cnnstudio.blocks.windowed import Windowed, padding_text, stride_text
from cnnstudio.core.block import Category, require_map
from cnnstudio.core.call import Call, call, without_defaults
from cnnstudio.core.fields import Count, KernelPair, PaddingPair, pair, param
from cnnstudio.core.phrase import Phrase
from cnnstudio.core.quantity import grouped
from cnnstudio.core.shape import Shape
from cnnstudio.core.window import (
    Window,
    require_windows,
    size_text,
    windows,
)


class DepthwiseConv2d(Windowed):
    """Gives every input channel filters of its own and never mixes channels."""

    title: ClassVar[str] = "Depthwise conv"
    category: ClassVar[Category] = "Convolution"
    formula: ClassVar[str] = "out = ⌊(in + 2·padding − dilation·(kernel − 1) − 1) / stride⌋ + 1"

    kernel_size: KernelPair = param("Kernel", "Height and width of a filter, in pixels.", 3, always=True)
    stride: KernelPair = param("Stride", "How far the filter moves from one output pixel to the next.", 1)
    padding: PaddingPair = param("Padding", "Zeros added on every side before the filter slides.", 0)
    dilation: KernelPair = param("Dilation", "Distance between the pixels that a filter looks at.", 1)
    multiplier: Count = param("Multiplier", "Filters for each input channel.", 1)
    bias: bool = param("Bias", "Adds a learned number to each output channel.", True)

    def windows(self) -> tuple[Window, Window]:
        return windows(self.kernel_size, self.stride, self.padding, self.dilation)

    def output(self, x: Shape) -> Shape:
        channels, height, width = require_map(x)
        return (channels * self.multiplier, *require_windows(self.windows(), height, width))

    def parameters(self, x: Shape) -> int:
        height, width = pair(self.kernel_size)
        return x[0] * self.multiplier * (height * width + self.bias)

    def parameter_formula(self, x: Shape) -> str:
        height, width = pair(self.kernel_size)
        bias = " + 1" if self.bias else ""
        return f"{x[0] * self.multiplier} · ({height}·{width}{bias}) = {grouped(self.parameters(x))}"

    def macs(self, x: Shape, y: Shape) -> int:
        channels, height, width = y
        kernel_height, kernel_width = pair(self.kernel_size)
        return height * width * channels * kernel_height * kernel_width

    def mac_formula(self, x: Shape, y: Shape) -> str:
        height, width = pair(self.kernel_size)
        return f"{y[1]}·{y[2]}·{y[0] * height * width} = {grouped(self.macs(x, y))}"

    def constructor(self, x: Shape) -> Call:
        options = without_defaults(
            stride=(self.stride, 1),
            padding=(self.padding, 0),
            dilation=(self.dilation, 1),
            groups=(x[0], 1),
            bias=(self.bias, True),
        )
        return call("nn.Conv2d", x[0], x[0] * self.multiplier, self.kernel_size, **options)

    def headline(self) -> str:
        return size_text(self.kernel_size)

    def details(self) -> tuple[str | Phrase, ...]:
        parts = (stride_text(self.stride), padding_text(self.padding))
        return parts if self.bias else (*parts, Phrase("no bias"))
