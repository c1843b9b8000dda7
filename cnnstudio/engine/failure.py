"""What went wrong, in one sentence for people."""

from __future__ import annotations

import errno
import traceback

import torch

from cnnstudio.core.document import Document
from cnnstudio.core.messages import Failed
from cnnstudio.engine.errors import EngineError
from cnnstudio.workspace.errors import WorkspaceError

_MEMORY_WORDS = ("out of memory", "can't allocate memory", "not enough memory", "failed to allocate")


def explain(error: Exception, document: Document | None) -> Failed:
    """The error as a message; the traceback goes along where the sentence is not the whole story."""
    if isinstance(error, EngineError | WorkspaceError):
        return Failed(str(error))
    return Failed(_sentence(error, document), "".join(traceback.format_exception(error)))


def _sentence(error: Exception, document: Document | None) -> str:
    if is_out_of_memory(error):
        return _memory_sentence(document)
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        place = f" while writing {error.filename}" if error.filename else ""
        return f"The disk is full{place}: make room, then resume the run from its last checkpoint."
    if isinstance(error, OSError):
        return f"A file could not be read or written ({error}): the last checkpoint of the run is kept."
    text = str(error)
    if "Expected more than 1 value per channel" in text:
        return "Batch norm cannot learn from a single value a channel: use a batch size of 2 or more."
    first_line = text.splitlines()[0] if text else "no reason given"
    return f"The engine met an error that it does not know: {type(error).__name__}: {first_line}."


def is_out_of_memory(error: Exception) -> bool:
    """Whether memory ran out, on the device or beside it; the CPU tells only in words."""
    if isinstance(error, torch.OutOfMemoryError | MemoryError):
        return True
    return isinstance(error, RuntimeError) and any(word in str(error).lower() for word in _MEMORY_WORDS)


def _memory_sentence(document: Document | None) -> str:
    batch = document.training.batch_size if document is not None else 1
    if batch == 1:
        return "Memory ran out with a batch of one image: use a smaller input or a smaller network."
    half = 1 << ((batch - 1).bit_length() - 1)
    return f"Memory ran out with {batch} images a batch: try a batch size of {half}."
