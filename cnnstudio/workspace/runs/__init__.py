"""Run folders: making, listing, reading and writing them."""

from __future__ import annotations

from cnnstudio.workspace.errors import RunError
from cnnstudio.workspace.runs.folder import Run, RunFolder, create_run, create_run_at, list_runs
from cnnstudio.workspace.runs.metrics import MetricsLog, read_metrics, replace_metrics
from cnnstudio.workspace.runs.record import RunRecord, RunStatus, utc_now

__all__ = [
    "MetricsLog",
    "Run",
    "RunError",
    "RunFolder",
    "RunRecord",
    "RunStatus",
    "create_run",
    "create_run_at",
    "list_runs",
    "read_metrics",
    "replace_metrics",
    "utc_now",
]
