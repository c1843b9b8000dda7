"""Looking through a folder tells how far it is and can be stopped."""

import shutil
from itertools import pairwise
from pathlib import Path

import pytest

from cnnstudio.workspace.datasets import folder
from cnnstudio.workspace.datasets.folder import scan_folder
from cnnstudio.workspace.errors import Cancelled
from cnnstudio.workspace.progress import Progress


@pytest.fixture
def pets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two classes of ten empty files, looked at three at a time."""
    monkeypatch.setattr(folder, "_AT_ONCE", 3)
    for name in ("cat", "dog"):
        for number in range(10):
            file = tmp_path / "pets" / name / f"part{number % 2}" / f"{number}.png"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.touch()
    return tmp_path / "pets"


def test_it_tells_how_many_it_has_found(pets: Path) -> None:
    told: list[Progress] = []
    scan_folder(pets, progress=told.append)
    assert {(one.stage, one.name, one.total) for one in told} == {("scan", "pets", 0)}
    counts = [one.done for one in told]
    assert counts == sorted(counts)
    assert len(counts) >= 4
    assert 18 <= counts[-1] <= 20
    assert all(after - before >= 3 for before, after in pairwise(counts)), "no flood of news"


def test_it_stops_when_it_shall(pets: Path) -> None:
    told: list[Progress] = []
    with pytest.raises(Cancelled):
        scan_folder(pets, progress=told.append, cancelled=lambda: len(told) == 2)
    assert len(told) == 2


def test_the_order_of_the_files_is_that_of_their_parts(tmp_path: Path) -> None:
    names = ["a-b.png", "a/z.png", "a/b/c.png", "B.png", "a.png"]
    for place in ("cat", "dog"):
        for name in names:
            file = tmp_path / "train" / place / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.touch()
    shutil.copytree(tmp_path / "train", tmp_path / "test")
    found = scan_folder(tmp_path)
    cats = sorted((Path(e.path) for e in found.train if e.label == 0), key=lambda path: path.parts)
    in_order = ["B.png", "a/b/c.png", "a/z.png", "a-b.png", "a.png"]
    assert [path.relative_to("train/cat").as_posix() for path in cats] == in_order
    assert [entry.path for entry in found.test] == [
        f"test/{place}/{name}" for place in ("cat", "dog") for name in in_order
    ]
