"""A step of the NumPy engine inside the training loop equals torch's, with everything that a recipe has."""

import numpy as np
import pytest
import torch

from cnnstudio.core.document import Document
from cnnstudio.core.training import Optimizer
from cnnstudio.engine.build import build
from cnnstudio.engine.choices import Choices, apply
from cnnstudio.engine.numpy_network import NumpyNetwork, NumpyStepper
from cnnstudio.engine.precision import FULL
from cnnstudio.engine.step import Recipe, Stepper
from cnnstudio.workspace.presets import load_preset
from tests.numpy_engine.documents import in_torch, made

SMALL = """
    {"block": "Conv2d", "out_channels": 4, "kernel_size": 3, "padding": 1}, {"block": "BatchNorm2d"},
    {"block": "ReLU"}, {"block": "AuxClassifier", "weight": 0.3, "head": [
        {"block": "Flatten"}, {"block": "Linear", "out_features": 3}]},
    {"block": "MaxPool2d"}, {"block": "Flatten"}, {"block": "Linear", "out_features": 3}"""
SGD = Optimizer(name="SGD", lr=0.05, momentum=0.9, weight_decay=0.01)


@pytest.mark.parametrize(
    "document", [load_preset("mnist-simpleconvnet"), made(SMALL)], ids=["preset", "small"]
)
@pytest.mark.parametrize(
    "changes", [{}, {"label_smoothing": 0.1}, {"clip_norm": 0.05}], ids=["plain", "smoothed", "clipped"]
)
def test_five_steps_equal_torchs(document: Document, changes: dict[str, object]) -> None:
    settings = document.training.model_copy(update={**changes, "optimizer": SGD})
    document = document.changed(training=settings)
    torch.manual_seed(1)
    theirs = build(in_torch(document))
    ours = NumpyNetwork(document)
    ours.load_state_dict(theirs.module.state_dict())
    recipe = Recipe.of(settings, theirs.aux_weights, FULL)
    steppers = NumpyStepper(ours, recipe), Stepper(theirs.module.train(), recipe)
    random = np.random.default_rng(0)
    for _ in range(5):
        x = torch.from_numpy(random.random((8, *document.input.shape), dtype=np.float32))
        labels = torch.from_numpy(random.integers(0, document.classes, 8))
        (loss, logits), (expected, expected_logits) = (stepper.take(x, labels) for stepper in steppers)
        torch.testing.assert_close(loss, expected.detach(), rtol=1e-4, atol=1e-5)
        torch.testing.assert_close(logits, expected_logits.detach(), rtol=1e-3, atol=1e-4)


def test_weights_are_one_memory_with_torchs_names() -> None:
    document = load_preset("cifar10-resnet")
    ours, theirs = NumpyNetwork(document), build(in_torch(document)).module
    assert list(ours.state_dict()) == list(theirs.state_dict())
    ours.load_state_dict(theirs.state_dict())
    x = torch.rand(2, *document.input.shape)
    with torch.inference_mode():
        torch.testing.assert_close(ours.eval()(x), theirs.eval()(x), rtol=1e-4, atol=1e-5)


def test_a_run_goes_on_with_the_threads_that_it_began_with() -> None:
    document, threads = load_preset("mnist-simpleconvnet"), torch.get_num_threads()
    try:
        for chosen in (1, 3):
            apply(Choices(chosen, False), torch.device("cpu"))
            stepper = NumpyStepper(NumpyNetwork(document), Recipe.of(document.training, (), FULL))
            assert stepper.module.step.threads == chosen
    finally:
        apply(Choices(threads, False), torch.device("cpu"))


def test_an_optimizer_goes_on_from_what_a_checkpoint_keeps() -> None:
    document = load_preset("mnist-simpleconvnet")
    recipe = Recipe.of(document.training, (), FULL)
    x, labels = torch.rand(4, 1, 28, 28), torch.tensor([0, 1, 2, 3])
    through, first = (NumpyStepper(NumpyNetwork(document), recipe) for _ in range(2))
    for stepper in (through, through, first):
        stepper.take(x, labels)
    second = NumpyStepper(NumpyNetwork(document), recipe)
    second.module.load_state_dict(first.module.state_dict())
    second.optimizer.load_state_dict(first.optimizer.state_dict())
    second.take(x, labels)
    for one, other in zip(through.weights, second.weights, strict=True):
        assert torch.equal(one, other)
    second.optimizer.param_groups[0]["lr"] = 0.25
    second.take(x, labels)
    assert second.module.step.optimizer.lr == 0.25
