"""The block types. Importing this package registers them; a new one is a file and a line here."""

from importlib import import_module

from cnnstudio.core.block import Block
from cnnstudio.core.registry import register

_PALETTE = (
    "conv2d",
    "depthwise_conv2d",
    "zero_pad2d",
    "max_pool2d",
    "avg_pool2d",
    "adaptive_avg_pool2d",
    "global_avg_pool2d",
    "relu",
    "leaky_relu",
    "elu",
    "gelu",
    "silu",
    "sigmoid",
    "tanh",
    "softmax",
    "batch_norm2d",
    "group_norm",
    "local_response_norm",
    "flatten",
    "linear",
    "dropout",
    "dropout2d",
    "residual",
    "parallel",
    "repeat",
    "aux_classifier",
    "group",
    "identity",
)


def _defined_in(module_name: str) -> type[Block]:
    """The one block type that a file defines."""
    module = import_module(f"{__name__}.{module_name}")
    (block,) = (
        value
        for value in vars(module).values()
        if isinstance(value, type) and issubclass(value, Block) and value.__module__ == module.__name__
    )
    return block


register(*map(_defined_in, _PALETTE))
