"""What was foretold of a training against what it took, for its record."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import torch

from cnnstudio.core.document import Document
from cnnstudio.core.fileformat import write_document
from cnnstudio.core.messages import Forecast
from cnnstudio.engine.prepare import Prepared
from cnnstudio.engine.system_memory import give_back
from cnnstudio.workspace.errors import WorkspaceError
from cnnstudio.workspace.runs import RunFolder
from cnnstudio.workspace.runs.record import Scalar

_MOST = 20
_remembered: dict[str, Forecast] = {}


def remember(document: Document, limit: int | None, forecast: Forecast) -> None:
    """Keeps a forecast until a training of just this document begins in this process."""
    _remembered[_key(document, limit)] = forecast
    while len(_remembered) > _MOST:
        del _remembered[next(iter(_remembered))]


def recall(document: Document, limit: int | None) -> dict[str, Scalar]:
    """What was foretold of the training, as a record keeps it; nothing where nobody asked."""
    found = _remembered.get(_key(document, limit))
    if found is None:
        return {}
    return {
        "forecast_memory_bytes": found.memory_bytes,
        "forecast_seconds_per_epoch": found.seconds_per_epoch,
    }


def _key(document: Document, limit: int | None) -> str:
    return f"{limit}\n{write_document(document)}"


class Usage:
    """The memory that a training takes at its peak, from here on."""

    def __init__(self) -> None:
        if torch.cuda.is_available():
            for index in range(torch.cuda.device_count()):
                torch.cuda.reset_peak_memory_stats(index)
        give_back()
        self._before = _memory("VmRSS") if _reset_peak() else None

    def peak_bytes(self, device: torch.device) -> int | None:
        """On a GPU all, on the CPU how much more than at the beginning; None where nobody tells."""
        if device.type != "cpu":
            return int(torch.cuda.max_memory_allocated(device)) if device.type == "cuda" else None
        peak = _memory("VmHWM")
        return None if peak is None or self._before is None else max(0, peak - self._before)


def note(prepared: Prepared, usage: Usage) -> None:
    """Adds to a run's record what was foretold of it, among the options, and to its result what it took."""
    folder = prepared.folder
    limit = prepared.record.options.get("limit")
    with suppress(OSError, WorkspaceError, KeyError):  # the run itself is well
        record = folder.read_record()
        foretold = recall(prepared.document, int(limit) if limit else None)
        result = {**record.result, **_measured(folder, usage, prepared.device)}
        folder.write_record(record.with_changes(options={**record.options, **foretold}, result=result))


def _measured(folder: RunFolder, usage: Usage, device: torch.device) -> Mapping[str, Scalar]:
    found: dict[str, Scalar] = {}
    if (peak := usage.peak_bytes(device)) is not None:
        found["memory_bytes"] = peak
    epochs = [line for line in folder.read_metrics() if line.get("kind") == "epoch"]
    if epochs:
        found["seconds_per_epoch"] = epochs[-1]["seconds"] / epochs[-1]["epoch"]
    return found


def _reset_peak() -> bool:
    if sys.platform != "linux":
        return False
    with suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5")
        return True
    return False


def _memory(name: str) -> int | None:
    with suppress(OSError, ValueError, StopIteration):
        lines = Path("/proc/self/status").read_text().splitlines()
        return 1024 * int(next(line for line in lines if line.startswith(name)).split()[1])
    return None
