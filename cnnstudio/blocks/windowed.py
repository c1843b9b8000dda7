"""What convolutions and poolings have in common: a window that slides over a map."""

from collections.abc import Mapping

from cnnstudio.core.block import Layer
from cnnstudio.core.fields import Pair, Value
from cnnstudio.core.phrase import Phrase
from cnnstudio.core.reach import Reach
from cnnstudio.core.shape import Shape
from cnnstudio.core.window import (
    Window,
    even_padding,
    pair_text,
    same_padding,
    window_derivation,
    window_reach,
)


class Windowed(Layer):
    """A layer whose output pixels each look at one window of the input."""

    def windows(self) -> tuple[Window, Window]:
        """The windows along height and width."""
        raise NotImplementedError

    def derivation(self, x: Shape) -> tuple[str | Phrase, ...]:
        _, height, width = x
        return window_derivation(self.windows(), height, width)

    def reach(self, x: Shape) -> Reach | None:
        return window_reach(self.windows())

    def what_ifs(self, x: Shape) -> tuple[Mapping[str, Value], ...]:
        """Another window, another stride, and the padding with which the stride alone counts."""
        height, width = self.windows()
        kernel = 3 if height.kernel != 3 else 5
        ideas: list[Mapping[str, Value]] = [
            {"kernel_size": kernel},
            {"stride": 1 if height.stride > 1 else 2},
        ]
        even = even_padding((height, width), x[1], x[2])
        if max(height.stride, width.stride) > 1 and even is not None:
            ideas.append({"padding": even})
        return tuple(ideas)

    def same_padding(self) -> Pair | None:
        return same_padding(self.windows())


def stride_text(stride: Pair) -> Phrase:
    """``stride 2``, on a card."""
    return Phrase("stride {value}", {"value": pair_text(stride)})


def padding_text(padding: Pair) -> Phrase:
    """``padding 1``, on a card."""
    return Phrase("padding {value}", {"value": pair_text(padding)})
