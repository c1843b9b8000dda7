"""Guided tours of the presets, ``presets/tours/ID.json``: what to look at in Learn, and what to try.

How far a person has come is remembered in ``tours.json`` of the config folder.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from cnnstudio.workspace import paths
from cnnstudio.workspace.json_file import read_object, write_object
from cnnstudio.workspace.resources import presets_dir

DONE = -1
"""Remembered of a tour that was walked to its end, or skipped."""


class TourStep(BaseModel):
    """A text and what it is about.

    ``block`` is a place in the preset's file (``body[3].branches[0][1]``) or ``"loss"``; ``tried`` are values
    of the block's parameters for the what-if fields, ``panel`` is the card that the text speaks of, by its
    name; without, it is the first.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    text: str
    block: str = ""
    mode: Literal["forward", "training", "backward", "why"] = "forward"
    step: int = Field(default=0, ge=0)
    output: int = Field(default=0, ge=0)
    channel: int = Field(default=0, ge=0)
    panel: str = ""
    tried: Mapping[str, int] = Field(default_factory=dict, alias="try")


class Tour(BaseModel):
    """``network`` is the name of the preset's document, by which an open document finds its tour."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: Literal["cnnstudio-tour"]
    version: Literal[1]
    preset: str
    network: str
    title: str
    steps: tuple[TourStep, ...] = Field(min_length=1)


@cache
def tours() -> tuple[Tour, ...]:
    """All that ship with the program; one that cannot be read is left out."""
    found = []
    for path in sorted((presets_dir() / "tours").glob("*.json")):
        try:
            found.append(read_tour(path))
        except (OSError, ValidationError):
            continue
    return tuple(found)


def read_tour(path: Path) -> Tour:
    """Raises ``OSError``, and ``pydantic.ValidationError`` for a file that is no tour."""
    return Tour.model_validate_json(path.read_text("utf-8"))


def tour_of(network: str) -> Tour | None:
    """The tour of a document by its name."""
    return next((tour for tour in tours() if tour.network == network), None)


def recall_tour(preset: str) -> int | None:
    """The step that a person had come to; :data:`DONE`; None: never begun. Never raises."""
    step = (read_object(_path()) or {}).get(preset)
    return step if isinstance(step, int) else None


def remember_tour(preset: str, step: int) -> None:
    """Keeps it; a disk that refuses is no reason to trouble anyone."""
    known = read_object(_path()) or {}
    try:
        write_object(_path(), {**known, preset: step}, durable=False)
    except OSError:
        return


def _path() -> Path:
    return paths.config_dir() / "tours.json"
