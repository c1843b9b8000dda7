"""From columns of differing arguments to the few parameters of a class."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from cnnstudio.codegen.expression import Symbol, Value
from cnnstudio.codegen.names import Names
from cnnstudio.codegen.signature import CHANNELS, REQUIRED, Argument, Required
from cnnstudio.codegen.template import ABSENT, Column

# A ratio that holds for fewer different widths may be a coincidence.
_WIDTHS_FOR_RATIO = 3

Values = tuple[Value, ...]


@dataclass(slots=True, eq=False)
class Family:
    """Columns that are always equal, so that one parameter serves them all; one value for each use."""

    category: str
    values: Values
    columns: list[Column] = field(default_factory=list)
    name: str = ""
    text: str = ""
    """What stands for it in the class: its name, or an expression of another's."""

    @property
    def default(self) -> Value | Required:
        """The value that a use may leave out: torch's, where some use has it."""
        default = self.columns[0].argument.default
        agree = all(column.argument.default == default for column in self.columns)
        return default if agree and default in self.values else REQUIRED


@dataclass(frozen=True, slots=True)
class Parameter:
    """One argument of a generated class, and its value in each use."""

    argument: Argument
    annotation: str
    values: Values


@dataclass(frozen=True, slots=True)
class Parameters:
    """The arguments of a class (those with defaults last) and what fills each hole of its templates."""

    parameters: tuple[Parameter, ...]
    fills: tuple[Symbol | Value, ...]
    families: tuple[Family, ...]

    def expression(self, values: Values) -> str | None:
        """What computes these values, one for each use, from the parameters."""
        for family in self.families:
            if family.category == CHANNELS and family.values == values:
                return family.text
        return None


Namer = Callable[[Family], str]


def parameterise(columns: Sequence[Column], namer: Namer, names: Names) -> Parameters:
    """Merges equal columns, derives what is a multiple of another, names the rest with ``namer``."""
    families: list[Family] = []
    fills: list[Symbol | Value] = [None] * len(columns)
    member: dict[int, Family] = {}
    for column in sorted(columns, key=lambda column: not column.full):
        values = column.present
        family = _matching(column, families)
        if family is None and _constant(values):
            fills[column.number] = values[0]
            continue
        if family is None:
            family = _new(column)
            families.append(family)
        family.columns.append(column)
        member[column.number] = family
    families.sort(key=lambda family: min(column.number for column in family.columns))
    chosen = _named(families, namer, names)
    for number, family in member.items():
        fills[number] = Symbol(family.text)
    return Parameters(tuple(map(_parameter, chosen)), tuple(fills), tuple(families))


def _matching(column: Column, families: list[Family]) -> Family | None:
    """The family whose values are the column's wherever it has any; one with the same argument first."""
    found = [family for family in families if _agree(column, family)]
    found.sort(key=lambda family: all(column.argument.name != c.argument.name for c in family.columns))
    return found[0] if found else None


def _agree(column: Column, family: Family) -> bool:
    return column.argument.category == family.category and all(
        mine is ABSENT or mine == its for mine, its in zip(column.values, family.values, strict=True)
    )


def _constant(values: Values) -> bool:
    return all(value == values[0] for value in values)


def _new(column: Column) -> Family:
    """A family of its own; uses without the module get a value that some other use has."""
    stand_in = column.present[0]
    values = tuple(stand_in if value is ABSENT else value for value in column.values)
    return Family(column.argument.category, values)  # type: ignore[arg-type]  # ABSENT is replaced


def _named(families: list[Family], namer: Namer, names: Names) -> list[Family]:
    """Gives every family its text; returns those that are parameters, required ones first."""
    chosen: list[Family] = []
    derived: list[tuple[Family, Family]] = []
    for family in families:
        base = _base(family, chosen)
        if base is None:
            chosen.append(family)
            family.name = family.text = names.unique(namer(family))
        else:
            derived.append((family, base))
    for family, base in derived:
        family.text = _ratio(family, base) or ""
    return sorted(chosen, key=lambda family: not isinstance(family.default, Required))


def _base(family: Family, chosen: list[Family]) -> Family | None:
    """An earlier parameter that this family is a multiple or a fraction of."""
    if family.category != CHANNELS or len(set(family.values)) < _WIDTHS_FOR_RATIO:
        return None
    return next((base for base in chosen if base.category == CHANNELS and _ratio(family, base)), None)


def _ratio(family: Family, base: Family) -> str | None:
    """``4 * channels`` or ``channels // 16``, if that gives the family's values in every use."""
    pairs = [
        (int(v), int(b)) for v, b in zip(family.values, base.values) if type(v) is int and type(b) is int
    ]
    if len(pairs) < len(family.values):
        return None
    value, unit = pairs[0]
    if value % unit == 0 and all(v == value // unit * b for v, b in pairs):
        return f"{value // unit} * {base.name}"
    if unit % value == 0 and all(b == unit // value * v for v, b in pairs):
        return f"{base.name} // {unit // value}"
    return None


def _parameter(family: Family) -> Parameter:
    argument = Argument(family.name, family.category, family.default)
    return Parameter(argument, _annotation(family.values), family.values)


def _annotation(values: Values) -> str:
    kinds = []
    for value in values:
        kind = type(value).__name__ if not isinstance(value, tuple) else _tuple_annotation(value)
        if kind not in kinds:
            kinds.append(kind)
    return " | ".join(kinds)


def _tuple_annotation(value: tuple[int, ...]) -> str:
    return f"tuple[{', '.join(['int'] * len(value))}]"
