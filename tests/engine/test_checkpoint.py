"""What a run goes on from: whole, the one before, the best; never executed, never undefined."""

import os
import zipfile
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

from cnnstudio.engine.checkpoint import (
    BEST,
    LAST,
    PREVIOUS,
    Checkpoint,
    Progress,
    checkpoint_path,
    exists,
    load,
    load_file,
    random_state,
    restore_random_state,
    save,
)
from cnnstudio.engine.choices import Choices
from cnnstudio.engine.errors import EngineError
from cnnstudio.engine.meter import Sums
from cnnstudio.engine.weights import are_finite, load_weights
from cnnstudio.workspace.runs import RunFolder

PROGRESS = Progress(epoch=3, position=4, step=99, sums=Sums(1.25, 7, 20), best_accuracy=0.5)


def saved(path: Path, progress: Progress = PROGRESS, best: bool = False) -> tuple[RunFolder, nn.Linear]:
    module = nn.Linear(3, 2)
    folder = RunFolder(path)
    state = random_state(torch.device("cpu"))
    made = Checkpoint(
        progress,
        module.state_dict(),
        {"param_groups": []},
        state,
        Choices(1, True),
        schedule={"worse": 2},
        scaler={"scale": 2.0},
    )
    save(folder, made, best=best)
    return folder, module


def test_what_is_saved_comes_back(tmp_path: Path) -> None:
    folder, module = saved(tmp_path)
    expected = torch.rand(4)
    found = load(folder)
    assert found.progress == PROGRESS
    assert torch.equal(found.model["weight"], module.weight)
    assert found.choices == Choices(1, True)
    assert (found.schedule, found.scaler) == ({"worse": 2}, {"scale": 2.0})
    restore_random_state(found.random, torch.device("cpu"))
    assert torch.equal(torch.rand(4), expected)


def test_a_checkpoint_from_before_a_choice_was_known_goes_on_without_it(tmp_path: Path) -> None:
    folder, _ = saved(tmp_path)
    values = torch.load(checkpoint_path(folder), weights_only=True)
    assert (values["threads"], values["channels_last"]) == (1, True)
    del values["phases"], values["products"]
    torch.save(values, checkpoint_path(folder))
    assert load(folder).choices == Choices(1, True)


def test_last_previous_and_best_are_kept(tmp_path: Path) -> None:
    folder, first = saved(tmp_path, Progress(epoch=2), best=True)
    saved(tmp_path, Progress(epoch=3))
    _, third = saved(tmp_path, Progress(epoch=4))
    epochs = {
        name: load_file(checkpoint_path(folder, name)).progress.epoch for name in (LAST, PREVIOUS, BEST)
    }
    assert epochs == {LAST: 4, PREVIOUS: 3, BEST: 2}
    for path, module in ((folder.weights, third), (folder.best_weights, first)):
        found = nn.Linear(3, 2)
        load_weights(path, found)
        assert torch.equal(found.weight, module.weight)
    assert sorted(path.name for path in folder.checkpoints.iterdir()) == [BEST, LAST, PREVIOUS]


def test_weights_fit_the_module_they_come_from_only(tmp_path: Path) -> None:
    folder, module = saved(tmp_path)
    other = nn.Linear(3, 2)
    load_weights(folder.weights, other)
    assert torch.equal(other.weight, module.weight)
    with pytest.raises(EngineError, match="belong to another network"):
        load_weights(folder.weights, nn.Linear(3, 3))
    folder.weights.write_bytes(b"nothing")
    with pytest.raises(EngineError, match="cannot be read"):
        load_weights(folder.weights, other)
    with pytest.raises(EngineError, match="missing"):
        load_weights(tmp_path / "none.safetensors", other)


DAMAGES = [b"", b"PK\x03\x04 not a checkpoint", b"cos\nsystem\n(S'false'\ntR."]


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_checkpoint_is_named(tmp_path: Path, damage: bytes) -> None:
    folder, _ = saved(tmp_path)
    checkpoint_path(folder).write_bytes(damage)
    assert exists(folder)
    with pytest.raises(EngineError, match=r"last\.pt"):
        load(folder)


@pytest.mark.parametrize("damage", [*DAMAGES, None])
def test_the_one_before_stands_in_for_a_damaged_or_lost_one(tmp_path: Path, damage: bytes | None) -> None:
    folder, _ = saved(tmp_path, Progress(epoch=2))
    saved(tmp_path, Progress(epoch=3))
    checkpoint_path(folder).unlink()
    if damage is not None:
        checkpoint_path(folder).write_bytes(damage)
    assert exists(folder)
    assert load(folder).progress.epoch == 2


def test_a_single_flipped_bit_is_noticed(tmp_path: Path) -> None:
    folder, _ = saved(tmp_path)
    path = checkpoint_path(folder)
    with zipfile.ZipFile(path) as archive:
        tensor = max(archive.infolist(), key=lambda entry: entry.file_size)
    whole = path.read_bytes()
    middle = tensor.header_offset + tensor.file_size // 2
    path.write_bytes(whole[:middle] + bytes([whole[middle] ^ 4]) + whole[middle + 1 :])
    with pytest.raises(EngineError, match="check sum"):
        load(folder)


def test_nothing_there_is_told(tmp_path: Path) -> None:
    assert not exists(RunFolder(tmp_path))
    with pytest.raises(EngineError, match="is missing"):
        load(RunFolder(tmp_path))


class Harmful:
    """Unpickled, it leaves a file; that it would is checked."""

    def __init__(self, path: Path) -> None:
        self.path = str(path)

    def __reduce__(self) -> tuple[Any, ...]:
        return os.mkdir, (self.path,)


def test_a_checkpoint_that_would_execute_something_is_refused(tmp_path: Path) -> None:
    folder, _ = saved(tmp_path / "run")
    for name in (LAST, PREVIOUS, BEST):
        torch.save({"version": 1, "model": Harmful(tmp_path / "harm")}, checkpoint_path(folder, name))
        with pytest.raises(EngineError, match="is no checkpoint"):
            load_file(checkpoint_path(folder, name))
    with pytest.raises(EngineError, match="is no checkpoint"):
        load(folder)
    assert not (tmp_path / "harm").exists()
    torch.load(checkpoint_path(folder), weights_only=False)
    assert (tmp_path / "harm").exists()


def test_undefined_and_infinite_numbers_are_seen() -> None:
    good = torch.ones(3)
    assert are_finite([good, torch.arange(3)])
    assert not are_finite([good, torch.tensor([1.0, float("nan")])])
    assert not are_finite([torch.tensor([float("inf"), float("-inf")]), good])
