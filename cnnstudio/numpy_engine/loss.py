"""Softmax and cross-entropy in one, since together their gradient is so simple."""

from __future__ import annotations

import numpy as np

from cnnstudio.numpy_engine.layer import Array


def log_softmax(logits: Array) -> Array:
    """The logarithms of the probabilities (N, classes); the largest logit is taken off to keep exp small."""
    shifted: Array = logits - logits.max(axis=1, keepdims=True)
    total: Array = np.exp(shifted).sum(axis=1, keepdims=True)
    return shifted - np.log(total)


class SoftmaxWithLoss:
    """The mean cross-entropy of a batch."""

    def forward(self, logits: Array, labels: Array) -> float:
        """From logits (N, classes) and the numbers of the right classes (N)."""
        log_probabilities = log_softmax(logits)
        self._labels = labels
        self._probabilities = np.exp(log_probabilities)
        return float(-log_probabilities[np.arange(len(labels)), labels].mean())

    def backward(self, weight: float = 1.0) -> Array:
        """The gradient by the logits: what was said, less what is right, over the batch."""
        gradient = self._probabilities.copy()
        gradient[np.arange(len(gradient)), self._labels] -= 1
        gradient *= weight / len(gradient)
        return gradient
