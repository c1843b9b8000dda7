"""What explains a block: steps, the scene of each, and what a click on a cell means."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import Literal, cast

from cnnstudio.core.block import Block
from cnnstudio.numpy_engine.trace import Passage
from cnnstudio.ui.learn.scene import Cell, Scene

Mode = Literal["forward", "backward"]


@dataclass(frozen=True, slots=True)
class View:
    """What is looked at: ``step`` from 0, the filter (or output feature) and the input channel."""

    mode: Mode = "forward"
    step: int = 0
    output: int = 0
    channel: int = 0


class Explainer:
    """One block at work on one image. Subclasses are in :mod:`explainers`, under the block's own name."""

    modes: tuple[Mode, ...] = ("forward", "backward")

    def __init__(self, block: Block, passage: Passage) -> None:
        self.block = block
        self.passage = passage

    def steps(self, view: View) -> int:
        """How many steps there are in this mode, for this filter and channel; at least one."""
        return 1

    def outputs(self) -> int:
        """How many filters or features a person can choose between; 0: nothing to choose."""
        return 0

    def channels(self, view: View) -> int:
        """How many input channels a person can choose between; 0: nothing to choose."""
        return 0

    def scene(self, view: View) -> Scene:
        """What is to be seen."""
        raise NotImplementedError

    def clicked(self, grid: str, cell: Cell, view: View) -> View | None:
        """The view that a click on a grid's cell asks for; None: nothing happens."""
        return None


def explainer_for(block: Block) -> type[Explainer] | None:
    """The class that explains a block; None where there is none yet."""
    module = type(block).__module__.rsplit(".", 1)[1]
    name = f"cnnstudio.ui.learn.explainers.{module}"
    try:
        return cast(type[Explainer], getattr(import_module(name), type(block).__name__))
    except ModuleNotFoundError as error:
        if error.name != name:
            raise
        return None
