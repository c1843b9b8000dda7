"""Drawing a network's initial weights while something else draws random numbers in this process.

A training goes on bit for bit only if nobody else takes numbers from torch's generator; layers draw their
weights from that one and cannot be told another. So the draws of this thread are led to one of their own.
"""

from __future__ import annotations

from typing import Any

import torch
from torch.overrides import TorchFunctionMode

from cnnstudio.core.document import Document
from cnnstudio.engine.build import build

_DRAWS = ("uniform_", "normal_", "kaiming_uniform_", "kaiming_normal_", "xavier_uniform_", "xavier_normal_")
"""What layers and :mod:`cnnstudio.engine.build` draw with, as methods and in ``torch.nn.init``."""


class PrivateDraws(TorchFunctionMode):
    """Within it this thread draws weights as after ``torch.manual_seed(seed)``; torch's generator stays."""

    def __init__(self, seed: int) -> None:
        super().__init__()
        self._generator = torch.Generator().manual_seed(seed)

    def __torch_function__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        """One call of torch."""
        kwargs = dict(kwargs or {})
        if getattr(func, "__name__", "") in _DRAWS and kwargs.get("generator") is None:
            kwargs["generator"] = self._generator
        return func(*args, **kwargs)


def initial_weights(document: Document) -> dict[str, torch.Tensor]:
    """The state that a training of the document begins with, on the CPU."""
    with PrivateDraws(document.training.seed):
        return build(document).module.state_dict()
