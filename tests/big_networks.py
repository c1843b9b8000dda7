"""Networks of many hundred blocks, for measurements and for what must not depend on the size."""

from dataclasses import replace

import cnnstudio.blocks  # noqa: F401  # registers the block types
from cnnstudio.core.block import Composite
from cnnstudio.core.document import Document, InputSize, Node, Place, Stack
from cnnstudio.core.edits import insert
from cnnstudio.core.edits import node as new_node
from cnnstudio.core.registry import block_type
from cnnstudio.workspace.presets import load_preset


def make(kind: str, *stacks: tuple[Node, ...], **values: object) -> Node:
    """A node outside any document."""
    return new_node(block_type(kind).model_validate(values), stacks or None)


def residuals(count: int) -> Document:
    """So many residual blocks of six blocks each, one behind the other, and two more."""
    body = (
        make("Conv2d", out_channels=16, padding=1),
        make("BatchNorm2d"),
        make("ReLU"),
        make("Conv2d", out_channels=16, padding=1),
        make("BatchNorm2d"),
    )
    nodes = [make("Residual", body, ()) for _ in range(count)]
    document = Document(InputSize(32, 32, 16), 10)
    return insert(document, Place(None, 0, 0), [*nodes, make("Flatten"), make("Linear")])


def unrolled(preset: str) -> Document:
    """A preset with every repetition written out: ResNet-152 has over 500 blocks then."""
    document = load_preset(preset)
    return insert(document.changed(body=(), serial=1), Place(None, 0, 0), _written_out(document.body, True))


def _written_out(stack: Stack, first: bool) -> Stack:
    nodes: list[Node] = []
    for node in stack:
        if node.only_first and not first:
            continue
        if isinstance(node.block, Composite) and node.block.repeats:
            for number in range(node.block.times):  # type: ignore[attr-defined]  # of Repeat
                nodes += _written_out(node.stacks[0], number == 0)
            continue
        stacks = tuple(_written_out(inner, first) for inner in node.stacks)
        nodes.append(replace(node, block=node.effective(first), stacks=stacks, first=None, only_first=False))
    return tuple(nodes)
