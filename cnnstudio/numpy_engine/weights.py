"""The weights before the first step, drawn as PyTorch draws them."""

from __future__ import annotations

import math

import numpy as np

from cnnstudio.core.training import Initialisation
from cnnstudio.numpy_engine.layer import Array


class Draw:
    """Draws the weights of one network, in one precision, from one generator."""

    def __init__(self, random: np.random.Generator, how: Initialisation, dtype: type[np.floating]) -> None:
        self.random = random
        self._how = how
        self._dtype = dtype

    def __call__(self, shape: tuple[int, ...], *, bias: bool) -> dict[str, Array]:
        """``weight`` (out, in, …) and, if wanted, ``bias`` (out) of a layer."""
        inputs = math.prod(shape[1:])
        drawn = {"weight": self._weight(shape, inputs).astype(self._dtype)}
        if bias:
            drawn["bias"] = self._bias(shape[0], inputs).astype(self._dtype)
        return drawn

    def ones(self, size: int) -> Array:
        """The scale that normalisation begins with."""
        return np.ones(size, dtype=self._dtype)

    def zeros(self, size: int) -> Array:
        """The shift that normalisation begins with."""
        return np.zeros(size, dtype=self._dtype)

    def _weight(self, shape: tuple[int, ...], inputs: int) -> Array:
        outputs = shape[0] * math.prod(shape[2:])
        match self._how.name:
            case "normal":
                return self.random.normal(0, self._how.std, shape)
            case "he":  # He et al., 2015
                return self.random.normal(0, math.sqrt(2 / inputs), shape)
            case "xavier":  # Glorot and Bengio, 2010
                return self.random.normal(0, math.sqrt(2 / (inputs + outputs)), shape)
        return self._uniform(shape, inputs)

    def _bias(self, size: int, inputs: int) -> Array:
        return self._uniform((size,), inputs) if self._how.name == "default" else np.zeros(size)

    def _uniform(self, shape: tuple[int, ...], inputs: int) -> Array:
        bound = 1 / math.sqrt(inputs)
        return self.random.uniform(-bound, bound, shape)
