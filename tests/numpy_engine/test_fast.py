"""The fast path computes what the readable one computes."""

from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from cnnstudio.core.document import Document
from cnnstudio.core.infer import infer
from cnnstudio.numpy_engine import Network
from cnnstudio.numpy_engine.fast import conv_pool, products
from cnnstudio.numpy_engine.training_step import TrainingStep
from cnnstudio.workspace.presets import load_preset
from tests.numpy_engine.documents import batch, made, without_chance
from tests.strategies import trainable_documents


def steps_apart(document: Document, images: int = 3) -> float:
    """The largest relative difference of loss, logits and gradients."""
    readable, fast = (Network(document, seed=1, dtype=np.float64, fast=fast) for fast in (False, True))
    differences = []
    for size in (images, 1, images):  # memory is kept for every size of batch
        if size == 1 and any("norm" in type(layer).__name__.lower() for layer in readable.modules.values()):
            continue
        x, labels = batch(document, size)
        losses = [network.loss(x, labels) for network in (readable, fast)]
        differences.append(abs(losses[0] - losses[1]))
        for network in (readable, fast):
            network.backward()
        ours = fast.gradients
        for name, expected in readable.gradients.items():
            scale = max(1e-3, float(np.abs(expected).max(initial=0)))
            differences.append(float(np.abs(ours[name] - expected).max(initial=0)) / scale)
        differences.append(float(np.abs(readable.forward(x) - fast.forward(x)).max()))
    return max(differences)


@pytest.mark.parametrize(
    "preset", ["mnist-simpleconvnet", "cifar10-first-cnn", "cifar10-resnet", "googlenet-cifar"]
)
def test_a_preset_takes_the_same_step(preset: str) -> None:
    assert steps_apart(without_chance(load_preset(preset))) < 1e-9


@given(
    kernel=st.integers(1, 3),
    stride=st.integers(1, 3),
    padding=st.integers(0, 2),
    dilation=st.integers(1, 2),
    bias=st.booleans(),
    side=st.integers(7, 10),
)
@settings(max_examples=30, deadline=None)
def test_convolutions_of_every_kind(
    kernel: int, stride: int, padding: int, dilation: int, bias: bool, side: int
) -> None:
    convolution = (
        f'{{"block": "Conv2d", "out_channels": 4, "kernel_size": {kernel}, "stride": {stride},'
        f' "padding": {padding}, "dilation": {dilation}, "bias": {str(bias).lower()}}}'
    )
    document = made(
        '{"block": "Conv2d", "out_channels": 3, "kernel_size": 1}, {"block": "ReLU"},'
        f' {convolution}, {{"block": "ReLU"}}, {{"block": "MaxPool2d", "kernel_size": 2}},'
        ' {"block": "Flatten"}, {"block": "Linear", "out_features": 3}',
        side,
    )
    assume(infer(document).trainable)
    assert steps_apart(document) < 1e-9


@given(trainable_documents())
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
)
def test_random_documents(document: Document) -> None:
    document = without_chance(document)
    assume(
        infer(document).trainable and infer(document).macs < 1_000_000 and infer(document).params < 100_000
    )
    readable, fast = (Network(document, seed=1, dtype=np.float64, fast=fast) for fast in (False, True))
    x, _ = batch(document)
    expected = readable.forward(x)
    assume(bool(np.isfinite(expected).all()))
    np.testing.assert_allclose(fast.forward(x), expected, rtol=1e-6, atol=1e-9)


@pytest.fixture
def in_little_pieces(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Every two rows are a band, and every product is cut."""
    monkeypatch.setattr(conv_pool, "BAND", 1)
    monkeypatch.setattr(products, "LARGEST", 500)
    monkeypatch.setattr(products, "SHORTEST", 2)
    products._pieces.cache_clear()
    yield
    products._pieces.cache_clear()


@pytest.mark.parametrize("preset", ["mnist-simpleconvnet", "cifar10-first-cnn"])
def test_bands_and_pieces_make_up_the_whole(preset: str, in_little_pieces: None) -> None:
    assert steps_apart(load_preset(preset)) < 1e-9


@pytest.mark.parametrize("small", [1, 25, 780])
def test_a_long_product_is_cut_into_equal_pieces(small: int) -> None:
    for columns in (1, 7, 1201, 28_800, 57_600):
        pieces = products._pieces(small, columns)
        assert columns % pieces == 0
        if pieces > 1:
            assert columns // pieces >= products.SHORTEST
            assert small * columns // pieces <= products.LARGEST


def test_of_equal_values_the_first_gets_the_gradient() -> None:
    document = made(
        '{"block": "Conv2d", "out_channels": 2, "kernel_size": 1}, {"block": "MaxPool2d"},'
        ' {"block": "Flatten"}, {"block": "Linear", "out_features": 2}',
        side=4,
        channels=1,
        classes=2,
    )
    readable, fast = (Network(document, seed=1, dtype=np.float64, fast=fast) for fast in (False, True))
    x, labels = np.ones((2, 1, 4, 4)), np.array([0, 1])
    for network in (readable, fast):
        network.loss(x, labels)
        network.backward()
    for name, expected in readable.gradients.items():
        np.testing.assert_allclose(fast.gradients[name], expected, atol=1e-12)


@pytest.mark.parametrize("images", [3, 17, 48])
def test_several_threads_learn_what_one_does(images: int) -> None:
    document = load_preset("mnist-simpleconvnet")
    one, several = (TrainingStep(document, dtype=np.float64, threads=threads) for threads in (1, 3))
    assert several.threads == 3
    for _ in range(3):
        x, labels = batch(document, images)
        (loss, logits), (other_loss, other_logits) = (step.take(x, labels) for step in (one, several))
        assert other_loss == pytest.approx(loss)
        np.testing.assert_allclose(other_logits, logits, rtol=1e-9, atol=1e-12)
    for name, weight in one.network.parameters.items():
        np.testing.assert_allclose(several.network.parameters[name], weight, rtol=1e-7, atol=1e-10)


@pytest.mark.parametrize("clip_norm", [0.0, 0.01])
def test_the_same_number_of_threads_gives_the_same_bits(clip_norm: float) -> None:
    document = load_preset("mnist-simpleconvnet")
    document = document.changed(training=document.training.model_copy(update={"clip_norm": clip_norm}))
    whole, again, in_halves = (TrainingStep(document, threads=2) for _ in range(3))
    x, labels = batch(document, 20)
    images = x.astype(np.float32)
    for _ in range(3):
        loss, _ = whole.take(images, labels)
        assert again.take(images, labels)[0] == loss
        assert in_halves.differentiate(images, labels)[0] == loss
        in_halves.update()
    for other in (again, in_halves):
        for name, value in whole.network.parameters.items():
            np.testing.assert_array_equal(other.network.parameters[name], value)
            np.testing.assert_array_equal(other.network.gradients[name], whole.network.gradients[name])


def test_several_threads_predict_what_one_does() -> None:
    step = TrainingStep(load_preset("mnist-simpleconvnet"), dtype=np.float64, threads=3)
    x, _ = batch(load_preset("mnist-simpleconvnet"), 31)
    np.testing.assert_allclose(step.forward(x), step.network.forward(x), rtol=1e-9, atol=1e-12)


def test_a_batch_that_hangs_together_is_not_shared_out() -> None:
    assert TrainingStep(load_preset("cifar10-resnet"), threads=2).threads == 1
