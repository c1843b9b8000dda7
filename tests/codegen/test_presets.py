"""The shipped models as code: right, short, and laid out as ruff does."""

from pathlib import Path

import pytest

from cnnstudio.codegen import generate, script
from tests.codegen.built import check, ruff_complaints
from tests.codegen.documents import preset, preset_ids


@pytest.mark.parametrize("id", preset_ids())
def test_the_source_builds_what_inference_says(id: str) -> None:
    check(preset(id))


@pytest.mark.parametrize(
    ("id", "lines"),
    [
        ("cifar10-first-cnn", 40),
        ("vgg16", 80),
        ("vgg19", 80),
        ("resnet152", 150),
        ("googlenet", 150),
        ("cifar10-resnet110", 80),
    ],
)
def test_repeated_structure_stays_short(id: str, lines: int) -> None:
    assert len(generate(preset(id)).source.splitlines()) < lines


def test_ruff_has_nothing_to_say_about_models_and_scripts(tmp_path: Path) -> None:
    sources = {}
    for id in preset_ids():
        name = id.replace("-", "_")
        sources[f"{name}_model"] = generate(preset(id)).source
        sources[f"{name}_script"] = script(preset(id))
    assert ruff_complaints(sources, tmp_path) == ""


def test_the_first_cnn_reads_like_the_tutorial() -> None:
    assert generate(preset("cifar10-first-cnn")).source.endswith('''\
class FirstCNNForCIFAR10(nn.Module):
    """Images (N, 3, 32, 32) in, logits (N, 10) out; 6,882 parameters."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(3, 6, 5)
        self.relu1 = nn.ReLU()
        self.pool1 = nn.MaxPool2d(2)
        self.conv2 = nn.Conv2d(6, 16, 5)
        self.relu2 = nn.ReLU()
        self.pool2 = nn.MaxPool2d(2)
        self.flatten = nn.Flatten()
        self.fc1 = nn.Linear(400, 10)

    def forward(self, x: Tensor) -> Tensor:
        x = self.pool1(self.relu1(self.conv1(x)))  # 14×14×6
        x = self.pool2(self.relu2(self.conv2(x)))  # 5×5×16
        x = self.flatten(x)  # 400
        return self.fc1(x)  # 10
''')


def test_resnet_has_one_block_class_with_the_width_as_argument() -> None:
    source = generate(preset("resnet152")).source
    assert source.count("class ") == 2
    assert "def __init__(self, in_channels: int, channels: int, stride: int = 1) -> None:" in source
    assert "if in_channels != 4 * channels:" in source
    assert "*(Bottleneck(1024, 256) for _ in range(35))" in source


def test_googlenet_has_the_widths_of_the_paper_in_a_table() -> None:
    source = generate(preset("googlenet")).source
    assert "self.inception1 = Inception(192, 64, 96, 128, 16, 32, 32)" in source
    assert "self.aux2 = AuxHead(528)" in source
    assert "return x, aux1, aux2" in source
