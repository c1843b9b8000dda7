"""A group: its body, under a name."""

from __future__ import annotations

from collections.abc import Sequence

from cnnstudio.blocks.group import Group as Block
from cnnstudio.numpy_engine.chain import Chain


class Group(Chain):
    """One stack."""

    def __init__(self, block: Block, stacks: Sequence[Chain]) -> None:
        super().__init__(stacks)
