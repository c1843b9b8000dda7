"""All weights of a network in one vector, and all gradients in another."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from cnnstudio.numpy_engine.layer import Array, Layer


def join_weights(modules: Mapping[str, Layer]) -> Array:
    """One vector; from now on the layers' weights are views of it."""
    weights = np.concatenate([p.ravel() for layer in modules.values() for p in layer.params.values()])
    start = 0
    for layer in modules.values():
        for name, value in layer.params.items():
            layer.params[name] = weights[start : start + value.size].reshape(value.shape)
            start += value.size
    return weights


class Gradients:
    """From now on the layers' gradients are views of :attr:`vector`."""

    def __init__(self, modules: Mapping[str, Layer]) -> None:
        layers = tuple(modules.values())
        parameters = [(layer, name, value) for layer in layers for name, value in layer.params.items()]
        self.vector = np.concatenate([np.zeros_like(value.ravel()) for _, _, value in parameters])
        self._views: list[tuple[Layer, str, Array]] = []
        start = 0
        for layer, name, value in parameters:
            layer.grads[name] = self.vector[start : start + value.size].reshape(value.shape)
            self._views.append((layer, name, layer.grads[name]))
            start += value.size

    def gather(self) -> Array:
        """The gradients of the last backward pass; those that a layer put elsewhere are copied."""
        for layer, name, view in self._views:
            if layer.grads[name] is not view:
                view[...] = layer.grads[name]
                layer.grads[name] = view
        return self.vector
