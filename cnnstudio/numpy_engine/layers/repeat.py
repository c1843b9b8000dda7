"""A repetition: its bodies one behind the other, each with weights of its own."""

from __future__ import annotations

from collections.abc import Sequence

from cnnstudio.blocks.repeat import Repeat as Block
from cnnstudio.numpy_engine.chain import Chain


class Repeat(Chain):
    """As many stacks as there are repetitions."""

    def __init__(self, block: Block, stacks: Sequence[Chain]) -> None:
        super().__init__(stacks)
