"""``name.cnn.json``: reading with one clear sentence for whatever is wrong, writing the way people read.

Nothing from a file is executed: block names are looked up, values are checked by the blocks' own models.
"""

import json
import re
from collections.abc import Mapping
from itertools import islice
from typing import Any, TypeVar, cast

from pydantic import BaseModel, ValidationError

from cnnstudio.core.block import Block, Composite
from cnnstudio.core.document import Document, InputSize, Node, Stack, walk
from cnnstudio.core.edits import renumbered
from cnnstudio.core.fields import always_written, expectation
from cnnstudio.core.registry import block_type, block_types
from cnnstudio.core.training import TrainingSettings

FORMAT = "cnnstudio"
VERSION = 1
MAX_BYTES = 8 << 20
MAX_DEPTH = 32
MAX_BLOCKS = 20_000
MAX_SIDE = 4096
MAX_CLASSES = 65_536

_DOCUMENT_KEYS = ("format", "version", "name", "summary", "source", "input", "classes", "body", "training")
_INPUT_KEYS = ("height", "width", "channels")
Model = TypeVar("Model", bound=BaseModel)
_NODE_KEYS = ("block", "first", "only_first", "disabled")


_MOST_TRIED = 200
"""Brackets of a message that are looked at."""


class FileError(ValueError):
    """What is wrong with a file, in one sentence with the place: ``body[3].kernel_size: expected …``."""


_BROKEN_OFF = re.compile(r"(-|\.|[eE][+-]?|tr?u?|fa?l?s?|nu?l?)?")
"""What may be left behind the last sound word of half a file."""


def _unreadable(text: str, error: ValueError) -> str:
    """What is wrong with a text that is no JSON; half a file is what people meet most."""
    whole = text.rstrip()
    if not whole:
        return "is empty."
    if not isinstance(error, json.JSONDecodeError):
        return f"is not readable JSON: {error}."
    if _BROKEN_OFF.fullmatch(whole, error.pos) or error.msg.startswith("Unterminated string"):
        line = whole.count("\n") + 1
        return f"ends in the middle, in line {line}: it was not copied whole."
    return f"is not readable JSON: {error}."


def read_document(text: str, name: str = "this file") -> Document:
    """The document that a file's text describes; raises :class:`FileError`."""
    if len(text) > MAX_BYTES:
        raise FileError(f"{name} is larger than a network can be ({MAX_BYTES >> 20} MiB).")
    try:
        data = json.loads(text, parse_constant=_refuse_constant, object_pairs_hook=_without_doubles)
    except RecursionError:
        raise FileError(f"{name} is nested too deeply to be a network.") from None
    except ValueError as error:
        raise FileError(f"{name} {_unreadable(text, error)}") from None
    try:
        return _document(data)
    except _Wrong as wrong:
        raise FileError(f"{name}, {wrong}" if wrong.place else f"{name} {wrong}") from None


def write_document(document: Document) -> str:
    """The file's text: one block a line, defaults left out, composites indented."""
    lines = [
        f'"format": "{FORMAT}", "version": {VERSION}',
        f'"name": {_json(document.name)}',
        *(f'"{key}": {_json(value)}' for key, value in _texts(document)),
        f'"input": {_json(_input_values(document.input))}',
        f'"classes": {document.classes}',
        f'"body": {_stack_text(document.body, "  ")}',
    ]
    training = _set_values(document.training)
    if training:
        lines.append(f'"training": {_json(training)}')
    return "{\n  " + ",\n  ".join(lines) + "\n}\n"


def write_nodes(nodes: Stack) -> str:
    """Blocks as JSON text, for the clipboard."""
    return _stack_text(nodes, "") + "\n"


def read_nodes(text: str) -> Stack:
    """Blocks from the clipboard, with ids from 1 on; raises :class:`FileError`.

    The blocks may stand in a message, with words or the signs of a code block around them; of a whole
    network its blocks are taken.
    """
    if not text.strip():
        raise FileError("The clipboard holds no text, so there are no blocks to paste.")
    if text.strip() == "[]":
        return ()
    try:
        data = _json_within(text)
        if isinstance(data, dict) and "format" in data:
            return _document(data).body
        return renumbered(_stack(data if isinstance(data, list) else [data], "body", 0), 1)[0]
    except (_Wrong, ValueError, RecursionError) as error:
        raise FileError(f"The clipboard holds no blocks: {error}") from None


def _json_within(text: str) -> object:
    """The first value in a text that looks like blocks."""
    decoder = json.JSONDecoder(parse_constant=_refuse_constant, object_pairs_hook=_without_doubles)
    if len(text) > MAX_BYTES:
        raise ValueError(f"it is larger than a network can be ({MAX_BYTES >> 20} MiB)")
    first: ValueError | None = None
    for found in islice(re.finditer(r"[\[{]", text), _MOST_TRIED):
        try:
            value, _ = decoder.raw_decode(text, found.start())
        except ValueError as error:
            first = first or error
            continue
        if _looks_like_blocks(value):
            return value
    if first is not None and '"block"' in text:
        raise first
    words = " ".join(text.split())
    raise ValueError(f'it says {_shown(words)}; blocks look like [{{"block": "ReLU"}}].')


def _looks_like_blocks(value: object) -> bool:
    if isinstance(value, list):
        return any(isinstance(item, dict) and "block" in item for item in value)
    return isinstance(value, dict) and ("block" in value or value.get("format") == FORMAT)


class _Wrong(Exception):
    """Something is wrong at a place in the file."""

    def __init__(self, place: str, what: str) -> None:
        super().__init__(f"{place}: {what}" if place else what)
        self.place = place


# --- reading -----------------------------------------------------------------------------------------


def _document(data: object) -> Document:
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        raise _Wrong("", f'is not a CNN Studio network: it has no "format": "{FORMAT}".')
    version = data.get("version")
    if type(version) is not int or version < 1:
        raise _Wrong("version", f"expected a whole number of at least 1, got {_shown(version)}.")
    if version > VERSION:
        raise _Wrong("", f"was saved by a newer CNN Studio (format {version}); update to open it.")
    _known_keys(data, _DOCUMENT_KEYS, "")
    body, serial = renumbered(_stack(data.get("body", []), "body", 0), 1)
    if sum(1 for _ in walk(body)) > MAX_BLOCKS:
        raise _Wrong("body", f"holds more than {MAX_BLOCKS} blocks.")
    return Document(
        input=_input(data.get("input")),
        classes=_whole(data.get("classes"), "classes", MAX_CLASSES),
        body=body,
        name=_text(data.get("name", "Untitled network"), "name", 200),
        summary=_text(data.get("summary", ""), "summary", 2000),
        source=_text(data.get("source", ""), "source", 1000),
        training=_model(TrainingSettings, data.get("training", {}), "training"),
        serial=serial,
    )


def _input(data: object) -> InputSize:
    if not isinstance(data, dict):
        raise _Wrong("input", f"expected height, width and channels, got {_shown(data)}.")
    _known_keys(data, _INPUT_KEYS, "input")
    return InputSize(*(_whole(data.get(key), f"input.{key}", MAX_SIDE) for key in _INPUT_KEYS))


def _stack(data: object, place: str, depth: int) -> Stack:
    if not isinstance(data, list):
        raise _Wrong(place, f"expected a list of blocks, got {_shown(data)}.")
    if depth > MAX_DEPTH:
        raise _Wrong(place, f"is nested more than {MAX_DEPTH} levels deep.")
    return tuple(_node(item, f"{place}[{index}]", depth) for index, item in enumerate(data))


def _node(data: object, place: str, depth: int) -> Node:
    if not isinstance(data, dict):
        raise _Wrong(place, f"expected a block, got {_shown(data)}.")
    kind = _kind(data.get("block"), place)
    names = kind.stacks if issubclass(kind, Composite) else ()
    reserved = {*_NODE_KEYS, *names}
    values = {key: value for key, value in data.items() if key not in reserved}
    block = _model(kind, values, place)
    return Node(
        id="",
        block=block,
        stacks=_stacks(kind, data, place, depth + 1),
        first=_first(kind, values, data.get("first"), place),
        only_first=_switch(data, "only_first", place),
        disabled=_switch(data, "disabled", place),
    )


def _switch(data: Mapping[str, object], key: str, place: str) -> bool:
    value = data.get(key, False)
    if type(value) is not bool:
        raise _Wrong(f"{place}.{key}", f"expected true or false, got {_shown(value)}.")
    return value


def _kind(name: object, place: str) -> type[Block]:
    try:
        return block_type(cast(str, name))
    except (KeyError, TypeError):
        known = ", ".join(kind.__name__ for kind in block_types())
        raise _Wrong(f"{place}.block", f"there is no block {_shown(name)}; there are {known}.") from None


def _stacks(kind: type[Block], data: Mapping[str, object], place: str, depth: int) -> tuple[Stack, ...]:
    if not issubclass(kind, Composite):
        return ()
    if not kind.open_ended:
        return tuple(_stack(data.get(name, []), f"{place}.{name}", depth) for name in kind.stacks)
    name = kind.stacks[0]
    branches = data.get(name, [])
    if not isinstance(branches, list):
        raise _Wrong(f"{place}.{name}", f"expected a list of stacks, got {_shown(branches)}.")
    return tuple(_stack(branch, f"{place}.{name}[{i}]", depth) for i, branch in enumerate(branches))


def _first(kind: type[Block], values: Mapping[str, object], own: object, place: str) -> Block | None:
    if own is None:
        return None
    if not isinstance(own, dict):
        raise _Wrong(f"{place}.first", f"expected parameters, got {_shown(own)}.")
    return _model(kind, {**values, **own}, f"{place}.first")


def _model(kind: type[Model], values: object, place: str) -> Model:
    """The values as a checked model; the first thing wrong is told with what was expected."""
    if not isinstance(values, dict):
        raise _Wrong(place, f"expected settings in braces, got {_shown(values)}.")
    try:
        return kind.model_validate(values)
    except ValidationError as error:
        raise _first_wrong(kind, values, place, error) from None


def _first_wrong(
    kind: type[BaseModel], values: Mapping[str, Any], place: str, error: ValidationError
) -> _Wrong:
    """pydantic's locations name union members too; people need the path in the file only."""
    name, *rest = error.errors(include_url=False)[0]["loc"]
    here, value = f"{place}.{_key(name)}", values.get(str(name))
    field = kind.model_fields.get(str(name))
    if field is None:
        return _Wrong(
            here, f"is unknown; {kind.__name__} has {', '.join(kind.model_fields) or 'no parameters'}."
        )
    inner = field.annotation
    if rest and isinstance(value, dict) and isinstance(inner, type) and issubclass(inner, BaseModel):
        return _first_wrong(inner, value, here, _error_of(inner, value))
    return _Wrong(here, f"expected {expectation(kind, str(name))}, got {_shown(value)}.")


def _error_of(kind: type[BaseModel], values: object) -> ValidationError:
    try:
        kind.model_validate(values)
    except ValidationError as error:
        return error
    raise AssertionError("a part of a refused model was accepted on its own")


def _known_keys(data: Mapping[str, object], known: tuple[str, ...], place: str) -> None:
    for key in data:
        if key not in known:
            here = f"{place}.{_key(key)}" if place else _key(key)
            raise _Wrong(here, f"is unknown; known are {', '.join(known)}.")


def _whole(value: object, place: str, most: int) -> int:
    if type(value) is not int or not 1 <= value <= most:
        raise _Wrong(place, f"expected a whole number from 1 to {most}, got {_shown(value)}.")
    return value


def _text(value: object, place: str, most: int) -> str:
    if not isinstance(value, str) or len(value) > most:
        raise _Wrong(place, f"expected a text of at most {most} characters, got {_shown(value)}.")
    if any("\ud800" <= character <= "\udfff" for character in value):
        # JSON can spell it, but no UTF-8 file can hold it: the network could not be saved again.
        raise _Wrong(place, f"holds half of a character, got {_shown(value)}.")
    return value


def _key(name: object) -> str:
    """A name from a file in a place: as it is where it could be a setting's, else as any other value."""
    text = str(name)
    return text if text.isidentifier() and len(text) <= 40 else _shown(text)


def _shown(value: object) -> str:
    """A value from a file in a sentence: never longer than a few words."""
    text = json.dumps(value, ensure_ascii=False, default=str) if value is not None else "nothing"
    text = text.encode("utf-8", "backslashreplace").decode("utf-8")
    return text if len(text) <= 60 else f"{text[:57]}…"


def _refuse_constant(name: str) -> float:
    raise ValueError(f"{name} is not a number that JSON knows")


def _without_doubles(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """Python would silently keep the last of two equal keys."""
    found: dict[str, object] = {}
    for key, value in pairs:
        if key in found:
            raise ValueError(f"{_shown(key)} is given twice")
        found[key] = value
    return found


# --- writing -----------------------------------------------------------------------------------------


def _texts(document: Document) -> list[tuple[str, str]]:
    return [(key, text) for key in ("summary", "source") if (text := getattr(document, key))]


def _input_values(size: InputSize) -> dict[str, int]:
    return {key: getattr(size, key) for key in _INPUT_KEYS}


def _set_values(model: BaseModel) -> dict[str, object]:
    """What is not a default or is always said, in the order of the definition, nested models alike."""
    values: dict[str, object] = {}
    for name, field in type(model).model_fields.items():
        value = getattr(model, name)
        if value == field.get_default(call_default_factory=True) and not always_written(field):
            continue
        values[name] = _set_values(value) if isinstance(value, BaseModel) else value
    return values


def _stack_text(stack: Stack, indent: str) -> str:
    if not stack:
        return "[]"
    inner = indent + "  "
    return "[\n" + ",\n".join(inner + _node_text(node, inner) for node in stack) + f"\n{indent}]"


def _node_text(node: Node, indent: str) -> str:
    parts = [f'"block": {_json(type(node.block).__name__)}']
    parts += [f"{_json(key)}: {_json(value)}" for key, value in _set_values(node.block).items()]
    if node.first is not None:
        parts.append(f'"first": {_json(_differences(node.block, node.first))}')
    parts += [f'"{key}": true' for key in ("only_first", "disabled") if getattr(node, key)]
    return "{" + ", ".join(parts + _stack_parts(node, indent)) + "}"


def _differences(block: Block, first: Block) -> dict[str, object]:
    names = type(block).model_fields
    return {name: getattr(first, name) for name in names if getattr(first, name) != getattr(block, name)}


def _stack_parts(node: Node, indent: str) -> list[str]:
    block = node.block
    if not isinstance(block, Composite):
        return []
    if not block.open_ended:
        named = zip(block.stacks, node.stacks, strict=True)
        return [f'"{name}": {_stack_text(stack, indent)}' for name, stack in named]
    inner = indent + "  "
    branches = ",\n".join(inner + _stack_text(stack, inner) for stack in node.stacks)
    return [f'"{block.stacks[0]}": [\n{branches}\n{indent}]' if branches else f'"{block.stacks[0]}": []']


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
