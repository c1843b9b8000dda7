"""The training loop. Thin for now."""

from __future__ import annotations

from collections.abc import Callable

from cnnstudio.core.messages import Failed, Message
from cnnstudio.core.requests import Job
from cnnstudio.engine.control import Control


def run(job: Job, emit: Callable[[Message], None], control: Control) -> Failed:
    """Not there yet."""
    failed = Failed("The engine cannot train yet.")
    emit(failed)
    return failed
