"""The list of recent files: latest first, once each, only what still exists."""

from pathlib import Path

import pytest

from cnnstudio.workspace import paths
from cnnstudio.workspace.recent import LIMIT, forget_all, forget_file, recent_files, remember_file


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    found = [tmp_path / f"{number}.cnn.json" for number in range(LIMIT + 3)]
    for file in found:
        file.touch()
    return found


def test_the_latest_comes_first_and_each_once(files: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    for file in files[:3]:
        remember_file(file)
    monkeypatch.chdir(files[0].parent)
    remember_file(Path(files[0].name))

    assert recent_files() == (files[0], files[2], files[1])


def test_only_so_many_are_kept(files: list[Path]) -> None:
    for file in files:
        remember_file(file)

    assert recent_files() == tuple(reversed(files[3:]))


def test_files_that_are_gone_are_not_shown_but_not_forgotten(files: list[Path]) -> None:
    remember_file(files[0])
    remember_file(files[1])
    files[1].unlink()
    assert recent_files() == (files[0],)

    files[1].touch()
    assert recent_files() == (files[1], files[0])


def test_files_can_be_forgotten(files: list[Path]) -> None:
    for file in files[:3]:
        remember_file(file)

    forget_file(files[1])
    assert recent_files() == (files[2], files[0])
    forget_all()
    assert recent_files() == ()


@pytest.mark.parametrize("text", ["{", '{"files": 3}', '{"files": [1, null, "", "a\\u0000b"]}'])
def test_a_damaged_list_is_an_empty_one(files: list[Path], text: str) -> None:
    paths.config_dir().mkdir(parents=True)
    (paths.config_dir() / "recent.json").write_text(text)

    assert recent_files() == ()
    remember_file(files[0])
    assert recent_files() == (files[0],)


def test_a_disk_that_refuses_troubles_nobody(
    files: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CNNSTUDIO_CONFIG", str(files[0] / "below a file"))

    remember_file(files[0])

    assert recent_files() == ()
