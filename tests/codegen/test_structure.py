"""Which parts become classes, loops and conditions, and how things are called."""

from pathlib import Path
from typing import Any

import pytest

from cnnstudio.codegen import CannotGenerate, constructor_text, generate
from cnnstudio.core.infer import infer
from tests.codegen.built import check, network, ruff_complaints
from tests.codegen.documents import CLASSIFIER, Piece, block, conv, document


def residual(filters: int, stride: int = 1, *inner: Piece, project: bool = False) -> Piece:
    first = {"first": {"stride": stride}} if stride > 1 else {}
    body = [*conv(filters, **first), *conv(filters)[:2], *inner]
    shortcut = [
        block("Conv2d", out_channels=filters, kernel_size=1, stride=stride, bias=False, only_first=True),
        block("BatchNorm2d", only_first=True),
    ]
    return block("Residual", body=body, shortcut=shortcut if project else [])


def repeat(times: int, *body: Any) -> Piece:
    return block("Repeat", times=times, body=list(body))


def test_a_projection_where_shapes_stay_needs_a_flag() -> None:
    source = check(document([*conv(16), repeat(3, residual(16, project=True)), *CLASSIFIER])).source
    assert "def __init__(self, project: bool = False) -> None:" in source
    assert "if project:" in source
    assert "BasicBlock(project=True)" in source


def test_a_projection_that_only_a_stride_asks_for() -> None:
    stages = [repeat(2, residual(16)), repeat(2, residual(16, 2, project=True))]
    source = check(document([*conv(16), *stages, *CLASSIFIER])).source
    assert "if stride != 1:" in source
    assert source.count("class ") == 2


def test_dense_layers_become_a_loop_over_growing_widths() -> None:
    branch = [block("BatchNorm2d"), block("ReLU"), block("Conv2d", out_channels=12, kernel_size=3, padding=1)]
    layer = block("Parallel", branches=[[], branch])
    generated = check(document([*conv(24), repeat(6, layer), *CLASSIFIER]))
    assert "self.layer1 = nn.Sequential(*(DenseLayer(24 + 12 * i) for i in range(6)))" in generated.source
    assert "def __init__(self, in_channels: int) -> None:" in generated.source
    assert generated.paths["b6"] == tuple(f"layer1.{i}.branch2.0" for i in range(6))


def test_squeeze_and_excite_inside_residual_blocks() -> None:
    def gate(filters: int) -> Piece:
        squeeze = block("Conv2d", out_channels=filters // 4, kernel_size=1)
        excite = block("Conv2d", out_channels=filters, kernel_size=1)
        inside = [block("AdaptiveAvgPool2d"), squeeze, block("ReLU"), excite, block("Sigmoid")]
        return block("Parallel", merge="multiply", branches=[[], inside])

    stages = [
        repeat(2, residual(filters, stride, gate(filters), project=stride > 1))
        for filters, stride in ((16, 1), (32, 2), (64, 2))
    ]
    source = check(document([*conv(16), *stages, *CLASSIFIER])).source
    assert "return x * self.branch2(x)" in source
    assert "nn.Conv2d(channels, channels // 4, 1)," in source
    assert "SqueezeExcite(out_channels)" in source
    assert source.count("class ") == 3


def test_a_repeated_run_of_layers_becomes_a_class_with_names() -> None:
    generated = check(document([repeat(2, *conv(16)), repeat(3, *conv(32)), *CLASSIFIER]))
    assert "self.layer1 = nn.Sequential(ConvBlock(3, 16), ConvBlock(16, 16))" in generated.source
    assert generated.paths["b6"] == ("layer2.0.conv1", "layer2.1.conv1", "layer2.2.conv1")


def test_what_only_the_first_repetition_has_depends_on_an_argument() -> None:
    pool = block("MaxPool2d", only_first=True)
    source = check(document([repeat(3, pool, *conv(16)), *CLASSIFIER])).source
    assert "first: bool = False" in source
    assert "if first:" in source


def test_repetitions_inside_repetitions() -> None:
    generated = check(document([*conv(8), repeat(3, repeat(2, residual(8)), *conv(8)), *CLASSIFIER]))
    assert generated.paths["b6"][:3] == (
        "layer1.0.layer1.0",
        "layer1.0.layer1.1",
        "layer1.1.layer1.0",
    )


def test_groups_name_attributes_and_never_break_the_module() -> None:
    names = ["features", "train", "features", "conv1", "_modules", "forward", "type", "__init__", "to"]
    groups = [block("Group", name=name, body=conv(8)[:2]) for name in names]
    generated = check(document([block("Conv2d"), *groups, *CLASSIFIER]))
    groups_paths = [generated.paths[f"b{2 + 3 * index}"][0] for index in range(len(names))]
    assert groups_paths == [
        "features",
        "train_",
        "features2",
        "conv1",
        "modules_",
        "forward_",
        "type_",
        "init",
        "to_",
    ]
    assert generated.paths["b1"] == ("conv2",)


def test_equal_groups_share_a_class_of_that_name() -> None:
    groups = [block("Group", name="stage", body=conv(8)) for _ in range(3)]
    source = check(document([*groups, *CLASSIFIER])).source
    assert "class Stage(nn.Module):" in source
    assert "self.stage2 = Stage(8)" in source


def test_empty_stacks_pass_everything_on() -> None:
    pieces = [
        block("Residual", body=[], shortcut=[], activation="none"),
        block("Parallel", branches=[[], []]),
        block("Repeat", times=3, body=[]),
        block("Group", body=[]),
        block("Identity"),
    ]
    check(document([*pieces, *CLASSIFIER]))
    check(document([]))


def test_long_stacks_are_told_in_two_parts() -> None:
    layers = [layer for _ in range(12) for layer in conv(8)]
    generated = check(document([*layers, block("Flatten"), block("Linear", out_features=10)]))
    assert generated.paths["b1"] == ("features.0",)
    assert generated.paths["b38"] == ("classifier.1",)


def test_an_auxiliary_head_listens_in_training_only() -> None:
    head = block("AuxClassifier", head=CLASSIFIER)
    generated = check(document([*conv(8), head, *conv(8), head, *CLASSIFIER]))
    assert generated.paths["b4"] == ("aux1",)
    assert "aux1 = self.aux1(x)" in generated.source
    assert "return x, aux1, aux2" in generated.source


def test_state_dict_names_do_not_depend_on_the_number_of_repetitions() -> None:
    few, many = (
        network(generate(document([*conv(8), repeat(times, residual(8)), *CLASSIFIER]))) for times in (2, 5)
    )
    assert set(few.state_dict()) < set(many.state_dict())


def test_lines_point_at_the_definition() -> None:
    generated = generate(document([*conv(8), repeat(4, residual(8)), *CLASSIFIER]))
    lines = generated.source.splitlines()

    def at(node: str) -> list[str]:
        first, last = generated.lines[node]
        return lines[first - 1 : last]

    assert at("b1") == ["        self.conv1 = nn.Conv2d(3, 8, 3, padding=1, bias=False)"]
    assert at("b4") == ["        self.layer1 = nn.Sequential(*(BasicBlock() for _ in range(4)))"]
    assert at("b5")[0] == "class BasicBlock(nn.Module):"
    assert at("b9") == ["        self.conv2 = nn.Conv2d(8, 8, 3, padding=1, bias=False)"]


def test_a_document_with_an_error_gives_one_sentence() -> None:
    wrong = document([block("Linear", out_features=10)])
    with pytest.raises(CannotGenerate) as refused:
        generate(wrong)
    assert str(refused.value) == (
        "There is no code for a network with an error: body[0] needs a flat input, got 32×32×3."
    )


def test_constructor_text_for_the_inspector() -> None:
    reports = infer(document([*conv(8), *CLASSIFIER])).body.reports
    assert constructor_text(reports[0], "conv1") == "self.conv1 = nn.Conv2d(3, 8, 3, padding=1, bias=False)"
    assert constructor_text(reports[1], "features.1") == "nn.BatchNorm2d(8)"
    faulty = infer(document([block("Linear")])).body.reports[0]
    assert constructor_text(faulty, "fc1") == ""


def test_more_modules_than_anybody_can_build_are_refused_at_once() -> None:
    pieces = [residual(8)]
    for _ in range(5):
        pieces = [repeat(1000, *pieces)]
    with pytest.raises(CannotGenerate, match="let blocks repeat less often"):
        generate(document([*conv(8), *pieces, *CLASSIFIER]))


def test_many_branches_heads_and_long_names_stay_within_the_line(tmp_path: Path) -> None:
    branches = [[block("Conv2d", out_channels=3, kernel_size=1)] for _ in range(12)]
    merges = [block("Parallel", merge=merge, branches=branches) for merge in ("add", "multiply", "concat")]
    heads = [block("AuxClassifier", head=CLASSIFIER) for _ in range(15)]
    groups = [block("Group", name="n" * 40, body=conv(width)) for width in (8, 8, 4, 16) * 3]
    first = block("Group", name="stage_of_the_network_with_a_long_name", body=conv(8), only_first=True)
    sources = {
        "branches": check(document([*merges, *CLASSIFIER])).source,
        "heads": check(document([*conv(8), *heads, *CLASSIFIER])).source,
        "names": check(document([*groups, repeat(3, first, *conv(8)), first, *CLASSIFIER])).source,
    }
    assert ruff_complaints(sources, tmp_path) == ""
