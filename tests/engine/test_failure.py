import errno
from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from cnnstudio.engine.errors import EngineError
from cnnstudio.engine.failure import explain
from cnnstudio.engine.fitting import candidates
from tests.engine.tiny import document


@pytest.mark.parametrize(
    "error",
    [
        torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20.00 MiB"),
        RuntimeError("DefaultCPUAllocator: can't allocate memory: 9 bytes"),
        MemoryError(),
    ],
)
def test_memory_that_runs_out_suggests_a_batch_size(error: Exception) -> None:
    failed = explain(error, document(batch_size=100))
    assert failed.sentence == "Memory ran out with 100 images a batch: try a batch size of 50."
    assert failed.detail
    assert "smaller network" in explain(error, document(batch_size=1)).sentence
    assert "close other programs" in explain(error, None).sentence


@pytest.mark.parametrize(
    ("found", "sentence"),
    [
        (16, "Memory ran out with 100 images a batch: a batch size of 16 fits."),
        (None, "Memory ran out with a batch of one image: use a smaller input or a smaller network."),
        (100, "Memory ran out, though a step with 100 images fits: close other programs, or train on fewer"),
    ],
)
def test_memory_that_runs_out_names_the_batch_size_that_was_tried(found: int | None, sentence: str) -> None:
    failed = explain(MemoryError(), document(batch_size=100), fitting=lambda: found)
    assert failed.sentence.startswith(sentence)


def test_a_trial_that_fails_leaves_a_guess() -> None:
    def fitting() -> int:
        raise RuntimeError("no device")

    assert "batch size" in explain(MemoryError(), document(batch_size=100), fitting=fitting).sentence


@given(batch=st.integers(1, 65_536), estimate=st.none() | st.integers(0, 100_000))
def test_batch_sizes_are_tried_downwards_and_one_image_at_last(batch: int, estimate: int | None) -> None:
    sizes = candidates(batch, estimate)
    assert sizes == sorted(set(sizes), reverse=True)
    assert sizes[-1] == 1
    assert all(size == batch or size & (size - 1) == 0 for size in sizes)
    if estimate is None:
        assert sizes[0] == batch


def test_a_full_disk_is_told_as_such() -> None:
    error = OSError(errno.ENOSPC, "No space left on device", ".last.pt.12.part")
    assert explain(error, document(), folder=Path("runs/7")).sentence == (
        "The disk is full at runs/7: make room, then resume the run from its last checkpoint."
    )
    assert explain(error, None, folder=Path("runs")).sentence == (
        "The disk is full at runs: make room, then start again."
    )


def test_known_errors_need_no_traceback() -> None:
    failed = explain(EngineError("There is no such thing."), None)
    assert (failed.sentence, failed.detail) == ("There is no such thing.", "")


def test_unknown_errors_carry_their_traceback() -> None:
    failed = explain(KeyError("surprise"), None)
    assert "KeyError: 'surprise'" in failed.sentence
    assert "\n" not in failed.sentence
    assert "KeyError" in failed.detail
