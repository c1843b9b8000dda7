"""One optimizer step."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
import torch.nn.functional as F
from torch import nn

from cnnstudio.core.training import Optimizer
from cnnstudio.engine.optimizer import make_optimizer


def take_step(
    module: nn.Module,
    optimizer: torch.optim.Optimizer,
    images: torch.Tensor,
    labels: torch.Tensor,
    aux_weights: Sequence[float],
) -> tuple[torch.Tensor, torch.Tensor]:
    """Learns from one batch; gives the main head's mean loss and its logits (N, classes).

    Side heads add their loss, weighted, to what is learnt from but not to what is told: the loss stays
    comparable with the test's.
    """
    optimizer.zero_grad()
    output = module(images)
    if aux_weights:
        logits, *heads = output
        loss = F.cross_entropy(logits, labels)
        total = loss
        for weight, head in zip(aux_weights, heads):
            total = total + weight * F.cross_entropy(head, labels)
        torch.autograd.backward(total)
    else:
        logits = output
        loss = F.cross_entropy(logits, labels)
        torch.autograd.backward(loss)
    optimizer.step()
    return loss, logits


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
        in_format(module, channels_last)
        layout = torch.channels_last if channels_last else torch.contiguous_format
        batch = images.contiguous(memory_format=layout)
        optimizer = make_optimizer(module.parameters(), settings)

        def step() -> None:
            take_step(module, optimizer, batch, labels, aux_weights)

        return step

    return prepare
