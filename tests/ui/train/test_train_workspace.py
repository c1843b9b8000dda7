"""What the Train workspace shows of a run."""

import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton, QSlider, QWidget
from pytestqt.qtbot import QtBot

from cnnstudio.app.run_history import RunHistory
from cnnstudio.core.messages import Epoch, Preparing, Started, Step
from cnnstudio.ui.main_window import MainWindow
from cnnstudio.ui.train.plot_readings import readings
from cnnstudio.ui.train.schedule_preview import SchedulePreview
from tests.by_name import child, click


def run(window: MainWindow, qtbot: QtBot) -> None:
    window.load_preset("cifar10-first-cnn")
    combo = window.header.data
    combo.setCurrentIndex(combo.findData("shapes"))
    window.header.train.click()
    qtbot.waitUntil(lambda: window.training_state() == "finished", timeout=30_000)
    qtbot.waitUntil(lambda: len(window.work.train.accuracy.curves.test[0]) == 2)


def text(window: QWidget, name: str) -> str:
    label = window.findChild(QLabel, name)
    assert label is not None
    return label.text()


def test_before_a_run_each_card_says_what_will_come(window: MainWindow) -> None:
    window.show_workspace("train")
    assert text(window, "epochLabel") == "Not trained yet"
    assert window.work.train.loss.curves.empty


def test_a_run_is_shown_from_the_first_step_to_the_best_epoch(window: MainWindow, qtbot: QtBot) -> None:
    run(window, qtbot)
    train = window.work.train
    assert train.loss.curves.test == ([1.0, 2.0], [1.1, 0.55])
    assert train.accuracy.curves.best == (2.0, 50.0)
    assert "epoch 2" in text(window, "accuracyBest")
    assert text(window, "epochLabel").startswith("Epoch 2 / 2")
    assert "8" in text(window, "stepLabel")
    assert text(window, "mostConfused") == "most confused: triangle → square 3"
    most = child(window, "mostConfused")
    most.resize(80, most.height())  # as in a low, narrow window: the number is not cut in two
    assert most.toolTip() == "most confused: triangle → square 3"


def test_the_slider_goes_back_to_the_filters_before_training(window: MainWindow, qtbot: QtBot) -> None:
    run(window, qtbot)
    view, slider = window.work.train.filters._view, window.findChild(QSlider, "filterSlider")
    assert slider is not None
    now = view.images
    assert len(now) == 6
    assert now[0].width() == 5
    assert text(window, "filterMoment") == "now (epoch 2)"
    slider.setValue(0)
    assert text(window, "filterMoment") == "before training"
    assert view.images != now
    areas = view.tile_areas()
    assert all(view.rect().contains(area) for area in areas)
    assert not any(a.intersects(b) for a in areas for b in areas if a is not b)


@pytest.mark.usefixtures("no_torch")
def test_the_window_stays_free_of_torch(window: MainWindow, qtbot: QtBot) -> None:
    run(window, qtbot)
    assert window.training_state() == "finished"


def test_a_long_run_costs_no_more_to_draw_than_a_short_one(window: MainWindow, qtbot: QtBot) -> None:
    run(window, qtbot)
    train = window.work.train
    for step in range(9, 200_000):
        train.history.hear(Step(3, step, 1.0, 0.5, 0.01, 4, 0.01 * step))
    train._repaint()
    assert len(train.loss.curves.train[0]) <= 1024


def test_another_network_does_not_take_the_curves_away(window: MainWindow, qtbot: QtBot) -> None:
    run(window, qtbot)
    window.load_preset("fashion-dnn")
    window.work.train._repaint()
    assert not window.work.train.loss.curves.empty


def test_a_network_without_convolutions_says_so(window: MainWindow) -> None:
    window.load_preset("fashion-dnn")
    window.show_workspace("train")
    window.work.train._repaint()
    assert "no convolution" in window.work.train.filters._empty.accessibleName()


def test_the_plot_tells_its_values_under_the_pointer(window: MainWindow, qtbot: QtBot) -> None:
    run(window, qtbot)
    plot = window.work.train.accuracy._plot
    assert plot is not None
    said = {reading.name: reading.value for reading in readings(plot._curves, "accuracy", 1.9)}
    assert said["test"] == "50.0 %"
    assert said["learning rate"] == "0.001"
    assert readings(plot._curves, "accuracy", 9.0) == ()
    QTest.mouseMove(plot.viewport(), plot.viewport().rect().center())
    box = plot.findChild(QLabel, "plotReadout")
    assert box is not None
    qtbot.waitUntil(box.isVisible)
    assert "epoch" in box.text()
    assert plot.viewport().rect().contains(box.geometry())


def test_a_long_test_between_two_epochs_is_told(window: MainWindow, qtbot: QtBot) -> None:
    row = window.work.train.card.progress
    history = RunHistory()
    history.hear(Started("run", "cpu", 3, 10, 640, 100, ("a", "b")))
    history.hear(Step(1, 10, 1.0, 0.5, 0.01, 64, 1.0))
    history.hear(Preparing("test", "", 40, 100))
    row.show_history(history, "running")
    assert text(window, "stepLabel") == "Testing 40 %"
    history.hear(Epoch(1, 10, 1.0, 0.5, 1.0, 0.5, 0.01, 1.0, 640.0, 1))
    row.show_history(history, "running")
    assert text(window, "stepLabel").startswith("step 10")


def test_the_data_make_way_for_the_filters_and_come_back_by_a_press(window: MainWindow, qtbot: QtBot) -> None:
    looks = window.work.train.looks
    window.show_workspace("train")
    assert looks.currentWidget() is looks.data
    run(window, qtbot)
    qtbot.waitUntil(lambda: looks.currentWidget() is looks.filters)
    click(qtbot, window, "showDataButton")
    assert looks.data.isVisible()
    window.work.train._repaint()
    assert looks.currentWidget() is looks.data  # the person has chosen
    click(qtbot, window, "showFiltersButton")
    assert looks.filters.isVisible()


def test_the_plots_stay_where_they_are_from_the_press_on_train_to_the_end(
    window: MainWindow, qtbot: QtBot
) -> None:
    window.show_workspace("train")
    card = window.work.train.loss
    qtbot.waitUntil(lambda: card.height() > 100)
    qtbot.wait(200)
    places = {(card.y(), card.height())}
    window.work.session.stateChanged.connect(lambda _: places.add((card.y(), card.height())))
    run(window, qtbot)
    qtbot.wait(200)
    places.add((card.y(), card.height()))
    assert len(places) == 1


def test_the_settings_have_a_picture_of_their_schedule(window: MainWindow) -> None:
    window.load_preset("cifar10-resnet")
    picture = window.findChild(QWidget, "schedulePreview")
    assert isinstance(picture, SchedulePreview)
    rates = [rate for _, rate in picture.points]
    settings = window.document().training
    assert rates[0] == settings.optimizer.lr
    assert rates[-1] < 1e-3 * rates[0]
    window.load_preset("fashion-dnn")
    assert len({rate for _, rate in picture.points}) == 1
    assert "0.01" in picture.accessibleName()


def test_a_training_does_not_share_the_disk_with_the_description_of_its_data(
    window: MainWindow, qtbot: QtBot
) -> None:
    window.load_preset("cifar10-first-cnn")
    combo = window.header.data
    combo.setCurrentIndex(combo.findData("shapes"))
    card = window.work.train.looks.data
    asking: dict[str, bool] = {}
    window.work.session.stateChanged.connect(lambda state: asking.__setitem__(state, card._inquiry.waiting))
    window.show_workspace("train")
    assert card._inquiry.waiting
    window.findChild(QPushButton, "showDataButton").click()  # else filters take its place when they come
    window.header.train.click()
    qtbot.waitUntil(lambda: window.training_state() == "finished", timeout=30_000)
    assert asking["finished"]
    assert not any(asking[state] for state in asking if state != "finished")
