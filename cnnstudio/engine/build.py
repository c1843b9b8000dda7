"""From a document to the torch module that its generated source defines."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import nn

from cnnstudio.blocks.aux_classifier import AuxClassifier
from cnnstudio.codegen import CannotGenerate, Generated, generate
from cnnstudio.core.document import Document, locations, walk
from cnnstudio.core.edits import set_classes
from cnnstudio.core.infer import infer
from cnnstudio.core.training import Initialisation
from cnnstudio.engine.errors import EngineError
from cnnstudio.engine.late_relu import let_relus_work_late
from cnnstudio.engine.phases import allow_phases

_MODULE_NAME = "cnnstudio_model"


@dataclass(frozen=True)
class Network:
    """A module in training mode on the CPU, the source it comes from, and the weights of its side heads."""

    module: nn.Module
    generated: Generated
    aux_weights: tuple[float, ...]


def adapted(document: Document, classes: int) -> Document:
    """The document with the data set's number of classes; raises :class:`EngineError` if it cannot train."""
    if document.classes != classes:
        document = set_classes(document, classes)
    require_trainable(document)
    return document


def require_trainable(document: Document) -> None:
    """Raises :class:`EngineError` with the first problem that would keep torch from running the network."""
    inference = infer(document)
    if inference.trainable:
        return
    problem = next(problem for problem in inference.problems if not problem.warning)
    place = locations(document)[problem.node] if problem.node else "The network"
    raise EngineError(f"{document.name} cannot be trained: {place} {problem.fault}.")


def build(document: Document) -> Network:
    """The network with freshly drawn weights: by torch's global generator, in NumPy by the seed."""
    try:
        generated = generate(document)
    except CannotGenerate as error:
        raise EngineError(str(error)) from error
    module = _module(document, generated)
    heads = (
        node.block for node in document.body if isinstance(node.block, AuxClassifier) and not node.disabled
    )
    return Network(module, generated, tuple(head.weight for head in heads))


def _module(document: Document, generated: Generated) -> nn.Module:
    if document.training.engine == "numpy":
        from cnnstudio.engine.numpy_network import NumpyNetwork

        return NumpyNetwork(document)
    module = instantiate(generated.source)
    initialise(module, document.training.init)
    let_relus_work_late(module, document, generated)
    allow_phases(module, document, generated)
    return module


def has_batch_norm(module: nn.Module) -> bool:
    """Whether a batch of one image may be too little for the network."""
    return any(hasattr(layer, "running_mean") for layer in module.modules())


def head_names(document: Document, generated: Generated) -> tuple[str, ...]:
    """The module paths of the side heads, in the order of their losses."""
    heads = (node for node in document.body if isinstance(node.block, AuxClassifier) and not node.disabled)
    return tuple(generated.paths[head.id][0] for head in heads)


def instantiate(source: str) -> nn.Module:
    """The network of a source that :mod:`cnnstudio.codegen` has just written; never of a file.

    The source is executed; the network is its last class and takes no argument.
    """
    namespace: dict[str, object] = {"__name__": _MODULE_NAME}
    exec(compile(source, "model.py", "exec"), namespace)
    classes = [
        thing
        for thing in namespace.values()
        if isinstance(thing, type) and issubclass(thing, nn.Module) and thing.__module__ == _MODULE_NAME
    ]
    module = classes[-1]()
    assert isinstance(module, nn.Module)
    return module


def initialise(module: nn.Module, how: Initialisation) -> None:
    """Draws the weights of convolutions and linear layers anew; "default" leaves torch's own."""
    if how.name == "default":
        return
    for layer in module.modules():
        if isinstance(layer, nn.Conv2d | nn.Linear):
            _draw(layer.weight, how)
            if layer.bias is not None:
                nn.init.zeros_(layer.bias)


def first_convolution(document: Document, generated: Generated) -> str | None:
    """The module path of the first convolution in reading order, None where there is none."""
    for node in walk(document.body):
        if type(node.block).__name__ in ("Conv2d", "DepthwiseConv2d"):
            return _convolution_in(generated.paths.get(node.id, ()))
    return None


def _convolution_in(paths: tuple[str, ...]) -> str | None:
    return paths[0] if paths else None


def _draw(weight: torch.Tensor, how: Initialisation) -> None:
    match how.name:
        case "normal":
            nn.init.normal_(weight, std=how.std)
        case "he":
            nn.init.kaiming_normal_(weight, nonlinearity="relu")
        case "xavier":
            nn.init.xavier_normal_(weight)
