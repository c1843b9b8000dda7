"""A document at work in NumPy: built from its blocks, with the names that its PyTorch source gives them."""

from __future__ import annotations

import copy
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping

import numpy as np

from cnnstudio.codegen import generate
from cnnstudio.core.block import Layer as LayerBlock
from cnnstudio.core.document import Document
from cnnstudio.core.infer import Report, StackReport, infer
from cnnstudio.numpy_engine.chain import Chain
from cnnstudio.numpy_engine.fast import quicken
from cnnstudio.numpy_engine.fast.twin import treats_images_alone, twin
from cnnstudio.numpy_engine.layer import Array, Layer
from cnnstudio.numpy_engine.layers import kind_of
from cnnstudio.numpy_engine.layers.aux_classifier import AuxClassifier
from cnnstudio.numpy_engine.loss import Labels, SoftmaxWithLoss
from cnnstudio.numpy_engine.weights import Blank, Draw, Random

Around = Callable[[Layer, str], Layer]
"""Puts something around a layer of the node with this id; see :mod:`cnnstudio.numpy_engine.trace`."""


class Network:
    """Logits from images, gradients from labels.

    ``modules`` are its layers by the paths of the exported PyTorch source (``layer1.0.conv1``),
    ``parameters`` views of all that is learnt by PyTorch's names (``layer1.0.conv1.weight``).

    ``around`` is asked for every layer that is made, and what it gives takes the layer's place.
    ``fast``: by the fast path; the results are the same but for rounding, and :meth:`backward` does not say
    the gradient by the images. ``blank``: weights are not drawn, as :meth:`load_state_dict` comes next.

    Raises:
        CannotGenerate: the document has an error.
        NotImplementedError: a block has no NumPy implementation.
    """

    def __init__(
        self,
        document: Document,
        seed: int | None = None,
        dtype: type[np.floating] = np.float32,
        *,
        fast: bool = False,
        blank: bool = False,
        around: Around | None = None,
    ) -> None:
        settings = document.training
        paths = generate(document).paths
        self._seed = settings.seed if seed is None else seed
        self._random = Random(self._seed)
        builder = _Builder(paths, (Blank if blank else Draw)(self._random, settings.init, dtype), around)
        chain = builder.chain(infer(document).body)
        self._readable = chain
        self._chain: Layer = quicken(chain) if fast else chain
        self._loss = SoftmaxWithLoss(settings.label_smoothing)
        self._heads = [layer for layer in chain.layers() if isinstance(layer, AuxClassifier)]
        for head in self._heads:
            head.loss = SoftmaxWithLoss(settings.label_smoothing)
        self.modules: Mapping[str, Layer] = builder.modules

    @property
    def treats_images_alone(self) -> bool:
        """Whether shares of a batch give what the whole batch would: not with batch norm or dropout."""
        return treats_images_alone(self._readable)

    def twin(self) -> Network:
        """The same weights by the fast path, with gradients and memory of its own, to work side by side.

        Only where :attr:`treats_images_alone`.
        """
        other = copy.copy(self)
        other._readable, twins = twin(self._readable)
        other._chain = quicken(other._readable)
        other._loss = copy.copy(self._loss)
        other.modules = {path: twins[layer] for path, layer in self.modules.items()}
        return other

    def forward(self, x: Array, training: bool = False) -> Array:
        """Logits (N, classes) of images (N, C, H, W)."""
        return self._chain.forward(x, training)

    def loss(self, x: Array, labels: Labels, step: int = 0, training: bool = True) -> float:
        """The main head's loss after a forward pass; :meth:`backward` may follow.

        ``step`` decides what dropout draws: a training that goes on draws what it would have drawn.
        """
        self._random.begin(step)
        self.logits = self.forward(x, training)
        loss = self._loss.forward(self.logits, labels)
        self.head_losses = tuple(head.head_loss(labels) for head in self._heads) if training else ()
        return loss

    def backward(self, weight: float = 1.0) -> Array:
        """Fills :attr:`gradients`; gives the gradient by the images. Side heads count with their weights.

        ``weight``: the share of these images where they are a part of a batch.
        """
        return self._chain.backward(self._loss.backward(weight))

    def loss_gradient(self) -> Array:
        """The gradient of the last loss by the logits: what :meth:`backward` begins with."""
        return self._loss.backward()

    def layers(self) -> Iterator[Layer]:
        """All of them, those that learn nothing too, in the order in which they compute."""
        return self._chain.layers()

    @property
    def parameters(self) -> dict[str, Array]:
        """What is learnt, by name; changing an array in place changes the network."""
        return dict(self._named("params"))

    @property
    def gradients(self) -> dict[str, Array]:
        """Of the last :meth:`backward`, by the names of the parameters."""
        return dict(self._named("grads"))

    def state_dict(self) -> dict[str, Array]:
        """Weights and running statistics by PyTorch's names, as copies."""
        return {name: value.copy() for name, value in self._state().items()}

    def load_state_dict(self, state: Mapping[str, Array]) -> None:
        """Takes weights over, from PyTorch or from :meth:`state_dict`.

        Raises:
            ValueError: names or shapes are not this network's.
        """
        own = self._state()
        if unknown := own.keys() ^ state.keys():
            raise ValueError(f"The weights belong to another network: {min(unknown)} is in one only.")
        for name, value in state.items():
            if own[name].shape != np.shape(value):
                raise ValueError(
                    f"The weights belong to another network: {name} is {np.shape(value)}, not"
                    f" {own[name].shape}."
                )
        for path, layer in self.modules.items():
            for store in (layer.params, layer.buffers):
                for name, old in store.items():
                    old[...] = state[f"{path}.{name}"]

    def _state(self) -> dict[str, Array]:
        return {**self.parameters, **dict(self._named("buffers"))}

    def _named(self, store: str) -> Iterator[tuple[str, Array]]:
        for path, layer in self.modules.items():
            for name, value in getattr(layer, store).items():
                yield f"{path}.{name}", value


class _Builder:
    """Makes layers in the order in which they compute, which is that of the paths of each node."""

    def __init__(self, paths: Mapping[str, tuple[str, ...]], draw: Draw, around: Around | None) -> None:
        self._paths = paths
        self._around = around or (lambda layer, node: layer)
        self._draw = draw
        self._made: defaultdict[str, int] = defaultdict(int)
        self.modules: dict[str, Layer] = {}

    def chain(self, stack: StackReport) -> Chain:
        """A stack of blocks."""
        return Chain([self._layer(report) for report in stack.reports if not report.node.disabled])

    def _layer(self, report: Report) -> Layer:
        kind = kind_of(report.block)
        if not isinstance(report.block, LayerBlock):
            stacks = [
                self.chain(stack)
                for round_ in report.rounds
                for _ in range(round_.times)
                for stack in round_.stacks
            ]
            composite: Layer = kind(report.block, stacks)
            return self._around(composite, report.node.id)
        layer: Layer = kind(report.block, report.input, self._draw)
        if layer.params or layer.buffers:
            self.modules[self._path(report.node.id)] = layer
        return self._around(layer, report.node.id)

    def _path(self, node_id: str) -> str:
        number = self._made[node_id]
        self._made[node_id] += 1
        return self._paths[node_id][number]
