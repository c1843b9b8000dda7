"""A step that several processes take together, and what is counted of it."""

from __future__ import annotations

from collections.abc import Callable

import torch
import torch.distributed as dist

from cnnstudio.engine.control import Control, Wish
from cnnstudio.engine.errors import EngineError
from cnnstudio.engine.meter import Meter
from cnnstudio.engine.step import Stepper

_LOOK_EVERY = {"cpu": 1}
_LOOK_SELDOM = 16


class Abandoned(EngineError):
    """Another process has gone away in the midst of a step."""


class SharedSteps:
    """Steps whose update is the one of a single process with all the images."""

    def __init__(self, stepper: Stepper, control: Control) -> None:
        self._stepper = stepper
        self._control = control
        weights = stepper.weights
        device = weights[0].device
        self._look_every = _LOOK_EVERY.get(device.type, _LOOK_SELDOM)
        self._taken = 0
        # After the gradients: images, hits, processes that want to stop, and the losses of all heads.
        length = 3 + 1 + len(stepper.recipe.aux_weights)
        self._flat = torch.zeros(sum(weight.numel() for weight in weights) + length, device=device)
        self._all_gradients, self._tail = self._flat[:-length], self._flat[-length:]
        # Gradients in one piece: one message instead of dozens. Strides are the weights' own, as fused
        # optimizers want them.
        self._gradients: list[torch.Tensor] = []
        start = 0
        for weight in weights:
            self._gradients.append(self._flat.as_strided(weight.size(), weight.stride(), start))
            start += weight.numel()
        self.agreed = Wish.GO

    def take(self, images: torch.Tensor, labels: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """One step of all; gives the mean losses over all images, and what the tail has summed up."""
        if len(labels):
            self._differentiate(images, labels)
        else:
            self._flat.zero_()
        self._tail[2] = float(self._control.stopped())
        sum_of_all(self._flat)
        sums = self._tail.clone()
        self._all_gradients.div_(sums[0])
        for weight, gradient in zip(self._stepper.weights, self._gradients, strict=True):
            weight.grad = gradient
        self._stepper.update()
        self._agree(sums)
        return sums[3:] / sums[0], sums

    def _differentiate(self, images: torch.Tensor, labels: torch.Tensor) -> None:
        losses, logits = self._stepper.differentiate(images, labels)
        gradients = [
            weight.grad if weight.grad is not None else torch.zeros_like(weight)
            for weight in self._stepper.weights
        ]
        with torch.no_grad():
            torch._foreach_copy_(self._gradients, gradients)
            self._tail[0] = 1.0
            self._tail[1] = (logits.argmax(-1) == labels).sum() / len(labels)
            self._tail[3:] = losses
            self._flat.mul_(float(len(labels)))

    def _agree(self, sums: torch.Tensor) -> None:
        self._taken += 1
        # On a GPU looking means waiting for it.
        if self._taken % self._look_every == 0 and float(sums[2]) > 0:
            self.agreed = Wish.STOP
            self._control.stop()


class SharedMeter(Meter):
    """Counts what :class:`SharedSteps` has summed up already, where others have logits and labels."""

    def add(self, loss: torch.Tensor, logits: torch.Tensor, labels: torch.Tensor) -> float:
        """``logits`` are the sums over all processes."""
        seconds = self._clock.seconds()
        self._pending.append((loss, logits, labels, seconds, self.lr))
        return seconds

    def flush(self) -> None:
        """Turns what has gathered into messages; raises :class:`Diverged`."""
        pending, self._pending = self._pending, []
        if not pending:
            return
        rows = torch.stack([sums for _, sums, *_ in pending]).tolist()
        for (images, hits, _, *losses), (*_, seconds, lr) in zip(rows, pending, strict=True):
            self._size = round(images)
            self._count([loss / images for loss in losses], round(hits), seconds, lr)


def sum_of_all(tensor: torch.Tensor) -> None:
    """Adds up what each process has, in place; raises :class:`Abandoned`."""
    speak(lambda: dist.all_reduce(tensor))


def speak(message: Callable[[], object]) -> None:
    """Sends a message in which all take part; raises :class:`Abandoned` where somebody is gone."""
    try:
        message()
    except RuntimeError as error:
        raise Abandoned(
            "Another process of this training has gone away: resume the run from its last checkpoint."
        ) from error
