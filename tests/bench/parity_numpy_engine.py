"""Prints how far the NumPy engine is from PyTorch: the largest relative difference for each block.

Run it with ``python -m tests.bench.parity_numpy_engine``. Parameters and inputs are drawn as in
``tests/numpy_engine/test_layers.py``, in 64-bit and in 32-bit arithmetic; a difference is relative to the
largest number of the array that it is in. Composites are measured inside whole presets.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

import cnnstudio.blocks  # noqa: F401
from cnnstudio.core.block import Layer
from cnnstudio.core.fault import Fault
from cnnstudio.core.registry import block_types
from cnnstudio.core.shape import Shape, count
from cnnstudio.core.training import Initialisation
from cnnstudio.engine.build import build
from cnnstudio.numpy_engine import Network
from cnnstudio.numpy_engine.layers import kind_of
from cnnstudio.numpy_engine.weights import Draw, Random
from cnnstudio.workspace.presets import load_preset
from tests.numpy_engine.documents import batch, in_torch, without_chance
from tests.oracle import Refused, layer_output
from tests.strategies import blocks

SHAPES = st.tuples(st.integers(1, 8), st.integers(1, 9), st.integers(1, 9)) | st.tuples(st.integers(1, 12))
RANDOM = ("Dropout", "Dropout2d")
PRESETS = ("mnist-simpleconvnet", "cifar10-resnet", "googlenet-cifar")


@dataclass
class Differences:
    """The largest so far: of what leaves, of the gradient by the input, of the gradients by the weights."""

    y: float = 0.0
    dx: float = 0.0
    dw: float = 0.0


def relative(ours: np.ndarray, theirs: torch.Tensor | None) -> float:
    """0 for arrays that hold nothing."""
    assert theirs is not None
    expected = theirs.detach().numpy()
    return float(np.abs(ours - expected).max(initial=0) / max(1e-3, np.abs(expected).max(initial=0)))


def measured(kind: type[Layer], dtype: type[np.floating], examples: int) -> Differences:
    """Over so many draws of the block's parameters."""
    found = Differences()

    @settings(
        max_examples=examples,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(block=blocks(kind), shape=SHAPES)
    def look(block: Layer, shape: Shape) -> None:
        try:
            assume(count(block.output(shape)) <= 20_000)
        except Fault:
            assume(False)
        random = np.random.default_rng(1)
        x = random.normal(size=(2, *shape)).astype(dtype)
        try:
            _, module = layer_output(block, torch.tensor(x, dtype=torch.float32))
        except Refused:
            assume(False)
        module = module.to(torch.from_numpy(x).dtype).train(True)
        ours = kind_of(block)(block, shape, Draw(Random(0), Initialisation(), dtype))
        state = {name: value.detach().numpy().copy() for name, value in module.state_dict().items()}
        for store in (ours.params, ours.buffers):
            store.update({name: state[name] for name in store})
        theirs_in = torch.tensor(x, requires_grad=True)
        theirs = module(theirs_in)
        dy = random.normal(size=tuple(theirs.shape)).astype(dtype)
        theirs.backward(torch.tensor(dy))
        found.y = max(found.y, relative(ours.forward(x, True), theirs))
        found.dx = max(found.dx, relative(ours.backward(dy), theirs_in.grad))
        for name, parameter in module.named_parameters():
            found.dw = max(found.dw, relative(ours.grads[name], parameter.grad))

    look()
    return found


def of_preset(preset: str, dtype: type[np.floating]) -> Differences:
    """One batch through a whole network and back."""
    document = in_torch(without_chance(load_preset(preset)))
    x, labels = batch(document, 2)
    x = x.astype(dtype)
    module = build(document).module.to(torch.from_numpy(x).dtype).eval()
    network = Network(document, dtype=dtype)
    network.load_state_dict({name: value.numpy().copy() for name, value in module.state_dict().items()})
    theirs_in = torch.tensor(x, requires_grad=True)
    logits = module(theirs_in)
    torch.nn.functional.cross_entropy(logits, torch.tensor(labels)).backward()
    network.loss(x, labels, training=False)
    dx = network.backward()
    weights = dict(module.named_parameters())
    shared = [name for name in network.gradients if weights[name].grad is not None]
    return Differences(
        relative(network.logits, logits),
        relative(dx, theirs_in.grad),
        max(relative(network.gradients[name], weights[name].grad) for name in shared),
    )


def rows(examples: int) -> Iterator[tuple[str, Differences, Differences]]:
    """A name, and the differences in 64-bit and in 32-bit arithmetic."""
    for kind in block_types():
        if issubclass(kind, Layer) and kind.__name__ not in RANDOM:
            yield (
                kind.__name__,
                *(measured(kind, dtype, examples) for dtype in (np.float64, np.float32)),  # type: ignore[misc]
            )
    for preset in PRESETS:
        yield preset, of_preset(preset, np.float64), of_preset(preset, np.float32)


def main() -> None:
    """Prints the table in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--examples", type=int, default=50, help="draws of each block's parameters")
    examples = parser.parse_args().examples
    print("| block or preset | y (64 bit) | dx | dW, db | y (32 bit) | dx | dW, db |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for name, wide, narrow in rows(examples):
        numbers = (wide.y, wide.dx, wide.dw, narrow.y, narrow.dx, narrow.dw)
        print(f"| {name} | " + " | ".join(f"{number:.0e}" if number else "0" for number in numbers) + " |")


if __name__ == "__main__":
    main()
