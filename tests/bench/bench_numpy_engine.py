"""Steps of SimpleConvNet at batch 100: the textbook's loops, ours, and PyTorch, on one thread and on two.

``python -m tests.bench.bench_numpy_engine [--rounds N] [--threads N …]``, or ``pytest -s`` on this file.

Each contestant is a process of its own, as people would start it: side by side in one, the threads that one
has for its matrix products would spin through the next one's turn. They take turns, a few steps each; whose
turn it is not sleeps. Ratios are medians over the rounds of what was measured within one round.
"""

import argparse
import os
import statistics
import sys
import time
from collections.abc import Callable

import numpy as np

from tests.bench.turns import Turns

ROUNDS, WARM, STEPS, BATCH = 25, 2, 8, 100
PRESET = "mnist-simpleconvnet"
TARGETS = {"textbook": 5.5, "torch": 1.0, "torch channels_last": 1.0}
Step = Callable[[], object]


class Textbook:
    """SimpleConvNet with Adam in float64, as chapter 7 of 'Deep Learning from Scratch' lays it out."""

    def __init__(self) -> None:
        random = np.random.default_rng(0)
        self.w = {
            "W1": 0.01 * random.standard_normal((30, 1, 5, 5)),
            "b1": np.zeros(30),
            "W2": 0.01 * random.standard_normal((4320, 100)),
            "b2": np.zeros(100),
            "W3": 0.01 * random.standard_normal((100, 10)),
            "b3": np.zeros(10),
        }
        self.m = {name: np.zeros_like(value) for name, value in self.w.items()}
        self.v = {name: np.zeros_like(value) for name, value in self.w.items()}
        self.steps = 0

    def step(self, x: np.ndarray, labels: np.ndarray) -> None:
        w, n = self.w, len(x)
        col = _im2col(x, 5, 5)
        conv = (col @ w["W1"].reshape(30, -1).T + w["b1"]).reshape(n, 24, 24, 30).transpose(0, 3, 1, 2)
        dead = conv <= 0
        active = conv.copy()
        active[dead] = 0
        windows = _im2col(active, 2, 2, 2).reshape(-1, 4)
        winners = windows.argmax(axis=1)
        pooled = windows.max(axis=1).reshape(n, 12, 12, 30).transpose(0, 3, 1, 2).reshape(n, -1)
        hidden = pooled @ w["W2"] + w["b2"]
        quiet = hidden <= 0
        hidden[quiet] = 0
        logits = hidden @ w["W3"] + w["b3"]
        shares = np.exp(logits - logits.max(axis=1, keepdims=True))
        shares /= shares.sum(axis=1, keepdims=True)
        shares[np.arange(n), labels] -= 1
        shares /= n
        grads = {"W3": hidden.T @ shares, "b3": shares.sum(axis=0)}
        back = shares @ w["W3"].T
        back[quiet] = 0
        grads |= {"W2": pooled.T @ back, "b2": back.sum(axis=0)}
        back = (back @ w["W2"].T).reshape(n, 30, 12, 12).transpose(0, 2, 3, 1)
        spread = np.zeros((back.size, 4))
        spread[np.arange(back.size), winners] = back.ravel()
        unpooled = _col2im(spread.reshape(n * 144, -1), (n, 30, 24, 24), 2, 2, 2)
        unpooled[dead] = 0
        flat = unpooled.transpose(0, 2, 3, 1).reshape(-1, 30)
        grads |= {"b1": flat.sum(axis=0), "W1": (col.T @ flat).T.reshape(30, 1, 5, 5)}
        _col2im(flat @ w["W1"].reshape(30, -1), x.shape, 5, 5)  # the source does not know that it is first
        self._adam(grads)

    def _adam(self, grads: dict[str, np.ndarray]) -> None:
        self.steps += 1
        lr = 0.001 * np.sqrt(1 - 0.999**self.steps) / (1 - 0.9**self.steps)
        for name, weight in self.w.items():
            self.m[name] += 0.1 * (grads[name] - self.m[name])
            self.v[name] += 0.001 * (grads[name] ** 2 - self.v[name])
            weight -= lr * self.m[name] / (np.sqrt(self.v[name]) + 1e-7)


def _im2col(x: np.ndarray, fh: int, fw: int, stride: int = 1) -> np.ndarray:
    n, c, h, w = x.shape
    oh, ow = (h - fh) // stride + 1, (w - fw) // stride + 1
    img = np.pad(x, [(0, 0), (0, 0), (0, 0), (0, 0)], "constant")
    col = np.zeros((n, c, fh, fw, oh, ow))
    for i in range(fh):
        for j in range(fw):
            col[:, :, i, j] = img[:, :, i : i + stride * oh : stride, j : j + stride * ow : stride]
    return col.transpose(0, 4, 5, 1, 2, 3).reshape(n * oh * ow, -1)


def _col2im(col: np.ndarray, shape: tuple[int, ...], fh: int, fw: int, stride: int = 1) -> np.ndarray:
    n, c, h, w = shape
    oh, ow = (h - fh) // stride + 1, (w - fw) // stride + 1
    col = col.reshape(n, oh, ow, c, fh, fw).transpose(0, 3, 4, 5, 1, 2)
    img = np.zeros((n, c, h + stride - 1, w + stride - 1))
    for i in range(fh):
        for j in range(fw):
            img[:, :, i : i + stride * oh : stride, j : j + stride * ow : stride] += col[:, :, i, j]
    return img[:, :, :h, :w]


def textbook() -> Step:
    """The source's step, in the source's precision."""
    network = Textbook()
    x, labels = batch()
    return lambda: network.step(x, labels)


def ours() -> Step:
    """The NumPy engine's, by the fast path."""
    from cnnstudio.numpy_engine.training_step import TrainingStep
    from cnnstudio.workspace.presets import load_preset

    step = TrainingStep(load_preset(PRESET), threads=threads_given())
    x, labels = batch()
    images = x.astype(np.float32)
    return lambda: step.take(images, labels)


def torchs(channels_last: bool, late_relus: bool = False) -> Step:
    """PyTorch's, with its fused optimizer: the exported network, or as our PyTorch engine trains it."""
    import torch  # before the engine, which would have its threads wait for each other in another way
    import torch.nn.functional as F

    from cnnstudio.engine.build import build, instantiate
    from cnnstudio.engine.optimizer import make_optimizer
    from cnnstudio.workspace.presets import load_preset
    from tests.numpy_engine.documents import in_torch

    torch.set_num_threads(threads_given())
    layout = torch.channels_last if channels_last else torch.contiguous_format
    document = in_torch(load_preset(PRESET))
    network = build(document)
    module = network.module if late_relus else instantiate(network.generated.source)
    module.to(memory_format=layout)
    optimizer = make_optimizer(module.parameters(), document.training.optimizer)
    x, labels = batch()
    images, targets = torch.from_numpy(x.astype(np.float32)), torch.from_numpy(labels)
    images = images.contiguous(memory_format=layout)

    def step() -> None:
        loss = F.cross_entropy(module(images), targets)
        optimizer.zero_grad()
        torch.autograd.backward(loss)
        optimizer.step()

    return step


CONTESTANTS: dict[str, Callable[[], Step]] = {
    "textbook": textbook,
    "ours": ours,
    "torch": lambda: torchs(channels_last=False),
    "torch channels_last": lambda: torchs(channels_last=True),
    "our torch engine": lambda: torchs(channels_last=True, late_relus=True),
}


def batch() -> tuple[np.ndarray, np.ndarray]:
    """The same images for all."""
    random = np.random.default_rng(0)
    return random.random((BATCH, 1, 28, 28)), random.integers(0, 10, BATCH)


def threads_given() -> int:
    """What this contestant may use."""
    return int(os.environ["OMP_NUM_THREADS"])


def contest(name: str) -> None:
    """Tells the seconds of a step, once for each line that it is sent."""
    step = CONTESTANTS[name]()
    for _ in sys.stdin:
        for _ in range(WARM):
            step()
        began = time.perf_counter()
        for _ in range(STEPS):
            step()
        print((time.perf_counter() - began) / STEPS, flush=True)


def compare(threads: int, rounds: int) -> None:
    """Prints milliseconds, and how many times as fast ours is."""
    environment = {**os.environ, "OMP_NUM_THREADS": str(threads), "OPENBLAS_NUM_THREADS": str(threads)}
    command = [sys.executable, "-m", "tests.bench.bench_numpy_engine", "--contestant"]
    contestants = {name: Turns([*command, name], environment) for name in CONTESTANTS}
    turns = [{name: each.take() for name, each in contestants.items()} for _ in range(rounds + 1)][1:]
    for each in contestants.values():
        each.end()
    print(
        f"{threads} thread(s), {rounds} rounds: ms a step, the best; ours is so many times as fast (target)"
    )
    for name in CONTESTANTS:
        times = [turn[name] for turn in turns]
        line = f"  {name:22}{1000 * statistics.median(times):8.2f}{1000 * min(times):8.2f}"
        ratio = statistics.median(turn[name] / turn["ours"] for turn in turns)
        line += f"{ratio:8.2f}" + (f"  ({TARGETS[name]:g})" if name in TARGETS else "")
        print(line, flush=True)


def test_numpy_engine() -> None:
    print()
    for threads in (1, 2):
        compare(threads, ROUNDS)


def main() -> None:
    """Prints the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--contestant", choices=CONTESTANTS, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.contestant:
        contest(options.contestant)
        return
    for threads in options.threads:
        compare(threads, options.rounds)


if __name__ == "__main__":
    main()
