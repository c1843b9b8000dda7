"""Each rule with a network that has the illness and one that has not, trained for real where it is quick."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
import torch

from cnnstudio.core.doctor import Advice, Case, advise, case_of
from cnnstudio.core.doctor.softmax_before_loss import lowest_loss
from cnnstudio.core.document import find
from cnnstudio.core.health import BlockHealth, Health, Histogram
from cnnstudio.core.infer import infer
from cnnstudio.core.messages import Epoch
from tests.core.doctor.patients import (
    FLATTEN,
    NORM,
    POOL,
    RELU,
    SMALL,
    conv,
    data,
    linear,
    network,
    trained,
)

SOFTMAX, TANH, SIGMOID = ('"block": "Softmax"', '"block": "Tanh"', '"block": "Sigmoid"')
DENSE = (FLATTEN, linear(32), TANH, linear(16), TANH, linear())


@pytest.fixture(scope="module", autouse=True)
def one_thread() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="module")
def healthy() -> Case:
    return trained(network(*SMALL, optimizer__lr=0.05), data())


def deep(*between: str, layers: int = 10, **settings: object) -> Case:
    blocks = [part for _ in range(layers) for part in (conv(8), *between)]
    return trained(network(*blocks, POOL, linear(), optimizer__lr=0.05, **settings), data(), epochs=2)


@pytest.fixture(scope="module")
def deep_plain() -> Case:
    return deep(RELU)


@pytest.fixture(scope="module")
def deep_normalised() -> Case:
    return deep(NORM, RELU)


def found(case: Case, rule: str) -> Advice | None:
    return next((advice for advice in advise(case) if advice.rule == rule), None)


def told(case: Case, rule: str) -> Advice:
    advice = found(case, rule)
    assert advice is not None, [str(one) for one in advise(case)]
    assert advice.source
    assert "{" not in str(advice)
    for remedy in advice.remedies:
        assert infer(remedy.document).trainable
        assert remedy.changes
        assert all(change.before != change.after for change in remedy.changes)
    return advice


def offers(advice: Advice) -> list[str]:
    return [str(remedy) for remedy in advice.remedies]


def epochs(train: list[float], val: list[float], accuracy: float = 0.9) -> list[Epoch]:
    return [
        Epoch(number, 200 * number, a, accuracy, b, accuracy, 0.01, 1.0, 1.0, 1)
        for number, (a, b) in enumerate(zip(train, val, strict=True), 1)
    ]


def look(*blocks: BlockHealth, loss: float = 1.0, images: int = 64) -> Health:
    return Health(1, 10, images, loss, 0.01, blocks)


def test_a_healthy_network_has_nothing(healthy: Case) -> None:
    assert advise(healthy) == ()
    assert healthy.epochs[-1].val_accuracy > 0.9


def test_a_rate_too_high_throws_the_loss() -> None:
    advice = told(trained(network(*SMALL, optimizer__lr=3.0), data()), "rate-too-high")
    assert advice.severity == "harm"
    assert "3 is too high" in str(advice)
    assert "Set Learning rate to 0.3" in offers(advice)
    assert advice.remedies[0].document.training.optimizer.lr == 0.3


def test_a_loss_that_ends_higher_than_it_began_is_told_with_both_numbers() -> None:
    rising = [(float(step), 2.0 + step / 50) for step in range(100)]
    case = case_of(network(*SMALL, optimizer__lr=0.5), losses=rising)
    assert "rose from 2.09 to 3.79" in str(told(case, "rate-too-high"))
    assert (
        found(replace(case, losses=tuple((s, 4 - loss / 2) for s, loss in rising)), "rate-too-high") is None
    )


def test_an_epoch_that_jumps_is_told_and_a_ripple_is_not() -> None:
    document = network(*SMALL)
    jumped = case_of(document, epochs=epochs([1.0, 0.5, 1.2], [1, 1, 1]))
    assert "jumped from 0.5 to 1.2" in str(told(jumped, "rate-too-high"))
    rippled = case_of(document, epochs=epochs([1.0, 0.5, 0.55], [1, 1, 1]))
    assert found(rippled, "rate-too-high") is None
    got_over = case_of(document, epochs=epochs([1.0, 0.5, 1.2, 0.5, 0.4, 0.3], [1] * 6))
    assert found(got_over, "rate-too-high") is None


def test_long_steps_count_where_the_loss_stalls(healthy: Case) -> None:
    blocks = tuple(replace(b, update_ratio=0.03 if b.weights else None) for b in healthy.health[-1].blocks)
    moving = replace(healthy, health=(replace(healthy.health[-1], blocks=blocks),))
    assert found(moving, "rate-too-high") is None  # as Adam's first epochs
    stalled = replace(moving, epochs=tuple(epochs([1.0, 1.0], [1, 1])))
    assert "by 0.03 of themselves" in str(told(stalled, "rate-too-high"))


def test_divergence_is_told_without_any_curve() -> None:
    advice = told(case_of(network(*SMALL, optimizer__lr=10.0), diverged=True), "rate-too-high")
    assert "ran away to infinity at a learning rate of 10" in str(advice)
    assert "Set Clip gradients to 1" in offers(advice)


def test_a_rate_that_was_given_while_it_went_on_is_the_one_that_is_told() -> None:
    """The document's own is smaller already."""
    whole = tuple(epochs([1.0, 1.0], [1, 1]))
    case = case_of(network(*SMALL, optimizer__lr=0.001), epochs=whole, diverged=True, adjusted_lr=1e6)
    advice = told(case, "rate-too-high")
    assert "ran away to infinity at a learning rate of 1e+06" in str(advice)
    assert offers(advice) == ["Set Clip gradients to 1"]


@pytest.mark.parametrize(("rate", "better"), [(1e-6, "0.001"), (1e-4, "0.001")])
def test_a_rate_too_low(rate: float, better: str) -> None:
    advice = told(trained(network(*SMALL, optimizer__lr=rate), data()), "rate-too-low")
    assert offers(advice) == [f"Set Learning rate to {better}"]
    assert f"a learning rate of {rate:g} is too low" in str(advice)


def test_small_steps_at_the_end_of_a_schedule_are_meant() -> None:
    case = trained(network(*SMALL, optimizer__lr=1e-6), data(), epochs=2)
    decayed = network(*SMALL, optimizer__lr=0.1)
    assert found(case, "rate-too-low") is not None
    assert found(replace(case, inference=infer(decayed)), "rate-too-low") is None


def test_softmax_before_the_loss() -> None:
    case = trained(network(*SMALL, SOFTMAX, optimizer__lr=0.05), data(), epochs=2)
    advice = told(case, "softmax-before-loss")
    assert advice.node == case.document.body[-1].id
    assert offers(advice) == ["Remove Softmax"]
    assert found(replace(case, inference=infer(advice.remedies[0].document)), "softmax-before-loss") is None
    floor = -torch.log_softmax(torch.tensor([1.0, 0, 0, 0]), 0)[0].item()
    assert lowest_loss(4) == pytest.approx(floor)
    assert case.epochs[-1].train_loss > floor


def test_dead_units(healthy: Case) -> None:
    case = trained(network(*SMALL, optimizer__lr=3.0), data())
    advice = told(case, "dead-units")
    assert find(case.document, advice.node or "").block.title == "ReLU"
    assert str(advice).startswith("100 % of the units of ReLU relu2 are zero for every one of 32 images")
    assert offers(advice)[0] == "Replace ReLU by Leaky ReLU"
    new = advice.remedies[0].document
    assert [type(node.block).__name__ for node in new.body].count("LeakyReLU") == 1
    assert found(healthy, "dead-units") is None
    few = tuple(replace(one, images=8) for one in case.health)
    assert found(replace(case, health=few), "dead-units") is None


def test_gradients_vanish_in_a_deep_stack(deep_plain: Case, deep_normalised: Case) -> None:
    advice = told(deep_plain, "vanishing-gradients")
    assert advice.node == deep_plain.document.body[0].id
    assert "No skip connection" in str(advice)
    assert offers(advice) == [
        "Insert Batch norm behind 10 convolutions",
        "Wrap 4 stretches in Residual",
        "Set Weights to He",
    ]
    assert found(deep_normalised, "vanishing-gradients") is None


def test_skips_carry_the_gradient() -> None:
    residual = f'"block": "Residual", "body": [{{{conv(8)}}}, {{{RELU}}}, {{{conv(8)}}}]'
    document = network(conv(8), *[residual] * 5, POOL, linear(), optimizer__lr=0.05)
    assert found(trained(document, data(), epochs=1), "vanishing-gradients") is None


def test_what_the_doctor_prescribes_for_vanishing_gradients_helps(deep_plain: Case) -> None:
    for remedy in told(deep_plain, "vanishing-gradients").remedies[:2]:
        cured = trained(remedy.document, data(), epochs=1)
        assert found(cured, "vanishing-gradients") is None, str(remedy)


def test_sigmoids_one_behind_the_other_are_to_be_replaced() -> None:
    advice = told(deep(SIGMOID, layers=8), "vanishing-gradients")
    assert offers(advice)[0] == "Replace 8 × Sigmoid by ReLU"


def test_exploding_gradients(healthy: Case) -> None:
    wild = network(*SMALL, optimizer__lr=1e-6, init__name="normal", init__std=2.0)
    case = trained(wild, data(), epochs=1)
    advice = told(case, "exploding-gradients")
    assert offers(advice)[0] == "Set Clip gradients to 1"
    assert found(healthy, "exploding-gradients") is None
    clipped = advice.remedies[0].document
    assert found(replace(case, inference=infer(clipped)), "exploding-gradients") is None


def test_overfitting_says_where_to_stop(healthy: Case) -> None:
    drawn = data(64, noise=1.0)
    flipped = torch.where(torch.rand(64, generator=torch.Generator().manual_seed(3)) < 0.4, 0, drawn.labels)
    document = network(FLATTEN, linear(64), RELU, linear(), optimizer__lr=0.1, optimizer__momentum=0.9)
    case = trained(document, replace(drawn, labels=flipped), epochs=12)
    advice = told(case, "overfitting")
    best = min(case.epochs, key=lambda epoch: epoch.val_loss)
    assert f"Epoch {best.epoch} was where to stop" in str(advice)
    assert f"from {best.val_loss:.3g} to {case.epochs[-1].val_loss:.3g}" in str(advice)
    assert "the test loss" in str(advice)
    assert offers(advice)[:2] == ["Set Stop after to 3", "Insert Dropout before the last Linear"]
    assert found(healthy, "overfitting") is None


def test_validation_that_rises_with_training_is_no_overfitting() -> None:
    both = epochs([1.0, 0.5, 0.6, 0.7, 0.8], [1.0, 0.5, 0.6, 0.7, 0.8])
    assert found(case_of(network(*SMALL), epochs=both), "overfitting") is None


def test_class_imbalance() -> None:
    names = ("cat", "dog", "owl", "fox")
    case = case_of(network(*SMALL), class_counts=(900, 300, 300, 30), class_names=names)
    text = str(told(case, "class-imbalance"))
    assert text.startswith("cat has 900 training images, fox only 30")
    assert "right for 59 %" in text
    assert found(replace(case, class_counts=(900, 800, 700, 600)), "class-imbalance") is None
    assert told(replace(case, class_counts=(9, 9, 9, 0)), "class-imbalance").severity == "warning"


@pytest.mark.parametrize(
    ("mean", "std", "speaks"),
    [
        ((), (), False),
        ((0.5,), (0.25,), False),
        ((127.0,), (64.0,), True),
        ((0.0,), (1.0,), True),
        ((0.49, 0.48, 0.45), (0.2,), False),
        ((0.5,), (0.001,), True),
    ],
)
def test_the_scale_of_the_inputs(mean: tuple[float, ...], std: tuple[float, ...], speaks: bool) -> None:
    case = case_of(network(*SMALL, normalise__mean=mean, normalise__std=std))
    assert (found(case, "input-scale") is not None) == speaks
    if speaks:
        (remedy,) = told(case, "input-scale").remedies
        assert found(case_of(remedy.document), "input-scale") is None


def test_a_deep_network_without_normalisation(deep_plain: Case, deep_normalised: Case) -> None:
    advice = told(deep_plain, "no-normalisation")
    assert "None of 11 layers is normalised" in str(advice)
    assert found(deep_normalised, "no-normalisation") is None
    assert found(trained(advice.remedies[0].document, data(), epochs=1), "no-normalisation") is None


def test_saturated_tanhs() -> None:
    document = network(*DENSE, optimizer__lr=0.05, init__name="normal", init__std=1.0)
    case = trained(document, data(), epochs=2)
    advice = told(case, "saturation")
    block = next(b for b in case.health[-1].blocks if b.node == advice.node)
    assert block.kind == "Tanh"
    assert offers(advice) == ["Replace 2 × Tanh by ReLU", "Set Weights to Xavier"]
    assert found(trained(advice.remedies[1].document, data(), epochs=2), "saturation") is None


def test_a_gate_may_be_shut() -> None:
    squeeze = f"[{{{POOL}}}, {{{linear(8)}}}, {{{SIGMOID}}}]"
    gate = f'"block": "Parallel", "merge": "multiply", "branches": [[], {squeeze}]'
    document = network(conv(8), gate, POOL, linear())
    sigmoid = document.body[1].stacks[1][-1].id
    shut = BlockHealth("gate", sigmoid, "Sigmoid", activations=Histogram(0.0, 0.01, (9, 1)))
    assert found(case_of(document, health=[look(shut)]), "saturation") is None


def test_nothing_learnt() -> None:
    case = trained(network(*SMALL, optimizer__lr=1e-7), data(), batch=8)
    assert "guessing gets 25 %" in str(told(case, "untrained"))
    assert found(trained(network(*SMALL, optimizer__lr=0.05), data(), batch=8), "untrained") is None


def test_guessing_the_largest_class_is_no_learning() -> None:
    case = case_of(network(*SMALL), epochs=epochs([0.6] * 3, [0.6] * 3, accuracy=0.8))
    assert found(case, "untrained") is None
    assert "guessing gets 81 %" in str(told(replace(case, class_counts=(81, 7, 6, 6)), "untrained"))


def test_the_worst_comes_first(deep_plain: Case) -> None:
    ranks = [("harm", "warning", "hint").index(advice.severity) for advice in advise(deep_plain)]
    assert ranks == sorted(ranks)
    assert len(ranks) > 2
