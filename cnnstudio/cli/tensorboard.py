"""``cnnstudio tensorboard``: runs as event files that TensorBoard reads."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path

from cnnstudio.cli.shell import quoted
from cnnstudio.cli.table import print_json
from cnnstudio.workspace.errors import RunError
from cnnstudio.workspace.runs import list_runs
from cnnstudio.workspace.runs.tensorboard import NoTensorboard, export_run


def tensorboard(options: Namespace) -> int:
    """Writes each run to a folder of its own below the one that TensorBoard is given."""
    logdir = Path(options.out)
    if options.runs:
        written = [str(export_run(Path(run).absolute(), logdir)) for run in options.runs]
    else:
        written = list(_all_runs(logdir))
    if options.json:
        print_json({"logdir": str(logdir), "runs": written})
    elif written:
        what = "1 run" if len(written) == 1 else f"{len(written)} runs"
        print(f"Wrote {what} to {logdir}. Look at them with: tensorboard --logdir {quoted(str(logdir))}")
    else:
        print("There are no runs yet.")
    return 0


def _all_runs(logdir: Path) -> Iterator[str]:
    """One that ended before its first epoch, or is damaged, does not keep the others back."""
    for run in list_runs():
        try:
            yield str(export_run(run.folder.path, logdir))
        except NoTensorboard:
            raise
        except RunError as error:
            print(f"Left out: {error}", file=sys.stderr)
