"""Settings survive, and a damaged file costs no more than the settings in it."""

import json
from dataclasses import fields
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnstudio.workspace import paths
from cnnstudio.workspace.settings import Settings, load_settings, save_settings


def test_a_fresh_machine_has_the_defaults() -> None:
    assert load_settings() == Settings(theme="system", shape_order="HWC", device="auto")


def test_what_is_saved_is_loaded() -> None:
    mine = Settings(
        theme="dark", shape_order="NCHW", device="cpu", data_folder="/데이터", window_geometry="AdnQ\n=="
    )

    save_settings(mine)

    assert load_settings() == mine
    assert json.loads((paths.config_dir() / "settings.json").read_text("utf-8"))["theme"] == "dark"


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '"dark"', "\x00", "[" * 5000], ids=repr)
def test_a_damaged_file_gives_the_defaults(tmp_path: Path, text: str) -> None:
    path = tmp_path / "settings.json"
    path.write_text(text, "utf-8")

    assert load_settings(path) == Settings()


def test_a_wrong_value_costs_only_itself(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    path.write_text('{"theme": "pink", "device": 3, "shape_order": "NCHW", "from_the_future": true}')

    assert load_settings(path) == Settings(shape_order="NCHW")


values = st.none() | st.booleans() | st.integers() | st.text(max_size=10) | st.lists(st.text(max_size=3))


@given(saved=st.dictionaries(st.sampled_from([field.name for field in fields(Settings)]) | st.text(), values))
def test_any_object_gives_usable_settings_that_can_be_saved(
    tmp_path_factory: pytest.TempPathFactory, saved: dict[str, object]
) -> None:
    path = tmp_path_factory.getbasetemp() / "settings.json"
    path.write_text(json.dumps(saved), "utf-8")

    loaded = load_settings(path)
    save_settings(loaded, path)

    assert load_settings(path) == loaded
    assert loaded.theme in ("system", "light", "dark")


def test_the_data_folder_follows_setting_and_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    mine = Settings(data_folder=str(Path.home() / "images"))
    assert mine.data_dir() == paths.data_dir()
    monkeypatch.delenv("CNNSTUDIO_DATA")
    assert mine.data_dir() == Path.home() / "images"
