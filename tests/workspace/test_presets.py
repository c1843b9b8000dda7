"""The shipped networks are listed in their order, and each can be read."""

from pathlib import Path

import pytest

from cnnstudio.workspace import presets
from cnnstudio.workspace.datasets import DATASET_IDS
from cnnstudio.workspace.errors import PresetError


def test_all_presets_ship_in_the_order_of_the_list() -> None:
    assert presets.preset_ids()[: len(presets.PRESET_IDS)] == presets.PRESET_IDS


@pytest.mark.parametrize("id", presets.preset_ids())
def test_each_can_be_read_names_its_source_and_a_data_set_we_have(id: str) -> None:
    document = presets.load_preset(id)

    assert document.name
    assert document.source
    assert document.training.dataset in DATASET_IDS


@pytest.mark.parametrize(
    ("id", "named"),
    [("resnet20", "resnet50"), ("../presets/vgg16", "vgg16"), ("VGG16", "vgg16"), ("", "fashion-dnn")],
)
def test_an_unknown_id_names_those_that_are_near(id: str, named: str) -> None:
    with pytest.raises(PresetError, match=f"There is no preset '{id}': choose one of .*{named}"):
        presets.load_preset(id)


def test_a_preset_that_is_not_in_the_list_comes_last(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for id in ("zz-mine", "vgg16", "a-mine", "alexnet"):
        (tmp_path / f"{id}.cnn.json").touch()
    (tmp_path / "notes.txt").touch()
    monkeypatch.setattr(presets, "presets_dir", lambda: tmp_path)

    assert presets.preset_ids() == ("alexnet", "vgg16", "a-mine", "zz-mine")


@pytest.mark.parametrize("data", [b"", b"{}", b"\xff\xfe", b'{"format": "cnnstudio", "version": 99}'])
def test_a_damaged_preset_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, data: bytes) -> None:
    (tmp_path / "mine.cnn.json").write_bytes(data)
    monkeypatch.setattr(presets, "presets_dir", lambda: tmp_path)

    with pytest.raises(PresetError, match="The preset mine"):
        presets.load_preset("mine")
