"""Batches as the network takes them, from uint8 images in memory or mapped from disk."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, islice, repeat

import torch
import torch.nn.functional as F

from cnnstudio.core.training import TrainingSettings
from cnnstudio.engine.augment import augment_maps, blank
from cnnstudio.engine.colour import recolour
from cnnstudio.engine.draws import NOTHING, Draws, draw, epoch_seed
from cnnstudio.engine.share import WHOLE, Share
from cnnstudio.engine.split import split_off, statistics_of
from cnnstudio.engine.store import ImageStore
from cnnstudio.workspace.datasets import Dataset

Batch = tuple[torch.Tensor, torch.Tensor]
"""Images (N, C, H, W) float32 and labels (N,) int64, on the device."""

_CHUNK_BYTES = 4 << 20
_MOST_BATCHES_AT_ONCE = 64


class Feed:
    """Gathers, augments and normalises several small batches at once, and hands out one at a time.

    What an epoch holds depends on the seed and the epoch's number only, so a run can go on anywhere. With a
    ``share`` only that part of each batch is handed out, which may be empty.
    """

    def __init__(
        self, dataset: Dataset, settings: TrainingSettings, device: torch.device, share: Share = WHOLE
    ) -> None:
        self._share = share
        self._dataset = dataset
        self._settings = settings
        self._device = device
        self._kept, self._aside = self._split()
        channels = dataset.train.images.shape[3]
        own_mean, own_std = statistics_of(dataset, self._kept)
        mean = per_channel(settings.normalise.mean or own_mean, channels)
        std = per_channel(settings.normalise.std or own_std, channels)
        self._scale_of_channel = torch.tensor([1 / (255 * s) for s in std])
        self._shift_of_channel = torch.tensor([-m / s for m, s in zip(mean, std)])
        self.use_channels_last(False)

    def use_channels_last(self, channels_last: bool) -> None:
        """Hands out images in this memory format from now on."""
        self._format = torch.channels_last if channels_last else torch.contiguous_format
        self._channels_last = channels_last
        self._scale = self._for_each_value(self._scale_of_channel)
        self._shift = self._for_each_value(self._shift_of_channel)
        self._train = ImageStore(self._dataset.train, self._device, channels_last)
        self._test = ImageStore(self._dataset.test, self._device, channels_last)

    def train(
        self, epoch: int, batch_size: int, first: int = 0, drop_single: bool = False
    ) -> Iterator[Batch]:
        """The batches of an epoch from number ``first`` on; ``drop_single``: without a last batch of one."""
        seed = epoch_seed(self._settings.seed, epoch)
        images = self.train_images
        order = torch.randperm(images, generator=torch.Generator().manual_seed(seed))
        if self._kept is not None:
            order = self._kept[order]
        draws = draw(self._settings.augment, images, self._dataset.target, seed)
        if drop_single and images % batch_size == 1:
            images -= 1
        if self._share.is_whole:
            return self._batches(self._train, order[:images], draws, batch_size, first * batch_size)
        fewest = 1 + drop_single
        positions = self._share.positions(images, batch_size, fewest)
        low, high = self._share.bounds(batch_size, fewest)
        mine = self._batches(
            self._train, order[positions], draws.at(positions), max(1, high - low), first * (high - low)
        )
        return islice(chain(mine, repeat(self._nothing())), -(-images // batch_size) - first)

    def test(self, batch_size: int) -> Iterator[Batch]:
        """The test images in their order, up to the settings' limit."""
        order = torch.arange(*self._share.bounds(self.test_images))
        return self._batches(self._test, order, NOTHING, batch_size, 0)

    def validation(self, batch_size: int) -> Iterator[Batch]:
        """What is looked at after each epoch: the images kept aside, as they are, or the test images."""
        if self._aside is None:
            return self.test(batch_size)
        low, high = self._share.bounds(self.val_images)
        return self._batches(self._train, self._aside[low:high], NOTHING, batch_size, 0)

    @property
    def train_images(self) -> int:
        """How many images an epoch holds."""
        return len(self._dataset.train) if self._kept is None else len(self._kept)

    @property
    def val_images(self) -> int:
        """How many training images are kept aside for validation."""
        return 0 if self._aside is None else len(self._aside)

    @property
    def test_images(self) -> int:
        """How many images a test holds."""
        return min(len(self._dataset.test), self._settings.test_limit or len(self._dataset.test))

    def _split(self) -> tuple[torch.Tensor | None, torch.Tensor | None]:
        """The images to train on and those kept aside; None where there is no such split."""
        settings = self._settings
        if settings.validation.name == "test":
            return None, None
        # Epochs count from 1.
        generator = torch.Generator().manual_seed(epoch_seed(settings.seed, 0))
        labels = torch.from_numpy(self._dataset.train.labels)
        return split_off(labels, settings.validation.fraction, generator)

    def _batches(
        self, store: ImageStore, order: torch.Tensor, draws: Draws, batch_size: int, start: int
    ) -> Iterator[Batch]:
        height, width = self._dataset.target
        batch_bytes = batch_size * height * width * len(self._scale_of_channel) * 4
        at_once = min(max(_CHUNK_BYTES // batch_bytes, 1), _MOST_BATCHES_AT_ONCE) * batch_size
        for begin in range(start, len(order), at_once):
            end = min(begin + at_once, len(order))
            images, labels = self._chunk(store, order[begin:end], draws.part(begin, end))
            store.expect(order[end : end + at_once])
            yield from zip(torch.split(images, batch_size), torch.split(labels, batch_size))
            del images, labels  # the next ones can have their memory

    def _chunk(self, store: ImageStore, indices: torch.Tensor, draws: Draws) -> Batch:
        if self._dataset.needs_resize or self._device.type != "cpu":
            images = store.maps(indices)
            if self._dataset.needs_resize:
                images = resized(images, self._dataset.target)
            images = augment_maps(images, draws)
        else:
            images = store.maps(indices, draws)
        images = self._normalised(recolour(images, draws))
        return blank(images, draws), store.labels(indices)

    def _nothing(self) -> Batch:
        """A batch without images."""
        size = (0, len(self._scale_of_channel), *self._dataset.target)
        return torch.empty(size, device=self._device), torch.empty(0, dtype=torch.int64, device=self._device)

    def _normalised(self, images: torch.Tensor) -> torch.Tensor:
        """One multiplication and one addition along memory, whatever its order."""
        images = images.contiguous(memory_format=self._format)
        rows = images.permute(0, 2, 3, 1) if self._channels_last else images
        values = rows.reshape(len(images), -1).float().mul_(self._scale).add_(self._shift)
        values = values.view(rows.shape)
        return values.permute(0, 3, 1, 2) if self._channels_last else values

    def _for_each_value(self, of_channel: torch.Tensor) -> torch.Tensor:
        height, width = self._dataset.target
        maps = of_channel[:, None, None].expand(-1, height, width)
        return (maps.permute(1, 2, 0) if self._channels_last else maps).flatten().to(self._device)


def resized(images: torch.Tensor, target: tuple[int, int]) -> torch.Tensor:
    """Images (N, C, H, W) at the size (height, width), bilinear with antialiasing."""
    if images.device.type != "cpu":
        images = images.float()  # only the CPU resizes bytes
    return F.interpolate(images, target, mode="bilinear", antialias=True)


def per_channel(values: tuple[float, ...], channels: int) -> tuple[float, ...]:
    """One number for each channel: settings may give one for all."""
    return tuple(values[index % len(values)] for index in range(channels))


def as_bytes(tensor: torch.Tensor) -> bytes:
    """The values of a tensor, C-contiguous, as messages carry them."""
    values: bytes = tensor.detach().to("cpu", torch.float32).contiguous().numpy().tobytes()
    return values
