"""One question at a time: what is told belongs to the present one."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from cnnstudio.app.inquiry import Inquiry
from cnnstudio.core import looks
from cnnstudio.core.messages import Cancelled, Downloaded, Failed, Preparing, RateCurve, Tensor
from cnnstudio.core.requests import CallOff, Download, ListDevices
from tests.fake_session import FakeSession

PROGRESS = Preparing("download", "MNIST", 1, 2)
NOTHING = Tensor((0,), b"")
SOURCE = looks.Source("initial", "", 0, 0, "")
ALL = looks.HeatMap("occlusion", "", NOTHING, 0.0, 1.0, 3, 0.5, NOTHING, SOURCE)


@pytest.fixture
def session(qtbot: QtBot) -> FakeSession:
    return FakeSession()


@pytest.fixture
def owner() -> QObject:
    return QObject()


class Asked:
    """An inquiry and what it told."""

    def __init__(self, session: FakeSession, owner: QObject) -> None:
        self.inquiry = Inquiry(session, owner)  # type: ignore[arg-type]
        self.told: list[object] = []
        self.inquiry.told.connect(self.told.append)


@pytest.fixture
def asked(session: FakeSession, owner: QObject) -> Asked:
    return Asked(session, owner)


def test_progress_is_told_until_the_answer_ends_it(session: FakeSession, asked: Asked) -> None:
    asked.inquiry.ask(Download("mnist"))
    session.answered.emit(1, PROGRESS)
    assert asked.inquiry.waiting
    session.answered.emit(1, Downloaded("mnist"))
    assert not asked.inquiry.waiting
    session.answered.emit(1, PROGRESS)
    session.answered.emit(0, PROGRESS)
    assert asked.told == [PROGRESS, Downloaded("mnist")]


def test_a_new_question_calls_the_last_one_off_and_late_answers_are_not_heard(
    session: FakeSession, asked: Asked
) -> None:
    asked.inquiry.call_off()
    assert session.asked == [], "nothing to call off"
    asked.inquiry.ask(Download("mnist"))
    asked.inquiry.ask(Download("cifar10"))
    assert session.asked == [Download("mnist"), CallOff(1), Download("cifar10")]
    session.answered.emit(1, Downloaded("mnist"))
    session.answered.emit(2, Cancelled())
    assert asked.told == []
    assert asked.inquiry.waiting
    asked.inquiry.call_off()
    assert session.asked[3:] == [CallOff(3)]
    assert not asked.inquiry.waiting


def test_of_what_changes_too_fast_only_the_last_is_asked(session: FakeSession, asked: Asked) -> None:
    for request in (Download("mnist"), Download("cifar10"), ListDevices()):
        asked.inquiry.ask_next(request)
    assert session.asked == [Download("mnist")]
    session.answered.emit(1, PROGRESS)
    session.answered.emit(1, Failed("No network."))
    assert session.asked == [Download("mnist"), ListDevices()]
    assert asked.inquiry.waiting
    asked.inquiry.ask_next(Download("cifar10"))
    asked.inquiry.call_off()
    session.answered.emit(2, Downloaded("mnist"))
    assert session.asked[2:] == [CallOff(2)], "what waited was called off too"


@pytest.mark.parametrize(
    ("half", "whole"),
    [
        (RateCurve((0.1,), (2.0,)), RateCurve((0.1,), (2.0,), done=True)),
        (replace(ALL, share=0.5), ALL),
    ],
)
def test_answers_that_grow_end_with_the_whole(
    session: FakeSession, asked: Asked, half: object, whole: object
) -> None:
    asked.inquiry.ask(ListDevices())
    session.answered.emit(1, half)
    assert asked.inquiry.waiting
    session.answered.emit(1, whole)
    assert not asked.inquiry.waiting
    assert asked.told == [half, whole]


def test_an_engine_that_died_is_told_to_who_waits_alone(session: FakeSession, asked: Asked) -> None:
    session.engineDied.emit("It crashed.", "")
    assert asked.told == []
    asked.inquiry.ask(Download("mnist"))
    asked.inquiry.ask_next(Download("cifar10"))
    session.engineDied.emit("It crashed.", "")
    assert asked.told == [Failed("It crashed.")]
    assert not asked.inquiry.waiting
    asked.inquiry.ask_next(ListDevices())
    session.answered.emit(2, Downloaded("mnist"))
    assert session.asked == [Download("mnist"), ListDevices()], "nothing waits from before"
