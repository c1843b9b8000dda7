"""A whole training: plain Python, without Qt, called by the command line and by the engine process alike."""

from __future__ import annotations

import contextlib
from functools import partial
from pathlib import Path

from cnnstudio.codegen import generate
from cnnstudio.core.messages import Failed, Finished
from cnnstudio.core.requests import Job
from cnnstudio.engine.control import Control
from cnnstudio.engine.crew import ALONE, Alone, join
from cnnstudio.engine.expectations import Usage, note
from cnnstudio.engine.failure import explain
from cnnstudio.engine.fitting import fitting_batch
from cnnstudio.engine.journal import note_failure, note_result
from cnnstudio.engine.loop import Training
from cnnstudio.engine.prepare import Emit, Prepared
from cnnstudio.engine.system_memory import give_back, trim
from cnnstudio.workspace.datasets import Cancelled
from cnnstudio.workspace.errors import RunError
from cnnstudio.workspace.paths import runs_dir
from cnnstudio.workspace.runs import RunFolder, RunRecord


def run(job: Job, emit: Emit, control: Control) -> Finished | Failed:
    """Trains until the end, a stop or an error; the last message is also what comes back.

    ``emit`` gets the messages of :mod:`cnnstudio.core.messages` in this thread; ``control`` may be used from
    any. Whatever goes wrong is a ``Failed`` message, and the last checkpoint is kept.
    """
    crew, usage = ALONE, Usage()
    try:
        crew = join()
        prepared = crew.prepare(job, emit, control)
        trim()  # reading has left pieces of freed memory: 65 MB of CIFAR-10
    except Cancelled:
        # What was called off before it began is no run that could be gone on with.
        begun = job.run if job.run and RunFolder(Path(job.run)).record.is_file() else ""
        outcome: Finished | Failed = Finished(begun, 0, 0.0, 0.0, 0, 0.0, stopped=True)
    except Exception as error:
        outcome = explain(error, None, folder=Path(job.run) if job.run else runs_dir())
    else:
        try:
            outcome = _run(prepared, emit, control, crew)
            with contextlib.suppress(Exception):  # the run itself is well
                note(prepared, usage)
        finally:
            if prepared.lock is not None:
                prepared.lock.release()
    crew.leave()
    give_back()
    emit(outcome)
    return outcome


def _run(prepared: Prepared, emit: Emit, control: Control, crew: Alone) -> Finished | Failed:
    folder = prepared.folder
    try:
        finished = Training(prepared, emit, control, crew).run()
        note_result(folder, _present_record(prepared), finished)
    except Exception as error:
        control.live = None  # what its network takes is wanted for trying which batch fits
        failed = crew.explain(error, partial(_explained, prepared, error))
        # The disk may be what failed.
        with contextlib.suppress(Exception):
            note_failure(folder, _present_record(prepared), failed.sentence)
        return failed
    return finished


def _present_record(prepared: Prepared) -> RunRecord:
    """As it stands; begun anew where somebody has deleted the folder: what was learnt shall not be lost."""
    folder = prepared.folder
    try:
        return folder.read_record()
    except RunError:
        folder.write_inputs(prepared.document, generate(prepared.document).source)
        return prepared.record


def _explained(prepared: Prepared, error: Exception) -> Failed:
    return explain(
        error,
        prepared.document,
        folder=prepared.folder.path,
        fitting=lambda: fitting_batch(prepared, error),
    )
