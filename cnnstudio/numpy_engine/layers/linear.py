"""The fully connected (affine) layer."""

from __future__ import annotations

from cnnstudio.blocks.linear import Linear as Block
from cnnstudio.core.shape import Shape
from cnnstudio.numpy_engine.layer import Array, Layer
from cnnstudio.numpy_engine.weights import Draw


class Linear(Layer):
    """``y = x Wᵀ + b``; weight (out, in), bias (out)."""

    def __init__(self, block: Block, x: Shape, draw: Draw) -> None:
        super().__init__()
        self.params = draw((block.out_features, x[0]), bias=block.bias)

    def forward(self, x: Array, training: bool = False) -> Array:
        self._x = x
        y = x @ self.params["weight"].T
        return y + self.params["bias"] if "bias" in self.params else y

    def backward(self, dy: Array) -> Array:
        self.grads["weight"] = dy.T @ self._x
        if "bias" in self.params:
            self.grads["bias"] = dy.sum(axis=0)
        return dy @ self.params["weight"]
