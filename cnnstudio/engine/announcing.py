"""What a training says of itself: how it was set up, and how an epoch went."""

from __future__ import annotations

from collections.abc import Iterable

from cnnstudio.core.messages import Epoch, Held, Started
from cnnstudio.engine.build import Network, head_names
from cnnstudio.engine.checkpoint import Progress
from cnnstudio.engine.data import Feed
from cnnstudio.engine.evaluate import Score
from cnnstudio.engine.prepare import Prepared, class_counts

Choices = tuple[tuple[str, str], ...]
"""What was chosen, by name."""


def held_of(feed: Feed) -> Held:
    """Which images each epoch is tested on."""
    return "validation" if feed.val_images else "test"


def started(
    prepared: Prepared,
    network: Network,
    feed: Feed,
    *,
    epochs: int,
    steps_per_epoch: int,
    first_epoch: int,
    choices: Choices,
) -> Started:
    """The first thing that is said."""
    return Started(
        run=str(prepared.folder.path),
        device=prepared.record.device,
        epochs=epochs,
        steps_per_epoch=steps_per_epoch,
        train_images=feed.train_images,
        test_images=feed.test_images,
        class_names=prepared.dataset.class_names,
        first_epoch=first_epoch,
        choices=choices,
        val_images=feed.val_images,
        val_split=held_of(feed),
        heads=head_names(prepared.document, network.generated),
        class_counts=class_counts(prepared.dataset),
    )


def chosen(choices: Iterable[tuple[str, str]], *, fused: bool, precision: str, compiled: str) -> Choices:
    """What was measured and decided before the first step; ``compiled`` is empty where nobody asked."""
    return (
        *choices,
        ("optimizer", "fused" if fused else "plain"),
        ("precision", precision),
        *((("compiled", compiled),) if compiled else ()),
    )


def epoch_message(
    progress: Progress, score: Score, held: Held, *, lr: float, seconds: float, best_epoch: int
) -> Epoch:
    """How the epoch went that ``progress`` has come to the end of."""
    sums = progress.sums
    return Epoch(
        epoch=progress.epoch,
        step=progress.step,
        train_loss=sums.mean_loss,
        train_accuracy=sums.accuracy,
        val_loss=score.loss,
        val_accuracy=score.accuracy,
        lr=lr,
        seconds=seconds,
        images_per_second=progress.images_per_second,
        best_epoch=best_epoch,
        val_split=held,
        heads=sums.mean_heads,
    )
