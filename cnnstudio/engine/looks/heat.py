"""Where a network looked. Three ways, each from a hook and a few passes; no further package is needed.

Grad-CAM: Selvaraju et al., 'Grad-CAM: Visual Explanations from Deep Networks via Gradient-based
Localization', ICCV 2017. Occlusion: Zeiler and Fergus, 'Visualizing and Understanding Convolutional
Networks', ECCV 2014. Input gradient: Simonyan, Vedaldi and Zisserman, 'Deep Inside Convolutional Networks',
2014.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import prod

import torch
import torch.nn.functional as F

from cnnstudio.core.looks import Heat, HeatMap
from cnnstudio.core.messages import Preparing
from cnnstudio.core.registry import block_type
from cnnstudio.engine.control import Control
from cnnstudio.engine.errors import LastingError
from cnnstudio.engine.looks.blocks import CONVOLUTIONS, BlockAt, named
from cnnstudio.engine.looks.occlusion import occlusion
from cnnstudio.engine.looks.pictures import as_picture, as_values
from cnnstudio.engine.looks.predict import entered
from cnnstudio.engine.looks.subject import Looked, Network


def heat(
    looked: Looked, request: Heat, post: Callable[[HeatMap | Preparing], None], control: Control
) -> HeatMap:
    """Raises :class:`EngineError` for a class or a block that is not there, and `Cancelled`.

    What is known of an occlusion map is posted now and then; the whole map is returned.
    """
    network = looked.network
    shown = looked.pictures.find(request.picture)
    image = entered(looked, shown)
    shares = network.logits(image).softmax(1)[0]
    targets = _targets(request, shares)
    path = _maps_at(network, request.path).path if request.kind == "grad-cam" else ""

    def told(found: Sequence[torch.Tensor], share: float) -> HeatMap:
        answer: HeatMap | None = None
        for target, one in reversed(tuple(zip(targets, found, strict=True))):
            answer = HeatMap(
                kind=request.kind,
                path=path,
                tensor=as_values(one),
                low=float(one.min()),
                high=float(one.max()),
                target=target,
                probability=float(shares[target]),
                image=as_picture(shown.pixels),
                source=network.source,
                versus=answer,
                share=share,
            )
        assert answer is not None
        return answer

    match request.kind:
        case "grad-cam":
            block = named(network.blocks, path)
            found = [grad_cam(network, image, block, target) for target in targets]
        case "occlusion":
            found = occlusion(
                network, image, targets, lambda maps, share: post(told(maps, share)), post, control
            )
        case "input-gradient":
            found = [input_gradient(network, image, target) for target in targets]
    return told(found, 1.0)


def _targets(request: Heat, shares: torch.Tensor) -> tuple[int, ...]:
    """The class, and the other one where there is any."""
    first = int(shares.argmax()) if request.target is None else request.target
    targets = (first,) if request.versus is None else (first, request.versus)
    for target in targets:
        if not 0 <= target < len(shares):
            raise LastingError(f"There is no class {target}: the network knows {len(shares)}, from 0.")
    return targets


def _maps_at(network: Network, path: str) -> BlockAt:
    """The block whose maps are weighted, by default :func:`last_maps`."""
    if path:
        block = named(network.blocks, path)
        if len(block.output) != 3:
            raise LastingError(f"{path} gives no maps, so nothing can be shown on the picture.")
        return block
    return last_maps(network.blocks)


def last_maps(blocks: tuple[BlockAt, ...]) -> BlockAt:
    """The last maps of which each still has a place in the picture: after the last convolution with more than
    one place, its activation, and the sum or the branches that it ends in; before they are pooled. The
    paper's are rectified, too: in maps that go below zero, what speaks for a class is cancelled out.
    """
    maps = [number for number, block in enumerate(blocks) if len(block.output) == 3]
    found = [number for number in maps if blocks[number].kind in CONVOLUTIONS]
    if not found:
        raise LastingError("This network has no convolution: look by occlusion or by the input gradient.")
    last = next((number for number in reversed(found) if prod(blocks[number].output[1:]) > 1), found[-1])
    best = blocks[last]
    for block in blocks[last + 1 :]:
        pooled = block_type(block.kind).category == "Pooling"
        if len(block.output) != 3 or block.output[1:] != best.output[1:] or pooled:
            break
        best = best if block.passes_on else block
    return best


def grad_cam(network: Network, image: torch.Tensor, block: BlockAt, target: int) -> torch.Tensor:
    """(H, W) of a normalised image (1, C, H, W): the block's maps, each weighted with its mean gradient of
    the class's logit, summed, and what is below zero left out; bilinearly at the picture's size.
    """
    kept: list[torch.Tensor] = []

    def branch(module: object, entering: object, output: torch.Tensor) -> torch.Tensor:
        # From here on alone is followed back; the clone may be worked on in place.
        kept.append(output.detach().clone().requires_grad_())
        return kept[0].clone()

    with network.hooked({block.path: branch}) as module, torch.enable_grad():
        logit = module(image)[0, target]
        (gradient,) = torch.autograd.grad(logit, kept[0])
    maps = kept[0].detach()
    weighted = (gradient.mean((2, 3), keepdim=True) * maps).sum(1, keepdim=True).relu()
    size = (image.shape[2], image.shape[3])
    return F.interpolate(weighted, size, mode="bilinear", align_corners=False)[0, 0].cpu()


def input_gradient(network: Network, image: torch.Tensor, target: int) -> torch.Tensor:
    """(H, W): how strongly each pixel of a normalised image moves the class's logit, in any channel."""
    entering = image.detach().clone().requires_grad_()
    with network.turns.turn(), torch.enable_grad():
        # A first block that works in place must not meet a leaf.
        logit = network.module(entering.clone())[0, target]
        (gradient,) = torch.autograd.grad(logit, entering)
    return gradient[0].abs().amax(0).cpu()
