"""Every preset is the network of its source: facts that anyone can look up."""

from collections.abc import Iterator

import pytest
from torch.utils.flop_counter import FlopCounterMode

from cnnstudio.core.document import Document, walk
from cnnstudio.core.edits import remove
from cnnstudio.core.fileformat import read_document, write_document
from cnnstudio.core.infer import infer
from cnnstudio.core.shape import shape_text
from cnnstudio.workspace.presets import PRESET_IDS, load_preset, preset_path
from tests import oracle

PARAMETERS = {
    "cifar10-first-cnn": 6_882,
    "mnist-five-layer-cnn": 1_379_557,
    "mnist-simpleconvnet": 433_890,
    "fashion-dnn": 235_146,
    "fashion-dnn-dropout": 235_146,
    "alexnet": 61_100_840,
    "alexnet-2012": 60_965_224,
    "vgg16": 138_357_544,
    "vgg19": 143_667_240,
    "googlenet": 13_378_280,
    "resnet18": 11_689_512,
    "resnet34": 21_797_672,
    "resnet50": 25_557_032,
    "resnet101": 44_549_160,
    "resnet152": 60_192_808,
    "cifar10-resnet": 175_258,
    "cifar10-resnet110": 1_730_714,
    "alexnet-cifar": 1_880_490,
    "vgg16-cifar": 939_642,
    "googlenet-cifar": 514_934,
}
TRACES = {
    "cifar10-first-cnn": "28×28×6 28×28×6 14×14×6 10×10×16 10×10×16 5×5×16 400 10",
    "mnist-five-layer-cnn": "28×28×32 28×28×32 14×14×32 14×14×64 14×14×64 7×7×64 7×7×128 7×7×128 4×4×128"
    " 2048 625 625 625 10",
}

every_preset = pytest.mark.parametrize("preset", PRESET_IDS)


def test_all_presets_are_known_here() -> None:
    assert set(PRESET_IDS) == set(PARAMETERS)


@every_preset
def test_a_preset_has_the_parameters_of_its_source(preset: str) -> None:
    result = infer(load_preset(preset))
    assert result.problems == ()
    assert result.params == PARAMETERS[preset]


@every_preset
def test_a_preset_says_where_it_comes_from_and_is_written_as_we_write(preset: str) -> None:
    text = preset_path(preset).read_text(encoding="utf-8")
    document = read_document(text)
    assert document.source
    assert document.summary.endswith(".")
    assert write_document(document) == text


@every_preset
def test_torch_agrees_with_a_preset(preset: str) -> None:
    document = load_preset(preset)
    with FlopCounterMode(display=False) as counter:
        assert oracle.run(document) == ((document.classes,), PARAMETERS[preset])
    assert infer(document).macs * 2 * oracle.BATCH == counter.get_total_flops()


@pytest.mark.parametrize("preset", TRACES)
def test_the_shapes_are_those_that_the_tutorial_prints(preset: str) -> None:
    reports = infer(load_preset(preset)).body.reports
    assert " ".join(shape_text(report.output) for report in reports) == TRACES[preset]


def test_googlenet_without_its_heads() -> None:
    document = load_preset("googlenet")
    heads = [node.id for node in document.body if type(node.block).__name__ == "AuxClassifier"]
    assert len(heads) == 2
    assert infer(remove(document, heads)).params == 6_998_552
    assert [type(node.block).__name__ for node in document.body].count("Parallel") == 9


SETTINGS = [
    ("cifar10-first-cnn", "cifar10", 4, 4, "SGD", 0.001, 0.9),
    ("mnist-five-layer-cnn", "mnist", 15, 100, "Adam", 0.001, 0.0),
    ("mnist-simpleconvnet", "mnist", 20, 100, "Adam", 0.001, 0.0),
    ("fashion-dnn", "fashion-mnist", 30, 64, "SGD", 0.01, 0.0),
    ("fashion-dnn-dropout", "fashion-mnist", 50, 64, "SGD", 0.01, 0.0),
    ("cifar10-resnet", "cifar10", 300, 128, "SGD", 0.1, 0.9),
    ("cifar10-resnet110", "cifar10", 300, 128, "SGD", 0.1, 0.9),
]


@pytest.mark.parametrize("stated", SETTINGS, ids=lambda stated: stated[0])
def test_the_training_settings_are_those_of_the_source(stated: tuple[object, ...]) -> None:
    preset, *settings = stated
    training = load_preset(str(preset)).training
    rule = training.optimizer
    found = [training.dataset, training.epochs, training.batch_size, rule.name, rule.lr, rule.momentum]
    assert found == settings


def test_further_settings_of_the_sources() -> None:
    assert load_preset("cifar10-first-cnn").training.normalise.mean == (0.5,)
    assert load_preset("mnist-five-layer-cnn").training.seed == 777
    simple = load_preset("mnist-simpleconvnet").training
    assert (simple.init.name, simple.init.std, simple.test_limit) == ("normal", 0.01, 1000)
    assert load_preset("fashion-dnn-dropout").training.augment.flip
    resnet = load_preset("cifar10-resnet").training
    assert (resnet.schedule.name, resnet.schedule.step_size, resnet.schedule.gamma) == ("step", 50, 0.1)
    assert (resnet.optimizer.weight_decay, resnet.augment.flip, resnet.augment.crop_padding) == (
        5e-4,
        True,
        4,
    )


def _probabilities(document: Document) -> Iterator[float]:
    for node in walk(document.body):
        if type(node.block).__name__ == "Dropout":
            yield node.block.p  # type: ignore[attr-defined]


def test_dropout_of_the_sources() -> None:
    assert list(_probabilities(load_preset("fashion-dnn-dropout"))) == [0.2, 0.2]
    assert list(_probabilities(load_preset("mnist-five-layer-cnn"))) == [0.5]
