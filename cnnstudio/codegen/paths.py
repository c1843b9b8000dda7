"""Where each node's modules are found in the built network: ``layer1.0.conv1``."""

from collections import defaultdict

from cnnstudio.codegen.library import present
from cnnstudio.codegen.network import Root
from cnnstudio.codegen.resolve import Head, Item, Leaf, Series, Unit


class Paths:
    """Collects the module paths of a network by node, in the order of repetition."""

    def __init__(self, root: Root) -> None:
        self._library = root.library
        self._found: defaultdict[str, list[str]] = defaultdict(list)
        for attribute, item in root.pairs():
            self._item(item, attribute)

    def found(self) -> dict[str, tuple[str, ...]]:
        """The paths by node id."""
        return {node: tuple(paths) for node, paths in self._found.items()}

    def _item(self, item: Item, path: str) -> None:
        if isinstance(item, Leaf):
            self._found[item.report.node.id].append(path)
        elif isinstance(item, Head):
            self._found[item.node.id].append(path)
            self._item(item.item, path)
        elif isinstance(item, Series):
            if item.node is not None:
                self._found[item.node.id].append(path)
            self._sequence([part for part, times in item.parts for _ in range(times)], path)
        else:
            self._unit(item, path)

    def _unit(self, unit: Unit, path: str) -> None:
        if unit.node is not None:
            self._found[unit.node.id].append(path)
        made = self._library.class_of(unit)
        if made is None:
            self._sequence(present(unit), path)
            return
        for slot, child in zip(unit.slots, made.children, strict=True):
            if slot.item is not None and child is not None:
                self._item(slot.item, f"{path}.{child.attribute}")

    def _sequence(self, items: list[Item], path: str) -> None:
        if len(items) == 1:
            self._item(items[0], path)
            return
        for index, item in enumerate(items):
            self._item(item, f"{path}.{index}")
