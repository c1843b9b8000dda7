import pytest
import torch
from torch import nn

from cnnstudio.codegen import generate
from cnnstudio.core.training import Initialisation
from cnnstudio.engine.build import adapted, build, first_convolution, initialise
from cnnstudio.engine.errors import EngineError
from tests.engine.tiny import document, layer


def test_the_generated_source_is_what_is_built() -> None:
    network = build(document())
    assert type(network.module).__name__ == network.generated.class_name
    assert network.module(torch.zeros(2, 1, 16, 16)).shape == (2, 3)


def test_a_source_that_needs_several_classes_gives_the_last_one() -> None:
    body = (layer("Conv2d", out_channels=1, kernel_size=3, padding=1),)
    repeat = layer("Repeat", (layer("Residual", body, ()),), times=3)
    network = build(document(repeat, layer("Flatten"), layer("Linear", out_features=3)))
    assert network.module(torch.zeros(1, 1, 16, 16)).shape == (1, 3)


def test_normal_weights_have_the_deviation_asked_for_and_zero_biases() -> None:
    network = build(document(init={"name": "normal", "std": 0.01}))
    linear = next(layer for layer in network.module.modules() if isinstance(layer, nn.Linear))
    assert linear.weight.std().item() == pytest.approx(0.01, rel=0.1)
    assert not linear.bias.any()


@pytest.mark.parametrize(("name", "expected"), [("he", (2 / 400) ** 0.5), ("xavier", (2 / 500) ** 0.5)])
def test_he_and_xavier_scale_with_the_layer(name: str, expected: float) -> None:
    linear = nn.Linear(400, 100)
    initialise(linear, Initialisation.model_validate({"name": name}))
    assert linear.weight.std().item() == pytest.approx(expected, rel=0.05)


def test_the_classifier_follows_the_data_set() -> None:
    fitted = adapted(document(), 7)
    assert build(fitted).module(torch.zeros(1, 1, 16, 16)).shape == (1, 7)


def test_a_network_with_an_error_is_refused_with_its_place() -> None:
    faulty = document(layer("Conv2d", kernel_size=99), layer("Flatten"), layer("Linear", out_features=3))
    with pytest.raises(EngineError, match=r"Tiny cannot be trained: body\[0\] needs at least 99 pixels"):
        adapted(faulty, 3)


def test_side_heads_come_with_their_weights() -> None:
    aux = layer("AuxClassifier", (layer("Flatten"), layer("Linear", out_features=3)), weight=0.3)
    network = build(document(aux, layer("Flatten"), layer("Linear", out_features=3)))
    assert network.aux_weights == (0.3,)
    outputs = network.module(torch.zeros(2, 1, 16, 16))
    assert [output.shape for output in outputs] == [(2, 3), (2, 3)]


def test_the_first_convolution_is_found_inside_composites() -> None:
    group = layer("Group", (layer("Conv2d", out_channels=2),), name="stem")
    inside = document(group, layer("Flatten"), layer("Linear", out_features=3))
    path = first_convolution(inside, generate(inside))
    assert path is not None
    assert isinstance(build(inside).module.get_submodule(path), nn.Conv2d)
    without = document(layer("Flatten"), layer("Linear", out_features=3))
    assert first_convolution(without, generate(without)) is None
