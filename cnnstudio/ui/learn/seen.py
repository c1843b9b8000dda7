"""The part of the image that an output pixel can see."""

from __future__ import annotations

from PySide6.QtCore import QRectF

from cnnstudio.core.infer import Inference
from cnnstudio.ui.build.occurrences import find_occurrences
from cnnstudio.ui.learn.scene import Cell


def seen_by(
    inference: Inference, about: tuple[str, int], repetitions: int, pixel: Cell | None
) -> QRectF | None:
    """The receptive field of a pixel of a block in a repetition, in pixels of the image; None: not known."""
    node, repetition = about
    found = find_occurrences(inference, node) if pixel is not None else None
    if pixel is None or found is None:
        return None
    last = repetitions - 1
    reach = found.first_reach if repetition == 0 else found.last_reach if repetition == last else None
    if reach is None:
        return None
    top, left = (start + at * jump for start, at, jump in zip(reach.start, pixel, reach.jump))
    return QRectF(left, top, reach.size[1], reach.size[0])
