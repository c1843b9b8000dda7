"""The data card and the live preview in the real window, with the real engine."""

import pytest
from PySide6.QtCore import QPoint, QRect
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from cnnstudio.app.training_edits import with_setting
from cnnstudio.ui.main_window import MainWindow
from cnnstudio.ui.theme import apply_theme
from cnnstudio.ui.train.augmentation_preview import AugmentationPreview
from cnnstudio.ui.train.data_card import DataSetCard
from cnnstudio.ui.train.sample_grid import SampleGrid


def found(window: QWidget, kind: type[QWidget]) -> QWidget:
    widget = window.findChild(kind)
    assert widget is not None
    return widget


def within(window: MainWindow, widget: QWidget) -> bool:
    """Whether all of it is to be seen."""
    area = QRect(widget.mapTo(window, QPoint(0, 0)), widget.size())
    return window.rect().contains(area) and widget.visibleRegion().boundingRect() == widget.rect()


@pytest.mark.parametrize(("size", "mode"), [((1440, 900), "light"), ((1100, 700), "dark")])
def test_the_data_are_shown_and_the_preview_follows_the_settings(
    window: MainWindow, qapp: QApplication, qtbot: QtBot, size: tuple[int, int], mode: str
) -> None:
    apply_theme(qapp, mode)  # type: ignore[arg-type]
    window.resize(*size)
    window.load_preset("cifar10-first-cnn")
    combo = window.header.data
    combo.setCurrentIndex(combo.findData("shapes"))
    window.show_workspace("train")
    window.work.train.settings.reveal("augmentation")
    card, preview = found(window, DataSetCard), found(window, AugmentationPreview)
    assert isinstance(preview, AugmentationPreview)
    grid = found(card, SampleGrid)
    assert isinstance(grid, SampleGrid)

    qtbot.waitUntil(lambda: grid.isVisible() and bool(preview.view.pairs), timeout=60_000)
    assert grid.class_names[:3] == ["circle", "square", "triangle"]
    assert len(grid.class_names) == 10
    facts = {name: card.findChild(QLabel, f"{name}Fact") for name in ("train", "test", "classes")}
    assert [label.text().replace("\u202f", "") for label in facts.values() if label] == ["2000", "500", "10"]
    assert all(within(window, label) for label in facts.values() if label)
    before = preview.view.pairs
    assert all(a == b for a, b in before)  # nothing is on yet

    store = window.work.store
    store.apply("Rotate", with_setting(store.document, "augment.rotation", 30.0))
    qtbot.waitUntil(lambda: preview.view.pairs is not before, timeout=30_000)
    after = preview.view.pairs
    assert [pair[0] for pair in after] == [pair[0] for pair in before]
    assert sum(a != b for a, b in after) > len(after) // 2

    preview.redraw()
    qtbot.waitUntil(lambda: preview.view.pairs is not after, timeout=30_000)
    assert [pair[1] for pair in preview.view.pairs] != [pair[1] for pair in after]
