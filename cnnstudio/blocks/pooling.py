"""What maximum and average pooling have in common."""

from collections.abc import Mapping
from typing import ClassVar

from cnnstudio.blocks.windowed import Windowed, padding_text, stride_text
from cnnstudio.core.block import Category, require_map
from cnnstudio.core.call import Call, call, without_defaults
from cnnstudio.core.fault import Change, Fault, Remove
from cnnstudio.core.fields import KernelPair, PaddingPair, Pair, Value, pair, param
from cnnstudio.core.phrase import Phrase
from cnnstudio.core.shape import Shape
from cnnstudio.core.window import (
    Window,
    pair_text,
    require_windows,
    size_text,
    windows,
)


class Pooling(Windowed):
    """A window that slides over each channel and gives one number where it stands."""

    category: ClassVar[Category] = "Pooling"
    formula: ClassVar[str] = "out = ⌊(in + 2·padding − kernel) / stride⌋ + 1, rounded up with ceil mode"
    module: ClassVar[str]

    kernel_size: KernelPair = param("Window", "Height and width of the window, in pixels.", 2, always=True)
    stride: KernelPair | None = param(
        "Stride",
        "How far the window moves from one output pixel to the next; by its own size if empty.",
        None,
    )
    padding: PaddingPair = param("Padding", "Pixels added on every side, at most half of the window.", 0)
    ceil_mode: bool = param("Round up", "Keeps a last window that hangs over the edge (ceil mode).", False)

    @property
    def _stride(self) -> Pair:
        return self.kernel_size if self.stride is None else self.stride

    def windows(self) -> tuple[Window, Window]:
        return windows(self.kernel_size, self._stride, self.padding, ceil=self.ceil_mode)

    def output(self, x: Shape) -> Shape:
        channels, height, width = require_map(x)
        self._require_padding()
        try:
            return (channels, *require_windows(self.windows(), height, width))
        except Fault as fault:
            # Whoever pools once too often wants one pooling less, rather than a frame of padding.
            fault.ideas = (Remove(), *(idea for idea in fault.ideas if idea != Remove()))
            raise

    def _require_padding(self) -> None:
        (kernel_height, kernel_width), (height, width) = pair(self.kernel_size), pair(self.padding)
        most = min(height, kernel_height // 2), min(width, kernel_width // 2)
        if most != (height, width):
            raise Fault(
                "has padding {padding}, but at most half of its window ({most}) is allowed",
                padding=pair_text(self.padding),
                most=pair_text(most),
                ideas=(Change({"padding": most}),),
            )

    def what_ifs(self, x: Shape) -> tuple[Mapping[str, Value], ...]:
        return (*super().what_ifs(x), {"ceil_mode": not self.ceil_mode})

    def constructor(self, x: Shape) -> Call:
        options = without_defaults(
            stride=(self._stride, self.kernel_size),
            padding=(self.padding, 0),
            ceil_mode=(self.ceil_mode, False),
        )
        return call(self.module, self.kernel_size, **options)

    def headline(self) -> str:
        return size_text(self.kernel_size)

    def details(self) -> tuple[str | Phrase, ...]:
        parts = [stride_text(self._stride)]
        if self.padding != 0:
            parts.append(padding_text(self.padding))
        return (*parts, *((Phrase("rounds up"),) if self.ceil_mode else ()))
