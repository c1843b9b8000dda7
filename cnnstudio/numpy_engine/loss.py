"""Softmax and cross-entropy in one, since together their gradient is so simple."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnnstudio.numpy_engine.layer import Array

Labels = NDArray[np.integer[Any]]


def log_softmax(logits: Array) -> Array:
    """The logarithms of the probabilities (N, classes); the largest logit is taken off to keep exp small."""
    shifted: Array = logits - logits.max(axis=1, keepdims=True)
    total: Array = np.exp(shifted).sum(axis=1, keepdims=True)
    return shifted - np.log(total)


class SoftmaxWithLoss:
    """The mean cross-entropy of a batch.

    ``smoothing``: the share of certainty that the gradient spreads over all classes (Szegedy et al., 2016);
    the loss that is told is without it.
    """

    def __init__(self, smoothing: float = 0.0) -> None:
        self._smoothing = smoothing

    def forward(self, logits: Array, labels: Labels) -> float:
        """From logits (N, classes) and the numbers of the right classes (N)."""
        log_probabilities = log_softmax(logits)
        self._labels = labels
        self._probabilities = np.exp(log_probabilities)
        return float(-log_probabilities[np.arange(len(labels)), labels].mean())

    def backward(self, weight: float = 1.0) -> Array:
        """The gradient by the logits: what was said, less what is right, over the batch."""
        images, classes = self._probabilities.shape
        gradient: Array = self._probabilities - self._probabilities.dtype.type(self._smoothing / classes)
        gradient[np.arange(images), self._labels] -= 1 - self._smoothing
        gradient *= weight / images
        return gradient
