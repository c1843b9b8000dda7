"""Anti-unification: several constructs of one skeleton as one template with columns of what differs."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from cnnstudio.codegen.expression import Construct, Copies, Expression, Hole, Symbol, Value
from cnnstudio.codegen.signature import Argument, Required, Signature

Skeleton = tuple[object, ...]
Signatures = Callable[[str], Signature]


class Absent:
    """The value of an argument in a use that does not have the module at all."""


ABSENT = Absent()


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """One argument's values, one for each use; ``slot`` is the child that it belongs to."""

    argument: Argument
    values: tuple[Value | Absent, ...]
    slot: int
    number: int
    target: str

    @property
    def full(self) -> bool:
        """Whether every use has it."""
        return ABSENT not in self.values

    @property
    def present(self) -> tuple[Value, ...]:
        """The values of the uses that have it."""
        return tuple(value for value in self.values if not isinstance(value, Absent))


def skeleton(value: Expression, signatures: Signatures, fixed: frozenset[str]) -> Skeleton:
    """What two constructs must have in common to be told by one template.

    Arguments named in ``fixed`` must be equal; others may differ.
    """
    if isinstance(value, Symbol):
        return ("symbol", value.text)
    if isinstance(value, Copies):
        return ("copies", value.count, skeleton(value.element, signatures, fixed))
    if not isinstance(value, Construct):
        return ("value",)
    signature = signatures(value.target)
    parts: list[object] = [value.target]
    for index, inner in enumerate(value.args):
        name = signature.position(index).name
        parts.append(inner if name in fixed else skeleton(inner, signatures, fixed))
    for name, inner in value.kwargs:
        if name in fixed:
            parts.append((name, inner))
        elif isinstance(signature.keyword(name).default, Required):
            parts.append(name)
    return tuple(parts)


def unify(
    uses: Sequence[Expression | None], slot: int, signatures: Signatures, columns: list[Column]
) -> Expression:
    """The template of constructs with equal skeletons; appends the columns that its holes number.

    A use that is None lacks the module; at least one use is not None.
    """
    known = [use for use in uses if use is not None]
    first = known[0]
    if isinstance(first, Copies):
        elements = [use.element if isinstance(use, Copies) else None for use in uses]
        inner = unify(elements, slot, signatures, columns)
        assert isinstance(inner, Construct)
        return replace(first, element=inner)
    if isinstance(first, Symbol):
        return first
    assert isinstance(first, Construct)
    signature = signatures(first.target)

    def argument(values: Sequence[Expression | Absent], place: Argument) -> Expression:
        if any(isinstance(value, Construct | Copies | Symbol) for value in values):
            return unify([None if isinstance(v, Absent) else v for v in values], slot, signatures, columns)
        columns.append(Column(place, tuple(map(_plain, values)), slot, len(columns), first.target))
        return Hole(len(columns) - 1)

    args = tuple(
        argument([use.args[index] if isinstance(use, Construct) else ABSENT for use in uses], place)
        for index, place in ((index, signature.position(index)) for index in range(len(first.args)))
    )
    kwargs = []
    for place in _keywords(known, signature):
        values = [_keyword(use, place) if isinstance(use, Construct) else ABSENT for use in uses]
        kwargs.append((place.name, argument(values, place)))
    return replace(first, args=args, kwargs=tuple(kwargs), origin=_origins(known), comment="")


def fill(template: Expression, values: Sequence[Symbol | Value]) -> Expression:
    """The template with something in each hole."""
    if isinstance(template, Hole):
        return values[template.column]
    if isinstance(template, Copies):
        element = fill(template.element, values)
        assert isinstance(element, Construct)
        return replace(template, element=element)
    if not isinstance(template, Construct):
        return template
    return replace(
        template,
        args=tuple(fill(inner, values) for inner in template.args),
        kwargs=tuple((name, fill(inner, values)) for name, inner in template.kwargs),
    )


def _keywords(uses: Sequence[Expression], signature: Signature) -> list[Argument]:
    """Every keyword that some use gives, in the signature's order, unknown ones last."""
    given = dict.fromkeys(name for use in uses if isinstance(use, Construct) for name, _ in use.kwargs)
    known = [place for place in signature.keywords if place.name in given]
    named = {place.name for place in known}
    return known + [signature.keyword(name) for name in given if name not in named]


def _keyword(use: Construct, place: Argument) -> Expression:
    """What a use gives for a keyword; torch's default where it says nothing."""
    for name, value in use.kwargs:
        if name == place.name:
            return value
    assert not isinstance(place.default, Required)
    return place.default


def _origins(uses: Sequence[Expression]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(node for use in uses if isinstance(use, Construct) for node in use.origin))


def _plain(value: Expression | Absent) -> Value | Absent:
    assert not isinstance(value, Symbol | Hole | Construct | Copies)
    return value
