"""What went wrong, in one sentence for people."""

from __future__ import annotations

import errno
import traceback
from collections.abc import Callable
from pathlib import Path

import torch

from cnnstudio.core.document import Document
from cnnstudio.core.messages import Failed
from cnnstudio.engine.errors import EngineError
from cnnstudio.workspace.errors import WorkspaceError

_MEMORY_WORDS = (
    "out of memory",
    "can't allocate memory",
    "could not create a primitive",  # oneDNN's way to say so
    "not enough memory",
    "failed to allocate",
    "cannot allocate memory",
    "could not create a memory",  # oneDNN's
)
_FULL = {
    errno.ENOSPC: "The disk is full",
    errno.EDQUOT: "Your share of the disk is full",
    errno.EFBIG: "A file may not become that large",
}


Fitting = Callable[[], int | None]
"""Finds the largest batch size that fits, None where not even one image; may fail itself."""


def explain(
    error: Exception,
    document: Document | None,
    *,
    folder: Path | None = None,
    fitting: Fitting | None = None,
) -> Failed:
    """The error as a message; the traceback goes along where the sentence is not the whole story.

    ``folder`` is the run's. ``fitting`` is asked where memory ran out.
    """
    if isinstance(error, EngineError | WorkspaceError):
        return Failed(str(error))
    detail = "".join(traceback.format_exception(error))
    return Failed(_sentence(error, document, folder, fitting), detail)


def _sentence(
    error: Exception, document: Document | None, folder: Path | None, fitting: Fitting | None
) -> str:
    if is_out_of_memory(error):
        return _memory_sentence(document, fitting)
    if isinstance(error, OSError) and error.errno in _FULL:
        # The file itself is often one under a temporary name, which says nothing.
        place = folder or error.filename
        then = "start again" if document is None else "resume the run from its last checkpoint"
        return f"{_FULL[error.errno]}{f' at {place}' if place else ''}: make room, then {then}."
    if isinstance(error, OSError):
        return f"A file could not be read or written ({error}): see that it is there and may be used."
    text = str(error)
    if "Expected more than 1 value per channel" in text:
        return "Batch norm cannot learn from a single value a channel: use a batch size of 2 or more."
    first_line = text.splitlines()[0] if text else "no reason given"
    return f"The engine met an error that it does not know: {type(error).__name__}: {first_line}."


def is_out_of_memory(error: Exception) -> bool:
    """Whether memory ran out, on the device or beside it; the CPU tells only in words."""
    if isinstance(error, torch.OutOfMemoryError | MemoryError):
        return True
    if isinstance(error, OSError) and error.errno == errno.ENOMEM:
        return True
    return isinstance(error, RuntimeError) and any(word in str(error).lower() for word in _MEMORY_WORDS)


def _memory_sentence(document: Document | None, fitting: Fitting | None) -> str:
    if document is None:
        return "Memory ran out: close other programs, or use fewer images."
    batch = document.training.batch_size
    try:
        size = fitting() if fitting else max(1, batch // 2)
    except Exception:  # whatever hinders the trial is no news
        size = max(1, batch // 2)
    if size is None or batch == 1 == size:
        return "Memory ran out with a batch of one image: use a smaller input or a smaller network."
    if size == batch:
        return (
            f"Memory ran out, though a step with {batch} images fits: close other programs,"
            " or train on fewer images."
        )
    fits = f"a batch size of {size} fits" if fitting else f"try a batch size of {size}"
    return f"Memory ran out with {batch} images a batch: {fits}."
