"""What a class loses when a part of the picture is covered."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from math import gcd

import torch

from cnnstudio.core.infer import infer
from cnnstudio.core.messages import Preparing
from cnnstudio.engine.control import Control
from cnnstudio.engine.evaluate import test_batch_size
from cnnstudio.engine.looks.subject import Network
from cnnstudio.workspace.progress import stop_if

Box = tuple[int, int, int, int]
_MOST_AT_ONCE = 32
_MACS_AT_ONCE = 2e10
"""Who calls it off, or waits for the first of it, waits for so much: one pass of VGG-16, a second at most."""
_MOST_MACS = 1e12
"""So much may be computed: 64 covers of VGG-16, half a minute on two cores that have nothing else to do."""
_FEWEST, _MOST = 8, 32
"""Places along a side."""
_SHARE = 7
"""A cover is one part in so many of the side."""
_TELL_SECONDS = 0.4


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
    macs = infer(network.document).macs
    boxes = scattered(covers((height, width), places_along(macs)))
    at_once = max(1, min(_MOST_AT_ONCE, test_batch_size(network.document), int(_MACS_AT_ONCE / max(1, macs))))
    before = network.logits(image).softmax(1)[0, list(targets)]
    fall, hidden = torch.zeros(len(targets), height, width), torch.zeros(height, width)
    told = time.perf_counter()
    for start in range(0, len(boxes), at_once):
        stop_if(control.stopped)
        part = boxes[start : start + at_once]
        covered = image.repeat(len(part), 1, 1, 1)
        for one, (top, left, bottom, right) in zip(covered, part):
            one[:, top:bottom, left:right] = 0
        after = network.logits(covered).softmax(1)[:, list(targets)]
        for difference, (top, left, bottom, right) in zip(before - after, part):
            fall[:, top:bottom, left:right] += difference[:, None, None]
            hidden[top:bottom, left:right] += 1
        done = start + len(part)
        emit(Preparing("look", "", done, len(boxes)))
        if time.perf_counter() - told > _TELL_SECONDS and done < len(boxes):
            tell(list(fall / hidden.clamp_min(1)), done / len(boxes))
            told = time.perf_counter()
    return list(fall / hidden.clamp_min(1))


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
