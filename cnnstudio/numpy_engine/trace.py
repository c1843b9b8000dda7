"""What happens to one batch in every block: what comes in, what leaves, and the gradients on the way back."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from cnnstudio.core.block import Layer as LayerBlock
from cnnstudio.core.document import Document
from cnnstudio.core.training import Initialisation
from cnnstudio.numpy_engine.fast.alone import alone
from cnnstudio.numpy_engine.layer import Array, Layer
from cnnstudio.numpy_engine.layers import kind_of
from cnnstudio.numpy_engine.layers.batch_norm2d import BatchNorm2d
from cnnstudio.numpy_engine.loss import Labels
from cnnstudio.numpy_engine.network import Network
from cnnstudio.numpy_engine.weights import Draw, Random

LOSS = "loss"
"""Stands for the id of a block where the loss is meant."""


@dataclass(frozen=True, slots=True)
class Passage:
    """One block at work in one repetition: x in, y out; dy comes back, dx goes on.

    Arrays are (N, C, H, W) or (N, features); ``layer`` has the weights and, of this batch, their gradients. A
    block that nothing came back to (behind the last one that matters) has zeros.
    """

    node: str
    repetition: int
    layer: Layer
    x: Array
    y: Array
    dy: Array
    dx: Array


@dataclass(frozen=True, slots=True)
class Trace:
    """A batch on its way through a network."""

    passages: tuple[Passage, ...]
    loss: float
    probabilities: Array
    """(N, classes)."""
    end: Passage
    """Softmax and cross-entropy: logits in, probabilities out; the way back begins with ``dx``."""
    labels: Labels

    def of(self, node: str, repetition: int = 0) -> Passage:
        """What happened in a block; raises ``KeyError`` where it took no part."""
        for passage in self.passages:
            if passage.node == node and passage.repetition == repetition:
                return passage
        raise KeyError(node)

    def repetitions(self, node: str) -> int:
        """How many times a block stands in the network."""
        return sum(passage.node == node for passage in self.passages)


class Unwanted(Exception):
    """Nobody waits for the trace any more."""


Wanted = Callable[[], bool]


class Recorder(Layer):
    """Stands around a layer and keeps what passes, as long as somebody wants it."""

    def __init__(self, layer: Layer, node: str, wanted: Wanted) -> None:
        self.layer, self.node, self._wanted = layer, node, wanted
        self.params, self.grads, self.buffers = layer.params, layer.grads, layer.buffers
        self.dy: Array | None = None

    def forward(self, x: Array, training: bool = False) -> Array:
        if not self._wanted():
            raise Unwanted
        self.x, self.y = x, alone(self.layer).forward(x, training)
        return self.y

    def backward(self, dy: Array) -> Array:
        if not self._wanted():
            raise Unwanted
        layer = alone(self.layer)
        if layer is not self.layer:  # its im2col matrix is made once more, as all of them take much memory
            layer.forward(self.x)
        self.dy, self.dx = dy, layer.backward(dy)
        return self.dx

    def layers(self) -> Iterator[Layer]:
        yield self
        yield from self.layer.layers()


def trace(
    document: Document,
    weights: Mapping[str, Array] | None,
    x: Array,
    labels: Labels,
    wanted: Wanted = lambda: True,
) -> Trace:
    """Sends images (N, C, H, W) through the network and the loss's gradient back, as in evaluation.

    Running statistics stay as they are, dropout lets everything through, and side heads are silent, so that
    what is seen is what a prediction is made of. Without ``weights`` the document's seed draws them.

    Raises:
        CannotGenerate, NotImplementedError: as :class:`Network`.
        ValueError: the weights belong to another network.
        Unwanted: ``wanted``, asked before every layer, said no.
    """
    recorders: list[Recorder] = []

    def record(layer: Layer, node: str) -> Layer:
        if not wanted():  # drawing the weights of a large network takes a while
            raise Unwanted
        recorders.append(Recorder(layer, node, wanted))
        return recorders[-1]

    network = Network(document, dtype=x.dtype.type, blank=weights is not None, around=record)
    if weights is not None:
        network.load_state_dict(weights)
    loss = network.loss(x, labels, training=False)
    gradient = network.loss_gradient()
    network.backward()
    shares: Array = np.exp(network.logits - network.logits.max(axis=1, keepdims=True))
    probabilities: Array = shares / shares.sum(axis=1, keepdims=True)
    end = Passage(LOSS, 0, Layer(), network.logits, probabilities, np.ones_like(probabilities), gradient)
    return Trace(tuple(_passages(recorders)), loss, probabilities, end, labels)


@dataclass(frozen=True, slots=True, eq=False)
class InBatch:
    """What a batch norm meets in training: the first image's maps (1, C, H, W), the statistics."""

    x: Array
    mean: Array
    variance: Array
    images: int


def in_batch(
    document: Document,
    weights: Mapping[str, Array] | None,
    x: Array,
    wanted: Wanted = lambda: True,
) -> dict[tuple[str, int], InBatch]:
    """Sends a batch forward as in training; by node and repetition, what each batch norm met.

    Raises:
        CannotGenerate, NotImplementedError, ValueError, Unwanted: as :func:`trace`.
    """
    recorders: list[Recorder] = []

    def record(layer: Layer, node: str) -> Layer:
        if not wanted():
            raise Unwanted
        if not isinstance(layer, BatchNorm2d):
            return layer
        recorders.append(Recorder(layer, node, wanted))
        return recorders[-1]

    network = Network(document, dtype=x.dtype.type, blank=weights is not None, around=record)
    if weights is not None:
        network.load_state_dict(weights)
    network.forward(x, training=True)
    found: dict[tuple[str, int], InBatch] = {}
    seen: dict[str, int] = {}
    for recorder in recorders:
        repetition = seen.get(recorder.node, 0)
        seen[recorder.node] = repetition + 1
        met, axes = recorder.x, (0, 2, 3)
        statistics = met.mean(axis=axes), met.var(axis=axes)
        found[recorder.node, repetition] = InBatch(met[:1], *statistics, len(met))
    return found


def what_if(block: LayerBlock, passage: Passage) -> Passage:
    """What a changed block (another stride, say) does with the same input and the same weights.

    Weights that no longer fit are cut, or filled up with zeros. Where the output has another shape, the
    gradient that comes back is 1 everywhere.

    Raises:
        Fault: the block cannot take this input.
    """
    x = passage.x
    block.output(x.shape[1:])
    draw = Draw(Random(0), Initialisation(), x.dtype.type)
    layer: Layer = kind_of(block)(block, x.shape[1:], draw)
    for store, old in ((layer.params, passage.layer.params), (layer.buffers, passage.layer.buffers)):
        for name, value in store.items():
            if name in old:
                store[name] = _fitted(old[name], value.shape)
    y = layer.forward(x)
    dy = passage.dy if passage.dy.shape == y.shape else np.ones_like(y)
    return Passage(passage.node, passage.repetition, layer, x, y, dy, layer.backward(dy))


def _fitted(old: Array, shape: tuple[int, ...]) -> Array:
    fitted = np.zeros(shape, dtype=old.dtype)
    part = tuple(slice(0, min(sizes)) for sizes in zip(old.shape, shape, strict=True))
    fitted[part] = old[part]
    return fitted


def _passages(recorders: list[Recorder]) -> Iterator[Passage]:
    seen: dict[str, int] = {}
    for recorder in recorders:
        if not hasattr(recorder, "x"):
            continue
        repetition = seen.get(recorder.node, 0)
        seen[recorder.node] = repetition + 1
        nothing = recorder.dy is None
        dy = np.zeros_like(recorder.y) if recorder.dy is None else recorder.dy
        dx = np.zeros_like(recorder.x) if nothing else recorder.dx
        yield Passage(recorder.node, repetition, recorder.layer, recorder.x, recorder.y, dy, dx)
