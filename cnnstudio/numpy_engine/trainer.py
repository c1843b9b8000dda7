"""Training by NumPy alone, as the source's Trainer does it: for scripts and for reading.

The app and the command line train in the engine's loop instead, which also pauses, resumes and keeps runs.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from cnnstudio.core.document import Document
from cnnstudio.numpy_engine.layer import Array
from cnnstudio.numpy_engine.loss import Labels
from cnnstudio.numpy_engine.network import Network
from cnnstudio.numpy_engine.training_step import TrainingStep

Say = Callable[[str], object]
_AT_ONCE = 100


@dataclass(frozen=True, slots=True, eq=False)
class Examples:
    """Images (N, C, H, W) as the network takes them, and the numbers of their classes (N)."""

    images: Array
    labels: Labels

    def __len__(self) -> int:
        return len(self.labels)

    def first(self, count: int | None) -> Examples:
        """The first so many; None: all."""
        return self if count is None else Examples(self.images[:count], self.labels[:count])


@dataclass
class Trainer:
    """Trains the network of a document with the optimizer of its settings.

    ``evaluate_first``: accuracies are measured on the first so many images after each epoch, which saves
    time; after the last epoch the test accuracy is that of all. ``say`` is told a line an epoch.
    """

    document: Document
    train: Examples
    test: Examples
    epochs: int | None = None
    batch_size: int | None = None
    evaluate_first: int | None = None
    seed: int | None = None
    say: Say = lambda line: None
    losses: list[float] = field(default_factory=list)
    """One a step."""
    train_accuracies: list[float] = field(default_factory=list)
    """One an epoch, from 0 to 1, as :attr:`test_accuracies`."""
    test_accuracies: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        settings = self.document.training
        self._epochs = settings.epochs if self.epochs is None else self.epochs
        self._batch_size = settings.batch_size if self.batch_size is None else self.batch_size
        self._random = np.random.default_rng(settings.seed if self.seed is None else self.seed)
        self._step = TrainingStep(self.document, self.seed)

    @property
    def network(self) -> Network:
        """What learns."""
        return self._step.network

    def run(self) -> float:
        """Trains; gives the test accuracy over all test images."""
        for epoch in range(self._epochs):
            order = self._random.permutation(len(self.train))
            for start in range(0, len(order), self._batch_size):
                chosen = order[start : start + self._batch_size]
                loss, _ = self._step.take(self.train.images[chosen], self.train.labels[chosen])
                self.losses.append(loss)
            self.train_accuracies.append(accuracy(self.network, self.train.first(self.evaluate_first)))
            self.test_accuracies.append(accuracy(self.network, self.test.first(self.evaluate_first)))
            self.say(
                f"epoch {epoch + 1}: loss {self.losses[-1]:.4f}, train {self.train_accuracies[-1]:.4f},"
                f" test {self.test_accuracies[-1]:.4f}"
            )
        return accuracy(self.network, self.test)


def accuracy(network: Network, examples: Examples) -> float:
    """The share of images whose largest logit is that of the right class."""
    right = 0
    for start in range(0, len(examples), _AT_ONCE):
        part = slice(start, start + _AT_ONCE)
        right += int((network.forward(examples.images[part]).argmax(axis=1) == examples.labels[part]).sum())
    return right / max(1, len(examples))
