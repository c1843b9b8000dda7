"""One feature map, large, with its values under the pointer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from cnnstudio.app.inquiry import Inquiry
from cnnstudio.app.inspection import BlockSeen
from cnnstudio.core.looks import FeatureMaps, Maps
from cnnstudio.core.messages import Failed
from cnnstudio.ui.inspect.picture_view import PictureView
from cnnstudio.ui.inspect.room import Room

if TYPE_CHECKING:
    from cnnstudio.ui.inspect.tile_images import Floats


class EnlargedMap(QWidget):
    """Follows the picture, the training and the arrow keys."""

    left = Signal()
    moved = Signal(int)
    """Another map of the same block."""

    def __init__(self, room: Room, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("enlargedMap")
        self.setAccessibleName(self.tr("Enlarged feature map"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._inspection = room.inspection
        self._inquiry = Inquiry(room.inspection.session, self)
        self._inquiry.told.connect(self._hear)
        self._block: BlockSeen | None = None
        self._number = 0
        self._plane: Floats | None = None
        self.view = PictureView("enlargedMapView", self.tr("Enlarged feature map"), self)
        self.view.hovered.connect(self._tell_value)
        back = QPushButton(self.tr("All maps"), self)
        back.setObjectName("enlargedMapBack")
        back.setToolTip(self.tr("Back to all maps (Escape)"))
        back.setProperty("role", "small")
        back.clicked.connect(self.left)
        self.words = QLabel(self)
        self.words.setObjectName("enlargedMapWords")
        self.value = QLabel(self)
        self.value.setObjectName("enlargedMapValue")
        self.value.setProperty("role", "muted")
        row = QHBoxLayout()
        row.addWidget(back)
        row.addWidget(self.words)
        row.addStretch(1)
        row.addWidget(self.value)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(row)
        column.addWidget(self.view, 1)
        for signal in (self._inspection.pictureChanged, self._inspection.subjectChanged):
            signal.connect(self._ask)
        self._inspection.freshened.connect(self._ask)

    @property
    def number(self) -> int:
        """Which map is shown, from 0; people are told a number from 1."""
        return self._number

    def look_at(self, block: BlockSeen, number: int) -> None:
        """One map of a block."""
        if (block, number) != (self._block, self._number) or self._plane is None:
            self._plane = None
            self.view.show_image(None)
            self._block, self._number = block, number
            self._inquiry.ask(self._request(block))
        self._tell_number()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Left and right: the map before, the next one."""
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if step is None or self._block is None:
            super().keyPressEvent(event)
            return
        self._number = (self._number + step) % self._block.shape[0]
        self.moved.emit(self._number)
        self._tell_number()
        self._ask()

    def hideEvent(self, event: QEvent) -> None:
        """Nothing is asked for any more."""
        self._inquiry.call_off()
        self._block = self._plane = None
        super().hideEvent(event)  # type: ignore[arg-type]

    def _request(self, block: BlockSeen) -> FeatureMaps:
        """One map, as it is."""
        seen = self._inspection
        return FeatureMaps(seen.subject, seen.picture, (block.path,), 1, 0, self._number)

    @Slot()
    def _ask(self) -> None:
        if self._block is not None and self.isVisible():
            self._inquiry.ask_next(self._request(self._block))

    @Slot(object)
    def _hear(self, message: object) -> None:
        if isinstance(message, Maps) and self._block is not None and message.path == self._block.path:
            self._draw(message)
        elif isinstance(message, Failed):
            self.words.setText(message.sentence)

    def _tell_number(self) -> None:
        if self._block is not None:
            text = self.tr("map {number} of {count}")
            self.words.setText(text.format(number=self._number + 1, count=self._block.shape[0]))

    def _draw(self, found: Maps) -> None:
        from cnnstudio.ui.inspect.tile_images import floats, map_images

        if not found.tensor.shape[0]:
            return
        plane = self._plane = floats(found.tensor)[0]
        self.view.show_image(map_images(plane[None], found.low, found.high, own=True)[0])
        self.value.setText(
            self.tr("{low} … {high}").format(low=f"{plane.min():.4g}", high=f"{plane.max():.4g}")
        )

    @Slot(int, int)
    def _tell_value(self, column: int, row: int) -> None:
        plane = self._plane
        if plane is None or column < 0:
            return
        if row < plane.shape[0] and column < plane.shape[1]:
            text = self.tr("row {row}, column {column}: {value}")
            number = f"{float(plane[row, column]):.5g}"
            self.value.setText(text.format(row=row + 1, column=column + 1, value=number))
