"""An auxiliary classifier: the input passes through, and a side head learns from it too."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cnnstudio.blocks.aux_classifier import AuxClassifier as Block
from cnnstudio.numpy_engine.chain import Chain
from cnnstudio.numpy_engine.layer import Array, Layer
from cnnstudio.numpy_engine.loss import Labels, SoftmaxWithLoss


class AuxClassifier(Layer):
    """The head has a loss of its own, which counts ``weight`` beside the main one; none outside training."""

    def __init__(self, block: Block, stacks: Sequence[Chain]) -> None:
        super().__init__()
        (self._head,) = stacks
        self.loss = SoftmaxWithLoss()
        self.weight = block.weight
        self.logits: Array | None = None

    def forward(self, x: Array, training: bool = False) -> Array:
        self.logits = self._head.forward(x, training) if training else None
        return x

    def head_loss(self, labels: Labels) -> float:
        """The head's own mean cross-entropy, unweighted, after a forward pass in training."""
        assert self.logits is not None, "the head works in training only"
        return self.loss.forward(self.logits, labels)

    def backward(self, dy: Array) -> Array:
        if self.logits is None:
            return dy
        return dy + self._head.backward(self.loss.backward(self.weight))

    def layers(self) -> Iterator[Layer]:
        yield self
        yield from self._head.layers()
