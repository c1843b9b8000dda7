"""Steps of SimpleConvNet at batch 100: the textbook's loops, ours, and PyTorch, on one thread and on two.

pytest tests/bench/bench_numpy_engine.py -s
"""

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable

import numpy as np

ROUNDS, STEPS, BATCH = 9, 6, 100
Step = Callable[[], None]


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


def contestants() -> dict[str, Step]:
    """A step of each, on the same images."""
    import torch
    import torch.nn.functional as F

    from cnnstudio.engine.build import build
    from cnnstudio.engine.optimizer import make_optimizer as torchs
    from cnnstudio.numpy_engine.training_step import TrainingStep
    from cnnstudio.workspace.presets import load_preset
    from tests.numpy_engine.documents import in_torch

    torch.set_num_threads(int(os.environ["OMP_NUM_THREADS"]))
    document = load_preset("mnist-simpleconvnet")
    random = np.random.default_rng(0)
    x = random.random((BATCH, 1, 28, 28))
    labels = random.integers(0, 10, BATCH)
    small = x.astype(np.float32)
    targets = torch.from_numpy(labels)
    textbook = Textbook()
    ours = TrainingStep(document, threads=int(os.environ["OMP_NUM_THREADS"]))
    found: dict[str, Step] = {
        "textbook": lambda: textbook.step(x, labels),
        "ours": lambda: _discard(ours.take(small, labels)),
    }
    for name, layout in (("torch", torch.contiguous_format), ("torch channels_last", torch.channels_last)):
        module = build(in_torch(document)).module.to(memory_format=layout)
        optimizer = torchs(module.parameters(), document.training.optimizer)
        images = torch.from_numpy(small).contiguous(memory_format=layout)

        def step(
            module: torch.nn.Module = module,
            optimizer: torch.optim.Optimizer = optimizer,
            images: torch.Tensor = images,
            targets: torch.Tensor = targets,
        ) -> None:
            loss = F.cross_entropy(module(images), targets)
            optimizer.zero_grad()
            torch.autograd.backward(loss)
            optimizer.step()

        found[name] = step
    return found


def _discard(_: object) -> None:
    pass


def measure() -> None:
    """Prints milliseconds and ratios; in a process of its own, which has its threads from the start."""
    steps = contestants()
    times: dict[str, list[float]] = {name: [] for name in steps}
    for step in steps.values():
        for _ in range(3):
            step()
    for _ in range(ROUNDS):
        for name, step in steps.items():
            began = time.perf_counter()
            for _ in range(STEPS):
                step()
            times[name].append((time.perf_counter() - began) / STEPS)
    torchs = [min(pair) for pair in zip(times["torch"], times["torch channels_last"], strict=True)]
    against = {
        "textbook": statistics.median(a / b for a, b in zip(times["textbook"], times["ours"], strict=True)),
        "torch (the better format)": statistics.median(
            a / b for a, b in zip(torchs, times["ours"], strict=True)
        ),
    }
    for name, values in times.items():
        print(f"  {name:22} {1000 * statistics.median(values):7.2f} ms, best {1000 * min(values):7.2f}")
    for name, ratio in against.items():
        print(f"  {ratio:.2f} times as fast as {name}")


def test_numpy_engine() -> None:
    for threads in ("1", "2"):
        print(f"\n{threads} thread(s)")
        environment = {**os.environ, "OMP_NUM_THREADS": threads, "OPENBLAS_NUM_THREADS": threads}
        program = "from tests.bench.bench_numpy_engine import measure; measure()"
        out = subprocess.run(
            [sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True
        )
        print(out.stdout, end="")
