"""A step's losses and gradients as one compiled graph: offered, and never needed.

Only the gradients are compiled: what follows them (sums over processes, clipping, the fused optimizer) stays
as it is. Batches of another size than the usual, the last of an epoch say, are differentiated as ever.
"""

from __future__ import annotations

import logging
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import torch
from tqdm import tqdm

from cnnstudio.engine.footprint import left_alone
from cnnstudio.engine.step import Stepper
from cnnstudio.workspace.paths import cache_dir

BACKEND = "inductor"
_COMPILERS = ("g++", "clang++", "cl")

Graded = tuple[torch.Tensor, torch.Tensor, tuple[torch.Tensor, ...]]


def compile_steps(stepper: Stepper, images: torch.Tensor, labels: torch.Tensor) -> str:
    """Compiles steps of batches like this one; gives the reason where that cannot be done, else nothing.

    Takes seconds to minutes. Network, optimizer and random state stay as they are.
    """
    if reason := hindrance(images.device, stepper):
        return reason
    try:
        with _quiet_compiler(), left_alone(stepper.module), torch.random.fork_rng():
            compiled = _Compiled(stepper, len(labels))
            stepper.module.train()
            compiled.differentiate(images, labels)
    except Exception as error:  # whatever goes wrong in there, training goes on without
        first_line = (str(error).splitlines() or [""])[0]
        return f"no, the compiler failed ({type(error).__name__}: {first_line})"
    finally:
        for weight in stepper.weights:
            weight.grad = None
    vars(stepper)["differentiate"] = compiled.differentiate
    return ""


def hindrance(device: torch.device, stepper: Stepper) -> str:
    """Why steps cannot be compiled here, nothing where they can be tried."""
    if stepper.scaler is not None:
        return "no, half precision whose losses are scaled is not compiled"
    if device.type == "cpu" and not any(map(shutil.which, (os.environ.get("CXX", ""), *_COMPILERS))):
        return "no, there is no C++ compiler here (g++, clang++ or cl)"
    return ""


class _Compiled:
    """Stands in for :meth:`Stepper.differentiate`."""

    def __init__(self, stepper: Stepper, images: int) -> None:
        self._stepper = stepper
        self._images = images
        self._eager = stepper.differentiate
        self._graph = torch.compile(self._traced, backend=BACKEND, fullgraph=True, dynamic=False)

    def differentiate(self, images: torch.Tensor, labels: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Gives losses and logits and leaves the gradients in the weights."""
        if len(labels) != self._images:
            return self._eager(images, labels)
        told, logits, gradients = self._graph(images, labels)
        for weight, gradient in zip(self._stepper.weights, gradients):
            weight.grad = gradient
        return told, logits

    def _traced(self, images: torch.Tensor, labels: torch.Tensor) -> Graded:
        told, total, logits = self._stepper.losses(images, labels)
        return told.detach(), logits.detach(), torch.autograd.grad(total, self._stepper.weights)


@contextmanager
def _quiet_compiler() -> Iterator[None]:
    """Compiles in this process alone, follows gradients, keeps what it made for the next run."""
    import torch._dynamo
    import torch._inductor.config

    os.environ.setdefault("TORCHINDUCTOR_CACHE_DIR", str(cache_dir() / "compiled"))
    torch._inductor.config.compile_threads = 1  # workers would outlive a killed run
    torch._dynamo.config.trace_autograd_ops = True
    tqdm.monitor_interval = 0  # the compiler's progress bars would leave a thread behind
    logger = logging.getLogger("torch.utils.cpp_extension")
    level = logger.level
    logger.setLevel(logging.ERROR)  # that there is no CUDA here is known
    try:
        yield
    finally:
        logger.setLevel(level)
