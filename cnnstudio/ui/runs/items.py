"""What stands in a row of the table: a run, or several that repeat each other."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from cnnstudio.core.spread import Spread, spread
from cnnstudio.workspace.runs.listing import RunRow

GROUP = "group:"
LEAST_MEMBERS = 2


@dataclass(frozen=True, slots=True)
class Item:
    """A run; or with ``members`` (paths) a group, whose ``row`` holds the means of its members."""

    row: RunRow
    members: tuple[str, ...] = ()
    best: Spread | None = None
    last: Spread | None = None
    grouped: bool = False
    """Whether the run stands in a group."""

    @property
    def key(self) -> str:
        """The run's path, or the group's own key."""
        return self.row.path

    @property
    def paths(self) -> tuple[str, ...]:
        """The runs that are meant by the row."""
        return self.members or (self.row.path,)

    @property
    def title(self) -> str:
        """``First CNN #3`` with the number at the end of the folder's name; of a group ``First CNN ×5``."""
        return f"{self.row.name} ×{len(self.members)}" if self.members else run_title(self.row)


def run_title(row: RunRow) -> str:
    """The name with the number at the end of the folder's, which tells runs of one name apart."""
    number = re.search(r"_(\d{1,6})$", row.folder_name)
    return f"{row.name} #{number[1]}" if number and row.name != row.folder_name else row.name


def group_item(group: str, rows: Sequence[RunRow]) -> Item:
    """Runs that repeat each other, as one row: means, and what the first one says of the rest."""
    rows = sorted(rows, key=lambda row: (row.seed if row.seed is not None else -1, row.path))
    first = rows[0]
    best = spread(row.best_accuracy for row in rows)
    last = spread(row.last_accuracy for row in rows)
    loss = spread(row.last_loss for row in rows)
    speed = spread(row.images_per_second for row in rows)
    test = spread(row.test_accuracy for row in rows)
    merged = replace(
        first,
        path=GROUP + group,
        started=max(row.started for row in rows),
        status=_status(rows),
        problem=next((row.problem for row in rows if row.problem), ""),
        epochs=min(row.epochs for row in rows),
        best_epoch=None,
        best_accuracy=best.mean if best else None,
        last_accuracy=last.mean if last else None,
        last_loss=loss.mean if loss else None,
        test_accuracy=test.mean if test else None,
        images_per_second=speed.mean if speed else None,
        seconds=None,
        seed=None,
        tags=_shared_tags(rows),
        notes="",
    )
    return Item(merged, tuple(row.path for row in rows), best, last)


def _status(rows: Iterable[RunRow]) -> str:
    """What most needs to be known."""
    found = {row.status for row in rows}
    order = ("running", "paused", "failed", "interrupted", "unreadable", "stopped", "finished")
    return next((status for status in order if status in found), "finished")


def _shared_tags(rows: Sequence[RunRow]) -> tuple[str, ...]:
    return tuple(tag for tag in rows[0].tags if all(tag in row.tags for row in rows))
