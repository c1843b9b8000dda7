"""What convolutions and poolings have in common: a window that slides over a map."""

from cnnstudio.core.block import Layer
from cnnstudio.core.fields import Pair
from cnnstudio.core.reach import Reach
from cnnstudio.core.shape import Shape
from cnnstudio.core.window import Window, same_padding, window_derivation, window_reach


class Windowed(Layer):
    """A layer whose output pixels each look at one window of the input."""

    def windows(self) -> tuple[Window, Window]:
        """The windows along height and width."""
        raise NotImplementedError

    def derivation(self, x: Shape) -> tuple[str, ...]:
        _, height, width = x
        return window_derivation(self.windows(), height, width)

    def reach(self, x: Shape) -> Reach | None:
        return window_reach(self.windows())

    def same_padding(self) -> Pair | None:
        return same_padding(self.windows())
