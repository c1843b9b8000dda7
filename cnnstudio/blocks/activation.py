"""What activations without parameters have in common."""

from typing import ClassVar

from cnnstudio.core.block import Category, Layer
from cnnstudio.core.call import Call, call
from cnnstudio.core.shape import Shape


class Activation(Layer):
    """A function applied to every value by itself."""

    category: ClassVar[Category] = "Activation"
    module: ClassVar[str]

    def constructor(self, x: Shape) -> Call:
        return call(self.module)
