"""Sentences about the image and what the network takes it for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

if TYPE_CHECKING:
    from cnnstudio.app.lesson_choice import LessonChoice
    from cnnstudio.app.lesson_weights import RunWeights
    from cnnstudio.numpy_engine.trace import Trace


def _tr(text: str) -> str:
    return QCoreApplication.translate("LearnWords", text)


def image_words(choice: LessonChoice, trace: Trace | None) -> str:
    """What it is, and what it is taken for; a few short lines."""
    chosen = choice.chosen
    assert chosen is not None
    names, waiting = choice.class_names, choice.images.waiting
    match chosen.kind:
        case "drawn":
            first = _tr("Drawn shape; the test images are being read …") if waiting else _tr("Drawn shape")
            if choice.images.problem and not waiting:
                first = _tr("Drawn shape: {dataset} is not here").format(dataset=_dataset(choice))
        case "file":
            first = chosen.name
        case _:
            first = _tr("A training image") if choice.images.stands_in else _dataset(choice)
    lines = [first]
    if choice.foreign and chosen.kind == "test":
        lines.append(_tr("(the run's data set)"))
    if chosen.label is not None and chosen.label < len(names):
        lines.append(_tr("is: {name}").format(name=names[chosen.label]))
    if trace is not None:
        best = int(trace.probabilities[0].argmax())
        name = names[best] if best < len(names) else _tr("class {number}").format(number=best)
        share = round(100 * float(trace.probabilities[0, best]))
        lines.append(_tr("taken for: {name}, {share}\u00a0%").format(name=name, share=share))
    return "\n".join(lines)


def run_words(run: RunWeights, dataset: str) -> tuple[str, str]:
    """A run in a list, and a longer text; with the data that it saw where they are not ``dataset``."""
    text = _tr("Run #{number} · epoch {epoch}").format(number=run.number, epoch=run.epoch)
    tip = run.name if run.accuracy is None else f"{run.name} · {100 * run.accuracy:.1f}\u00a0%"
    if run.trained is None:
        return text, tip
    theirs = _title(run.trained.training.dataset)
    if run.trained.training.dataset != dataset:
        text = _tr("Run #{number} · {dataset}").format(number=run.number, dataset=theirs)
    trained = _tr("{run} · epoch {epoch} · trained on {dataset}")
    return text, trained.format(run=tip, epoch=run.epoch, dataset=theirs)


def _dataset(choice: LessonChoice) -> str:
    return _title(choice.data.training.dataset) if choice.data is not None else _tr("Test image")


def _title(dataset: str) -> str:
    from cnnstudio.workspace import datasets

    return datasets.dataset(dataset).title
