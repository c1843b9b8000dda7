"""A file is whole or as it was, whatever happens while it is written."""

import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from cnnstudio.workspace.atomic import also_as, atomic_write, move_into_place, part_path, sweep, write_text


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_what_is_written_appears_under_its_name(tmp_path: Path) -> None:
    target = tmp_path / "new" / "folder" / "한글.txt"

    write_text(target, "line\nÄ\n")

    assert target.read_bytes() == "line\nÄ\n".encode()
    assert names(target.parent) == ["한글.txt"]


def test_an_error_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    target = tmp_path / "file"
    target.write_text("old")

    def interrupted() -> None:
        with atomic_write(target) as part:
            part.write_text("half of the n")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()

    assert target.read_text() == "old"
    assert names(tmp_path) == ["file"]


def test_a_block_that_writes_nothing_leaves_the_old_file(tmp_path: Path) -> None:
    target = tmp_path / "file"
    target.write_text("old")

    with pytest.raises(FileNotFoundError), atomic_write(target):
        pass

    assert target.read_text() == "old"


def test_a_full_disk_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "file"
    target.write_text("old")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        write_text(target, "new")

    assert target.read_text() == "old"
    assert names(tmp_path) == ["file"]


@pytest.mark.skipif(os.name == "nt", reason="Windows cannot flush a folder")
@pytest.mark.parametrize(
    "how", ["written", "moved", "linked", "copied", "not durable", "not durable, linked"]
)
def test_a_power_cut_leaves_the_old_file_or_the_whole_new_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    """The file reaches the disk before it gets its name, and then its name does."""
    target, source = tmp_path / "file", tmp_path / "source"
    target.write_text("old")
    source.write_text("new")
    flushed: list[tuple[str, str]] = []

    def flush(handle: int) -> None:
        is_folder = stat.S_ISDIR(os.fstat(handle).st_mode)
        flushed.append(("folder" if is_folder else "file", target.read_text()))

    def refuse(*names: Path) -> None:
        raise OSError("no links here")

    monkeypatch.setattr(os, "fsync", flush)
    if how == "copied":
        monkeypatch.setattr(os, "link", refuse)
    durable = not how.startswith("not durable")
    if how == "moved":
        move_into_place(source, target)
    elif how in ("linked", "copied", "not durable, link"):
        also_as(source, target, durable)
    else:
        write_text(target, "new", durable)
    assert target.read_text() == "new"
    files = 2 if how == "copied" else 1
    assert flushed == ([("file", "old")] * files + [("folder", "new")] if durable else [])


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
def test_a_killed_process_leaves_the_old_file(tmp_path: Path) -> None:
    target = tmp_path / "file"
    target.write_text("old")
    code = (
        "import os, signal, sys\n"
        "from pathlib import Path\n"
        "from cnnstudio.workspace.atomic import atomic_write\n"
        "with atomic_write(Path(sys.argv[1])) as part:\n"
        "    part.write_text('half')\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    done = subprocess.run([sys.executable, "-c", code, str(target)], check=False)

    assert done.returncode == -signal.SIGKILL
    assert target.read_text() == "old"


def test_a_finished_file_takes_the_place_of_an_older_one(tmp_path: Path) -> None:
    (tmp_path / "part").write_text("new")
    (tmp_path / "file").write_text("old")

    move_into_place(tmp_path / "part", tmp_path / "file")

    assert names(tmp_path) == ["file"]
    assert (tmp_path / "file").read_text() == "new"


@pytest.mark.parametrize("links", [True, False])
def test_a_second_name_keeps_what_the_first_one_had(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, links: bool
) -> None:
    def refuse(*names: Path) -> None:
        raise OSError("no links here")

    if not links:
        monkeypatch.setattr(os, "link", refuse)
    last, best = tmp_path / "last", tmp_path / "best"
    write_text(last, "one")
    also_as(last, best)
    also_as(last, best)  # a rename of two names of one file does nothing
    write_text(last, "two")
    assert (last.read_text(), best.read_text()) == ("two", "one")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["best", "last"]


def test_what_was_left_half_written_is_swept(tmp_path: Path) -> None:
    part_path(tmp_path / "last").write_text("ha")
    write_text(tmp_path / "last.part", "mine")
    sweep(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["last.part"]
