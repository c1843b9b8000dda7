"""Which images of each batch a process takes when several train together."""

from __future__ import annotations

from dataclasses import dataclass

import torch


@dataclass(frozen=True, slots=True)
class Share:
    """One of ``size`` processes. Together they take exactly the images that a single process would."""

    rank: int = 0
    size: int = 1

    @property
    def is_whole(self) -> bool:
        """Whether there is nobody to share with."""
        return self.size == 1

    def bounds(self, images: int, fewest: int = 1) -> tuple[int, int]:
        """This process's part of so many images, from the first number up to the second.

        Parts differ by one image at most, unless that left somebody with fewer than ``fewest``: then the
        first processes take them all and the others nothing.
        """
        parts = max(1, min(self.size, images // fewest))
        if self.rank >= parts:
            return images, images
        return images * self.rank // parts, images * (self.rank + 1) // parts

    def positions(self, images: int, batch_size: int, fewest: int = 1) -> torch.Tensor:
        """Where in an epoch of so many images this process's lie, int64, batch after batch."""
        starts = torch.arange(0, images - images % batch_size, batch_size)
        low, high = self.bounds(batch_size, fewest)
        whole = (starts[:, None] + torch.arange(low, high)).flatten()
        low, high = self.bounds(images % batch_size, fewest)
        return torch.cat([whole, torch.arange(low, high) + (images - images % batch_size)])


WHOLE = Share()
