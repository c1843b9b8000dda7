"""``cnnstudio tensorboard``: runs as event files that TensorBoard reads."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

from cnnstudio.cli.table import print_json
from cnnstudio.workspace.runs import list_runs
from cnnstudio.workspace.runs.tensorboard import export_run


def tensorboard(options: Namespace) -> int:
    """Writes each run to a folder of its own below the one that TensorBoard is given."""
    runs = [Path(run) for run in options.runs] or [run.folder.path for run in list_runs()]
    logdir = Path(options.out)
    written = [str(export_run(run, logdir)) for run in runs]
    if options.json:
        print_json({"logdir": str(logdir), "runs": written})
    elif written:
        what = "1 run" if len(written) == 1 else f"{len(written)} runs"
        print(f"Wrote {what} to {logdir}. Look at them with: tensorboard --logdir {logdir}")
    else:
        print("There are no runs yet.")
    return 0
