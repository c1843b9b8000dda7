"""The receptive field that is shown is the one that gradients see."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

import cnnstudio.blocks  # noqa: F401  # registers the block types
from cnnstudio.core.block import Layer
from cnnstudio.core.document import Document, InputSize
from cnnstudio.core.edits import node
from cnnstudio.core.fileformat import read_document
from cnnstudio.core.infer import infer
from cnnstudio.core.reach import POINT, Reach, beside, repeated, then
from cnnstudio.core.registry import block_type
from cnnstudio.workspace.resources import presets_dir
from tests.oracle import module

SIDE = 41


def _layer(kind: str, kernel: int, stride: int, padding: int, dilation: int) -> Layer:
    values = {"kernel_size": kernel, "stride": stride, "padding": min(padding, kernel // 2)}
    if kind == "Conv2d":
        values |= {"out_channels": 1, "dilation": dilation}
    made = block_type(kind).model_validate(values)
    assert isinstance(made, Layer)
    return made


windows = st.builds(
    _layer,
    st.sampled_from(["Conv2d", "AvgPool2d"]),
    st.integers(1, 4),
    st.integers(1, 2),
    st.integers(0, 2),
    st.integers(1, 2),
)


@settings(max_examples=60)
@given(st.lists(windows, min_size=1, max_size=4))
def test_the_reach_is_what_gradients_see(layers: list[Layer]) -> None:
    document = Document(InputSize(SIDE, SIDE, 1), 10, tuple(map(node, layers)))
    report = infer(document).body
    if report.faults or report.output is None:
        return
    network = nn.Sequential(*(module(r.block.constructor(r.input)) for r in report.reports))  # type: ignore[attr-defined]
    for parameter in network.parameters():
        nn.init.constant_(parameter, 1.0)
    _, height, width = report.output
    row, column = height // 2, width // 2
    image = torch.ones(1, 1, SIDE, SIDE, requires_grad=True)
    network(image)[0, 0, row, column].backward()
    assert image.grad is not None
    seen = image.grad[0, 0].nonzero()
    assert report.reach is not None
    for axis, index in ((0, row), (1, column)):
        start = report.reach.start[axis] + index * report.reach.jump[axis]
        end = start + report.reach.size[axis] - 1
        low, high = int(seen[:, axis].min()), int(seen[:, axis].max())
        inside = start >= 0 and end < SIDE
        # Over the edge of some map there is only padding, and a window with holes may touch nothing there.
        assert (low, high) == (start, end) if inside else start <= low <= high <= end


@given(st.integers(0, 40), st.integers(1, 5), st.integers(1, 2))
def test_repetition_is_composition(times: int, kernel: int, stride: int) -> None:
    once = Reach((kernel, kernel), (stride, stride), (-1, 0))
    expected: Reach | None = POINT
    for _ in range(times):
        expected = then(expected, once)
    assert repeated(once, times) == expected


def test_branches_see_the_union() -> None:
    narrow, wide = Reach((1, 1), (1, 1), (0, 0)), Reach((5, 3), (1, 1), (-2, -1))
    assert beside(narrow, wide) == wide
    assert beside(wide, Reach((3, 5), (1, 1), (0, 1))) == Reach((5, 7), (1, 1), (-2, -1))
    assert beside(wide, wide) == wide
    assert beside(narrow, None) is beside(None, narrow) is None


def test_behind_what_sees_everything_everything_is_seen() -> None:
    once = Reach((3, 3), (1, 1), (-1, -1))
    assert then(None, once) is then(once, None) is repeated(None, 3) is None
    assert repeated(None, 0) == POINT


@pytest.mark.parametrize(("preset", "convolutions", "size"), [("alexnet", 2, 51), ("vgg16", 4, 14)])
def test_known_receptive_fields(preset: str, convolutions: int, size: int) -> None:
    """conv2 of AlexNet sees 51 pixels; conv2_1 of VGG-16 sees 10 and, one convolution on, 14."""
    document = read_document((presets_dir() / f"{preset}.cnn.json").read_text(encoding="utf-8"))
    found: list[Reach | None] = []
    reach: Reach | None = POINT
    for report in infer(document).body.reports:
        reach = then(reach, report.reach)
        if type(report.block).__name__ == "Conv2d":
            found.append(reach)
    seen = found[convolutions - 1]
    assert seen is not None
    assert seen.size == (size, size)
