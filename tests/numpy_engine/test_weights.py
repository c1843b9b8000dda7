"""Weights are drawn with the spread that their source names, in the precision that is asked for."""

import math

import numpy as np
import pytest

from cnnstudio.core.training import Initialisation
from cnnstudio.numpy_engine.weights import Draw, Random

SHAPE = (64, 32, 3, 3)
INPUTS, OUTPUTS = 32 * 9, 64 * 9


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize(
    ("how", "std"),
    [
        ({"name": "default"}, 1 / math.sqrt(3 * INPUTS)),
        ({"name": "normal", "std": 0.02}, 0.02),
        ({"name": "he"}, math.sqrt(2 / INPUTS)),
        ({"name": "xavier"}, math.sqrt(2 / (INPUTS + OUTPUTS))),
    ],
)
def test_the_spread_is_that_of_the_rule(how: dict[str, object], std: float, dtype: type[np.floating]) -> None:
    drawn = Draw(Random(5), Initialisation.model_validate(how), dtype)(SHAPE, bias=True)
    weight, bias = drawn["weight"], drawn["bias"]
    assert weight.dtype == bias.dtype == dtype
    assert (weight.shape, bias.shape) == (SHAPE, (64,))
    assert float(weight.std()) == pytest.approx(std, rel=0.05)
    assert abs(float(weight.mean())) < 0.05 * std
    if how["name"] == "default":  # as torch.nn draws it: uniform, the bias too
        assert float(np.abs(weight).max()) <= 1 / math.sqrt(INPUTS)
        assert 0 < float(np.abs(bias).max()) <= 1 / math.sqrt(INPUTS)
    else:
        assert not bias.any()
