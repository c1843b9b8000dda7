"""What the drawing of an architecture shows, and how long an epoch is said to take."""

import pytest
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QApplication

from cnnstudio.app.store import empty_document
from cnnstudio.core.infer import infer
from cnnstudio.ui.start_page.estimate import estimate
from cnnstudio.ui.start_page.silhouette import columns, draw
from cnnstudio.ui.theme_tokens import LIGHT
from cnnstudio.workspace.presets import load_preset, preset_ids


def layers(preset: str) -> list[str]:
    return [column.block for column in columns(infer(load_preset(preset)))]


def test_layers_come_in_order_with_the_input_first() -> None:
    assert layers("cifar10-first-cnn") == ["", "Conv2d", "MaxPool2d", "Conv2d", "MaxPool2d", "Linear"]


def test_each_repetition_counts_and_shortcuts_and_side_heads_do_not() -> None:
    assert layers("resnet152").count("Conv2d") == 151
    assert layers("googlenet").count("Linear") == 1


@pytest.mark.parametrize("preset", [*preset_ids(), ""])
def test_every_network_fits_its_area(preset: str, qapp: QApplication) -> None:
    found = columns(infer(load_preset(preset) if preset else empty_document()))
    image = QImage(260, 60, QImage.Format.Format_ARGB32)
    image.fill(Qt.GlobalColor.white)
    painter = QPainter(image)
    draw(painter, QRectF(20, 10, 220, 40), found, LIGHT)
    painter.end()
    white = image.pixel(0, 0)
    assert any(image.pixel(x, 30) != white for x in range(20, 240))
    edges = [(x, y) for x in (*range(19), *range(242, 260)) for y in range(60)]
    edges += [(x, y) for x in range(260) for y in (*range(9), *range(51, 60))]
    assert all(image.pixel(x, y) == white for x, y in edges)


def test_an_estimate_grows_with_the_work() -> None:
    def seconds(preset: str) -> float:
        inference = infer(load_preset(preset))
        cost = estimate(inference, len(columns(inference)))
        assert cost is not None
        return cost.seconds

    assert seconds("cifar10-first-cnn") < 60
    assert seconds("cifar10-resnet") < 600
    assert (
        seconds("cifar10-resnet") < seconds("cifar10-resnet110") < seconds("resnet18") < seconds("resnet152")
    )


def test_a_folder_of_nobody_knows_how_many_images_has_no_estimate() -> None:
    document = load_preset("resnet18").changed(classes=7)
    assert estimate(infer(document), 1) is None
