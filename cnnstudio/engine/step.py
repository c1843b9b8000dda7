"""One optimizer step."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence

import torch
import torch.nn.functional as F
from torch import nn

from cnnstudio.core.training import Optimizer
from cnnstudio.engine.optimizer import make_optimizer


class Stepper:
    """A network with its optimizer. ``aux_weights`` are the loss weights of its side heads."""

    def __init__(self, module: nn.Module, settings: Optimizer, aux_weights: Sequence[float] = ()) -> None:
        self.module = module
        self.optimizer = make_optimizer(module.parameters(), settings)
        self.weights = list(module.parameters())
        self._aux_weights = aux_weights
        # Without torch's hooks and profiler marks around it, a twentieth of a small network's step.
        self._update: Callable[[torch.optim.Optimizer], object] = inspect.unwrap(type(self.optimizer).step)

    def take(self, images: torch.Tensor, labels: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Learns from one batch; gives the main head's mean loss and its logits (N, classes)."""
        told = self.differentiate(images, labels)
        self.update()
        return told

    def differentiate(self, images: torch.Tensor, labels: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Gives each weight its gradient, and back the main head's mean loss and its logits (N, classes).

        Side heads add their loss, weighted, to what is learnt from but not to what is told: the loss stays
        comparable with the test's.
        """
        output = self.module(images)
        if self._aux_weights:
            logits, *heads = output
            loss = F.cross_entropy(logits, labels)
            total = loss
            for weight, head in zip(self._aux_weights, heads):
                total = total + weight * F.cross_entropy(head, labels)
        else:
            logits = output
            loss = total = F.cross_entropy(logits, labels)
        for weight_tensor in self.weights:
            weight_tensor.grad = None
        torch.autograd.backward(total)
        return loss, logits

    def update(self) -> None:
        """Lets the weights follow their gradients."""
        with torch.no_grad():
            self._update(self.optimizer)


def in_format(module: nn.Module, channels_last: bool) -> nn.Module:
    """The module with its filters in this memory format."""
    if channels_last:
        module.to(memory_format=torch.channels_last)
    return module


def timed_step(
    images: torch.Tensor, labels: torch.Tensor, settings: Optimizer, aux_weights: Sequence[float]
) -> Callable[[nn.Module, bool], Callable[[], None]]:
    """What :func:`cnnstudio.engine.choices.choose` times: a step on always the same batch."""

    def prepare(module: nn.Module, channels_last: bool) -> Callable[[], None]:
        stepper = Stepper(in_format(module, channels_last), settings, aux_weights)
        layout = torch.channels_last if channels_last else torch.contiguous_format
        batch = images.contiguous(memory_format=layout)

        def step() -> None:
            stepper.take(batch, labels)

        return step

    return prepare
