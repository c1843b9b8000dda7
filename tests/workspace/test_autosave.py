"""What a dead process leaves, and what a living one keeps to itself."""

import subprocess
import sys
from pathlib import Path

import pytest

from cnnstudio.core.fileformat import write_document
from cnnstudio.workspace import autosave as module
from cnnstudio.workspace.atomic import part_path
from cnnstudio.workspace.autosave import AutosaveFile, autosave_dir, leftovers
from cnnstudio.workspace.json_file import write_object
from cnnstudio.workspace.presets import load_preset
from cnnstudio.workspace.process_lock import ProcessLock

_DIES = """
import os, pathlib, signal, sys
from cnnstudio.workspace.autosave import AutosaveFile
from cnnstudio.workspace.json_file import write_object
from cnnstudio.workspace.presets import load_preset
file = AutosaveFile()
file.write(load_preset(sys.argv[1]), pathlib.Path(sys.argv[2]) if sys.argv[2:] else None)
os._exit(1)
"""


def die_with(preset: str, *path: str) -> None:
    subprocess.run([sys.executable, "-c", _DIES, preset, *path], check=False)


def test_nobody_dead_has_left_nothing() -> None:
    assert leftovers() == ([], [])


def test_a_dead_process_leaves_the_document_and_where_it_came_from(tmp_path: Path) -> None:
    die_with("resnet18", str(tmp_path / "mine.cnn.json"))
    die_with("fashion-dnn")

    found, errors = leftovers()

    assert not errors
    assert {leftover.name for leftover in found} == {"mine.cnn.json", load_preset("fashion-dnn").name}
    mine = next(leftover for leftover in found if leftover.path)
    assert mine.path == tmp_path / "mine.cnn.json"
    assert write_document(mine.document) == write_document(load_preset("resnet18"))


def test_the_latest_comes_first() -> None:
    """Whatever the files are called, and whatever time zone they were saved in."""
    texts = ("2026-01-02T12:00:00+00:00", "2026-01-02T20:30:00+09:00", "2026-01-02T12:30:00+00:00")
    for name, saved in zip("abc", texts, strict=True):
        document = write_document(load_preset("fashion-dnn").changed(name=saved))
        write_object(
            autosave_dir() / f"{name}.autosave.json", {"document": document, "path": "", "saved": saved}
        )
    found, _ = leftovers()
    assert [leftover.name for leftover in found] == [texts[2], texts[0], texts[1]]


def test_a_window_that_closes_meanwhile_has_left_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    die_with("resnet18")

    def closed(path: Path) -> ProcessLock:
        path.with_name(path.name.removesuffix(".lock") + ".autosave.json").unlink(missing_ok=True)
        return ProcessLock(path)

    monkeypatch.setattr(module, "ProcessLock", closed)
    assert leftovers() == ([], [])
    assert not list(autosave_dir().iterdir())


def test_it_is_offered_to_one_window_until_that_is_gone_too() -> None:
    die_with("resnet18")
    found, _ = leftovers()
    assert len(found) == 1
    assert leftovers() == ([], [])
    found.clear()
    again, _ = leftovers()
    again[0].remove()
    assert leftovers() == ([], [])
    assert not list(autosave_dir().iterdir())


def test_a_living_window_keeps_its_file() -> None:
    one, other = AutosaveFile(), AutosaveFile()
    one.write(load_preset("resnet18"), None)
    other.write(load_preset("resnet34"), None)
    assert one.path != other.path
    assert leftovers() == ([], [])
    one.remove()
    assert not one.path.exists()
    assert other.path.exists()
    one.close()
    other.close()
    assert not list(autosave_dir().iterdir())


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"document": 1}', '{"document": "{}", "path": "", "saved": "x"}']
)
def test_a_damaged_file_is_told_once_and_put_aside(text: str) -> None:
    die_with("resnet18")
    file = next(autosave_dir().glob("*.autosave.json"))
    file.write_text(text)

    found, errors = leftovers()

    assert not found
    assert len(errors) == 1
    assert "could not be read" in str(errors[0])
    assert leftovers() == ([], [])
    assert [path.suffix for path in autosave_dir().iterdir()] == [".damaged"]


def test_a_wrong_time_is_damage_too() -> None:
    die_with("resnet18")
    file = next(autosave_dir().glob("*.autosave.json"))
    file.write_text(file.read_text().replace('"saved": "2', '"saved": "x'))
    assert len(leftovers()[1]) == 1


def test_locks_without_a_document_are_swept_away() -> None:
    autosave_dir().mkdir(parents=True)
    (autosave_dir() / "1-00.lock").touch()
    held = ProcessLock(autosave_dir() / "2-00.lock")
    for window in ("1-00", "2-00"):
        part_path(autosave_dir() / f"{window}.autosave.json").touch()
    leftovers()
    left = sorted(path.name.partition(".autosave")[0] for path in autosave_dir().iterdir())
    assert left == [".2-00", "2-00.lock"]
    with pytest.raises(BlockingIOError):
        ProcessLock(held.path)
    held.remove()
