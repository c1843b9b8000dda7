"""Where the network is wrong: the matrix, the classes, and the images."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QWidget

from cnnstudio.app.inspect_verdicts import TestVerdicts
from cnnstudio.ui.inspect.classes_card import ClassesCard
from cnnstudio.ui.inspect.confusion_card import ConfusionCard
from cnnstudio.ui.inspect.later import Later, Turns
from cnnstudio.ui.inspect.room import Room
from cnnstudio.ui.inspect.sorted_images_card import SortedImagesCard


class MistakesPage(QWidget):
    """Three cards about the same verdicts."""

    opened = Signal(int)
    """A test image is to be looked at."""

    def __init__(self, room: Room, verdicts: TestVerdicts, turns: Turns, parent: QWidget) -> None:
        super().__init__(parent)
        self._room, self._verdicts = room, verdicts
        self._confusion = Later(turns, self._make_confusion, self)
        self._classes = Later(turns, lambda place: ClassesCard(room, verdicts, place), self)
        self._images = Later(turns, self._make_images, self)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(12)
        grid.addWidget(self._confusion, 0, 0)
        grid.addWidget(self._classes, 1, 0)
        grid.addWidget(self._images, 0, 1, 2, 1)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(1, 1)
        grid.setRowStretch(0, 3)
        grid.setRowStretch(1, 2)

    @property
    def confusion(self) -> ConfusionCard:
        """The matrix."""
        return self._confusion.widget()

    @property
    def classes(self) -> ClassesCard:
        """Precision, recall and F1 of each class."""
        return self._classes.widget()

    @property
    def images(self) -> SortedImagesCard:
        """The images of a cell, or the surest mistakes."""
        return self._images.widget()

    def _make_confusion(self, place: QWidget) -> ConfusionCard:
        card = ConfusionCard(self._room, self._verdicts, place)
        card.cellChosen.connect(lambda true, guess: self.images.show_cell((true, guess)))
        return card

    def _make_images(self, place: QWidget) -> SortedImagesCard:
        card = SortedImagesCard(self._room, self._verdicts, place)
        card.opened.connect(self.opened)
        return card
