"""Compiled steps learn what others do; the back end in C++, which takes half a minute, is left out here."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import torch

from cnnstudio.core.messages import Finished, Preparing, Started
from cnnstudio.core.requests import Job
from cnnstudio.engine import compiled
from cnnstudio.engine.build import build
from cnnstudio.engine.compiled import compile_steps
from cnnstudio.engine.control import Control
from cnnstudio.engine.convolutions import use_products
from cnnstudio.engine.precision import FULL
from cnnstudio.engine.step import Recipe, Stepper
from cnnstudio.engine.train import run
from tests.engine.tiny import Heard, document, layer
from tests.engine.trained import Stopping

LIMIT = 100


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Everything but the C++."""
    monkeypatch.setenv("TORCHINDUCTOR_CACHE_DIR", str(tmp_path / "compiled"))
    monkeypatch.setattr(compiled, "BACKEND", "aot_eager")
    monkeypatch.setattr(shutil, "which", lambda name: "/usr/bin/" + name)


def whole(**settings: Any) -> Any:
    """A network with batch norm, dropout and a side head."""
    head = (layer("Flatten"), layer("Dropout", p=0.3), layer("Linear", out_features=3))
    return document(
        layer("Conv2d", out_channels=4, kernel_size=5),
        layer("BatchNorm2d"),
        layer("ReLU"),
        layer("AuxClassifier", head, weight=0.3),
        *head,
        **settings,
    )


def stepper_of(doc: Any) -> Stepper:
    torch.manual_seed(1)
    network = build(doc)
    return Stepper(network.module, Recipe.of(doc.training, network.aux_weights, FULL))


def test_steps_are_the_same_and_odd_batches_too() -> None:
    doc = whole()
    plain, fast = stepper_of(doc), stepper_of(doc)
    use_products(fast.module)  # the harder ones to trace
    images, labels = torch.rand(8, 1, 16, 16), torch.randint(0, 3, (8,))
    state = torch.get_rng_state()
    assert compile_steps(fast, images, labels) == ""
    assert torch.equal(torch.get_rng_state(), state)
    for weight, other in zip(plain.module.state_dict().values(), fast.module.state_dict().values()):
        assert torch.equal(weight, other)
    for size in (8, 8, 5, 8):
        results = []
        for stepper in (plain, fast):
            torch.set_rng_state(state)
            results.append(stepper.take(images[:size], labels[:size]))
        for value, other in zip(*results, strict=True):
            torch.testing.assert_close(value.detach(), other.detach(), atol=1e-5, rtol=1e-5)
    for weight, other in zip(plain.module.state_dict().values(), fast.module.state_dict().values()):
        torch.testing.assert_close(weight, other, atol=1e-5, rtol=1e-5)


def trained(path: Path, doc: Any, heard: Any = None, control: Control | None = None, **job: Any) -> Any:
    wanted = {"limit": LIMIT} if doc is not None else {}
    return run(
        Job(doc, run=str(path), **wanted, **job), Heard() if heard is None else heard, control or Control()
    )


def kept(path: Path) -> tuple[bytes, list[dict[str, Any]]]:
    lines = [json.loads(line) for line in (path / "metrics.jsonl").read_text().splitlines()]
    for line in lines:
        line.pop("seconds", None)
        line.pop("images_per_second", None)
    return (path / "weights.safetensors").read_bytes(), lines


def test_a_compiled_run_goes_on_bit_for_bit(tmp_path: Path) -> None:
    doc = whole(compile=True)
    heard = Heard()
    assert isinstance(trained(tmp_path / "whole", doc, heard), Finished)
    assert [message.stage for message in heard.of(Preparing)].count("compile") == 1
    assert dict(heard.of(Started)[0].choices)["compiled"] == "yes"
    stopping = Stopping(1)
    assert trained(tmp_path / "parts", doc, stopping, stopping.control).stopped
    trained(tmp_path / "parts", None, resume=True)
    assert kept(tmp_path / "parts") == kept(tmp_path / "whole")


def test_without_a_compiler_training_goes_on_as_ever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    heard = Heard()
    assert isinstance(trained(tmp_path / "run", document(compile=True), heard), Finished)
    told = dict(heard.of(Started)[0].choices)["compiled"]
    assert told == "no, there is no C++ compiler here (g++, clang++ or cl)"


def test_a_compiler_that_fails_is_told_and_not_needed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compiled, "BACKEND", "no_such_backend")
    heard = Heard()
    assert isinstance(trained(tmp_path / "run", document(compile=True), heard), Finished)
    assert dict(heard.of(Started)[0].choices)["compiled"].startswith("no, the compiler failed (")


def test_nobody_compiles_unasked(tmp_path: Path) -> None:
    heard = Heard()
    trained(tmp_path / "run", document(epochs=1), heard)
    assert "compiled" not in dict(heard.of(Started)[0].choices)
