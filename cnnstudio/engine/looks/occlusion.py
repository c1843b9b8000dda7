"""What a class loses when a part of the picture is covered."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from math import gcd

import torch
import torch.nn.functional as F

from cnnstudio.core.infer import infer
from cnnstudio.core.messages import Preparing
from cnnstudio.engine.control import Control
from cnnstudio.engine.looks.subject import Network
from cnnstudio.workspace.progress import stop_if

Box = tuple[int, int, int, int]
_MOST_AT_ONCE = 32
_BYTES_AT_ONCE = 128 << 20
"""What is on its way through the network: a block's input and output, of all covers that go together."""
_SECONDS_AT_ONCE = 1.0
"""Who calls it off, or waits for the first of it, waits for so much. Four covers of VGG-16 take two thirds of
the time of four times one, and a sixth less with channels last.
"""
_MOST_MACS = 1e12
"""So much may be computed: 64 covers of VGG-16, 15 seconds on two cores that have nothing else to do."""
_FEWEST, _MOST = 8, 32
"""Places along a side."""
_SHARE = 7
"""A cover is one part in so many of the side."""
_TELL_SECONDS = 0.4
_ROUGH = 32
"""Places along a side, among which is looked for what is around a pixel."""


def occlusion(
    network: Network,
    image: torch.Tensor,
    targets: Sequence[int],
    tell: Callable[[list[torch.Tensor], float], None],
    emit: Callable[[Preparing], None],
    control: Control,
) -> list[torch.Tensor]:
    """For each class (H, W) of a normalised image (1, C, H, W): by how much its probability falls, as the
    mean over all covers that hide a pixel. Covers have the data set's mean colour, and come in such an order
    that the whole picture is soon known roughly; ``tell`` gets what is known. Raises `Cancelled`.
    """
    height, width = image.shape[2:]
    boxes = scattered(covers((height, width), places_along(infer(network.document).macs)))
    before = network.logits(image).softmax(1)[0, list(targets)]
    fall, hidden = torch.zeros(len(targets), height, width), torch.zeros(height, width)
    told = time.perf_counter()
    done, at_once, most = 0, 1, most_at_once(network)
    while done < len(boxes):
        stop_if(control.stopped)
        part = boxes[done : done + at_once]
        began = time.perf_counter()
        after = network.logits(_covered(image, part)).softmax(1)[:, list(targets)]
        now = time.perf_counter()
        at_once = min(most, 2 * at_once, max(1, int(_SECONDS_AT_ONCE * len(part) / max(1e-9, now - began))))
        for difference, (top, left, bottom, right) in zip(before - after, part):
            fall[:, top:bottom, left:right] += difference[:, None, None]
            hidden[top:bottom, left:right] += 1
        done += len(part)
        emit(Preparing("look", "", done, len(boxes)))
        if now - told > _TELL_SECONDS and done < len(boxes):
            tell(list(_known(fall, hidden)), done / len(boxes))
            told = time.perf_counter()
    return list(fall / hidden.clamp_min(1))


def most_at_once(network: Network) -> int:
    """So many covers that what is on its way through the network stays below 128 MiB."""
    largest = max((math.prod(block.output) for block in network.blocks), default=1)
    return max(1, min(_MOST_AT_ONCE, _BYTES_AT_ONCE // (2 * 4 * largest)))


def _covered(image: torch.Tensor, boxes: list[Box]) -> torch.Tensor:
    covered = image.repeat(len(boxes), 1, 1, 1)
    for one, (top, left, bottom, right) in zip(covered, boxes):
        one[:, top:bottom, left:right] = 0
    return covered.contiguous(memory_format=torch.channels_last)


def _known(fall: torch.Tensor, hidden: torch.Tensor) -> torch.Tensor:
    """(classes, H, W) of what was found so far: what no cover has hidden yet looks like what is around it."""
    size = (min(_ROUGH, hidden.shape[0]), min(_ROUGH, hidden.shape[1]))
    rough = F.adaptive_avg_pool2d(torch.cat((fall, hidden[None]))[None], size)
    for _ in range(max(size)):
        empty = rough[:, -1:] == 0
        if not empty.any():
            break
        rough = torch.where(empty, F.avg_pool2d(rough, 3, 1, 1), rough)
    around = F.interpolate(rough[:, :-1] / rough[:, -1:].clamp_min(1e-9), hidden.shape, mode="bilinear")[0]
    return torch.where(hidden > 0, fall / hidden.clamp_min(1), around)


def scattered(boxes: list[Box]) -> list[Box]:
    """The same ones, each far from the one before: by steps of the golden section through the list."""
    count = len(boxes)
    step = max(1, round(count * 0.618))
    while gcd(step, count) != 1:
        step += 1
    return [boxes[number * step % count] for number in range(count)]


def places_along(macs: int) -> int:
    """So many covers along a side that the whole does not take minutes."""
    return max(_FEWEST, min(_MOST, int(math.sqrt(_MOST_MACS / max(1, macs)))))


def covers(size: tuple[int, int], along: int) -> list[Box]:
    """Squares (top, left, bottom, right) over the whole picture, evenly, at most ``along`` a side."""
    side = max(1, math.ceil(min(size) / _SHARE))
    side = max(side, math.ceil(max(size) / along))  # no pixel is left out
    side = min(side, *size)
    rows, columns = (_starts(length - side, along) for length in size)
    return [(top, left, top + side, left + side) for top in rows for left in columns]


def _starts(last: int, along: int) -> list[int]:
    count = min(along, last + 1)
    return [round(last * number / max(1, count - 1)) for number in range(count)]
