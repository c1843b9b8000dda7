"""Where a network looked. Three ways, each from a hook and a few passes; no further package is needed.

Grad-CAM: Selvaraju et al., 'Grad-CAM: Visual Explanations from Deep Networks via Gradient-based
Localization', ICCV 2017. Occlusion: Zeiler and Fergus, 'Visualizing and Understanding Convolutional
Networks', ECCV 2014. Input gradient: Simonyan, Vedaldi and Zisserman, 'Deep Inside Convolutional Networks',
2014.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F

from cnnstudio.core.looks import Heat, HeatMap
from cnnstudio.engine.control import Control
from cnnstudio.engine.errors import EngineError
from cnnstudio.engine.looks.blocks import CONVOLUTIONS, BlockAt, named
from cnnstudio.engine.looks.occlusion import occlusion
from cnnstudio.engine.looks.pictures import as_picture, as_values
from cnnstudio.engine.looks.predict import entered
from cnnstudio.engine.looks.subject import Looked, Network
from cnnstudio.engine.prepare import Emit


def heat(looked: Looked, request: Heat, emit: Emit, control: Control) -> HeatMap:
    """Raises :class:`EngineError` for a class or a block that is not there, and `Cancelled`."""
    network = looked.network
    shown = looked.pictures.find(request.picture)
    image = entered(looked, shown)
    shares = network.logits(image).softmax(1)[0]
    target = int(shares.argmax()) if request.target is None else request.target
    if not 0 <= target < len(shares):
        raise EngineError(f"There is no class {target}: the network knows {len(shares)}, from 0.")
    path = ""
    match request.kind:
        case "grad-cam":
            block = _maps_at(network, request.path)
            path, found = block.path, grad_cam(network, image, block, target)
        case "occlusion":
            found = occlusion(network, image, target, emit, control)
        case "input-gradient":
            found = input_gradient(network, image, target)
    return HeatMap(
        kind=request.kind,
        path=path,
        tensor=as_values(found),
        low=float(found.min()),
        high=float(found.max()),
        target=target,
        probability=float(shares[target]),
        image=as_picture(shown.pixels),
        source=network.source,
    )


def _maps_at(network: Network, path: str) -> BlockAt:
    """The block whose maps are weighted, by default the last convolution."""
    if path:
        block = named(network.blocks, path)
        if len(block.output) != 3:
            raise EngineError(f"{path} gives no maps, so nothing can be shown on the picture.")
        return block
    found = [block for block in network.blocks if block.kind in CONVOLUTIONS]
    if not found:
        raise EngineError("This network has no convolution: look by occlusion or by the input gradient.")
    return found[-1]


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
    return F.interpolate(weighted, size, mode="bilinear", align_corners=False)[0, 0]


def input_gradient(network: Network, image: torch.Tensor, target: int) -> torch.Tensor:
    """(H, W): how strongly each pixel of a normalised image moves the class's logit, in any channel."""
    entering = image.detach().clone().requires_grad_()
    with network.lock, torch.enable_grad():
        # A first block that works in place must not meet a leaf.
        logit = network.module(entering.clone())[0, target]
        (gradient,) = torch.autograd.grad(logit, entering)
    return gradient[0].abs().amax(0)
