"""A Build workspace with a small network, shown."""

from collections.abc import Callable

import pytest
from pytestqt.qtbot import QtBot

import cnnstudio.blocks  # noqa: F401  # registers the block types
from cnnstudio.app.store import DocumentStore
from cnnstudio.core.document import Document, InputSize, Node, Place, Stack
from cnnstudio.core.edits import insert
from cnnstudio.core.edits import node as new_node
from cnnstudio.core.registry import block_type
from cnnstudio.ui.build import BuildWorkspace

Make = Callable[..., Node]


def make(kind: str, stacks: tuple[Stack, ...] | None = None, **values: object) -> Node:
    """A node outside any document."""
    return new_node(block_type(kind).model_validate(values), stacks)


def small_residual() -> Document:
    """The network of the design pictures: b1, b2, b3 Repeat of b4 Residual of b5 … b9, b10 Linear."""
    body = (
        make("Conv2d", out_channels=16, padding=1),
        make("BatchNorm2d"),
        make("ReLU"),
        make("Conv2d", out_channels=16, padding=1),
        make("BatchNorm2d"),
    )
    repeat = make("Repeat", ((make("Residual", (body, ())),),), times=2)
    nodes = [make("Conv2d", out_channels=16, padding=1, bias=False), make("BatchNorm2d"), repeat]
    nodes.append(make("Linear", out_features=10))
    return insert(Document(InputSize(32, 32, 3), 10, name="Small residual net"), Place(None, 0, 0), nodes)


@pytest.fixture
def store(qapp: object) -> DocumentStore:
    store = DocumentStore()
    store.load(small_residual())
    return store


@pytest.fixture
def build(qtbot: QtBot, store: DocumentStore) -> BuildWorkspace:
    workspace = BuildWorkspace(store)
    workspace.resize(1300, 840)
    qtbot.addWidget(workspace)
    workspace.show()
    qtbot.waitExposed(workspace)
    return workspace
