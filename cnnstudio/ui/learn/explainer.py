"""What explains a block: steps, the scene of each, and what a click on a cell means."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Literal, cast

from PySide6.QtCore import QCoreApplication

from cnnstudio.core.block import Block
from cnnstudio.numpy_engine.layer import Array
from cnnstudio.numpy_engine.trace import InBatch, Passage
from cnnstudio.ui.learn.scene import Cell, Scene

Mode = Literal["forward", "training", "backward", "why"]


@dataclass(frozen=True, slots=True)
class View:
    """What is looked at: ``step`` from 0, the filter (or output feature) and the input channel."""

    mode: Mode = "forward"
    step: int = 0
    output: int = 0
    channel: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class About:
    """What an explanation may want to know beside the block: the image (C, H, W), its class, the classes."""

    image: Array | None = None
    label: int = 0
    class_names: tuple[str, ...] = ()
    batch: InBatch | None = None
    """What a batch norm meets in a batch; None: not known."""
    labelled: bool = True
    """Whether the class is known; else it stands in."""
    tried: bool = False
    """Whether this is a copy that is tried, not the network's own block."""

    def class_name(self, number: int) -> str:
        """What a class is called; its number where that is not known."""
        return self.class_names[number] if number < len(self.class_names) else str(number)


class Explainer:
    """One block at work on one image. Subclasses are in :mod:`explainers`, under the block's own name."""

    modes: tuple[Mode, ...] = ("forward", "backward")
    """The ways there are; the first is shown first."""

    def __init__(self, block: Block, passage: Passage, about: About | None = None) -> None:
        self.block = block
        self.passage = passage
        self.about = about or About()

    def steps(self, view: View) -> int:
        """How many steps there are in this mode, for this filter and channel; at least one."""
        return 1

    def outputs(self) -> int:
        """How many filters or features a person can choose between; 0: nothing to choose."""
        return 0

    def output_texts(self) -> list[str]:
        """The filters or features by name."""
        text = QCoreApplication.translate("Learn", "filter {number}")
        return [text.format(number=i + 1) for i in range(self.outputs())]

    def channels(self, view: View) -> int:
        """How many input channels a person can choose between; 0: nothing to choose."""
        return 0

    def scene(self, view: View) -> Scene:
        """What is to be seen."""
        raise NotImplementedError

    def clicked(self, grid: str, cell: Cell, view: View) -> View | None:
        """The view that a click on a grid's cell asks for; None: nothing happens."""
        return None

    def touches(self, grid: str, cell: Cell, view: View) -> Mapping[str, Collection[Cell]]:
        """What a cell under the mouse has to do with, as cells of other grids by their names."""
        return {}

    def pixel(self, view: View) -> Cell | None:
        """The output pixel that is explained, for the frame of what it sees; None: all of the input."""
        return None

    def opening(self, view: View) -> int:
        """The step to begin with: the view's own, or where there is more to be seen than zeros."""
        return view.step

    def row(self, view: View) -> int:
        """How many steps one row down is."""
        return max(1, int(self.passage.y.shape[-1]))


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
