"""What every block type must pass, whoever adds it; nothing here names a block."""

import ast
import inspect
import math
import re
from collections.abc import Collection

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.utils.flop_counter import FlopCounterMode

from cnnstudio.blocks.windowed import Windowed
from cnnstudio.core.block import CATEGORIES, Block, Layer
from cnnstudio.core.document import Document, InputSize, Place
from cnnstudio.core.edits import insert, node
from cnnstudio.core.fault import Fault
from cnnstudio.core.fields import pair
from cnnstudio.core.fileformat import read_document, write_document
from cnnstudio.core.infer import infer
from cnnstudio.core.reach import Reach
from cnnstudio.core.registry import block_types
from cnnstudio.core.shape import Shape
from tests.oracle import BATCH, Refused, layer_output, module, seen, shape_of
from tests.strategies import blocks

LAYERS = [kind for kind in block_types() if issubclass(kind, Layer)]
shapes = st.sampled_from([(8, 12, 12), (3, 32, 32), (6, 9, 7), (16, 1, 1), (4, 5, 1), (24,), (1,)])
every_block = pytest.mark.parametrize("kind", block_types(), ids=lambda kind: kind.__name__)
every_layer = pytest.mark.parametrize("kind", LAYERS, ids=lambda kind: kind.__name__)


def _output(block: Layer, x: Shape) -> tuple[Shape, Fault | None]:
    """What inference says of one layer, which knows empty maps too."""
    report = infer(Document(_size(x), 10, (node(block),))) if len(x) == 3 else None
    if report is not None:
        only = report.body.reports[0]
        return only.output or (), only.fault
    try:
        return block.output(x), None
    except Fault as fault:
        return (), fault


def _size(x: Shape) -> InputSize:
    channels, height, width = x
    return InputSize(height, width, channels)


def _meta(x: Shape) -> torch.Tensor:
    return torch.empty(BATCH, *x, device="meta")


@every_block
def test_the_inspector_has_all_it_shows(kind: type[Block]) -> None:
    assert kind.title
    assert kind.formula
    assert kind.category in CATEGORIES
    assert kind.__doc__
    assert kind.__doc__.strip().endswith(".")
    for field in kind.fields():
        assert field.label[0].isupper() or field.label == "k"
        assert field.help.endswith(".")
        assert str(field.expectation())
        if field.kind in {"whole", "pair", "real"}:
            assert field.minimum is not None or field.above is not None


@every_block
def test_defaults_are_a_valid_block(kind: type[Block]) -> None:
    block = kind()
    assert kind.model_validate(block.model_dump()) == block
    assert "{" not in "".join(map(str, (block.headline(), block.brief(), *block.details())))


@every_layer
@settings(max_examples=60)
@given(data=st.data())
def test_shape_and_parameters_are_those_of_torch(kind: type[Layer], data: st.DataObject) -> None:
    block, x = data.draw(blocks(kind)), data.draw(shapes)
    assert isinstance(block, Layer)
    y, fault = _output(block, x)
    if fault is not None:
        with torch.device("meta"), pytest.raises(Refused):
            layer_output(block, _meta(x))
        assert str(fault)
        return
    with torch.device("meta"):
        out, layer = layer_output(block, _meta(x))
    assert y == shape_of(out)
    assert block.parameters(x) == sum(p.numel() for p in layer.parameters())
    _assert_has_the_values(layer, block)
    defaults = inspect.signature(type(layer)).parameters
    stated = block.constructor(x).kwargs
    assert all(defaults[name].default != value for name, value in stated), "code says what is not usual"


def _assert_has_the_values(layer: torch.nn.Module, block: Layer) -> None:
    """What both call by one name is the same, whether the constructor states it or leaves the default."""
    for name, value in block.model_dump().items():
        theirs = getattr(layer, name, value)
        if name == "bias":  # a tensor, or none
            assert (theirs is not None) == value
        elif isinstance(theirs, tuple) and len(theirs) == 4:  # left, right, top, bottom
            top, left = pair(value)
            assert theirs == (left, left, top, top)
        elif value is not None:
            assert theirs in (value, pair(value))


@every_layer
@settings(max_examples=20)
@given(data=st.data())
def test_macs_are_half_of_torch_s_flops(kind: type[Layer], data: st.DataObject) -> None:
    block, x = data.draw(blocks(kind)), data.draw(shapes)
    assert isinstance(block, Layer)
    y, fault = _output(block, x)
    if fault is not None:
        return
    with torch.device("meta"), FlopCounterMode(display=False) as counter:
        module(block.constructor(x)).eval()(_meta(x))
    assert block.macs(x, y) * 2 * BATCH == counter.get_total_flops()


@every_layer
@settings(max_examples=40)
@given(data=st.data())
def test_what_is_derived_is_what_is_computed(kind: type[Layer], data: st.DataObject) -> None:
    block, x = data.draw(blocks(kind)), data.draw(shapes)
    assert isinstance(block, Layer)
    y, fault = _output(block, x)
    if fault is not None:
        return
    equations = [line for line in map(str, block.derivation(x)) if " = " in line]
    told = {int(_plain(line).rsplit("= ", 1)[1].split()[0]) for line in equations}
    assert not equations or told == set(y[1:] or y)
    for line in equations:
        _assert_true_equation(line)
    for formula, number in (
        (block.parameter_formula(x), block.parameters(x)),
        (block.mac_formula(x, y), block.macs(x, y)),
    ):
        assert bool(formula) == bool(number)
        _assert_true_equation(formula)


def _plain(text: str) -> str:
    return re.sub(r"(\d)\u202f(?=\d)", r"\1", text)


def _assert_true_equation(line: str) -> None:
    """``⌊(9 + 2·0 − 2) / 2⌋ + 1 = 4`` is arithmetic that holds."""
    if " = " not in line:
        return
    left, right = re.sub(r"^(height|width) ", "", _plain(line)).split(" = ")
    code = re.sub(r"\(starts in the padding\)", "", left)
    for sign, python in {"·": "*", "−": "-", "⌊": "floor(", "⌋": ")", "⌈": "ceil(", "⌉": ")"}.items():
        code = code.replace(sign, python)
    functions = {"floor": math.floor, "ceil": math.ceil}
    value = eval(compile(ast.parse(code, mode="eval"), "line", "eval"), functions)
    assert value == int(right.split()[0])


@every_block
@settings(max_examples=15)
@given(data=st.data())
def test_a_file_brings_the_block_back(kind: type[Block], data: st.DataObject) -> None:
    block = data.draw(blocks(kind))
    document = insert(Document(InputSize(32, 32, 3), 10), Place(None, 0, 0), [node(block)])
    again = read_document(write_document(document))
    assert again.body[0].block == block
    assert len(again.body[0].stacks) == len(document.body[0].stacks)


@every_layer
@settings(max_examples=40)
@given(data=st.data())
def test_same_padding_keeps_the_size(kind: type[Layer], data: st.DataObject) -> None:
    block = data.draw(blocks(kind))
    assert isinstance(block, Layer)
    padding = block.same_padding()
    if padding is None or ("groups" in kind.model_fields and block.groups > 1):  # type: ignore[attr-defined]
        return
    same = block.changed(padding=padding)
    if _output(same, (4, 40, 39))[1] is None:
        assert same.output((4, 40, 39))[1:] == (40, 39)


@every_layer
@settings(max_examples=15)
@given(data=st.data())
def test_a_pixel_sees_its_receptive_field_and_nothing_else(kind: type[Layer], data: st.DataObject) -> None:
    block, x = data.draw(blocks(kind)), data.draw(st.sampled_from([(4, 11, 9), (8, 8, 8), (3, 5, 7)]))
    assert isinstance(block, Layer)
    y, fault = _output(block, x)
    if fault is not None:
        return
    reach, found = block.reach(x), seen(module(block.constructor(x)), x)
    if reach is None:
        assert found.all()
    elif len(y) == 1:
        assert (found.sum((2, 3)) == 1).all(), "a feature is one pixel"
    elif "output_size" in kind.model_fields:  # windows of different sizes: the largest is told
        for axis, size in enumerate(reach.size):
            assert size == max(_ends(found[i, j], axis) for i in range(y[1]) for j in range(y[2]))
    else:
        for i, j in [(i, j) for i in range(y[1]) for j in range(y[2])]:
            _assert_is_the_window(found[i, j], reach, (i, j))


def _ends(seen_by_one: torch.Tensor, axis: int) -> int:
    places = seen_by_one.nonzero()[:, axis]
    return int(places.max() - places.min()) + 1


def _assert_is_the_window(seen_by_one: torch.Tensor, reach: Reach, pixel: tuple[int, int]) -> None:
    places = seen_by_one.nonzero()
    for axis in (0, 1):
        start = reach.start[axis] + pixel[axis] * reach.jump[axis]
        end, side = start + reach.size[axis] - 1, seen_by_one.shape[axis]
        if start >= 0 and end < side and len(places):
            assert (int(places[:, axis].min()), int(places[:, axis].max())) == (start, end)
        # Where a window with holes hangs over the edge, it may touch nothing but padding there.
        assert ((places[:, axis] >= start) & (places[:, axis] <= end)).all()


@every_layer
@settings(max_examples=20)
@given(data=st.data())
def test_what_people_wonder_about_can_be_had(kind: type[Layer], data: st.DataObject) -> None:
    block, x = data.draw(blocks(kind)), data.draw(shapes)
    largest = {f.name: int(f.maximum) for f in kind.fields() if f.kind in {"whole", "pair"} and f.maximum}
    block = block.changed(**{name: largest[name] for name in data.draw(_some(largest))})
    assert isinstance(block, Layer)
    if _output(block, x)[1] is not None:
        return
    for values in block.what_ifs(x):
        other = block.changed(**values)
        if isinstance(other, Windowed) and "padding" in values:
            sides = zip(x[1:], other.windows(), strict=True)
            assert other.output(x)[1:] == tuple(-(-size // side.stride) for size, side in sides)
        else:
            assert other != block


def _some(names: Collection[str]) -> st.SearchStrategy[set[str]]:
    return st.sets(st.sampled_from(sorted(names))) if names else st.just(set())
