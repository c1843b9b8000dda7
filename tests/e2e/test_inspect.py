"""Inspect in the real window, with the real engine, on a network that is really trained on shapes."""

import pytest
from PySide6.QtCore import QPointF
from pytestqt.qtbot import QtBot

from cnnstudio.core.looks import TestImage
from cnnstudio.ui.main_window import MainWindow
from cnnstudio.ui.train.tensors import array
from tests.by_name import child

START = 90_000


@pytest.mark.usefixtures("no_torch")
def test_watch_a_training_then_look_into_its_run(window: MainWindow, qtbot: QtBot) -> None:
    window.load_preset("cifar10-first-cnn")
    combo = child(window, "datasetCombo")
    combo.setCurrentIndex(combo.findData("shapes"))
    child(window, "testLimitSpin").setValue(60)
    window.work.control.limit = 160
    child(window, "epochsSpin").setValue(4)
    child(window, "batchSizeSpin").setValue(8)
    child(window, "trainButton").click()
    qtbot.waitUntil(lambda: window.training_state() == "running", timeout=START)

    # What trains now is looked at by itself, and changes while one looks.
    window.show_workspace("inspect")
    inspect = window.work.make_inspect()
    qtbot.waitUntil(lambda: inspect.inspection.prediction is not None, timeout=START)
    qtbot.waitUntil(lambda: window.training_state() == "finished", timeout=START)

    # The run takes the place of the training.
    qtbot.waitUntil(lambda: inspect.inspection.subject.run is not None, timeout=START)
    qtbot.waitUntil(
        lambda: (
            inspect.inspection.prediction is not None and inspect.inspection.prediction.source.kind == "run"
        ),
        timeout=START,
    )
    shares = [share for _, share, _ in inspect.image.bars.lines]
    assert shares == sorted(shares, reverse=True)

    # Every block's maps, and every kept epoch's filters.
    qtbot.waitUntil(
        lambda: len(inspect.maps.film.images) == len(inspect.inspection.blocks) > 5, timeout=START
    )
    assert child(window, "featureMapView").images
    qtbot.waitUntil(lambda: inspect.filters.moment.text() == "epoch 4", timeout=START)
    assert inspect.filters.slider.maximum() >= 2
    last = [image.copy() for image in inspect.filters.grid.images]
    assert len(last) == 6
    inspect.filters.slider.setValue(0)
    assert inspect.filters.moment.text() == "before training"
    assert inspect.filters.grid.images != last
    assert not last[0].isGrayscale(), "three channels are red, green and blue"
    inspect.filters.slider.setValue(inspect.filters.slider.maximum())
    assert "changed by" in inspect.filters.change.text()

    # Not only of the first convolution: the second one's have a tile for each of its inputs.
    combo = child(inspect, "filtersConvolution")
    combo.setCurrentIndex(combo.findData("conv2"))
    qtbot.waitUntil(lambda: len(inspect.filters.grid.images) == 16, timeout=START)
    assert inspect.filters.grid.images[0].isGrayscale()
    assert inspect.filters.grid.images[0].width() > 10
    combo.setCurrentIndex(combo.findData("conv1"))

    # What the first filter looks for is as large as its receptive field.
    qtbot.waitUntil(lambda: bool(inspect.patches.grid.images), timeout=START)
    assert inspect.patches.grid.images[0].width() == 5
    qtbot.waitUntil(lambda: inspect.heat.sides[0].view.image is not None, timeout=START)

    # Where it looked, in each of the three ways, for two classes.
    for kind in ("occlusion", "input-gradient", "grad-cam"):
        inspect.heat.kind.setCurrentIndex(inspect.heat.kind.findData(kind))
        qtbot.waitUntil(
            lambda kind=kind: {side._heat.kind for side in inspect.heat.sides if side._heat} == {kind},
            timeout=START,
        )

    # A drawing is predicted while it is drawn.
    inspect.image.draw()
    inspect.image.pad.stroke(QPointF(60, 60), QPointF(220, 220))
    qtbot.waitUntil(lambda: inspect.inspection.prediction is not None, timeout=START)
    assert inspect.inspection.prediction is not None
    assert inspect.inspection.prediction.label is None

    # The matrix counts the test images; from a mistake one gets to where the network looked.
    inspect.show_page("mistakes")
    view = inspect.mistakes.confusion.view
    qtbot.waitUntil(lambda: bool(view.counts), timeout=START)
    assert sum(map(sum, view.counts)) == 60
    wrong = sum(sum(row) for row in view.counts) - sum(view.counts[i][i] for i in range(len(view.counts)))
    assert len(inspect.mistakes.images.indices) == wrong
    labels, guesses = (
        array(one).tolist() for one in (inspect.verdicts.judged.labels, inspect.verdicts.judged.predictions)
    )
    for true in range(len(view.counts)):
        for guess in range(len(view.counts)):
            assert view.counts[true][guess] == list(zip(labels, guesses)).count((true, guess))
    qtbot.waitUntil(lambda: bool(inspect.mistakes.images.grid.images), timeout=START)
    inspect.mistakes.images.grid.clicked.emit(0)
    assert inspect.inspection.picture == TestImage(inspect.mistakes.images.indices[0])
    qtbot.waitUntil(lambda: inspect.inspection.prediction is not None, timeout=START)
    assert inspect.inspection.prediction.label == labels[inspect.mistakes.images.indices[0]]

    # The arrows lead to the next image and back.
    first = inspect.mistakes.images.indices[0]
    for arrow, number in (("inspectNextImage", 1), ("inspectNextImage", 2), ("inspectPreviousImage", 1)):
        child(inspect, arrow).click()
        assert inspect.inspection.picture == TestImage(first + number)

    # Before training at the left, after it at the right, on the same picture.
    inspect.show_page("compare")
    sides = (inspect.compare.left, inspect.compare.right)
    qtbot.waitUntil(lambda: all(len(side.maps.grid.images) == 6 for side in sides), timeout=START)
    qtbot.waitUntil(lambda: all(bool(side.bars.lines) for side in sides), timeout=START)
    assert sides[0].bars.lines != sides[1].bars.lines
    qtbot.waitUntil(lambda: bool(inspect.compare.shift.bars.lines), timeout=START)

    # Health: a bar for every block with weights.
    inspect.show_page("health")
    qtbot.waitUntil(lambda: bool(inspect.health.gradients.bars.bars), timeout=START)
    assert [bar.path for bar in inspect.health.gradients.bars.bars] == ["conv1", "conv2", "fc1"]
