from pathlib import Path

import pytest
import torch
from torch import nn

from cnnstudio.engine.checkpoint import (
    Checkpoint,
    Progress,
    checkpoint_path,
    load,
    load_weights,
    random_state,
    restore_random_state,
    save,
)
from cnnstudio.engine.errors import EngineError
from cnnstudio.engine.meter import Sums
from cnnstudio.workspace.runs import RunFolder


def saved(path: Path) -> tuple[RunFolder, nn.Module]:
    module = nn.Linear(3, 2)
    folder = RunFolder(path)
    progress = Progress(epoch=3, position=4, step=99, sums=Sums(1.25, 7, 20), best_accuracy=0.5)
    state = random_state(torch.device("cpu"))
    save(folder, Checkpoint(progress, module.state_dict(), {"param_groups": []}, state, 1, True))
    return folder, module


def test_what_is_saved_comes_back(tmp_path: Path) -> None:
    folder, module = saved(tmp_path)
    expected = torch.rand(4)
    found = load(folder)
    assert found.progress == Progress(epoch=3, position=4, step=99, sums=Sums(1.25, 7, 20), best_accuracy=0.5)
    assert torch.equal(found.model["weight"], module.weight)
    assert found.channels_last
    restore_random_state(found.random, torch.device("cpu"))
    assert torch.equal(torch.rand(4), expected)


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


@pytest.mark.parametrize("damage", [b"", b"PK\x03\x04 not a checkpoint", b"cos\nsystem\n(S'false'\ntR."])
def test_a_damaged_checkpoint_is_named(tmp_path: Path, damage: bytes) -> None:
    folder, _ = saved(tmp_path)
    checkpoint_path(folder).write_bytes(damage)
    with pytest.raises(EngineError, match=r"last\.pt"):
        load(folder)


def test_a_checkpoint_that_would_execute_something_is_refused(tmp_path: Path) -> None:
    folder, _ = saved(tmp_path)
    torch.save({"version": 1, "model": Harmful()}, checkpoint_path(folder))
    with pytest.raises(EngineError, match="is no checkpoint"):
        load(folder)
    assert not (tmp_path / "harm").exists()


class Harmful:
    def __reduce__(self) -> object:
        return (Path.touch, (Path("harm"),))
