"""Drawing a network's initial weights while something else draws random numbers in this process.

A training goes on bit for bit only if nobody else takes numbers from torch's generator; layers draw their
weights from that one and cannot be told another. So the draws of this thread are led to one of their own.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch.utils._python_dispatch import TorchDispatchMode

from cnnstudio.core.document import Document
from cnnstudio.engine.build import build


class PrivateDraws(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """Within it this thread draws as after ``torch.manual_seed(seed)``, and torch's generator stays."""

    def __init__(self, seed: int) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._generator = torch.Generator().manual_seed(seed)

    def __torch_dispatch__(
        self,
        func: Any,
        types: Sequence[type],
        args: tuple[Any, ...] = (),
        kwargs: dict[str, Any] | None = None,
    ) -> Any:
        kwargs = dict(kwargs or {})
        if any(argument.name == "generator" for argument in func._schema.arguments):
            kwargs["generator"] = self._generator
        return func(*args, **kwargs)


def initial_weights(document: Document) -> dict[str, torch.Tensor]:
    """The state that a training of the document begins with, on the CPU."""
    with PrivateDraws(document.training.seed):
        return build(document).module.state_dict()
