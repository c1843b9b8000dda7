"""All weights of a network in one vector, and all gradients in another."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from cnnstudio.numpy_engine.layer import Array, Layer


class Flat:
    """From now on the layers' arrays are views of :attr:`weights` and :attr:`gradients`."""

    def __init__(self, modules: Mapping[str, Layer]) -> None:
        self._layers = tuple(modules.values())
        self.weights = np.concatenate([p.ravel() for layer in self._layers for p in layer.params.values()])
        self.gradients = np.zeros_like(self.weights)
        self._views: list[tuple[Layer, str, Array]] = []
        start = 0
        for layer in self._layers:
            for name, value in layer.params.items():
                part = slice(start, start + value.size)
                layer.params[name] = self.weights[part].reshape(value.shape)
                layer.grads[name] = self.gradients[part].reshape(value.shape)
                self._views.append((layer, name, layer.grads[name]))
                start += value.size

    def gather(self) -> Array:
        """The gradients of the last backward pass; those that a layer put elsewhere are copied."""
        for layer, name, view in self._views:
            if layer.grads[name] is not view:
                view[...] = layer.grads[name]
                layer.grads[name] = view
        return self.gradients
