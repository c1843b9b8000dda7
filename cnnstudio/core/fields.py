"""The kinds of parameters a block can have, and what the inspector needs to know of them.

A block declares ``kernel_size: KernelPair = param("Kernel", "Height and width of …", 3)``; pydantic
checks values against it, and :func:`describe` tells an editor its kind, range, label and help.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from keyword import iskeyword
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import AfterValidator, BaseModel, BeforeValidator, Field
from pydantic.fields import FieldInfo

from cnnstudio.core.phrase import Phrase

Pair = int | tuple[int, int]
Value = int | float | bool | str | tuple[int, int] | None
Kind = Literal["whole", "pair", "real", "switch", "choice", "name", "text", "numbers", "settings"]


def _canonical_pair(value: object) -> object:
    """JSON has lists, and ``(3, 3)`` reads better as ``3``."""
    if isinstance(value, list):
        value = tuple(value)
    match value:
        case (first, second) if type(first) is int and first == second:
            return first
    return value


MOST = 65_536
MOST_PADDING = 1024
_Kernel = Annotated[int, Field(ge=1, le=1024)]
_Padding = Annotated[int, Field(ge=0, le=MOST_PADDING)]
Count = Annotated[int, Field(ge=1, le=MOST)]
KernelPair = Annotated[_Kernel | tuple[_Kernel, _Kernel], BeforeValidator(_canonical_pair)]
PaddingPair = Annotated[_Padding | tuple[_Padding, _Padding], BeforeValidator(_canonical_pair)]


def _python_name(value: str) -> str:
    """Names reach generated code, so they are checked identifiers or nothing."""
    if value and (not value.isidentifier() or not value.isascii() or iskeyword(value)):
        raise ValueError("not a Python name")
    return value


Name = Annotated[str, Field(max_length=40), AfterValidator(_python_name)]
Probability = Annotated[float, Field(ge=0, lt=1, allow_inf_nan=False)]


def param(label: str, text: str, default: object, *, always: bool = False) -> Any:
    """A parameter with its label and help in the inspector.

    ``always``: files state it even where it is the default, since nobody remembers that default.
    """
    return Field(default=default, title=label, description=text, json_schema_extra={"always": always})


def always_written(info: FieldInfo) -> bool:
    """Whether files state the field even where it is the default."""
    extra = info.json_schema_extra
    return isinstance(extra, dict) and bool(extra.get("always"))


def pair(value: Pair) -> tuple[int, int]:
    """``(height, width)`` of a parameter that may be one number for both."""
    return value if isinstance(value, tuple) else (value, value)


def twice(count: int) -> int:
    """Twice as many, or half where a :data:`Count` cannot be so large."""
    return 2 * count if 2 * count <= MOST else count // 2


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """What an editor, a file check or a manual needs to know of one parameter."""

    name: str
    kind: Kind
    label: str
    help: str
    default: Value
    minimum: float | None = None
    maximum: float | None = None
    above: float | None = None
    below: float | None = None
    choices: tuple[str, ...] = ()
    optional: bool = False
    """Whether it may be empty (None)."""

    def expectation(self) -> Phrase:
        """What a value must be, to end the sentence 'expected …'."""
        match self.kind:
            case "switch":
                return Phrase("true or false")
            case "choice":
                return Phrase("one of {choices}", {"choices": ", ".join(self.choices)})
            case "real":
                return self._within(Phrase("a number"))
            case "whole":
                return self._within(Phrase("a whole number"))
            case "pair":
                number = self._within(Phrase("a whole number"))
                return Phrase("{number}, or two of them [height, width]", {"number": number})
            case "name":
                return Phrase("a Python name: letters, digits and underscores")
            case "text":
                return Phrase("a short text")
            case "numbers":
                return self._within(Phrase("a list of numbers"))
            case "settings":
                return Phrase("settings in braces")

    def _within(self, number: Phrase) -> Phrase:
        """The number, or the numbers, with the range that is allowed."""
        least = self.minimum if self.above is None else self.above
        most = self.below if self.maximum is None else self.maximum
        if least is None:
            return number
        if self.above is not None:
            text = (
                "{number} above {least}"
                if self.maximum is None
                else "{number} above {least} and up to {most}"
            )
        elif self.maximum is not None:
            text = "{number} from {least} to {most}"
        elif self.below is not None:
            text = "{number} from {least} to below {most}"
        else:
            text = "{number} of at least {least}"
        limits = {"least": f"{least:g}", "most": "" if most is None else f"{most:g}"}
        return Phrase(text, {"number": number, **limits})


def choice_title(choice: str) -> str:
    """``He`` of ``he``, for people; names of torch (``SGD``) stay as they are."""
    return choice.capitalize() if choice.islower() and choice.replace("-", "").isalpha() else choice


@cache
def describe(model: type[BaseModel]) -> tuple[FieldSpec, ...]:
    """The parameters of a block type (or of any flat pydantic model), in the order of its definition."""
    return tuple(_describe(name, info) for name, info in model.model_fields.items())


def expectation(model: type[BaseModel], name: str) -> Phrase:
    """What a field's value must be, to end the sentence 'expected …'; for nested settings too."""
    return _describe(name, model.model_fields[name]).expectation()


def _describe(name: str, info: FieldInfo) -> FieldSpec:
    limits = {key: value for part in _parts(info) for key, value in _limits(part)}
    return FieldSpec(
        name=name,
        kind=_kind(info),
        label=info.title or name,
        help=info.description or "",
        default=info.default,
        minimum=limits.get("ge"),
        maximum=limits.get("le"),
        above=limits.get("gt"),
        below=limits.get("lt"),
        choices=_choices(info.annotation),
        optional=type(None) in get_args(info.annotation),
    )


def _parts(info: FieldInfo) -> Iterator[object]:
    yield from info.metadata
    yield from _metadata(info.annotation)


def _metadata(annotation: object) -> Iterator[object]:
    yield from getattr(annotation, "__metadata__", ())
    if get_origin(annotation) in (Annotated, Union, UnionType, tuple):
        for member in get_args(annotation):
            yield from _metadata(member)


def _limits(part: object) -> Iterator[tuple[str, float]]:
    sources = part.metadata if isinstance(part, FieldInfo) else (part,)
    for source in sources:
        for key in ("ge", "gt", "le", "lt"):
            value = getattr(source, key, None)
            if value is not None:
                yield key, value


def _kind(info: FieldInfo) -> Kind:
    plain: dict[object, Kind] = {bool: "switch", float: "real", int: "whole", str: "text"}
    annotation = info.annotation
    options = [option for option in _options(annotation) if option is not type(None)]
    if get_origin(annotation) is Literal:
        return "choice"
    if get_origin(annotation) is tuple:
        return "numbers"
    if len(options) > 1:
        return "pair"
    (option,) = options
    if isinstance(option, type) and issubclass(option, BaseModel):
        return "settings"
    named = any(getattr(part, "func", None) is _python_name for part in info.metadata)
    return "name" if named else plain[option]


def _options(annotation: object) -> tuple[object, ...]:
    """The members of a union at any depth, without what Annotated adds to them; else the type itself."""
    if get_origin(annotation) is Annotated:
        return _options(get_args(annotation)[0])
    if get_origin(annotation) in (Union, UnionType):
        return tuple(option for member in get_args(annotation) for option in _options(member))
    return (annotation,)


def _choices(annotation: object) -> tuple[str, ...]:
    return get_args(annotation) if get_origin(annotation) is Literal else ()
