"""Where the published data sets can be fetched: torchvision's public mirrors, resources and checksums.

They are read from torchvision's source as data, because importing it takes seconds and brings torch along,
which belongs into the engine's process only.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from cnnstudio.workspace.datasets.info import DatasetInfo
from cnnstudio.workspace.errors import DatasetError


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """A file as it is published: its name, the addresses to try in turn, and its MD5 checksum."""

    name: str
    urls: tuple[str, ...]
    md5: str


def remote_files(info: DatasetInfo) -> tuple[RemoteFile, ...]:
    """What has to be fetched for this data set; `DatasetError` where torchvision does not say."""
    module, owner = {"mnist": ("mnist", "MNIST"), "fashion-mnist": ("mnist", "FashionMNIST")}.get(
        info.id, ("cifar", "CIFAR10")
    )
    try:
        found = _class_constants(_torchvision() / "datasets" / f"{module}.py", owner)
        if owner == "CIFAR10":
            return (RemoteFile(found["filename"], (found["url"],), found["tgz_md5"]),)
        return tuple(
            RemoteFile(name, tuple(mirror + name for mirror in found["mirrors"]), md5)
            for name, md5 in found["resources"]
        )
    except (ImportError, OSError, SyntaxError, KeyError, ValueError, TypeError) as error:
        raise DatasetError(
            f"The installed torchvision does not say where {info.title} can be fetched ({error}): "
            "reinstall torchvision, or train on shapes, which needs no download."
        ) from error


def _torchvision() -> Path:
    spec = find_spec("torchvision")
    if spec is None or not spec.submodule_search_locations:
        raise ImportError("it is not installed")
    return Path(spec.submodule_search_locations[0])


def _class_constants(path: Path, name: str) -> dict[str, Any]:
    """The literal class attributes of one class in a source file."""
    tree = ast.parse(path.read_text("utf-8"))
    owner = next((node for node in tree.body if isinstance(node, ast.ClassDef) and node.name == name), None)
    if owner is None:
        raise KeyError(name)
    constants: dict[str, Any] = {}
    for node in owner.body:
        # Annotated or not, literal or not, may change between its versions.
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        value = getattr(node, "value", None)
        if len(targets) == 1 and isinstance(targets[0], ast.Name) and isinstance(value, ast.expr):
            try:
                constants[targets[0].id] = ast.literal_eval(value)
            except ValueError:
                continue
    return constants
