"""The networks that ship with the program, one `ID.cnn.json` each."""

from __future__ import annotations

from pathlib import Path

import cnnstudio.blocks  # noqa: F401  fills the registry that reading a document looks blocks up in
from cnnstudio.core.document import Document
from cnnstudio.core.fileformat import FileError, read_document
from cnnstudio.workspace.errors import PresetError
from cnnstudio.workspace.resources import presets_dir

SUFFIX = ".cnn.json"

PRESET_IDS: tuple[str, ...] = (
    "cifar10-first-cnn",
    "mnist-five-layer-cnn",
    "mnist-simpleconvnet",
    "fashion-dnn",
    "fashion-dnn-dropout",
    "alexnet",
    "alexnet-2012",
    "vgg16",
    "vgg19",
    "googlenet",
    "resnet18",
    "resnet34",
    "resnet50",
    "resnet101",
    "resnet152",
    "cifar10-resnet",
    "cifar10-resnet110",
    "alexnet-cifar",
    "vgg16-cifar",
    "googlenet-cifar",
)
"""The order in which presets are listed; a file that is not named here comes after them."""


def preset_ids() -> tuple[str, ...]:
    """The ids of the presets that are there: first those of `PRESET_IDS`, then others by name."""
    found = {path.name.removesuffix(SUFFIX) for path in presets_dir().glob(f"*{SUFFIX}")}
    known = tuple(id for id in PRESET_IDS if id in found)
    return known + tuple(sorted(found.difference(known)))


def preset_path(id: str) -> Path:
    """The file of a preset; `PresetError` naming the closest ones where there is no such id."""
    ids = preset_ids()
    if id not in ids:
        from difflib import get_close_matches

        close = get_close_matches(id.lower(), ids, n=3) or ids
        raise PresetError(f"There is no preset '{id}': choose one of {', '.join(close)}.")
    return presets_dir() / f"{id}{SUFFIX}"


def read_preset_text(id: str) -> str:
    """The text of a preset's file; `PresetError` where it is unknown or unreadable."""
    path = preset_path(id)
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise PresetError(f"The preset {id} could not be read ({error}): reinstall CNN Studio.") from error


def load_preset(id: str) -> Document:
    """The network and training settings of a preset; `PresetError` where it is unknown or unreadable."""
    text = read_preset_text(id)
    try:
        return read_document(text, f"The preset {id}")
    except FileError as error:
        raise PresetError(str(error)) from error
