"""What torch itself says about a document: an interpreter that knows none of our shape rules."""

import warnings
from collections.abc import Sequence

import torch
from torch import Tensor, nn

from cnnstudio.core.block import Layer
from cnnstudio.core.call import Argument, Call
from cnnstudio.core.document import Document, Node, Stack
from cnnstudio.core.shape import Shape

BATCH = 2  # batch norm refuses a single value per channel


class Refused(Exception):
    """torch, or the meaning of a block, refuses."""


def module(constructor: Call) -> nn.Module:
    """The torch module that a constructor as data stands for."""
    made = getattr(nn, constructor.target.removeprefix("nn."))(
        *map(_argument, constructor.args), **{k: _argument(v) for k, v in constructor.kwargs}
    )
    assert isinstance(made, nn.Module)
    return made


def _argument(value: Argument) -> object:
    return module(value) if isinstance(value, Call) else value


def shape_of(x: Tensor) -> Shape:
    """Without the batch."""
    return tuple(x.shape[1:])


def layer_output(block: Layer, x: Tensor) -> tuple[Tensor, nn.Module]:
    """What torch makes of one layer and where it refuses."""
    kind = type(block).__name__
    # torch applies Linear and ZeroPad2d to the last dimensions, whatever these mean, and its meta kernel of
    # adaptive pooling lets pass what the real ones refuse.
    if x.dim() != {"Linear": 2, "ZeroPad2d": 4, "AdaptiveAvgPool2d": 4, "GlobalAvgPool2d": 4}.get(
        kind, x.dim()
    ):
        raise Refused(f"{kind} on {x.dim()} dimensions")
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # Dropout2d only warns about flat features
        try:
            layer = module(block.constructor(shape_of(x)))
            y = layer(x)
        except (RuntimeError, ValueError, IndexError, ZeroDivisionError, Warning) as error:
            raise Refused(str(error)) from error
    if min(y.shape) < 1:
        raise Refused("an empty map")
    return y, layer


def seen(network: nn.Module, size: Shape) -> Tensor:
    """Whether output pixel (i, j) depends on input pixel (r, c), as [i, j, r, c]; flat features are (f, 0).

    No number passes through what is not a number, so one image with one such pixel each tells all of it.
    """
    channels, height, width = size
    # Numbers of 64 bits, for which there are no shortcuts that compute more than a pixel's own window.
    images = torch.rand(height * width, channels, height * width, dtype=torch.float64)
    each = torch.arange(height * width)
    images[each, :, each] = torch.nan
    with torch.no_grad():
        y = network.double().eval()(images.view(-1, *size))
    reached = y.isnan().unsqueeze(2) if y.dim() == 2 else y.isnan().any(1)
    return reached.movedim(0, -1).unflatten(-1, (height, width))


def run(document: Document) -> tuple[Shape, int]:
    """Output shape and parameter count on the meta device; raises :class:`Refused`."""
    with torch.device("meta"):
        x = torch.empty(BATCH, *document.input.shape)
        y, params = _stack(document.body, x, first=True, root=True)
    return shape_of(y), params


def _stack(stack: Stack, x: Tensor, first: bool, root: bool) -> tuple[Tensor, int]:
    params = 0
    for node in stack:
        if not node.disabled and (not node.only_first or first):
            x, more = _node(node, x, first, root)
            params += more
    return x, params


def _node(node: Node, x: Tensor, first: bool, root: bool) -> tuple[Tensor, int]:
    block = node.first if first and node.first is not None else node.block
    if isinstance(block, Layer):
        y, layer = layer_output(block, x)
        return y, sum(p.numel() for p in layer.parameters())
    params = 0
    times = getattr(block, "times", 1)
    for repetition in range(times):
        inner_first = repetition == 0 if type(block).__name__ == "Repeat" else first
        outputs = []
        for stack in node.stacks:
            y, more = _stack(stack, x, inner_first, root=False)
            outputs.append(y)
            params += more
        x = _merged(type(block).__name__, block, x, outputs, root)
    return x, params


def _merged(kind: str, block: object, x: Tensor, outputs: Sequence[Tensor], root: bool) -> Tensor:
    match kind:
        case "Repeat" | "Group":
            return outputs[0]
        case "AuxClassifier":
            if not root:
                raise Refused("a side head inside a composite")
            return x
        case "Residual":
            _same(outputs)
            return outputs[0] + outputs[1]
        case "Parallel":
            return _parallel(getattr(block, "merge"), outputs)  # noqa: B009
    raise AssertionError(kind)


def _parallel(merge: str, outputs: Sequence[Tensor]) -> Tensor:
    if not outputs:
        raise Refused("no branch")
    if merge == "concat":
        try:
            return torch.cat(list(outputs), dim=1)
        except RuntimeError as error:
            raise Refused(str(error)) from error
    total = outputs[0]
    if merge == "add":
        _same(outputs)
    else:
        largest = max(outputs, key=Tensor.numel)
        gate = (*largest.shape[:2], 1, 1)
        _same([y for y in outputs if tuple(y.shape) != gate or largest.dim() != 4] or outputs)
    for y in outputs[1:]:
        total = total + y if merge == "add" else total * y
    return total


def _same(outputs: Sequence[Tensor]) -> None:
    if len({tuple(y.shape) for y in outputs}) > 1:
        raise Refused("unequal shapes")
