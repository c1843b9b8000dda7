"""Everything between the press on Train and the first step that is not torch's work."""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

import cnnstudio
from cnnstudio.codegen import generate
from cnnstudio.core.document import Document
from cnnstudio.core.messages import Message, Preparing, Skipped
from cnnstudio.core.requests import Job
from cnnstudio.engine import device as devices
from cnnstudio.engine.build import adapted, require_trainable
from cnnstudio.engine.checkpoint import Checkpoint, exists, load
from cnnstudio.engine.control import Control
from cnnstudio.engine.errors import EngineError
from cnnstudio.workspace import datasets
from cnnstudio.workspace.datasets.catalogue import SHAPE_NAMES
from cnnstudio.workspace.paths import data_dir
from cnnstudio.workspace.process_lock import ProcessLock
from cnnstudio.workspace.progress import Progress
from cnnstudio.workspace.runs import RunFolder, RunRecord, create_run, create_run_at, utc_now
from cnnstudio.workspace.runs.classes import Classes, write_classes
from cnnstudio.workspace.runs.images import folder_of_run

Emit = Callable[[Message], None]

MOST_SKIPPED = 100


@dataclass(frozen=True)
class Prepared:
    """A run that can begin: its folder, its document with the data set's classes, its images."""

    folder: RunFolder
    record: RunRecord
    document: Document
    dataset: datasets.Dataset
    device: torch.device
    checkpoint: Checkpoint | None
    lock: ProcessLock | None = None
    """Keeps other processes from training the run; whoever prepared it releases it."""
    continued_to: int | None = None
    """The epochs that a resumed run was asked to have in all."""


def prepare(job: Job, emit: Emit, control: Control) -> Prepared:
    """Finds or fetches the data, adapts the document, makes the run's folder.

    Raises `EngineError`, `WorkspaceError` and `datasets.Cancelled`; a folder is only made when all is well.
    """
    if job.resume:
        return _resumed(job, emit, control)
    if job.document is None:
        raise EngineError("There is nothing to train: the job names neither a network nor a run to resume.")
    document = with_overrides(job.document, job.epochs, job.seed)
    device = devices.choose_for(document.training, job.device)
    folder = Path(job.data_dir) if job.data_dir else data_dir()
    dataset = read_dataset(document, folder, job.limit, emit, control, download=job.download)
    document = adapted(document, len(dataset.class_names))
    tell_skipped(dataset, emit)
    record = RunRecord(
        name=document.name,
        dataset=document.training.dataset,
        seed=document.training.seed,
        device=devices.name_of(device),
        epochs=document.training.epochs,
        started=utc_now(),
        versions=versions(),
        # Whole, so that the run can be gone on with from anywhere.
        options={"data_dir": str(folder.absolute()) if job.data_dir else None, "limit": job.limit},
        train_images=len(dataset.train),
        labels=labels_of(dataset),
        skipped_images=len(dataset.skipped),
        skipped=dataset.skipped[:MOST_SKIPPED],
        parent=job.parent,
        group=job.group,
    )
    run = create_run_at(Path(job.run)) if job.run else create_run(document.name)
    try:
        lock = _begin(run, document, record, dataset)
    except OSError:
        run.discard()
        raise
    return Prepared(run, record, document, dataset, device, None, lock)


def _begin(
    run: RunFolder, document: Document, record: RunRecord, dataset: datasets.Dataset
) -> ProcessLock | None:
    """Locks the run and writes what it begins with; the record last, for it makes the folder a run."""
    lock = run.hold()
    run.sweep()
    try:
        run.write_inputs(document, generate(document).source)
        write_classes(run, Classes(dataset.class_names, class_counts(dataset)))
        run.write_record(record)
    except BaseException:
        if lock is not None:
            lock.release()
        raise
    return lock


def class_counts(dataset: datasets.Dataset) -> tuple[int, ...]:
    """How many training images each class has."""
    counts = np.bincount(dataset.train.labels, minlength=len(dataset.class_names))
    return tuple(int(count) for count in counts)


def _resumed(job: Job, emit: Emit, control: Control) -> Prepared:
    if job.run is None:
        raise EngineError("There is nothing to resume: the job names no run.")
    run = RunFolder(Path(job.run))
    record = run.read_record()
    # Killed before its first checkpoint: the run begins again, which its seed makes the same.
    checkpoint = load(run) if exists(run) else None
    document = with_overrides(run.read_document(), job.epochs, None)
    require_trainable(document)
    device = devices.choose_for(document.training, job.device)
    folder = folder_of_run(job.data_dir, record)
    limit = job.limit or record.options.get("limit")
    dataset = read_dataset(
        document, folder, int(limit) if limit else None, emit, control, download=job.download
    )
    require_classes(dataset, document, run)
    require_images(dataset, record, run)
    tell_skipped(dataset, emit)
    record = record.with_changes(
        status="running",
        device=devices.name_of(device),
        epochs=document.training.epochs,
        finished="",
        problem="",
        options={**record.options, "data_dir": str(folder.absolute()), "limit": limit},
        train_images=len(dataset.train),
        labels=labels_of(dataset),
        skipped_images=len(dataset.skipped),
        skipped=dataset.skipped[:MOST_SKIPPED],
    )
    lock = _begin(run, document, record, dataset)
    return Prepared(run, record, document, dataset, device, checkpoint, lock, continued_to=job.epochs)


def with_overrides(document: Document, epochs: int | None, seed: int | None) -> Document:
    """The document with other epochs and another seed where they are given."""
    changes: dict[str, int] = {}
    if epochs is not None:
        changes["epochs"] = epochs
    if seed is not None:
        changes["seed"] = seed
    return document.changed(training=document.training.model_copy(update=changes)) if changes else document


def read_dataset(
    document: Document, folder: Path, limit: int | None, emit: Emit, control: Control, *, download: bool
) -> datasets.Dataset:
    """The data set of the document's settings at its input size, downloaded first if need be."""

    def report(progress: Progress) -> None:
        emit(Preparing(progress.stage, progress.name, progress.done, progress.total))

    settings, size = document.training, document.input
    info = datasets.dataset(settings.dataset)
    if info.downloadable and not datasets.is_present(info.id, folder):
        if not download:
            raise EngineError(
                f"{info.title} is not in {folder}: let it be downloaded, or train on shapes, which needs no"
                " download."
            )
        datasets.download(info.id, folder, report, control.stopped)
    emit(Preparing("read", info.title))
    return datasets.load(
        info.id,
        folder,
        height=size.height,
        width=size.width,
        channels=size.channels,
        seed=settings.seed,
        limit=limit,
        classes=document.classes if 2 <= document.classes <= len(SHAPE_NAMES) else None,
        progress=report,
        cancelled=control.stopped,
        repair=download,
    )


def require_classes(dataset: datasets.Dataset, document: Document, run: RunFolder) -> None:
    """Raises `EngineError` where the data are others than the run was trained on."""
    if len(dataset.class_names) != document.classes:
        raise EngineError(
            f"The data set has {len(dataset.class_names)} classes now, but the run in {run.path} began with"
            f" {document.classes}: use the data it began with."
        )


def require_images(dataset: datasets.Dataset, record: RunRecord, run: RunFolder) -> None:
    """Raises `EngineError` where the images are not those that the run began with."""
    found = len(dataset.train)
    if record.train_images and found != record.train_images:
        raise EngineError(
            f"There are {found} training images now, but the run in {run.path} began with"
            f" {record.train_images}: use the images it began with, or train anew."
        )
    if record.labels and record.labels != labels_of(dataset):
        raise EngineError(
            f"The images are others now, or of other classes, than the run in {run.path} began with: use the"
            " images it began with, or train anew."
        )


def labels_of(dataset: datasets.Dataset) -> str:
    """Another one for images that are not as many of each class, or in another order."""
    digest = hashlib.sha256()
    for split in (dataset.train, dataset.test):
        digest.update(np.ascontiguousarray(split.labels).tobytes() + b"/")
    return digest.hexdigest()[:16]


def tell_skipped(dataset: datasets.Dataset, emit: Emit) -> None:
    """Says which images could not be read and are left out, if any."""
    if dataset.skipped:
        emit(Skipped(len(dataset.skipped), dataset.skipped[:MOST_SKIPPED]))


def versions() -> dict[str, str]:
    """What a run was made with."""
    return {
        "cnnstudio": cnnstudio.__version__,
        "python": platform.python_version(),
        "torch": torch.__version__,
        "numpy": np.__version__,
    }
