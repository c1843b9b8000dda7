"""Small documents for tests, written as files are."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import cnnstudio.blocks
from cnnstudio.core.document import Document
from cnnstudio.core.fileformat import read_document

PRESETS = sorted(Path(__file__).parents[2].joinpath("presets").glob("*.cnn.json"))
Piece = dict[str, Any]


@cache
def preset(id: str) -> Document:
    """A shipped model."""
    (path,) = [path for path in PRESETS if path.name == f"{id}.cnn.json"]
    return read_document(path.read_text(encoding="utf-8"), path.name)


def preset_ids() -> list[str]:
    """The names of all shipped models."""
    return [path.name.removesuffix(".cnn.json") for path in PRESETS]


def block(kind: str, **values: Any) -> Piece:
    """A block as it stands in a file."""
    return {"block": kind, **values}


def conv(filters: int, kernel: int = 3, **values: Any) -> list[Piece]:
    """Convolution of the same size without bias, batch norm, ReLU."""
    padding = {"padding": kernel // 2} if kernel > 1 else {}
    return [
        block("Conv2d", out_channels=filters, kernel_size=kernel, bias=False, **padding, **values),
        block("BatchNorm2d"),
        block("ReLU"),
    ]


CLASSIFIER = [block("GlobalAvgPool2d"), block("Linear", out_features=10)]


def document(body: list[Piece], *, name: str = "Net", side: int = 32, **more: Any) -> Document:
    """A network for 10 classes of square colour images."""
    size = {"height": side, "width": side, "channels": 3}
    head = {"format": "cnnstudio", "version": 1, "name": name, "input": size, "classes": 10}
    return read_document(json.dumps({**head, "body": body, **more}))


assert cnnstudio.blocks.__name__  # imported to register the block types
