"""One step of training: forward, backward, update."""

from __future__ import annotations

import numpy as np

from cnnstudio.core.document import Document
from cnnstudio.numpy_engine.flat import Flat
from cnnstudio.numpy_engine.layer import Array
from cnnstudio.numpy_engine.loss import Labels
from cnnstudio.numpy_engine.network import Network
from cnnstudio.numpy_engine.optimizers import make_optimizer


class TrainingStep:
    """A network by the fast path, with its weights in one vector and its optimizer."""

    def __init__(
        self,
        document: Document,
        seed: int | None = None,
        dtype: type[np.floating] = np.float32,
        threads: int = 1,
    ) -> None:
        self.network = Network(document, seed, dtype)
        self.network.share_out(threads)
        self._flat = Flat(self.network.modules)
        self.optimizer = make_optimizer(document.training.optimizer)
        self._clip_norm = document.training.clip_norm

    def take(self, images: Array, labels: Labels) -> tuple[float, Array]:
        """Learns from images (N, C, H, W); gives the main loss and the logits (N, classes)."""
        told = self.differentiate(images, labels)
        self.update()
        return told

    def differentiate(self, images: Array, labels: Labels) -> tuple[float, Array]:
        """The first half of :meth:`take`: gives the same, and leaves the gradients in the layers."""
        loss = self.network.loss(images, labels, self.optimizer.steps)
        self.network.backward()
        self._flat.gather()
        return loss, self.network.logits

    def update(self) -> None:
        """The second half: follows the gradients, clipped."""
        gradients = self._flat.gradients
        if self._clip_norm:
            _shorten(gradients, self._clip_norm)
        self.optimizer.update(self._flat.weights, gradients)


def _shorten(gradients: Array, most: float) -> None:
    """As torch.nn.utils.clip_grad_norm_: all gradients together are at most so long."""
    length = float(np.sqrt(np.vdot(gradients, gradients)))
    gradients *= min(1.0, most / (length + 1e-6))
