"""The epochs of one or several runs as one CSV table, for spreadsheets and scripts."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import fields
from pathlib import Path

from cnnstudio.workspace.atomic import write_text
from cnnstudio.workspace.runs.folder import RunFolder
from cnnstudio.workspace.runs.following import EpochPoint, Followed
from cnnstudio.workspace.runs.listing import short_line

_COLUMNS = tuple(f.name for f in fields(EpochPoint))


def metrics_table(runs: Iterable[Path]) -> str:
    """A line an epoch, with the run's folder first; empty cells are what is not known."""
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\n")
    table.writerow(("run", *_COLUMNS))
    for path in runs:
        followed = Followed(RunFolder(path).metrics, steps=False)
        followed.look()
        for epoch in followed.epochs:
            table.writerow((_harmless(path.name), *(getattr(epoch, name) for name in _COLUMNS)))
    return out.getvalue()


def write_metrics_table(runs: Iterable[Path], file: Path) -> None:
    """Write the table; `OSError` when the disk refuses."""
    write_text(file, metrics_table(runs))


def _harmless(text: str) -> str:
    """A spreadsheet must not take a folder's name for a formula."""
    text = short_line(text)
    return f"'{text}" if text[:1] in tuple("=+-@") else text
