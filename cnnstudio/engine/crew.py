"""Who takes part in a training: this process alone. :mod:`cnnstudio.engine.distributed` has the other case.

The training loop asks its crew wherever several processes have to agree; alone, every answer is plain.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import torch
from torch import nn

from cnnstudio.core.messages import Failed
from cnnstudio.core.requests import Job
from cnnstudio.engine import checkpoint as checkpoints
from cnnstudio.engine.control import Control, Wish
from cnnstudio.engine.evaluate import Score
from cnnstudio.engine.meter import Meter
from cnnstudio.engine.prepare import Emit, Prepared, prepare
from cnnstudio.engine.ranks import processes
from cnnstudio.engine.share import WHOLE, Share
from cnnstudio.engine.step import Stepper

T = TypeVar("T")
Take = Callable[[torch.Tensor, torch.Tensor], tuple[torch.Tensor, torch.Tensor]]
"""A step: images and labels in, loss and logits out."""


class Alone:
    """This process trains by itself."""

    share: Share = WHOLE
    leads = True
    meter: type[Meter] = Meter

    def prepare(self, job: Job, emit: Emit, control: Control) -> Prepared:
        """All before the first step that is not torch's work; raises what hinders it."""
        return prepare(job, emit, control)

    def begin(self, seed: int) -> None:
        """The network stands; from here on each process draws its own random numbers."""

    def agree(self, thing: T) -> T:
        """What the process that leads has found, chosen or been told."""
        return thing

    def taker(self, stepper: Stepper, control: Control) -> Take:
        """How a step is taken."""
        return stepper.take

    def wish(self, control: Control) -> Wish:
        """What the person wants, as all processes know it before the next step."""
        return control.wish

    def testing(self, module: nn.Module, obey: Callable[[], bool]) -> Callable[[], bool]:
        """A test begins; gives what is asked between two of its batches."""
        return obey

    def whole(self, score: Score | None) -> Score | None:
        """The score over the images of all processes."""
        return score

    def random_state(self, device: torch.device) -> dict[str, torch.Tensor]:
        """What all processes draw from next."""
        return checkpoints.random_state(device)

    def restore_random_state(self, state: dict[str, torch.Tensor], device: torch.device) -> None:
        """Lets this process draw on as it would have."""
        checkpoints.restore_random_state(state, device)

    def facts(self) -> tuple[tuple[str, str], ...]:
        """What a run says about who trained it, by name."""
        return ()

    def explain(self, error: Exception, explained: Callable[[], Failed]) -> Failed:
        """Why the training failed, wherever that was; ``explained`` says it of this process."""
        return explained()

    def leave(self) -> None:
        """The training is over."""


ALONE = Alone()


def join() -> Alone:
    """The crew that the environment names; raises :class:`EngineError` where the others cannot be met."""
    if processes() == 1:
        return ALONE
    from cnnstudio.engine.distributed import Ranks

    return Ranks()
