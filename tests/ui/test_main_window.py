"""The window as a person meets it: opening, saving, asking, failing."""

from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QAction, QHelpEvent
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QPushButton, QToolTip, QWidget
from pytestqt.qtbot import QtBot

from cnnstudio.app.errors import ErrorReporter
from cnnstudio.ui.data_dialog import DataDialog
from cnnstudio.ui.main_window import MainWindow
from tests.by_name import child, click
from tests.fake_dialogs import FakeDialogs

NAMES = (
    "workspaceRail",
    "palette",
    "paletteSearch",
    "canvas",
    "inspector",
    "problemList",
    "codePane",
    "trainButton",
    "pauseButton",
    "stopButton",
    "presetMenu",
    "datasetCombo",
    "deviceCombo",
    "epochsSpin",
    "batchSizeSpin",
    "optimizerCombo",
    "learningRateSpin",
    "lossPlot",
    "accuracyPlot",
    "epochProgress",
    "filterView",
    "confusionView",
)


def test_each_fixed_name_is_there_once(window: MainWindow) -> None:
    for name in NAMES:
        child(window, name)
    for name in ("undoAction", "redoAction", "exportAction"):
        assert window.findChild(QAction, name) is not None


def test_every_control_has_a_name_and_says_what_it_is(window: MainWindow) -> None:
    kinds = (QAbstractButton, QComboBox)
    controls = [w for kind in kinds for w in window.findChildren(kind) if w.isVisible()]
    nameless = [w for w in controls if not w.objectName() or w.objectName().startswith("qt_")]
    assert not nameless
    silent = [w.objectName() for w in controls if not (w.accessibleName() or getattr(w, "text", str)())]
    assert not silent


def test_the_data_and_the_device_can_be_read_in_the_smallest_window(window: MainWindow, qtbot: QtBot) -> None:
    window.load_preset("googlenet")
    window.resize(window.minimumSize())
    qtbot.waitUntil(lambda: window.width() == window.minimumWidth())
    for name, words in (("datasetCombo", "Data: Image folder"), ("deviceCombo", "Device: Auto")):
        pill = child(window, name)
        qtbot.waitUntil(lambda: pill.width() == pill.sizeHint().width())  # noqa: B023
        asked = QHelpEvent(QEvent.Type.ToolTip, QPoint(5, 5), pill.mapToGlobal(QPoint()))
        QApplication.sendEvent(pill, asked)
        assert pill.toolTip().startswith(words)
    QToolTip.hideText()


def test_a_preset_opens_with_its_name_and_settings(window: MainWindow) -> None:
    assert window.load_preset("mnist-five-layer-cnn")
    assert window.document().training.seed == 777
    assert window.windowTitle() == f"{window.document().name}[*]"
    assert child(window, "batchSizeSpin").value() == 100
    assert child(window, "datasetCombo").currentText() == "MNIST"
    assert child(window, "statusParams").text().startswith("1\u202f379\u202f557")


def test_an_unknown_preset_is_told_and_nothing_changes(window: MainWindow) -> None:
    window.load_preset("fashion-dnn")
    before = window.document()
    assert not window.load_preset("resnet19")
    assert window.document() is before
    assert "resnet18" in window.notice.text


def test_a_bad_file_is_told_with_the_place_and_nothing_changes(window: MainWindow, tmp_path: Path) -> None:
    window.load_preset("fashion-dnn")
    before = window.document()
    bad = tmp_path / "bad.cnn.json"
    bad.write_text('{"format": "cnnstudio", "version": 1, "body": [{"block": "Conv3d"}]}')
    assert not window.open_document(bad)
    assert window.document() is before
    assert "body[0].block" in window.notice.text
    assert not window.open_document(tmp_path / "missing.cnn.json")
    assert "missing.cnn.json" in window.notice.text


def test_saving_and_opening_again(window: MainWindow, dialogs: FakeDialogs, tmp_path: Path) -> None:
    window.load_preset("cifar10-first-cnn")
    child(window, "epochsSpin").setValue(7)
    assert window.isWindowModified()
    dialogs.file = tmp_path / "mine"
    window.findChild(QAction, "saveAction").trigger()
    saved = tmp_path / "mine.cnn.json"
    assert saved.is_file()
    assert not window.isWindowModified()
    assert "mine.cnn.json" in window.windowTitle()
    window.load_preset("fashion-dnn")
    assert window.open_document(str(saved))
    assert window.document().training.epochs == 7


def test_settings_are_edits_that_undo_takes_back(window: MainWindow, qtbot: QtBot) -> None:
    window.load_preset("cifar10-first-cnn")
    child(window, "optimizerCombo").setCurrentText("Adam")
    child(window, "learningRateSpin").setValue(0.01)
    assert window.document().training.optimizer.name == "Adam"
    assert not child(window, "momentumSpin").isVisibleTo(window.work.train)
    undo = window.findChild(QAction, "undoAction")
    undo.trigger()
    assert window.document().training.optimizer.lr == 0.001
    undo.trigger()
    assert window.document().training.optimizer.name == "SGD"
    assert child(window, "optimizerCombo").currentText() == "SGD"
    assert not window.isWindowModified()


def test_unsaved_changes_are_asked_about(window: MainWindow, dialogs: FakeDialogs) -> None:
    window.load_preset("cifar10-first-cnn")
    child(window, "epochsSpin").setValue(7)
    dialogs.answer = "cancel"
    window.work.documents.pick_preset("fashion-dnn")
    assert window.document().training.epochs == 7
    assert not window.close()
    assert window.isVisible()
    dialogs.answer = "discard"
    window.work.documents.pick_preset("fashion-dnn")
    assert window.document().training.dataset == "fashion-mnist"
    assert len(dialogs.asked) == 3


def test_the_preset_menu_lists_presets_by_group(window: MainWindow) -> None:
    window.presets.fill()
    ids = [action.data() for action in window.presets.actions() if action.data()]
    assert ids[0] == "cifar10-first-cnn"
    assert "resnet152" in ids
    text = next(a.text() for a in window.presets.actions() if a.data() == "cifar10-first-cnn")
    assert "32×32×3" in text
    assert "6.9 K" in text


def test_choosing_another_data_set_sets_the_classes(window: MainWindow) -> None:
    window.load_preset("resnet18")
    combo = child(window, "datasetCombo")
    combo.setCurrentIndex(combo.findData("cifar10"))
    assert window.document().classes == 10
    assert window.work.store.inference.trainable
    window.findChild(QAction, "undoAction").trigger()
    assert window.document().classes == 1000
    assert combo.currentData() == "folder"


def test_export_writes_the_model_and_the_script(
    window: MainWindow, dialogs: FakeDialogs, tmp_path: Path
) -> None:
    window.load_preset("cifar10-first-cnn")
    dialogs.file = tmp_path / "model.py"
    window.findChild(QAction, "exportAction").trigger()
    assert "nn.Conv2d(3, 6, 5)" in dialogs.file.read_text()
    dialogs.file = tmp_path / "train.py"
    window.findChild(QAction, "exportScriptAction").trigger()
    assert "__main__" in dialogs.file.read_text()
    assert "train.py" in window.notice.text


def test_a_file_that_cannot_be_written_is_told(
    window: MainWindow, dialogs: FakeDialogs, tmp_path: Path
) -> None:
    window.load_preset("cifar10-first-cnn")
    blocker = tmp_path / "file"
    blocker.write_text("")
    dialogs.file = blocker / "model.py"
    window.findChild(QAction, "exportAction").trigger()
    assert "could not be written" in window.notice.text


def test_without_data_a_preset_trains_on_shapes_after_two_clicks(window: MainWindow, qtbot: QtBot) -> None:
    window.load_preset("cifar10-first-cnn")
    click(qtbot, window, "trainButton")
    dialog = window.findChild(DataDialog)
    assert dialog is not None
    qtbot.waitUntil(dialog.isVisible)
    click(qtbot, dialog, "trainOnShapesButton")
    assert window.document().training.dataset == "shapes"
    qtbot.waitUntil(lambda: window.training_state() == "finished", timeout=30_000)


def test_a_download_is_followed_by_the_training(window: MainWindow, qtbot: QtBot) -> None:
    window.load_preset("fashion-dnn")
    click(qtbot, window, "trainButton")
    dialog = window.findChild(DataDialog)
    assert dialog is not None
    with qtbot.waitSignal(dialog.downloaded, timeout=30_000):
        click(qtbot, dialog, "downloadButton")
    # The fake engine stored nothing, so it is asked again.
    dialogs = [d for d in window.findChildren(DataDialog) if d.isVisible()]
    assert len(dialogs) == 1
    dialogs[0].reject()
    assert window.training_state() == "idle"


def test_a_network_with_a_problem_is_not_trained(window: MainWindow, qtbot: QtBot) -> None:
    window.load_preset("cifar10-first-cnn")
    from cnnstudio.core.edits import remove

    flatten = window.document().body[6]
    window.work.store.apply("Remove Flatten", remove(window.document(), [flatten.id]))
    click(qtbot, window, "trainButton")
    assert window.training_state() == "idle"
    assert "problem" in window.notice.text
    button = window.notice.findChild(QPushButton, "noticeProblems")
    assert button is not None
    window.show_workspace("train")
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    work = window.work
    assert work.build.isVisible()
    assert work.store.selection == (work.store.inference.problems[0].node,)
    assert work.build.canvas.hasFocus()
    # Once there is nothing wrong any more, nothing says so.
    click(qtbot, window, "trainButton")
    assert "problem" in window.notice.text
    work.store.undo()
    assert not window.notice.text


def test_an_empty_network_asks_for_blocks_until_there_is_one(window: MainWindow, qtbot: QtBot) -> None:
    window.load_preset("cifar10-first-cnn")
    window.work.documents.new()
    click(qtbot, window, "trainButton")
    assert "nothing to train yet" in window.notice.text
    window.work.build.insert("ReLU")
    assert not window.notice.text


def test_an_exception_is_told_and_the_app_goes_on(
    window: MainWindow, capsys: pytest.CaptureFixture[str]
) -> None:
    errors = ErrorReporter()
    errors.happened.connect(window.tell_error)
    try:
        raise ValueError("the cat is on the keyboard")
    except ValueError as error:
        errors._hook(type(error), error, error.__traceback__)
    assert "the cat is on the keyboard" in window.notice.text
    assert "Traceback" in capsys.readouterr().err
    assert window.load_preset("fashion-dnn")


def test_a_theme_is_chosen_and_kept(window: MainWindow) -> None:
    from cnnstudio.ui.theme import tokens
    from cnnstudio.workspace.settings import load_settings

    window.findChild(QAction, "darkThemeAction").trigger()
    assert tokens().dark
    assert load_settings().theme == "dark"
    window.findChild(QAction, "lightThemeAction").trigger()
    assert not tokens().dark


def test_the_header_fits(window: MainWindow, qtbot: QtBot) -> None:
    window.load_preset("cifar10-resnet")
    for width, height in ((1440, 900), (1100, 700)):
        window.resize(width, height)
        qtbot.waitUntil(lambda: window.width() == width)  # noqa: B023
        areas = [w.geometry() for w in window.header.findChildren(QWidget) if w.isVisible()]
        assert max(area.right() for area in areas) <= width
        assert not [a for a in areas for b in areas if a is not b and a.intersects(b)]
