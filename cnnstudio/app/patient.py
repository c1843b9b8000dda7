"""What the doctor is told of a training: from what has been heard of it, or from its folder."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import isfinite
from pathlib import Path

from cnnstudio.app.run_history import RunHistory
from cnnstudio.app.run_reading import read_history
from cnnstudio.codegen import CannotGenerate, generate
from cnnstudio.core.doctor import Case, case_of
from cnnstudio.core.document import Document
from cnnstudio.core.fileformat import write_nodes
from cnnstudio.core.health import Health
from cnnstudio.core.messages import DataCard, Epoch
from cnnstudio.workspace.errors import RunError
from cnnstudio.workspace.runs import RunFolder
from cnnstudio.workspace.runs.health import read_health

_NO_NUMBERS = ("became infinite", "became undefined")
"""How the engine says that a training has run away."""


@dataclass(frozen=True, slots=True, eq=False)
class Patient:
    """One training. ``document`` is what was trained, None where nobody knows.

    ``open`` tells that its blocks are those of the open document, by their ids, so that they can be shown
    and bettered.
    """

    run: str = ""
    document: Document | None = None
    epochs: tuple[Epoch, ...] = ()
    losses: tuple[tuple[float, float], ...] = ()
    health: tuple[Health, ...] = ()
    diverged: bool = False
    adjusted_lr: float | None = None
    open: bool = True
    class_counts: tuple[int, ...] = ()
    class_names: tuple[str, ...] = ()

    def case(self, present: Document, card: DataCard | None) -> Case:
        """With the document that is open now. Runs of before tell no classes: a ``card`` of the data does."""
        document = self.document or present
        counts, names = self.class_counts, self.class_names
        if not counts and card is not None and card.dataset == document.training.dataset:
            counts, names = card.train_counts, card.class_names
        return case_of(
            document,
            present=present if self.open else document,
            epochs=self.epochs,
            losses=self.losses,
            health=self.health,
            class_counts=counts,
            class_names=names,
            diverged=self.diverged,
            adjusted_lr=self.adjusted_lr,
        )


def patient_of(history: RunHistory, document: Document | None) -> Patient:
    """A training that has been heard of."""
    steps, values = history.loss.points()
    started = history.started
    return Patient(
        run=started.run if started else "",
        document=document,
        epochs=tuple(history.epochs),
        losses=tuple((step, value) for step, value in zip(steps, values, strict=True) if isfinite(value)),
        health=tuple(history.health),
        diverged=history.failed is not None and has_diverged(history.failed.sentence),
        adjusted_lr=next((mark.value for mark in reversed(history.marks) if mark.kind == "rate"), None),
        class_counts=started.class_counts if started else (),
        class_names=started.class_names if started else (),
    )


def has_diverged(sentence: str) -> bool:
    """Whether a training failed since its loss or its weights were no numbers any more."""
    return any(words in sentence for words in _NO_NUMBERS)


def read_patient(path: str, present: Document, known: Document | None = None) -> Patient:
    """A training from its folder; nothing is known where that cannot be read.

    ``known`` is the open document as it was when it was the run's network, if it ever was: it may have
    been edited since.
    """
    folder = RunFolder(Path(path))
    try:
        trained = folder.read_document()
        record = folder.read_record()
        found = patient_of(read_history(folder.path), trained)
    except (RunError, OSError):
        return Patient(run=path, open=False)
    same = known if known is not None else present
    is_open = write_nodes(trained.body) == write_nodes(same.body) and trained.input == same.input
    if is_open:
        # Ids are not in files: those of the open document stand for the same blocks.
        trained = same.changed(training=trained.training, classes=trained.classes)
    health = _with_nodes(read_health(folder), trained)
    diverged = has_diverged(record.problem)
    return replace(found, run=path, document=trained, health=health, diverged=diverged, open=is_open)


def _with_nodes(looks: tuple[Health, ...], document: Document) -> tuple[Health, ...]:
    """The looks with the document's ids, found by the modules that they were written with."""
    try:
        paths = generate(document).paths
    except CannotGenerate:
        return looks
    nodes = {path: node for node, found in paths.items() for path in found}
    return tuple(
        replace(look, blocks=tuple(replace(b, node=nodes.get(b.path, "")) for b in look.blocks))
        for look in looks
    )
