"""Random documents: every block, composites three deep, odd and bad parameters."""

from dataclasses import replace
from typing import Any

from hypothesis import strategies as st

import cnnstudio.blocks
from cnnstudio.core.block import Block, Composite
from cnnstudio.core.document import Document, InputSize, Node, Place, Stack, find, walk
from cnnstudio.core.edits import insert, node, remove, renumbered
from cnnstudio.core.fields import FieldSpec
from cnnstudio.core.infer import infer
from cnnstudio.core.registry import block_type, block_types

DEPTH = 3
_LAYERS = tuple(kind for kind in block_types() if not issubclass(kind, Composite))
_COMPOSITES = tuple(kind for kind in block_types() if issubclass(kind, Composite))
_INNER_COMPOSITES = tuple(kind for kind in _COMPOSITES if not kind.root_only)
# Sizes that people use come first, since hypothesis shrinks towards them; odd ones follow.
_SIZES = (1, 2, 3, 4, 5, 6, 7, 8, 12, 16, 31)
_PADDINGS = (0, 1, 2, 3, 5)


def values(field: FieldSpec) -> st.SearchStrategy[Any]:
    """Values that the field's model accepts, whether or not they make sense for the input."""
    match field.kind:
        case "switch":
            return st.booleans()
        case "choice":
            return st.sampled_from(field.choices)
        case "real":
            low, high = _real_range(field)
            return st.floats(low, high, allow_nan=False)
        case "name":
            return st.sampled_from(("stem", "head", "stage_2"))
        case "whole":
            return st.sampled_from(_SIZES if field.name != "times" else (1, 2, 3, 5))
        case "pair":
            sizes = st.sampled_from(_SIZES if field.minimum else _PADDINGS)
            pairs = sizes | st.tuples(sizes, sizes)
            return pairs | st.none() if field.optional else pairs
    raise AssertionError(field.kind)


def _real_range(field: FieldSpec) -> tuple[float, float]:
    low = field.minimum if field.minimum is not None else (field.above or 0) + 1e-3
    high = field.maximum if field.maximum is not None else (field.below or 10) - 1e-3
    return low, min(high, 10)


@st.composite
def blocks(draw: st.DrawFn, kind: type[Block]) -> Block:
    """A block of this type; most parameters keep their defaults, so that many documents are valid."""
    chosen = {
        field.name: draw(values(field))
        for field in kind.fields()
        if draw(st.integers(0, 2), label="set?") == 0
    }
    return kind.model_validate(chosen)


@st.composite
def nodes(draw: st.DrawFn, depth: int = DEPTH) -> Node:
    """A layer, or with depth left a composite."""
    composite = depth > 0 and draw(st.integers(0, 3)) == 0
    kinds = _COMPOSITES if depth == DEPTH or draw(st.integers(0, 9)) == 0 else _INNER_COMPOSITES
    kind = draw(st.sampled_from(kinds if composite else _LAYERS))
    block = draw(blocks(kind))
    made = Node("", block, draw(_stacks(block, depth - 1)))
    if draw(st.integers(0, 5)) == 0:
        made = replace(made, first=draw(blocks(kind)))
    return replace(made, only_first=draw(st.integers(0, 7)) == 0, disabled=draw(st.integers(0, 11)) == 0)


@st.composite
def _stacks(draw: st.DrawFn, block: Block, depth: int) -> tuple[Stack, ...]:
    if not isinstance(block, Composite):
        return ()
    number = draw(st.integers(1, 3)) if block.open_ended else len(block.stacks)
    return tuple(draw(stacks(depth)) for _ in range(number))


def stacks(depth: int = DEPTH, most: int = 4) -> st.SearchStrategy[Stack]:
    """Some blocks one behind the other."""
    return st.lists(nodes(depth), max_size=most).map(tuple)


@st.composite
def documents(draw: st.DrawFn, most: int = 6) -> Document:
    """A random document; its settings are the defaults."""
    side = st.sampled_from((8, 16, 9, 28, 32, 1, 2, 5))
    size = InputSize(draw(side), draw(side), draw(st.sampled_from((3, 1, 4, 8))))
    body, serial = renumbered(draw(stacks(DEPTH, most)), 1)
    return Document(size, draw(st.sampled_from((10, 2, 5))), body, serial=serial)


def repaired(document: Document) -> Document:
    """The document without its faulty blocks: deep documents that are valid in spite of chance."""
    while infer(document).body.faults:
        faulty = {
            problem.node for problem in infer(document).problems if problem.node and not problem.warning
        }
        present = {node.id for node in walk(document.body)}
        inner = {i for i in faulty & present if not _faulty_inside(document, i, faulty)}
        document = remove(document, inner)
    return document


def _faulty_inside(document: Document, node_id: str, faulty: set[str]) -> bool:
    return any(node.id in faulty for stack in find(document, node_id).stacks for node in walk(stack))


def trainable_documents(most: int = 6) -> st.SearchStrategy[Document]:
    """Valid documents that end with one number for each class."""
    return documents(most).map(repaired).map(_with_classifier)


def _with_classifier(document: Document) -> Document:
    pieces = [node(block_type("Flatten")()), node(block_type("Linear")(out_features=document.classes))]
    document = insert(document, Place(None, 0, len(document.body)), pieces)
    heads = [n.id for n in document.body if isinstance(n.block, Composite) and n.block.root_only]
    for head in heads:
        end = len(find(document, head).stacks[0])
        document = insert(document, Place(head, 0, end), pieces)
    return document


assert cnnstudio.blocks.__name__  # imported to register the block types
