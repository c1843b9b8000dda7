"""The Health page: distributions, one moment and one block for all cards, the doctor's menu."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QScrollArea
from pytestqt.qtbot import QtBot

from cnnstudio.app.patient import Patient
from cnnstudio.core.health import BlockHealth, Health, Histogram
from cnnstudio.ui.inspect.health_lines import HealthLines
from cnnstudio.ui.inspect.health_page import HealthPage
from cnnstudio.ui.inspect.spread import BINS, Spreads, quantile, shares_between
from cnnstudio.ui.inspect.spread_list import ROW
from cnnstudio.ui.inspect.spread_ridges import round_values
from cnnstudio.ui.inspect.workspace import InspectWorkspace
from cnnstudio.ui.main_window import MainWindow
from tests.fake_dialogs import FakeDialogs
from tests.ui.inspect.test_doctor_card import child, epoch, health, sick

WAIT = 90_000


def look(number: int, blocks: int = 3, spread: float = 1.0) -> Health:
    """Convolutions whose activations lie between -1 and 1 and whose gradients are smaller, and a ReLU."""
    convs = [
        BlockHealth(
            f"conv{place}",
            f"b{place}",
            "Conv2d",
            activation_mean=0.0,
            activation_std=0.5,
            activations=Histogram(-spread, spread, (1, 2, 2, 1)),
            gradient_norm=0.3 / place,
            gradients=Histogram(-0.1, 0.1, (1, 4, 1)),
            weights=10,
        )
        for place in range(1, blocks + 1)
    ]
    relu = BlockHealth("relu", "r", "ReLU", zeros=0.5, dead=0.25, activations=Histogram(0, 2, (50, 25, 25)))
    return Health(number, 10 * number + 1, 8, 1.0, 0.1, (*convs, relu))


@pytest.fixture
def page(inspect: InspectWorkspace) -> HealthPage:
    inspect.show_page("health")
    inspect.health.focus.show_health(tuple(look(number) for number in range(6)))
    return inspect.health


# --- numbers


@settings(max_examples=25)
@given(
    st.floats(-5, 5),
    st.floats(0.1, 9),
    st.lists(st.integers(0, 50), min_size=1, max_size=40).filter(sum),
    st.floats(-9, 0),
    st.floats(1, 20),
)
def test_a_histogram_keeps_its_shares_on_another_scale(
    low: float, wide: float, counts: list[int], start: float, span: float
) -> None:
    """Against numbers drawn evenly in each bin and counted by NumPy."""
    histogram = Histogram(low, low + wide, tuple(counts))
    edges = np.linspace(start, start + span, BINS + 1)
    shares = shares_between(histogram, edges)
    own = np.linspace(low, low + wide, len(counts) + 1)
    even = (np.arange(40) + 0.5) / 40
    drawn = np.concatenate([own[i] + (own[i + 1] - own[i]) * even for i in range(len(counts))])
    expected, _ = np.histogram(drawn, edges, weights=np.repeat(np.array(counts) / 40, 40))
    assert shares.min() >= 0
    assert np.allclose(np.cumsum(shares), np.cumsum(expected) / sum(counts), atol=0.06)


def test_one_number_fills_one_bin() -> None:
    edges = np.linspace(-1, 1, BINS + 1)
    for value in (-1.0, 0.3, 1.0):
        shares = shares_between(Histogram(value, value, (7,)), edges)
        assert shares.sum() == pytest.approx(1)
        assert (shares > 0).sum() == 1


def test_zeros_of_a_relu_begin_the_scale() -> None:
    assert quantile(Histogram(0, 2, (50, 25, 25)), 0.002) == 0
    spread = Spreads((look(1),)).of("relu")
    assert spread is not None
    assert spread.low == 0


def test_one_look_that_ran_away_does_not_hide_the_others() -> None:
    looks = (look(0, spread=1e6), *(look(number) for number in range(1, 6)))
    spread = Spreads(looks).of("conv1")
    assert spread is not None
    assert spread.high < 10
    assert spread.shares[3].sum() > 0.99


def test_what_is_no_number_is_left_out() -> None:
    gone = Health(2, 20, 8, float("nan"), 0.1, (BlockHealth("conv1", "b1", "Conv2d"),))
    spreads = Spreads((look(1), gone))
    assert spreads.paths == ["conv1"]
    spread = spreads.of("conv1")
    assert spread is not None
    assert np.isnan(spread.shares[1]).all()
    assert Spreads((look(1),), gradients=True).paths == ["conv1", "conv2", "conv3"]
    assert Spreads().of("conv1") is None


@given(st.floats(-1e6, 1e6), st.floats(1e-9, 1e6), st.sampled_from([3, 5]))
def test_ticks_are_round_few_and_inside(low: float, span: float, most: int) -> None:
    values = round_values(low, low + span, most)
    assert 1 <= len(values) <= most + 1 or span < 1e-9 * abs(low)
    room = 1e-6 * span + 1e-9 * abs(low)
    assert all(low - room <= value <= low + span + room for value in values)


def test_a_single_moment_is_named_below_its_points(qtbot: QtBot) -> None:
    lines = HealthLines()
    qtbot.addWidget(lines)
    lines.resize(400, 200)
    block = BlockHealth("conv1", "b1", "Conv2d", activation_std=0.3)
    lines.show_health((Health(0, 1, 64, 1.0, 0.1, (block,)),), lambda one: one.activation_std, log=True)
    shown = lines.grab().toImage()
    ground = shown.pixel(1, 199)
    foot = [x for x in range(400) if any(shown.pixel(x, y) != ground for y in range(182, 200))]
    assert (foot[0] + foot[-1]) / 2 == pytest.approx(lines._place(0, 0.0).x(), abs=5)


# --- the page


def test_all_cards_go_through_the_training_together(page: HealthPage) -> None:
    assert page.spread.moment.text() == "epoch 5"
    page.spread.slider.setValue(0)
    assert page.spread.moment.text() == "first step"
    assert "first step" in page.gradients.detail.text()
    assert page.blocks.lines._epoch == 0
    QTest.keyClick(page.spread.ridges, Qt.Key.Key_Down)
    assert page.focus.moment == 1
    page.focus.go_to(99)
    page.focus.show_health((*page.focus.health, look(6)))
    assert page.spread.moment.text() == "epoch 6", "who looks at the last moment follows the training"


def test_a_click_on_a_strip_chooses_block_and_moment(page: HealthPage) -> None:
    strips = page.spread.list
    area = strips.strip_area(1)
    QTest.mouseClick(strips, Qt.MouseButton.LeftButton, pos=QPoint(area.left() + 2, area.center().y()))
    assert (page.focus.path, page.focus.moment) == ("conv2", 0)
    assert page.spread.words.text() == "conv2 · Conv2d · mean 0, deviation 0.5"
    QTest.keyClick(strips, Qt.Key.Key_Down)
    QTest.keyClick(strips, Qt.Key.Key_Down)
    QTest.keyClick(strips, Qt.Key.Key_Right)
    assert (page.focus.path, page.focus.moment) == ("relu", 1)
    assert page.spread.words.text().endswith("50 % zeros · 25 % of the units dead")


def test_bars_and_lines_choose_the_block_too(page: HealthPage) -> None:
    bars = page.gradients.bars
    QTest.mouseClick(bars, Qt.MouseButton.LeftButton, pos=bars.bar_area(2).center().toPoint())
    assert page.focus.path == "conv3"
    QTest.keyClick(bars, Qt.Key.Key_Left)
    assert page.focus.path == "conv2"
    page.blocks.number.setCurrentIndex(4)
    lines = page.blocks.lines
    place = lines._place(*lines.lines[0].points[2])
    QTest.mouseClick(lines, Qt.MouseButton.LeftButton, pos=place.toPoint())
    assert (page.focus.path, page.focus.moment) == ("conv1", 2)


def test_the_share_under_the_pointer_is_told(page: HealthPage) -> None:
    ridges = page.spread.ridges
    wide = ridges._wide()
    said = ridges.said(3, 60 + wide * 10.5 / BINS)
    assert said.startswith("epoch 3: 1.4 % between -0.")
    middle = ridges.said(3, 60 + wide * 24.5 / BINS)
    assert middle.startswith("epoch 3: 2.8 % between ")
    QTest.mouseMove(ridges, QPointF(60 + wide / 2, ridges._base(3, 6) - 2).toPoint())
    assert ridges.said(3, 0) == ""


def test_gradients_take_the_place_of_activations(page: HealthPage) -> None:
    child(page, "spread-gradients").click()
    assert page.spread.list.spreads.paths == ["conv1", "conv2", "conv3"]
    assert page.spread.words.text() == "conv1 · Conv2d · norm 0.3"
    page.focus.choose("relu")
    assert page.spread.words.text() == "relu has none"
    assert page.spread.ridges.spread is None


def test_deep_networks_work_out_what_is_seen(page: HealthPage, qtbot: QtBot) -> None:
    page.focus.show_health(tuple(look(number, blocks=300) for number in range(8)))
    page.spread.list.grab(page.spread.list.rect().adjusted(0, 0, 0, 5 * ROW - page.spread.list.height()))
    assert page.spread.list.height() >= 300 * ROW
    assert len(page.spread.list.spreads._known) < 60
    page.focus.choose("conv200")
    page.focus.show_health(tuple(look(number, blocks=300) for number in range(9)))
    bar = page.spread.findChild(QScrollArea, "spreadArea").verticalScrollBar()
    qtbot.waitUntil(lambda: 199 * ROW - page.height() < bar.value() <= 199 * ROW, timeout=WAIT)
    page.focus.show_health(tuple(look(number) for number in range(100)))
    shown = page.spread.ridges.shown()
    assert len(shown) <= 29
    assert {0, 99, page.focus.moment} <= set(shown)


def test_the_block_is_shown_in_build(window: MainWindow, inspect: InspectWorkspace, qtbot: QtBot) -> None:
    inspect.show_page("health")
    page, document = inspect.health, sick()
    window.work.store.load(document)
    page._follow(page.examination)
    with qtbot.waitSignal(page.examination.changed, timeout=WAIT):
        page.examination.look(Patient("", document, (epoch(1),), (), (health(document, 0.96),)))
    assert page.focus.path == "relu1", "the block that the doctor speaks of is looked at first"
    button = page.spread.show_block
    assert not button.isHidden()
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert window.work.build.isVisible()
    assert window.work.store.selection == (document.body[1].id,)


def test_the_doctors_advice_is_saved_and_copied(
    window: MainWindow, inspect: InspectWorkspace, dialogs: FakeDialogs, qtbot: QtBot, tmp_path: Path
) -> None:
    inspect.show_page("health")
    page, document = inspect.health, sick()
    window.work.store.load(document)
    page._follow(page.examination)
    with qtbot.waitSignal(page.examination.changed, timeout=WAIT):
        page.examination.look(Patient("", document, (epoch(1),), (), (health(document, 0.96),)))
    actions = {action.text(): action for action in page.menu.actions_.actions()}
    for name, file in (("Save as PNG…", "a.png"), ("Save as SVG…", "a.svg"), ("Save as text…", "a.txt")):
        dialogs.file = tmp_path / file
        actions[name].trigger()
        assert dialogs.file.stat().st_size > 100
    said = (tmp_path / "a.txt").read_text("utf-8")
    assert said.startswith("Serious: 96 % of the units of ReLU relu1 are zero")
    assert "→ Replace ReLU by Leaky ReLU" in said
    assert "Looked at so far" in said
    actions["Copy as text"].trigger()
    assert QGuiApplication.clipboard().text() == said


def test_a_runs_network_is_opened_from_the_card_to_be_offered_changes(
    window: MainWindow, inspect: InspectWorkspace, run: str, qtbot: QtBot
) -> None:
    inspect.show_page("health")
    page = inspect.health
    qtbot.waitUntil(lambda: page._followed.findings.patient.run == run, timeout=WAIT)
    assert not page._followed.findings.patient.open
    page.doctor.networkWanted.emit()
    qtbot.waitUntil(lambda: page._followed.findings.patient.open, timeout=WAIT)
    assert page._followed.findings.patient.run == run
    assert page._followed.findings.present is window.work.store.document
    assert window.work.store.origin == run
