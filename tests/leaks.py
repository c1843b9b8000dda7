"""Finds what a test left behind: threads, QThreads, timers, child processes, top-level windows.

After napari's fixture. Starts of QThread and QTimer are recorded, since Qt cannot be asked for them later.
"""

import gc
import threading
import time
import weakref
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import pytest
import shiboken6
from PySide6.QtCore import QCoreApplication, QEvent, QObject, QThread, QThreadPool, QTimer
from PySide6.QtWidgets import QApplication, QWidget

T = TypeVar("T", bound=QObject)

GRACE_SECONDS = 2.0
_TASKS = Path("/proc/self/task")
# Qt's tool tip hides itself after a while; tqdm and pytest-timeout keep one thread for the whole session.
_SHARED_WINDOWS = ("QTipLabel",)
_SHARED_THREADS = ("pytest_timeout", "TMonitor")


class Leaks:
    """What runs now; `left_behind` names what came after and is still there."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._threads = set(threading.enumerate())
        self._processes = _child_processes()
        self._windows = frozenset(_windows())  # addresses: a reference would keep them alive
        self._qthreads = _record(monkeypatch, QThread)
        self._timers = _record(monkeypatch, QTimer)

    def left_behind(self) -> list[str]:
        """One phrase for each thing left, after a moment of grace and a garbage collection if need be."""
        _delete_later()
        if not self._found():
            return []
        gc.collect()
        deadline = time.monotonic() + GRACE_SECONDS
        while (found := self._found()) and time.monotonic() < deadline:
            time.sleep(0.02)
            _delete_later()
        return found

    def _found(self) -> list[str]:
        timers = [f"timer {_describe(t)}" for t in _alive(self._timers) if t.isActive()]
        qthreads = [f"QThread {_describe(t)}" for t in _alive(self._qthreads) if t.isRunning()]
        windows = [f"window {_describe(w)}" for key, w in _windows().items() if key not in self._windows]
        processes = [f"process {pid}" for pid in sorted(_child_processes() - self._processes)]
        pool = QThreadPool.globalInstance()
        busy = (
            [] if pool.activeThreadCount() == 0 else [f"{pool.activeThreadCount()} tasks in the thread pool"]
        )
        return self._python_threads() + qthreads + timers + windows + processes + busy

    def _python_threads(self) -> list[str]:
        new = set(threading.enumerate()) - self._threads
        # Python 3.11 never forgets the dummy for a foreign thread; the QThreads are asked themselves.
        own = (t for t in new if not isinstance(t, threading._DummyThread))
        return [f"thread {t.name}" for t in own if not t.name.startswith(_SHARED_THREADS)]


def _record(monkeypatch: pytest.MonkeyPatch, kind: type[T]) -> list[weakref.ref[T]]:
    started: list[weakref.ref[T]] = []
    start: Callable[..., None] = kind.start

    def recorded(self: T, *args: object, **kwargs: object) -> None:
        started.append(weakref.ref(self))
        start(self, *args, **kwargs)

    monkeypatch.setattr(kind, "start", recorded)
    return started


def _alive(started: list[weakref.ref[T]]) -> list[T]:
    objects = {id(thing): thing for ref in started if (thing := ref()) is not None}
    return [thing for thing in objects.values() if shiboken6.isValid(thing)]


def _delete_later() -> None:
    if QCoreApplication.instance() is not None:
        QCoreApplication.processEvents()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def _windows() -> dict[int, QWidget]:
    if not isinstance(QCoreApplication.instance(), QApplication):
        return {}
    windows = (w for w in QApplication.topLevelWidgets() if w.metaObject().className() not in _SHARED_WINDOWS)
    return {shiboken6.getCppPointer(w)[0]: w for w in windows}


def _child_processes() -> set[int]:
    """The ids of this process's children; empty where /proc does not tell."""
    found: set[int] = set()
    for children in _TASKS.glob("*/children"):
        try:
            found.update(map(int, children.read_text().split()))
        except OSError:  # that thread has just ended
            continue
    return found


def _describe(thing: QObject) -> str:
    name = thing.objectName()
    return f"{type(thing).__name__} “{name}”" if name else type(thing).__name__
