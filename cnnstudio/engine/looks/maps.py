"""What each block makes of one picture.

The picture goes through once, and every block's output is told from a hook the moment it is there: so the
first maps come early, and never more is in memory than the pass itself needs (for VGG-16 at 224×224 two maps
of 13 MB) beside what waits to be sent: at most ``most`` maps of ``side``² pixels, half a megabyte a block.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import torch
import torch.nn.functional as F

from cnnstudio.core.looks import Done, FeatureMaps, Maps
from cnnstudio.engine.control import Control
from cnnstudio.engine.looks.blocks import BlockAt, named
from cnnstudio.engine.looks.pictures import as_values
from cnnstudio.engine.looks.predict import entered
from cnnstudio.engine.looks.subject import Looked
from cnnstudio.workspace.progress import stop_if

_MOST_NUMBERS = 16384
"""Of a vector, and maps of a closer look."""
_LARGEST = 65504.0
"""What float16 can hold."""


class _AllTold(Exception):
    """What comes behind need not be computed."""


def feature_maps(
    looked: Looked, request: FeatureMaps, post: Callable[[Maps | Done], None], control: Control
) -> None:
    """Posts every block's output in the order in which they come about; raises `Cancelled`."""
    network = looked.network
    blocks = (
        tuple(named(network.blocks, path) for path in request.paths)
        if request.paths
        else tuple(block for block in network.blocks if not block.passes_on)
    )
    told = 0

    def hook(block: BlockAt) -> Callable[..., None]:
        def tell(module: Any, entering: Any, output: torch.Tensor) -> None:
            nonlocal told
            stop_if(control.stopped)
            post(_told(block, output[0], request, told, len(blocks)))
            told += 1
            if told == len(blocks):
                raise _AllTold

        return tell

    images = entered(looked, looked.pictures.find(request.picture))
    hooks = {block.path: hook(block) for block in blocks}
    with network.hooked(hooks) as module, torch.inference_mode(), suppress(_AllTold):
        module(images)
    post(Done(network.source))


def _told(block: BlockAt, output: torch.Tensor, request: FeatureMaps, number: int, total: int) -> Maps:
    low, high = output.aminmax()
    return Maps(
        path=block.path,
        node=block.node,
        kind=block.kind,
        shape=tuple(output.shape),
        tensor=as_values(
            shrunk(output, request.most, request.side, request.first).clamp(-_LARGEST, _LARGEST),
            torch.float16,
        ),
        low=float(low),
        high=float(high),
        number=number,
        total=total,
    )


def shrunk(output: torch.Tensor, most: int, side: int, first: int = 0) -> torch.Tensor:
    """So many maps of (C, H, W), averaged down to at most ``side`` pixels a side; 0 keeps all or whole."""
    if output.dim() != 3:
        return output.flatten()[:_MOST_NUMBERS]
    maps = output[first : first + most] if most else output[first:]
    height, width = maps.shape[1:]
    if side and max(height, width) > side:
        scale = side / max(height, width)
        size = (max(1, round(height * scale)), max(1, round(width * scale)))
        maps = F.interpolate(maps[None].float(), size, mode="area")[0]
    return maps
