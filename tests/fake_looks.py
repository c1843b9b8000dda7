"""What the fake engine says to looks: a network of two blocks that sees stripes, and six test images."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from cnnstudio.core import looks
from cnnstudio.core.looks import Done, LookReply, LookRequest, Maps, Pixels, Source, TestImage
from cnnstudio.core.messages import Failed, Tensor

CLASSES = ("circle", "square", "triangle")
LABELS = (0, 0, 1, 1, 2, 2)
GUESSES = (0, 1, 1, 1, 2, 0)
SURE = (0.9, 0.8, 0.7, 0.4, 0.6, 0.95)
SIDE = 8
TOTAL = len(LABELS)


def floats(shape: tuple[int, ...], *values: float) -> Tensor:
    return Tensor(shape, struct.pack(f"<{len(values)}f", *values))


def ints(*values: int) -> Tensor:
    return Tensor((len(values),), struct.pack(f"<{len(values)}i", *values), "int32")


def image(number: int) -> bytes:
    return bytes((number * 40 + place) % 256 for place in range(SIDE * SIDE))


def source_of(subject: looks.Subject) -> Source:
    if subject.run is None:
        return Source("initial", "", 0, 0, "initial")
    epoch = 2 if subject.epoch is None else subject.epoch
    return Source("run", subject.run, epoch, 0, f"{subject.run}@{epoch}")


def answers(request: LookRequest) -> Iterator[LookReply | Failed]:
    """What a look is answered with."""
    match request:
        case looks.Predict(subject, picture):
            yield _prediction(subject, picture)
        case looks.FeatureMaps(subject):
            found = _maps(request)
            yield from found or [Failed("The network has no such block.")]
            if found:
                yield Done(source_of(subject))
        case looks.Kernels(subject, path):
            yield looks.KernelsOf(path or "conv1", "b1", _kernels(0), source_of(subject))
        case looks.KernelHistory(_, path):
            changes = floats((3, 4), *([0.0] * 4), *([0.5] * 4), 0.1, 0.2, 0.9, 0.4)
            tensors = tuple(_kernels(epoch) for epoch in (0, 1, 2))
            yield looks.KernelsThroughTime(
                path or "conv1", "b1", (4, 1, 3, 3), (0, 1, 2), tensors, changes, -1.0, 1.0, live=False
            )
        case looks.Verdicts(subject):
            sure = floats((TOTAL,), *SURE)
            yield looks.Judged(ints(*LABELS), ints(*GUESSES), sure, sure, CLASSES, source_of(subject))
        case looks.TestImages(_, indices):
            pixels = b"".join(image(index) for index in indices)
            shape = (len(indices), SIDE, SIDE, 1)
            yield looks.Images(indices, Tensor(shape, pixels, "uint8"), tuple(LABELS[i] for i in indices))
        case looks.TopPatches(subject, path, filters):
            for seen in (3, TOTAL):
                yield _patches(path, filters[0], seen)
            yield Done(source_of(subject))
        case looks.Heat(_, _, _, _, target, versus):
            other = _heat(request, versus, None) if versus is not None else None
            yield _heat(request, target or 0, other)
        case looks.Shift(subject, picture):
            shown = Tensor((SIDE, SIDE, 1), image(_index(picture)), "uint8")
            blocks = (
                looks.BlockShift("conv1", "b1", "Conv2d", 0.4),
                looks.BlockShift("pool1", "b2", "MaxPool2d", 0.1),
            )
            chances = floats((3,), 0.7, 0.2, 0.1)
            yield looks.Shifted(0.5, blocks, chances, chances, shown, shown, source_of(subject))


def _heat(request: looks.Heat, target: int, versus: looks.HeatMap | None) -> looks.HeatMap:
    heat = floats((SIDE, SIDE), *(place / SIDE**2 for place in range(SIDE**2)))
    shown = Tensor((SIDE, SIDE, 1), image(_index(request.picture)), "uint8")
    source = source_of(request.subject)
    path = request.path or "conv1"
    return looks.HeatMap(request.kind, path, heat, 0.0, 1.0, target, 0.7, shown, source, versus)


def _index(picture: looks.Picture) -> int:
    return picture.index if isinstance(picture, TestImage) else 0


def _prediction(subject: looks.Subject, picture: looks.Picture) -> LookReply | Failed:
    if isinstance(picture, Pixels):
        bright = sum(picture.pixels.data) > 255 * len(picture.pixels.data) // 4 + 255
        drawn = (0.1, 0.85, 0.05) if bright else (0.8, 0.1, 0.1)
        shown = Tensor((SIDE, SIDE, 1), image(0), "uint8")
        return looks.Prediction(floats((3,), *drawn), CLASSES, None, shown, source_of(subject))
    if picture.index >= TOTAL:
        return Failed(f"There are {TOTAL} test images: choose one from 0 to {TOTAL - 1}.")
    chances = [0.05, 0.05, 0.05]
    chances[GUESSES[picture.index]] = 0.9
    shown = Tensor((SIDE, SIDE, 1), image(picture.index), "uint8")
    return looks.Prediction(floats((3,), *chances), CLASSES, LABELS[picture.index], shown, source_of(subject))


def _maps(request: looks.FeatureMaps) -> list[Maps]:
    start = _index(request.picture)
    values = [float((place + start) % 7) for place in range(4 * 6 * 6)]
    small = [float(place % 5) for place in range(4 * 3 * 3)]
    all_of = [
        ("conv1", "b1", "Conv2d", (4, 6, 6), values),
        ("pool1", "b2", "MaxPool2d", (4, 3, 3), small),
        ("fc1", "b3", "Linear", (3,), [0.5, 1.5, -1.0]),
    ]
    chosen = [one for one in all_of if not request.paths or one[0] in request.paths]
    return [
        Maps(
            path,
            node,
            kind,
            shape,
            _some(request, shape, numbers),
            min(numbers),
            max(numbers),
            i,
            len(chosen),
        )
        for i, (path, node, kind, shape, numbers) in enumerate(chosen)
    ]


def _some(request: looks.FeatureMaps, shape: tuple[int, ...], numbers: list[float]) -> Tensor:
    """The maps that were asked for; of a vector all numbers."""
    if len(shape) == 1:
        return floats(shape, *numbers)
    size = shape[1] * shape[2]
    last = min(shape[0], request.first + request.most) if request.most else shape[0]
    return floats((last - request.first, *shape[1:]), *numbers[request.first * size : last * size])


def _kernels(epoch: int) -> Tensor:
    return floats((4, 1, 3, 3), *(((place * 7 + epoch * 5) % 11) / 5.5 - 1 for place in range(36)))


def _patches(path: str, number: int, seen: int) -> looks.Patches:
    pixels = bytes(place % 256 for place in range(3 * 3 * 3))
    return looks.Patches(
        path, number, Tensor((3, 3, 3, 1), pixels, "uint8"), (3.0, 2.0, 1.0), (4, 1, 0), (2, 0, 0),
        ((0, 0, 3, 3),) * 3, seen, TOTAL,
    )  # fmt: skip
