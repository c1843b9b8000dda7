"""What a document means, said in a few lines of torch: runs the layers of a built network one by one.

Knows nothing of the generated ``forward``; takes every layer from where ``paths`` says it is.
"""

from collections.abc import Iterator, Mapping

import torch
from torch import Tensor, nn

from cnnstudio.core.document import Document, Node, Stack


class Interpreter:
    """Runs a document with the modules of a network built from its source."""

    def __init__(self, document: Document, model: nn.Module, paths: Mapping[str, tuple[str, ...]]) -> None:
        self._body = document.body
        self._modules: dict[str, Iterator[nn.Module]] = {
            node: iter([model.get_submodule(path) for path in found]) for node, found in paths.items()
        }
        self.side: list[Tensor] = []

    def run(self, x: Tensor) -> list[Tensor]:
        """The main output and those of the auxiliary heads."""
        return [self._stack(self._body, x, True), *self.side]

    def _stack(self, stack: Stack, x: Tensor, first: bool) -> Tensor:
        for node in stack:
            if not node.disabled and (first or not node.only_first):
                x = self._node(node, x, first)
        return x

    def _node(self, node: Node, x: Tensor, first: bool) -> Tensor:
        module = next(self._modules[node.id])
        block = node.effective(first)
        match type(block).__name__:
            case "Repeat":
                for number in range(block.times):  # type: ignore[attr-defined]
                    x = self._stack(node.stacks[0], x, number == 0)
                return x
            case "Group":
                return self._stack(node.stacks[0], x, first)
            case "Residual":
                body, shortcut = (self._stack(stack, x, first) for stack in node.stacks)
                total = body + shortcut
                return total.relu() if block.activation == "ReLU" else total  # type: ignore[attr-defined]
            case "AuxClassifier":
                self.side.append(self._stack(node.stacks[0], x, first))
                return x
            case "Parallel":
                return _merge(block.merge, [self._stack(s, x, first) for s in node.stacks])  # type: ignore[attr-defined]
        y: Tensor = module(x)
        return y


def _merge(how: str, branches: list[Tensor]) -> Tensor:
    if how == "concat":
        return torch.cat(branches, dim=1)
    total = branches[0]
    for branch in branches[1:]:
        total = total + branch if how == "add" else total * branch
    return total
