"""Training speed, interleaved: ``python tests/bench/bench_training.py [ROUNDS]``.

For each network the images a second of three loops, as ratios to the first: the tutorials' own (Dataset,
ToTensor, Normalize, DataLoader with two workers), a bare hand-written loop over uint8 in memory with the same
threads, memory format and fused optimizer as ours, and ours with its messages. Data are random pixels.
"""

import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from torch.utils.data import DataLoader
from torchvision import transforms

from cnnstudio.core.document import Document
from cnnstudio.engine.build import build
from cnnstudio.engine.control import Control
from cnnstudio.engine.loop import Training
from cnnstudio.engine.optimizer import make_optimizer
from cnnstudio.engine.prepare import Prepared
from cnnstudio.workspace.datasets import Dataset, Split, dataset
from cnnstudio.workspace.presets import load_preset
from cnnstudio.workspace.runs import RunFolder, RunRecord

NETWORKS = (
    ("cifar10-first-cnn", 128, 8192),
    ("cifar10-first-cnn", 4, 3000),
    ("fashion-dnn", 64, 16_384),
    ("mnist-five-layer-cnn", 100, 2000),
    ("cifar10-resnet", 128, 1024),
)
Loop = Callable[[], None]


class Tutorial(torch.utils.data.Dataset[Any]):
    """As torchvision's data sets do it: one image after the other through PIL."""

    def __init__(self, document: Document, split: Split) -> None:
        channels = document.input.channels
        steps: list[Any] = [transforms.ToTensor(), transforms.Normalize((0.5,) * channels, (0.5,) * channels)]
        augment = document.training.augment
        if augment.crop_padding:
            steps.insert(0, transforms.RandomCrop(document.input.height, padding=augment.crop_padding))
        if augment.flip:
            steps.insert(0, transforms.RandomHorizontalFlip())
        self._transform = transforms.Compose(steps)
        self._split = split

    def __len__(self) -> int:
        return len(self._split)

    def __getitem__(self, index: int) -> Any:
        pixels = self._split.images[index]
        image = Image.fromarray(pixels[:, :, 0] if pixels.shape[2] == 1 else pixels)
        return self._transform(image), int(self._split.labels[index])


def random_data(document: Document, images: int) -> Dataset:
    """Random pixels of the document's size."""
    size = document.input
    random = np.random.default_rng(0)
    pixels = random.integers(0, 256, (images, size.height, size.width, size.channels), dtype=np.uint8)
    split = Split(pixels, random.integers(0, document.classes, images))
    half = (0.5,) * size.channels
    names = tuple(map(str, range(document.classes)))
    return Dataset(dataset("shapes"), split, split, names, (size.height, size.width), half, half)


def tutorial_loop(document: Document, data: Dataset) -> Loop:
    """What people copy from a tutorial."""
    module = build(document).module
    settings = document.training
    optimizer = make_optimizer(module.parameters(), settings.optimizer)
    for group in optimizer.param_groups:
        group["fused"] = None
    loader = DataLoader(
        Tutorial(document, data.train), batch_size=settings.batch_size, shuffle=True, num_workers=2
    )
    threads = torch.get_num_threads()

    def loop() -> None:
        torch.set_num_threads(threads)
        running = 0.0
        for images, labels in loader:
            optimizer.zero_grad()
            loss = F.cross_entropy(module(images), labels)
            loss.backward()
            optimizer.step()
            running += loss.item()

    return loop


def bare_loop(document: Document, data: Dataset, threads: int, channels_last: bool) -> Loop:
    """As little as can be written by hand."""
    layout = torch.channels_last if channels_last else torch.contiguous_format
    module = build(document).module.to(memory_format=layout)
    settings = document.training
    optimizer = make_optimizer(module.parameters(), settings.optimizer)
    pixels = torch.from_numpy(data.train.images).permute(0, 3, 1, 2).contiguous(memory_format=layout)
    targets = torch.from_numpy(data.train.labels)

    def loop() -> None:
        torch.set_num_threads(threads)
        for chosen in torch.randperm(len(targets)).split(settings.batch_size):
            images = pixels[chosen].float().div_(127.5).sub_(1)
            optimizer.zero_grad()
            loss = F.cross_entropy(module(images), targets[chosen])
            loss.backward()
            optimizer.step()

    return loop


@contextmanager
def our_loop(document: Document, data: Dataset) -> Iterator[tuple[Loop, Training]]:
    """The engine's own epochs, with journal and messages."""
    with tempfile.TemporaryDirectory() as folder:
        prepared = Prepared(
            RunFolder(Path(folder)), RunRecord(), document, data, torch.device("cpu"), checkpoint=None
        )
        training = Training(prepared, lambda _: None, Control())
        start = training._progress

        def loop() -> None:
            torch.set_num_threads(training._choices.threads)
            training._progress = start
            training._train_epoch(document.training.optimizer.lr, Silent())

        yield loop, training


class Silent:
    """A journal that writes nothing: the disk's speed is not what is measured."""

    def step(self, message: object) -> None:
        """Nothing."""


def seconds(loop: Loop) -> float:
    """How long one epoch takes."""
    start = time.perf_counter()
    loop()
    return time.perf_counter() - start


def main(rounds: int) -> None:
    """Prints the table."""
    print(
        f"{'network':22}{'batch':>6}{'tutorial img/s':>16}{'bare':>8}{'ours':>8}{'ours / bare':>13}  choices"
    )
    for preset, batch, images in NETWORKS:
        document = load_preset(preset)
        training = document.training.model_copy(update={"batch_size": batch})
        document = document.changed(training=training)
        data = random_data(document, images)
        tutorial = tutorial_loop(document, data)
        with our_loop(document, data) as (ours, engine):
            choices = engine._choices
            bare = bare_loop(document, data, choices.threads, choices.channels_last)
            times = [[seconds(loop) for loop in (tutorial, bare, ours)] for _ in range(rounds + 1)][1:]
        first, second, third = (statistics.median(column) for column in zip(*times))
        to_bare = statistics.median(row[1] / row[2] for row in times)
        text = ", ".join(value for _, value in choices.texts(torch.device("cpu")))
        print(
            f"{preset:22}{batch:6}{images / first:16.0f}{first / second:8.2f}{first / third:8.2f}"
            f"{to_bare:13.2f}  threads {text}"
        )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
