"""Exported scripts train by the very settings that the app trains by."""

import ast
import itertools
import math
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from cnnstudio.codegen import CannotGenerate, script
from cnnstudio.core.document import InputSize
from cnnstudio.core.edits import set_input
from cnnstudio.core.schedule import Length, Plateau, learning_rate
from cnnstudio.engine.optimizer import make_optimizer
from cnnstudio.workspace.datasets.decode import decode_image
from tests.codegen.documents import CLASSIFIER, block, conv, document, preset
from tests.codegen.test_script import run

LR = 0.02
PLAIN = {"mean": [0.0], "std": [1.0]}
IMAGES, BATCH = 24, 8
EPOCHS = 4
EVERYTHING = {
    "flip": True,
    "crop_padding": 1,
    "rotation": 15.0,
    "brightness": 0.4,
    "contrast": 0.3,
    "saturation": 0.2,
    "erasing": 0.5,
    "cutout": 4,
}


def trained(training: dict[str, Any], *, heads: bool = False, channels: int = 3) -> str:
    """The script of a small network on drawn shapes."""
    head = [block("AuxClassifier", weight=0.5, head=CLASSIFIER)] if heads else []
    values = {
        "dataset": "shapes",
        "batch_size": BATCH,
        "epochs": EPOCHS,
        "test_limit": 16,
        "optimizer": {"name": "SGD", "lr": LR},
        **training,
    }
    network = document([*conv(4), *head, *CLASSIFIER], side=12, training=values)
    return script(set_input(network, InputSize(12, 12, channels)))


@pytest.fixture
def rates(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The learning rate of each step that SGD takes."""
    seen: list[float] = []

    class Recording(torch.optim.SGD):
        def step(self, closure: Any = None) -> Any:
            seen.append(self.param_groups[0]["lr"])
            return super().step(closure)

    monkeypatch.setattr(torch.optim, "SGD", Recording)
    return seen


@pytest.mark.parametrize("warmup", [0, 1, 2])
@pytest.mark.parametrize("name", ["constant", "step", "cosine", "one-cycle", "plateau"])
def test_every_step_has_the_learning_rate_that_the_app_gives_it(
    name: str,
    warmup: int,
    rates: list[float],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    schedule = {"name": name, "warmup": warmup, "step_size": 1, "gamma": 0.5, "patience": 1, "rise": 0.4}
    source = trained({"schedule": schedule})
    run(source, tmp_path, monkeypatch, "--limit", str(IMAGES))
    losses = [float(loss) for loss in re.findall(r"test loss ([\d.]+)", capsys.readouterr().out)]
    how = document([*CLASSIFIER], training={"schedule": schedule}).training.schedule
    length, plateau = Length(EPOCHS, IMAGES // BATCH), Plateau()
    expected = []
    for epoch, loss in enumerate(losses, start=1):
        expected += [learning_rate(LR, how, length, epoch, step, plateau) for step in range(IMAGES // BATCH)]
        if epoch > warmup:
            plateau = plateau.after(loss, how, LR)
    assert rates == pytest.approx(expected)


COMBINATIONS: dict[str, dict[str, Any]] = {
    "split": {"validation": {"name": "split", "fraction": 0.25}},
    "split, augmented": {"validation": {"name": "split", "fraction": 0.25}, "augment": EVERYTHING},
    "mixed, clipped": {"precision": "mixed", "clip_norm": 0.5},
    "smoothed": {"label_smoothing": 0.1, "clip_norm": 1.0},
    "mixed, smoothed, one-cycle": {
        "precision": "mixed",
        "label_smoothing": 0.2,
        "schedule": {"name": "one-cycle", "warmup": 1},
    },
    "early": {"early_stopping": {"patience": 2}, "validation": {"name": "split"}},
    "early, last": {"early_stopping": {"patience": 2, "restore_best": False}},
}


@pytest.mark.parametrize("heads", [False, True])
@pytest.mark.parametrize("name", COMBINATIONS)
def test_combinations_train(
    name: str,
    heads: bool,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    training = COMBINATIONS[name]
    run(trained(training, heads=heads), tmp_path, monkeypatch, "--limit", str(IMAGES))
    said = capsys.readouterr().out
    if "validation" in training:
        assert re.search(r"epoch 1/4: .* validation loss [\d.]+, validation accuracy", said)
        assert re.search(r"^test loss [\d.]+, test accuracy [\d.]+%$", said, re.MULTILINE)
    else:
        assert re.search(r"epoch 1/4: .* test loss", said)


def test_an_early_end_keeps_the_best(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    training = {
        "early_stopping": {"patience": 2},
        "epochs": 30,
        "optimizer": {"name": "SGD", "lr": 3.0, "momentum": 0.9},
        "validation": {"name": "split", "fraction": 0.25},
    }
    saved = run(trained(training), tmp_path, monkeypatch, "--limit", "64")
    said = capsys.readouterr().out
    losses = [float(loss) for loss in re.findall(r"validation loss ([\d.]+)", said)]
    best = losses.index(min(losses)) + 1
    assert len(losses) == best + 2 < 30
    assert f"no better loss since epoch {best}: stopped" in said
    assert int(saved["bn1.num_batches_tracked"]) == best * 6  # 48 images in batches of 8


def test_images_kept_aside_are_not_augmented(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The split's images are the same, once as they are trained on and once as they are."""
    source = trained({"validation": {"name": "split", "fraction": 0.25}, "augment": EVERYTHING})
    assert "train, plain, test" in source
    assert "val_data = Subset(plain_data, val_data.indices)" in source
    plain = trained({"validation": {"name": "split", "fraction": 0.25}})
    assert "plain" not in plain


def test_augmentation_is_torchvisions(tmp_path: Path) -> None:
    source = trained({"augment": EVERYTHING})
    steps = re.findall(r"^            ((?:transforms|Cutout).*),$", source, re.MULTILINE)
    assert steps == [
        "transforms.RandomCrop(12, padding=1)",
        "transforms.RandomHorizontalFlip()",
        "transforms.RandomRotation(15.0)",
        "transforms.ColorJitter(brightness=0.4, contrast=0.3, saturation=0.2)",
        "transforms.Normalize(MEAN, STD)",
        "transforms.RandomErasing(p=0.5)",
        "Cutout(4)",
        "transforms.Normalize(MEAN, STD)",
    ]


def test_a_cutout_blanks_one_square_that_may_lie_over_the_edge() -> None:
    defined: dict[str, Any] = {}
    exec(trained({"augment": {"cutout": 4}}), defined)
    areas = set()
    for _ in range(200):
        image = torch.ones(3, 12, 12)
        blanked = defined["Cutout"](4)(image)
        assert (image == 1).all(), "what goes in stays as it is"
        rows, columns = (blanked[0] == 0).nonzero().unbind(1)
        height, width = (int(each.max() - each.min()) + 1 for each in (rows, columns))
        assert height * width == len(rows)
        assert max(height, width) <= 4
        areas.add((height, width))
    assert (4, 4) in areas
    assert len(areas) > 4


def test_colours_of_odd_channels_are_refused_in_one_sentence() -> None:
    with pytest.raises(CannotGenerate, match=r"1 or 3 channels only, and these have 4: take brightness"):
        trained({"augment": {"brightness": 0.2}}, channels=4)
    assert "Cutout(3)" in trained({"augment": {"cutout": 3}}, channels=4)


@pytest.mark.parametrize("init", ["default", "he"])
def test_a_compiled_network_keeps_the_names_of_its_weights(
    init: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    compiled: list[torch.nn.Module] = []

    def compile_in_place(module: torch.nn.Module) -> None:
        compiled.append(module)

    monkeypatch.setattr(torch.nn.Module, "compile", compile_in_place)
    run(
        trained({"compile": True, "init": {"name": init}, "epochs": 1}), tmp_path, monkeypatch, "--limit", "8"
    )
    assert len(compiled) == 1


def test_settings_that_are_off_leave_nothing_behind() -> None:
    source = script(preset("cifar10-resnet"))
    for word in (
        "WARMUP",
        "VALIDATION",
        "PATIENCE",
        "scaler",
        "clip_grad",
        "smoothing",
        "random_split",
        "copy",
        "compile",
    ):
        assert word not in source
    plain = script(preset("fashion-dnn"))
    for word in (
        "drop_last",
        "weight_decay",
        "momentum",
        "scheduler",
        "initialise",
        "flip",
        "Grayscale",
        "Resize",
    ):
        assert word not in plain


@pytest.mark.parametrize("name", ["SGD", "Adam", "AdamW", "Adagrad", "RMSprop"])
@pytest.mark.parametrize("momentum", [0.0, 0.9])
@pytest.mark.parametrize("weight_decay", [0.0, 0.02])
def test_the_optimizer_is_the_one_that_the_app_makes(name: str, momentum: float, weight_decay: float) -> None:
    """Whatever else the settings say that this optimizer has not."""
    values = {"name": name, "momentum": momentum, "nesterov": True, "weight_decay": weight_decay}
    source = trained({"optimizer": {"lr": LR, **values}})
    model = torch.nn.Linear(2, 2)
    exported = eval(_assigned(source, "optimizer"), {"torch": torch, "model": model})
    ours = make_optimizer(
        model.parameters(), document([], training={"optimizer": values | {"lr": LR}}).training.optimizer
    )
    assert isinstance(ours, type(exported))
    known = exported.defaults.keys() - {"fused"}
    assert {key: ours.defaults[key] for key in known} == {key: exported.defaults[key] for key in known}


def _assigned(source: str, name: str) -> str:
    """The expression that a script gives a variable, anywhere in it."""
    (found,) = [
        node.value
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == name
    ]
    return ast.unparse(found)


@pytest.mark.parametrize(
    ("how", "std"),
    [
        ({"name": "normal", "std": 0.02}, 0.02),
        ({"name": "he"}, math.sqrt(2 / 200)),
        ({"name": "xavier"}, math.sqrt(2 / (200 + 300))),
    ],
)
def test_weights_begin_as_the_settings_say(how: dict[str, Any], std: float) -> None:
    source = trained({"init": how})
    (function,) = [
        node
        for node in ast.parse(source).body
        if isinstance(node, ast.FunctionDef) and node.name == "initialise"
    ]
    assert "model.apply(initialise)" in source
    defined: dict[str, Any] = {"nn": torch.nn}
    exec(ast.unparse(function), defined)
    layer = torch.nn.Linear(200, 300)
    defined["initialise"](layer)
    assert layer.weight.std().item() == pytest.approx(std, rel=0.05)
    assert not layer.bias.any()


@pytest.mark.parametrize(
    ("dataset", "channels", "normalise", "mean"),
    [
        ("cifar10", 3, {}, "(0.4914, 0.4822, 0.4465)"),
        ("cifar10", 1, {}, "(0.4809,)"),
        ("mnist", 1, {}, "(0.1307,)"),
        ("mnist", 3, {}, "(0.1307,)"),
        ("cifar10", 3, {"mean": [0.5]}, "(0.5,)"),
        ("cifar10", 3, {"mean": [0.5, 0.25]}, "(0.5, 0.25, 0.5)"),
        ("cifar10", 5, {}, "(0.4914, 0.4822, 0.4465)"),
    ],
)
def test_pixels_are_normalised_by_the_data_or_by_the_settings(
    dataset: str, channels: int, normalise: dict[str, Any], mean: str
) -> None:
    source = trained({"dataset": dataset, "normalise": normalise}, channels=channels)
    assert _assigned(source, "MEAN") == mean


@pytest.mark.parametrize(("height", "width"), [(8, 12), (12, 8), (9, 9)])
@pytest.mark.parametrize("image", [(40, 10), (10, 40), (7, 7)])
def test_images_of_a_folder_are_cut_as_in_the_app(
    tmp_path: Path, height: int, width: int, image: tuple[int, int]
) -> None:
    network = document([*conv(4), *CLASSIFIER], training={"dataset": "folder", "normalise": PLAIN})
    defined: dict[str, Any] = {}
    exec(script(set_input(network, InputSize(height, width, 3))), defined)
    for number in range(5):
        # Smooth, so that a pixel more or less in rounding is no other image.
        across, down = np.meshgrid(np.linspace(0, 255, image[0]), np.linspace(255, 0, image[1]))
        pixels = np.stack([across, down, across], 2).astype(np.uint8)
        for part, kind in itertools.product(("train", "test"), ("one", "two")):
            (tmp_path / part / kind).mkdir(parents=True, exist_ok=True)
            Image.fromarray(pixels).save(tmp_path / part / kind / f"{number}.png")
    train_data, _ = defined["load_data"](str(tmp_path))
    ours = decode_image(tmp_path / "train" / "one" / "0.png", height, width, 3)
    theirs = train_data[0][0].permute(1, 2, 0).numpy() * 255
    assert theirs.shape == (height, width, 3)
    np.testing.assert_allclose(theirs, ours, atol=8)
