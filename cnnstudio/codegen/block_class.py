"""One class for all units of the same structure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from cnnstudio.blocks.residual import Residual
from cnnstudio.codegen.attributes import Wish, attributes
from cnnstudio.codegen.conditions import condition
from cnnstudio.codegen.expression import Construct, Value
from cnnstudio.codegen.names import Names
from cnnstudio.codegen.parameter_names import namer
from cnnstudio.codegen.parameters import Parameter, Parameters, parameterise
from cnnstudio.codegen.resolve import Item, Unit
from cnnstudio.codegen.signature import Argument, Required, Signature
from cnnstudio.codegen.template import Column, Signatures, fill, unify

_LOCALS = frozenset(("self", "x", "y", "nn", "torch", "Tensor", "range", "super"))


@dataclass(frozen=True, slots=True)
class Child:
    """One attribute of a class; with a condition, it is the identity where that does not hold."""

    attribute: str
    construct: Construct
    item: Item
    condition: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class BlockClass:
    """A class to be written. ``children`` has one entry for each slot, None where no use has a module."""

    name: str
    uses: tuple[Unit, ...]
    parameters: tuple[Parameter, ...]
    children: tuple[Child | None, ...]
    activation: str | None

    @property
    def unit(self) -> Unit:
        """One unit that shows the structure."""
        return self.uses[0]

    def signature(self) -> Signature:
        """What the class's constructor takes."""
        arguments = [parameter.argument for parameter in self.parameters]
        return Signature(
            tuple(argument for argument in arguments if isinstance(argument.default, Required)),
            tuple(argument for argument in arguments if not isinstance(argument.default, Required)),
        )

    def construct(self, use: int) -> Construct:
        """How the unit of this number is constructed."""
        args: list[Value] = []
        kwargs: list[tuple[str, Value]] = []
        for parameter in self.parameters:
            argument, value = parameter.argument, parameter.values[use]
            if isinstance(argument.default, Required):
                args.append(value)
            elif value != argument.default:
                kwargs.append((argument.name, value))
        node = self.uses[use].node
        return Construct(self.name, tuple(args), tuple(kwargs), (node.id,) if node else ())


def make_class(
    name: str,
    uses: Sequence[Unit],
    express: Callable[[Item], Construct],
    wish: Callable[[Item], Wish],
    signatures: Signatures,
) -> BlockClass:
    """The class of units with equal skeletons."""
    columns: list[Column] = []
    templates = [_template(uses, slot, express, signatures, columns) for slot in range(len(uses[0].slots))]
    names = Names(_LOCALS)
    found = parameterise(columns, namer(uses, templates, columns), names)
    items = [
        next((use.slots[s].item for use in uses if use.slots[s].item), None) for s in range(len(templates))
    ]
    activation = activation_of(uses[0])
    wishes = _wishes(uses[0], items, wish, activation)
    attribute = dict(zip(wishes, attributes(list(wishes.values()))))
    flags: dict[tuple[bool, ...], Parameter] = {}
    children: list[Child | None] = []
    for slot, (template, item) in enumerate(zip(templates, items)):
        if template is None or item is None:
            children.append(None)
            continue
        construct = fill(template, found.fills)
        assert isinstance(construct, Construct)
        when = _condition(uses, slot, found, flags, names)
        children.append(Child(attribute[slot], construct, item, when))
    parameters = (*found.parameters, *flags.values())
    return BlockClass(name, tuple(uses), parameters, tuple(children), attribute.get(_ACTIVATION))


_ACTIVATION = -1  # the key of the module after the sum, which is no slot


def _template(
    uses: Sequence[Unit],
    slot: int,
    express: Callable[[Item], Construct],
    signatures: Signatures,
    columns: list[Column],
) -> Construct | None:
    items = [use.slots[slot].item for use in uses]
    if not any(items):
        return None
    constructs = [express(item) if item else None for item in items]
    template = unify(constructs, slot, signatures, columns)
    assert isinstance(template, Construct)
    return template


def activation_of(unit: Unit) -> str | None:
    """The torch module applied to a residual sum."""
    block = unit.report.block
    return block.activation if isinstance(block, Residual) and block.activation != "none" else None


def _wishes(
    unit: Unit, items: Sequence[Item | None], wish: Callable[[Item], Wish], activation: str | None
) -> dict[int, Wish]:
    wishes: dict[int, Wish] = {}
    for index, (slot, item) in enumerate(zip(unit.slots, items)):
        if item is None:
            continue
        if slot.role == "shortcut":
            wishes[index] = Wish("shortcut", exact=True)
        elif slot.role == "branch":
            wishes[index] = Wish(f"branch{index + 1}", exact=True)
        else:
            wishes[index] = wish(item)
    if activation is not None:
        wishes[_ACTIVATION] = Wish(activation.lower(), weights=False)
    return wishes


def _condition(
    uses: Sequence[Unit],
    slot: int,
    found: Parameters,
    flags: dict[tuple[bool, ...], Parameter],
    names: Names,
) -> str | None:
    """When the slot's module exists, as source text; None for always. May add a flag to the parameters."""
    present = tuple(use.slots[slot].item is not None for use in uses)
    if all(present):
        return None
    role = uses[0].slots[slot].role
    text = condition(uses, present, found) if role == "shortcut" else None
    if text is not None:
        return text
    if present not in flags:
        name = names.unique("project" if role == "shortcut" else "first")
        flags[present] = Parameter(Argument(name, name, default=False), "bool", present)
    return flags[present].argument.name
