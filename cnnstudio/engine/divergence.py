"""When a training has run away: the loss or the weights are no numbers any more."""

from __future__ import annotations

import math

from cnnstudio.engine.errors import EngineError
from cnnstudio.engine.weights import State, are_finite


class Diverged(EngineError):
    """The loss is no number any more, or a weight is none; the last checkpoint is from before."""


def diverged(what: str, epoch: int, step: int, lr: float) -> Diverged:
    """``what`` says what became what: "The loss became infinite"."""
    return Diverged(
        f"{what} in epoch {epoch}, step {step}: try a learning rate below {lr:g}, {lr / 10:g} for a start."
    )


def require_loss(loss: float, epoch: int, step: int, lr: float, of: str = "The loss") -> None:
    """Raises :class:`Diverged` where a loss is infinite or undefined."""
    if not math.isfinite(loss):
        became = "infinite" if math.isinf(loss) else "undefined"
        raise diverged(f"{of} became {became}", epoch, step, lr)


def require_weights(state: State, epoch: int, step: int, lr: float) -> None:
    """Raises :class:`Diverged` where a weight is infinite or undefined.

    The loss tells one step late: it is of the weights before the step.
    """
    if not are_finite(state.values()):
        raise diverged("The weights became infinite or undefined", epoch, step, lr)
