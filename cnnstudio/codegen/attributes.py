"""What the children of a module are called: ``conv1``, ``bn1``, ``layer2``, or a group's own name."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from cnnstudio.blocks.group import Group
from cnnstudio.codegen.names import MODULE_NAMES, Names, attribute_base, attribute_name, snake_case
from cnnstudio.codegen.resolve import Head, Item, Leaf, Series


@dataclass(frozen=True, slots=True)
class Wish:
    """How a child wants to be called: exactly so, or by a base with a number.

    A child without weights goes without a number where it is the only one of its kind.
    """

    base: str
    exact: bool = False
    weights: bool = True


def wish(item: Item, class_name: str | None = None) -> Wish:
    """The wish of one item; ``class_name`` is the class that was made for it, if any."""
    if isinstance(item, Leaf):
        return Wish(attribute_base(type(item.report.block).__name__), weights=item.report.params > 0)
    if isinstance(item, Head):
        return Wish("aux")
    node = item.node
    if node is not None and isinstance(node.block, Group):
        return Wish(attribute_name(node.block.name), exact=True)
    if isinstance(item, Series):
        return Wish("layer" if node is not None else "part")
    if item.kind == "parallel" and class_name is not None:
        return Wish(snake_case(class_name.rstrip("0123456789")))
    return Wish("block")


def attributes(wishes: Sequence[Wish]) -> list[str]:
    """A name for each wish, in order; exact ones are served first."""
    names = Names(MODULE_NAMES)
    chosen = {index: names.unique(wish.base) for index, wish in enumerate(wishes) if wish.exact}
    bases = Counter(wish.base for wish in wishes if not wish.exact)
    for index, wish in enumerate(wishes):
        if wish.exact:
            continue
        single = not wish.weights and bases[wish.base] == 1
        chosen[index] = names.unique(wish.base) if single else names.numbered(wish.base)
    return [chosen[index] for index in range(len(wishes))]
