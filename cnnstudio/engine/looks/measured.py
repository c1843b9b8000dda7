"""Numbers about many numbers: what leaves a block, what it has learnt, what a step changed."""

from __future__ import annotations

import time

import torch

from cnnstudio.core.health import Histogram

SAMPLE = 1 << 14
"""Means and histograms are of so many numbers at most."""
BINS = 32
FAR = 4.0
"""Histograms end so many standard deviations from the mean: a single long gradient would leave one bin
for all the others."""


class Activation:
    """One block's output (N, …) in a training step, measured at once: what follows may work in place."""

    def __init__(self, output: torch.Tensor) -> None:
        began = time.thread_time()
        with torch.no_grad():
            self._sample = picked(output).clone()
            self._highest, self._lowest = _ends(output)
        self.seconds = time.thread_time() - began
        """How long that took."""

    def values(self) -> dict[str, object]:
        """As fields of :class:`~cnnstudio.core.health.BlockHealth`."""
        sample = self._sample
        silent = (self._highest == 0) & (self._lowest == 0)
        return {
            "activation_mean": finite(sample.mean()),
            "activation_std": finite(sample.std(correction=0)),
            "zeros": float((sample == 0).float().mean()),
            "dead": float(silent.float().mean()),
            "activations": histogram(sample),
        }


def _ends(output: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """The highest and the lowest number of each unit (dimension 1), over all of the others."""
    if output.dim() > 2 and output.is_contiguous():  # thrice as fast in two steps
        maps = output.flatten(2)
        return maps.amax(2).amax(0), maps.amin(2).amin(0)
    if output.dim() == 4 and output.is_contiguous(memory_format=torch.channels_last):
        # Over rows of 16 units torch goes one by one: over whole images it is fourteen times as fast.
        images = output.permute(0, 2, 3, 1).flatten(1)
        units = (-1, output.shape[1])
        return images.amax(0).view(units).amax(0), images.amin(0).view(units).amin(0)
    over = (0, *range(2, output.dim()))
    return output.amax(over), output.amin(over)


class Weights:
    """What a block learns, before a step; :meth:`values` compares with how it is after it."""

    def __init__(self, weights: list[torch.nn.Parameter]) -> None:
        self._weights = weights
        with torch.no_grad():
            self._norm = norm([weight.detach() for weight in weights])
            self._before = [picked(weight.detach()).clone() for weight in weights]

    def values(self, gradient_scale: float) -> dict[str, object]:
        """As fields of :class:`~cnnstudio.core.health.BlockHealth`."""
        with torch.no_grad():
            changes = [
                picked(weight.detach()) - before for weight, before in zip(self._weights, self._before)
            ]
            size, change = norm(self._before), norm(changes)
            gradients = [weight.grad.detach() for weight in self._weights if weight.grad is not None]
            found: dict[str, object] = {
                "weight_norm": finite(self._norm),
                "update_ratio": finite(change / size) if float(size) > 0 else None,
                "weights": sum(weight.numel() for weight in self._weights),
            }
            if gradients:
                sample = torch.cat([picked(gradient) for gradient in gradients]) / gradient_scale
                found |= {
                    "gradient_norm": finite(norm(gradients) / gradient_scale),
                    "gradients": histogram(sample),
                }
        return found


def picked(values: torch.Tensor) -> torch.Tensor:
    """At most :data:`SAMPLE` of the numbers as float32, evenly over all; maybe a view."""
    if values.dim() == 4 and values.is_contiguous(memory_format=torch.channels_last):
        values = values.permute(0, 2, 3, 1)  # as it lies in memory: nothing is copied
    flat = values.reshape(-1)
    # An odd stride does not always meet the same column of a map.
    stride = max(1, -(-len(flat) // SAMPLE))
    return flat[:: stride | 1].float()


def norm(parts: list[torch.Tensor]) -> torch.Tensor:
    """The Euclidean norm of all of them together."""
    norms: torch.Tensor = torch.stack([part.float().norm() for part in parts]).norm()
    return norms


def histogram(sample: torch.Tensor) -> Histogram | None:
    """In equal steps from the lowest to the highest, cut at :data:`FAR`; None where not all are finite."""
    low, high = finite(sample.amin()), finite(sample.amax())
    mean, deviation = finite(sample.mean()), finite(sample.std(correction=0))
    if low is None or high is None or mean is None or deviation is None:
        return None
    low, high = max(low, mean - FAR * deviation), min(high, mean + FAR * deviation)
    if high <= low:
        return Histogram(low, low, (len(sample),))
    # Not `histc`, which waits for all threads over so few numbers: many times as long on a busy machine.
    places = (sample.double().clamp(low, high) - low) / (high - low)  # the ends may lie next to each other
    bins = (places * BINS).long().clamp(max=BINS - 1)
    return Histogram(low, high, tuple(torch.bincount(bins, minlength=BINS).tolist()))


def finite(value: torch.Tensor) -> float | None:
    """As a plain number; None where it is none."""
    number = float(value)
    return number if number - number == 0 else None
