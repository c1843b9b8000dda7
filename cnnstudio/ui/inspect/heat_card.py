"""Where the network looked, for two classes side by side: Grad-CAM, occlusion or the input's gradient."""

from __future__ import annotations

from PySide6.QtCore import QObject, QSignalBlocker, Qt, QTimer, Slot
from PySide6.QtWidgets import QComboBox, QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from cnnstudio.core.looks import Heat, HeatKind, HeatMap, Prediction
from cnnstudio.ui.inspect.block_names import short_names
from cnnstudio.ui.inspect.look_card import LookCard
from cnnstudio.ui.inspect.picture_view import PictureView
from cnnstudio.ui.inspect.room import Room

_SETTLE_MS = 150
_LIVE_MS = 1500


class HeatCard(LookCard):
    """The likeliest class at the left, another one at the right; both can be chosen."""

    def __init__(self, room: Room, parent: QWidget | None = None) -> None:
        super().__init__(room, "inspectHeatCard", "", "", parent)
        self.title.setText(self.tr("Where it looked"))
        self.setAccessibleName(self.title.text())
        self.empty.say(self.tr("Which parts of the picture speak for a class."))
        self._chosen = False
        self.kind = QComboBox(self)
        self.kind.setObjectName("heatKind")
        self.kind.setAccessibleName(self.tr("Kind of map"))
        kinds: tuple[tuple[str, HeatKind], ...] = (
            ("Grad-CAM", "grad-cam"),
            (self.tr("Occlusion"), "occlusion"),
            (self.tr("Input gradient"), "input-gradient"),
        )
        for text, key in kinds:
            self.kind.addItem(text, key)
        self.layer = QComboBox(self)
        self.layer.setObjectName("heatLayer")
        self.layer.setAccessibleName(self.tr("Convolution of the Grad-CAM"))
        self.layer.setToolTip(self.tr("Whose maps are weighted: as its activation passes them on"))
        self.layer.addItem(self.tr("last"), "")
        self._instead = False
        self.kind.currentIndexChanged.connect(self._on_kind)
        self.kind.activated.connect(self._on_kind_chosen)
        self.layer.currentIndexChanged.connect(self.refresh)
        for combo in (self.kind, self.layer):
            combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            combo.setMinimumContentsLength(6)
        self.sides = (_Side("heatFirst", self), _Side("heatSecond", self))
        page = QWidget(self)
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        how = QHBoxLayout()
        how.addWidget(self.kind, 3)
        how.addWidget(self.layer, 2)
        column.addLayout(how)
        grid = QGridLayout()  # both maps are as high, however many lines are said below one of them
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(4)
        grid.setRowStretch(1, 1)
        column.addLayout(grid, 1)
        for place, side in enumerate(self.sides):
            for line, widget in enumerate((side.target, side.view, side.words)):
                grid.addWidget(widget, line, place)
            grid.setColumnStretch(place, 1)
            side.target.activated.connect(self._on_target)
        self.set_view(page)
        self._settle = QTimer(self, interval=_SETTLE_MS, singleShot=True)
        self._settle.timeout.connect(self.refresh)
        self._slow = QTimer(self, interval=_LIVE_MS, singleShot=True)
        self._connect()

    def _connect(self) -> None:
        seen = self.inspection
        seen.subjectChanged.connect(self.inquiry.call_off)
        seen.subjectChanged.connect(self._settle.start)
        seen.pictureChanged.connect(self._on_picture)
        seen.predicted.connect(self._on_predicted)
        seen.blocksChanged.connect(self._fill_layers)
        self._fill_layers()
        if seen.prediction is not None:
            self._on_predicted(seen.prediction)

    def look(self) -> None:
        """Asks for both classes, which are looked at together."""
        seen = self.inspection
        if seen.prediction is None:
            self._stale = True
            return
        kind: HeatKind = self.kind.currentData()
        path = str(self.layer.currentData() or "") if kind == "grad-cam" else ""
        first, second = (_number(side.target.currentData()) for side in self.sides)
        self.ask(Heat(seen.subject, seen.picture, kind, path, first, second), patient=seen.live)

    def take(self, message: object) -> None:
        """The maps of both classes, or what is known of them."""
        if isinstance(message, HeatMap):
            for side, heat in zip(self.sides, (message, message.versus)):
                if heat is not None:
                    side.show_heat(heat)
            blocks = self.inspection.blocks
            names = short_names((block.path, block.kind) for block in blocks) if message.path else {}
            self.detail.set_texts(names.get(message.path, message.path), "")
            self.detail.setToolTip(message.path)
            self.show_view()

    @Slot()
    def _on_picture(self) -> None:
        self._chosen = False

    @Slot(object)
    def _on_predicted(self, prediction: Prediction) -> None:
        if not self._chosen:
            self._fill_targets(prediction)
        if not self.inspection.live:
            self._settle.start()
        elif not self._slow.isActive() and not self.inquiry.waiting:
            self._slow.start()
            self.refresh()

    def _fill_targets(self, prediction: Prediction) -> None:
        from cnnstudio.ui.inspect.tile_images import floats

        values = floats(prediction.probabilities)
        order = [int(i) for i in (-values).argsort(kind="stable")]
        second = order[1] if len(order) > 1 else order[0]
        if prediction.label is not None and prediction.label != order[0]:
            second = prediction.label
        for side, wanted in zip(self.sides, (order[0], second), strict=True):
            side.fill(prediction.class_names, wanted)

    @Slot()
    def _on_target(self) -> None:
        self._chosen = True
        self.refresh()

    @Slot()
    def _on_kind(self) -> None:
        self.layer.setEnabled(self.kind.currentData() == "grad-cam")
        self.refresh()

    @Slot()
    def _on_kind_chosen(self) -> None:
        self._instead = False

    def _offer_grad_cam(self, offered: bool) -> None:
        """Where there is no convolution the picture is covered instead, until there is one again."""
        place = self.kind.findData("grad-cam")
        why = "" if offered else self.tr("This network has no convolution whose maps could be weighted.")
        self.kind.setItemData(place, why or None, Qt.ItemDataRole.ToolTipRole)
        # As Qt's own model has it: 0 is an entry that cannot be chosen.
        self.kind.setItemData(place, None if offered else 0, Qt.ItemDataRole.UserRole - 1)
        if not offered and self.kind.currentIndex() == place:
            self._instead = True
            self.kind.setCurrentIndex(self.kind.findData("occlusion"))
        elif offered and self._instead:
            self._instead = False
            self.kind.setCurrentIndex(place)

    @Slot()
    def _fill_layers(self) -> None:
        seen = self.inspection
        if seen.all_known and seen.blocks:
            self._offer_grad_cam(bool(seen.convolutions))
        with QSignalBlocker(self.layer):
            chosen = self.layer.currentData()
            self.layer.clear()
            self.layer.addItem(self.tr("last"), "")
            names = short_names((block.path, block.kind) for block in self.inspection.blocks)
            for block in self.inspection.convolutions:
                self.layer.addItem(names[block.path], self.inspection.activated(block))
            self.layer.setCurrentIndex(max(0, self.layer.findData(chosen)))


class _Side(QObject):
    """One class: its name, the picture under the heat, and words below."""

    def __init__(self, name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.target = QComboBox(parent)
        self.target.setObjectName(f"{name}Class")
        self.target.setAccessibleName(self.tr("Class"))
        self.target.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.view = PictureView(name, self.tr("Where it looked"), parent)
        self.view.hovered.connect(self._tell)
        self.words = QLabel(parent)
        self.words.setProperty("role", "small")
        self.words.setWordWrap(True)
        self.words.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self._heat: HeatMap | None = None

    def fill(self, names: tuple[str, ...], wanted: int) -> None:
        with QSignalBlocker(self.target):
            if [self.target.itemText(i) for i in range(self.target.count())] != list(names):
                self.target.clear()
                for number, name in enumerate(names):
                    self.target.addItem(name, number)
            self.target.setCurrentIndex(wanted)

    def show_heat(self, heat: HeatMap) -> None:
        from cnnstudio.ui.inspect.tile_images import floats, heat_over

        self._heat = heat
        tips = {
            "grad-cam": self.tr("Red: the maps there speak for the class"),
            "occlusion": self.tr("Red: the class's probability falls when this is covered; blue: it rises"),
            "input-gradient": self.tr("Red: a small change here moves the class most"),
        }
        self.view.setToolTip(tips[heat.kind])
        self.view.show_image(heat_over(floats(heat.tensor), heat.low, heat.high, heat.image))
        self._tell(-1, -1)

    @Slot(int, int)
    def _tell(self, column: int, row: int) -> None:
        if self._heat is None:
            return
        if column < 0:
            self.words.setMinimumHeight(0)
            self.words.setText(self._said(self._heat))
            return
        self.words.setMinimumHeight(self.words.height())  # the map does not grow under the pointer
        from cnnstudio.ui.inspect.tile_images import floats

        value = f"{float(floats(self._heat.tensor)[row, column]):.3g}"
        self.words.setText(self.tr("({column}, {row}): {value}").format(column=column, row=row, value=value))

    def _said(self, heat: HeatMap) -> str:
        share = f"{100 * heat.probability:.1f}"
        text = self.tr("probability {share} %")
        if heat.high <= 0 and heat.low >= 0 and heat.share >= 1:
            text = self.tr("probability {share} %; nothing here speaks for it")
        return text.format(share=share)


def _number(data: object) -> int | None:
    return data if isinstance(data, int) else None
