"""Where the images of a run lie."""

from __future__ import annotations

from pathlib import Path

from cnnstudio.workspace import datasets
from cnnstudio.workspace.paths import data_dir
from cnnstudio.workspace.runs.record import RunRecord


def folder_of_run(wanted: str | None, record: RunRecord) -> Path:
    """Where a run's images are: where somebody says, or where they were, or, if published, where all are."""
    usual = data_dir()
    before = record.options.get("data_dir")
    if wanted or not before:
        return Path(wanted) if wanted else usual
    folder = Path(str(before))
    known = record.dataset in datasets.DATASET_IDS and datasets.dataset(record.dataset).downloadable
    if known and not datasets.is_present(record.dataset, folder):
        return usual if datasets.is_present(record.dataset, usual) or not folder.is_dir() else folder
    return folder
