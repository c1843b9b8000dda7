"""The numbers of a data set in a line or two."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QWidget

from cnnstudio.core.messages import DataCard, Skipped
from cnnstudio.core.quantity import grouped
from cnnstudio.ui.train.skipped_dialog import SkippedDialog
from cnnstudio.ui.widgets.flow import FlowLayout

_NAMED_CHANNELS = 4


class DataFacts(QWidget):
    """Training and test images, classes, mean and deviation; a button for what could not be read."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("dataFacts")
        self._flow = FlowLayout(self)
        self._skipped: Skipped | None = None
        self._values = {
            name: self._add(name, text)
            for name, text in (
                ("train", self.tr("training")),
                ("test", self.tr("test")),
                ("classes", self.tr("classes")),
                ("mean", self.tr("mean")),
                ("std", self.tr("deviation")),
            )
        }
        self.skipped = QPushButton(parent or self)
        self.skipped.setObjectName("skippedImagesButton")
        self.skipped.setProperty("role", "link")
        self.skipped.setCursor(Qt.CursorShape.PointingHandCursor)
        self.skipped.setToolTip(self.tr("Which images they are, and why"))
        self.skipped.clicked.connect(self._list_skipped)
        self.skipped.hide()

    def show_card(self, card: DataCard) -> None:
        """Another data set."""
        texts = {
            "train": grouped(card.train_images),
            "test": grouped(card.test_images),
            "classes": grouped(len(card.class_names)),
            "mean": _numbers(card.mean),
            "std": _numbers(card.std),
        }
        for name, text in texts.items():
            self._values[name].setText(text)
        where = self.tr("Of pixels from 0 to 1, a number for each channel, over all training images")
        if card.measured:
            where = self.tr(
                "Of pixels from 0 to 1, a number for each channel, over the first {count} training images"
            ).format(count=grouped(card.measured))
        for name in ("mean", "std"):
            self._values[name].setToolTip(where)
        self._skipped = card.skipped
        self.skipped.setVisible(card.skipped is not None)
        if card.skipped is not None:
            text = self.tr("{count} cannot be read").format(count=grouped(card.skipped.images))
            self.skipped.setText(text)
            self.skipped.setAccessibleName(self.tr("Images: {text}").format(text=text))

    def _add(self, name: str, text: str) -> QLabel:
        fact = QWidget(self)
        row = QHBoxLayout(fact)
        row.setContentsMargins(0, 0, 8, 0)
        row.setSpacing(5)
        label = QLabel(text, fact)
        label.setProperty("role", "small")
        value = QLabel(fact)
        value.setObjectName(f"{name}Fact")
        value.setAccessibleName(text)
        value.setStyleSheet("font-weight: 600;")
        for widget in (label, value):
            widget.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
            row.addWidget(widget)
        self._flow.addWidget(fact)
        return value

    def _list_skipped(self) -> None:
        if self._skipped is not None:
            SkippedDialog(self._skipped, self.window()).open()


def _numbers(values: tuple[float, ...]) -> str:
    shown = [f"{value:.3f}" for value in values[:_NAMED_CHANNELS]]
    return "  ".join(shown) + (" …" if len(values) > _NAMED_CHANNELS else "")
