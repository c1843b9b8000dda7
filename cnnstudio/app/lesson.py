"""What the Learn workspace works on: an image's way through the open network, traced in the background."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QRunnable, QThreadPool, Signal, Slot

from cnnstudio.core.block import Layer
from cnnstudio.core.document import Document, Node, walk

if TYPE_CHECKING:
    from cnnstudio.numpy_engine.layer import Array
    from cnnstudio.numpy_engine.trace import Passage, Trace


_MOST_MACS = 2_000_000_000


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
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(1)
        self._pool.setExpiryTimeout(1000)
        self._latest: Subject | None = None

    def take(self, subject: Subject) -> None:
        """Traces it; :attr:`traced` or :attr:`failed` tells."""
        self._latest = subject
        self._pool.clear()
        work = _Work(subject, lambda: self._latest is subject)
        work.told.done.connect(self._on_done)
        work.told.broken.connect(self._on_broken)
        work.batched.done.connect(self._on_batched)
        self._pool.start(work)

    def reconsider(self, block: Layer, passage: Passage) -> None:
        """What a changed block makes of the same input; :attr:`reconsidered` tells."""
        work = _Again(block, passage)
        work.told.done.connect(self.reconsidered)
        self._pool.start(work)

    def close(self) -> None:
        """Gives up what is at work, and waits for it to notice."""
        self._latest = None
        self._pool.clear()
        self._pool.waitForDone()

    def wait(self) -> None:
        """Returns when nothing is at work; the signals come with the next events."""
        self._pool.waitForDone()

    @Slot(object, object)
    def _on_done(self, subject: Subject, trace: Trace) -> None:
        if subject is self._latest:
            self.traced.emit(subject, trace)

    @Slot(object, object)
    def _on_batched(self, subject: Subject, found: object) -> None:
        if subject is self._latest:
            self.batched.emit(subject, found)

    @Slot(object, str)
    def _on_broken(self, subject: Subject, sentence: str) -> None:
        if subject is self._latest:
            self.failed.emit(subject, sentence)


class _Told(QObject):
    done = Signal(object, object)
    broken = Signal(object, str)

    def say_done(self, about: object, found: object) -> None:
        """Unless the window has gone meanwhile."""
        with suppress(RuntimeError):
            self.done.emit(about, found)

    def say_broken(self, about: object, sentence: str) -> None:
        """Unless the window has gone meanwhile."""
        with suppress(RuntimeError):
            self.broken.emit(about, sentence)


class _Work(QRunnable):
    def __init__(self, subject: Subject, wanted: Callable[[], bool]) -> None:
        super().__init__()
        self._subject, self._wanted = subject, wanted
        self.told, self.batched = _Told(), _Told()

    def run(self) -> None:
        """In a thread of the pool."""
        import numpy as np

        from cnnstudio.codegen import CannotGenerate
        from cnnstudio.numpy_engine.trace import Unwanted, trace

        subject = self._subject
        try:
            found = trace(
                subject.document,
                _weights(subject.weights),
                subject.image[None],
                np.array([subject.label], dtype=np.int64),
                self._wanted,
            )
        except Unwanted:
            return
        except (CannotGenerate, ValueError, NotImplementedError, MemoryError, OSError) as error:
            self.told.say_broken(subject, str(error))
        else:
            self.told.say_done(subject, found)
            self._meet_others()

    def _meet_others(self) -> None:
        import numpy as np

        from cnnstudio.core.infer import infer
        from cnnstudio.numpy_engine.trace import Unwanted, in_batch

        subject = self._subject
        if subject.companions is None or not any(
            _is_batch_norm(node) for node in walk(subject.document.body)
        ):
            return
        batch = np.concatenate([subject.image[None], subject.companions])
        if infer(subject.document).body.macs * len(batch) > _MOST_MACS:
            return
        with suppress(Unwanted, MemoryError):
            found = in_batch(subject.document, _weights(subject.weights), batch, self._wanted)
            self.batched.say_done(subject, found)


def _is_batch_norm(node: Node) -> bool:
    return type(node.block).__name__ == "BatchNorm2d"


class _Again(QRunnable):
    def __init__(self, block: Layer, passage: Passage) -> None:
        super().__init__()
        self._block, self._passage = block, passage
        self.told = _Told()

    def run(self) -> None:
        """In a thread of the pool."""
        from cnnstudio.core.fault import Fault
        from cnnstudio.numpy_engine.trace import what_if

        try:
            found: Passage | Fault | str = what_if(self._block, self._passage)
        except Fault as fault:
            found = fault
        except MemoryError as error:
            found = str(error)
        self.told.say_done(self._block, found)


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
