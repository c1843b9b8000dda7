"""The rules that turn gradients into steps; names, meanings and formulas are torch.optim's.

Each works on one long vector of all weights, a piece at a time: what it computes in between then stays in the
processor's cache.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from cnnstudio.core.training import Optimizer as Settings
from cnnstudio.numpy_engine.layer import Array

PIECE = 32_768
"""Numbers: few enough for a cache of 1 MB, enough for a call of NumPy to be worth it."""


class Optimizer:
    """One rule with its memory. ``lr`` may be changed between two steps."""

    slots: tuple[str, ...] = ()
    """What the rule remembers of each weight; zero before the first step."""

    def __init__(self, settings: Settings) -> None:
        self.lr = settings.lr
        self.steps = 0
        self.state: dict[str, Array] = {}
        self._settings = settings
        self._decay = settings.weight_decay

    def update(self, weights: Array, gradients: Array) -> None:
        """Changes the vector of weights in place."""
        self.begin(weights)
        for piece in pieces(weights.size):
            self.follow(weights, gradients, piece)

    def begin(self, weights: Array) -> None:
        """Another step is counted: :meth:`follow` comes next, for each piece."""
        self.steps += 1
        for name in self.slots:
            if name not in self.state:
                self.state[name] = np.zeros_like(weights)

    def follow(self, weights: Array, gradients: Array, piece: slice) -> None:
        """Changes some of the weights in place."""
        g = gradients[piece]
        if self._decay:
            g = g + self._decay * weights[piece]
        self._step(weights[piece], g, *(self.state[name][piece] for name in self.slots))

    def _step(self, w: Array, g: Array, *memory: Array) -> None:
        raise NotImplementedError


def pieces(size: int) -> list[slice]:
    """Of a vector."""
    return [slice(start, min(start + PIECE, size)) for start in range(0, size, PIECE)]


class SGD(Optimizer):
    """``w ← w − lr · g``."""

    def _step(self, w: Array, g: Array, *memory: Array) -> None:
        w -= self.lr * g


class Momentum(Optimizer):
    """``v ← μ v + g;  w ← w − lr · v``: a ball that rolls."""

    slots = ("momentum_buffer",)

    def _step(self, w: Array, g: Array, *memory: Array) -> None:
        (v,) = memory
        v *= self._settings.momentum
        v += g
        w -= self.lr * v


class Nesterov(Momentum):
    """``v ← μ v + g;  w ← w − lr · (g + μ v)``: it looks where it will be."""

    def _step(self, w: Array, g: Array, *memory: Array) -> None:
        (v,) = memory
        v *= self._settings.momentum
        v += g
        w -= self.lr * (g + self._settings.momentum * v)


class AdaGrad(Optimizer):
    """``h ← h + g²;  w ← w − lr · g / (√h + ε)`` (Duchi et al., 2011)."""

    slots = ("sum",)

    def _step(self, w: Array, g: Array, *memory: Array) -> None:
        (h,) = memory
        h += g * g
        w -= self.lr * g / (np.sqrt(h) + 1e-10)


class RMSprop(Optimizer):
    """``h ← 0.99 h + 0.01 g²;  w ← w − lr · g / (√h + ε)`` (Hinton, 2012)."""

    slots = ("square_avg", "momentum_buffer")

    def _step(self, w: Array, g: Array, *memory: Array) -> None:
        h, v = memory
        h *= 0.99
        h += 0.01 * g * g
        v *= self._settings.momentum
        v += g / (np.sqrt(h) + 1e-8)
        w -= self.lr * v


class Adam(Optimizer):
    """``m ← 0.9 m + 0.1 g;  v ← 0.999 v + 0.001 g²``, corrected for their start (Kingma and Ba, 2014)."""

    slots = ("exp_avg", "exp_avg_sq")

    def _step(self, w: Array, g: Array, *memory: Array) -> None:
        m, v = memory
        m += 0.1 * (g - m)
        v += 0.001 * (g * g - v)
        late = (1 - 0.999**self.steps) ** 0.5
        w -= (self.lr * late / (1 - 0.9**self.steps)) * (m / (np.sqrt(v) + 1e-8 * late))


class AdamW(Adam):
    """Adam with weight decay beside the gradient instead of in it (Loshchilov and Hutter, 2017)."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self._decay = 0.0

    def _step(self, w: Array, g: Array, *memory: Array) -> None:
        w *= 1 - self.lr * self._settings.weight_decay
        super()._step(w, g, *memory)


_BY_NAME: Mapping[str, Callable[[Settings], Optimizer]] = {
    "Adam": Adam,
    "AdamW": AdamW,
    "Adagrad": AdaGrad,
    "RMSprop": RMSprop,
}


def make_optimizer(settings: Settings) -> Optimizer:
    """The rule that the settings name; SGD with momentum is Momentum, or Nesterov."""
    if settings.name == "SGD":
        if not settings.momentum:
            return SGD(settings)
        return Nesterov(settings) if settings.nesterov else Momentum(settings)
    return _BY_NAME[settings.name](settings)
