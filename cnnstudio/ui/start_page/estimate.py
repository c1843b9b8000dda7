"""How long an epoch takes on an ordinary computer: a rule of thumb, not a promise.

Training costs some three times the multiply-accumulates of a prediction: forward, and backward to the values
and to the weights. What a step costs besides grows with the number of its layers. The fastest steps
of five small presets, measured on one core, lie within a factor of three; a busy computer is much slower.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

from cnnstudio.core.infer import Inference
from cnnstudio.workspace.datasets.catalogue import CATALOGUE

MACS_PER_SECOND = 30e9
"""What two cores of a laptop do in PyTorch, convolutions and products of matrices alike."""
SECONDS_PER_LAYER = 300e-6
"""What a layer costs in a step besides: calls, small maps, the optimizer."""
IMAGENET = 1_281_167
"""Images in the data set that networks for folders of 1000 classes are made for."""
_MINUTES = 600.0
"""Up to so many seconds an epoch, one can watch it."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """Seconds an epoch of so many images takes on two cores."""

    seconds: float
    images: int
    data: str

    @property
    def minutes(self) -> bool:
        """Whether it trains here in minutes."""
        return self.seconds <= _MINUTES


def estimate(inference: Inference, layers: int) -> Estimate | None:
    """For the data set that the document trains on; None for a folder whose size nobody knows."""
    settings = inference.document.training
    info = next((info for info in CATALOGUE if info.id == settings.dataset), None)
    images, title = (info.train_count, info.title) if info else (0, "")
    if not images:
        if inference.document.classes != 1000:
            return None
        images, title = IMAGENET, "ImageNet"
    steps = ceil(images / settings.batch_size)
    seconds = images * 3 * inference.macs / MACS_PER_SECOND + steps * layers * SECONDS_PER_LAYER
    return Estimate(seconds, images, title)
