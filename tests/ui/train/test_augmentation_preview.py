"""The preview follows the settings and draws again when it is wanted."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QLabel, QToolButton
from pytestqt.qtbot import QtBot

import cnnstudio.blocks  # noqa: F401
from cnnstudio.app.session import EngineSession
from cnnstudio.app.store import DocumentStore
from cnnstudio.app.training_edits import with_setting
from cnnstudio.core.messages import Tensor
from cnnstudio.core.requests import PreviewAugmentation, Request
from cnnstudio.ui.theme import apply_theme
from cnnstudio.ui.train.augmentation_preview import AugmentationPreview
from cnnstudio.ui.train.pixel_images import images_of
from tests.ui.conftest import FAKE_ENGINE


class Listening(EngineSession):
    """Remembers what it was asked."""

    def __init__(self) -> None:
        super().__init__(command=FAKE_ENGINE)
        self.asked: list[Request] = []

    def ask(self, request: Request) -> int:
        self.asked.append(request)
        return super().ask(request)

    @property
    def previews(self) -> list[PreviewAugmentation]:
        return [request for request in self.asked if isinstance(request, PreviewAugmentation)]


@pytest.fixture
def session() -> Iterator[Listening]:
    session = Listening()
    yield session
    session.shutdown()


@pytest.fixture
def store() -> DocumentStore:
    return DocumentStore()


@pytest.fixture
def preview(
    qtbot: QtBot, qapp: QApplication, session: Listening, store: DocumentStore
) -> AugmentationPreview:
    apply_theme(qapp, "light")
    preview = AugmentationPreview(store, session)
    qtbot.addWidget(preview)
    preview.resize(290, 160)
    preview.show()
    return preview


def seen(preview: AugmentationPreview, qtbot: QtBot) -> list[tuple[QImage, QImage]]:
    qtbot.waitUntil(lambda: bool(preview.view.pairs) and not preview._inquiry.waiting, timeout=30_000)
    return preview.view.pairs


def hint(preview: AugmentationPreview) -> str:
    label = preview.findChild(QLabel, "augmentationHint")
    assert label is not None
    return label.text()


def test_pairs_lie_above_each_other_and_within(preview: AugmentationPreview, qtbot: QtBot) -> None:
    assert len(seen(preview, qtbot)) == 6
    areas = preview.view.pair_areas()
    assert len(areas) == 5  # as many as a narrow column has room for
    for above, below in areas:
        assert above.left() == below.left()
        assert above.bottom() < below.top()
        assert preview.view.rect().adjusted(-1, -1, 1, 1).contains(below.toAlignedRect())
    preview.resize(900, 600)
    assert len(preview.view.pair_areas()) == 6


def test_another_draw_changes_only_what_is_below(
    preview: AugmentationPreview, session: Listening, qtbot: QtBot
) -> None:
    before = seen(preview, qtbot)
    button = preview.findChild(QToolButton, "redrawButton")
    assert button is not None
    assert button.accessibleName() == "Draw again"
    qtbot.keyClick(button, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: preview.view.pairs is not before, timeout=30_000)
    after = preview.view.pairs
    assert [pair[0] for pair in after] == [pair[0] for pair in before]
    assert [pair[1] for pair in after] != [pair[1] for pair in before]
    assert session.previews[-1].seed == session.previews[0].seed + 1


def test_a_dragged_setting_is_asked_about_once_when_it_rests(
    preview: AugmentationPreview, store: DocumentStore, session: Listening, qtbot: QtBot
) -> None:
    seen(preview, qtbot)
    assert hint(preview) == "nothing is changed"
    asked = len(session.previews)
    for degrees in range(1, 30):
        store.apply("", with_setting(store.document, "augment.rotation", float(degrees)), "rotation")
    qtbot.waitUntil(lambda: hint(preview) == "before above, after below", timeout=30_000)
    assert len(session.previews) == asked + 1
    assert session.previews[-1].document.training.augment.rotation == 29.0


def test_other_settings_ask_nothing(
    preview: AugmentationPreview, store: DocumentStore, session: Listening, qtbot: QtBot
) -> None:
    seen(preview, qtbot)
    store.apply("", with_setting(store.document, "epochs", 9))
    assert not preview._timer.isActive()
    assert len(session.previews) == 1


def test_a_hidden_preview_asks_when_it_is_shown_again(
    preview: AugmentationPreview, store: DocumentStore, session: Listening, qtbot: QtBot
) -> None:
    seen(preview, qtbot)
    preview.hide()
    store.apply("", with_setting(store.document, "augment.flip", True))
    assert not preview._timer.isActive()
    preview.show()
    qtbot.waitUntil(lambda: len(session.previews) == 2, timeout=30_000)
    seen(preview, qtbot)


@pytest.mark.parametrize(
    ("dataset", "sentence"),
    [("folder", "Choose a folder of images"), ("mnist", "MNIST is not on this disk yet.")],
)
def test_what_is_missing_is_said(
    preview: AugmentationPreview, store: DocumentStore, qtbot: QtBot, dataset: str, sentence: str
) -> None:
    seen(preview, qtbot)
    store.apply("", with_setting(store.document, "dataset", dataset))
    qtbot.waitUntil(lambda: sentence in preview._empty.accessibleName(), timeout=30_000)
    assert preview._empty.isVisible()


def test_an_error_is_said(preview: AugmentationPreview, store: DocumentStore, qtbot: QtBot) -> None:
    seen(preview, qtbot)
    store.apply("", with_setting(store.document, "augment.flip", True).changed(name="broken"))
    qtbot.waitUntil(lambda: "The fake data are broken" in preview._empty.accessibleName(), timeout=30_000)


@pytest.mark.parametrize("channels", [1, 2, 3, 5])
def test_any_number_of_channels_can_be_looked_at(qapp: QApplication, channels: int) -> None:
    data = bytes(range(2 * 3 * 4 * channels))
    first, second = images_of(Tensor((2, 3, 4, channels), data, "uint8"))
    assert (first.width(), first.height()) == (4, 3)
    start = 3 * 4 * channels + channels  # the second pixel of the second image
    colour = second.pixelColor(1, 0)
    expected = [start] * 3 if channels < 3 else [start, start + 1, start + 2]
    assert [colour.red(), colour.green(), colour.blue()] == expected
