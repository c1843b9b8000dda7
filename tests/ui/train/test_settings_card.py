"""The form of the training settings: made from their definitions, calm, every edit a step back."""

import pytest
from pydantic import BaseModel
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QComboBox, QDoubleSpinBox, QLineEdit, QSpinBox, QWidget
from pytestqt.qtbot import QtBot

from cnnstudio.app.training_edits import setting
from cnnstudio.app.training_fields import SettingField, setting_fields
from cnnstudio.core.fields import describe, param
from cnnstudio.core.training import TrainingSettings
from cnnstudio.ui.main_window import MainWindow
from cnnstudio.ui.train.setting_editors import make_setting_editor
from tests.by_name import child

FIELDS = [field for fields in setting_fields().values() for field in fields]


@pytest.fixture
def train(window: MainWindow) -> MainWindow:
    window.load_preset("cifar10-first-cnn")
    window.show_workspace("train")
    return window


def other(control: QWidget) -> None:
    """Changes a control as a person would, to whatever comes next."""
    match control:
        case QCheckBox():
            control.toggle()
        case QComboBox():
            control.setCurrentIndex((control.currentIndex() + 1) % control.count())
        case QSpinBox() | QDoubleSpinBox():
            control.stepUp()
        case QLineEdit():
            control.setText("0.25, 0.5")
            control.editingFinished.emit()


def test_every_setting_has_an_editor_and_nothing_twice() -> None:
    def count(model: type[BaseModel]) -> int:
        inner = [info.annotation for info in model.model_fields.values()]
        nested = [a for a in inner if isinstance(a, type) and issubclass(a, BaseModel)]
        return len(inner) - len(nested) + sum(map(count, nested))

    assert len(FIELDS) == count(TrainingSettings) - 1  # the data set is the header's
    names = [field.object_name for field in FIELDS]
    assert len(set(names)) == len(names)
    assert {"epochsSpin", "batchSizeSpin", "optimizerCombo", "learningRateSpin"} <= set(names)


def test_each_editor_changes_its_setting_and_undo_takes_it_back(train: MainWindow) -> None:
    before = train.document()
    for field in FIELDS:
        other(child(train, field.object_name))
        assert setting(train.document(), field.path) != setting(before, field.path), field.path
        train.work.store.undo()
        assert train.document() == before, field.path
        control = child(train, field.object_name)
        if isinstance(control, QCheckBox):
            assert control.isChecked() == setting(before, field.path)


def test_a_field_of_any_kind_gets_an_editor_by_its_definition(qtbot: QtBot) -> None:
    class More(BaseModel):
        whole: int = param("Whole", "A number.", 3)
        real: float = param("Real", "A number.", 0.5)
        switch: bool = param("Switch", "Yes or no.", False)
        text: str = param("Text", "A text.", "abc")
        numbers: tuple[float, ...] = param("Numbers", "Some.", (1.0,))

    for spec in describe(More):
        editor = make_setting_editor(SettingField(spec.name, spec))
        qtbot.addWidget(editor)
        with qtbot.waitSignal(editor.edited):
            editor.show_value(spec.default)
            other(editor.control)


def test_a_beginner_sees_a_few_settings_and_what_the_folded_ones_say(train: MainWindow) -> None:
    settings = train.work.train.settings
    visible = [f.path for f in FIELDS if child(train, f.object_name).isVisible()]
    assert visible == [
        "batch_size",
        "epochs",
        "optimizer.name",
        "optimizer.lr",
        "optimizer.momentum",
        "optimizer.nesterov",
        "optimizer.weight_decay",
    ]
    assert settings.groups["schedule"].header.summary == "Constant"
    assert settings.groups["augmentation"].header.summary == "off"
    child(train, "flipCheck").toggle()
    child(train, "cropPaddingSpin").setValue(4)
    assert settings.groups["augmentation"].header.summary == "flip · crop padding 4"


def test_only_what_matters_for_the_schedule_is_shown(train: MainWindow, qtbot: QtBot) -> None:
    qtbot.mouseClick(child(train, "scheduleGroup"), Qt.MouseButton.LeftButton)
    combo = child(train, "scheduleCombo")
    wanted = {
        "constant": set(),
        "step": {"stepSizeSpin", "gammaSpin"},
        "one-cycle": {"riseSpin"},
        "plateau": {"gammaSpin", "schedulePatienceSpin"},
    }
    for name, fields in wanted.items():
        combo.setCurrentIndex(combo.findData(name))
        own = ("stepSizeSpin", "gammaSpin", "riseSpin", "schedulePatienceSpin")
        assert {n for n in own if child(train, n).isVisible()} == fields
    combo.setCurrentIndex(combo.findData("step"))
    assert not child(train, "warmupSpin").isHidden()


def test_groups_open_by_keyboard_and_stay_open_for_the_next_window(train: MainWindow, qtbot: QtBot) -> None:
    header = child(train, "augmentationGroup")
    header.setFocus()
    qtbot.keyClick(header, Qt.Key.Key_Space)
    assert child(train, "flipCheck").isVisible()
    from cnnstudio.workspace.settings import load_settings

    assert load_settings().open_setting_groups == "augmentation"


def test_numbers_of_ones_own_and_what_is_no_number(train: MainWindow) -> None:
    train.work.train.settings.reveal("advanced")
    normalise = child(train, "normaliseCombo")
    assert normalise.currentText() == "−1 to 1"
    normalise.setCurrentIndex(3)
    normalise.activated.emit(3)
    mean = child(train, "meanEdit")
    assert mean.isVisible()
    mean.setText("0.4 0.5; 0.6")
    mean.editingFinished.emit()
    assert train.document().training.normalise.mean == (0.4, 0.5, 0.6)
    mean.setText("bright")
    mean.editingFinished.emit()
    assert mean.text() == "0.4, 0.5, 0.6"


def test_a_refused_value_leaves_the_document_alone(train: MainWindow) -> None:
    before = train.document()
    card = train.work.train.settings
    field = next(f for f in FIELDS if f.path == "optimizer.lr")
    card._edit(field, -1.0)
    assert train.document() is before
    assert child(train, "learningRateSpin").value() == before.training.optimizer.lr


def test_what_is_opened_comes_into_view(train: MainWindow, qtbot: QtBot) -> None:
    train.resize(1100, 700)
    card = train.work.train.settings
    group, viewport = card.groups["augmentation"], card._area.viewport()
    assert group.header is not None
    qtbot.mouseClick(group.header, Qt.MouseButton.LeftButton)

    def seen() -> bool:
        top = group.mapTo(viewport, group.rect().topLeft()).y()
        whole = top + group.height() <= viewport.height()
        return 0 <= top < viewport.height() and (whole or top == 0)

    qtbot.waitUntil(lambda: card._area.verticalScrollBar().value() > 0 and seen(), timeout=30_000)
    assert group.body.isVisible()
