"""What a class loses when a part of the picture is covered."""

from __future__ import annotations

import math

import torch

from cnnstudio.core.infer import infer
from cnnstudio.core.messages import Preparing
from cnnstudio.engine.control import Control
from cnnstudio.engine.evaluate import test_batch_size
from cnnstudio.engine.looks.subject import Network
from cnnstudio.engine.prepare import Emit
from cnnstudio.workspace.progress import stop_if

_MOST_AT_ONCE = 32
_MOST_MACS = 1e12
"""So much may be computed: 64 covers of VGG-16, half a minute on two cores that have nothing else to do."""
_FEWEST, _MOST = 8, 32
"""Places along a side."""
_SHARE = 7
"""A cover is one part in so many of the side."""


def occlusion(
    network: Network, image: torch.Tensor, target: int, emit: Emit, control: Control
) -> torch.Tensor:
    """(H, W) of a normalised image (1, C, H, W): by how much the class's probability falls, as the mean over
    all covers that hide a pixel. Covers have the data set's mean colour. Raises `Cancelled`.
    """
    height, width = image.shape[2:]
    boxes = covers((height, width), places_along(infer(network.document).macs))
    at_once = min(_MOST_AT_ONCE, test_batch_size(network.document))
    before = network.logits(image).softmax(1)[0, target]
    fall, hidden = torch.zeros(height, width), torch.zeros(height, width)
    for start in range(0, len(boxes), at_once):
        stop_if(control.stopped)
        part = boxes[start : start + at_once]
        covered = image.repeat(len(part), 1, 1, 1)
        for one, (top, left, bottom, right) in zip(covered, part):
            one[:, top:bottom, left:right] = 0
        after = network.logits(covered).softmax(1)[:, target]
        for difference, (top, left, bottom, right) in zip(before - after, part):
            fall[top:bottom, left:right] += difference
            hidden[top:bottom, left:right] += 1
        emit(Preparing("look", "", start + len(part), len(boxes)))
    return fall / hidden.clamp_min(1)


def places_along(macs: int) -> int:
    """So many covers along a side that the whole does not take minutes."""
    return max(_FEWEST, min(_MOST, int(math.sqrt(_MOST_MACS / max(1, macs)))))


def covers(size: tuple[int, int], along: int) -> list[tuple[int, int, int, int]]:
    """Squares (top, left, bottom, right) over the whole picture, evenly, at most ``along`` a side."""
    side = max(1, math.ceil(min(size) / _SHARE))
    side = max(side, math.ceil(max(size) / along))  # no pixel is left out
    side = min(side, *size)
    rows, columns = (_starts(length - side, along) for length in size)
    return [(top, left, top + side, left + side) for top in rows for left in columns]


def _starts(last: int, along: int) -> list[int]:
    count = min(along, last + 1)
    return [round(last * number / max(1, count - 1)) for number in range(count)]
