"""The real window by the number of blocks: opening, an edit until it is on the screen, scrolling, zooming.

An edit counts with all that the window's thread does for it until the canvas is painted, while code,
inspector, overview and problems are shown; what comes later (autosave, overview) is measured as the longest
time for which the window stands still afterwards.

pytest tests/bench/bench_canvas.py -s
"""

import gc
import os
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QObject, QPointF, QTimer
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from cnnstudio.app.session import EngineSession
from cnnstudio.core.block import Layer
from cnnstudio.core.document import Document, Place, place_of, stack_at, walk
from cnnstudio.core.edits import change, insert, move, remove
from cnnstudio.ui.build import BuildWorkspace
from cnnstudio.ui.main_window import MainWindow
from cnnstudio.ui.start import settle
from cnnstudio.ui.theme import apply_theme
from tests.big_networks import make, residuals, unrolled

SIZES = (1, 16, 82, 166, 333)
"""Residual blocks of six blocks each: 8, 98, 494, 998 and 2000 blocks."""
EDITS = 60
ROUNDS = 4
"""The sizes take turns, so that a slow minute of the machine is nobody's."""
FRAMES = 120
_FAKE_ENGINE = (sys.executable, str(Path(__file__).parents[1] / "fake_engine.py"))


class Painted(QObject):
    """Counts how often the canvas was painted."""

    def __init__(self, build: BuildWorkspace) -> None:
        super().__init__(build)
        self.count = 0
        build.canvas.viewport().installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        self.count += event.type() == QEvent.Type.Paint
        return False


@pytest.fixture
def window(qtbot: QtBot, qapp: QApplication) -> Iterator[MainWindow]:
    apply_theme(qapp, "light")
    window = MainWindow(session=EngineSession(command=_FAKE_ENGINE))
    qtbot.addWidget(window)
    window.show()
    window.work.build.show_code()
    qtbot.wait(500)
    settle()  # as the application does
    yield window
    gc.unfreeze()
    window.work.store.undo_stack.setClean()
    window.work.session.shutdown()


@dataclass
class Times:
    """Milliseconds by the clock, and those that the window's thread worked: others use the machine too."""

    clock: list[float] = field(default_factory=list)
    worked: list[float] = field(default_factory=list)

    def __str__(self) -> str:
        (clock, worked) = (sorted(found) for found in (self.clock, self.worked))
        at = min(len(clock) - 1, len(clock) * 95 // 100)
        return (
            f"median {statistics.median(clock):6.1f}, p95 {clock[at]:6.1f}, worst {clock[-1]:6.1f}"
            f"   worked: {statistics.median(worked):6.1f}, {worked[at]:6.1f}, {worked[-1]:6.1f}"
        )

    def take(self, painted: Painted, act: Callable[[], object]) -> None:
        """Measures until what was done is on the screen."""
        before, begin, began = painted.count, time.perf_counter(), time.thread_time()
        act()
        QApplication.processEvents()
        while painted.count == before and time.perf_counter() < begin + 0.05:
            QApplication.processEvents()
        if painted.count > before:
            self.clock.append(1000 * (time.perf_counter() - begin))
            self.worked.append(1000 * (time.thread_time() - began))


def edit_of(document: Document, number: int) -> tuple[str, Callable[[], Document]]:
    """Edits of several kinds, all over the network: a block that it is near to, and the edit."""
    nodes = list(walk(document.body))
    layers = [n for n in nodes if isinstance(n.block, Layer)]
    some = layers[number * 37 % len(layers)]
    place = place_of(document, some.id)
    kind = number % 5
    if kind == 3:
        return some.id, lambda: insert(document, place, [make("ReLU")])
    if kind == 4:
        return some.id, lambda: remove(document, [some.id])
    if kind == 2:
        below = Place(place.parent, place.stack, place.index + 2)
        if place.index + 2 <= len(stack_at(document, place)):
            return some.id, lambda: move(document, [some.id], below)
    convolutions = [n for n in layers if type(n.block).__name__ == "Conv2d"]
    conv = convolutions[number * 37 % len(convolutions)]
    return conv.id, lambda: change(document, conv.id, bias=not conv.block.model_dump()["bias"])


def edited(window: MainWindow, painted: Painted, times: Times, numbers: range) -> None:
    """Edits where one looks, in the selected block; in the end some steps back."""
    store, canvas = window.work.store, window.work.build.canvas
    for number in numbers:
        near, edit = edit_of(store.document, number)
        store.select((near,))
        canvas.reveal(near)
        QApplication.processEvents()
        times.take(painted, lambda edit=edit: store.apply("Edit", edit()))  # type: ignore[misc]
    for _ in range(len(numbers) // 6):
        times.take(painted, store.undo)


def frames(acts: Sequence[Callable[[], object]], painted: Painted) -> Times:
    times = Times()
    for act in acts:
        times.take(painted, act)
    return times


def scrolling(window: MainWindow) -> list[Callable[[], object]]:
    bar = window.work.build.canvas.verticalScrollBar()
    first, step = bar.minimum(), max(1, min(90, (bar.maximum() - bar.minimum()) // FRAMES))
    return [partial(bar.setValue, first + step * n) for n in range(FRAMES)]


def zooming(window: MainWindow) -> list[Callable[[], object]]:
    """Away until all is seen, and near again, as fingers do."""
    canvas = window.work.build.canvas
    at = QPointF(canvas.viewport().rect().center())
    factors = [0.96] * (FRAMES // 2) + [1 / 0.96] * (FRAMES // 2)
    return [partial(canvas.zoom_by, factor, at) for factor in factors]


def still(qtbot: QtBot, milliseconds: int) -> str:
    """The longest time for which nothing else could happen in the window."""
    clock = worked = 0.0
    last = (time.perf_counter(), time.thread_time())

    def beat() -> None:
        nonlocal clock, worked, last
        now = (time.perf_counter(), time.thread_time())
        clock, worked = max(clock, now[0] - last[0]), max(worked, now[1] - last[1])
        last = now

    timer = QTimer()
    timer.timeout.connect(beat)
    timer.start(1)
    qtbot.wait(milliseconds)
    timer.stop()
    after = f"longest standstill in the {milliseconds / 1000:.1f} s after the edits"
    return f"{after} {1000 * clock:6.1f}, worked {1000 * worked:6.1f}"


def load() -> str:
    return f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores" if hasattr(os, "getloadavg") else ""


def opened(
    window: MainWindow, painted: Painted, times: Times, count: int, make_document: Callable[[], Document]
) -> None:
    """Each time after another network, and a new one itself: nothing is known of its blocks."""
    for _ in range(count):
        window.work.store.load(residuals(1))
        QApplication.processEvents()
        times.take(painted, partial(window.work.store.load, make_document()))


def test_growth(qtbot: QtBot, window: MainWindow) -> None:
    painted = Painted(window.work.build)
    opening, editing = ({size: Times() for size in SIZES} for _ in range(2))
    after = dict.fromkeys(SIZES, "")
    for number in range(ROUNDS):
        for size in SIZES:
            opened(window, painted, opening[size], 2, partial(residuals, size))
            part = range(number * EDITS // ROUNDS, (number + 1) * EDITS // ROUNDS)
            edited(window, painted, editing[size], part)
            after[size] = still(qtbot, 2600 if number == ROUNDS - 1 else 500)
    print(f"\n{load()}; milliseconds, and those that the window's thread worked")
    for size in SIZES:
        count = sum(1 for _ in walk(residuals(size).body))
        print(f"{count:5} blocks  open   {opening[size]}")
        print(f"      a block  open  {statistics.median(opening[size].worked) / count:7.3f}")
        print(f"               edit   {editing[size]}")
        print(f"               {after[size]}")


@pytest.mark.parametrize("preset", ["resnet152", "googlenet"])
def test_written_out(qtbot: QtBot, window: MainWindow, preset: str) -> None:
    painted = Painted(window.work.build)
    document = unrolled(preset)
    count = sum(1 for _ in walk(document.body))
    print(f"\n{preset}, every repetition written out: {count} blocks; {load()}")
    first = Times()
    first.take(painted, partial(window.work.store.load, document))
    print(f"open, cold     {first}")
    again, edits = Times(), Times()
    opened(window, painted, again, 5, partial(unrolled, preset))
    print(f"open           {again}")
    window.work.build.canvas.set_zoom(100)
    edited(window, painted, edits, range(EDITS))
    print(f"edit to screen {edits}")
    print(still(qtbot, 2600))
    window.work.store.load(document)
    QApplication.processEvents()
    for name in ("scroll", "scroll again"):
        print(f"{name:14} {frames(scrolling(window), painted)}")
    window.work.build.canvas.set_zoom(100)
    for name in ("zoom", "zoom again"):
        print(f"{name:14} {frames(zooming(window), painted)}")
