"""Python expressions as data: what stands on the right of ``self.conv1 = …``."""

from dataclasses import dataclass, field

from cnnstudio.core.call import Argument, Call

Value = int | float | bool | str | tuple[int, ...] | None


@dataclass(frozen=True, slots=True)
class Symbol:
    """Source text that stands for a value: a parameter's name, or ``4 * channels``."""

    text: str


@dataclass(frozen=True, slots=True)
class Hole:
    """A place in a template whose value differs from one use to the next: the number of its column."""

    column: int


@dataclass(frozen=True, slots=True)
class Construct:
    """The construction of a module: ``nn.Conv2d(3, 16, 3, padding=1)``.

    ``origin`` are the ids of the nodes that this constructs, ``stacked`` asks for one argument a line and
    ``comment`` stands behind the construct where it has a line to itself.
    """

    target: str
    args: tuple["Expression", ...] = ()
    kwargs: tuple[tuple[str, "Expression"], ...] = ()
    origin: tuple[str, ...] = field(default=(), compare=False)
    stacked: bool = False
    comment: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Copies:
    """``*(Block(64) for _ in range(3))``: modules of their own weights that differ in what ``i`` adds."""

    element: Construct
    count: int
    variable: str = "_"

    @property
    def loop(self) -> str:
        """``for _ in range(3)``."""
        return f"for {self.variable} in range({self.count})"


Expression = Value | Symbol | Hole | Construct | Copies

IDENTITY = Construct("nn.Identity")


def constructed(call: Call, origin: tuple[str, ...] = ()) -> Construct:
    """A block's constructor as an expression."""
    return Construct(
        call.target,
        tuple(_argument(value) for value in call.args),
        tuple((name, _argument(value)) for name, value in call.kwargs),
        origin,
    )


def _argument(value: Argument) -> Expression:
    return constructed(value) if isinstance(value, Call) else value


def is_stacked(expression: Expression) -> bool:
    """Whether something inside asks for lines of its own."""
    if isinstance(expression, Copies):
        return is_stacked(expression.element)
    if not isinstance(expression, Construct):
        return False
    if expression.stacked and expression.args:
        return True
    return any(map(is_stacked, expression.args)) or any(is_stacked(value) for _, value in expression.kwargs)


def text(expression: Expression) -> str:
    """The expression on one line."""
    if isinstance(expression, Symbol):
        return expression.text
    if isinstance(expression, Copies):
        return f"*({text(expression.element)} {expression.loop})"
    if isinstance(expression, Construct):
        inside = ", ".join(
            [*map(text, expression.args), *(f"{name}={text(v)}" for name, v in expression.kwargs)]
        )
        return f"{expression.target}({inside})"
    if isinstance(expression, str):
        return '"' + expression.replace("\\", "\\\\").replace('"', '\\"') + '"'
    # ruff writes 1e16, not 1e+16.
    return repr(expression).replace("e+", "e")
