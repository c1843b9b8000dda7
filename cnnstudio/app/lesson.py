"""What the Learn workspace works on: an image's way through the open network, traced in the background."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal, Slot

from cnnstudio.app.background import BackgroundCall
from cnnstudio.core.block import Layer
from cnnstudio.core.document import Document, Node, walk
from cnnstudio.core.fault import Fault

if TYPE_CHECKING:
    from cnnstudio.numpy_engine.layer import Array
    from cnnstudio.numpy_engine.trace import Passage, Trace


_MOST_MACS = 2_000_000_000

Tell = Callable[[Any], None]
"""Tells in the main thread what was found."""


@dataclass(frozen=True, slots=True, eq=False)
class Subject:
    """What is traced: one image (C, H, W) as the network gets it, its class, and weights.

    ``weights`` by PyTorch's names, or the file that they lie in (safetensors); None: as they are before
    training.
    """

    document: Document
    image: Array
    label: int
    weights: Mapping[str, Array] | Path | None = None
    labelled: bool = True
    """Whether that is known; else the class stands in for it, so that there is a loss."""
    companions: Array | None = None
    """Other images (N, C, H, W) that make a batch with it, for what is different in training."""


class Lesson(QObject):
    """Traces the latest subject; an earlier one that is still at work is forgotten."""

    traced = Signal(object, object)
    """The :class:`Subject` and its :class:`~cnnstudio.numpy_engine.trace.Trace`."""
    failed = Signal(object, str)
    """The subject, and one sentence."""
    batched = Signal(object, object)
    """The subject, and what each batch norm meets, by node and repetition; not of large networks."""
    reconsidered = Signal(object, object)
    """A changed block and its :class:`~cnnstudio.numpy_engine.trace.Passage`, or a sentence in its place."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._call: BackgroundCall | None = None
        self._tell: Tell = _nobody
        self._waiting: deque[tuple[Callable[[], object], Tell]] = deque()
        self._latest: Subject | None = None

    def take(self, subject: Subject) -> None:
        """Traces it; :attr:`traced` or :attr:`failed` tells."""
        self._latest = subject
        self._waiting.clear()
        wanted = partial(self._is_latest, subject)
        self._waiting.append((lambda: _traced(subject, wanted), partial(self._tell_traced, subject)))
        self._go_on()

    def reconsider(self, block: Layer, passage: Passage) -> None:
        """What a changed block makes of the same input; :attr:`reconsidered` tells."""
        tell = partial(self.reconsidered.emit, block)
        self._waiting.append((lambda: _reconsidered(block, passage), tell))
        self._go_on()

    def close(self) -> None:
        """Gives up what is at work, and waits for it to notice."""
        self._latest = None
        self._waiting.clear()
        self._tell = _nobody
        if self._call is not None:
            self._call.wait()

    def _is_latest(self, subject: Subject) -> bool:
        return self._latest is subject

    def _go_on(self) -> None:
        """One thing at a time."""
        if self._call is None and self._waiting:
            work, self._tell = self._waiting.popleft()
            self._call = BackgroundCall(work)
            self._call.finished.connect(self._on_finished)
            self._call.begin()

    @Slot()
    def _on_finished(self) -> None:
        call, self._call = self._call, None
        tell, self._tell = self._tell, _nobody
        if call is None:
            return
        if call.error is None:
            tell(call.answer)
        self._go_on()
        if call.error is not None:  # one that nobody thought of
            raise call.error

    def _tell_traced(self, subject: Subject, found: Trace | str | None) -> None:
        if found is None or subject is not self._latest:
            return
        if isinstance(found, str):
            self.failed.emit(subject, found)
            return
        wanted = partial(self._is_latest, subject)
        self._waiting.appendleft((lambda: _met(subject, wanted), partial(self._tell_met, subject)))
        self.traced.emit(subject, found)

    def _tell_met(self, subject: Subject, found: object) -> None:
        if found is not None and subject is self._latest:
            self.batched.emit(subject, found)


def _nobody(_: Any) -> None:
    """Hears what nobody waits for any more."""


def _traced(subject: Subject, wanted: Callable[[], bool]) -> Trace | str | None:
    """In a thread of its own: the trace, or one sentence why there is none; None where nobody wants it."""
    import numpy as np

    from cnnstudio.codegen import CannotGenerate
    from cnnstudio.numpy_engine.trace import Unwanted, trace

    try:
        return trace(
            subject.document,
            _weights(subject.weights),
            subject.image[None],
            np.array([subject.label], dtype=np.int64),
            wanted,
        )
    except Unwanted:
        return None
    except (CannotGenerate, ValueError, NotImplementedError, MemoryError, OSError) as error:
        return str(error)


def _met(subject: Subject, wanted: Callable[[], bool]) -> object:
    """In a thread of its own: what each batch norm meets in a batch; None where there is nothing to tell."""
    import numpy as np

    from cnnstudio.core.infer import infer
    from cnnstudio.numpy_engine.trace import Unwanted, in_batch

    if subject.companions is None or not any(_is_batch_norm(node) for node in walk(subject.document.body)):
        return None
    batch = np.concatenate([subject.image[None], subject.companions])
    if infer(subject.document).body.macs * len(batch) > _MOST_MACS:
        return None
    with suppress(Unwanted, MemoryError):
        return in_batch(subject.document, _weights(subject.weights), batch, wanted)
    return None


def _reconsidered(block: Layer, passage: Passage) -> Passage | Fault | str:
    """In a thread of its own."""
    from cnnstudio.numpy_engine.trace import what_if

    try:
        return what_if(block, passage)
    except Fault as fault:
        return fault
    except MemoryError as error:
        return str(error)


def _is_batch_norm(node: Node) -> bool:
    return type(node.block).__name__ == "BatchNorm2d"


def _weights(weights: Mapping[str, Array] | Path | None) -> Mapping[str, Array] | None:
    """Read where they lie in a file; raises ``OSError`` and ``ValueError`` with a sentence."""
    if not isinstance(weights, Path):
        return weights
    from safetensors import SafetensorError
    from safetensors.numpy import load_file

    try:
        loaded: Mapping[str, Array] = load_file(weights)
    except SafetensorError as error:
        raise ValueError(
            f"{weights} holds no weights that can be read ({error}): choose another run."
        ) from error
    return loaded
