import errno

import pytest
import torch

from cnnstudio.engine.errors import EngineError
from cnnstudio.engine.failure import explain
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
    assert failed.sentence == "Memory ran out with 100 images a batch: try a batch size of 64."
    assert failed.detail
    assert "batch size of 32" in explain(error, document(batch_size=64)).sentence
    assert "smaller network" in explain(error, document(batch_size=1)).sentence


def test_a_full_disk_is_told_as_such() -> None:
    error = OSError(errno.ENOSPC, "No space left on device", "metrics.jsonl")
    assert explain(error, None).sentence.startswith("The disk is full while writing metrics.jsonl: make room")


def test_known_errors_need_no_traceback() -> None:
    failed = explain(EngineError("There is no such thing."), None)
    assert (failed.sentence, failed.detail) == ("There is no such thing.", "")


def test_unknown_errors_carry_their_traceback() -> None:
    failed = explain(KeyError("surprise"), None)
    assert "KeyError: 'surprise'" in failed.sentence
    assert "\n" not in failed.sentence
    assert "KeyError" in failed.detail
