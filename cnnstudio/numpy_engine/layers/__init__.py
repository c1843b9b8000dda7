"""One file a block, under the block's own name; a block that has none cannot be computed here."""

from __future__ import annotations

from importlib import import_module
from typing import cast

from cnnstudio.core.block import Block


def kind_of(block: Block) -> type:
    """The class here that computes a block; its module and its name are the block's own.

    Raises:
        NotImplementedError: the block has no NumPy implementation.
    """
    module = type(block).__module__.rsplit(".", 1)[1]
    name = f"{__name__}.{module}"
    try:
        return cast(type, getattr(import_module(name), type(block).__name__))
    except ModuleNotFoundError as error:
        if error.name != name:
            raise
        raise NotImplementedError(f"{type(block).__name__} has no NumPy implementation.") from None
