"""Which class is taken for which: the matrix over the test images, with its tables as CSV."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QWidget

from cnnstudio.app.inspect_verdicts import TestVerdicts
from cnnstudio.core.looks import Judged
from cnnstudio.core.quantity import grouped
from cnnstudio.ui.inspect.confusion import CellChooser
from cnnstudio.ui.inspect.judgement import accuracy, class_rows, confused_pairs, confusion, image_rows
from cnnstudio.ui.inspect.pairs_list import MOST, PairsList
from cnnstudio.ui.inspect.room import Room
from cnnstudio.ui.inspect.verdict_card import Rows, VerdictCard


class ConfusionCard(VerdictCard):
    """A click on a cell shows its images."""

    cellChosen = Signal(int, int)

    def __init__(self, room: Room, verdicts: TestVerdicts, parent: QWidget | None = None) -> None:
        super().__init__(room, verdicts, "inspectConfusionCard", parent)
        self.title.setText(self.tr("Confusion"))
        self.setAccessibleName(self.title.text())
        self.view = CellChooser(self)
        self.pairs = PairsList(self)
        self.view.cellChosen.connect(self._choose)
        self.pairs.cellChosen.connect(self._choose)
        self.cellChosen.connect(lambda true, guess: self.pairs.mark((true, guess)))
        page = QWidget(self)
        row = QHBoxLayout(page)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        row.addWidget(self.view, 4)
        row.addWidget(self.pairs, 3)
        self.set_view(page)
        self.menu.addSeparator()
        self.menu.addAction(self.tr("Matrix as CSV…"), lambda: self.save_table(_matrix_rows, "confusion"))
        self.menu.addAction(self.tr("Classes as CSV…"), lambda: self.save_table(class_rows, "classes"))
        self.menu.addAction(self.tr("Every image as CSV…"), lambda: self.save_table(image_rows, "verdicts"))

    def show_judged(self, judged: Judged) -> None:
        """Another matrix."""
        matrix = confusion(judged)
        if matrix.tolist() != self.view.counts:
            self.view.choose(None)
            self.view.show_counts(matrix.tolist(), judged.class_names)
            self.pairs.show_pairs(confused_pairs(matrix, MOST), judged.class_names)
        text = self.tr("{share} % of {count} test images right · rows are the true classes")
        share = f"{100 * accuracy(judged):.1f}"
        short = self.tr("{share} % right").format(share=share)
        self.detail.set_texts(text.format(share=share, count=grouped(judged.labels.shape[0])), short)

    @Slot(int, int)
    def _choose(self, true: int, guess: int) -> None:
        """In both ways of showing it."""
        self.view.choose((true, guess))
        self.cellChosen.emit(true, guess)


def _matrix_rows(judged: Judged) -> Rows:
    yield ["true \\ predicted", *judged.class_names]
    for name, counts in zip(judged.class_names, confusion(judged), strict=True):
        yield [name, *(int(count) for count in counts)]
