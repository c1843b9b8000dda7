"""Which parts of the test images excite a filter most, cut at exactly what it sees.

After Zeiler and Fergus, 'Visualizing and Understanding Convolutional Networks', ECCV 2014, without their
projection back: of each image only the place where the filter is highest, of all images the best few. All
filters of a block are looked at in one pass, which ends at the block; what is remembered is a score and a
place a patch, and pixels are cut when they are told, at most :data:`MOST_SIDE` a side.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

import torch
import torch.nn.functional as F

from cnnstudio.core.looks import Done, Patches, TopPatches
from cnnstudio.core.reach import Reach
from cnnstudio.engine.control import Control
from cnnstudio.engine.errors import LastingError
from cnnstudio.engine.looks.blocks import BlockAt, named
from cnnstudio.engine.looks.keep import Found, Kept
from cnnstudio.engine.looks.pictures import as_picture
from cnnstudio.engine.looks.subject import Looked
from cnnstudio.engine.looks.verdicts import batches, looking
from cnnstudio.engine.prepare import Emit

MOST_SIDE = 64
MOST_PATCHES = 16
_MOST_FILTERS = 64
_TELL_SECONDS = 1.0

Box = tuple[int, int, int, int]


class _Reached(Exception):
    """The block has been: what comes behind it need not be computed."""


@dataclass
class Best:
    """The best so far, falling: ``scores``, image ``indices`` and flat ``places`` (filters, patches)."""

    scores: torch.Tensor
    indices: torch.Tensor
    places: torch.Tensor
    seen: int = 0

    @classmethod
    def nothing(cls, filters: int) -> Best:
        """Before the first image."""
        none = torch.zeros(filters, 0, dtype=torch.int64)
        return cls(torch.zeros(filters, 0), none, none)

    def add(self, maps: torch.Tensor, numbers: torch.Tensor) -> None:
        """The block's output (N, filters, H, W) for the images with these rising numbers."""
        highest = maps.flatten(2).max(2)
        scores = torch.cat([self.scores, highest.values.T.cpu()], 1)
        indices = torch.cat([self.indices, numbers.expand(len(scores), -1)], 1)
        places = torch.cat([self.places, highest.indices.T.cpu()], 1)
        # Stable: of equal scores the earlier image comes first, in however many pieces they come.
        order = scores.argsort(dim=1, descending=True, stable=True)[:, :MOST_PATCHES]
        self.scores, self.indices, self.places = (one.gather(1, order) for one in (scores, indices, places))
        self.seen += len(numbers)


def top_patches(
    looked: Looked, request: TopPatches, post: Callable[[Patches | Done], None], emit: Emit, control: Control
) -> None:
    """Posts the patches now and then while the test images are looked through, and at the end."""
    looked.pictures.require_some()
    block = named(looked.network.blocks, request.path)
    filters = request.filters or tuple(range(min(_MOST_FILTERS, block.output[0])))
    if bad := [number for number in filters if not 0 <= number < block.output[0]]:
        raise LastingError(f"{block.path} has {block.output[0]} filters and none with the number {bad[0]}.")
    if not 1 <= request.count <= MOST_PATCHES:
        raise LastingError(f"{request.count} patches cannot be had: ask for 1 to {MOST_PATCHES}.")
    kept = Kept(looked, f"patches {block.path}")
    found = kept.read()
    if found is not None:
        best = Best(found["scores"], found["indices"], found["places"], len(looked.pictures))
    else:
        best = _searched(
            looked, block, lambda best: _tell(looked, block, filters, best, request, post), emit, control
        )
        kept.write(_values(best))
    _tell(looked, block, filters, best, request, post)
    post(Done(looked.network.source))


def _values(best: Best) -> Found:
    return {"scores": best.scores, "indices": best.indices, "places": best.places}


def _searched(
    looked: Looked, block: BlockAt, tell: Callable[[Best], None], emit: Emit, control: Control
) -> Best:
    best, total = Best.nothing(block.output[0]), len(looked.pictures)
    next_time = time.perf_counter() + _TELL_SECONDS
    for numbers in batches(looked, control, looking(emit, total)):
        best.add(outputs(looked, block, looked.pictures.take(numbers)), torch.from_numpy(numbers))
        if time.perf_counter() > next_time and best.seen < total:
            tell(best)
            next_time = time.perf_counter() + _TELL_SECONDS
    return best


def outputs(looked: Looked, block: BlockAt, pixels: torch.Tensor) -> torch.Tensor:
    """What leaves a block, (N, channels, H, W), of a vector (N, numbers, 1, 1), for uint8 (N, C, H, W)."""
    kept: list[torch.Tensor] = []

    def reached(module: object, entering: object, output: torch.Tensor) -> None:
        kept.append(output.clone())  # what comes behind may work in place
        raise _Reached

    images = looked.pictures.normalised(pixels).to(looked.network.device)
    hooked = looked.network.hooked({block.path: reached}, patient=True)
    with hooked as module, torch.inference_mode(), suppress(_Reached):
        module(images)
    return kept[0] if kept[0].dim() == 4 else kept[0].flatten(1)[:, :, None, None]


def _tell(
    looked: Looked,
    block: BlockAt,
    filters: tuple[int, ...],
    best: Best,
    request: TopPatches,
    post: Callable[[Patches], None],
) -> None:
    for number in filters:
        indices = best.indices[number, : request.count]
        places = best.places[number, : request.count]
        pixels = looked.pictures.take(indices.numpy())
        boxes = [box_of(block.reach, block.place(number, int(at)), looked.pictures.size) for at in places]
        cut = [patch(image, box) for image, box in zip(pixels, boxes)]
        post(
            Patches(
                path=block.path,
                filter=number,
                tensor=as_picture(_small(torch.stack(cut))),
                scores=tuple(best.scores[number, : request.count].tolist()),
                indices=tuple(indices.tolist()),
                labels=tuple(looked.pictures.labels[indices.numpy()].tolist()),
                boxes=tuple(clipped(box, looked.pictures.size) for box in boxes),
                seen=best.seen,
                total=len(looked.pictures),
            )
        )


def box_of(reach: Reach | None, place: tuple[int, int], size: tuple[int, int]) -> Box:
    """What the number at a place of a map sees: (top, left, bottom, right), over the edge where it does."""
    if reach is None:
        return 0, 0, *size
    top, left = (start + jump * at for start, jump, at in zip(reach.start, reach.jump, place))
    return top, left, top + reach.size[0], left + reach.size[1]


def clipped(box: Box, size: tuple[int, int]) -> Box:
    """What of it lies in a picture of this (height, width)."""
    top, left, bottom, right = box
    return max(0, top), max(0, left), min(size[0], bottom), min(size[1], right)


def patch(image: torch.Tensor, box: Box) -> torch.Tensor:
    """What a box sees of a picture (C, H, W), black outside; a side that is larger than the picture shows the
    picture's own, black where the box does not reach.
    """
    canvas_box = [
        (low, high) if high - low <= side else (0, side)
        for low, high, side in ((box[0], box[2], image.shape[1]), (box[1], box[3], image.shape[2]))
    ]
    (top, end), (left, edge) = canvas_box
    inside = clipped(box, (image.shape[1], image.shape[2]))
    canvas = image.new_zeros(image.shape[0], end - top, edge - left)
    rows, columns = slice(inside[0], max(inside[0], inside[2])), slice(inside[1], max(inside[1], inside[3]))
    seen = image[:, rows, columns]
    y, x = inside[0] - top, inside[1] - left
    canvas[:, y : y + seen.shape[1], x : x + seen.shape[2]] = seen
    return canvas


def _small(patches: torch.Tensor) -> torch.Tensor:
    """(N, C, H, W) with at most :data:`MOST_SIDE` pixels a side."""
    height, width = patches.shape[2:]
    scale = MOST_SIDE / max(height, width)
    if scale >= 1:
        return patches
    size = (max(1, round(height * scale)), max(1, round(width * scale)))
    return F.interpolate(patches.float(), size, mode="area").round().to(torch.uint8)
