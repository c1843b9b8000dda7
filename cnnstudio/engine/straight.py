"""Networks of linear layers, one after another, learn without autograd: an eighth of their step.

Where the products are small, putting together a graph and walking back through it costs as much time as
the elementwise work (``fashion-dnn``: 110 of 955 µs, beside 710 µs of products). The kernels, their order
and what they give, bit for bit, are those that autograd calls; any other network, and a step into which a
hook looks, is left to it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import torch
import torch.nn.functional as F
from torch import nn

Told = tuple[torch.Tensor, torch.Tensor]
"""A batch's mean loss and its logits (N, classes)."""

_aten = torch.ops.aten
_forward_of_loss = _aten.nll_loss_forward.default
_backward_of_loss = _aten.nll_loss_backward.default
_backward_of_softmax = _aten._log_softmax_backward_data.default
_backward_of_relu = _aten.threshold_backward.default
_NONE_IGNORED = (None, 1, -100)  # no class weights, the mean, torch's own index of what does not count


class _Flat:
    """Changes shapes only."""

    def __init__(self, layer: nn.Module) -> None:
        self._layer = layer

    def forward(self, values: torch.Tensor) -> torch.Tensor:
        """(N, …) to (N, features)."""
        self._shape = values.shape
        flat: torch.Tensor = self._layer(values)
        return flat

    def backward(self, slope: torch.Tensor, wanted: bool) -> torch.Tensor:
        """The slopes of what came in."""
        return slope.view(self._shape)


class _Rectified:
    """A ReLU."""

    def __init__(self, layer: nn.Module) -> None:
        pass

    def forward(self, values: torch.Tensor) -> torch.Tensor:
        """The values above zero; another tensor, as the first layer's input is not its own."""
        self._above = torch.relu(values)
        return self._above

    def backward(self, slope: torch.Tensor, wanted: bool) -> torch.Tensor:
        """The slopes where it was above zero."""
        back: torch.Tensor = _backward_of_relu(slope, self._above, 0)
        return back


class _Dropped:
    """A dropout, which draws as torch's."""

    def __init__(self, layer: nn.Dropout) -> None:
        self._kept = 1 - layer.p

    def forward(self, values: torch.Tensor) -> torch.Tensor:
        """What is left, as much larger."""
        self._noise = torch.empty_like(values).bernoulli_(self._kept).div_(self._kept)
        return values * self._noise

    def backward(self, slope: torch.Tensor, wanted: bool) -> torch.Tensor:
        """The slopes of what was left."""
        return slope * self._noise


class _Product:
    """A linear layer; leaves its gradients in its weights."""

    def __init__(self, layer: nn.Linear) -> None:
        self._weight, self._bias = layer.weight, layer.bias
        self._weight_slope = torch.empty_like(layer.weight)

    def forward(self, values: torch.Tensor) -> torch.Tensor:
        """(N, in) to (N, out)."""
        self._values = values
        return F.linear(values, self._weight, self._bias)

    def backward(self, slope: torch.Tensor, wanted: bool) -> torch.Tensor:
        """The slopes of what came in, where there are layers before that want them."""
        self._weight.grad = torch.mm(slope.t(), self._values, out=self._weight_slope)
        if self._bias is not None:
            self._bias.grad = slope.sum(0)
        return slope.mm(self._weight) if wanted else slope


_KINDS: dict[type[nn.Module], Callable[..., _Flat | _Rectified | _Dropped | _Product]] = {
    nn.Flatten: _Flat,
    nn.ReLU: _Rectified,
    nn.Dropout: _Dropped,
    nn.Linear: _Product,
}


class StraightLine:
    """The losses and gradients of a network of such layers, in training, on the CPU, in float32."""

    def __init__(self, module: nn.Module, layers: Sequence[nn.Module]) -> None:
        self._module = module
        self._parts = tuple(module.modules())
        self._steps = [_KINDS[type(layer)](layer) for layer in layers]
        first = next(index for index, layer in enumerate(layers) if type(layer) is nn.Linear)
        self._back = tuple((step, index > 0) for index, step in enumerate(self._steps[first:]))[::-1]

    def is_free(self) -> bool:
        """Whether the network learns now, and nobody looks at what its layers give."""
        return self._module.training and not is_seen(self._parts)

    @torch.no_grad()
    def differentiate(self, images: torch.Tensor, labels: torch.Tensor) -> Told:
        """As :meth:`cnnstudio.engine.step.Stepper.differentiate`."""
        values = images
        for step in self._steps:
            values = step.forward(values)
        chances = torch.log_softmax(values, 1)
        loss, total = _forward_of_loss(chances, labels, *_NONE_IGNORED)
        one = torch.ones_like(loss)
        slope = _backward_of_loss(one, chances, labels, *_NONE_IGNORED, total)
        slope = _backward_of_softmax(slope, chances, 1, values.dtype)
        for back, wanted in self._back:
            slope = back.backward(slope, wanted)
        return loss, values


def straight_line(module: nn.Module, images: torch.Tensor) -> StraightLine | None:
    """The layers of a network if each takes what the one before gives, and nothing else happens between them.

    That is seen in one pass of a few images, which draws no random numbers; None for any other network.
    """
    layers = [layer for layer in module.modules() if not list(layer.children())]
    if not all(type(layer) in _KINDS and _is_plain(layer) for layer in layers):
        return None
    passed: list[tuple[nn.Module, torch.Tensor, torch.Tensor]] = []
    handles = [
        layer.register_forward_hook(lambda layer, given, got: passed.append((layer, given[0], got)))
        for layer in layers
    ]
    try:
        with torch.no_grad(), torch.random.fork_rng(devices=()):
            last = images
            result = module(images)
    finally:
        for handle in handles:
            handle.remove()
    for layer, given, got in passed:
        if given is not last or (type(layer) is nn.Linear and given.dim() != 2):
            return None
        last = got
    used = [layer for layer, *_ in passed]
    if last is not result or result.dim() != 2 or not len(used) == len(set(used)) == len(layers):
        return None
    return StraightLine(module, used) if any(type(layer) is nn.Linear for layer in used) else None


def is_seen(parts: Iterable[nn.Module]) -> bool:
    """Whether somebody looks at what they give."""
    return any(part._forward_hooks for part in parts)


def _is_plain(layer: nn.Module) -> bool:
    """Whether the layer does nothing more than its kind says."""
    if isinstance(layer, nn.Dropout):
        return not layer.inplace and 0 < layer.p < 1
    learnt = all(weight.requires_grad for weight in layer.parameters())
    return learnt and not getattr(layer, "inplace", False)
