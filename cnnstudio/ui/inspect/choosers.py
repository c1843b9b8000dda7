"""The lists from which a network, and an epoch of it, are chosen."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QComboBox, QWidget

Fit = QComboBox.SizeAdjustPolicy


class Chooser(QComboBox):
    """A list with a name for people who see it, and for those who do not."""

    def __init__(
        self, name: str, text: str, parent: QWidget, *, fit: QComboBox.SizeAdjustPolicy = Fit.AdjustToContents
    ) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setAccessibleName(text)
        self.setToolTip(text)
        self.setSizeAdjustPolicy(fit)


class EpochChooser(Chooser):
    """The epochs of which a run has kept the weights; None stands for those that it kept in the end."""

    def fill(self, epochs: tuple[int, ...], chosen: int | None) -> None:
        """Offers these epochs, with one chosen; nobody is told."""
        with QSignalBlocker(self):
            self.clear()
            self.addItem(self.tr("kept weights"), None)
            for epoch in epochs:
                text = self.tr("before training") if epoch == 0 else self.tr("epoch {epoch}")
                self.addItem(text.format(epoch=epoch), epoch)
            self.setCurrentIndex(max(0, self.findData(chosen)))
