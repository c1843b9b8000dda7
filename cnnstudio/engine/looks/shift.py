"""The translation test: the picture moves by a pixel or more; how far does what each block says move?"""

from __future__ import annotations

from collections.abc import Callable

import torch

from cnnstudio.core.looks import BlockShift, Shift, Shifted
from cnnstudio.engine.errors import LastingError
from cnnstudio.engine.looks.blocks import BlockAt
from cnnstudio.engine.looks.pictures import as_picture, as_values
from cnnstudio.engine.looks.subject import Looked


def shift(looked: Looked, request: Shift) -> Shifted:
    """Raises :class:`EngineError` where nothing of the picture would be left."""
    shown = looked.pictures.find(request.picture)
    height, width = shown.pixels.shape[1:]
    if abs(request.dy) >= height or abs(request.dx) >= width:
        raise LastingError(f"Moved by {request.dy} and {request.dx} pixels nothing of the picture is left.")
    pictures = torch.stack([shown.pixels, moved(shown.pixels, request.dy, request.dx)])
    images = looked.pictures.normalised(pictures).to(looked.network.device)
    found: list[BlockShift] = []

    def hook(block: BlockAt) -> Callable[..., None]:
        def note(module: object, entering: object, output: torch.Tensor) -> None:
            found.append(BlockShift(block.path, block.node, block.kind, change(output)))

        return note

    hooks = {block.path: hook(block) for block in looked.network.blocks if not block.passes_on}
    with looked.network.hooked(hooks) as module, torch.inference_mode():
        before, after = module(images).softmax(1)
    return Shifted(
        input_change=change(images),
        blocks=tuple(found),
        before=as_values(before),
        after=as_values(after),
        image=as_picture(pictures[0]),
        moved=as_picture(pictures[1]),
        source=looked.network.source,
    )


def moved(pixels: torch.Tensor, dy: int, dx: int) -> torch.Tensor:
    """A picture (C, H, W) moved down and to the right, what was at the border repeated."""
    rows = (torch.arange(pixels.shape[1]) - dy).clamp(0, pixels.shape[1] - 1)
    columns = (torch.arange(pixels.shape[2]) - dx).clamp(0, pixels.shape[2] - 1)
    return pixels[:, rows][:, :, columns]


def change(pair: torch.Tensor) -> float:
    """``|second - first| / |first|`` of two things (2, …); 0 where the first is nothing."""
    first, second = pair.flatten(1).float()
    size = float(first.norm())
    return float((second - first).norm()) / size if size else 0.0
