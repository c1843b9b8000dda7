"""One step of training: forward, backward, update; on several threads, each with its share of the images."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cnnstudio.core.document import Document
from cnnstudio.numpy_engine.fast.team import Team
from cnnstudio.numpy_engine.flat import Gradients, join_weights
from cnnstudio.numpy_engine.layer import Array
from cnnstudio.numpy_engine.loss import Labels
from cnnstudio.numpy_engine.network import Network
from cnnstudio.numpy_engine.optimizers import make_optimizer, pieces

LEAST_IMAGES = 8
"""Of a share: smaller ones are not worth a thread's start."""


@dataclass(frozen=True, slots=True, eq=False)
class _Share:
    """Some of a batch's images, and the network that looks at them; ``of_all`` says which part they are."""

    learner: _Learner
    images: Array
    labels: Labels
    step: int
    of_all: float


class _Learner:
    """A network by the fast path, and its gradients in one vector."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self.gradients = Gradients(network.modules)


class TrainingStep:
    """A network by the fast path, with its weights in one vector and its optimizer.

    Each thread takes its images forward and backward in one go. The update is one thread's: it is many short
    calls, and two threads would wait for Python's lock at each of them, together twice as long as one.
    Results depend on the number of threads, as sums are taken in another order, and on nothing else.
    """

    def __init__(
        self,
        document: Document,
        seed: int | None = None,
        dtype: type[np.floating] = np.float32,
        threads: int = 1,
    ) -> None:
        self.network = Network(document, seed, dtype, fast=True)
        self.optimizer = make_optimizer(document.training.optimizer)
        self._clip_norm = document.training.clip_norm
        self._weights = join_weights(self.network.modules)
        self._learners = [_Learner(self.network)]
        self._learnt: list[Array] = []
        self.share_out(threads)

    @property
    def threads(self) -> int:
        """How many take a share of a batch: 1 where its images do not stand by themselves."""
        return len(self._learners)

    def share_out(self, threads: int) -> None:
        """Uses so many threads from now on, if the network treats each image by itself."""
        several = threads if self.network.treats_images_alone else 1
        twins = [_Learner(self.network.twin()) for _ in range(several - 1)]
        self._learners = [self._learners[0], *twins]
        self._team = Team(several)

    def take(self, images: Array, labels: Labels) -> tuple[float, Array]:
        """Learns from images (N, C, H, W); gives the main loss and the logits (N, classes)."""
        if self._clip_norm:
            told = self.differentiate(images, labels)
            self.update()
            return told
        told = self._look(images, labels)
        self.optimizer.begin(self._weights)
        for piece in pieces(self._weights.size):  # added up and followed while they are in the cache
            self.optimizer.follow(self._weights, self._add_up(piece), piece)
        return told

    def differentiate(self, images: Array, labels: Labels) -> tuple[float, Array]:
        """The first half of :meth:`take`: gives the same, and leaves the gradients in the network."""
        told = self._look(images, labels)
        for piece in pieces(self._weights.size):
            self._add_up(piece)
        return told

    def update(self) -> None:
        """The second half: follows the gradients, clipped."""
        gradients = self._learners[0].gradients.vector
        if self._clip_norm:
            _shorten(gradients, self._clip_norm)
        self.optimizer.update(self._weights, gradients)

    def forward(self, images: Array) -> Array:
        """Logits (N, classes), as in evaluation."""
        shares = self._shares(images, np.zeros(len(images), dtype=np.int64))
        return np.concatenate(self._team.each(_predict, shares))

    def _shares(self, images: Array, labels: Labels) -> list[_Share]:
        """One for each thread, of about the same size; fewer of a small batch."""
        count = max(1, min(len(self._learners), len(images) // LEAST_IMAGES))
        ends = [round(len(images) * i / count) for i in range(count + 1)]
        return [
            _Share(learner, images[a:b], labels[a:b], self.optimizer.steps, (b - a) / max(1, len(images)))
            for learner, a, b in zip(self._learners, ends, ends[1:], strict=False)
        ]

    def _look(self, images: Array, labels: Labels) -> tuple[float, Array]:
        """Forward and backward; each learner that took part is left with its share of the gradients."""
        shares = self._shares(images, labels)
        loss = sum(self._team.each(_differentiate, shares))
        self._learnt = [share.learner.gradients.vector for share in shares]
        return loss, np.concatenate([share.learner.network.logits for share in shares])

    def _add_up(self, piece: slice) -> Array:
        """Makes the first learner's gradients those of all."""
        first, *others = self._learnt
        for other in others:
            first[piece] += other[piece]
        return first


def _differentiate(share: _Share) -> float:
    """A share's part of the mean loss; its gradients are left in its network."""
    network = share.learner.network
    with np.errstate(all="ignore"):  # a loss that is no number says it; each thread has a state of its own
        loss = network.loss(share.images, share.labels, share.step)
        network.backward(share.of_all)
        share.learner.gradients.gather()
    return share.of_all * loss


def _predict(share: _Share) -> Array:
    """Logits of a share's images."""
    with np.errstate(all="ignore"):
        return share.learner.network.forward(share.images)


def _shorten(gradients: Array, most: float) -> None:
    """As torch.nn.utils.clip_grad_norm_: all gradients together are at most so long."""
    length = float(np.sqrt(np.vdot(gradients, gradients)))
    gradients *= min(1.0, most / (length + 1e-6))
