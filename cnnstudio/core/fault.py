"""What is wrong with a block, said to a person, with ways out."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from cnnstudio.core.fields import Value
from cnnstudio.core.shape import Shape


@dataclass(frozen=True, slots=True)
class Piece:
    """A block to be put in: its type and the parameters that are not defaults."""

    block: str
    values: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class InsertBefore:
    """A way out: put blocks in front of the faulty one."""

    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class InsertAfter:
    """A way out: put blocks behind the faulty one."""

    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class AppendTo:
    """A way out: put blocks at the end of one of the faulty composite's stacks."""

    stack: int
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """A way out: give the faulty block (or another one: ``node``) other parameters."""

    values: Mapping[str, Value]
    node: str = ""


@dataclass(frozen=True, slots=True)
class ChangeLast:
    """A way out: give the last block that has such parameters, in one of the composite's stacks, others."""

    stack: int
    values: Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class KeepSize:
    """A way out: give the windows inside the faulty composite the padding that keeps height and width."""


@dataclass(frozen=True, slots=True)
class Remove:
    """A way out: take the faulty block away."""


@dataclass(frozen=True, slots=True)
class RemoveAbove:
    """A way out: take the nearest block of one of these types away that stands before the faulty one."""

    blocks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Both:
    """A way out: two of them, one after the other."""

    first: "Idea"
    second: "Idea"


Idea = InsertBefore | InsertAfter | AppendTo | Change | ChangeLast | KeepSize | Remove | RemoveAbove | Both


class Fault(Exception):
    """Raised by a block's rules when its input or its parameters cannot work.

    ``text`` is a template in the block's own voice ('needs a flat input, got {got}') and ``values`` fill
    it, so that the window can translate it. ``assume`` is the output shape that what follows may go on
    with, so that one fault does not hide the rest. ``ideas`` are ways out, offered only after inference
    has shown that they work.
    """

    def __init__(
        self, text: str, *, assume: Shape | None = None, ideas: tuple[Idea, ...] = (), **values: object
    ) -> None:
        super().__init__(text)
        self.text = text
        self.values = values
        self.assume = assume
        self.ideas = ideas

    def __str__(self) -> str:
        return self.text.format(**self.values)

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuild, (self.text, self.assume, self.ideas, self.values)


def _rebuild(text: str, assume: Shape | None, ideas: tuple[Idea, ...], values: dict[str, object]) -> Fault:
    return Fault(text, assume=assume, ideas=ideas, **values)
