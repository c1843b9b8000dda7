"""Asking for looks as the server does, in this thread."""

from typing import Any

from cnnstudio.core.looks import LookRequest
from cnnstudio.core.requests import Reply
from cnnstudio.engine.control import Control
from cnnstudio.engine.side_work import do, guarded


def ask(request: LookRequest, training: Control | None = None, control: Control | None = None) -> list[Reply]:
    """All that comes back, failures as messages."""
    heard: list[Reply] = []
    guarded(heard.append, lambda: do(request, heard.append, control or Control(), lambda: training))
    return heard


def one(request: LookRequest, kind: type[Any], training: Control | None = None) -> Any:
    """The answer of a look that has one."""
    heard = [reply for reply in ask(request, training) if isinstance(reply, kind)]
    assert len(heard) == 1, ask(request, training)
    return heard[0]
