"""One step of training: forward, backward, update."""

from __future__ import annotations

import numpy as np

from cnnstudio.core.document import Document
from cnnstudio.numpy_engine.flat import Flat
from cnnstudio.numpy_engine.layer import Array
from cnnstudio.numpy_engine.network import Network
from cnnstudio.numpy_engine.optimizers import make_optimizer


class TrainingStep:
    """A network by the fast path, with its weights in one vector and its optimizer."""

    def __init__(
        self, document: Document, seed: int | None = None, dtype: type[np.floating] = np.float32
    ) -> None:
        self.network = Network(document, seed, dtype, fast=True)
        self._flat = Flat(self.network.modules)
        self.optimizer = make_optimizer(document.training.optimizer)

    def take(self, images: Array, labels: Array) -> tuple[float, Array]:
        """Learns from images (N, C, H, W); gives the main loss and the logits (N, classes)."""
        loss = self.network.loss(images, labels)
        self.network.backward()
        self.optimizer.update(self._flat.weights, self._flat.gather())
        return loss, self.network.logits
