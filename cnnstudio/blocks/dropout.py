from typing import ClassVar

from cnnstudio.core.block import Category, Layer
from cnnstudio.core.call import Call, call
from cnnstudio.core.fields import Probability, param
from cnnstudio.core.shape import Shape


class Dropout(Layer):
    """Sets random values to zero in training, so that no feature can rely on another one."""

    title: ClassVar[str] = "Dropout"
    category: ClassVar[Category] = "Dense"
    formula: ClassVar[str] = "out = x · mask / (1 − p)"
    module: ClassVar[str] = "nn.Dropout"

    p: Probability = param("Probability", "The share of values set to zero.", 0.5, always=True)

    def constructor(self, x: Shape) -> Call:
        return call(self.module, self.p)

    def headline(self) -> str:
        return f"{self.p:g}"
