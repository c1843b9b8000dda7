"""How pixels are normalised, as one choice; numbers of one's own have fields below it."""

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QComboBox, QWidget

from cnnstudio.core.training import Normalisation

_OWN = Normalisation(mean=(0.5,), std=(0.25,))
"""What one's own numbers begin with: near those of most photographs."""


class NormaliseCombo(QComboBox):
    """By the data, two usual ranges, or numbers of one's own."""

    chosen = Signal(object)
    """Another :class:`Normalisation`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("normaliseCombo")
        self.setAccessibleName(self.tr("Normalise"))
        self.setToolTip(self.tr("What is taken off each pixel, and what it is divided by."))
        self._known = (
            (self.tr("By the data"), Normalisation()),
            (self.tr("−1 to 1"), Normalisation(mean=(0.5,), std=(0.5,))),
            (self.tr("0 to 1"), Normalisation(mean=(0.0,), std=(1.0,))),
        )
        for text, value in self._known:
            self.addItem(text, value)
        self.addItem(self.tr("Own numbers"), _OWN)
        self.activated.connect(lambda index: self.chosen.emit(self.itemData(index)))

    def show_value(self, value: Normalisation) -> None:
        """Selects what the document says."""
        known = [normalisation for _, normalisation in self._known]
        with QSignalBlocker(self):
            self.setCurrentIndex(known.index(value) if value in known else len(known))
