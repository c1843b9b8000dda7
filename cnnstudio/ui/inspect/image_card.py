"""The picture that is looked at, from wherever it comes; and what the network takes it for."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QSize, Qt, QTimer, Slot
from PySide6.QtGui import QGuiApplication, QHideEvent, QImage, QImageReader, QShowEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSpinBox,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from cnnstudio.app.background import BackgroundCall
from cnnstudio.app.inspect_verdicts import TestVerdicts
from cnnstudio.core.looks import Pixels, Predict, Prediction, TestImage
from cnnstudio.core.quantity import grouped
from cnnstudio.ui.inspect.camera import Camera, has_camera
from cnnstudio.ui.inspect.drawing_pad import DrawingPad
from cnnstudio.ui.inspect.look_card import LookCard
from cnnstudio.ui.inspect.mistake_strip import MistakeStrip
from cnnstudio.ui.inspect.picture_view import PictureView
from cnnstudio.ui.inspect.prediction_bars import PredictionBars
from cnnstudio.ui.inspect.room import Room
from cnnstudio.ui.theme import icon, theme

WIDTH = 228
_DRAW_MS = 60
_LARGEST = 640
"""Pixels a side of an opened file that go to the engine, which makes them fit anyway."""
_MOST = 1_000_000


class ImageCard(LookCard):
    """Everything else on the page is about this picture."""

    def __init__(self, room: Room, verdicts: TestVerdicts, parent: QWidget | None = None) -> None:
        super().__init__(room, "inspectImageCard", room_tr("Image"), "", parent)
        self.setFixedWidth(WIDTH)
        self._verdicts = verdicts
        self._call: BackgroundCall | None = None
        self._index = 0
        self._camera: Camera | None = None
        self.pad = DrawingPad(self)
        self.view = PictureView("inspectImage", self.tr("Image"), self, square=True)
        self.bars = PredictionBars(self)
        self.mistakes = MistakeStrip(room, verdicts, self)
        self._drawn = QTimer(self, interval=_DRAW_MS, singleShot=True)
        self._drawn.timeout.connect(self._take_drawing)
        self.pad.drawn.connect(self._on_drawn)
        self._make()
        self.detail.hide()
        self.inspection.subjectChanged.connect(self.start_over)
        self.inspection.pictureChanged.connect(self._on_picture)
        self.inspection.freshened.connect(self._follow)
        verdicts.changed.connect(self._on_verdicts)
        theme().changed.connect(self._paint)
        self._paint()
        self._on_verdicts()
        self._on_picture()
        self.show_view()

    # --- asking

    def look(self) -> None:
        """What does the network take it for?"""
        self.ask(Predict(self.inspection.subject, self.inspection.picture), patient=True)

    def take(self, message: object) -> None:
        """Bars, and the picture as the network gets it."""
        if isinstance(message, Prediction):
            from cnnstudio.ui.inspect.tile_images import picture_of

            image = picture_of(message.image)
            self.view.show_image(image)
            self.seen.show_image(image)
            self._tell_label(message)
            self.say("")
            self.bars.show_prediction(message)
            self.inspection.take_prediction(message)

    def say(self, sentence: str, again: bool = False) -> None:
        """Below the picture, so that another one can be chosen."""
        self.trouble.setText(sentence)
        self.bars.show_prediction(None)
        self.trouble.setVisible(bool(sentence))
        for widget in (self._prediction, self.bars):
            widget.setHidden(bool(sentence))  # in a low window the sentence needs their room

    @Slot()
    def _follow(self) -> None:
        if self.isVisible() and not self.inquiry.waiting:
            self.look()

    # --- the picture

    @Slot()
    def _on_picture(self) -> None:
        picture = self.inspection.picture
        if isinstance(picture, TestImage):
            self._index = picture.index
            self.spin.blockSignals(True)
            self.spin.setValue(picture.index)
            self.spin.blockSignals(False)
            self._mode("test")
        self.refresh()

    def show_test_image(self, index: int) -> None:
        """A test image by its number."""
        self.inspection.show(TestImage(index))

    @Slot()
    def draw(self) -> None:
        """The pad instead of a picture."""
        self._mode("draw")
        self.pad.setFocus()
        self._take_drawing()

    @Slot()
    def choose_file(self) -> None:
        """Asks for a picture."""
        kinds = " ".join(f"*.{bytes(kind.data()).decode()}" for kind in QImageReader.supportedImageFormats())
        text = self.tr("Images ({kinds})").format(kinds=kinds)
        self.room.dialogs.open_file(self.tr("Open an image"), text, self.open_file)

    def open_file(self, path: Path) -> None:
        """Reads a picture in another thread, then looks at it."""
        text = self.tr("{name} is no image that can be read: choose a PNG or JPEG file.")
        self._look_in_thread(lambda: _read(path), text.format(name=path.name))

    def _look_in_thread(self, read: Callable[[], Pixels | None], trouble: str) -> None:
        call = BackgroundCall(read)
        self._call = call

        def done() -> None:
            if self._call is not call:
                return
            self._call = None
            found = call.answer
            if isinstance(found, Pixels):
                self._mode("file")
                self.inspection.show(found)
            else:
                self.room.fail(trouble)

        call.finished.connect(done)
        call.begin()

    @Slot()
    def paste(self) -> None:
        """Looks at the image in the clipboard: a snapshot of a camera, a part of the screen."""
        image = QGuiApplication.clipboard().image()
        if image.isNull():
            self.room.fail(self.tr("There is no image in the clipboard: copy one first."))
            return
        self._look_in_thread(lambda: _pixels(image), "")

    @Slot()
    def look_through_camera(self) -> None:
        """What stands before the webcam, again and again."""
        if self._camera is None:
            self._camera = Camera(self)
            self._camera.seen.connect(self._take_frame)
            self._camera.failed.connect(self._on_camera_trouble)
        self._mode("camera")
        self._camera.start()

    @Slot(QImage)
    def _take_frame(self, image: QImage) -> None:
        if self._ways["camera"].isChecked() and not self.inquiry.waiting:
            self.inspection.show(_pixels(image))

    @Slot(str)
    def _on_camera_trouble(self, words: str) -> None:
        self.room.fail(
            self.tr("The camera gives no picture ({words}): does another program use it?").format(words=words)
        )

    def hideEvent(self, event: QHideEvent) -> None:
        """Nobody is filmed unseen."""
        if self._camera is not None:
            self._camera.stop()
        super().hideEvent(event)

    def showEvent(self, event: QShowEvent) -> None:
        """A camera that was on goes on."""
        super().showEvent(event)
        if self._camera is not None and self._ways["camera"].isChecked():
            self._camera.start()

    def _on_drawn(self) -> None:
        if not self._drawn.isActive():
            self._drawn.start()

    @Slot()
    def _take_drawing(self) -> None:
        from cnnstudio.ui.inspect.tile_images import pixels_of

        if self._pages.currentWidget() is self._draw_page:
            self.inspection.show(Pixels(pixels_of(self.pad.image), digit=True))

    def _mode(self, name: str) -> None:
        """Which way of having a picture is down: ``test``, ``draw``, ``file`` or ``camera``."""
        if self._camera is not None and name != "camera":
            self._camera.stop()
        self._pages.setCurrentWidget(self._draw_page if name == "draw" else self.view)
        self._ways[name].setChecked(True)
        self._steps.setVisible(name == "test")
        self._clear.setVisible(name == "draw")

    def _tell_label(self, message: Prediction) -> None:
        names = message.class_names
        if message.label is None or message.label >= len(names):
            self.label.clear()
        else:
            self.label.setText(self.tr("is: {name}").format(name=names[message.label]))

    @Slot()
    def _on_verdicts(self) -> None:
        judged = self._verdicts.judged
        most = judged.labels.shape[0] if judged is not None else _MOST
        self.spin.setMaximum(max(0, most - 1))
        self.spin.setToolTip(self.tr("of {count} test images").format(count=grouped(most)) if judged else "")

    # --- making

    def _make(self) -> None:
        ways = QHBoxLayout()
        ways.setSpacing(4)
        self._ways: dict[str, QPushButton] = {}
        group = QButtonGroup(self)
        for name, text, act in (
            ("test", self.tr("Test set"), lambda: self.show_test_image(self._index)),
            ("draw", self.tr("Draw"), self.draw),
            ("file", self.tr("Open…"), self.choose_file),
        ):
            button = QPushButton(text, self)
            button.setObjectName(f"inspect{name.capitalize()}Button")
            button.setProperty("role", "segment")
            button.setCheckable(True)
            button.clicked.connect(act)
            group.addButton(button)
            ways.addWidget(button, 1)
            if name == "file":
                button.setToolTip(self.tr("Open an image; or drop one on the window, or paste it (Ctrl+V)"))
            self._ways[name] = button
        if has_camera():
            self._ways["camera"] = button = QPushButton(self)
            button.setObjectName("inspectCameraButton")
            button.setAccessibleName(self.tr("Camera"))
            button.setToolTip(self.tr("Look at what stands before the camera"))
            button.setProperty("role", "segment")
            button.setCheckable(True)
            button.clicked.connect(self.look_through_camera)
            group.addButton(button)
            ways.addWidget(button)
        self._pages = QStackedWidget(self)
        self._pages.setMinimumHeight(110)
        self._pages.setMaximumHeight(WIDTH - 28)
        self._draw_page = self.pad
        self._pages.addWidget(self.view)
        self._pages.addWidget(self.pad)
        self.trouble = QLabel(self)
        self.trouble.setObjectName("inspectTrouble")
        self.trouble.setProperty("role", "error")
        self.trouble.setWordWrap(True)
        self.trouble.hide()
        page = QWidget(self)
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addLayout(ways)
        column.addWidget(self._pages, 3)
        self._prediction = heading(self.tr("PREDICTION"), self)
        for widget in (self._make_steps(), self._make_clear(), self.trouble, self._prediction, self.bars):
            column.addWidget(widget)
        column.addWidget(self.mistakes, 2)
        self.set_view(page)
        self._order_tabs()
        self._mode("test")

    def _order_tabs(self) -> None:
        wipe = self._clear.findChildren(QPushButton)
        steps = (self._back, self.spin, self._forward)
        self.tab_order(*self._ways.values(), self.pad, *wipe, *steps, self.mistakes.offer, self.mistakes.grid)

    def _make_steps(self) -> QWidget:
        self._steps = QWidget(self)
        column = QVBoxLayout(self._steps)  # the class gets a line of its own: beside the arrows it is cut
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        row = QHBoxLayout()
        row.setSpacing(4)
        self._back = _arrow("inspectPreviousImage", self.tr("Previous image (Left)"), self)
        self._forward = _arrow("inspectNextImage", self.tr("Next image (Right)"), self)
        self._back.clicked.connect(lambda: self.inspection.next_image(-1))
        self._forward.clicked.connect(lambda: self.inspection.next_image(1))
        self.spin = QSpinBox(self)
        self.spin.setObjectName("inspectImageIndex")
        self.spin.setAccessibleName(self.tr("Number of the test image"))
        self.spin.setRange(0, _MOST)
        self.spin.setKeyboardTracking(False)
        self.spin.valueChanged.connect(self.show_test_image)
        self.label = QLabel(self)
        self.label.setObjectName("inspectLabel")
        self.label.setProperty("role", "small")
        for widget in (self._back, self.spin, self._forward):
            row.addWidget(widget)
        row.addStretch(1)
        column.addLayout(row)
        column.addWidget(self.label)
        return self._steps

    def _make_clear(self) -> QWidget:
        self._clear = QWidget(self)
        row = QHBoxLayout(self._clear)
        row.setContentsMargins(0, 0, 0, 0)
        self.seen = PictureView("inspectSeen", self.tr("What the network sees"), self)
        self.seen.setFixedSize(QSize(48, 48))
        words = QLabel(self.tr("as the network\nsees it"), self)
        words.setProperty("role", "small")
        wipe = QPushButton(self.tr("Clear"), self)
        wipe.setObjectName("inspectClearDrawing")
        wipe.setProperty("role", "small")
        wipe.clicked.connect(self.pad.clear)
        row.addWidget(self.seen)
        row.addWidget(words, 1)
        row.addWidget(wipe)
        return self._clear

    def _paint(self) -> None:
        if "camera" in self._ways:
            self._ways["camera"].setIcon(icon("camera", size=14))
        self._back.setIcon(icon("step-back", size=14))
        self._forward.setIcon(icon("step-forward", size=14))


def heading(text: str, parent: QWidget) -> QLabel:
    """A small title within a card."""
    label = QLabel(text, parent)
    label.setProperty("role", "heading")
    return label


def room_tr(text: str) -> str:
    from PySide6.QtCore import QCoreApplication

    return QCoreApplication.translate("ImageCard", text)


def _arrow(name: str, text: str, parent: QWidget) -> QToolButton:
    button = QToolButton(parent)
    button.setObjectName(name)
    button.setAccessibleName(text)
    button.setToolTip(text)
    button.setIconSize(QSize(14, 14))
    return button


def _read(path: Path) -> Pixels | None:
    """In another thread; None where it is no picture."""
    reader = QImageReader(str(path))
    reader.setAutoTransform(True)
    size = reader.size()
    if size.isValid() and max(size.width(), size.height()) > _LARGEST:
        reader.setScaledSize(size.scaled(_LARGEST, _LARGEST, Qt.AspectRatioMode.KeepAspectRatio))
    image: QImage = reader.read()
    return None if image.isNull() else _pixels(image)


def _pixels(image: QImage) -> Pixels:
    """In another thread: a picture that is no larger than it needs to be."""
    from cnnstudio.ui.inspect.tile_images import pixels_of

    if max(image.width(), image.height()) > _LARGEST:
        keep, smooth = Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
        image = image.scaled(_LARGEST, _LARGEST, keep, smooth)
    return Pixels(pixels_of(image))
