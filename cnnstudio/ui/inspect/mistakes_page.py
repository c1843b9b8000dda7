"""Where the network is wrong: the matrix, the classes, and the images."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QWidget

from cnnstudio.app.inspect_verdicts import TestVerdicts
from cnnstudio.ui.inspect.classes_card import ClassesCard
from cnnstudio.ui.inspect.confusion_card import ConfusionCard
from cnnstudio.ui.inspect.room import Room
from cnnstudio.ui.inspect.sorted_images_card import SortedImagesCard


class MistakesPage(QWidget):
    """Three cards about the same verdicts."""

    opened = Signal(int)
    """A test image is to be looked at."""

    def __init__(self, room: Room, verdicts: TestVerdicts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.confusion = ConfusionCard(room, verdicts, self)
        self.classes = ClassesCard(room, verdicts, self)
        self.images = SortedImagesCard(room, verdicts, self)
        self.confusion.cellChosen.connect(lambda true, guess: self.images.show_cell((true, guess)))
        self.images.opened.connect(self.opened)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(12)
        grid.addWidget(self.confusion, 0, 0)
        grid.addWidget(self.classes, 1, 0)
        grid.addWidget(self.images, 0, 1, 2, 1)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(1, 1)
        grid.setRowStretch(0, 3)
        grid.setRowStretch(1, 2)
