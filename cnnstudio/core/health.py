"""How well the signal and the gradient flow through a network: one look at one training step an epoch.

The very first step is looked at too, as epoch 0: it shows a training that runs away at once.

What the doctor reads. Plain numbers, so that a line of ``health.jsonl`` is the message itself.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Histogram:
    """How values are spread: ``counts`` in as many equal steps from ``low`` to ``high``.

    What lies farther out is counted in the steps at the ends.
    """

    low: float
    high: float
    counts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class BlockHealth:
    """One block in one step of training; None is what a block does not have or could not be looked at.

    ``path`` is its module (``layer1.0.conv1``), ``node`` its id in the document, ``kind`` the block's type
    (``Conv2d``). Blocks come in reading order, so their place among those with weights is their depth.
    """

    path: str
    node: str
    kind: str
    activation_mean: float | None = None
    activation_std: float | None = None
    zeros: float | None = None
    """The share of activations that are exactly zero, 0 to 1."""
    dead: float | None = None
    """The share of units (channels of a map, numbers of a vector) that are zero for the whole batch."""
    activations: Histogram | None = None
    gradient_norm: float | None = None
    """Euclidean norm of the loss's gradient by all of the block's own weights and biases."""
    gradients: Histogram | None = None
    weight_norm: float | None = None
    """Euclidean norm of the block's own weights and biases, before the step."""
    update_ratio: float | None = None
    """Norm of what the step changed, divided by the norm of the weights; about 1e-3 is usual."""
    weights: int = 0
    """How many numbers of its own the block learns; ``gradient_norm / weights ** 0.5`` compares blocks."""


@dataclass(frozen=True, slots=True)
class Health:
    """One look at a network while it takes step number ``step`` of the run, in epoch ``epoch``.

    Not every epoch has one: where a look would cost more than a hundredth of the training time it waits.
    """

    epoch: int
    step: int
    images: int
    """The size of the batch."""
    loss: float
    lr: float
    blocks: tuple[BlockHealth, ...]
