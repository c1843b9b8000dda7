"""What a block says of itself on its card and in the inspector, beside the equations."""

import pytest

import cnnstudio.blocks  # noqa: F401  # registers the block types
from cnnstudio.core.block import Composite, Layer
from cnnstudio.core.registry import block_type

CARDS: list[tuple[str, dict[str, object], str]] = [
    ("Conv2d", {}, "16 filters 3×3 / stride 1 · padding 0"),
    (
        "Conv2d",
        {"kernel_size": (3, 5), "stride": (1, 2), "dilation": 2, "groups": 4, "bias": False},
        "16 filters 3×5 / stride 1×2 · padding 0 · dilation 2 · 4 groups · no bias",
    ),
    ("DepthwiseConv2d", {}, "3×3 / stride 1 · padding 0"),
    ("DepthwiseConv2d", {"bias": False, "padding": 1}, "3×3 / stride 1 · padding 1 · no bias"),
    ("MaxPool2d", {}, "2×2 / stride 2"),
    (
        "AvgPool2d",
        {"stride": 1, "padding": 1, "ceil_mode": True},
        "2×2 / stride 1 · padding 1 · rounds up",
    ),
    ("AdaptiveAvgPool2d", {"output_size": 7}, "to 7×7 / "),
    ("ZeroPad2d", {"padding": (1, 2)}, "1×2 / "),
    ("Linear", {}, "10 / "),
    ("Linear", {"bias": False}, "10 / no bias"),
    ("Dropout", {"p": 0.25}, "0.25 / "),
    ("LocalResponseNorm", {}, "5 channels / "),
    ("GroupNorm", {"num_groups": 8}, "8 groups / "),
    ("LeakyReLU", {}, "slope 0.01 / "),
    ("Residual", {}, "ReLU(F(x) + x) / "),
    ("Residual", {"activation": "none"}, "F(x) + x / "),
    ("Parallel", {"merge": "add"}, "add / "),
    ("Repeat", {"times": 3}, "× 3 / "),
    ("Group", {"name": "stem"}, "stem / "),
    ("AuxClassifier", {}, "weight 0.3 / "),
]
"""Blocks with their parameters, and what their cards say: headline and details."""


@pytest.mark.parametrize(("kind", "values", "card"), CARDS)
def test_a_card_tells_what_distinguishes_the_block(kind: str, values: dict[str, object], card: str) -> None:
    block = block_type(kind).model_validate(values)
    assert f"{block.headline()} / {' · '.join(map(str, block.details()))}" == card


DERIVED: list[tuple[str, tuple[int, ...], str]] = [
    ("AdaptiveAvgPool2d", (256, 13, 12), "13×12 averaged to 1×1"),
    ("GlobalAvgPool2d", (512, 7, 6), "7·6 values averaged in each of 512 channels"),
    ("Linear", (400,), "400 features in, 10 out"),
    ("Flatten", (16, 5, 4), "5·4·16 = 320"),
    ("Flatten", (320,), "already flat"),
]
"""Layers of default parameters, what comes in, and how what leaves is derived in words."""


@pytest.mark.parametrize(("kind", "x", "line"), DERIVED)
def test_derivations_in_words(kind: str, x: tuple[int, ...], line: str) -> None:
    layer = block_type(kind)()
    assert isinstance(layer, Layer)
    assert list(map(str, layer.derivation(x))) == [line]


@pytest.mark.parametrize(
    ("kind", "values", "outputs", "line"),
    [
        ("Residual", {}, [(8, 6, 4), (8, 6, 4)], "6×4×8 + 6×4×8 = 6×4×8"),
        ("Parallel", {}, [(8, 6, 4), (3, 6, 4)], "8 + 3 = 11 channels"),
        ("Parallel", {"merge": "add"}, [(8, 6, 4), (8, 6, 4)], "6×4×8 + 6×4×8 = 6×4×8"),
        ("Parallel", {"merge": "multiply"}, [(8, 6, 4), (8, 1, 1)], "6×4×8 · 1×1×8 = 6×4×8"),
    ],
)
def test_merges_are_derived(
    kind: str, values: dict[str, object], outputs: list[tuple[int, ...]], line: str
) -> None:
    composite = block_type(kind).model_validate(values)
    assert isinstance(composite, Composite)
    assert list(map(str, composite.derivation((3, 6, 4), outputs))) == [line]


@pytest.mark.parametrize(
    ("kind", "values", "x", "offered"),
    [
        ("Conv2d", {}, (3, 32, 32), [{"kernel_size": 5}, {"stride": 2}, {"out_channels": 32}]),
        (
            "Conv2d",
            {"kernel_size": (5, 4), "stride": (2, 3), "out_channels": 40_000},
            (3, 32, 31),
            [{"kernel_size": 3}, {"stride": 1}, {"padding": 2}, {"out_channels": 20_000}],
        ),
        (
            "DepthwiseConv2d",
            {"kernel_size": 1024, "dilation": 4, "stride": 2},
            (1, 4096, 4096),  # a padding of 2046 would be more than there can be
            [{"kernel_size": 3}, {"stride": 1}],
        ),
        (
            "MaxPool2d",
            {"kernel_size": 3, "stride": (1, 2)},
            (3, 32, 32),
            [{"kernel_size": 5}, {"stride": 2}, {"padding": 1}, {"ceil_mode": True}],
        ),
        (
            "DepthwiseConv2d",
            {"kernel_size": (5, 3), "stride": 2},
            (3, 32, 32),
            [{"kernel_size": 3}, {"stride": 1}, {"padding": (2, 1)}],
        ),
        ("AdaptiveAvgPool2d", {}, (3, 32, 32), [{"output_size": 7}]),
        ("Linear", {"bias": False}, (24,), [{"out_features": 20}, {"bias": True}]),
        ("ReLU", {}, (24,), []),
    ],
)
def test_what_people_wonder_about(
    kind: str, values: dict[str, object], x: tuple[int, ...], offered: list[dict[str, object]]
) -> None:
    layer = block_type(kind).model_validate(values)
    assert isinstance(layer, Layer)
    assert list(layer.what_ifs(x)) == offered
