"""Testing what a run has learnt, from its folder."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

from torch import nn

from cnnstudio.core.messages import Finished
from cnnstudio.engine import device as devices
from cnnstudio.engine.build import build, require_trainable
from cnnstudio.engine.checkpoint import BEST, LAST, checkpoint_path, load_file
from cnnstudio.engine.control import Control
from cnnstudio.engine.data import Feed
from cnnstudio.engine.errors import EngineError
from cnnstudio.engine.evaluate import Score, evaluate_where_it_fits, telling
from cnnstudio.engine.prepare import Emit, read_dataset, require_classes
from cnnstudio.engine.weights import load_weights
from cnnstudio.workspace.runs import RunFolder, RunRecord
from cnnstudio.workspace.runs.images import folder_of_run


@dataclass(frozen=True)
class Evaluation:
    """The score of a run's weights on its test images; ``result`` is what ``train`` would print of it."""

    score: Score
    class_names: tuple[str, ...]
    result: Finished


def evaluate_run(
    run: str, data: str | None, device: str, emit: Emit, control: Control | None = None
) -> Evaluation:
    """Raises `EngineError` or `WorkspaceError`; ``data`` is the data folder, by default the run's own."""
    folder = RunFolder(Path(run))
    record, document = folder.read_record(), folder.read_document()
    require_trainable(document)
    limit = record.options.get("limit")
    dataset = read_dataset(
        document,
        folder_of_run(data, record),
        int(limit) if limit else None,
        emit,
        control or Control(),
        download=True,
    )
    require_classes(dataset, document, folder)
    place = devices.choose(device)
    module = build(document).module
    _load(module, folder, record)
    module.to(place)
    feed = Feed(dataset, document.training, place)
    began = time.perf_counter()
    tell = telling(emit, feed.test_images)
    score = evaluate_where_it_fits(module, feed.test, document, tell=tell)
    seconds = time.perf_counter() - began
    assert score is not None  # nothing stops it between two batches
    result = Finished(
        run=str(folder.path),
        epochs=_whole(_told(folder, record, "epochs", "epoch")),
        test_accuracy=score.accuracy,
        test_loss=score.loss,
        best_epoch=_whole(_told(folder, record, "best_epoch", "best_epoch")),
        images_per_second=score.images / seconds,
        weights_epoch=_whole(record.result.get("weights_epoch")),
    )
    return Evaluation(score, dataset.class_names, result)


def _load(module: nn.Module, folder: RunFolder, record: RunRecord) -> None:
    """The run's weights; where their file is lost or damaged, from the checkpoint, which holds them too."""
    try:
        load_weights(folder.weights, module)
    except EngineError as error:
        kept = checkpoint_path(folder, BEST if record.weights == "best" else LAST)
        try:
            module.load_state_dict(load_file(kept).model)
        except (EngineError, RuntimeError):
            raise error from None


def _told(folder: RunFolder, record: RunRecord, name: str, of_epoch: str) -> object:
    """What `run.json` says at the end, or else the last whole epoch of a run that has not come to one."""
    if name in record.result:
        return record.result[name]
    epochs = [line for line in folder.read_metrics() if line.get("kind") == "epoch"]
    return epochs[-1].get(of_epoch) if epochs else 0


def _whole(value: object) -> int:
    return value if isinstance(value, int) else 0
