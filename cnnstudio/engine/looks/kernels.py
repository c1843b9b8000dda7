"""The filters of a convolution: as they are, and as they became."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import safetensors
import safetensors.torch
import torch

from cnnstudio.core.looks import KernelHistory, KernelsOf, KernelsThroughTime, Subject
from cnnstudio.engine.control import Control
from cnnstudio.engine.errors import EngineError, LastingError
from cnnstudio.engine.looks.blocks import CONVOLUTIONS, BlockAt
from cnnstudio.engine.looks.pictures import as_values
from cnnstudio.engine.looks.snapshots import kept_part
from cnnstudio.engine.looks.subject import Network, network_of
from cnnstudio.engine.weights import first_line
from cnnstudio.workspace.progress import stop_if
from cnnstudio.workspace.runs import RunFolder
from cnnstudio.workspace.runs.kept import kept_filters


def kernels_of(network: Network, path: str) -> KernelsOf:
    """All filters of one convolution; raises :class:`EngineError` where there is none at the path."""
    block = convolution(network, path)
    return KernelsOf(block.path, block.node, as_values(_weight(network, block)), network.source)


def convolution(network: Network, path: str) -> BlockAt:
    """The convolution at a path, or the first one; raises :class:`EngineError` where there is none."""
    found = [block for block in network.blocks if block.kind in CONVOLUTIONS]
    for block in found:
        if path in ("", block.path):
            return block
    raise LastingError(
        f"{path!r} is no convolution of this network: choose one of its convolutions."
        if found
        else "This network has no convolution, so there are no filters to look at."
    )


def history(
    request: KernelHistory, control: Control, training: Callable[[], Control | None]
) -> KernelsThroughTime:
    """The filters at each kept epoch and now; raises :class:`EngineError` and `Cancelled`."""
    network = network_of(Subject(request.run), control, training)
    source = network.source
    block = convolution(network, request.path)
    weight = _weight(network, block)
    found: dict[int, torch.Tensor] = {}
    for epoch, path in kept_filters(RunFolder(Path(source.run))).items():
        stop_if(control.stopped)
        filters = _read(path, block.path)
        if filters is not None and filters.shape == kept_part(weight).shape:
            found[epoch] = filters
    if source.kind == "live" or source.epoch not in found:
        found[source.epoch] = kept_part(weight)
    epochs = tuple(sorted(found))
    tensors = [found[epoch] for epoch in epochs]
    everything = torch.stack([torch.stack(tuple(one.float().aminmax())) for one in tensors])
    return KernelsThroughTime(
        path=block.path,
        node=block.node,
        whole=tuple(weight.shape),
        epochs=epochs,
        tensors=tuple(as_values(one, torch.float16) for one in tensors),
        changes=as_values(changes(tensors)),
        low=float(everything[:, 0].min()),
        high=float(everything[:, 1].max()),
        live=source.kind == "live",
    )


def changes(tensors: list[torch.Tensor]) -> torch.Tensor:
    """(epochs, out): ``|w - w0| / |w0|`` for each filter, 0 where it began with nothing."""
    rows = torch.stack([one.float().flatten(1) for one in tensors])
    began = rows[0].norm(dim=1)
    gone = (rows - rows[0]).norm(dim=2)
    return torch.where(began > 0, gone / began.clamp_min(1e-12), torch.zeros_like(gone))


def _weight(network: Network, block: BlockAt) -> torch.Tensor:
    weight = network.module.get_submodule(block.path).weight
    assert isinstance(weight, torch.Tensor)
    return weight


def _read(path: Path, name: str) -> torch.Tensor | None:
    """One convolution's filters in a file of many; None where they are not there or cannot be read."""
    try:
        with safetensors.safe_open(path, "pt") as file:
            return file.get_tensor(name) if name in file.keys() else None  # noqa: SIM118
    except (safetensors.SafetensorError, OSError) as error:
        raise EngineError(f"{path} cannot be read ({first_line(error)}).") from error
