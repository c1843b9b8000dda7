"""Each rule on both sides of the numbers that its file gives reasons for; nothing is trained here."""

from dataclasses import replace

import pytest

from cnnstudio.core.doctor import Advice, Case, advise, case_of
from cnnstudio.core.health import BlockHealth, Health, Histogram
from cnnstudio.core.messages import Epoch
from tests.core.doctor.patients import SMALL, network

DOCUMENT = network(*SMALL, optimizer__lr=0.01)


def said(case: Case, rule: str) -> Advice | None:
    return next((advice for advice in advise(case) if advice.rule == rule), None)


def speaks(case: Case, rule: str) -> bool:
    return said(case, rule) is not None


def epochs(train: list[float], val: list[float] | None = None, accuracy: float = 0.8) -> list[Epoch]:
    return [
        Epoch(number, 200 * number, a, accuracy, b, accuracy, 0.01, 1.0, 1.0, 1)
        for number, (a, b) in enumerate(zip(train, val or train, strict=True), 1)
    ]


def looked(*blocks: BlockHealth, images: int = 64) -> Case:
    return case_of(DOCUMENT, health=[Health(1, 10, images, 1.0, 0.01, blocks)])


def layers(count: int, **of: list[float]) -> Case:
    """Convolutions of 100 weights each, with a number for each."""
    rows = [dict(zip(of, values, strict=True)) for values in zip(*of.values(), strict=True)]
    assert len(rows) == count
    return looked(*(BlockHealth(f"conv{i}", "", "Conv2d", weights=100, **row) for i, row in enumerate(rows)))


def stepping(ratio: float, losses: list[float], accuracy: float = 0.8) -> Case:
    """Steps of this size relative to the weights, while the epochs' losses go like this."""
    case = layers(2, update_ratio=[ratio, ratio], gradient_norm=[1.0, 1.0])
    return replace(case, epochs=tuple(epochs(losses, accuracy=accuracy)))


def steps(first: float, *rest: tuple[int, float]) -> Case:
    losses = [first, *(loss for times, loss in rest for _ in range(times))]
    return case_of(DOCUMENT, losses=[(float(i), loss) for i, loss in enumerate(losses, 1)])


@pytest.mark.parametrize(
    ("dead", "images", "kind", "severity"),
    [
        (0.49, 64, "ReLU", None),
        (0.5, 64, "ReLU", "warning"),
        (0.89, 64, "Residual", "warning"),
        (0.9, 64, "ReLU", "harm"),
        (1.0, 16, "ReLU", "harm"),
        (1.0, 15, "ReLU", None),
        (1.0, 64, "Conv2d", None),
    ],
)
def test_dead_units(dead: float, images: int, kind: str, severity: str | None) -> None:
    advice = said(looked(BlockHealth("one", "", kind, dead=dead), images=images), "dead-units")
    assert (advice and advice.severity) == severity


def test_the_deadest_block_is_named_and_the_others_are_counted() -> None:
    blocks = [BlockHealth(f"relu{i}", "", "ReLU", dead=dead) for i, dead in enumerate((0.6, 0.8, 0.1, 0.7))]
    assert "80 % of the units of ReLU relu1 are" in str(said(looked(*blocks), "dead-units"))
    assert "2 other blocks have" in str(said(looked(*blocks), "dead-units"))
    assert "Another block has" in str(said(looked(*blocks[:3]), "dead-units"))


@pytest.mark.parametrize(
    ("counts", "severity"),
    [
        ((399, 100), None),
        ((100, 400), "hint"),
        ((999, 500, 100), "hint"),
        ((1000, 500, 100), "warning"),
        ((1000,), None),
        ((0, 0), None),
    ],
)
def test_class_imbalance(counts: tuple[int, ...], severity: str | None) -> None:
    advice = said(case_of(DOCUMENT, class_counts=counts), "class-imbalance")
    assert (advice and advice.severity) == severity


@pytest.mark.parametrize(
    ("case", "high"),
    [
        (steps(1.0, (15, 1.0), (4, 1.25)), True),
        (steps(1.0, (15, 1.0), (4, 1.24)), False),
        (steps(1.0, (14, 1.0), (4, 1.25)), False),  # nineteen losses are too few
        (steps(0.2, (15, 0.2), (4, 0.29)), False),  # a ripple near nothing
        (steps(1.386, (1, 4.2), (18, 1.25)), True),  # 3 × log 4 = 4.16; back below 0.9 × log 4 = 1.248
        (steps(1.386, (1, 4.1), (18, 1.25)), False),
        (steps(1.386, (1, 4.2), (18, 1.24)), False),
        (case_of(DOCUMENT, epochs=epochs([1.0, 0.5, 0.76])), True),
        (case_of(DOCUMENT, epochs=epochs([1.0, 0.5, 0.74])), False),
        (case_of(DOCUMENT, epochs=epochs([1.0, 0.05, 0.14])), False),  # less than a tenth of a nat
        (case_of(DOCUMENT, epochs=epochs([0.5, 1.0])), True),
        (case_of(DOCUMENT, epochs=epochs([1.0, 0.5, 0.9, 0.5, 0.4])), True),  # one of the last three
        (case_of(DOCUMENT, epochs=epochs([1.0, 0.5, 0.9, 0.5, 0.4, 0.4])), False),
        (stepping(0.011, [1.0, 0.981]), True),
        (stepping(0.011, [1.0, 0.979]), False),
        (stepping(0.01, [1.0, 0.981]), False),
        (stepping(0.21, [1.0, 0.5]), True),
        (stepping(0.2, [1.0, 0.5]), False),
    ],
)
def test_rate_too_high(case: Case, high: bool) -> None:
    assert speaks(case, "rate-too-high") == high


@pytest.mark.parametrize(
    ("case", "low"),
    [
        (stepping(0.9e-4, [1.0, 0.991]), True),
        (stepping(0.9e-4, [1.0, 0.989]), False),
        (stepping(1.1e-4, [1.0, 0.991]), False),
        (stepping(0.9e-4, [1.0, 0.99, 0.985]), True),  # 0.75 % in each of two epochs
        (stepping(0.9e-5, [1.0, 0.951]), True),
        (stepping(0.9e-5, [1.0, 0.949]), False),
        (stepping(0.9e-5, [1.0]), False),
        (stepping(0.9e-5, [1.0, 1.0], accuracy=0.91), False),  # learnt
        (stepping(0.9e-5, [1.0, 1.02]), False),  # rises: another illness
    ],
)
def test_rate_too_low(case: Case, low: bool) -> None:
    assert speaks(case, "rate-too-low") == low


def test_a_rate_is_not_too_low_while_it_warms_up_or_without_gradients() -> None:
    case = stepping(0.9e-5, [1.0, 1.0])
    for warmup, low in ((1, True), (2, False)):
        warm = network(*SMALL, optimizer__lr=0.01, schedule__warmup=warmup)
        again = case_of(warm, epochs=case.epochs, health=case.health)
        assert speaks(again, "rate-too-low") == low
    still = layers(2, update_ratio=[0.0, 0.0], gradient_norm=[0.0, 0.0])
    assert not speaks(replace(still, epochs=case.epochs), "rate-too-low")


@pytest.mark.parametrize(
    ("val", "overfits"),
    [
        ([1.0, 0.5, 0.56, 0.56], True),
        ([0.5, 0.56, 0.56], False),  # three epochs are too few
        ([1.0, 0.5, 0.549, 0.549], False),
        ([1.0, 0.5, 0.6, 0.54], False),  # one bad epoch
        ([1.0, 0.8, 0.5, 0.9], False),
        ([1.0, 0.05, 0.069, 0.069], False),
        ([1.0, 0.05, 0.071, 0.071], True),
    ],
)
def test_overfitting(val: list[float], overfits: bool) -> None:
    train = [1.0, 0.9, 0.8, 0.7][: len(val)]
    assert speaks(case_of(DOCUMENT, epochs=epochs(train, val)), "overfitting") == overfits


@pytest.mark.parametrize(
    ("first", "deep", "count", "needed"),
    [
        (1.0, 0.09, 8, True),
        (1.0, 0.11, 8, False),
        (1.0, 11.0, 8, True),
        (1.0, 9.0, 8, False),
        (1.0, 0.09, 7, False),
        (0.0, 1.0, 8, False),  # a black image says nothing
    ],
)
def test_no_normalisation(first: float, deep: float, count: int, needed: bool) -> None:
    spread = [first, *[1.0] * (count - 3), deep, 50.0]  # the logits do not count
    assert speaks(layers(count, activation_std=spread), "no-normalisation") == needed


@pytest.mark.parametrize(
    ("first", "count", "vanishes"), [(0.0029, 6, True), (0.0031, 6, False), (0.0029, 5, False)]
)
def test_vanishing_gradients(first: float, count: int, vanishes: bool) -> None:
    case = layers(count, gradient_norm=[10 * first, *[1.0] * (count - 2), 10.0])
    assert speaks(case, "vanishing-gradients") == vanishes


def test_exploding_gradients_are_measured_all_together() -> None:
    assert speaks(layers(2, gradient_norm=[80.0, 61.0]), "exploding-gradients")  # √(80² + 61²) = 100.6
    assert not speaks(layers(2, gradient_norm=[80.0, 59.0]), "exploding-gradients")


@pytest.mark.parametrize(
    ("mean", "std", "severity"),
    [
        ((0.5,), (1.99,), None),
        ((0.5,), (2.01,), "warning"),
        ((0.5,), (0.0201,), None),
        ((0.5,), (0.0199,), "warning"),
        ((0.0,), (1.0,), "hint"),
        ((1.0,), (0.5,), "hint"),
        ((0.5, 0.5, 127.0), (0.25,), "hint"),  # one deviation stands for three channels
    ],
)
def test_input_scale(mean: tuple[float, ...], std: tuple[float, ...], severity: str | None) -> None:
    advice = said(case_of(network(*SMALL, normalise__mean=mean, normalise__std=std)), "input-scale")
    assert (advice and advice.severity) == severity


def test_the_scale_of_the_inputs_is_told() -> None:
    case = case_of(network(*SMALL, normalise__mean=(0.25,), normalise__std=(5.0,)))
    advice = said(case, "input-scale")
    assert advice is not None
    assert "between -0.05 and 0.15" in str(advice)
    assert [str(remedy) for remedy in advice.remedies] == ["Set Mean and Deviation to the data set's"]
    assert [str(change.after) for change in advice.remedies[0].changes] == ["the data set's"] * 2


@pytest.mark.parametrize(
    ("kind", "low", "ends", "bins", "saturated"),
    [
        ("Tanh", -1.0, 25, 20, True),  # bins of 0.1: all of the outer ones lies beyond ±0.9
        ("Tanh", -1.0, 24, 20, False),
        ("Sigmoid", 0.0, 25, 20, True),
        ("Sigmoid", 0.0, 24, 20, False),
        ("Tanh", -1.0, 50, 10, True),  # half of the outer bins
        ("Tanh", -1.0, 49, 10, False),
        ("ReLU", 0.0, 50, 20, False),
    ],
)
def test_saturation(kind: str, low: float, ends: int, bins: int, saturated: bool) -> None:
    counts = (ends, 100 - 2 * ends, *[0] * (bins - 3), ends)
    block = BlockHealth("one", "", kind, activations=Histogram(low, 1.0, counts))
    assert speaks(looked(block), "saturation") == saturated


@pytest.mark.parametrize(
    ("classes", "accuracy", "count", "step", "guesses"),
    [
        (4, 0.287, 3, 600, True),  # a twentieth of the way from 25 % to all: 28.75 %
        (4, 0.288, 3, 600, False),
        (100, 0.0149, 3, 600, True),  # half more than 1 %
        (100, 0.0151, 3, 600, False),
        (4, 0.25, 2, 600, False),
        (4, 0.25, 3, 100, True),
        (4, 0.25, 3, 99, False),
    ],
)
def test_untrained(classes: int, accuracy: float, count: int, step: int, guesses: bool) -> None:
    told = epochs([1.4] * count, accuracy=accuracy)
    case = case_of(network(*SMALL, classes=classes), epochs=[*told[:-1], replace(told[-1], step=step)])
    assert speaks(case, "untrained") == guesses


def test_softmax_tells_the_loss_of_the_last_epoch() -> None:
    document = network(*SMALL, '"block": "Softmax"')
    text = str(said(case_of(document, epochs=epochs([1.3, 1.2, 1.1, 0.9])), "softmax-before-loss"))
    assert text.endswith("cannot fall below 0.744, and gradients are weak. It is 0.9 after epoch 4.")
