"""Convolutions as matrix products, which short steps learn faster by than by oneDNN.

oneDNN describes and looks up each convolution anew, which costs some 40 µs a time, six times in a step of two
convolutions: with batches of four images (``cifar10-first-cnn``) a third of the step. Unfolding the images
and multiplying matrices (torch's own way where it was built without oneDNN) took 0.80 ms a step instead of
0.95; with 128 images it takes twice as long as oneDNN, and memory for each image unfolded. So it is one of
the choices that are measured, where steps are short, and tests are left to oneDNN.
"""

from __future__ import annotations

from typing import TypeGuard

import torch
from torch import nn


class ProductConv2d(nn.Conv2d):
    """A convolution that learns by matrix products; in evaluation it is as any other."""

    def _conv_forward(
        self, input: torch.Tensor, weight: torch.Tensor, bias: torch.Tensor | None
    ) -> torch.Tensor:
        output: torch.Tensor
        if self.training:
            sizes = (self.kernel_size, bias, self.stride, self.padding)
            output = torch.ops.aten.thnn_conv2d.default(input, weight, *sizes)
        else:
            output = super()._conv_forward(input, weight, bias)
        return output


def has_products(module: nn.Module) -> bool:
    """Whether any of a network's convolutions can be had as matrix products."""
    return any(map(is_plain, module.modules()))


def use_products(module: nn.Module) -> None:
    """Lets a network's convolutions learn by matrix products where they can."""
    for layer in module.modules():
        if is_plain(layer):
            layer.__class__ = ProductConv2d


def is_plain(layer: nn.Module) -> TypeGuard[nn.Conv2d]:
    """Whether it is a convolution of all channels at once, over neighbours, with a number of zeros around."""
    return (
        isinstance(layer, nn.Conv2d)
        and layer.groups == 1
        and layer.dilation == (1, 1)
        and layer.padding_mode == "zeros"
        and not isinstance(layer.padding, str)
    )
