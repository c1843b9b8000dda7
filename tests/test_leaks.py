"""The leak check itself: it must see each kind of thing that a test can leave behind, and nothing else."""

import subprocess
import sys
import threading

import pytest
from PySide6.QtCore import QThread, QTimer
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from tests import leaks
from tests.leaks import Leaks


@pytest.fixture(autouse=True)
def _no_grace(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leaks, "GRACE_SECONDS", 0.05)


@pytest.fixture
def watch(monkeypatch: pytest.MonkeyPatch, qapp: QApplication) -> Leaks:
    return Leaks(monkeypatch)


def test_nothing_left(watch: Leaks, qtbot: QtBot) -> None:
    widget = QWidget()
    qtbot.addWidget(widget)
    timer = QTimer()
    timer.start(1000)
    timer.stop()
    widget.deleteLater()
    del widget

    assert watch.left_behind() == []


def test_a_thread(watch: Leaks) -> None:
    done = threading.Event()
    thread = threading.Thread(target=done.wait, name="reader", daemon=True)
    thread.start()

    assert watch.left_behind() == ["thread reader"]

    done.set()
    thread.join()


def test_a_thread_that_is_about_to_end_is_no_leak(watch: Leaks, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leaks, "GRACE_SECONDS", 2.0)
    threading.Timer(0.1, int).start()

    assert watch.left_behind() == []


def test_a_qthread(watch: Leaks) -> None:
    thread = QThread()
    thread.setObjectName("engine")
    thread.start()

    assert watch.left_behind() == ["QThread QThread “engine”"]

    thread.quit()
    thread.wait()


def test_a_timer(watch: Leaks) -> None:
    timer = QTimer()
    timer.start(1000)

    assert watch.left_behind() == ["timer QTimer"]

    timer.stop()


def test_a_window(watch: Leaks) -> None:
    window = QWidget()
    window.setObjectName("lost")

    assert watch.left_behind() == ["window QWidget “lost”"]

    window.deleteLater()


@pytest.mark.skipif(not leaks._TASKS.is_dir(), reason="only /proc tells of children")
def test_a_process(watch: Leaks) -> None:
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)

    assert watch.left_behind() == [f"process {child.pid}"]

    child.communicate()
