"""Layers of a network that stand one right behind another, so that they can work together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import chain

from cnnstudio.codegen import Generated
from cnnstudio.core.block import Block
from cnnstudio.core.document import Document, Node, Stack, walk


def neighbours(
    document: Document, generated: Generated, blocks: Sequence[type[Block]]
) -> Iterator[tuple[str, ...]]:
    """The module paths of layers of these blocks, in this order, each taking what the one before gives alone.

    Layers that have several places in the network are left out.
    """
    uses = Counter(chain.from_iterable(generated.paths.values()))
    for nodes in _runs(document, blocks):
        for paths in zip(*(generated.paths.get(node.id, ()) for node in nodes)):
            if all(uses[path] == 1 for path in paths):
                yield paths


def _runs(document: Document, blocks: Sequence[type[Block]]) -> Iterator[list[Node]]:
    inner = (stack for node in walk(document.body) for stack in node.stacks)
    for stack in chain((document.body,), inner):
        nodes = _enabled(stack)
        for start in range(len(nodes) - len(blocks) + 1):
            run = nodes[start : start + len(blocks)]
            if [type(node.block) for node in run] == list(blocks):
                yield run


def _enabled(stack: Stack) -> list[Node]:
    return [node for node in stack if not node.disabled]
