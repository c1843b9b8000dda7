"""The card with the image that goes through the network, and whose weights it meets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from cnnstudio.ui.learn.top_bar import combo
from cnnstudio.ui.theme import theme, tokens
from cnnstudio.ui.train.pixel_images import paint_tile
from cnnstudio.ui.widgets.spin import SpinBox

if TYPE_CHECKING:
    from cnnstudio.app.lesson_weights import RunWeights
    from cnnstudio.app.pixels import Pixels

_SIDE = 88
_MOST_NUMBER = 99_999


class Thumbnail(QWidget):
    """The image, with the part of it that the present output pixel can see framed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("learnImage")
        self.setFixedSize(_SIDE, _SIDE)
        self._image = QImage()
        self.seen: QRectF | None = None
        """The receptive field, in pixels of the image."""
        theme().changed.connect(self.update)

    def show_pixels(self, pixels: Pixels) -> None:
        """Shows another image (H, W, C)."""
        from cnnstudio.core.messages import Tensor
        from cnnstudio.ui.train.pixel_images import images_of

        tensor = Tensor((1, *pixels.shape), pixels.tobytes(), "uint8")
        self._image = images_of(tensor)[0]
        self.update()

    def show_seen(self, seen: QRectF | None) -> None:
        """Frames another part; None: nothing."""
        if seen != self.seen:
            self.seen = seen
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paints the image as a tile and the frame upon it."""
        if self._image.isNull():
            return
        painter = QPainter(self)
        area = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        paint_tile(painter, self._image, area)
        if self.seen is not None:
            scale = area.width() / self._image.width()
            box = QRectF(
                self.seen.x() * scale,
                self.seen.y() * scale,
                self.seen.width() * scale,
                self.seen.height() * scale,
            )
            painter.setPen(QPen(QColor(tokens().accent), 2))
            painter.drawRect(box.translated(area.topLeft()).intersected(area.adjusted(1, 1, -1, -1)))
        painter.end()


class ImageCard(QFrame):
    """Tells which image and which weights are wanted."""

    numberChosen = Signal(int)
    drawWanted = Signal()
    fileWanted = Signal()
    weightsChosen = Signal(object)
    """A :class:`~cnnstudio.app.lesson_weights.RunWeights`; None: as before training."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("learnImageCard")
        self.setProperty("role", "card")
        self.thumbnail = Thumbnail(self)
        self._words = QLabel(self)
        self._words.setObjectName("learnImageWords")
        self._words.setProperty("role", "small")
        self._words.setWordWrap(True)
        self._words.setTextFormat(Qt.TextFormat.PlainText)
        self._words.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self.number = SpinBox(self)
        self.number.setObjectName("learnImageSpin")
        self.number.setAccessibleName(self.tr("Test image"))
        self.number.setToolTip(
            self.tr("Which image of the test set, from 0 as in Inspect; Enter shows it again")
        )
        self.number.setPrefix(self.tr("test image "))
        self.number.setRange(0, _MOST_NUMBER)
        self.number.setKeyboardTracking(False)
        self.number.valueChanged.connect(self.numberChosen)
        again = self.number.lineEdit().returnPressed
        again.connect(lambda: self.numberChosen.emit(self.number.value()))
        draw = self._button("learnDrawButton", self.tr("Draw one"), self.drawWanted)
        draw.setToolTip(self.tr("A shape drawn by the program, another one each time"))
        file = self._button("learnFileButton", self.tr("Open…"), self.fileWanted)
        file.setToolTip(self.tr("A picture of yours, cut and scaled to the input"))
        self.weights = combo(self, "learnWeightsCombo", self.tr("Weights"))
        self.weights.setSizeAdjustPolicy(self.weights.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.weights.setMinimumContentsLength(12)
        self.weights.currentIndexChanged.connect(self._choose_weights)
        self.show_weights((), None)
        top = QHBoxLayout()
        top.setSpacing(10)
        top.addWidget(self.thumbnail, 0, Qt.AlignmentFlag.AlignTop)
        top.addWidget(self._words, 1)
        buttons = QHBoxLayout()
        buttons.setSpacing(6)
        buttons.addWidget(draw)
        buttons.addWidget(file)
        column = QVBoxLayout(self)
        column.setContentsMargins(11, 11, 11, 11)
        column.setSpacing(8)
        column.addLayout(top)
        column.addWidget(self.number)
        column.addLayout(buttons)
        column.addWidget(self.weights)

    @property
    def words(self) -> str:
        """What is said about the image."""
        return self._words.text()

    def show_image(self, pixels: Pixels, words: str, tip: str = "") -> None:
        """Another image, and what is to be known of it."""
        self.thumbnail.show_pixels(pixels)
        self.show_words(words)
        self._words.setToolTip(tip)

    def show_words(self, words: str) -> None:
        """What is to be known of the image."""
        self._words.setText(words)
        self.thumbnail.setAccessibleName(words)

    def show_number(self, number: int, count: int) -> None:
        """The test image that is shown, from 0, and how many there are (0: unknown)."""
        with QSignalBlocker(self.number):
            self.number.setRange(0, count - 1 if count else _MOST_NUMBER)
            self.number.setValue(number)

    def show_weights(
        self, runs: tuple[RunWeights, ...], chosen: RunWeights | None, dataset: str = ""
    ) -> None:
        """Whose weights there are, for a network that names this data set."""
        from cnnstudio.ui.learn.words import run_words

        with QSignalBlocker(self.weights):
            self.weights.clear()
            self.weights.addItem(self.tr("Weights before training"), None)
            for run in runs:
                text, tip = run_words(run, dataset)
                self.weights.addItem(text, run)
                self.weights.setItemData(self.weights.count() - 1, tip, Qt.ItemDataRole.ToolTipRole)
            index = next((i + 1 for i, run in enumerate(runs) if run == chosen), 0)
            self.weights.setCurrentIndex(index)

    def sizeHint(self) -> QSize:
        """As the column wants it."""
        return QSize(216, super().sizeHint().height())

    def _choose_weights(self) -> None:
        self.weightsChosen.emit(self.weights.currentData())

    def _button(self, name: str, text: str, signal: object) -> QPushButton:
        button = QPushButton(text, self)
        button.setObjectName(name)
        button.setProperty("role", "segment")
        button.clicked.connect(lambda _: signal.emit())  # type: ignore[attr-defined]
        return button
