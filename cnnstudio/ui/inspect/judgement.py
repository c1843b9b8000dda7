"""What follows from the verdicts over the test images: the matrix, the classes' marks, orders of images."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QCoreApplication

from cnnstudio.core.looks import Judged
from cnnstudio.ui.train.tensors import array


@dataclass(frozen=True, slots=True)
class ClassMarks:
    """How well one class is told: all 0 to 1; None where a division by nothing would be."""

    name: str
    images: int
    precision: float | None
    recall: float | None
    f1: float | None


def confusion(judged: Judged) -> NDArray[np.int64]:
    """Counts (true class, predicted class)."""
    classes = len(judged.class_names)
    labels, guesses = array(judged.labels).astype(np.int64), array(judged.predictions).astype(np.int64)
    return np.bincount(labels * classes + guesses, minlength=classes * classes).reshape(classes, classes)


def class_marks(judged: Judged) -> list[ClassMarks]:
    """Precision tp/(tp+fp), recall tp/(tp+fn) and their harmonic mean, for each class."""
    matrix = confusion(judged)
    marks = []
    for number, name in enumerate(judged.class_names):
        right = int(matrix[number, number])
        said, there = int(matrix[:, number].sum()), int(matrix[number].sum())
        precision = right / said if said else None
        recall = right / there if there else None
        f1 = 2 * right / (said + there) if said + there else None
        marks.append(ClassMarks(name, there, precision, recall, f1))
    return marks


def accuracy(judged: Judged) -> float:
    """The share that is told right, 0 to 1."""
    labels = array(judged.labels)
    return float((labels == array(judged.predictions)).mean()) if labels.size else 0.0


def surest_mistakes(judged: Judged, most: int) -> list[int]:
    """Images that are taken for another class, the most confident first."""
    return _ordered(judged, array(judged.labels) != array(judged.predictions), True, most)


def unsurest_successes(judged: Judged, most: int) -> list[int]:
    """Images that are told right, the least confident first."""
    return _ordered(judged, array(judged.labels) == array(judged.predictions), False, most)


def of_cell(judged: Judged, true: int, guess: int, most: int) -> list[int]:
    """Images of one class that are taken for another (or the same), the most confident first."""
    chosen = (array(judged.labels) == true) & (array(judged.predictions) == guess)
    return _ordered(judged, chosen, True, most)


def confused_pairs(matrix: NDArray[np.int64], most: int) -> list[tuple[int, int, int]]:
    """(true class, predicted class, images), the most frequent first; what is told right is left out."""
    wrong = matrix.copy()
    np.fill_diagonal(wrong, 0)
    flat = wrong.ravel()
    order = np.argsort(-flat, kind="stable")[:most]
    return [(*divmod(int(cell), len(matrix)), int(flat[cell])) for cell in order if flat[cell]]


def _ordered(judged: Judged, chosen: NDArray[np.bool_], falling: bool, most: int) -> list[int]:
    indices = np.flatnonzero(chosen)
    confidences = array(judged.confidences)[indices].astype(np.float64)
    order = np.argsort(-confidences if falling else confidences, kind="stable")
    return [int(index) for index in indices[order][:most]]


def mistake_tip(judged: Judged, index: int) -> str:
    """An image's true class, what it is taken for, and how surely."""
    label, guess = int(array(judged.labels)[index]), int(array(judged.predictions)[index])
    names = judged.class_names
    text = QCoreApplication.translate("Inspect", "image {index}: {true}, taken for {guess} ({share} %)")
    if label == guess:
        text = QCoreApplication.translate("Inspect", "image {index}: {true}, told right ({share} %)")
    share = f"{100 * float(array(judged.confidences)[index]):.0f}"
    return text.format(index=index, true=names[label], guess=names[guess], share=share)


def mistake_caption(judged: Judged, index: int, short: bool) -> tuple[str, ...]:
    """What is said below an image: unless ``short`` what it is and what it is taken for, and how surely."""
    label, guess = int(array(judged.labels)[index]), int(array(judged.predictions)[index])
    names = judged.class_names
    share = f"{100 * float(array(judged.confidences)[index]):.0f} %"
    if short:
        return (share,)
    if label == guess:
        return names[label], share
    return names[label], f"→ {names[guess]}", share


def image_rows(judged: Judged, indices: Sequence[int] | None = None) -> Iterator[list[object]]:
    """A table of test images with a head line: of those that are asked for, else of all."""
    yield ["image", "true", "predicted", "confidence", "probability of the true class"]
    names = judged.class_names
    columns = (
        array(judged.labels),
        array(judged.predictions),
        array(judged.confidences),
        array(judged.truths),
    )
    for index in range(len(columns[0])) if indices is None else indices:
        label, guess, sure, truth = (column[index] for column in columns)
        yield [index, names[int(label)], names[int(guess)], f"{float(sure):.6f}", f"{float(truth):.6f}"]


def class_rows(judged: Judged) -> Iterator[list[object]]:
    """A table of the classes' marks, with a head line."""
    yield ["class", "images", "precision", "recall", "f1"]
    for marks in class_marks(judged):
        shares = (marks.precision, marks.recall, marks.f1)
        yield [marks.name, marks.images, *("" if share is None else f"{share:.6f}" for share in shares)]
