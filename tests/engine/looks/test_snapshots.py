"""What a run keeps of its epochs: enough to look at, never more than a bound."""

from itertools import pairwise
from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from safetensors.torch import load_file

from cnnstudio.core.requests import Job
from cnnstudio.engine.control import Control
from cnnstudio.engine.looks import snapshots
from cnnstudio.engine.looks.snapshots import MOST_VALUES, has_place, kept_part, thin
from cnnstudio.engine.train import run
from cnnstudio.workspace.runs import RunFolder
from cnnstudio.workspace.runs.kept import kept_filters, kept_weights, numbered, numbered_path
from tests.engine.tiny import LIMIT, Heard, document

shapes = st.tuples(st.integers(1, 600), st.integers(1, 600), st.integers(1, 11))


@given(shapes)
def test_a_convolution_is_cut_to_a_bound(shape: tuple[int, int, int]) -> None:
    out, channels, kernel = shape
    kept = kept_part(torch.zeros(1, 1, 1, 1).expand(out, channels, kernel, kernel))
    assert kept.numel() <= MOST_VALUES or kept.shape[1] == 1
    assert kept.shape[2:] == (kernel, kernel)
    assert kept.shape[0] == min(out, 64)
    if out <= 64 and out * channels * kernel * kernel <= MOST_VALUES:
        assert kept.shape[1] == channels


@pytest.mark.parametrize("places", [2, 10, 64])
def test_kept_epochs_lie_evenly_however_long_a_run_goes_on(tmp_path: Path, places: int) -> None:
    written = 0
    for epoch in range(700):
        if has_place(epoch, places):
            numbered_path(tmp_path, epoch).touch()
            thin(tmp_path, epoch, places)
            written += 1
        if epoch % 50 == 49 or epoch < 20:
            left = list(numbered(tmp_path))
            assert left[0] == 0
            assert len({after - before for before, after in pairwise(left)}) <= 1
            assert min(places, epoch + 1) / 2 <= len(left) <= places
    assert written < places * 10, "the longer, the seldomer"


def test_a_large_network_keeps_filters_but_no_weights(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(snapshots, "WEIGHT_BYTES", 4000)
    run(Job(document(epochs=3), run=str(tmp_path / "a"), limit=LIMIT), Heard(), Control())
    folder = RunFolder(tmp_path / "a")
    assert set(kept_weights(folder).values()) <= {folder.weights, folder.best_weights}
    assert 3 in kept_weights(folder)
    assert list(kept_filters(folder)) == [0, 1, 2, 3]


def test_a_run_that_is_gone_on_with_keeps_what_it_had(tmp_path: Path) -> None:
    path = str(tmp_path / "a")
    run(Job(document(), run=path, limit=LIMIT), Heard(), Control())
    began = load_file(kept_weights(RunFolder(tmp_path / "a"))[0])
    run(Job(None, run=path, resume=True, epochs=4), Heard(), Control())
    kept = kept_weights(RunFolder(tmp_path / "a"))
    assert list(kept) == list(kept_filters(RunFolder(tmp_path / "a"))) == [0, 1, 2, 3, 4]
    assert all(torch.equal(load_file(kept[0])[name], value) for name, value in began.items())


def test_a_full_disk_does_not_end_a_training(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(snapshots, "write_weights", refuse)
    outcome = run(Job(document(), run=str(tmp_path / "a"), limit=LIMIT), Heard(), Control())
    assert getattr(outcome, "epochs", 0) == 2
