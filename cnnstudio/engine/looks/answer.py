"""Which look answers which request."""

from __future__ import annotations

from collections.abc import Callable

from cnnstudio.core.looks import LookReply, LookRequest
from cnnstudio.core.messages import Preparing
from cnnstudio.engine.control import Control
from cnnstudio.engine.errors import EngineError

Post = Callable[[LookReply | Preparing], None]


def answer(
    request: LookRequest, post: Post, control: Control, training: Callable[[], Control | None]
) -> None:
    """Tells all that the request asks for; raises what hinders it, and `Cancelled`."""
    raise EngineError("This look is not there yet.")
