"""Buttons that take a picture away and start the tour."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu, QPushButton, QWidget

from cnnstudio.ui.learn.tour_strip import TourStrip


class ToolsCard(QFrame):
    """The tour's strip stands above the panels, :attr:`tour`."""

    exportWanted = Signal(str)
    """``"png"``, ``"svg"``, ``"gif"`` or ``"frames"``."""
    tourWanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("learnTools")
        self.setProperty("role", "card")
        self.tour = TourStrip(parent)
        self.tour_button = QPushButton(self.tr("Guided tour"), self)
        self.tour_button.setObjectName("learnTourButton")
        self.tour_button.setProperty("role", "segment")
        self.tour_button.clicked.connect(self.tourWanted)
        self.tour_button.hide()
        menu = QMenu(self)
        menu.setObjectName("learnExportMenu")
        for kind, text in self._formats().items():
            action = QAction(text, menu)
            action.setObjectName(f"exportLearn{kind.capitalize()}Action")
            action.triggered.connect(lambda _, kind=kind: self.exportWanted.emit(kind))
            menu.addAction(action)
        export = QPushButton(self.tr("Export ▾"), self)
        export.setObjectName("learnExportButton")
        export.setAccessibleName(self.tr("Export this explanation"))
        export.setProperty("role", "segment")
        export.setMenu(menu)
        row = QHBoxLayout(self)
        row.setContentsMargins(11, 9, 11, 9)
        row.setSpacing(6)
        row.addWidget(self.tour_button)
        row.addWidget(export)

    def _formats(self) -> dict[str, str]:
        return {
            "png": self.tr("Explanation as PNG…"),
            "svg": self.tr("Explanation as SVG…"),
            "gif": self.tr("Explanation, all steps, as an animated GIF…"),
            "frames": self.tr("Explanation, all steps, as numbered pictures…"),
        }
