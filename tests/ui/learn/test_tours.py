"""Guided tours lead through a preset, can be skipped, and go on where they were left."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from cnnstudio.core.document import find, locations, walk
from cnnstudio.ui.learn.board import PanelCard
from cnnstudio.ui.learn.workspace import LearnWorkspace
from cnnstudio.ui.main_window import MainWindow
from cnnstudio.workspace.presets import load_preset, preset_ids
from cnnstudio.workspace.tours import DONE, Tour, recall_tour, tour_of, tours

OWN = load_preset("fashion-dnn").changed(name="A network of somebody's own")


def test_every_preset_has_a_tour() -> None:
    assert sorted(tour.preset for tour in tours()) == sorted(preset_ids())


@pytest.mark.parametrize("tour", tours(), ids=lambda tour: tour.preset)
def test_a_tour_speaks_of_blocks_that_are_there(tour: Tour) -> None:
    document = load_preset(tour.preset)
    assert tour_of(document.name) is tour
    places = {place: node for node, place in locations(document).items()}
    for step in tour.steps:
        if step.block not in ("", "loss"):
            block = find(document, places[step.block]).block
            assert step.tried.keys() <= {field.name for field in block.fields()}
        assert 20 < len(step.text) < 300


def learn_of(window: MainWindow, qtbot: QtBot) -> LearnWorkspace:
    window.show_workspace("learn")
    found = window.findChild(LearnWorkspace, "learnWorkspace")
    assert found is not None
    qtbot.waitUntil(lambda: found.scene_sentence != "", timeout=30_000)
    return found


def press(learn: LearnWorkspace, name: str) -> None:
    button = learn.findChild(QPushButton, name)
    assert button is not None
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def fully_seen(card: PanelCard) -> bool:
    return card.visibleRegion().boundingRect() == card.rect()


def test_a_tour_is_offered_once_and_leads_through(window: MainWindow, qtbot: QtBot) -> None:
    window.resize(1100, 700)
    window.load_preset("cifar10-first-cnn")
    learn = learn_of(window, qtbot)
    strip = learn.page.tools.tour
    assert "11 steps" in strip.text
    press(learn, "learnTourNext")
    tour = learn.guide.tour
    assert tour is not None
    seen = []
    for number, step in enumerate(tour.steps):
        assert strip.text == step.text
        assert learn.view.mode == step.mode
        seen.append(learn.scene_sentence)
        if step.panel:
            card = learn.findChild(PanelCard, f"{step.panel}Panel")
            assert card is not None
            qtbot.waitUntil(lambda card=card: fully_seen(card))  # type: ignore[misc]
        if step.tried:
            qtbot.waitUntil(lambda: learn.explainer is not None and learn.explainer.about.tried)
            assert learn.explainer is not None
            assert learn.explainer.passage.y.shape[2:] == (14, 14)
        assert recall_tour(tour.preset) == number
        press(learn, "learnTourNext")
    assert strip.text == ""
    assert recall_tour(tour.preset) == DONE
    assert len(set(seen)) >= 9


def test_a_tour_goes_on_where_it_was_left_and_can_be_skipped(window: MainWindow, qtbot: QtBot) -> None:
    window.load_preset("fashion-dnn")
    learn = learn_of(window, qtbot)
    for _ in range(3):
        press(learn, "learnTourNext")
    window.work.store.load(OWN)
    qtbot.waitUntil(lambda: learn.page.tools.tour.text == "")
    window.load_preset("fashion-dnn")
    strip = learn.page.tools.tour
    qtbot.waitUntil(lambda: strip.text.startswith("You were in the middle"))
    press(learn, "learnTourNext")
    assert learn.guide.step == 2
    press(learn, "learnTourSkip")
    assert strip.text == ""
    window.work.store.load(OWN)
    window.load_preset("fashion-dnn")
    assert strip.text == ""
    press(learn, "learnTourButton")
    assert learn.guide.step == 0


def test_the_start_page_offers_a_tour(window: MainWindow, qtbot: QtBot) -> None:
    window.show_workspace("start")
    press_card = window.findChild(QPushButton, "tourCard")
    from cnnstudio.ui.start_page.card import StartCard

    card = press_card or window.findChild(StartCard, "tourCard")
    assert card is not None
    card.click()
    learn = learn_of(window, qtbot)
    assert learn.guide.step == 0
    assert window.document().name == "First CNN for CIFAR-10"


def test_build_leads_to_the_explanation_of_a_block(window: MainWindow, qtbot: QtBot) -> None:
    window.load_preset("cifar10-first-cnn")
    pooling = window.document().body[2]
    window.work.store.select([pooling.id])
    window.work.build.edit_actions.explain.trigger()
    learn = window.findChild(LearnWorkspace, "learnWorkspace")
    assert learn is not None
    qtbot.waitUntil(lambda: "channels stay apart" in learn.scene_sentence)
    assert learn.isVisible()


def test_another_network_can_be_opened_while_learn_is_seen(window: MainWindow, qtbot: QtBot) -> None:
    window.load_preset("cifar10-first-cnn")
    learn = learn_of(window, qtbot)
    window.load_preset("cifar10-resnet")
    repeat = window.document().body[3]
    window.work.explain(repeat.id)
    qtbot.waitUntil(lambda: learn.bar.blocks.currentText().startswith("Repeat"), timeout=30_000)
    assert learn.scene_sentence.startswith("Stage 1 of 2, repetition 1: 32×32×16")
    residual = next(node for node in walk((repeat,)) if node is not repeat)
    window.work.explain(residual.id)
    assert learn.bar.blocks.currentText().startswith("Residual")
    assert "from the body" in learn.scene_sentence
