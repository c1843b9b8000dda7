"""Finding the network that a request is about, with its weights, its blocks and its pictures."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import torch
from torch import nn

from cnnstudio.codegen import CannotGenerate, generate
from cnnstudio.core.document import Document
from cnnstudio.core.looks import Source, Subject
from cnnstudio.engine.build import instantiate, require_trainable
from cnnstudio.engine.control import Control
from cnnstudio.engine.errors import EngineError, LastingError
from cnnstudio.engine.looks import place
from cnnstudio.engine.looks.blocks import BlockAt, blocks_of
from cnnstudio.engine.looks.initial import initial_weights
from cnnstudio.engine.looks.live import Live
from cnnstudio.engine.looks.pictures import Pictures
from cnnstudio.engine.looks.stored import initial_of_run, stored
from cnnstudio.engine.looks.turns import Turns
from cnnstudio.engine.prepare import Emit, read_dataset, require_classes
from cnnstudio.engine.specimens import Remembered
from cnnstudio.engine.specimens import subject as data_subject
from cnnstudio.workspace.datasets import DatasetError
from cnnstudio.workspace.runs import RunFolder
from cnnstudio.workspace.runs.images import folder_of_run

State = dict[str, torch.Tensor]
Training = Callable[[], Control | None]


@dataclass(frozen=True)
class Network:
    """A network in evaluation mode, whose weights ask for no gradient.

    Several threads may look at once: each waits for its turn, so that hooks meet their own picture.
    """

    module: nn.Module
    document: Document
    blocks: tuple[BlockAt, ...]
    source: Source
    folder: RunFolder | None = None
    """The run whose kept weights these are."""
    device: torch.device = place.CPU
    """Where it computes; what it gives goes back to the CPU before it is told."""
    turns: Turns = field(default_factory=Turns)

    @contextmanager
    def hooked(
        self, hooks: Mapping[str, Callable[..., object]], *, patient: bool = False
    ) -> Iterator[nn.Module]:
        """Within it these modules, by path, call their forward hooks; nobody else runs the network."""
        with self.turns.turn(patient=patient):
            handles = [
                self.module.get_submodule(path).register_forward_hook(hook) for path, hook in hooks.items()
            ]
            try:
                yield self.module
            finally:
                for handle in handles:
                    handle.remove()

    def logits(self, images: torch.Tensor, *, patient: bool = False) -> torch.Tensor:
        """(N, classes) on the CPU of normalised images (N, C, H, W)."""
        with self.turns.turn(patient=patient), torch.inference_mode():
            logits: torch.Tensor = self.module(images.to(self.device))
            return logits.cpu()


@dataclass(frozen=True)
class Looked:
    """What a request is about."""

    network: Network
    pictures: Pictures


_networks: Remembered[Network] = Remembered(2)
"""As many as are compared with each other: they are the largest thing that a look keeps in memory."""
_pictures: Remembered[Pictures] = Remembered(3)


def network_of(subject: Subject, control: Control, training: Training) -> Network:
    """The network alone; raises `EngineError` or `WorkspaceError` where it cannot be had, and `Cancelled`."""
    if subject.run is not None:
        return _of_run(Path(subject.run), subject.epoch, control, training)
    live = _live(training)
    if live is not None and not (subject.epoch == 0 and subject.document is not None):
        return _of_live(live, control)
    if subject.document is None:
        raise EngineError("Nothing trains now: choose a run to look at.")
    return _of_document(subject.document, control)


def look_at(subject: Subject, emit: Emit, control: Control, training: Training) -> Looked:
    """The network with its pictures; raises as :func:`network_of` and what reading the data raises."""
    network = network_of(subject, control, training)
    live = _live(training)
    if live is not None and network.source.run == live.run:
        key: Hashable = ("live", live.run, id(live.dataset))
        dataset = live.dataset
        return Looked(network, _pictures.get(key, control, lambda: Pictures.of(dataset, live.document)))
    return Looked(network, _read(subject, network, emit, control))


def _live(training: Training) -> Live | None:
    control = training()
    return None if control is None else control.live


def _read(subject: Subject, network: Network, emit: Emit, control: Control) -> Pictures:
    document, limit, folder = network.document, None, subject.data_dir
    if network.source.run:
        record = RunFolder(Path(network.source.run)).read_record()
        limit = record.options.get("limit")
        folder = str(folder_of_run(folder, record))
    try:
        about = data_subject(document, folder, emit, control)
        settings = document.training
        key = (about.key, limit, settings.normalise, settings.validation, settings.test_limit, settings.seed)

        def work() -> Pictures:
            images = int(limit) if limit else None
            dataset = read_dataset(document, about.folder, images, emit, control, download=False)
            if network.folder is not None:
                require_classes(dataset, document, network.folder)
            return Pictures.of(dataset, document)

        return _pictures.get(key, control, work)
    except (EngineError, DatasetError) as error:
        return Pictures.without_data(document, str(error))


def _of_run(path: Path, epoch: int | None, control: Control, training: Training) -> Network:
    folder = RunFolder(path)
    live = _live(training)
    if live is not None and Path(live.run) == path and epoch is None and not folder.weights.exists():
        return _of_live(live, control)
    document = folder.read_document()
    if epoch == 0:
        state: Callable[[], State] = partial(initial_of_run, folder, document)
        source = Source("run", str(path), 0, 0, f"{path}@0")
    else:
        found = stored(folder, epoch)
        state = found.load
        source = Source("run", str(path), found.epoch, 0, found.mark)
    device = place.of_run(folder.read_record().device)
    key = source.mark, device
    return _networks.get(key, control, lambda: built(document, state(), source, folder, device))


def _of_live(live: Live, control: Control) -> Network:
    copy = live.copy(control.stopped)
    source = Source("live", live.run, copy.epoch, copy.step, f"{live.run}:{copy.step}")
    device = place.fit(live.device)
    key = source.mark, device
    return _networks.get(key, control, lambda: built(live.document, copy.state, source, None, device))


def _of_document(document: Document, control: Control) -> Network:
    require_trainable(document)
    device = place.best()
    key = ("initial", _recipe(document), device)
    source = Source("initial", "", 0, 0, f"initial:{abs(hash(key))}")
    return _networks.get(
        key, control, lambda: built(document, initial_weights(document), source, None, device)
    )


def _recipe(document: Document) -> Hashable:
    """What initial weights depend on, and what their network is asked about."""
    from cnnstudio.core.fileformat import write_document

    return write_document(document)


def built(
    document: Document,
    state: State,
    source: Source,
    folder: RunFolder | None,
    device: torch.device = place.CPU,
) -> Network:
    """Made without drawing weights: torch's generator belongs to the training that may go on.

    On the CPU the network has the weights themselves and no copies.
    """
    try:
        generated = generate(document)
    except CannotGenerate as error:
        raise LastingError(str(error)) from error
    with torch.device("meta"):
        module = instantiate(generated.source)
    try:
        missing, unexpected = module.load_state_dict(state, strict=False, assign=True)
    except RuntimeError as error:
        raise LastingError("The run's weights belong to another network than its document.") from error
    if unexpected or any(not name.endswith("num_batches_tracked") for name in missing):
        raise LastingError("The run's weights belong to another network than its document.")
    for name in missing:  # NumPy's batch norm does not count; nothing reads it here
        owner = module.get_submodule(name.rpartition(".")[0])
        owner.register_buffer("num_batches_tracked", torch.tensor(0))
    module.eval().requires_grad_(False)
    try:
        module.to(device)
    except place.FAILURES:
        if not place.give_up(device):
            raise
        module.to(device := place.CPU)
    return Network(module, document, blocks_of(document, generated), source, folder, device)
