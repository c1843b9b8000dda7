"""A torch constructor as data: the name of a class and its arguments."""

from dataclasses import dataclass
from typing import Union

Argument = Union[int, float, bool, str, tuple[int, ...], None, "Call"]


@dataclass(frozen=True, slots=True)
class Call:
    """``Call("nn.Conv2d", (3, 16, 3), (("padding", 1),))`` stands for ``nn.Conv2d(3, 16, 3, padding=1)``.

    A positional argument may itself be a call, as in an ``nn.Sequential`` of two modules.
    """

    target: str
    args: tuple[Argument, ...] = ()
    kwargs: tuple[tuple[str, Argument], ...] = ()


def call(target: str, *args: Argument, **kwargs: Argument) -> Call:
    """A :class:`Call`, written as one."""
    return Call(target, args, tuple(kwargs.items()))


def without_defaults(**arguments: tuple[Argument, Argument]) -> dict[str, Argument]:
    """Keyword arguments that differ from torch's default; each is given as (value, torch's default)."""
    return {name: value for name, (value, default) in arguments.items() if value != default}
