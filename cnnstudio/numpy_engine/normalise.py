"""Mean 0 and variance 1, then scale and shift: what batch and group normalisation share."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cnnstudio.numpy_engine.layer import Array


@dataclass(frozen=True)
class Normalised:
    """``value = (x − mean) / deviation``. ``moves``: mean and deviation are x's own, and move with it."""

    value: Array
    deviation: Array
    moves: bool

    @classmethod
    def of(cls, x: Array, mean: Array, variance: Array, eps: float, moves: bool) -> Normalised:
        """``eps`` keeps the division away from zero."""
        deviation = np.sqrt(variance + x.dtype.type(eps))
        return cls((x - mean) / deviation, deviation, moves)

    def shaped(self, shape: tuple[int, ...]) -> Normalised:
        """The same values in another shape."""
        return Normalised(self.value.reshape(shape), self.deviation, self.moves)

    def scaled(self, params: dict[str, Array]) -> Array:
        """``γ · value + β``, one γ and one β for each channel."""
        if not params:
            return self.value
        return _wide(params["weight"], self.value) * self.value + _wide(params["bias"], self.value)

    def backward(
        self, dy: Array, axes: tuple[int, ...], params: dict[str, Array], grads: dict[str, Array]
    ) -> Array:
        """The gradient by x, where the statistics were taken over ``axes``; fills ``grads``."""
        return self.unscaled(self.gradient_of_scale(dy, params, grads), axes)

    def gradient_of_scale(self, dy: Array, params: dict[str, Array], grads: dict[str, Array]) -> Array:
        """The gradient by ``value``; fills those of γ and β."""
        if not params:
            return dy
        axes = (0, *range(2, dy.ndim))
        grads["weight"] = (dy * self.value).sum(axis=axes)
        grads["bias"] = dy.sum(axis=axes)
        return dy * _wide(params["weight"], dy)

    def unscaled(self, dvalue: Array, axes: tuple[int, ...]) -> Array:
        """The gradient by x: what would move mean and deviation along is taken off."""
        if not self.moves:
            return dvalue / self.deviation
        mean = dvalue.mean(axis=axes, keepdims=True)
        along = (dvalue * self.value).mean(axis=axes, keepdims=True)
        dx: Array = (dvalue - mean - self.value * along) / self.deviation
        return dx


def _wide(per_channel: Array, like: Array) -> Array:
    return per_channel.reshape(1, -1, *(1 for _ in like.shape[2:]))
