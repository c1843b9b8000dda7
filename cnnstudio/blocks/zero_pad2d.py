from typing import ClassVar

from cnnstudio.core.block import Category, Layer, require_map
from cnnstudio.core.call import Call, call
from cnnstudio.core.fields import PaddingPair, pair, param
from cnnstudio.core.phrase import Phrase
from cnnstudio.core.reach import Reach
from cnnstudio.core.shape import Shape
from cnnstudio.core.window import by_side, pair_text


class ZeroPad2d(Layer):
    """Adds a frame of zeros around the map."""

    title: ClassVar[str] = "Zero padding"
    category: ClassVar[Category] = "Convolution"
    formula: ClassVar[str] = "out = in + 2·padding"

    padding: PaddingPair = param("Padding", "Zeros added on every side: height, width.", 1, always=True)

    def output(self, x: Shape) -> Shape:
        channels, height, width = require_map(x)
        vertical, horizontal = pair(self.padding)
        return (channels, height + 2 * vertical, width + 2 * horizontal)

    def derivation(self, x: Shape) -> tuple[str | Phrase, ...]:
        vertical, horizontal = pair(self.padding)
        rows = f"{x[1]} + 2·{vertical} = {x[1] + 2 * vertical}"
        columns = f"{x[2]} + 2·{horizontal} = {x[2] + 2 * horizontal}"
        return (rows,) if rows == columns else by_side(rows, columns)

    def reach(self, x: Shape) -> Reach | None:
        vertical, horizontal = pair(self.padding)
        return Reach(start=(-vertical, -horizontal))

    def constructor(self, x: Shape) -> Call:
        vertical, horizontal = pair(self.padding)
        same = vertical == horizontal
        return call("nn.ZeroPad2d", vertical if same else (horizontal, horizontal, vertical, vertical))

    def headline(self) -> str:
        return pair_text(self.padding)
