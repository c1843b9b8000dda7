"""What is drawn for each image of an epoch before it is augmented.

Each kind of change draws from a generator of its own, seeded by the run's seed, the epoch and the kind, and
an image's draws belong to its position in the epoch. So an epoch can be entered anywhere, and to turn one
change on or off does not redraw the others, as a live preview wants it.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, fields

import torch

from cnnstudio.core.training import Augmentation

_EPOCH_STRIDE = 1_000_003  # prime, so that no two (seed, epoch) that people use draw alike
_MIX, _KIND = 0x9E37_79B1, 0x85EB_CA6B
_TRIES = 10
_AREA = (0.02, 0.33)
_ASPECT = (0.3, 3.3)
COLOURS = ("brightness", "contrast", "saturation")


def epoch_seed(seed: int, epoch: int) -> int:
    """What the order of an epoch, and through :func:`draw` its changes, are drawn from."""
    return seed * _EPOCH_STRIDE + epoch


@dataclass(frozen=True, slots=True)
class Draws:
    """One row an image; None where nothing of the kind happens."""

    flips: torch.Tensor | None = None
    """(N,) bool."""
    offsets: torch.Tensor | None = None
    """(N, 2) int64, row and column at which the padded image is cut: from 0 to twice the padding."""
    padding: int = 0
    angles: torch.Tensor | None = None
    """(N,) degrees, counter-clockwise."""
    factors: torch.Tensor | None = None
    """(N, 3) of brightness, contrast and saturation; 1 leaves an image as it is."""
    order: torch.Tensor | None = None
    """(N, K) which of the three comes first, second, …; K of them are at work."""
    boxes: tuple[torch.Tensor, ...] = ()
    """(N, 4) int64 each: top, left, bottom, right of what is blanked; equal ends blank nothing."""

    def part(self, start: int, stop: int) -> Draws:
        """The draws of images that follow each other."""
        return self._chosen(slice(start, stop))

    def at(self, positions: torch.Tensor) -> Draws:
        """The draws of the images at these positions."""
        return self._chosen(positions)

    def _chosen(self, which: slice | torch.Tensor) -> Draws:
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        cut = {name: value[which] for name, value in values.items() if isinstance(value, torch.Tensor)}
        return Draws(**{**values, **cut, "boxes": tuple(box[which] for box in self.boxes)})


NOTHING = Draws()


def draw(settings: Augmentation, images: int, size: tuple[int, int], seed: int) -> Draws:
    """Draws for so many images of the size (height, width); always the same for a seed."""

    def generator(kind: int) -> torch.Generator:
        # The generator takes 32 bits of its seed.
        return torch.Generator().manual_seed((seed * _MIX + kind * _KIND) & 0xFFFF_FFFF)

    padding = settings.crop_padding
    boxes: list[torch.Tensor] = []
    if settings.erasing:
        boxes.append(_erased(settings.erasing, images, size, generator(5)))
    if settings.cutout:
        boxes.append(_cut_out(settings.cutout, images, size, generator(6)))
    factors, order = _colours(settings, images, generator)
    return Draws(
        flips=torch.rand(images, generator=generator(1)) < 0.5 if settings.flip else None,
        offsets=torch.randint(0, 2 * padding + 1, (images, 2), generator=generator(2)) if padding else None,
        padding=padding,
        angles=_between(-settings.rotation, settings.rotation, images, generator(3))
        if settings.rotation
        else None,
        factors=factors,
        order=order,
        boxes=tuple(boxes),
    )


def _between(low: float, high: float, images: int, generator: torch.Generator) -> torch.Tensor:
    return torch.rand(images, generator=generator) * (high - low) + low


def _colours(
    settings: Augmentation, images: int, generator: Callable[[int], torch.Generator]
) -> tuple[torch.Tensor | None, torch.Tensor | None]:
    """As torchvision's ColorJitter: factors from 1 - x to 1 + x, in an order drawn for each image."""
    strengths = [getattr(settings, name) for name in COLOURS]
    active = [index for index, strength in enumerate(strengths) if strength]
    if not active:
        return None, None
    source = generator(4)
    # All three are drawn, so that one does not move the others.
    units = torch.rand((images, len(COLOURS)), generator=source)
    factors = 1 + (2 * units - 1) * torch.tensor(strengths)
    places = torch.rand((images, len(COLOURS)), generator=source)[:, active].argsort(1)
    return factors, torch.tensor(active)[places]


def _erased(share: float, images: int, size: tuple[int, int], generator: torch.Generator) -> torch.Tensor:
    """As torchvision's RandomErasing: 2 to 33 % of the area, sides up to 3.3 to 1."""
    height, width = size
    boxes = torch.zeros((images, 4), dtype=torch.int64)
    waiting = torch.nonzero(torch.rand(images, generator=generator) < share).flatten()
    for _ in range(_TRIES):  # the first that fits
        if not len(waiting):
            break
        area = _between(*_AREA, len(waiting), generator) * (height * width)
        aspect = _between(math.log(_ASPECT[0]), math.log(_ASPECT[1]), len(waiting), generator).exp()
        high, wide = (area * aspect).sqrt().round().long(), (area / aspect).sqrt().round().long()
        places = torch.rand((len(waiting), 2), generator=generator)
        fits = (high < height) & (wide < width)
        top = (places[:, 0] * (height - high + 1)).long()
        left = (places[:, 1] * (width - wide + 1)).long()
        boxes[waiting[fits]] = torch.stack((top, left, top + high, left + wide), 1)[fits]
        waiting = waiting[~fits]
    return boxes


def _cut_out(side: int, images: int, size: tuple[int, int], generator: torch.Generator) -> torch.Tensor:
    """A square in every image whose middle lies anywhere in it (DeVries and Taylor, arXiv:1708.04552)."""
    height, width = size
    sizes = torch.tensor([height, width])
    middle = (torch.rand((images, 2), generator=generator) * sizes).long()
    start = middle - side // 2
    return torch.cat((start.clamp(min=0), torch.minimum(start + side, sizes)), 1)
