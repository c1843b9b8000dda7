"""The training settings as a form. Every edit is a step that can be undone; a run has its own snapshot."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QCoreApplication, QSignalBlocker, Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFrame,
    QGridLayout,
    QLabel,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from cnnstudio.app.store import DocumentStore
from cnnstudio.app.training_edits import setting, with_setting
from cnnstudio.core.document import Document
from cnnstudio.core.training import TrainingSettings
from cnnstudio.ui.train.number_spin import NumberSpin
from cnnstudio.ui.widgets.spin import SpinBox

FIELD_WIDTH = 124
_tr = QCoreApplication.translate


class _Row:
    """One setting: its label, its editor, and when it means something."""

    def __init__(
        self,
        path: str,
        label: QLabel,
        editor: QWidget,
        show: Callable[[Any], None],
        when: Callable[[TrainingSettings], bool],
    ) -> None:
        self.path = path
        self.label = label
        self.editor = editor
        self.show = show
        self.when = when


def _always(_: TrainingSettings) -> bool:
    return True


class SettingsCard(QFrame):
    """Edits ``document.training`` through the store."""

    def __init__(self, store: DocumentStore, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("settingsCard")
        self.setProperty("role", "card")
        self._store = store
        self._rows: list[_Row] = []
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 12, 1, 8)
        column.setSpacing(6)
        title = QLabel(self.tr("Settings"), self)
        title.setStyleSheet("font-weight: 600; margin-left: 10px;")
        column.addWidget(title)
        body = QWidget(self)
        self._grid = QGridLayout(body)
        self._grid.setContentsMargins(12, 2, 12, 4)
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(4)
        self._grid.setColumnStretch(0, 1)
        self._build()
        self._grid.setRowStretch(self._grid.rowCount(), 1)
        area = QScrollArea(self)
        area.setObjectName("settingsScroll")
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(body)
        column.addWidget(area, 1)
        self._note = QLabel(self)
        self._note.setObjectName("settingsNote")
        self._note.setProperty("role", "small")
        self._note.setWordWrap(True)
        self._note.setContentsMargins(12, 0, 12, 2)
        self._note.hide()
        column.addWidget(self._note)
        store.documentChanged.connect(self._show)
        self._show(store.document)

    def show_locked(self, training: bool) -> None:
        """Tells that edits are for the next run."""
        self._note.setText(self.tr("Edits are for the next run."))
        self._note.setToolTip(self.tr("A run keeps the network and the settings that it began with."))
        self._note.setVisible(training)

    def _build(self) -> None:
        def uses_momentum(s: TrainingSettings) -> bool:
            return s.optimizer.name in ("SGD", "RMSprop")

        self._whole("batch_size", "batchSizeSpin", self.tr("Batch size"), 1, 65_536)
        self._whole("epochs", "epochsSpin", self.tr("Epochs"), 1, 100_000)
        names = ("SGD", "Adam", "AdamW", "Adagrad", "RMSprop")
        self._choice("optimizer.name", "optimizerCombo", self.tr("Optimizer"), [(n, n) for n in names])
        self._real("optimizer.lr", "learningRateSpin", self.tr("Learning rate"), 1e-9, 1e6)
        self._real("optimizer.momentum", "momentumSpin", self.tr("Momentum"), 0, 0.999999, uses_momentum)
        self._switch(
            "optimizer.nesterov",
            "nesterovCheck",
            self.tr("Nesterov"),
            lambda s: s.optimizer.name == "SGD" and s.optimizer.momentum > 0,
        )
        self._real("optimizer.weight_decay", "weightDecaySpin", self.tr("Weight decay"), 0, 1e6)
        schedules = [
            ("constant", self.tr("Constant")),
            ("step", self.tr("Step")),
            ("cosine", self.tr("Cosine")),
        ]
        self._choice("schedule.name", "scheduleCombo", self.tr("Schedule"), schedules)

        def steps(s: TrainingSettings) -> bool:
            return s.schedule.name == "step"

        self._whole("schedule.step_size", "stepSizeSpin", self.tr("  every … epochs"), 1, 100_000, steps)
        self._real("schedule.gamma", "gammaSpin", self.tr("  times"), 1e-6, 1e6, steps)
        inits = [
            ("default", self.tr("PyTorch’s")),
            ("normal", self.tr("Normal")),
            ("he", self.tr("He")),
            ("xavier", self.tr("Xavier")),
        ]
        self._choice("init.name", "initCombo", self.tr("First weights"), inits)
        self._real(
            "init.std", "initStdSpin", self.tr("  deviation"), 1e-9, 1e6, lambda s: s.init.name == "normal"
        )
        self._switch("augment.flip", "flipCheck", self.tr("Random flip"))
        self._whole("augment.crop_padding", "cropSpin", self.tr("Random crop, padding"), 0, 64)
        self._normalise()
        self._whole("seed", "seedSpin", self.tr("Seed"), 0, 2**31 - 1)
        self._limit()

    def _whole(
        self, path: str, name: str, text: str, least: int, most: int, when: Callable[..., bool] = _always
    ) -> None:
        editor = SpinBox(self)
        editor.setRange(least, most)
        editor.setKeyboardTracking(False)
        editor.valueChanged.connect(lambda value: self._edit(path, text, value))
        self._add(path, name, text, editor, editor.setValue, when)

    def _real(
        self, path: str, name: str, text: str, least: float, most: float, when: Callable[..., bool] = _always
    ) -> None:
        editor = NumberSpin(least, most, self)
        editor.valueChanged.connect(lambda value: self._edit(path, text, value))
        self._add(path, name, text, editor, editor.setValue, when)

    def _choice(self, path: str, name: str, text: str, options: list[tuple[str, str]]) -> None:
        editor = QComboBox(self)
        for value, label in options:
            editor.addItem(label, value)
        editor.currentIndexChanged.connect(lambda index: self._edit(path, text, editor.itemData(index)))
        self._add(
            path, name, text, editor, lambda value: editor.setCurrentIndex(editor.findData(value)), _always
        )

    def _switch(self, path: str, name: str, text: str, when: Callable[..., bool] = _always) -> None:
        editor = QCheckBox(self)
        editor.toggled.connect(lambda value: self._edit(path, text, value))
        self._add(path, name, text, editor, editor.setChecked, when)

    def _normalise(self) -> None:
        editor = QComboBox(self)
        text = self.tr("Normalise")
        known: list[tuple[str, tuple[tuple[float, ...], tuple[float, ...]]]] = [
            (self.tr("By the data"), ((), ())),
            (self.tr("−1 to 1"), ((0.5,), (0.5,))),
            (self.tr("0 to 1"), ((0.0,), (1.0,))),
        ]
        for label, _ in known:
            editor.addItem(label)

        def show(_: object) -> None:
            now = self._store.document.training.normalise
            found = [i for i, (_, (mean, std)) in enumerate(known) if (now.mean, now.std) == (mean, std)]
            while editor.count() > len(known):
                editor.removeItem(len(known))
            if not found:
                mean = "/".join(f"{value:g}" for value in now.mean)
                editor.addItem(f"{mean} ± " + "/".join(f"{value:g}" for value in now.std))
            editor.setCurrentIndex(found[0] if found else len(known))

        def edit(index: int) -> None:
            if 0 <= index < len(known):
                mean, std = known[index][1]
                changed = with_setting(self._store.document, "normalise.mean", mean)
                changed = with_setting(changed, "normalise.std", std)
                self._apply(text, changed, None)

        editor.currentIndexChanged.connect(edit)
        self._add("normalise", "normaliseCombo", text, editor, show, _always)

    def _limit(self) -> None:
        editor = SpinBox(self)
        editor.setRange(0, 65_536)
        editor.setSpecialValueText(self.tr("all"))
        editor.setKeyboardTracking(False)
        text = self.tr("Test on the first")
        editor.valueChanged.connect(lambda value: self._edit("test_limit", text, value or None))
        self._add(
            "test_limit", "testLimitSpin", text, editor, lambda value: editor.setValue(value or 0), _always
        )

    def _add(
        self,
        path: str,
        name: str,
        text: str,
        editor: QWidget,
        show: Callable[[Any], None],
        when: Callable[..., bool],
    ) -> None:
        label = QLabel(text, self)
        label.setBuddy(editor)
        editor.setObjectName(name)
        editor.setAccessibleName(text.strip())
        editor.setToolTip(_help(path))
        label.setToolTip(editor.toolTip())
        editor.setFixedWidth(FIELD_WIDTH)
        row = len(self._rows)
        self._grid.addWidget(label, row, 0)
        self._grid.addWidget(editor, row, 1, Qt.AlignmentFlag.AlignRight)
        self._rows.append(_Row(path, label, editor, show, when))

    def _edit(self, path: str, text: str, value: object) -> None:
        self._apply(text, with_setting(self._store.document, path, value), f"training.{path}")

    def _apply(self, text: str, document: Document, merge_key: str | None) -> None:
        self._store.apply(
            self.tr("Change {setting}").format(setting=text.strip()), document, merge_key=merge_key
        )

    def _show(self, document: Document) -> None:
        for row in self._rows:
            with QSignalBlocker(row.editor):
                row.show(setting(document, row.path))
            visible = row.when(document.training)
            row.label.setVisible(visible)
            row.editor.setVisible(visible)


def _help(path: str) -> str:
    """The field's own description."""
    model: Any = TrainingSettings
    *groups, name = path.split(".")
    for group in groups:
        model = model.model_fields[group].annotation
    text = model.model_fields[name].description or ""
    return _tr("Settings", text) if text else ""
