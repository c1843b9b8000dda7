"""What torch calls the arguments of its modules, and their defaults.

Only used to name and merge the arguments of generated classes: a module that is missing here still
exports, with plainer argument names.
"""

from dataclasses import dataclass
from typing import Final

from cnnstudio.codegen.expression import Value

CHANNELS: Final = "channels"
"""The category of everything that counts channels or features: such arguments may share one parameter."""

_CHANNEL_NAMES = frozenset(
    ("in_channels", "out_channels", "num_features", "num_channels", "in_features", "out_features", "groups")
)


class Required:
    """The default of an argument that has none."""


REQUIRED = Required()


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument of a constructor."""

    name: str
    category: str
    default: Value | Required = REQUIRED


@dataclass(frozen=True, slots=True)
class Signature:
    """The arguments of a constructor: positional ones first, then those given by keyword."""

    positional: tuple[Argument, ...] = ()
    keywords: tuple[Argument, ...] = ()

    def keyword(self, name: str) -> Argument:
        """The keyword argument of this name, known or not."""
        for argument in self.keywords:
            if argument.name == name:
                return argument
        return _argument(name)

    def position(self, index: int) -> Argument:
        """The positional argument at this index, known or not."""
        return self.positional[index] if index < len(self.positional) else _argument("value")


def _argument(name: str, default: Value | Required = REQUIRED) -> Argument:
    return Argument(name, CHANNELS if name in _CHANNEL_NAMES else name, default)


def _signature(*positional: str, **keywords: Value | Required) -> Signature:
    return Signature(
        tuple(map(_argument, positional)),
        tuple(_argument(name, default) for name, default in keywords.items()),
    )


_POOLING = _signature("kernel_size", stride=REQUIRED, padding=0, ceil_mode=False)
_TORCH = {
    "nn.Conv2d": _signature(
        "in_channels", "out_channels", "kernel_size", stride=1, padding=0, dilation=1, groups=1, bias=True
    ),
    "nn.Linear": _signature("in_features", "out_features", bias=True),
    "nn.BatchNorm2d": _signature("num_features", eps=1e-5, momentum=0.1, affine=True),
    "nn.GroupNorm": _signature("num_groups", "num_channels", eps=1e-5, affine=True),
    "nn.LocalResponseNorm": _signature("size", alpha=1e-4, beta=0.75, k=1.0),
    "nn.MaxPool2d": _POOLING,
    "nn.AvgPool2d": _POOLING,
    "nn.AdaptiveAvgPool2d": _signature("output_size"),
    "nn.Dropout": _signature("p"),
    "nn.Dropout2d": _signature("p"),
    "nn.ZeroPad2d": _signature("padding"),
    "nn.ELU": _signature(alpha=1.0),
    "nn.LeakyReLU": _signature(negative_slope=0.01),
}
_UNKNOWN = Signature()


def torch_signature(target: str) -> Signature:
    """The signature of a torch module; an empty one if it is not known here."""
    return _TORCH.get(target, _UNKNOWN)
