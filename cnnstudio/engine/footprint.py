"""How much memory a training will take: from what one small batch leaves behind for its gradients, and where
the system tells, from what a few real steps and a test took.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

import torch
from torch import nn
from torch.autograd.graph import saved_tensors_hooks

from cnnstudio.core.document import Document
from cnnstudio.core.training import Optimizer
from cnnstudio.engine.evaluate import test_batch_size

LIBRARIES = 32 << 20
"""What the first steps of a process load and keep, about."""
_FEW = 2  # batch norm wants more than one image
_GAPS = 1.7
"""On a CPU the heap's gaps: measured 1.3 to 2.1 for convolutional networks with glibc."""
_OWN_PIECES = 32 << 20
"""From this size on glibc gives each tensor pages of its own, without gaps."""
_STATES = {"SGD": 0, "Adam": 2, "AdamW": 2, "Adagrad": 1, "RMSprop": 1}


@dataclass(frozen=True, slots=True)
class Footprint:
    """Bytes: whatever the batch (weights, gradients, optimizer state), of each image, and of a test."""

    fixed: int
    per_image: int
    largest: int
    test: int
    heap: bool = False
    """Whether freed memory stays in a heap: on a CPU."""
    gaps: float = _GAPS
    """How much room the heap's pieces take for each byte in use."""

    def bytes(self, batch: int) -> int:
        """At the peak of a step or of a test, the data set left out."""
        return self.fixed + max(self._images_bytes(batch), self.test)

    def _images_bytes(self, batch: int) -> int:
        return int(self.per_image * batch * (self.gaps if self._in_pieces(batch) else 1.0))

    def _in_pieces(self, batch: int) -> bool:
        return self.heap and self.largest * batch < _OWN_PIECES

    def as_measured(self, batch: int, steps: int, test: int) -> Footprint:
        """With what steps of so many images have taken at their peak, and a test after them at its own.

        A process that has trained before has its libraries: only what neither weights nor images explain is
        taken for theirs, or images would seem to need nothing and any batch to fit.
        """
        weights = min(max(0, self.fixed - LIBRARIES), steps)
        fixed = min(self.fixed, steps - min(steps - weights, self._images_bytes(batch)))
        found = replace(self, fixed=fixed, test=max(0, test - fixed))
        per_image = -(-(steps - fixed) // batch)
        if self._in_pieces(batch):
            return replace(found, gaps=per_image / max(1, self.per_image))
        return replace(found, per_image=per_image)

    def fitting_batch(self, batch: int, available: int) -> int | None:
        """The largest power of two below the batch size that fits; None where not even one image does."""
        for power in reversed(range(max(1, (batch - 1).bit_length()))):
            if self.bytes(1 << power) <= available:
                return 1 << power
        return None


def footprint(document: Document, module: nn.Module, device: torch.device) -> Footprint:
    """Of a network on its device, which stays as it is."""
    settings = document.training
    weights = sum(weight.nbytes for weight in module.parameters())
    buffers = sum(buffer.nbytes for buffer in module.buffers())
    kept, largest = _per_image(document, module, device)
    # Near the end of the backward pass a layer's gradient and the one it turns it into lie side by side.
    per_image = kept + 2 * largest
    test = 2 * largest * min(test_batch_size(document), settings.test_limit or 1 << 30)
    if device.type == "cpu":
        test = int(_GAPS * test)
    copies = 2 + states(settings.optimizer)
    fixed = LIBRARIES + weights * copies + buffers
    return Footprint(fixed, per_image, largest, test, heap=device.type == "cpu")


def states(settings: Optimizer) -> int:
    """How many numbers the optimizer keeps for each weight."""
    momentum = settings.name in ("SGD", "RMSprop") and settings.momentum > 0
    return _STATES[settings.name] + momentum


def _per_image(document: Document, module: nn.Module, device: torch.device) -> tuple[int, int]:
    """Bytes kept for the backward pass and those of the largest output, of one image."""
    size = document.input
    images = torch.zeros(_FEW, size.channels, size.height, size.width, device=device)
    own = {weight.untyped_storage().data_ptr() for weight in module.parameters()}
    kept: dict[int, int] = {}
    holding: list[torch.Tensor] = []  # so that no two tensors get the same address

    def keep(tensor: torch.Tensor) -> torch.Tensor:
        storage = tensor.untyped_storage()
        if storage.data_ptr() not in own:
            kept[storage.data_ptr()] = storage.nbytes()
            holding.append(tensor)
        return tensor

    with left_alone(module), _outputs(module) as sizes, saved_tensors_hooks(keep, lambda tensor: tensor):
        module.train()
        output = module(images)
        holding.extend(output if isinstance(output, tuple | list) else (output,))
    return sum(kept.values()) // _FEW, max(sizes, default=0) // _FEW


@contextmanager
def _outputs(module: nn.Module) -> Iterator[list[int]]:
    """Collects how many bytes each layer gives."""
    sizes: list[int] = []

    def hear(_: nn.Module, __: object, output: object) -> None:
        if isinstance(output, torch.Tensor):
            sizes.append(output.nbytes)

    handles = [layer.register_forward_hook(hear) for layer in module.modules()]
    try:
        yield sizes
    finally:
        for handle in handles:
            handle.remove()


@contextmanager
def left_alone(module: nn.Module) -> Iterator[None]:
    """Restores mode and batch norm statistics."""
    training = module.training
    buffers = {name: copy.deepcopy(buffer) for name, buffer in module.named_buffers()}
    try:
        yield
    finally:
        module.train(training)
        with torch.no_grad():
            for name, buffer in module.named_buffers():
                buffer.copy_(buffers[name])
