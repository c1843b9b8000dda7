"""What the engine does beside training: every request that has an answer of its own.

Each is imported when it is asked for first. A work tells its answer through ``post``, looks at ``control``
now and then, and may raise; :func:`guarded` turns what it raises into a message.
"""

from __future__ import annotations

import os
import sys
import threading
import traceback
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from cnnstudio.core.looks import LookRequest
from cnnstudio.core.messages import Cancelled, Downloaded, Failed, Preparing
from cnnstudio.core.requests import (
    DescribeData,
    Download,
    FindRate,
    Preflight,
    PreviewAugmentation,
    Reply,
)
from cnnstudio.engine.bystanders import standing_by
from cnnstudio.engine.control import Control

Post = Callable[[Reply], None]
_NICE = 10
Measuring = FindRate | Preflight
"""They take steps: in the main thread, between two trainings."""
Reading = Download | DescribeData | PreviewAugmentation | LookRequest
"""They leave a training alone: each in a thread of its own, while it goes on."""


def do(
    request: Measuring | Reading,
    post: Post,
    control: Control,
    training: Callable[[], Control | None] = lambda: None,
) -> None:
    """Answers the request; raises what hinders it. ``training`` finds the run that trains now."""
    match request:
        case FindRate(job):
            from cnnstudio.engine.find_rate import find_rate

            find_rate(job, post, control)
        case Preflight(job):
            from cnnstudio.engine.forecast import forecast

            post(forecast(job, post, control))
        case beside:
            with standing_by():
                _do_beside(beside, post, control, training)


def _do_beside(
    request: Reading, post: Post, control: Control, training: Callable[[], Control | None]
) -> None:
    match request:
        case Download():
            _download(request, post, control)
        case DescribeData():
            from cnnstudio.engine.describe import describe

            _stand_back()
            post(describe(request, post, control))
        case PreviewAugmentation():
            from cnnstudio.engine.preview import preview

            _stand_back()
            post(preview(request, post, control))
        case look:
            from cnnstudio.engine.looks.answer import answer

            answer(look, post, control, training)


def guarded(post: Post, work: Callable[[], None]) -> None:
    """A request that fails or crashes is told as such and does not end the process."""
    from cnnstudio.engine.errors import EngineError, LastingError
    from cnnstudio.workspace.errors import Cancelled as CalledOff
    from cnnstudio.workspace.errors import DamagedFileError, WorkspaceError

    try:
        work()
    except CalledOff:
        post(Cancelled())
    except DamagedFileError as error:
        post(Failed(str(error), damaged=str(error.path)))
    except (EngineError, WorkspaceError) as error:
        post(Failed(str(error), lasting=isinstance(error, LastingError)))
    except Exception as error:
        sentence = f"The engine met an error that it does not know: {type(error).__name__}: {error}."
        post(Failed(sentence, traceback.format_exc()))


def _stand_back() -> None:
    """A training comes first: this thread, and those that it starts, take what is left of the processor.

    Linux gives each thread a niceness of its own; elsewhere it would be the whole process's. What is asked of
    the main thread is not beside anything.
    """
    beside = threading.current_thread() is not threading.main_thread()
    if beside and sys.platform == "linux":
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICE)


def _download(request: Download, post: Post, control: Control) -> None:
    from cnnstudio.workspace import datasets
    from cnnstudio.workspace.progress import Progress

    def report(progress: Progress) -> None:
        post(Preparing(progress.stage, progress.name, progress.done, progress.total))

    folder = Path(request.data_dir) if request.data_dir else None
    distrusted = frozenset({Path(request.distrusted)} if request.distrusted else ())
    datasets.download(request.dataset, folder, report, control.stopped, distrusted=distrusted)
    post(Downloaded(request.dataset))
