"""Every block's exported code runs and has the parameters that inference counted."""

import pytest
import torch

from cnnstudio.codegen import generate
from cnnstudio.core.block import Block, Composite
from cnnstudio.core.document import Document, InputSize, Node, Place
from cnnstudio.core.edits import insert, node
from cnnstudio.core.infer import infer
from cnnstudio.core.registry import block_type, block_types
from tests.oracle import BATCH


@pytest.mark.parametrize("kind", block_types(), ids=lambda kind: kind.__name__)
def test_the_exported_code_runs(kind: type[Block]) -> None:
    document = _network_with(kind)
    assert infer(document).trainable, [str(p.fault) for p in infer(document).problems]
    space: dict[str, object] = {}
    generated = generate(document)
    exec(compile(generated.source, "model.py", "exec"), space)
    with torch.device("meta"):
        network = space[generated.class_name]().eval()  # type: ignore[operator]
        assert network(torch.empty(BATCH, 3, 32, 32)).shape == (BATCH, 10)
    assert sum(p.numel() for p in network.parameters()) == infer(document).params


def _network_with(kind: type[Block]) -> Document:
    """The block between two layers that fit it."""
    block = kind()
    middle = node(block)
    if isinstance(block, Composite):
        classifier = _nodes("Flatten", "Linear")
        inner = classifier if block.root_only else _nodes("BatchNorm2d", "ReLU")
        middle = Node("", block, (inner, *middle.stacks[1:]))
    before = node(_named("Flatten" if kind.__name__ == "Linear" else "Conv2d"))
    document = Document(InputSize(32, 32, 3), 10)
    return insert(document, Place(None, 0, 0), [before, middle, *_nodes("Flatten", "Linear")])


def _nodes(*names: str) -> tuple[Node, ...]:
    return tuple(node(_named(name)) for name in names)


def _named(name: str) -> Block:
    return block_type(name)()
