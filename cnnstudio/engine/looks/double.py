"""What leaves the blocks of a network that computes without torch's modules: seen in a double of it."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import nn

from cnnstudio.core.document import Document
from cnnstudio.core.looks import Source
from cnnstudio.engine.errors import EngineError
from cnnstudio.engine.looks.measured import Activation
from cnnstudio.engine.looks.subject import Network, built

MOST_IMAGES = 64
"""A double computes once more what the training computes anyway."""


class Double:
    """The network of the exported source around the weights of the one that trains: they are not copied.

    It works as in a test: dropout lets everything through, batch norm takes its running statistics.
    """

    def __init__(self, document: Document, trained: nn.Module) -> None:
        self._document, self._trained = document, trained
        self._network: Network | None = None

    def activations(self, images: torch.Tensor, paths: list[str]) -> dict[str, Activation]:
        """Of normalised images (N, C, H, W), by path; nothing where the weights are another network's."""
        try:
            return self._activations(images[:MOST_IMAGES], paths)
        except EngineError:
            return {}

    def _activations(self, images: torch.Tensor, paths: list[str]) -> dict[str, Activation]:
        if self._network is None:
            source = Source("live", "", 0, 0, "double")
            self._network = built(self._document, self._trained.state_dict(), source, None)
        found: dict[str, Activation] = {}
        module = self._network.module
        handles = [module.get_submodule(path).register_forward_hook(noting(found, path)) for path in paths]
        try:
            with torch.no_grad():
                module(images)
        finally:
            for handle in handles:
                handle.remove()
        return found


def noting(found: dict[str, Activation], path: str) -> Callable[..., None]:
    """A forward hook that measures what leaves a module."""

    def note(module: object, entering: object, output: torch.Tensor) -> None:
        found[path] = Activation(output.detach())

    return note
