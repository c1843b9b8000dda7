"""Pictures as a network takes them: test images, and what a person has drawn or opened."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray

from cnnstudio.core.document import Document
from cnnstudio.core.looks import Picture, TestImage
from cnnstudio.core.messages import Tensor
from cnnstudio.engine.data import per_channel, resized
from cnnstudio.engine.draws import epoch_seed
from cnnstudio.engine.errors import EngineError, LastingError
from cnnstudio.engine.looks.fit import fitted
from cnnstudio.engine.split import split_off, statistics_of
from cnnstudio.workspace.datasets import Dataset, Split


@dataclass(frozen=True)
class Shown:
    """One picture: what went in, uint8 (C, H, W), and its class where that is known."""

    pixels: torch.Tensor
    label: int | None


@dataclass(frozen=True)
class Pictures:
    """The test images of a subject, and how its network's input is made."""

    images: NDArray[np.uint8]
    """(N, h, w, C) as the data set holds them; may be mapped from disk."""
    labels: NDArray[np.int64]
    class_names: tuple[str, ...]
    size: tuple[int, int]
    """Height and width of the network's input."""
    scale: torch.Tensor
    shift: torch.Tensor
    """A normalised value is ``pixel * scale + shift``, (C, 1, 1) each."""
    problem: str = ""
    """Why there are no test images, where there are none."""

    @classmethod
    def of(cls, dataset: Dataset, document: Document) -> Pictures:
        """As a training of the document would see them."""
        settings, test = document.training, dataset.test
        kept = None
        if settings.validation.name != "test":
            generator = torch.Generator().manual_seed(epoch_seed(settings.seed, 0))
            labels = torch.from_numpy(dataset.train.labels)
            kept, _ = split_off(labels, settings.validation.fraction, generator)
        mean, std = statistics_of(dataset, kept)
        channels = test.images.shape[3]
        means = per_channel(settings.normalise.mean or mean, channels)
        stds = per_channel(settings.normalise.std or std, channels)
        count = min(len(test), settings.test_limit or len(test))
        return cls(
            images=test.images[:count],
            labels=test.labels[:count],
            class_names=dataset.class_names,
            size=dataset.target,
            scale=torch.tensor([1 / (255 * s) for s in stds])[:, None, None],
            shift=torch.tensor([-m / s for m, s in zip(means, stds)])[:, None, None],
        )

    @classmethod
    def without_data(cls, document: Document, problem: str) -> Pictures:
        """Where the data set cannot be read: a person's own pictures can still be looked at.

        The data set's published mean and deviation stand in for those of its images.
        """
        from cnnstudio.workspace import datasets

        info, size = datasets.dataset(document.training.dataset), document.input
        nothing = np.zeros((0, size.height, size.width, size.channels), np.uint8)
        none = Split(nothing, np.zeros(0, np.int64))
        half = (0.5,) * size.channels
        mean, std = info.mean or half, info.std or half
        names = info.class_names if len(info.class_names) == document.classes else _numbers(document.classes)
        target = (size.height, size.width)
        statistics = per_channel(mean, size.channels), per_channel(std, size.channels)
        unsplit = document.training.model_copy(
            update={"validation": type(document.training.validation).model_validate({"name": "test"})}
        )
        dataset = Dataset(info, none, none, names, target, *statistics)
        return replace(cls.of(dataset, document.changed(training=unsplit)), problem=problem)

    def __len__(self) -> int:
        return len(self.labels)

    def take(self, indices: NDArray[np.int64]) -> torch.Tensor:
        """These test images uint8 (N, C, H, W) at the network's input size."""
        pixels = torch.from_numpy(np.take(self.images, indices, axis=0)).permute(0, 3, 1, 2)
        return resized(pixels, self.size) if pixels.shape[2:] != self.size else pixels

    def normalised(self, pixels: torch.Tensor) -> torch.Tensor:
        """What the network takes for uint8 (N, C, H, W)."""
        return pixels.contiguous().float().mul_(self.scale).add_(self.shift)

    def find(self, picture: Picture) -> Shown:
        """One picture at the network's input size; raises :class:`EngineError` where there is none."""
        if isinstance(picture, TestImage):
            self.require(picture.index)
            index = np.array([picture.index])
            return Shown(self.take(index)[0], int(self.labels[picture.index]))
        channels = len(self.scale)
        return Shown(fitted(picture, self.size, channels), None)

    def require(self, index: int) -> None:
        """Raises :class:`EngineError` for a number that no test image has."""
        self.require_some()
        if not 0 <= index < len(self):
            raise LastingError(f"There is no test image {index}: the data set has {len(self)}, from 0.")

    def require_some(self) -> None:
        """Raises :class:`EngineError` where there are no test images."""
        if not len(self):
            if self.problem:  # which may be mended
                raise EngineError(self.problem)
            raise LastingError("The data set has no test images.")


def _numbers(classes: int) -> tuple[str, ...]:
    return tuple(map(str, range(classes)))


def as_picture(pixels: torch.Tensor) -> Tensor:
    """uint8 (C, H, W) or (N, C, H, W) as messages carry pictures: channels last."""
    rows = pixels.movedim(-3, -1).contiguous()
    return Tensor(tuple(rows.shape), rows.numpy().tobytes(), "uint8")


def as_values(values: torch.Tensor, dtype: torch.dtype = torch.float32) -> Tensor:
    """Numbers of any shape as messages carry them."""
    plain = values.detach().to("cpu", dtype).contiguous()
    return Tensor(tuple(plain.shape), plain.numpy().tobytes(), str(dtype).removeprefix("torch."))
