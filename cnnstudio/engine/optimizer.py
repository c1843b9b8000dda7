"""Optimizers from the settings. Names and meanings are torch.optim's."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import torch
from torch import nn

from cnnstudio.core.training import Optimizer
from cnnstudio.engine.lean import LeanSGD

FUSED: dict[str, tuple[str, ...]] = {
    "SGD": ("cpu", "cuda", "mps"),
    "Adam": ("cpu", "cuda", "mps"),
    "AdamW": ("cpu", "cuda", "mps"),
    "Adagrad": ("cpu",),
}
"""Where torch can run them as one kernel over all weights, which is what small networks wait for."""


def _keep_compiler_out() -> None:
    """Lets optimizers be made without importing torch's compiler, which takes two seconds.

    torch imports it only to except these functions from compilation; here nothing is compiled. Where a later
    torch does it otherwise, this has no effect.
    """
    for function in vars(torch.optim.Optimizer).values():
        inner = getattr(function, "__wrapped__", None)
        if inner is not None and not hasattr(inner, _DISABLED):
            setattr(inner, _DISABLED, inner)


_DISABLED = "__dynamo_disable"
_keep_compiler_out()


def make_optimizer(parameters: Iterable[nn.Parameter], settings: Optimizer) -> torch.optim.Optimizer:
    """The optimizer, fused where torch has it."""
    options: dict[str, Any] = {"lr": settings.lr, "weight_decay": settings.weight_decay}
    if settings.name in ("SGD", "RMSprop"):
        options["momentum"] = settings.momentum
    if settings.name == "SGD":
        # torch refuses Nesterov without momentum, where it would change nothing.
        options["nesterov"] = settings.nesterov and settings.momentum > 0
    kind: type[torch.optim.Optimizer] = getattr(torch.optim, settings.name)
    weights = list(parameters)
    if is_fused(settings, weights[0].device):
        options["fused"] = True
        if settings.name == "SGD" and weights[0].device.type == "cpu":
            kind = LeanSGD
    return kind(weights, **options)


def is_fused(settings: Optimizer, device: torch.device) -> bool:
    """Whether torch has the optimizer as one kernel for the device."""
    return device.type in FUSED.get(settings.name, ())


def set_learning_rate(optimizer: torch.optim.Optimizer, lr: float) -> None:
    """Gives all weights this learning rate from the next step on."""
    for group in optimizer.param_groups:
        group["lr"] = lr
