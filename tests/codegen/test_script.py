"""Exported scripts train by themselves."""

import runpy
import struct
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from cnnstudio.codegen import CannotGenerate, script
from cnnstudio.codegen.script.sources import SOURCES
from cnnstudio.core.document import InputSize
from cnnstudio.core.edits import set_input
from cnnstudio.workspace.datasets.catalogue import CATALOGUE
from tests.codegen.built import ruff_complaints
from tests.codegen.documents import CLASSIFIER, block, conv, document, preset


def _idx(path: Path, values: torch.Tensor) -> None:
    header = struct.pack(f">HBB{values.dim()}I", 0, 8, values.dim(), *values.shape)
    path.write_bytes(header + values.to(torch.uint8).numpy().tobytes())


@pytest.fixture
def mnist(tmp_path: Path) -> Path:
    """A folder with 40 training and 20 test images in MNIST's own format."""
    raw = tmp_path / "data" / "MNIST" / "raw"
    raw.mkdir(parents=True)
    for part, count in (("train", 40), ("t10k", 20)):
        labels = torch.arange(count) % 10
        images = (labels[:, None, None] * 25).expand(count, 28, 28)
        _idx(raw / f"{part}-images-idx3-ubyte", images)
        _idx(raw / f"{part}-labels-idx1-ubyte", labels)
    return tmp_path / "data"


def run(source: str, folder: Path, monkeypatch: pytest.MonkeyPatch, *arguments: str) -> dict[str, Any]:
    """Runs a script in this process, which has paid for importing torch."""
    path = folder / "exported.py"
    path.write_text(source, encoding="utf-8")
    weights = folder / "weights.pt"
    monkeypatch.setattr(sys, "argv", [str(path), "--out", str(weights), *arguments])
    state = torch.random.get_rng_state()
    defined = runpy.run_path(str(path), run_name="__main__")
    torch.random.set_rng_state(state)
    saved: dict[str, Any] = torch.load(weights, weights_only=True)
    network = [v for v in defined.values() if isinstance(v, type) and issubclass(v, torch.nn.Module)][-1]
    network().load_state_dict(saved, strict=True)
    return saved


def test_a_script_trains_in_a_process_of_its_own(mnist: Path, tmp_path: Path) -> None:
    path = tmp_path / "exported.py"
    path.write_text(script(preset("mnist-simpleconvnet")), encoding="utf-8")
    command = [sys.executable, "-W", "error", str(path), "--data", str(mnist), "--epochs", "2"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, check=False)
    assert done.returncode == 0, done.stderr
    first, second, last = done.stdout.splitlines()
    assert first.startswith("epoch 1/2: loss ")
    assert "test accuracy" in second
    assert last == "saved weights.pt"
    assert (tmp_path / "weights.pt").is_file()


def test_any_data_set_feeds_any_network(
    mnist: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    head = block("AuxClassifier", weight=0.5, head=CLASSIFIER)
    training = {
        "dataset": "mnist",
        "batch_size": 13,
        "epochs": 2,
        "test_limit": 12,
        "optimizer": {"name": "SGD", "lr": 0.1, "momentum": 0.9, "nesterov": True},
        "schedule": {"name": "step", "step_size": 1},
        "init": {"name": "he"},
        "augment": {"flip": True, "crop_padding": 2},
    }
    source = script(document([*conv(8), head, *conv(8), *CLASSIFIER], side=16, training=training))
    assert "transforms.Grayscale(3)" in source
    assert "transforms.Resize((16, 16))" in source
    assert "SIDE_WEIGHTS = (0.5,)" in source
    # 27 images in batches of 13 leave one, which batch norm cannot train on.
    run(source, tmp_path, monkeypatch, "--data", str(mnist), "--limit", "27")
    assert "epoch 2/2" in capsys.readouterr().out


def test_shapes_need_no_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    training = {
        "dataset": "shapes",
        "batch_size": 8,
        "test_limit": 50,
        "optimizer": {"name": "Adam", "lr": 0.01},
        "schedule": {"name": "cosine"},
    }
    body = [*conv(8), block("MaxPool2d"), *conv(16), block("Flatten"), block("Linear", out_features=10)]
    run(
        script(document(body, side=12, training=training)),
        tmp_path,
        monkeypatch,
        "--limit",
        "400",
        "--epochs",
        "2",
    )
    accuracy = float(capsys.readouterr().out.splitlines()[1].split()[-1].rstrip("%"))
    assert accuracy > 30, "chance is 10 %"


@pytest.mark.parametrize("parts", [("train", "val"), ("",)])
def test_folders_of_images(
    parts: tuple[str, ...],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for part in parts:
        for label, name in enumerate(("bright", "dark")):
            folder = tmp_path / "photos" / part / name
            folder.mkdir(parents=True)
            for number in range(6):
                Image.new("RGB", (24, 20), (200 - 100 * label,) * 3).save(folder / f"{number}.png")
    source = script(
        document([*conv(4), *CLASSIFIER], side=16, training={"dataset": "folder", "batch_size": 4})
    )
    run(source, tmp_path, monkeypatch, "--data", str(tmp_path / "photos"), "--epochs", "1")
    assert "epoch 1/1" in capsys.readouterr().out


def test_settings_become_the_code_that_people_write() -> None:
    source = script(preset("cifar10-resnet"))
    assert (
        "optimizer = torch.optim.SGD(\n        model.parameters(), lr=0.1, momentum=0.9, weight_decay=0.0005"
        in source
    )
    assert "torch.optim.lr_scheduler.StepLR(optimizer, step_size=50, gamma=0.1)" in source
    assert "transforms.RandomCrop(32, padding=4)" in source
    assert "EPOCHS = 300\nBATCH_SIZE = 128\nSEED = 0\n" in source


def test_the_number_of_classes_is_the_data_sets() -> None:
    alexnet = preset("alexnet")
    other = alexnet.training.model_copy(update={"dataset": "cifar10"})
    assert "nn.Linear(4096, 10)" in script(alexnet.changed(training=other))
    assert "nn.Linear(4096, 1000)" in script(alexnet)


def test_an_unknown_data_set_is_refused_in_one_sentence() -> None:
    other = preset("fashion-dnn").training.model_copy(update={"dataset": "imagenet"})
    with pytest.raises(CannotGenerate, match=r"no data set 'imagenet' .* cifar10, folder, shapes\.$"):
        script(preset("fashion-dnn").changed(training=other))


def test_a_network_that_cannot_train_is_refused() -> None:
    with pytest.raises(CannotGenerate, match="The network ends with"):
        script(document([]))


def test_the_data_sets_are_those_of_the_catalogue() -> None:
    assert [source.id for source in SOURCES] == [info.id for info in CATALOGUE]
    for source, info in zip(SOURCES, CATALOGUE, strict=True):
        assert source.channels == info.channels
        if source.kind == "torchvision":
            assert (source.title, source.mean, source.std) == (info.title, info.mean, info.std)
            assert (source.size, source.classes) == ((info.height, info.width), info.classes)


def test_pixels_that_stay_as_they_are_need_no_normalisation() -> None:
    training = {"dataset": "cifar10", "normalise": {"mean": [0.0], "std": [1.0]}}
    source = script(document([*conv(4), *CLASSIFIER], training=training))
    assert "Normalize" not in source
    assert "MEAN" not in source


_SETTINGS = st.fixed_dictionaries(
    {
        "dataset": st.sampled_from([source.id for source in SOURCES]),
        "optimizer": st.fixed_dictionaries(
            {
                "name": st.sampled_from(["SGD", "Adam", "AdamW", "Adagrad", "RMSprop"]),
                "lr": st.floats(1e-6, 1),
                "momentum": st.sampled_from([0.0, 0.9]),
                "nesterov": st.booleans(),
                "weight_decay": st.floats(0, 1) | st.sampled_from([1e20, 1e-20]),
            }
        ),
        "schedule": st.fixed_dictionaries(
            {
                "name": st.sampled_from(["constant", "step", "cosine", "one-cycle", "plateau"]),
                "warmup": st.sampled_from([0, 1, 100_000]),
                "gamma": st.sampled_from([0.1, 0.123456789, 1.0, 1e6]),
            }
        ),
        "label_smoothing": st.sampled_from([0.0, 0.1, 0.123456789]),
        "clip_norm": st.sampled_from([0.0, 1.0, 1e-9]),
        "precision": st.sampled_from(["auto", "float32", "mixed"]),
        "compile": st.booleans(),
        "validation": st.fixed_dictionaries(
            {"name": st.sampled_from(["test", "split"]), "fraction": st.floats(0.01, 0.99)}
        ),
        "early_stopping": st.fixed_dictionaries(
            {"patience": st.sampled_from([0, 1, 100_000]), "restore_best": st.booleans()}
        ),
        "init": st.fixed_dictionaries({"name": st.sampled_from(["default", "normal", "he", "xavier"])}),
        "augment": st.fixed_dictionaries(
            {
                "flip": st.booleans(),
                "crop_padding": st.integers(0, 64),
                "rotation": st.sampled_from([0.0, 15.0, 12.3456789]),
                "brightness": st.sampled_from([0.0, 0.4]),
                "contrast": st.sampled_from([0.0, 0.123456789]),
                "saturation": st.sampled_from([0.0, 1.0]),
                "erasing": st.sampled_from([0.0, 0.25]),
                "cutout": st.sampled_from([0, 8]),
            }
        ),
        "normalise": st.fixed_dictionaries(
            {
                "mean": st.lists(st.floats(-10, 10), max_size=4),
                "std": st.lists(st.floats(0.01, 10), max_size=4),
            }
        ),
        "test_limit": st.none() | st.integers(1, 10_000),
    }
)


def test_ruff_has_nothing_to_say_whatever_the_settings(tmp_path: Path) -> None:
    sources: dict[str, str] = {}

    @settings(max_examples=80, deadline=None)
    @given(_SETTINGS, st.sampled_from([1, 2, 3, 4, 20]), st.sampled_from([(16, 16), (8, 12)]))
    def collect(training: dict[str, Any], channels: int, size: tuple[int, int]) -> None:
        network = document([*conv(4), *CLASSIFIER], training=training)
        network = set_input(network, InputSize(*size, channels))
        if training["dataset"] == "shapes" and channels not in (1, 3):
            augment = network.training.augment.model_copy(
                update={"brightness": 0.0, "contrast": 0.0, "saturation": 0.0}
            )
            network = network.changed(training=network.training.model_copy(update={"augment": augment}))
        sources[f"script{len(sources)}"] = script(network)
        compile(sources[f"script{len(sources) - 1}"], "script.py", "exec")

    collect()
    assert ruff_complaints(sources, tmp_path) == ""


def test_channels_take_turns(mnist: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    network = document([*conv(4), *CLASSIFIER], training={"dataset": "mnist", "batch_size": 8})
    source = script(set_input(network, InputSize(28, 28, 5)))
    assert "transforms.Lambda(lambda image: image[torch.arange(5) % 1])" in source
    run(source, tmp_path, monkeypatch, "--data", str(mnist), "--epochs", "1")
