"""Short names of blocks: one within another is called by its place (``features.7``), which says nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

_MOST = 16
_SHORT = {
    "Conv2d": "conv",
    "DepthwiseConv2d": "depthwise",
    "BatchNorm2d": "bn",
    "GroupNorm": "gn",
    "LocalResponseNorm": "lrn",
    "MaxPool2d": "pool",
    "AvgPool2d": "pool",
    "AdaptiveAvgPool2d": "pool",
    "GlobalAvgPool2d": "pool",
    "Linear": "fc",
    "Parallel": "branches",
}


def short_names(blocks: Iterable[tuple[str, str]]) -> dict[str, str]:
    """For each path of blocks (path, type) in reading order: the path where it speaks for itself, else what
    kind of block it is and the how manieth of its kind.
    """
    counts: Counter[str] = Counter()
    names = {}
    for path, kind in blocks:
        word = _SHORT.get(kind, kind.lower())
        counts[word] += 1
        speaks = "." not in path and len(path) <= _MOST
        names[path] = path if speaks else f"{word} {counts[word]}"
    return names
