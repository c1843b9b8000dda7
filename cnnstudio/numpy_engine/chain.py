"""Layers one behind the other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cnnstudio.numpy_engine.layer import Array, Layer


class Chain(Layer):
    """Forward from the first to the last, backward from the last to the first."""

    def __init__(self, members: Sequence[Layer]) -> None:
        super().__init__()
        self.members = tuple(members)

    def forward(self, x: Array, training: bool = False) -> Array:
        for member in self.members:
            x = member.forward(x, training)
        return x

    def backward(self, dy: Array) -> Array:
        for member in reversed(self.members):
            dy = member.backward(dy)
        return dy

    def layers(self) -> Iterator[Layer]:
        yield self
        for member in self.members:
            yield from member.layers()
