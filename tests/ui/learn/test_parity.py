"""The footer tells how far NumPy is from PyTorch, for this image and these weights, or what tests hold."""

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from cnnstudio.app.lesson import Subject
from cnnstudio.app.lesson_choice import LessonChoice
from cnnstudio.app.lesson_weights import RunWeights
from cnnstudio.core.looks import Images, Predict, Prediction, Source, TestImages
from cnnstudio.core.messages import DataCard, Failed, Tensor
from cnnstudio.core.requests import CallOff, DescribeData
from cnnstudio.numpy_engine.trace import trace
from cnnstudio.ui.learn.parity import Parity
from cnnstudio.ui.learn.words import image_words
from cnnstudio.workspace.presets import load_preset
from tests.fake_session import FakeSession


def tensor(values: np.ndarray) -> Tensor:
    return Tensor(values.shape, np.ascontiguousarray(values).tobytes(), str(values.dtype))


def test_pytorch_is_asked_about_the_same_image_and_weights(qapp: QApplication, qtbot: QtBot) -> None:
    document = load_preset("fashion-dnn")
    session = FakeSession()
    choice = LessonChoice(None)
    choice.show(document)
    choice.run = RunWeights(Path("run/weights.safetensors"), "run", "DNN", 1, 3, 0.8)
    image = np.zeros((1, 28, 28), np.float32)
    subject = Subject(document, image, 0)
    traced = trace(document, None, image[None], np.array([0]))
    parity = Parity(session)  # type: ignore[arg-type]
    told: list[str] = []
    parity.told.connect(lambda text, tip: told.append(text))
    parity.ask(choice, subject, traced)
    assert "in its tests" in told[-1]
    (request,) = session.asked
    assert isinstance(request, Predict)
    assert request.subject.run == "run"
    probabilities = traced.probabilities[0].astype(np.float32)
    probabilities[3] += np.float32(2.5e-4)
    source = Source("run", "run", 3, 0, "")
    picture = tensor(np.zeros((28, 28, 1), np.uint8))
    session.answered.emit(1, Prediction(tensor(probabilities), (), None, picture, source))
    assert told[-1].endswith("max difference 2.5e-04")
    choice.close()


@pytest.mark.parametrize("fails", [False, True])
def test_a_sample_stands_in_until_the_test_image_has_come(
    qapp: QApplication, qtbot: QtBot, fails: bool
) -> None:
    session = FakeSession()
    choice = LessonChoice(session)  # type: ignore[arg-type]
    choice.show(load_preset("fashion-dnn"))
    assert choice.chosen is not None
    assert choice.chosen.name == ""
    kinds = [choice.chosen.kind]
    samples = np.full((3, 28, 28, 1), 7, np.uint8)
    names = tuple("abcdefghij")
    card = DataCard(
        "fashion-mnist", 60, 10, names, (6,) * 10, (1,) * 10, (0.5,), (0.25,), tensor(samples), (4, 5, 6)
    )
    session.answered.emit(session.ticket(DescribeData), card)
    kinds.append(choice.chosen.kind)
    assert kinds == ["drawn", "test"]
    assert choice.chosen.label == 4
    assert choice.images.stands_in
    ticket = session.ticket(TestImages)
    if fails:
        session.answered.emit(ticket, Failed("No such look."))
        assert choice.chosen.label == 4
    else:
        session.answered.emit(ticket, Images((0,), tensor(np.full((1, 28, 28, 1), 9, np.uint8)), (8,)))
        assert choice.chosen.label == 8
        assert not choice.images.stands_in
        assert choice.chosen.pixels[0, 0, 0] == 9
    assert choice.images.problem == ""
    choice.choose_number(2)
    choice.choose_number(3)
    assert isinstance(session.asked[-2], CallOff) or fails
    choice.close()


def test_without_the_data_a_drawn_shape_says_so(qapp: QApplication, qtbot: QtBot) -> None:
    session = FakeSession()
    choice = LessonChoice(session)  # type: ignore[arg-type]
    choice.show(load_preset("fashion-dnn"))
    assert image_words(choice, None) == "Drawn shape; the test images are being read …"
    with qtbot.waitSignal(choice.imageChanged):
        session.answered.emit(session.ticket(TestImages), Failed("Fashion-MNIST is not in the folder."))
    assert image_words(choice, None) == "Drawn shape: Fashion-MNIST is not here"
    before = len(session.asked)
    choice.look_for_runs()  # somebody comes back, perhaps with the data
    assert {type(one) for one in session.asked[before:]} >= {DescribeData, TestImages}
    assert image_words(choice, None) == "Drawn shape; the test images are being read …"
    session.answered.emit(
        session.ticket(TestImages), Images((0,), tensor(np.full((1, 28, 28, 1), 9, np.uint8)), (8,))
    )
    assert choice.chosen is not None
    assert choice.chosen.label == 8
    choice.close()
