from collections.abc import Mapping
from math import gcd
from typing import ClassVar

from cnnstudio.blocks.windowed import Windowed, padding_text, stride_text
from cnnstudio.core.block import Category, require_map
from cnnstudio.core.call import Call, call, without_defaults
from cnnstudio.core.fault import Change, Fault
from cnnstudio.core.fields import Count, KernelPair, PaddingPair, Value, pair, param, twice
from cnnstudio.core.phrase import Phrase
from cnnstudio.core.quantity import grouped
from cnnstudio.core.shape import Shape
from cnnstudio.core.window import (
    Window,
    pair_text,
    require_windows,
    size_text,
    windows,
)


class Conv2d(Windowed):
    """Slides learned filters over the map; each filter gives one output channel."""

    title: ClassVar[str] = "Conv2d"
    category: ClassVar[Category] = "Convolution"
    formula: ClassVar[str] = "out = ⌊(in + 2·padding − dilation·(kernel − 1) − 1) / stride⌋ + 1"

    out_channels: Count = param("Filters", "How many filters, that is, output channels.", 16, always=True)
    kernel_size: KernelPair = param("Kernel", "Height and width of a filter, in pixels.", 3, always=True)
    stride: KernelPair = param("Stride", "How far the filter moves from one output pixel to the next.", 1)
    padding: PaddingPair = param("Padding", "Zeros added on every side before the filter slides.", 0)
    dilation: KernelPair = param("Dilation", "Distance between the pixels that a filter looks at.", 1)
    groups: Count = param("Groups", "Independent towers; each sees its share of the input channels.", 1)
    bias: bool = param("Bias", "Adds a learned number to each output channel.", True)

    def windows(self) -> tuple[Window, Window]:
        return windows(self.kernel_size, self.stride, self.padding, self.dilation)

    def output(self, x: Shape) -> Shape:
        channels, height, width = require_map(x)
        y = (self.out_channels, *require_windows(self.windows(), height, width))
        self._require_groups(channels, y)
        return y

    def _require_groups(self, channels: int, y: Shape) -> None:
        if channels % self.groups or self.out_channels % self.groups:
            raise Fault(
                "needs input channels and filters that {groups} groups divide, got {channels} channels and"
                " {filters} filters",
                groups=self.groups,
                channels=channels,
                filters=self.out_channels,
                assume=y,
                ideas=(
                    Change({"groups": _common_divisor(channels, self.out_channels, self.groups)}),
                    Change({"out_channels": -(-self.out_channels // self.groups) * self.groups}),
                    Change({"groups": 1}),
                ),
            )

    def parameters(self, x: Shape) -> int:
        return self.out_channels * (self._weights_per_filter(x) + self.bias)

    def parameter_formula(self, x: Shape) -> str:
        height, width = pair(self.kernel_size)
        filter_text = f"{height}·{width}·{x[0] // self.groups}"
        bias = " + 1" if self.bias else ""
        return f"{self.out_channels} · ({filter_text}{bias}) = {grouped(self.parameters(x))}"

    def macs(self, x: Shape, y: Shape) -> int:
        channels, height, width = y
        return height * width * channels * self._weights_per_filter(x)

    def mac_formula(self, x: Shape, y: Shape) -> str:
        weights = self.out_channels * self._weights_per_filter(x)
        return f"{y[1]}·{y[2]}·{weights} = {grouped(self.macs(x, y))}"

    def _weights_per_filter(self, x: Shape) -> int:
        height, width = pair(self.kernel_size)
        return height * width * x[0] // self.groups

    def what_ifs(self, x: Shape) -> tuple[Mapping[str, Value], ...]:
        return (*super().what_ifs(x), {"out_channels": twice(self.out_channels)})

    def constructor(self, x: Shape) -> Call:
        options = without_defaults(
            stride=(self.stride, 1),
            padding=(self.padding, 0),
            dilation=(self.dilation, 1),
            groups=(self.groups, 1),
            bias=(self.bias, True),
        )
        return call("nn.Conv2d", x[0], self.out_channels, self.kernel_size, **options)

    def headline(self) -> str | Phrase:
        size = size_text(self.kernel_size)
        return Phrase("{count} filters {size}", {"count": self.out_channels, "size": size})

    def brief(self) -> str:
        return f"{self.out_channels} {size_text(self.kernel_size)}"

    def details(self) -> tuple[str | Phrase, ...]:
        parts = [stride_text(self.stride), padding_text(self.padding)]
        if self.dilation != 1:
            parts.append(Phrase("dilation {value}", {"value": pair_text(self.dilation)}))
        if self.groups != 1:
            parts.append(Phrase("{count} groups", {"count": self.groups}))
        return (*parts, *(() if self.bias else (Phrase("no bias"),)))


def _common_divisor(channels: int, filters: int, most: int) -> int:
    """The largest number of groups, up to so many, that divides both."""
    common = gcd(channels, filters)
    return next(divisor for divisor in range(min(common, most), 0, -1) if common % divisor == 0)
