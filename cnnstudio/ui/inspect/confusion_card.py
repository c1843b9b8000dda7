"""Which class is taken for which: the matrix over the test images, with its tables as CSV."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from cnnstudio.app.inspect_verdicts import TestVerdicts
from cnnstudio.core.looks import Judged
from cnnstudio.core.quantity import grouped
from cnnstudio.ui.inspect.confusion import CellChooser
from cnnstudio.ui.inspect.judgement import accuracy, class_marks, confusion, image_rows
from cnnstudio.ui.inspect.room import Room
from cnnstudio.ui.inspect.verdict_card import VerdictCard

Rows = Iterable[Iterable[object]]


class ConfusionCard(VerdictCard):
    """A click on a cell shows its images."""

    cellChosen = Signal(int, int)

    def __init__(self, room: Room, verdicts: TestVerdicts, parent: QWidget | None = None) -> None:
        super().__init__(room, verdicts, "inspectConfusionCard", parent)
        self.title.setText(self.tr("Confusion"))
        self.setAccessibleName(self.title.text())
        self.view = CellChooser(self)
        self.view.cellChosen.connect(self.cellChosen)
        self.set_view(self.view)
        self.menu.addSeparator()
        self.menu.addAction(self.tr("Matrix as CSV…"), lambda: self._save(_matrix_rows, "confusion"))
        self.menu.addAction(self.tr("Classes as CSV…"), lambda: self._save(_class_rows, "classes"))
        self.menu.addAction(self.tr("Every image as CSV…"), lambda: self._save(image_rows, "verdicts"))

    def show_judged(self, judged: Judged) -> None:
        """Another matrix."""
        matrix = [[int(count) for count in row] for row in confusion(judged)]
        if matrix != self.view.counts:
            self.view.choose(None)
        self.view.show_counts(matrix, judged.class_names)
        text = self.tr("{share} % of {count} test images right · rows are the true classes")
        share = f"{100 * accuracy(judged):.1f}"
        short = self.tr("{share} % right").format(share=share)
        self.detail.set_texts(text.format(share=share, count=grouped(judged.labels.shape[0])), short)

    def _save(self, rows: Callable[[Judged], Rows], name: str) -> None:
        judged = self.verdicts.judged
        if judged is None:
            self.room.fail(self.tr("There are no verdicts to save yet."))
            return

        def picked(path: Path) -> None:
            path = path if path.suffix else path.with_suffix(".csv")
            try:
                with path.open("w", newline="", encoding="utf-8") as file:
                    csv.writer(file).writerows(rows(judged))
            except OSError as error:
                text = self.tr("{path} could not be written ({reason}): choose another folder.")
                self.room.fail(text.format(path=path, reason=error.strerror))
            else:
                self.room.tell(self.tr("Saved as {path}.").format(path=path))

        kinds = self.tr("Tables (*.csv)")
        self.room.dialogs.save_file(self.tr("Save the table"), kinds, Path.home() / f"{name}.csv", picked)


def _matrix_rows(judged: Judged) -> Rows:
    yield ["true \\ predicted", *judged.class_names]
    for name, counts in zip(judged.class_names, confusion(judged), strict=True):
        yield [name, *(int(count) for count in counts)]


def _class_rows(judged: Judged) -> Rows:
    yield ["class", "images", "precision", "recall", "f1"]
    for marks in class_marks(judged):
        yield [
            marks.name,
            marks.images,
            *("" if v is None else f"{v:.6f}" for v in (marks.precision, marks.recall, marks.f1)),
        ]
