"""Images and weights of Learn: fitted, normalised as in training, taken from runs of the very network."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from pytestqt.qtbot import QtBot
from safetensors.numpy import save_file

from cnnstudio.app.lesson import Lesson, Subject
from cnnstudio.app.lesson_choice import LessonChoice
from cnnstudio.app.lesson_images import Data, LessonImages
from cnnstudio.app.lesson_weights import runs_of
from cnnstudio.app.pixels import fitted, normalised
from cnnstudio.codegen import generate
from cnnstudio.core import looks
from cnnstudio.core.document import Document, InputSize
from cnnstudio.core.edits import remove
from cnnstudio.core.looks import TestImages
from cnnstudio.core.messages import Failed, Tensor
from cnnstudio.core.requests import DescribeData
from cnnstudio.numpy_engine.network import Network
from cnnstudio.ui.learn.words import run_words
from cnnstudio.workspace.presets import load_preset
from cnnstudio.workspace.runs.folder import RunFolder, create_run
from cnnstudio.workspace.runs.record import RunRecord
from tests.fake_session import FakeSession


@pytest.fixture
def document() -> Document:
    return load_preset("cifar10-first-cnn")


def run_of(document: Document, root: Path, seed: int, epochs: int = 3) -> RunFolder:
    run = create_run("first", root)
    run.write_inputs(document, generate(document).source)
    weights = Network(document, seed).state_dict()
    save_file({name: np.ascontiguousarray(value) for name, value in weights.items()}, run.weights)
    result = {"epochs": epochs, "test_accuracy": 0.5}
    run.write_record(
        RunRecord(name="first", status="finished", started=f"2026-01-0{seed}T00:00:00Z", result=result)
    )
    return run


def test_runs_of_the_same_network_are_found_latest_first(document: Document, tmp_path: Path) -> None:
    for seed in (1, 2):
        run_of(document, tmp_path, seed, epochs=seed)
    odd = run_of(document, tmp_path, 1, epochs=1)
    odd.record.write_text(odd.record.read_text().replace('"epochs": 1,', '"epochs": 1e999,'), "utf-8")
    other = remove(document, {document.body[-2].id, document.body[1].id})
    run_of(other.changed(body=document.body[:1] + document.body[2:]), tmp_path, 3)
    found = runs_of(document, tmp_path)
    assert [(run.number, run.epoch) for run in found] == [(3, 2), (2, 0), (1, 1)]
    assert found[0].accuracy == 0.5


def test_the_weights_of_a_run_are_computed_with(document: Document, tmp_path: Path, qtbot: QtBot) -> None:
    run = run_of(document, tmp_path, 5)
    image = np.random.default_rng(0).random((3, 32, 32), dtype=np.float32)
    lesson = Lesson()
    with qtbot.waitSignal(lesson.traced) as told:
        lesson.take(Subject(document, image, 0, run.weights))
    expected = Network(document, 5).forward(image[None])
    np.testing.assert_allclose(told.args[1].end.x, expected, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("content", [b"", b"no weights at all", b"\xff" * 64])
def test_weights_that_cannot_be_read_are_a_sentence(
    document: Document, tmp_path: Path, qtbot: QtBot, content: bytes
) -> None:
    path = tmp_path / "weights.safetensors"
    path.write_bytes(content)
    lesson = Lesson()
    with qtbot.waitSignal(lesson.failed) as told:
        lesson.take(Subject(document, np.zeros((3, 32, 32), np.float32), 0, path))
    assert "choose another run" in told.args[1]


def test_of_several_pictures_only_the_last_is_told(document: Document, qtbot: QtBot) -> None:
    lesson, told = Lesson(), []
    lesson.traced.connect(lambda subject, trace: told.append(subject))
    pictures = [Subject(document, np.full((3, 32, 32), n, np.float32), 0) for n in range(4)]
    for picture in pictures:
        lesson.take(picture)
    qtbot.waitUntil(lambda: bool(told), timeout=30_000)
    assert told == [pictures[-1]]
    lesson.take(pictures[0])
    lesson.close()
    qtbot.wait(1)
    assert told == [pictures[-1]], "nobody waits any more"


def test_a_picture_from_a_file_is_fitted(document: Document, tmp_path: Path, qtbot: QtBot) -> None:
    pixels = np.zeros((40, 100, 3), np.uint8)
    pixels[:, 30:70] = (200, 10, 10)
    Image.fromarray(pixels).save(tmp_path / "red.png")
    choice = LessonChoice(None)
    choice.show(document)
    with qtbot.waitSignal(choice.imageChanged):
        choice.open(tmp_path / "red.png")
    assert choice.chosen is not None
    assert choice.chosen.name == "red.png"
    assert choice.chosen.pixels.shape == (32, 32, 3)
    assert (choice.chosen.pixels[:, 1:-1] == (200, 10, 10)).all()
    photo = Image.new("RGBA", (60, 40), (0, 0, 0, 0))  # held on its side, half of it see-through
    photo.paste((200, 10, 10, 255), (0, 0, 30, 40))
    turned = Image.Exif()
    turned[0x0112] = 6
    photo.save(tmp_path / "photo.png", exif=turned)
    with qtbot.waitSignal(choice.imageChanged):
        choice.open(tmp_path / "photo.png")
    assert (choice.chosen.pixels[:14] == (200, 10, 10)).all(), "upright"
    assert (choice.chosen.pixels[18:] == 255).all(), "on white"
    (tmp_path / "text.png").write_text("hello")
    with qtbot.waitSignal(choice.failed) as told:
        choice.open(tmp_path / "text.png")
    assert "text.png is no picture" in told.args[0]
    choice.close()


def test_a_run_brings_the_images_that_it_was_trained_on(
    document: Document, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    """Weights and image come from one source, also where the document names other data by now."""
    monkeypatch.setenv("CNNSTUDIO_RUNS", str(tmp_path))
    settings = document.training.model_copy(update={"dataset": "shapes", "seed": 4})
    run = run_of(document.changed(training=settings), tmp_path, 5)
    session = FakeSession()
    choice = LessonChoice(session)  # type: ignore[arg-type]
    with qtbot.waitSignal(choice.runsFound):
        choice.show(document)
    assert choice.run is not None
    assert choice.run.path == run.weights
    assert choice.foreign
    described, asked = session.latest(DescribeData), session.latest(TestImages)
    assert described.document.training.dataset == "shapes"
    assert asked.subject == looks.Subject(run=str(run.path))
    assert "circle" in choice.class_names
    assert run_words(choice.run, "cifar10")[0] == "Run #1 · Shapes"
    choice.choose_run(None)
    assert not choice.foreign
    assert session.latest(DescribeData).document.training.dataset == "cifar10"
    assert session.latest(TestImages).subject.document is document
    assert "airplane" in choice.class_names
    asked_before = len(session.asked)
    choice.draw_another()
    choice.choose_run(choice.runs[0])
    assert choice.chosen is not None
    assert choice.chosen.number == 1, "a shape that somebody drew stays one"
    assert not any(isinstance(one, TestImages) for one in session.asked[asked_before:])
    choice.close()


def test_an_engine_that_died_leaves_nobody_waiting(document: Document, qtbot: QtBot) -> None:
    session = FakeSession()
    images = LessonImages(session)  # type: ignore[arg-type]
    images.about(Data(document, "somewhere"))
    images.want(7)
    assert images.waiting
    with qtbot.waitSignal(images.missed):
        session.engineDied.emit("It crashed.", "details")
    assert (images.waiting, images.problem) == (False, "It crashed.")
    asked = len(session.asked)
    images.ask_again()
    assert [type(one) for one in session.asked[asked:]] == [DescribeData, TestImages]
    assert session.latest(TestImages).indices == (7,)
    assert images.waiting
    session.answered.emit(
        session.ticket(TestImages), looks.Images((7,), Tensor((1, 2, 2, 1), bytes(4), "uint8"), (3,))
    )
    session.answered.emit(session.ticket(DescribeData), Failed("No."))
    with qtbot.assertNotEmitted(images.missed):
        session.engineDied.emit("It crashed.", "details")
    assert images.problem == ""


def test_grey_and_colour_are_turned_into_each_other() -> None:
    grey = np.arange(16, dtype=np.uint8).reshape(4, 4, 1)
    assert fitted(grey, InputSize(4, 4, 3)).shape == (4, 4, 3)
    assert fitted(np.repeat(grey, 3, axis=2), InputSize(8, 8, 1)).shape == (8, 8, 1)
    assert fitted(grey, InputSize(4, 4, 1)) is grey


def test_pixels_are_normalised_channel_by_channel() -> None:
    pixels = np.full((2, 2, 3), 255, np.uint8)
    image = normalised(pixels, (0.5, 0.25, 0.0), (0.5, 0.5, 2.0))
    np.testing.assert_allclose(image[:, 0, 0], [1.0, 1.5, 0.5])
    assert normalised(pixels, (0.5,), (0.5,)).max() == 1
    assert normalised(pixels, (), ()).max() == 1
