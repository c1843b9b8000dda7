"""A whole training: plain Python, without Qt, called by the command line and by the engine process alike."""

from __future__ import annotations

import contextlib

from cnnstudio.core.messages import Failed, Finished
from cnnstudio.core.requests import Job
from cnnstudio.engine.control import Control
from cnnstudio.engine.failure import explain
from cnnstudio.engine.journal import note_failure, note_result
from cnnstudio.engine.loop import Training
from cnnstudio.engine.prepare import Emit, Prepared, prepare
from cnnstudio.workspace.datasets import Cancelled


def run(job: Job, emit: Emit, control: Control) -> Finished | Failed:
    """Trains until the end, a stop or an error; the last message is also what comes back.

    ``emit`` gets the messages of :mod:`cnnstudio.core.messages` in this thread; ``control`` may be used from
    any. Whatever goes wrong is a ``Failed`` message, and the last checkpoint is kept.
    """
    prepared: Prepared | None = None
    try:
        prepared = prepare(job, emit, control)
        finished = Training(prepared, emit, control).run()
        note_result(prepared.folder, prepared.folder.read_record(), finished)
    except Cancelled:
        finished = Finished(job.run or "", 0, 0.0, 0.0, 0, 0.0, stopped=True)
    except Exception as error:
        failed = explain(error, prepared.document if prepared else job.document)
        if prepared is not None:
            # The disk may be what failed.
            with contextlib.suppress(Exception):
                note_failure(prepared.folder, prepared.folder.read_record(), failed.sentence)
        emit(failed)
        return failed
    emit(finished)
    return finished
