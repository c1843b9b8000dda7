"""How well a network does on images it has not trained on."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import nn

from cnnstudio.core.document import Document
from cnnstudio.core.infer import infer
from cnnstudio.core.messages import Message, Preparing, Tensor
from cnnstudio.engine.data import Batch, as_bytes
from cnnstudio.engine.failure import is_out_of_memory
from cnnstudio.engine.system_memory import give_back

_BATCH_BYTES = 64 << 20
_MOST_IMAGES = 1000
_QUIET_SECONDS = 0.3
_TELL_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class Score:
    """The mean loss of all images, and how often each class was taken for which."""

    loss: float
    confusion: torch.Tensor
    """(true class, predicted class) int64 counts, on the CPU."""

    @property
    def images(self) -> int:
        """How many images were looked at."""
        return int(self.confusion.sum())

    @property
    def accuracy(self) -> float:
        """From 0 to 1."""
        return int(self.confusion.diagonal().sum()) / max(1, self.images)

    @property
    def class_accuracies(self) -> tuple[float | None, ...]:
        """From 0 to 1 for each class; None for a class without images."""
        hits, totals = self.confusion.diagonal().tolist(), self.confusion.sum(1).tolist()
        return tuple(hit / total if total else None for hit, total in zip(hits, totals))

    def tensor(self) -> Tensor:
        """The counts as a message carries them."""
        return Tensor(tuple(self.confusion.shape), as_bytes(self.confusion))


def evaluate(
    module: nn.Module,
    batches: Iterable[Batch],
    classes: int,
    between: Callable[[], bool] = lambda: True,
    tell: Callable[[int], None] = lambda images: None,
) -> Score | None:
    """The score of a network, in evaluation mode (side heads dropped); its mode is restored.

    ``between`` is called before each batch; None comes back when it returns False. ``tell`` hears after each
    how many images have been looked at.
    """
    done = 0
    was_training = module.training
    module.eval()
    losses: list[torch.Tensor] = []
    counts: torch.Tensor | None = None
    try:
        with torch.inference_mode():
            for images, labels in batches:
                if not between():
                    return None
                logits = module(images)
                losses.append(F.cross_entropy(logits, labels, reduction="sum"))
                pairs = labels * classes + logits.argmax(1)
                counted = torch.bincount(pairs, minlength=classes * classes)
                counts = counted if counts is None else counts + counted
                done += len(labels)
                del images, labels, logits  # or the next batch would be made beside this one
                tell(done)
    finally:
        module.train(was_training)
    if counts is None:
        return Score(0.0, torch.zeros(classes, classes, dtype=torch.int64))
    confusion = counts.cpu().reshape(classes, classes).clone()
    total: float = torch.stack(losses).double().sum().item()
    return Score(total / max(1, int(confusion.sum())), confusion)


def evaluate_where_it_fits(
    module: nn.Module,
    batches: Callable[[int], Iterable[Batch]],
    document: Document,
    between: Callable[[], bool] = lambda: True,
    tell: Callable[[int], None] = lambda images: None,
) -> Score | None:
    """As :func:`evaluate`, with as many images at once as memory holds; ``batches`` gives those of a size."""
    size = test_batch_size(document)
    while True:
        try:
            return evaluate(module, batches(size), document.classes, between, tell)
        except (RuntimeError, MemoryError) as error:
            if size == 1 or not is_out_of_memory(error):
                raise
        give_back()  # the pieces that training has freed may be what is missing
        size = max(1, size // 4)


def telling(emit: Callable[[Message], None], images: int) -> Callable[[int], None]:
    """A ``tell`` that emits how far a test has come, a few times a second; a short one says nothing."""
    next_time = time.perf_counter() + _QUIET_SECONDS

    def tell(done: int) -> None:
        nonlocal next_time
        now = time.perf_counter()
        if now >= next_time and done < images:
            next_time = now + _TELL_SECONDS
            emit(Preparing("test", done=done, total=images))

    return tell


def test_batch_size(document: Document) -> int:
    """How many images to look at together so that the activations stay below 64 MiB.

    With four times as many a test took more memory than the training, and was no quicker on a CPU; only
    ``googlenet-cifar`` was, by a tenth.
    """
    return max(1, min(_MOST_IMAGES, _BATCH_BYTES // infer(document).activation_bytes))
