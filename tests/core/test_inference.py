"""What inference says of repetitions, side heads and costs, and how little it does after an edit."""

import itertools
from collections import Counter

import pytest

from cnnstudio.codegen import generate
from cnnstudio.core import infer as inference
from cnnstudio.core.block import Layer
from cnnstudio.core.document import Document, walk
from cnnstudio.core.edits import change, remove, set_disabled, set_input
from cnnstudio.core.fileformat import read_document
from cnnstudio.core.infer import Report, as_enabled, infer
from cnnstudio.core.quantity import byte_text, grouped, short
from cnnstudio.core.reach import Reach
from cnnstudio.core.registry import block_types
from cnnstudio.core.shape import shape_text
from cnnstudio.workspace.presets import load_preset
from tests.codegen.built import namespace
from tests.oracle import seen


def repeat(document: Document, number: int) -> Report:
    """The report of the document's number-th Repeat."""
    reports = [r for r in infer(document).body.reports if type(r.block).__name__ == "Repeat"]
    return reports[number]


def test_the_first_repetition_is_told_apart_from_the_rest() -> None:
    stage = repeat(load_preset("resnet50"), 1)
    assert [(round_.first, round_.times) for round_ in stage.rounds] == [(True, 1), (False, 3)]
    assert stage.input == (256, 56, 56)
    assert [round_.output for round_ in stage.rounds] == [(512, 28, 28), (512, 28, 28)]


def test_equal_repetitions_are_told_once() -> None:
    stage = repeat(load_preset("resnet152"), 2)
    assert [round_.times for round_ in stage.rounds] == [1, 35]
    assert sum(r.times * r.stacks[0].params for r in stage.rounds) == stage.params


def test_shapes_are_inferred_through_every_repetition() -> None:
    pool = '{"block": "MaxPool2d", "kernel_size": 2}'
    shrinking = read_document(
        '{"format": "cnnstudio", "version": 1, "input": {"height": 32, "width": 32, "channels": 3},'
        f' "classes": 2, "body": [{{"block": "Repeat", "times": 9, "body": [{pool}]}}]}}'
    )
    report = infer(shrinking).body.reports[0]
    assert [r.output for r in report.rounds[:5]] == [(3, 16, 16), (3, 8, 8), (3, 4, 4), (3, 2, 2), (3, 1, 1)]
    (problem, *_) = infer(shrinking).problems
    assert str(problem.fault) == "needs at least 2 pixels across, got 1 with its padding"


def test_costs_of_the_design_picture() -> None:
    """Conv2d 16 3×3 on 32×32×3 without bias, as the inspector of the design shows it."""
    result = infer(
        read_document(
            '{"format": "cnnstudio", "version": 1, "input": {"height": 32, "width": 32, "channels": 3},'
            ' "classes": 10, "body": [{"block": "Conv2d", "padding": 1, "bias": false}]}'
        )
    )
    report = result.body.reports[0]
    assert isinstance(report.block, Layer)
    assert report.input is not None
    assert report.output is not None
    assert report.block.derivation(report.input) == ("(32 + 2·1 − 3) / 1 + 1 = 32",)
    assert report.block.parameter_formula(report.input) == "16 · (3·3·3) = 432"
    assert report.block.mac_formula(report.input, report.output) == "32·32·432 = 442\u202f368"
    assert (report.params, report.macs, byte_text(report.values * 4)) == (432, 442_368, "64 KiB")


def count_rules(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """Counts how often each layer's shape rule is asked."""
    asked: Counter[str] = Counter()
    for kind in block_types():
        if not issubclass(kind, Layer) or "output" not in vars(kind):
            continue
        rule = kind.output

        def counted(self: Layer, x: tuple[int, ...], rule: object = rule) -> tuple[int, ...]:
            asked[type(self).__name__] += 1
            return rule(self, x)  # type: ignore[operator, no-any-return]

        monkeypatch.setattr(kind, "output", counted)
    return asked


def test_one_edit_re_infers_only_what_it_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    document = load_preset("vgg19")
    inference.forget()
    infer(document)
    asked = count_rules(monkeypatch)
    last = [node for node in walk(document.body) if type(node.block).__name__ == "Linear"][-1]
    edited = change(document, last.id, out_features=7)
    infer(edited)
    assert asked == {"Linear": 1}
    infer(document)
    infer(edited)
    assert asked == {"Linear": 1}, "undo and redo are known already"


def test_a_new_input_size_re_infers_everything_but_repeats_once(monkeypatch: pytest.MonkeyPatch) -> None:
    document = load_preset("resnet152")
    inference.forget()
    asked = count_rules(monkeypatch)
    infer(document)
    assert 0 < sum(asked.values()) < 100, "36 equal repetitions are one"
    known = sum(asked.values())
    infer(set_input(document, document.input))
    assert sum(asked.values()) == known


MERGES = """{"format": "cnnstudio", "version": 1, "input": {"height": 8, "width": 8, "channels": 3},
"classes": 10, "body": [
  {"block": "Conv2d", "out_channels": 4, "padding": 1},
  {"block": "Repeat", "times": 3, "body": [
    {"block": "Residual", "body": [{"block": "Conv2d", "out_channels": 4, "padding": 1}]}]},
  {"block": "Parallel", "branches": [[], [{"block": "Conv2d", "out_channels": 2, "kernel_size": [1, 3],
    "padding": [0, 1]}]]},
  {"block": "Residual", "activation": "none", "body": []},
  {"block": "AuxClassifier", "head": [{"block": "Flatten"}, {"block": "Linear"}]},
  {"block": "ZeroPad2d"}, {"block": "MaxPool2d"}]}"""


def test_memory_counts_each_map_that_training_keeps() -> None:
    """An addition and the ReLU behind it keep a map each, a concatenation keeps one."""
    first = 4 * 64
    three = 3 * (4 * 64 + 2 * 4 * 64)
    parallel, plain, head = 2 * 64 + 6 * 64, 6 * 64, 6 * 64 + 10
    last = 6 * 10 * 10 + 6 * 5 * 5
    inference_ = infer(read_document(MERGES))
    assert inference_.activation_bytes == 4 * (3 * 64 + first + three + parallel + plain + head + last)


def test_the_field_of_merges_and_repetitions_is_what_a_pixel_sees() -> None:
    document = read_document(MERGES)
    generated = generate(document)
    found = seen(namespace(generated.source)[generated.class_name](), document.input.shape)
    reach = infer(document).body.reach
    assert reach == Reach((10, 12), (2, 2), (-5, -6))
    for axis, pixel in itertools.product((0, 1), range(5)):
        rows_or_columns = found.select(axis, pixel).any(0).any(1 - axis).nonzero().flatten()
        start = reach.start[axis] + pixel * reach.jump[axis]
        wanted = range(max(0, start), min(8, start + reach.size[axis]))
        assert rows_or_columns.tolist() == list(wanted)


def test_memory_of_what_was_known_is_bounded_and_what_is_in_use_stays(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    inference.forget()
    monkeypatch.setattr(inference, "_CACHE_SIZE", 16)
    document = load_preset("vgg16")
    known = infer(document)
    for classes in range(2, 30):
        last = [node for node in walk(document.body) if type(node.block).__name__ == "Linear"][-1]
        infer(change(document, last.id, out_features=classes))
        assert len(inference._cache) <= 16
        assert len(inference._older) <= 16
    inference.forget()
    assert not inference._cache
    assert not inference._older
    again = infer(document)
    assert (again.params, again.macs) == (known.params, known.macs)


def test_reports_are_equal_to_themselves_only() -> None:
    """Comparing what they say would take as long as inference itself."""
    one, other = (infer(read_document(MERGES)).body for _ in range(2))
    for mine, theirs in (
        (one, other),
        (one.reports[1], other.reports[1]),
        (one.reports[1].rounds[0], other.reports[1].rounds[0]),
    ):
        assert mine == mine  # noqa: PLR0124
        assert mine != theirs
        assert len({mine, theirs}) == 2


def test_what_a_disabled_block_would_be() -> None:
    document = load_preset("cifar10-first-cnn")
    conv = document.body[3]
    without = set_disabled(document, [conv.id], True)
    report = as_enabled(without.body[3], (6, 14, 14))
    assert (report.output, report.params) == ((16, 10, 10), infer(document).body.reports[3].params)
    assert infer(without).params == infer(remove(document, [conv.id])).params


@pytest.mark.parametrize(
    ("number", "text"),
    [(0, "0"), (432, "432"), (999, "999"), (9_866, "9.9 K"), (442_368, "442 K"), (2_900_000, "2.9 M")],
)
def test_counts_read_shortly(number: int, text: str) -> None:
    assert short(number) == text


def test_numbers_and_sizes_for_people() -> None:
    assert grouped(61_100_840) == "61\u202f100\u202f840"
    assert short(15_470_264_320) == "15.5 G"
    assert short(999_999) == "1 M"
    assert byte_text(1_153_434) == "1.1 MiB"
    assert byte_text(12) == "12 B"
    assert shape_text((3, 32, 48)) == "32×48×3"
    assert shape_text((3, 32, 48), "nchw") == "N,3,32,48"
    assert shape_text((400,)) == "400"
    assert shape_text(None) == "?"
