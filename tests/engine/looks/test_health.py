"""The health of a training: right numbers, of one step, that leave the training as it was."""

import json
from pathlib import Path
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from hypothesis import example, given
from hypothesis import strategies as st
from safetensors.torch import load_file

from cnnstudio.core.health import BlockHealth, Health
from cnnstudio.core.messages import Failed
from cnnstudio.core.requests import Job
from cnnstudio.engine.control import Control
from cnnstudio.engine.looks import health
from cnnstudio.engine.looks.measured import FAR, SAMPLE, Activation, histogram, picked
from cnnstudio.engine.train import run
from cnnstudio.workspace.runs import RunFolder
from cnnstudio.workspace.runs.health import health_of, read_health
from tests.engine.tiny import LIMIT, Heard, document, layer


@pytest.fixture(autouse=True)
def every_epoch(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tiny epochs could not afford it."""
    monkeypatch.setattr(health, "SHARE", 0)


def net(**settings: Any) -> Any:
    return document(
        layer("Conv2d", out_channels=6, kernel_size=3),
        layer("BatchNorm2d"),
        layer("ReLU"),
        layer("MaxPool2d", kernel_size=2),
        layer("Flatten"),
        layer("Dropout", p=0.3),
        layer("Linear", out_features=3),
        **settings,
    )


def trained(doc: Any, path: Path, **job: Any) -> Heard:
    heard = Heard()
    run(Job(doc, run=str(path), limit=LIMIT, **job), heard, Control())
    return heard


def of(look: Health, path: str) -> BlockHealth:
    return next(block for block in look.blocks if block.path == path)


@pytest.mark.parametrize("engine", ["torch", "numpy"])
def test_the_training_stays_as_it_was_bit_for_bit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, engine: str
) -> None:
    """With dropout and batch norm, which random numbers and statistics would give away."""
    watched = trained(net(engine=engine), tmp_path / "a")
    assert len(watched.of(Health)) == 3
    monkeypatch.setattr(health.Watch, "can_afford", lambda *_: False)
    assert not trained(net(engine=engine), tmp_path / "b").of(Health)
    one, other = (load_file(tmp_path / name / "weights.safetensors") for name in "ab")
    assert all(torch.equal(one[name], value) for name, value in other.items())


def test_it_is_one_step_of_each_epoch_and_all_blocks(tmp_path: Path) -> None:
    heard = trained(net(), tmp_path / "a")
    early, first, second = heard.of(Health)
    assert (early.epoch, early.step) == (0, 1), "the very first step"
    assert (first.epoch, second.epoch, first.images) == (1, 2, 32)
    assert (first.step, second.step) == (7, 15), "the last but one of eight"
    assert [block.kind for block in first.blocks] == [
        "Conv2d",
        "BatchNorm2d",
        "ReLU",
        "MaxPool2d",
        "Flatten",
        "Dropout",
        "Linear",
    ]
    relu = of(second, "relu")
    assert relu.zeros is not None
    assert 0 < relu.zeros < 1
    assert relu.activations is not None
    assert relu.activations.low == 0
    assert relu.gradient_norm is None
    assert sum(relu.activations.counts) <= SAMPLE


def test_norms_and_ratios_are_those_of_plain_gradient_descent(tmp_path: Path) -> None:
    """SGD without momentum moves by the rate times the gradient: so the ratio is known from the norms."""
    doc = net(optimizer={"name": "SGD", "lr": 0.03})
    for look in trained(doc, tmp_path / "a").of(Health):
        for path, weights in (("conv1", 60), ("bn1", 12), ("fc1", 6 * 49 * 3 + 3)):
            block = of(look, path)
            assert block.weights == weights
            assert block.gradient_norm is not None
            assert block.weight_norm is not None
            assert block.update_ratio == pytest.approx(
                0.03 * block.gradient_norm / block.weight_norm, rel=1e-3
            )


def test_the_numbers_are_those_of_the_step_by_hand(tmp_path: Path) -> None:
    """One step from known weights on all of 32 images: loss, gradient and activations by torch alone."""
    doc = document(
        layer("Flatten"),
        layer("Linear", out_features=3),
        epochs=1,
        batch_size=32,
        optimizer={"name": "SGD", "lr": 0.1},
    )
    heard = Heard()
    run(Job(doc, run=str(tmp_path / "a"), limit=32), heard, Control())
    (look,) = heard.of(Health)
    from cnnstudio.engine.data import Feed
    from cnnstudio.engine.looks.initial import initial_weights
    from cnnstudio.engine.prepare import read_dataset

    dataset = read_dataset(doc, Path(), 32, lambda _: None, Control(), download=False)
    images, labels = next(Feed(dataset, doc.training, torch.device("cpu")).train(1, 32))
    began = initial_weights(doc)
    weight = began["fc1.weight"].requires_grad_()
    bias = began["fc1.bias"].requires_grad_()
    logits = F.linear(images.flatten(1), weight, bias)
    loss = F.cross_entropy(logits, labels)
    gradients = torch.autograd.grad(loss, (weight, bias))
    logits = logits.detach()
    block = of(look, "fc1")
    assert look.loss == pytest.approx(float(loss.detach()))
    assert block.gradient_norm == pytest.approx(float(torch.cat([g.flatten() for g in gradients]).norm()))
    assert block.activation_mean == pytest.approx(float(logits.mean()), abs=1e-5)
    assert block.activation_std == pytest.approx(float(logits.std(correction=0)), rel=1e-4)


def test_dead_units_are_those_that_no_image_wakes() -> None:
    output = torch.rand(10, 4, 5, 5)
    output[:, 1] = 0
    output[:9, 2] = 0
    values = Activation(output).values()
    assert values["dead"] == 0.25
    assert values["zeros"] == pytest.approx((1 + 0.9) / 4)


def test_numbers_that_are_none_are_left_out_and_not_fatal(tmp_path: Path) -> None:
    values = Activation(torch.tensor([[float("nan"), 1.0]])).values()
    assert values["activation_mean"] is None
    assert values["activations"] is None
    assert histogram(torch.zeros(7)).counts == (7,)  # type: ignore[union-attr]
    assert len(picked(torch.zeros(1000, 1000))) <= SAMPLE


def test_it_is_kept_with_the_run_and_read_again(tmp_path: Path) -> None:
    heard = trained(net(), tmp_path / "a")
    folder = RunFolder(tmp_path / "a")
    assert read_health(folder) == tuple(heard.of(Health))
    run(Job(None, run=str(folder.path), resume=True, epochs=3), heard, Control())
    assert read_health(folder) == tuple(heard.of(Health))
    assert folder.health.stat().st_size < 4 * 8000


def test_what_a_killed_process_wrote_too_much_comes_once(tmp_path: Path) -> None:
    trained(net(), tmp_path / "a")
    folder = RunFolder(tmp_path / "a")
    late = {**json.loads(folder.health.read_text().splitlines()[-1]), "step": 23, "epoch": 3}
    with folder.health.open("a") as file:
        file.write(json.dumps(late) + "\n{half a li")
    run(Job(None, run=str(folder.path), resume=True, epochs=3), Heard(), Control())
    assert [look.epoch for look in read_health(folder)] == [0, 1, 2, 3]


def test_anybodys_file_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path)
    assert read_health(folder) == ()
    good = {
        "epoch": 1,
        "step": 2,
        "images": 3,
        "loss": None,
        "lr": 0.1,
        "blocks": [{"path": "a", "dead": "x"}, 5],
    }
    lines = ["nothing", "[]", json.dumps({"epoch": 1}), json.dumps(good)]
    folder.health.write_text("\n".join(lines) + "\n")
    (look,) = read_health(folder)
    assert look.blocks == (BlockHealth("a", "", ""),)
    assert look.loss != look.loss
    assert health_of({}) is None


def test_a_look_waits_until_it_costs_no_more_than_a_hundredth(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "SHARE", 1e9)
    looks = trained(net(epochs=4), tmp_path / "a").of(Health)
    assert [look.epoch for look in looks] == [0, 1], (
        "the first always, then never again in so short a training"
    )


def test_a_training_that_runs_away_at_once_has_been_looked_at(tmp_path: Path) -> None:
    layers = [layer("Linear", out_features=features) for features in (32, 32, 3)]
    doc = document(layer("Flatten"), *layers, optimizer={"name": "SGD", "lr": 1e6})
    assert "became" in trained(doc, tmp_path / "a").of(Failed)[0].sentence
    look = read_health(RunFolder(tmp_path / "a"))[0]
    assert look.epoch == 0
    assert of(look, "fc3").update_ratio > 1e3  # type: ignore[operator]


def test_what_numpy_computes_is_seen_as_torch_sees_it(tmp_path: Path) -> None:
    """Without dropout and batch norm, a test is as a step: the double shows what hooks would have shown."""
    doc = document(
        layer("Conv2d", out_channels=6, kernel_size=3),
        layer("ReLU"),
        layer("Flatten"),
        layer("Linear", out_features=3),
        engine="numpy",
    )
    trained(doc, tmp_path / "numpy")
    theirs = read_health(RunFolder(tmp_path / "numpy"))
    weights = load_file(tmp_path / "numpy" / "epochs" / "00000.safetensors")
    began = theirs[0]
    assert [block.path for block in began.blocks] == ["conv1", "relu", "flatten", "fc1"]
    assert all(block.activations is not None for look in theirs for block in look.blocks)
    assert of(began, "relu").activations.low == 0  # type: ignore[union-attr]
    assert of(theirs[-1], "fc1").activation_std != of(began, "fc1").activation_std, "of the weights of now"
    assert of(began, "conv1").weight_norm == pytest.approx(
        float(torch.cat([weights[f"conv1.{name}"].flatten() for name in ("weight", "bias")]).norm()), rel=1e-3
    )


@given(
    shape=st.tuples(*(st.integers(1, high) for high in (5, 9, 6, 6))),
    silent=st.sets(st.integers(0, 8)),
    columns=st.booleans(),
)
def test_dead_units_are_counted_alike_however_maps_lie_in_memory(
    shape: tuple[int, ...], silent: set[int], columns: bool
) -> None:
    generator = torch.Generator().manual_seed(0)
    output = torch.randn(shape, generator=generator)
    for unit in silent:
        output[:, unit : unit + 1] = 0
    for unit in range(0, shape[1], 2):
        output[:-1, unit] = 0  # silent in all images but the last
    last = output[-1].flatten(1)
    expected = float((last == 0).all(1).float().mean())
    if columns:
        output = output.contiguous(memory_format=torch.channels_last)
    assert Activation(output).values()["dead"] == pytest.approx(expected)


@given(numbers=st.lists(st.floats(-100, 100, width=32), min_size=2, max_size=60))
@example(numbers=[0.0, 1e-45])
def test_a_histogram_counts_each_number_once_where_it_lies(numbers: list[float]) -> None:
    sample = torch.tensor(numbers)
    found = histogram(sample)
    assert found is not None
    assert sum(found.counts) == len(numbers)
    if found.high > found.low:
        width = (found.high - found.low) / len(found.counts)
        for at in (0, len(found.counts) // 2, len(found.counts) - 1):
            least = sum(x <= found.low + at * width - 1e-4 for x in numbers)
            most = sum(x <= found.low + at * width + 1e-4 for x in numbers)
            assert least <= sum(found.counts[:at]) <= most or at == 0


def test_a_histogram_is_cut_far_from_the_mean_and_counts_what_lies_beyond() -> None:
    sample = torch.cat([torch.linspace(-1, 1, 9999), torch.tensor([1000.0])])
    found = histogram(sample)
    assert found is not None
    assert sum(found.counts) == 10_000
    assert found.low == -1
    assert found.high == pytest.approx(float(sample.mean() + FAR * sample.std(correction=0)))
    assert found.counts[-1] == 1
    whole = histogram(torch.tensor([0.0, 1.0]).repeat(50))
    assert whole is not None
    assert (whole.low, whole.high) == (0, 1), "two ends are no tails"
