"""What `run.json` says about a run: how it was made, how it stands, what came out."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

RunStatus = Literal["running", "paused", "finished", "stopped", "failed", "interrupted", "unreadable"]
"""`interrupted`: the record says that it runs, but its process is gone; it can be gone on with."""
Scalar = bool | int | float | str | None


class RunRecord(BaseModel):
    """Everything is optional, so that a record of an older or newer version can still be listed.

    `started` and `finished` are ISO 8601 in UTC, empty while unknown. `options` are what the run was asked
    for beyond its document (data folder, limit), `result` what it reached (`test_accuracy` from 0 to 1,
    `best_epoch`). A number that is not finite is kept as null. `problem` is the sentence of a failed run.
    `weights` says which weights are kept: "last", or "best" where early stopping went back to them.
    `labels` is a check sum of the images' labels in their order: a run goes on with the same images only.
    `skipped` names images that could not be read (the first hundred), `skipped_images` counts all of them.
    `parent` is the run whose document this one began with; runs that repeat each other share a `group`.
    """

    model_config = ConfigDict(frozen=True, extra="ignore", defer_build=True)

    version: int = 1
    name: str = ""
    status: RunStatus = "running"
    dataset: str = ""
    seed: int = 0
    device: str = ""
    engine: str = "torch"
    epochs: int = 0
    started: str = ""
    finished: str = ""
    versions: Mapping[str, str] = Field(default_factory=dict)
    options: Mapping[str, Scalar] = Field(default_factory=dict)
    result: Mapping[str, Scalar] = Field(default_factory=dict)
    problem: str = ""
    weights: Literal["last", "best"] = "last"
    train_images: int = 0
    labels: str = ""
    skipped_images: int = 0
    skipped: tuple[str, ...] = ()
    parent: str = ""
    group: str = ""

    def with_changes(self, **changes: object) -> RunRecord:
        """The same record with other values, checked; raises `pydantic.ValidationError`."""
        return RunRecord.model_validate({**self.model_dump(), **changes})


def utc_now() -> str:
    """The time as a record keeps it: `2026-02-14T09:30:00Z`."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
