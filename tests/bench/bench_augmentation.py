"""Speed of the augmentations: ``python tests/bench/bench_augmentation.py [BATCH]``.

Each change of a batch of CIFAR-sized images, normalised, against torchvision's transforms of single images
with ToTensor and Normalize, on one thread each. Best of several rounds, since the machine may be shared.
"""

import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

import numpy as np
import torch
from PIL import Image
from torchvision import transforms

from cnnstudio.core.training import TrainingSettings
from cnnstudio.engine.data import Feed
from cnnstudio.workspace.datasets import Dataset, Split, dataset

ROUNDS = 15
HALF = (0.5, 0.5, 0.5)
CASES: tuple[tuple[str, dict[str, object], list[object], list[object]], ...] = (
    ("nothing", {}, [], []),
    (
        "crop + flip",
        {"flip": True, "crop_padding": 4},
        [transforms.RandomCrop(32, padding=4), transforms.RandomHorizontalFlip()],
        [],
    ),
    ("rotation", {"rotation": 15.0}, [transforms.RandomRotation(15)], []),
    (
        "colour",
        {"brightness": 0.4, "contrast": 0.4, "saturation": 0.4},
        [transforms.ColorJitter(0.4, 0.4, 0.4)],
        [],
    ),
    ("erasing", {"erasing": 0.5}, [], [transforms.RandomErasing(0.5)]),
    (
        "all",
        {
            "flip": True, "crop_padding": 4, "rotation": 15.0, "brightness": 0.4, "contrast": 0.4,
            "saturation": 0.4, "erasing": 0.5, "cutout": 8,
        },
        [
            transforms.RandomCrop(32, padding=4), transforms.RandomHorizontalFlip(),
            transforms.RandomRotation(15), transforms.ColorJitter(0.4, 0.4, 0.4),
        ],
        [transforms.RandomErasing(0.5)],
    ),
)  # fmt: skip


def best(work: Callable[[], object], rounds: int = ROUNDS) -> float:
    """The shortest time of several, in seconds."""
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)


def ours(split: Split, augment: dict[str, object], batch: int, channels_last: bool) -> Callable[[], object]:
    """An epoch's images through the feed."""
    data = Dataset(dataset("shapes"), split, split, ("a",), split.images.shape[1:3], HALF, HALF)
    settings = TrainingSettings.model_validate({"augment": augment, "normalise": {"mean": HALF, "std": HALF}})
    feed = Feed(data, settings, torch.device("cpu"))
    feed.use_channels_last(channels_last)
    return lambda: [len(labels) for _, labels in feed.train(1, batch)]


def single(split: Split, before: list[object], after: list[object]) -> Callable[[], object]:
    """torchvision's transforms, one image after the other."""
    change = transforms.Compose([*before, transforms.ToTensor(), transforms.Normalize(HALF, HALF), *after])
    images = [Image.fromarray(pixels) for pixels in split.images]
    return lambda: torch.stack([change(image) for image in images])


def main(batch: int) -> None:
    """Prints the table."""
    torch.set_num_threads(1)
    images = 16 * batch
    pixels = np.random.default_rng(0).integers(0, 256, (images, 32, 32, 3), dtype=np.uint8)
    split = Split(pixels, np.zeros(images, dtype=np.int64))
    few = Split(pixels[: 2 * batch], split.labels[: 2 * batch])
    print(f"µs an image, batch {batch}   {'PIL':>8}{'NCHW':>8}{'NHWC':>8}{'ratio':>8}")
    for name, augment, before, after in CASES:
        theirs = best(single(few, before, after), 5) / len(few)
        first, last = (best(ours(split, augment, batch, way)) / images for way in (False, True))
        ratio = theirs / max(first, last)
        print(f"{name:22}{1e6 * theirs:8.1f}{1e6 * first:8.2f}{1e6 * last:8.2f}{ratio:8.1f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 128)
