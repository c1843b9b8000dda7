"""What is shown when the numbers of a block change under a person's eyes."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from cnnstudio.ui.learn.explainer import Explainer
from cnnstudio.ui.learn.page import Page
from cnnstudio.ui.learn.showing import Showing
from tests.ui.learn.explaining import explainer_of


@pytest.fixture
def workspace(qtbot: QtBot) -> QWidget:
    widget = QWidget()
    qtbot.addWidget(widget)
    return widget


@pytest.fixture
def showing(workspace: QWidget) -> Showing:
    return Showing(Page(workspace), workspace)


def convolution(of: np.ndarray) -> Explainer:
    return explainer_of('"Conv2d", "out_channels": 2, "kernel_size": 3', side=9, channels=1, image=of)


def black_but_for_a_corner() -> np.ndarray:
    image = np.zeros((1, 1, 9, 9), np.float32)
    image[..., 6:, 6:] = np.arange(9).reshape(3, 3)
    return image


def test_an_image_that_comes_later_opens_where_there_is_something(showing: Showing) -> None:
    stand_in = np.random.default_rng(0).random((1, 1, 9, 9)).astype(np.float32)
    showing.use(convolution(stand_in), ("conv", 0))
    assert showing.view.step == 0
    showing.use(convolution(black_but_for_a_corner()), ("conv", 0))
    row, column = divmod(showing.view.step, 7)
    assert row >= 4
    assert column >= 4


def test_who_has_stepped_stays_there_with_another_image(showing: Showing) -> None:
    showing.use(convolution(black_but_for_a_corner()), ("conv", 0))
    showing.look(replace(showing.view, step=3))
    showing.use(convolution(black_but_for_a_corner()), ("conv", 0))
    assert showing.view.step == 3
