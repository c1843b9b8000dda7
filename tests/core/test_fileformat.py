"""A file that cannot be read gives one sentence with the place; nothing in it is executed."""

import json
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import cnnstudio.blocks
from cnnstudio.core import fileformat
from cnnstudio.core.document import find
from cnnstudio.core.fileformat import (
    MAX_BYTES,
    MAX_DEPTH,
    FileError,
    read_document,
    read_nodes,
    write_document,
    write_nodes,
)
from tests.strategies import stacks

GOOD = {
    "format": "cnnstudio",
    "version": 1,
    "name": "First",
    "input": {"height": 32, "width": 32, "channels": 3},
    "classes": 10,
    "body": [
        {"block": "Conv2d", "out_channels": 6, "kernel_size": [5, 3]},
        {"block": "Repeat", "times": 2, "body": [{"block": "Residual", "shortcut": [{"block": "Identity"}]}]},
        {"block": "Parallel", "branches": [[], [{"block": "ReLU"}]]},
        {"block": "Group", "name": "stem", "body": []},
    ],
    "training": {"dataset": "cifar10", "optimizer": {"name": "SGD", "lr": 0.1}},
}


def with_value(path: str, value: object) -> str:
    """The good file with one value replaced (or added)."""
    data = json.loads(json.dumps(GOOD))
    *parents, last = [int(part) if part.isdigit() else part for part in path.split("/")]
    target = data
    for parent in parents:
        target = target[parent]
    target[last] = value
    return json.dumps(data)


def test_one_block_a_line_and_no_defaults() -> None:
    lines = write_document(read_document(json.dumps(GOOD))).splitlines()
    assert '    {"block": "Conv2d", "out_channels": 6, "kernel_size": [5, 3]},' in lines
    assert '  "classes": 10,' in lines
    assert not any("dilation" in line for line in lines)


def test_a_pair_of_equals_is_one_number() -> None:
    assert (
        find(read_document(with_value("body/0/kernel_size", [3, 3])), "b1").block.model_dump()["kernel_size"]
        == 3
    )


@pytest.mark.parametrize(
    ("path", "value", "sentence"),
    [
        ("body/0/kernel_size", "3", "body[0].kernel_size: expected a whole number from 1 to 1024, or two"),
        ("body/0/kernel_size", [3, 0], "body[0].kernel_size: expected a whole number from 1 to 1024"),
        (
            "body/0/out_channels",
            True,
            "body[0].out_channels: expected a whole number from 1 to 65536, got true",
        ),
        ("body/0/bias", 1, "body[0].bias: expected true or false, got 1"),
        ("body/0/colour", "red", "body[0].colour: is unknown; Conv2d has out_channels, kernel_size"),
        ("body/1/body/0/block", "Rezidual", 'body[1].body[0].block: there is no block "Rezidual"'),
        ("body/1/body/0/block", ["x"], "body[1].body[0].block: there is no block"),
        ("body/1/body/0/shortcut", 7, "body[1].body[0].shortcut: expected a list of blocks, got 7"),
        ("body/1/times", 10**9, "body[1].times: expected a whole number from 1 to 1000"),
        ("body/2/branches", {}, "body[2].branches: expected a list of stacks"),
        ("body/2/branches/1/0/first", {"slope": 1}, "body[2].branches[1][0].first.slope: is unknown"),
        ("body/2/only_first", "yes", "body[2].only_first: expected true or false"),
        ("body/3/name", "import os", "body[3].name: expected a Python name"),
        ("body/3/name", "class", "body[3].name: expected a Python name"),
        ("body/3/name", "x" * 41, "body[3].name: expected a Python name"),
        ("body", "Conv2d", 'body: expected a list of blocks, got "Conv2d"'),
        ("body/0", None, "body[0]: expected a block, got nothing"),
        ("input/height", 0, "input.height: expected a whole number from 1 to 4096, got 0"),
        ("input/depth", 3, "input.depth: is unknown"),
        ("input", None, "input: expected height, width and channels"),
        ("classes", 1.5, "classes: expected a whole number"),
        ("name", 5, "name: expected a text"),
        ("training/epochs", 0, "training.epochs: expected a whole number from 1 to 100000, got 0"),
        ("training/optimizer/lr", -1, "training.optimizer.lr: expected a number above 0"),
        ("training/optimizer/name", "Lion", "training.optimizer.name: expected one of SGD, Adam"),
        ("training/optimizer", 3, "training.optimizer: expected settings in braces, got 3"),
        (
            "training/normalise",
            {"mean": [0, "x"]},
            "training.normalise.mean: expected a list of numbers, got",
        ),
        (
            "training/normalise",
            {"std": [1, 0]},
            "training.normalise.std: expected a list of numbers above 0 and up to 1e+06, got [1, 0]",
        ),
        ("version", 2, "was saved by a newer CNN Studio (format 2)"),
        ("version", "1", "version: expected a whole number"),
        ("version", 0, "version: expected a whole number of at least 1, got 0"),
        ("training", [], "training: expected settings in braces, got []"),
        ("body/0/first", 5, "body[0].first: expected parameters, got 5"),
        ("body/0/kernel_size", {"height": 3}, "body[0].kernel_size: expected a whole number from 1 to 1024"),
        (
            "body/1/body/0/shortcut/0/slope",
            1,
            "body[1].body[0].shortcut[0].slope: is unknown; Identity has no parameters",
        ),
        ("format", "keras", "is not a CNN Studio network"),
        ("weights", 1, "weights: is unknown"),
        ("two\nlines", 1, '"two\\nlines": is unknown'),
        ("body/0/two\nlines", 1, 'body[0]."two\\nlines": is unknown'),
        ("body/0/" + "x" * 900, 1, 'body[0]."xxx'),
        ("name", "half of \ud83d", 'name: holds half of a character, got "half of \\ud83d".'),
    ],
)
def test_what_is_wrong_is_told_with_its_place(path: str, value: object, sentence: str) -> None:
    with pytest.raises(FileError) as caught:
        read_document(with_value(path, value), "net.cnn.json")
    message = str(caught.value)
    of_the_whole = sentence.startswith(("is ", "was "))
    assert message.startswith(f"net.cnn.json {sentence}" if of_the_whole else f"net.cnn.json, {sentence}")
    assert message.count("\n") == 0
    assert len(message) < 600


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "null",
        "{",
        '{"format": "cnnstudio", "format": "cnnstudio"}',
        '{"a": NaN}',
        "[" * 100_000,
        "\ufeff{}",
        '{"format": "cnnstudio", "version": 1, "classes": 1e999}',
    ],
)
def test_text_that_is_no_network_is_refused(text: str) -> None:
    with pytest.raises(FileError):
        read_document(text)


@given(st.data())
@settings(max_examples=40)
def test_half_a_file_is_told_as_such(data: st.DataObject) -> None:
    whole = write_document(read_document(json.dumps(GOOD))).rstrip()
    half = whole[: data.draw(st.integers(0, len(whole) - 1))]
    with pytest.raises(FileError) as told:
        read_document(half, "mine.cnn.json")
    last = half.rstrip().count("\n") + 1
    wanted = f"mine.cnn.json ends in the middle, in line {last}: it was not copied whole."
    assert str(told.value) == (wanted if half.strip() else "mine.cnn.json is empty.")


def test_deep_nesting_is_refused_in_words() -> None:
    deep: list[object] = []
    for _ in range(MAX_DEPTH):
        deep = [{"block": "Group", "name": "g", "body": deep}]
    read_document(json.dumps({**GOOD, "body": deep}))
    deep = [{"block": "Group", "name": "g", "body": deep}]
    with pytest.raises(FileError, match=f"body: is nested more than {MAX_DEPTH} levels deep"):
        read_document(json.dumps({**GOOD, "body": deep}))


def test_what_is_too_large_is_refused_and_what_is_just_not_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    room = MAX_BYTES - len(WHOLE)
    assert read_document(WHOLE + " " * room).classes == 2
    for read in (read_document, read_nodes):
        with pytest.raises(FileError, match=r"larger than a network can be \(8 MiB\)"):
            read(WHOLE + " " * (room + 1))
    with monkeypatch.context() as few:
        few.setattr(fileformat, "MAX_BLOCKS", 7)
        assert read_document(json.dumps(GOOD)).serial == 8
        few.setattr(fileformat, "MAX_BLOCKS", 6)
        with pytest.raises(FileError, match="body: holds more than 6 blocks"):
            read_document(json.dumps(GOOD))
    for key, most in (("name", 200), ("summary", 2000), ("source", 1000)):
        assert len(getattr(read_document(with_value(key, "x" * most)), key)) == most
        with pytest.raises(FileError, match=f"{key}: expected a text of at most {most} characters"):
            read_document(with_value(key, "x" * (most + 1)))


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=5), st.lists, max_leaves=5))
def test_any_json_in_any_place_is_answered(value: object) -> None:
    for path in ("body", "body/0", "body/1/body", "input", "training", "training/optimizer", "classes"):
        with suppress(FileError):
            read_document(with_value(path, value))


@given(stacks())
def test_blocks_travel_over_the_clipboard(stack: object) -> None:
    text = write_nodes(stack)  # type: ignore[arg-type]
    assert write_nodes(read_nodes(text)) == text


WHOLE = """{"format": "cnnstudio", "version": 1, "classes": 2, "body": [{"block": "ReLU"}],
"input": {"height": 8, "width": 8, "channels": 1}}"""


@pytest.mark.parametrize(
    "message",
    [
        'Try:\n```json\n[{"block": "ReLU"}, {"block": "Conv2d", "kernel_size": 5}]\n```\nIt works [here].',
        'see [1]: {"a": 2} {"block": "ReLU"}',
        WHOLE,
    ],
)
def test_blocks_are_found_in_a_message(message: str) -> None:
    nodes = read_nodes(message)
    assert type(nodes[0].block).__name__ == "ReLU"
    assert [node.id for node in nodes] == [f"b{number + 1}" for number in range(len(nodes))]


def test_no_blocks_are_copied_and_pasted_too() -> None:
    assert read_nodes(write_nodes(())) == ()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("hello", 'it says "hello"; blocks look like'),
        (" \n", "holds no text"),
        ('[{"block": "Conv2d", "kernel_size": 0}]', "body[0].kernel_size: expected"),
        ('[{"block": "Conv2d", "kernel_size": }]', "Expecting value"),
        ('[{"block": "Conv9d"}]', 'there is no block "Conv9d"'),
        ('[1] {broken} "block"', "Expecting property name"),
        ('[1] {broken} {"a": 2} [3', 'it says "[1] {broken}'),
        ("[" * 5000, "The clipboard holds no blocks"),
    ],
)
def test_a_clipboard_without_blocks_is_told(text: str, said: str) -> None:
    with pytest.raises(FileError, match="The clipboard holds no ") as told:
        read_nodes(text)
    assert said in str(told.value)
    assert "\n" not in str(told.value)


assert cnnstudio.blocks.__name__
