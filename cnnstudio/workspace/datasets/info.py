"""What a data set is, before and after its images are read. Imports no numpy: the window lists these."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Images = NDArray[np.uint8]
    Labels = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class DatasetInfo:
    """One entry of the catalogue, or an image folder as it was found.

    `mean` and `std` have one number a channel, for pixels scaled to 0..1. `files` are what must lie in the
    data folder, as POSIX paths relative to it. Counts are 0 and `class_names` empty where only the files can
    tell. `any_size` says that images take the model's size and channels instead of having their own.
    """

    id: str
    title: str
    height: int
    width: int
    channels: int
    class_names: tuple[str, ...]
    train_count: int
    test_count: int
    mean: tuple[float, ...]
    std: tuple[float, ...]
    source: str
    licence: str
    files: tuple[str, ...] = ()
    any_size: bool = False
    downloadable: bool = False
    download_bytes: int = 0
    """What is fetched in all."""
    disk_bytes: int = 0
    """What it takes unpacked."""

    @property
    def classes(self) -> int:
        """How many classes there are."""
        return len(self.class_names)


@dataclass(frozen=True, slots=True)
class Split:
    """Images `(N, H, W, C)` uint8 and labels `(N,)` int64; the images may be a read-only memory map."""

    images: Images
    labels: Labels

    def __len__(self) -> int:
        return len(self.labels)


@dataclass(frozen=True, slots=True)
class Dataset:
    """Images with the model's channels, in memory or mapped from disk.

    `target` is the (height, width) that the model wants. Where the images have another size (MNIST for
    AlexNet would be 9 GB), the batch is resized when it is taken: see `needs_resize`. `mean` and `std` have
    one number for each of the model's channels, for pixels scaled to 0..1. `skipped` names images that could
    not be read, each with the reason.
    """

    info: DatasetInfo
    train: Split
    test: Split
    class_names: tuple[str, ...]
    target: tuple[int, int]
    mean: tuple[float, ...]
    std: tuple[float, ...]
    skipped: tuple[str, ...] = ()

    @property
    def needs_resize(self) -> bool:
        """Whether a batch must be resized to `target` before it is fed."""
        return (self.train.images.shape[1], self.train.images.shape[2]) != self.target
