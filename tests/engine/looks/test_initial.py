"""Initial weights are those of the seed, and a training's random numbers are left alone."""

import pytest
import torch

from cnnstudio.engine.build import build
from cnnstudio.engine.looks.initial import initial_weights
from tests.engine import tiny
from tests.engine.tiny import layer

INITS = [{"name": "default"}, {"name": "normal", "std": 0.01}, {"name": "he"}, {"name": "xavier"}]


@pytest.mark.parametrize("init", INITS, ids=lambda init: init["name"])
@pytest.mark.parametrize("engine", ["torch", "numpy"])
def test_they_are_those_that_a_training_begins_with(init: dict[str, object], engine: str) -> None:
    document = tiny.document(
        layer("Conv2d", out_channels=4, kernel_size=3),
        layer("BatchNorm2d"),
        layer("ReLU"),
        layer("Flatten"),
        layer("Linear", out_features=3),
        init=init,
        engine=engine,
    )
    torch.manual_seed(document.training.seed)
    expected = build(document).module.state_dict()
    torch.manual_seed(123)
    before = torch.get_rng_state()
    found = initial_weights(document)
    assert torch.equal(torch.get_rng_state(), before), "a training could not go on bit for bit"
    assert found.keys() == expected.keys()
    for name, value in expected.items():
        assert torch.equal(found[name], value), name
