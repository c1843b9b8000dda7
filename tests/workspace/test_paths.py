"""Folders follow the environment at the moment they are asked for."""

from collections.abc import Callable
from pathlib import Path

import pytest

from cnnstudio.workspace import paths

FOLDERS = [
    ("CNNSTUDIO_DATA", paths.data_dir),
    ("CNNSTUDIO_RUNS", paths.runs_dir),
    ("CNNSTUDIO_CONFIG", paths.config_dir),
    ("CNNSTUDIO_CACHE", paths.cache_dir),
]


@pytest.mark.parametrize(("variable", "folder"), FOLDERS, ids=[name for name, _ in FOLDERS])
def test_the_environment_decides(
    variable: str, folder: Callable[[], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, str(tmp_path / "there"))
    assert folder() == tmp_path / "there"
    assert not folder().exists()

    monkeypatch.setenv(variable, "~/mine")
    assert folder() == Path.home() / "mine"

    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(variable, "relative")
    assert folder() == tmp_path / "relative"

    for nothing in ("", None):
        monkeypatch.delenv(variable) if nothing is None else monkeypatch.setenv(variable, nothing)
        assert folder().is_absolute()
        assert "cnnstudio" in str(folder())


def test_the_environment_wins_over_the_chosen_data_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert paths.data_dir(tmp_path / "chosen") != tmp_path / "chosen"
    monkeypatch.delenv("CNNSTUDIO_DATA")
    assert paths.data_dir(tmp_path / "chosen") == tmp_path / "chosen"
    assert paths.data_dir("") == paths.data_dir()
