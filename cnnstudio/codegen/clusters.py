"""Which units share a class: those of one skeleton, whether or not their shortcut projects."""

from collections.abc import Callable, Sequence

from cnnstudio.codegen.expression import Construct
from cnnstudio.codegen.resolve import Item, Unit
from cnnstudio.codegen.template import Signatures, Skeleton, skeleton
from cnnstudio.core.document import Node

Pattern = tuple[Skeleton | None, ...]


def clusters(
    units: Sequence[Unit],
    express: Callable[[Item], Construct],
    signatures: Signatures,
    fixed: frozenset[str],
) -> list[list[Unit]]:
    """Groups units, in reading order; arguments named in ``fixed`` must be equal within a group."""

    def pattern(unit: Unit) -> Pattern:
        return tuple(
            None if slot.item is None else skeleton(express(slot.item), signatures, fixed)
            for slot in unit.slots
        )

    groups: list[tuple[Skeleton, Pattern, list[Unit]]] = []
    for family, merged in _families(units, pattern):
        flavour = _flavour(family[0])
        for index, (its_flavour, its, members) in enumerate(groups):
            joined = _joined(its, merged, family[0]) if its_flavour == flavour else None
            if joined is not None:
                groups[index] = (flavour, joined, [*members, *family])
                break
        else:
            groups.append((flavour, merged, family))
    return [members for _, _, members in groups]


def _families(units: Sequence[Unit], pattern: Callable[[Unit], Pattern]) -> list[tuple[list[Unit], Pattern]]:
    """The repetitions of one node together, where all that they share is alike."""
    families: dict[Node, list[tuple[list[Unit], Pattern]]] = {}
    for unit in units:
        own = pattern(unit)
        siblings = families.setdefault(unit.owner, [])
        for index, (members, its) in enumerate(siblings):
            if _alike(own, its) and _flavour(unit) == _flavour(members[0]):
                siblings[index] = ([*members, unit], tuple(a or b for a, b in zip(its, own)))
                break
        else:
            siblings.append(([unit], own))
    return [family for siblings in families.values() for family in siblings]


def _alike(one: Pattern, other: Pattern) -> bool:
    return len(one) == len(other) and all(
        a is None or b is None or a == b for a, b in zip(one, other, strict=True)
    )


def _joined(one: Pattern, other: Pattern, unit: Unit) -> Pattern | None:
    """The pattern of both, if they may share a class; only a shortcut may be missing in one of them."""
    if not _alike(one, other):
        return None
    optional = [slot.role == "shortcut" for slot in unit.slots]
    if any((a is None) != (b is None) and not may for a, b, may in zip(one, other, optional)):
        return None
    return tuple(a or b for a, b in zip(one, other))


def _flavour(unit: Unit) -> Skeleton:
    """What the class's forward depends on besides its children."""
    return (unit.kind, tuple(slot.role for slot in unit.slots), _merge(unit))


def _merge(unit: Unit) -> object:
    block = unit.report.block
    return getattr(block, "activation", None), getattr(block, "merge", None)
