"""What every test gets: an offscreen Qt, one thread, folders of its own, a check for leftovers."""

import gc
import itertools
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

# Before anything imports Qt or torch. A developer may still say QT_QPA_PLATFORM=xcb to watch a test.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("PYQTGRAPH_QT_LIB", "PySide6")

import hypothesis
import pytest

try:
    from tests.leaks import Leaks
except ImportError as error:
    _no_qt = str(error)
else:
    _no_qt = ""

hypothesis.settings.register_profile("dev", deadline=None)
hypothesis.settings.register_profile("ci", deadline=None, derandomize=True, database=None, print_blob=True)
hypothesis.settings.load_profile("ci" if os.environ.get("CI") else "dev")

_REAL_DATA = os.environ.get("CNNSTUDIO_DATA")
_HOMES = itertools.count()
_FAILED = pytest.StashKey[bool]()


def pytest_configure() -> None:
    if _no_qt:
        raise pytest.UsageError(f"Qt does not load: {_no_qt}. `python3 run.py check` says what to install.")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    bench = Path(__file__).parent / "bench"
    for item in items:
        if item.path.is_relative_to(bench):
            item.add_marker(pytest.mark.bench)


def pytest_collection_finish() -> None:
    """Torch and all tests are loaded and stay: a garbage collection that looks through them takes 0.2 s."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    report = yield
    item.stash[_FAILED] = item.stash.get(_FAILED, False) or report.failed
    return report


@pytest.fixture(autouse=True)
def own_folders(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Path]:
    """Settings, data, runs and caches of this test alone: nothing of the person's is read or written."""
    # Not mktemp(), which looks through all of its siblings each time.
    home = tmp_path_factory.getbasetemp() / f"home-{next(_HOMES)}"
    home.mkdir()
    for kind in ("CACHE", "CONFIG", "DATA", "RUNS"):
        monkeypatch.setenv(f"CNNSTUDIO_{kind}", str(home / "cnnstudio" / kind.lower()))
    # And whatever a library keeps under the home folder.
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("USERPROFILE", str(home))
    for kind in ("CACHE", "CONFIG", "DATA", "STATE"):
        monkeypatch.setenv(f"XDG_{kind}_HOME", str(home / kind.lower()))
    yield home
    if not request.node.stash.get(_FAILED, False):
        shutil.rmtree(home, ignore_errors=True)


@pytest.fixture(autouse=True)
def no_waiting_for_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test cuts the power; a run of three epochs would wait for the disk seventy times."""
    monkeypatch.setattr(os, "fsync", lambda file: None)


@pytest.fixture
def real_data() -> Path:
    """The folder with the real data sets, for measurements; skips where CNNSTUDIO_DATA names none."""
    if not _REAL_DATA or not Path(_REAL_DATA).is_dir():
        pytest.skip("CNNSTUDIO_DATA names no folder with data sets")
    return Path(_REAL_DATA)


@pytest.fixture(autouse=True)
def no_leaks(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Fails a test that leaves a thread, timer, process or window behind for the next one to trip over."""
    leaks = Leaks(monkeypatch)
    yield
    left = leaks.left_behind()
    # A failed test's traceback keeps its objects alive: its own failure is the news.
    if left and not request.node.stash.get(_FAILED, False):
        pytest.fail("The test left behind: " + "; ".join(left), pytrace=False)


@pytest.fixture
def no_torch(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Fails the test if it imports torch, though other tests of this process may have done so before."""
    for name in [name for name in sys.modules if name == "torch" or name.startswith("torch.")]:
        monkeypatch.delitem(sys.modules, name)
    yield
    assert "torch" not in sys.modules, "the window's process imported torch"
