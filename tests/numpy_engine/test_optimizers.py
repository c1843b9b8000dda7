"""Every optimizer takes torch's steps."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnstudio.core.training import Optimizer
from cnnstudio.engine.optimizer import make_optimizer as torchs
from cnnstudio.numpy_engine import optimizers
from cnnstudio.numpy_engine.optimizers import make_optimizer

RULES = [
    ("SGD", {}, "SGD"),
    ("SGD", {"momentum": 0.9}, "Momentum"),
    ("SGD", {"momentum": 0.9, "nesterov": True}, "Nesterov"),
    ("Adagrad", {}, "AdaGrad"),
    ("RMSprop", {}, "RMSprop"),
    ("RMSprop", {"momentum": 0.5}, "RMSprop"),
    ("Adam", {}, "Adam"),
    ("AdamW", {}, "AdamW"),
]


@pytest.mark.parametrize(("name", "more", "ours"), RULES)
@given(decay=st.sampled_from([0.0, 0.01]), lr=st.floats(1e-4, 0.5), seed=st.integers(0, 99))
@settings(max_examples=10, deadline=None)
def test_ten_steps_equal_torchs(
    name: str, more: dict[str, object], ours: str, decay: float, lr: float, seed: int
) -> None:
    chosen = Optimizer.model_validate({"name": name, "lr": lr, "weight_decay": decay, **more})
    random = np.random.default_rng(seed)
    weights = random.normal(size=50)
    theirs = torch.nn.Parameter(torch.tensor(weights))
    rule, torchs_rule = make_optimizer(chosen), torchs([theirs], chosen)
    assert type(rule).__name__ == ours
    for _ in range(10):
        gradient = random.normal(size=50)
        theirs.grad = torch.tensor(gradient)
        torchs_rule.step()
        rule.update(weights, gradient)
    np.testing.assert_allclose(weights, theirs.detach().numpy(), rtol=1e-9, atol=1e-12)


def test_a_vector_of_several_pieces_is_updated_whole() -> None:
    size = 2 * optimizers.PIECE + 5
    weights = np.zeros(size)
    make_optimizer(Optimizer(name="SGD", lr=1.0)).update(weights, np.ones(size))
    assert (weights == -1).all()
