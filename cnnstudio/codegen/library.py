"""Which units become classes, and how every item is constructed."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from cnnstudio.blocks.repeat import Repeat
from cnnstudio.codegen.attributes import Wish, wish
from cnnstudio.codegen.block_class import BlockClass, make_class
from cnnstudio.codegen.clusters import clusters
from cnnstudio.codegen.expression import IDENTITY, Construct, Copies, Expression, is_stacked
from cnnstudio.codegen.loops import merged, progressions
from cnnstudio.codegen.names import Names
from cnnstudio.codegen.resolve import Head, Item, Leaf, Series, Unit
from cnnstudio.codegen.signature import Signature, torch_signature
from cnnstudio.codegen.titles import class_title
from cnnstudio.core.shape import shape_text

# A class with more parameters than this says less than two classes with fewer.
_MOST_PARAMETERS = 8
_FIXED_IF_MANY = frozenset(("kernel_size", "padding", "dilation", "bias", "p", "output_size", "size"))
_LISTED = 2  # so many equal modules are written out, more in a loop


class Library:
    """The classes of one file, made from the innermost units outwards."""

    def __init__(self, items: Sequence[Item], names: Names) -> None:
        self.classes: list[BlockClass] = []
        self._names = names
        self._signatures: dict[str, Signature] = {}
        self._made: dict[Unit, tuple[BlockClass, Construct]] = {}
        self._expressed: dict[Item, Construct] = {}
        counts: dict[Unit, int] = {}
        for item in items:
            _count(item, 1, counts)
        for height in sorted({unit.height for unit in counts}):
            units = [unit for unit in counts if unit.height == height]
            for cluster in self._clustered(units, frozenset()):
                # A stack that occurs once is written in place; branches and sums need a forward of their own.
                if cluster[0].kind != "stack" or sum(counts[unit] for unit in cluster) > 1:
                    self._make(cluster)

    def class_of(self, unit: Unit) -> BlockClass | None:
        """The class that was made for a unit; None where it is written in place."""
        made = self._made.get(unit)
        return made[0] if made else None

    def express(self, item: Item) -> Construct:
        """How an item is constructed; the units inside must have been looked at before."""
        known = self._expressed.get(item)
        if known is None:
            known = self._expressed[item] = self._express(item)
        return known

    def _express(self, item: Item) -> Construct:
        if isinstance(item, Leaf):
            return item.construct
        if isinstance(item, Head):
            return _named(self.express(item.item), item.node.id)
        if isinstance(item, Series):
            stacked = item.node is None or not isinstance(item.node.block, Repeat)
            inside = _sequential([(self._element(part), times) for part, times in item.parts], stacked)
            return _named(inside, item.node.id) if item.node else inside
        made = self._made.get(item)
        if made is not None:
            return made[1]
        inside = _sequential([(self._element(part), 1) for part in present(item)], stacked=True)
        return _named(inside, item.node.id) if item.node else inside

    def wish(self, item: Item) -> Wish:
        """How an item's attribute wants to be called."""
        made = self.class_of(item) if isinstance(item, Unit) else None
        return wish(item, made.name if made else None)

    def signature(self, target: str) -> Signature:
        """What a module's constructor takes, torch's or one of ours."""
        return self._signatures.get(target) or torch_signature(target)

    def _element(self, item: Item) -> Construct:
        """An item inside a sequence, with its shape behind it where the map's size changes."""
        construct = self.express(item)
        if not isinstance(item, Leaf):
            return construct
        before, after = item.report.input, item.report.output
        changes = before is not None and after is not None and before[1:] != after[1:]
        return replace(construct, comment=shape_text(after)) if changes else construct

    def _clustered(self, units: Sequence[Unit], fixed: frozenset[str]) -> Iterable[list[Unit]]:
        return clusters(units, self.express, self.signature, fixed)

    def _make(self, cluster: Sequence[Unit], may_split: bool = True) -> None:
        name = class_title(cluster[0])
        made = make_class(name, cluster, self.express, self.wish, self.signature)
        if may_split and len(made.parameters) > _MOST_PARAMETERS:
            for part in self._clustered(cluster, _FIXED_IF_MANY):
                self._make(part, may_split=False)
            return
        made = replace(made, name=self._names.unique(name))
        self.classes.append(made)
        self._signatures[made.name] = made.signature()
        for use, unit in enumerate(cluster):
            self._made[unit] = (made, made.construct(use))


def present(unit: Unit) -> list[Item]:
    """The items that this repetition has."""
    return [slot.item for slot in unit.slots if slot.item is not None]


def _count(item: Item, times: int, counts: dict[Unit, int]) -> None:
    """How often each unit is built, innermost included, in reading order."""
    if isinstance(item, Head):
        _count(item.item, times, counts)
    elif isinstance(item, Series):
        for part, copies in item.parts:
            _count(part, times * copies, counts)
    elif isinstance(item, Unit):
        counts[item] = counts.get(item, 0) + times
        for inner in present(item):
            _count(inner, times, counts)


def _sequential(parts: Sequence[tuple[Construct, int]], stacked: bool) -> Construct:
    if not parts:
        return IDENTITY
    if len(parts) == 1 and parts[0][1] == 1:
        return parts[0][0]
    args: list[Expression] = []
    for construct, times in merged(parts):
        listed = times <= (1 if is_stacked(construct) else _LISTED)
        args += [construct] * times if listed else [Copies(construct, times)]
    args = progressions(args)
    return Construct("nn.Sequential", tuple(args), stacked=stacked)


def _named(construct: Construct, node: str) -> Construct:
    return replace(construct, origin=(*construct.origin, node))
