"""The weights before the first step, drawn as PyTorch draws them."""

from __future__ import annotations

import math

import numpy as np

from cnnstudio.core.training import Initialisation
from cnnstudio.numpy_engine.layer import Array


class Random:
    """Random numbers that can be gone back to: those of a step depend on the seed and the step alone."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._generator: np.random.Generator | None = np.random.default_rng(seed)
        self._step = 0

    def begin(self, step: int) -> None:
        """What is drawn from here on belongs to this step."""
        self._generator, self._step = None, step

    @property
    def generator(self) -> np.random.Generator:
        """Made when it is asked for: most networks draw nothing in a step."""
        if self._generator is None:
            self._generator = np.random.default_rng((self._seed, self._step + 1))
        return self._generator


class Draw:
    """Draws the weights of one network, in one precision, from one generator."""

    def __init__(self, random: Random, how: Initialisation, dtype: type[np.floating]) -> None:
        self.random = random
        self._how = how
        self._dtype = dtype

    def __call__(self, shape: tuple[int, ...], *, bias: bool) -> dict[str, Array]:
        """``weight`` (out, in, …) and, if wanted, ``bias`` (out) of a layer."""
        inputs = math.prod(shape[1:])
        drawn = {"weight": self._weight(shape, inputs)}
        if bias:
            drawn["bias"] = self._bias(shape[0], inputs)
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
                return self._normal(shape, self._how.std)
            case "he":  # He et al., 2015
                return self._normal(shape, math.sqrt(2 / inputs))
            case "xavier":  # Glorot and Bengio, 2010
                return self._normal(shape, math.sqrt(2 / (inputs + outputs)))
        return self._uniform(shape, inputs)

    def _bias(self, size: int, inputs: int) -> Array:
        return self._uniform((size,), inputs) if self._how.name == "default" else self.zeros(size)

    def _normal(self, shape: tuple[int, ...], std: float) -> Array:
        drawn: Array = self.random.generator.standard_normal(shape, dtype=self._dtype)
        drawn *= std
        return drawn

    def _uniform(self, shape: tuple[int, ...], inputs: int) -> Array:
        bound = 1 / math.sqrt(inputs)
        drawn: Array = self.random.generator.random(shape, dtype=self._dtype)
        drawn *= 2 * bound
        drawn -= bound
        return drawn


class Blank(Draw):
    """Makes room for weights that come from elsewhere: drawing those of a large network takes seconds."""

    def _weight(self, shape: tuple[int, ...], inputs: int) -> Array:
        return np.empty(shape, dtype=self._dtype)

    def _bias(self, size: int, inputs: int) -> Array:
        return np.empty(size, dtype=self._dtype)
