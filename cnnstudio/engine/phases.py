"""Convolutions of few filters together with the max pooling behind them, phase by phase.

A window of 2×2 pools four neighbours. One convolution, moved by two, can compute all four side by side: its
filters are the original ones, once in each corner of a frame of zeros that is one pixel larger. Its maps hold
all upper left neighbours, all upper right ones and so on (the phases), and pooling is the largest of four
maps that lie one behind the other in memory. That multiplies by zeros too, but oneDNN computes 16 channels
for the price of six, and torch pools so few channels number by number: a step of ``cifar10-first-cnn`` with
128 images took 6.3 instead of 7.1 ms, 10.9 instead of 12.6 ms in one thread. With 4 images oneDNN's start
costs more than that.

Numbers are rounded otherwise than by the plain convolution, so it is one of the choices that are measured and
kept with a run. Who looks at a layer in training gets its maps put together again: the same numbers are
learnt with and without a look, bit for bit. In evaluation each layer works as any other.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

from cnnstudio.blocks.conv2d import Conv2d
from cnnstudio.blocks.max_pool2d import MaxPool2d
from cnnstudio.blocks.relu import ReLU
from cnnstudio.codegen import Generated
from cnnstudio.core.document import Document
from cnnstudio.engine.convolutions import is_plain
from cnnstudio.engine.late_relu import LateReLU, RectifyingMaxPool2d
from cnnstudio.engine.neighbours import neighbours
from cnnstudio.engine.straight import is_seen

_MOST_MAPS = 32
"""With more, what the zeros cost is more than what is won: 8 filters are quicker so, 12 are not."""
_WINDOWS = (2, 3)

_aten = torch.ops.aten


class PhasedConv2d(nn.Conv2d):
    """A convolution that can work by the phases of the pooling behind it, in training."""

    by_phases = False
    window: int
    margins: tuple[int, int]
    """Its padding."""
    followers: tuple[nn.Module, ...]
    """What is between it and the pooling, and the pooling: a tuple, so that they are not its children."""

    def forward(self, input: torch.Tensor) -> torch.Tensor:
        """(N, C, H, W) to its maps, or to (N, phases · channels, H / window, W / window) for the pooling."""
        if not (self.by_phases and self.training and self._divides(input)):
            return super().forward(input)
        phases: torch.Tensor = _phases(input, self.weight, self.bias, self.window, self.margins)
        return _together(phases, self.window) if is_seen((self, *self.followers)) else phases

    def _divides(self, input: torch.Tensor) -> bool:
        """Whether its maps are windows to the last row and column."""
        sizes = zip(input.shape[2:], self.margins, self.kernel_size)
        return all((size + 2 * margin - kernel + 1) % self.window == 0 for size, margin, kernel in sizes)


class PhasedMaxPool2d(nn.MaxPool2d):
    """A max pooling that may be given the phases of its ``channels`` instead of maps."""

    channels: int

    def forward(self, input: torch.Tensor) -> torch.Tensor:
        """(N, channels, H, W) or its phases to (N, channels, H / window, W / window)."""
        is_map = input.shape[1] == self.channels
        pooled: torch.Tensor = super().forward(input) if is_map else _largest_phase(input, self.channels)
        return pooled


class RectifyingPhasedMaxPool2d(RectifyingMaxPool2d, PhasedMaxPool2d):
    """With the ReLU that stands before it."""


def allow_phases(module: nn.Module, document: Document, generated: Generated) -> None:
    """Marks the convolutions of the document's network that can work by phases; ReLUs already work late."""
    for blocks in ((Conv2d, ReLU, MaxPool2d), (Conv2d, MaxPool2d)):
        for paths in neighbours(document, generated, blocks):
            conv, *between, pool = (module.get_submodule(path) for path in paths)
            if _has_phases(conv, pool) and all(type(layer) is LateReLU for layer in between):
                _pair(conv, (*between, pool))


def _pair(conv: nn.Module, followers: tuple[nn.Module, ...]) -> None:
    pool = followers[-1]
    conv.__class__ = PhasedConv2d
    pool.__class__ = RectifyingPhasedMaxPool2d if len(followers) > 1 else PhasedMaxPool2d
    assert isinstance(conv, PhasedConv2d)
    assert isinstance(pool, PhasedMaxPool2d)
    window, margins = pool.kernel_size, conv.padding
    assert isinstance(window, int)
    assert not isinstance(margins, str)
    conv.window, conv.margins, conv.followers = window, (margins[0], margins[1]), followers
    pool.channels = conv.out_channels


def has_phases(module: nn.Module) -> bool:
    """Whether any of a network's convolutions can work by phases."""
    return any(isinstance(layer, PhasedConv2d) for layer in module.modules())


def use_phases(module: nn.Module) -> None:
    """Lets a network's convolutions learn by phases where they can."""
    for layer in module.modules():
        if isinstance(layer, PhasedConv2d):
            layer.by_phases = True


def _has_phases(conv: nn.Module, pool: nn.Module) -> bool:
    """Whether windows lie side by side, and filters are few."""
    return (
        is_plain(conv)
        and conv.stride == (1, 1)
        and isinstance(pool, nn.MaxPool2d)
        and pool.kernel_size in _WINDOWS
        and conv.out_channels * pool.kernel_size**2 <= _MOST_MAPS
        and (pool.stride, pool.padding, pool.dilation) == (pool.kernel_size, 0, 1)
    )


def _together(phases: torch.Tensor, window: int) -> torch.Tensor:
    """The maps (N, C, H, W) that the phases (N, window² · C, H / window, W / window) are parts of."""
    images, _, height, width = phases.shape
    parts = phases.view(images, window, window, -1, height, width)
    return parts.permute(0, 3, 4, 1, 5, 2).reshape(images, -1, height * window, width * window)


class _Phases(torch.autograd.Function):
    """The convolution, moved by the window's size, of filters in each place of the window.

    Written out, since what autograd passes on otherwise is copied back and forth between memory formats.
    """

    @staticmethod
    def forward(
        ctx: Any,
        images: torch.Tensor,
        weight: torch.Tensor,
        bias: torch.Tensor | None,
        window: int,
        padding: tuple[int, int],
    ) -> torch.Tensor:
        filters, count = _framed(weight, window), window * window
        last = images.is_contiguous(memory_format=torch.channels_last)
        ctx.layout = torch.channels_last if last else torch.contiguous_format
        images = images.contiguous()
        ctx.options = ((window, window), padding, (1, 1), False, (0, 0), 1)
        ctx.save_for_backward(images, filters)
        ctx.sizes = window, weight.shape[2:], bias is not None
        phases: torch.Tensor = _aten.convolution.default(
            images, filters, None if bias is None else bias.repeat(count), *ctx.options
        )
        return phases

    @staticmethod
    def backward(ctx: Any, *slopes: Any) -> Any:
        images, filters = ctx.saved_tensors
        window, kernel, has_bias = ctx.sizes
        wanted = (ctx.needs_input_grad[0], True, has_bias)
        of_images, of_filters, of_bias = _aten.convolution_backward.default(
            slopes[0].contiguous(),
            images,
            filters,
            [len(filters)] if has_bias else None,
            *ctx.options,
            wanted,
        )
        if of_images is not None:
            of_images = of_images.contiguous(memory_format=ctx.layout)
        if of_bias is not None:
            of_bias = of_bias.view(window * window, -1).sum(0)
        return of_images, _unframed(of_filters, window, kernel), of_bias, None, None


class _LargestPhase(torch.autograd.Function):
    """The largest of the phases (N, window² · C, h, w) and the first of equals, as (N, C, h, w).

    For torch each number of a map is a channel, and pooling goes along the phases.
    """

    @staticmethod
    def forward(ctx: Any, phases: torch.Tensor, channels: int) -> torch.Tensor:
        images, all_channels, height, width = phases.shape
        window = (all_channels // channels, 1)
        columns = phases.contiguous().view(images, window[0], 1, -1).permute(0, 3, 1, 2)
        pooled, places = _aten.max_pool2d_with_indices.default(columns, window, window)
        ctx.save_for_backward(columns, places)
        ctx.sizes = phases.shape, window
        maps: torch.Tensor = pooled.view(images, channels, height, width)
        # A copy of one channel too: a ReLU may work in place.
        return maps.clone(memory_format=torch.channels_last)

    @staticmethod
    def backward(ctx: Any, *slopes: Any) -> Any:
        columns, places = ctx.saved_tensors
        shape, window = ctx.sizes
        along = slopes[0].contiguous().view(len(columns), 1, 1, -1).permute(0, 3, 1, 2)
        found = _aten.max_pool2d_with_indices_backward.default(
            along, columns, window, window, (0, 0), (1, 1), False, places
        )
        return found.permute(0, 2, 3, 1).reshape(shape), None


def _framed(weight: torch.Tensor, window: int) -> torch.Tensor:
    """Filters (F, C, kh, kw) in each place of a frame: (window² · F, C, kh + window - 1, kw + window - 1)."""
    filters, channels, height, width = weight.shape
    frames = weight.new_zeros(window, window, filters, channels, height + window - 1, width + window - 1)
    for down in range(window):
        for right in range(window):
            frames[down, right, :, :, down : down + height, right : right + width] = weight
    return frames.flatten(0, 2)


def _unframed(frames: torch.Tensor, window: int, kernel: tuple[int, int]) -> torch.Tensor:
    """The slopes of the filters from those of their copies in the frames."""
    (height, width), shape = kernel, frames.shape
    parts = frames.view(window, window, -1, *shape[1:])
    slopes = frames.new_zeros(len(frames) // window**2, shape[1], height, width)
    for down in range(window):
        for right in range(window):
            slopes += parts[down, right, :, :, down : down + height, right : right + width]
    return slopes


_phases: Any = _Phases.apply
_largest_phase: Any = _LargestPhase.apply
