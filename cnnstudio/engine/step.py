"""One optimizer step."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch
import torch.nn.functional as F
from torch import nn

from cnnstudio.core.training import Optimizer, TrainingSettings
from cnnstudio.engine.convolutions import use_products
from cnnstudio.engine.lean import backward_on_cpu
from cnnstudio.engine.optimizer import make_optimizer
from cnnstudio.engine.phases import use_phases
from cnnstudio.engine.precision import FULL, Precision
from cnnstudio.engine.straight import StraightLine, is_seen, straight_line

if TYPE_CHECKING:
    from cnnstudio.engine.choices import Choices, Step

Losses = tuple[torch.Tensor, torch.Tensor, torch.Tensor]


@dataclass(frozen=True, slots=True)
class Recipe:
    """What a step depends on beside the network. ``aux_weights`` are the loss weights of its side heads."""

    optimizer: Optimizer
    aux_weights: tuple[float, ...] = ()
    label_smoothing: float = 0.0
    clip_norm: float = 0.0
    precision: Precision = FULL

    @classmethod
    def of(cls, settings: TrainingSettings, aux_weights: Sequence[float], precision: Precision) -> Recipe:
        """The recipe of a document's settings."""
        return cls(
            settings.optimizer, tuple(aux_weights), settings.label_smoothing, settings.clip_norm, precision
        )


class Stepper:
    """A network with its optimizer.

    What the recipe leaves out costs nothing: a step is put together here once.
    """

    def __init__(self, module: nn.Module, recipe: Recipe) -> None:
        self.module = module
        self.recipe = recipe
        self.optimizer = make_optimizer(module.parameters(), recipe.optimizer)
        self.scaler: torch.amp.GradScaler | None = None
        self.weights = list(module.parameters())
        self.losses: Callable[[torch.Tensor, torch.Tensor], Losses] = self._plain_losses
        if recipe.aux_weights or recipe.label_smoothing:
            self.losses = self._all_losses
        if recipe.precision.dtype is not None:
            self.losses = self._in_half(self.losses, recipe.precision.dtype)
        # Without torch's hooks and profiler marks around it, a twentieth of a small network's step.
        self._step: Callable[[torch.optim.Optimizer], object] = inspect.unwrap(type(self.optimizer).step)
        weight, scaled = self.weights[0], recipe.precision.scaled
        plain = weight.device.type == "cpu" and weight.dtype == torch.float32 and not scaled
        self._backward = backward_on_cpu() if plain else torch.autograd.backward
        self._line: StraightLine | None = None
        self._may_be_straight = plain and self.losses == self._plain_losses
        if scaled:
            self.scaler = torch.amp.GradScaler(self.weights[0].device.type)
            # The scaler calls it, and torch's own would import its compiler.
            vars(self.optimizer)["step"] = self._follow

    def take(self, images: torch.Tensor, labels: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Learns from one batch; gives the main head's mean loss and its logits (N, classes).

        Side heads add their loss, weighted, and label smoothing its share to what is learnt from but not to
        what is told: the loss stays comparable with the test's. With side heads the losses come as a row
        (1 + heads,), the main one first, all unweighted.
        """
        told = self.differentiate(images, labels)
        self.update()
        return told

    def differentiate(self, images: torch.Tensor, labels: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """The first half of :meth:`take`: gives the same and leaves the gradients in :attr:`weights`."""
        if self._may_be_straight and not is_seen(self.module.modules()):
            self._line, self._may_be_straight = straight_line(self.module, images), False
        if self._line is not None and self._line.is_free():
            return self._line.differentiate(images, labels)
        told, total, logits = self.losses(images, labels)
        for weight in self.weights:
            weight.grad = None
        self._backward(total if self.scaler is None else self.scaler.scale(total))
        return told, logits

    def update(self) -> None:
        """The second half of :meth:`take`: follows the gradients, clipped."""
        scaler = self.scaler
        if self.recipe.clip_norm:
            if scaler is not None:
                scaler.unscale_(self.optimizer)
            nn.utils.clip_grad_norm_(self.weights, self.recipe.clip_norm)
        if scaler is None:
            self._follow()
        else:
            scaler.step(self.optimizer)
            scaler.update()

    def _follow(self) -> None:
        with torch.no_grad():
            self._step(self.optimizer)

    def scaler_state(self) -> dict[str, Any]:
        """What a checkpoint keeps of the loss scaling; empty without it."""
        return {} if self.scaler is None else self.scaler.state_dict()

    def restore_scaler(self, state: dict[str, Any]) -> None:
        """Goes on with a checkpoint's loss scaling, where there is any."""
        if self.scaler is not None and state:
            self.scaler.load_state_dict(state)

    def _plain_losses(self, images: torch.Tensor, labels: torch.Tensor) -> Losses:
        logits = self.module(images)
        loss = F.cross_entropy(logits, labels)
        return loss, loss, logits

    def _all_losses(self, images: torch.Tensor, labels: torch.Tensor) -> Losses:
        output = self.module(images)
        logits, *heads = output if self.recipe.aux_weights else (output,)
        smoothing = self.recipe.label_smoothing
        losses = [F.cross_entropy(each, labels, label_smoothing=smoothing) for each in (logits, *heads)]
        total = losses[0]
        for weight, loss in zip(self.recipe.aux_weights, losses[1:]):
            total = total + weight * loss
        if smoothing:
            with torch.no_grad():
                losses = [F.cross_entropy(each, labels) for each in (logits, *heads)]
        told = torch.stack([loss.detach() for loss in losses]) if heads else losses[0]
        return told, total, logits

    def _in_half(
        self, losses: Callable[[torch.Tensor, torch.Tensor], Losses], dtype: torch.dtype
    ) -> Callable[[torch.Tensor, torch.Tensor], Losses]:
        kind = self.weights[0].device.type

        def autocast(images: torch.Tensor, labels: torch.Tensor) -> Losses:
            with torch.autocast(kind, dtype):
                return losses(images, labels)

        return autocast


def stepper_for(module: nn.Module, recipe: Recipe) -> Stepper:
    """The stepper of a network in PyTorch or in NumPy."""
    from cnnstudio.engine.numpy_network import NumpyNetwork, NumpyStepper

    return NumpyStepper(module, recipe) if isinstance(module, NumpyNetwork) else Stepper(module, recipe)


def in_format(module: nn.Module, choices: Choices) -> nn.Module:
    """The module with its filters in the chosen memory format, and with the chosen convolutions."""
    if choices.channels_last:
        module.to(memory_format=torch.channels_last)
    if choices.products:
        use_products(module)
    if choices.phases:
        use_phases(module)
    return module


def timed_step(images: torch.Tensor, labels: torch.Tensor, recipe: Recipe) -> Step:
    """What :func:`cnnstudio.engine.choices.choose` times: a step on always the same batch."""

    def prepare(module: nn.Module, choices: Choices) -> Callable[[], None]:
        stepper = stepper_for(in_format(module, choices), recipe)
        layout = torch.channels_last if choices.images_channels_last else torch.contiguous_format
        batch = images.contiguous(memory_format=layout)

        def step() -> None:
            stepper.take(batch, labels)

        return step

    return prepare
