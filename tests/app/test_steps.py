"""Long work between the events of the window."""

import threading
import time

import pytest
from pytestqt.qtbot import QtBot

from cnnstudio.app.steps import Elsewhere, StepRunner, Steps, at_once


def counting(count: int, each: float = 0.0) -> Steps[int]:
    for number in range(count):
        time.sleep(each)
        yield number / count
    return count


def asking() -> Steps[object]:
    here = threading.get_ident()
    there = yield Elsewhere(threading.get_ident)
    try:
        yield Elsewhere(lambda: 1 // 0)
    except ZeroDivisionError:
        return "here" if there == here else "there"
    return None


def test_in_a_row() -> None:
    assert at_once(counting(5)) == 5
    assert at_once(asking()) == "here"


def test_between_events(qtbot: QtBot) -> None:
    runner = StepRunner()
    shares: list[float] = []
    runner.progressed.connect(shares.append)
    with qtbot.waitSignal(runner.finished) as done:
        runner.start(counting(40, 0.002))
        assert runner.busy
        assert 0 < len(shares) < 40, "a slice at once, the rest between events"
    assert done.args == [40]
    assert shares == sorted(shares)
    assert not runner.busy


def test_another_thread_answers_and_its_errors_come_back(qtbot: QtBot) -> None:
    runner = StepRunner()
    with qtbot.waitSignal(runner.finished) as done:
        runner.start(asking())
    assert done.args == ["there"]


def test_an_error_ends_it(qtbot: QtBot) -> None:
    def failing() -> Steps[None]:
        yield 0.5
        raise OSError("no room")

    runner = StepRunner()
    with qtbot.waitSignal(runner.failed) as told:
        runner.start(failing())
    assert str(told.args[0]) == "no room"
    assert not runner.busy


@pytest.mark.parametrize("where", ["here", "there"])
def test_cancelled_work_is_cleaned_up_and_unheard(qtbot: QtBot, where: str) -> None:
    cleaned: list[str] = []

    def long() -> Steps[None]:
        try:
            while True:
                yield 0.1 if where == "here" else Elsewhere(lambda: time.sleep(0.1))
        finally:
            cleaned.append("up")

    runner = StepRunner()
    runner.start(long())
    with qtbot.assertNotEmitted(runner.finished, wait=150), qtbot.waitSignal(runner.cancelled):
        runner.cancel()
    assert cleaned == ["up"]
    qtbot.waitUntil(lambda: not runner.busy)
    runner.start(counting(1))
    qtbot.waitUntil(lambda: not runner.busy)


def test_the_end_waits_for_the_other_thread(qtbot: QtBot) -> None:
    left: list[int] = []

    def slow() -> Steps[None]:
        yield Elsewhere(lambda: (time.sleep(0.1), left.append(1)))

    runner = StepRunner()
    runner.start(slow())
    runner.shutdown()
    assert left == [1]
    assert not runner.busy
