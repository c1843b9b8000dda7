"""Heat maps of networks of which one knows where they look."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch

from cnnstudio.codegen import generate
from cnnstudio.core.document import Document
from cnnstudio.core.looks import Heat, HeatKind, HeatMap, Shift, Shifted, Subject, TestImage
from cnnstudio.core.messages import Failed, Tensor
from cnnstudio.engine.control import Control
from cnnstudio.engine.looks.blocks import blocks_of, named
from cnnstudio.engine.looks.heat import grad_cam, heat, last_maps
from cnnstudio.engine.looks.occlusion import covers, places_along
from cnnstudio.engine.looks.predict import entered
from cnnstudio.engine.looks.shift import shift
from cnnstudio.engine.looks.subject import Looked
from cnnstudio.workspace.presets import load_preset
from tests.engine.looks.asking import ask
from tests.engine.tiny import Heard, document, layer

State = dict[str, torch.Tensor]
Look = Callable[..., Looked]
SIDE, CORNER = 16, 5


def array(tensor: Tensor) -> np.ndarray:
    return np.frombuffer(tensor.data, tensor.dtype).reshape(tensor.shape)


def network() -> Document:
    return document(
        layer("Conv2d", out_channels=2, kernel_size=3, padding=1),
        layer("ReLU"),
        layer("Flatten"),
        layer("Linear", out_features=3),
    )


def only_the_corner(state: State) -> None:
    """Class 1 is what the second filter says in the upper left corner; nothing else is looked at."""
    state["conv1.weight"].zero_()
    state["conv1.weight"][1, 0, 1, 1] = 1.0
    state["conv1.bias"].zero_()
    state["conv1.bias"][1] = 3.0  # bright or dark, the ReLU lets it through
    state["fc1.bias"].zero_()
    weights = state["fc1.weight"].zero_().view(3, 2, SIDE, SIDE)
    weights[1, 1, :CORNER, :CORNER] = 0.2


@pytest.mark.parametrize("kind", ["occlusion", "input-gradient"])
def test_a_network_that_sees_one_corner_looked_there(looked: Look, kind: HeatKind) -> None:
    look = looked(network(), only_the_corner)
    told = heat(look, Heat(Subject(), TestImage(3), kind, target=1), lambda _: None, Control())
    values = np.abs(array(told.tensor))
    margin = 3 if kind == "occlusion" else 0  # as wide as a cover
    assert values[:CORNER, :CORNER].max() > 0
    outside = values.copy()
    outside[: CORNER + margin, : CORNER + margin] = 0
    assert not outside.any()
    assert (told.low, told.high) == (array(told.tensor).min(), array(told.tensor).max())


def test_grad_cam_by_finite_reasoning(looked: Look) -> None:
    """The class's logit is 0.2 times a sum over a corner of map 1: its mean gradient is 0.2 · 25 / 256, that
    of map 0 is nothing; so the heat is map 1 by that number, and the picture's size is the map's.
    """
    look = looked(network(), only_the_corner)
    image = entered(look, look.pictures.find(TestImage(3)))
    block = named(look.network.blocks, "relu")
    found = grad_cam(look.network, image, block, 1)
    expected = (image[0, 0] + 3).relu() * 0.2 * CORNER**2 / SIDE**2
    assert torch.allclose(found, expected, atol=1e-6)
    assert not grad_cam(look.network, image, block, 0).any(), "class 0 looks nowhere"


def test_grad_cam_is_that_of_the_definition_at_any_depth(looked: Look) -> None:
    """Through a residual sum and an in-place-safe chain: gradients by torch of the network's own tail."""
    doc = document(
        layer("Conv2d", out_channels=4, kernel_size=3, padding=1),
        layer(
            "Residual",
            (layer("Conv2d", out_channels=4, kernel_size=3, padding=1), layer("BatchNorm2d"), layer("ReLU")),
            (),
        ),
        layer("MaxPool2d", kernel_size=2),
        layer("Flatten"),
        layer("Linear", out_features=3),
    )
    look = looked(doc)
    image = entered(look, look.pictures.find(TestImage(0)))
    module = look.network.module
    block = next(block for block in look.network.blocks if block.kind == "Residual")
    maps = module.get_submodule("conv1")(image)
    maps = module.get_submodule(block.path)(maps).detach().requires_grad_()
    pooled = torch.nn.functional.max_pool2d(maps, 2).flatten(1)
    logit = module.get_submodule("fc1")(pooled)[0, 2]
    (gradient,) = torch.autograd.grad(logit, maps)
    expected = (gradient.mean((2, 3), keepdim=True) * maps).sum(1).relu()[0].detach()
    assert torch.allclose(grad_cam(look.network, image, block, 2), expected, atol=1e-6)


def test_by_default_it_is_of_the_last_maps_as_they_go_on(looked: Look) -> None:
    conv = layer("Conv2d", out_channels=3, kernel_size=3, padding=1)
    body = (conv, layer("BatchNorm2d"), layer("ReLU"))
    tail = (layer("Flatten"), layer("Linear", out_features=3))
    pooled = layer("MaxPool2d", kernel_size=2)
    cases = {
        "relu": (*body, pooled, *tail),
        "relu2": (*body, pooled, conv, layer("ReLU"), layer("AdaptiveAvgPool2d"), *tail),
        "conv1": (conv, layer("MaxPool2d", kernel_size=2), layer("ReLU"), *tail),
    }
    for path, blocks in cases.items():
        assert last_maps(looked(document(*blocks)).network.blocks).path == path
    branches = layer("Parallel", (conv, layer("ReLU")), (conv,))
    assert last_maps(looked(document(branches, *tail)).network.blocks).kind == "Parallel"
    residual = layer("Residual", (conv, layer("ReLU"), layer("Conv2d", out_channels=1, kernel_size=1)), ())
    assert last_maps(looked(document(residual, *tail)).network.blocks).kind == "Residual"


def test_the_last_maps_of_the_presets() -> None:
    """AlexNet's and VGG's before their last pooling, GoogLeNet's branches joined, ResNet's last sum."""
    expected = {
        "alexnet": ("ReLU", 13),
        "vgg16": ("ReLU", 14),
        "googlenet": ("Parallel", 7),
        "resnet50": ("Residual", 7),
    }
    for name, (kind, side) in expected.items():
        doc = load_preset(name)
        found = last_maps(blocks_of(doc, generate(doc)))
        assert (found.kind, found.output[1]) == (kind, side), name


def test_the_input_gradient_is_that_of_finite_differences(looked: Look) -> None:
    look = looked(
        document(
            layer("Flatten"), layer("Linear", out_features=8), layer("Tanh"), layer("Linear", out_features=3)
        )
    )
    told = heat(look, Heat(Subject(), TestImage(0), "input-gradient", target=2), lambda _: None, Control())
    image = entered(look, look.pictures.find(TestImage(0)))
    for y, x in ((0, 0), (7, 9), (15, 3)):
        nudged = image.clone()
        nudged[0, 0, y, x] += 1e-2
        slope = (look.network.logits(nudged) - look.network.logits(image))[0, 2] / 1e-2
        assert array(told.tensor)[y, x] == pytest.approx(abs(float(slope)), abs=2e-3)


def test_covers_leave_no_pixel_out() -> None:
    for size in ((28, 28), (224, 224), (5, 33), (1, 1)):
        for along in (8, 20, 32):
            seen = np.zeros(size)
            for top, left, bottom, right in covers(size, along):
                assert 0 <= top < bottom <= size[0]
                assert 0 <= left < right <= size[1]
                seen[top:bottom, left:right] += 1
            assert seen.all() or max(size) > along * min(size)
            assert len(covers(size, along)) <= along**2
    assert (places_along(10**6), places_along(15 * 10**9)) == (32, 8)


@pytest.mark.parametrize(
    ("request_", "sentence"),
    [
        (Heat(Subject(document=network()), TestImage(0), "grad-cam", "fc1"), "gives no maps"),
        (Heat(Subject(document=network()), TestImage(0), target=3), "There is no class 3"),
        (
            Heat(Subject(document=document(layer("Flatten"), layer("Linear", out_features=3))), TestImage(0)),
            "has no convolution",
        ),
        (Shift(Subject(document=network()), TestImage(0), 0, 16), "nothing of the picture is left"),
    ],
    ids=["vector", "class", "dense", "shift"],
)
def test_what_cannot_be_shown_is_one_sentence(request_: Heat | Shift, sentence: str) -> None:
    last = ask(request_)[-1]
    assert isinstance(last, Failed)
    assert not last.detail
    assert sentence in last.sentence
    assert last.lasting, "nobody is offered to try again what cannot be"


def test_the_class_that_is_predicted_is_meant_where_none_is_named(trained: tuple[Path, Heard]) -> None:
    for kind in ("grad-cam", "occlusion", "input-gradient"):
        (told,) = (
            reply
            for reply in ask(Heat(Subject(str(trained[0])), TestImage(1), kind))  # type: ignore[arg-type]
            if isinstance(reply, HeatMap)
        )
        assert told.probability > 1 / 3
        assert array(told.tensor).shape == (16, 16)


def shifted(look: Looked, dy: int, dx: int) -> Shifted:
    return shift(look, Shift(Subject(), TestImage(0), dy, dx))


def test_what_does_not_move_does_not_change(looked: Look) -> None:
    told = shifted(looked(network()), 0, 0)
    assert told.input_change == 0
    assert {block.change for block in told.blocks} == {0.0}
    assert told.before == told.after


def test_pooled_features_move_less_than_the_picture(looked: Look) -> None:
    """A mean over the whole picture hardly feels a pixel's step; a picture of stripes feels it wholly."""
    doc = document(
        layer("Conv2d", out_channels=4, kernel_size=3, padding=1),
        layer("GlobalAvgPool2d"),
        layer("Linear", out_features=3),
    )
    told = shifted(looked(doc), 1, 1)
    changes = {block.kind: block.change for block in told.blocks}
    assert changes["GlobalAvgPool2d"] < 0.5 * changes["Conv2d"]
    before, after = array(told.image)[..., 0], array(told.moved)[..., 0]
    assert (after[1:, 1:] == before[:-1, :-1]).all()
    assert (after[0, 1:] == before[0, :-1]).all(), "the border is repeated"
