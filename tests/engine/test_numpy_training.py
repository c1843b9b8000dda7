"""Training by the NumPy engine: the same messages, runs and resumption as PyTorch's."""

from pathlib import Path

import pytest
import torch

from cnnstudio.core.document import Document
from cnnstudio.core.messages import Epoch, Failed, Finished, Probe, Started, Step
from cnnstudio.core.requests import Job
from cnnstudio.engine.build import instantiate
from cnnstudio.engine.control import Control
from cnnstudio.engine.train import run
from cnnstudio.engine.weights import load_weights
from cnnstudio.workspace.runs import RunFolder
from tests.numpy_engine.documents import made

BLOCKS = """
    {"block": "Conv2d", "out_channels": 4, "kernel_size": 3}, {"block": "BatchNorm2d"}, {"block": "ReLU"},
    {"block": "MaxPool2d"}, {"block": "Flatten"}, {"block": "Dropout", "p": 0.2},
    {"block": "Linear", "out_features": 3}"""


def document(engine: str, **changes: object) -> Document:
    small = made(BLOCKS, side=10, channels=1)
    values = small.training.model_dump() | {
        "engine": engine,
        "dataset": "shapes",
        "epochs": 3,
        "batch_size": 32,
        "optimizer": {"name": "Adam", "lr": 0.005},
        "schedule": {"name": "one-cycle", "warmup": 0},
        "test_limit": 100,
        **changes,
    }
    return small.changed(training=type(small.training).model_validate(values))


def train(job: Job, stop_after: int | None = None) -> tuple[list[object], Finished]:
    heard: list[object] = []
    control = Control()

    def hear(message: object) -> None:
        heard.append(message)
        if isinstance(message, Step) and message.step == stop_after:
            control.stop()

    finished = run(job, hear, control)
    assert isinstance(finished, Finished), finished
    return heard, finished


def test_it_says_what_torch_says(tmp_path: Path) -> None:
    kinds = {}
    for engine in ("torch", "numpy"):
        heard, finished = train(Job(document(engine), run=str(tmp_path / engine), limit=200))
        kinds[engine] = {type(message) for message in heard}
        assert finished.epochs == 3
        (started,) = (message for message in heard if isinstance(message, Started))
        assert (("engine", "NumPy") in started.choices) == (engine == "numpy")
        losses = [message.train_loss for message in heard if isinstance(message, Epoch)]
        assert losses[-1] < losses[0]
    assert kinds["numpy"] == kinds["torch"]


def test_its_filters_are_seen_to_change(tmp_path: Path) -> None:
    heard, _ = train(Job(document("numpy"), run=str(tmp_path / "run"), limit=200))
    filters = [m.tensor.data for m in heard if isinstance(m, Probe) and m.kind == "filters"]
    assert filters[0] != filters[-1]


def test_it_goes_on_bit_for_bit(tmp_path: Path) -> None:
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    train(Job(document("numpy"), run=str(whole), limit=200))
    _, finished = train(Job(document("numpy"), run=str(broken), limit=200), stop_after=9)
    assert finished.stopped
    train(Job(None, run=str(broken), resume=True))
    one, other = (RunFolder(path).weights.read_bytes() for path in (whole, broken))
    assert one == other


def test_its_weights_belong_to_the_exported_class(tmp_path: Path) -> None:
    train(Job(document("numpy", epochs=1), run=str(tmp_path / "run"), limit=64))
    folder = RunFolder(tmp_path / "run")
    module = instantiate((folder.path / "model.py").read_text())
    load_weights(folder.weights, module)
    assert torch.isfinite(module.eval()(torch.rand(2, 1, 10, 10))).all()


def test_it_computes_on_the_cpu_only(tmp_path: Path) -> None:
    failed = run(Job(document("numpy"), run=str(tmp_path / "run"), device="mps"), lambda _: None, Control())
    assert isinstance(failed, Failed)
    assert "CPU" in failed.sentence


def test_a_loss_that_explodes_is_one_sentence_and_no_warning(tmp_path: Path) -> None:
    wild = document("numpy", optimizer={"name": "SGD", "lr": 1e6})
    failed = run(Job(wild, run=str(tmp_path / "run"), limit=200), lambda _: None, Control())
    assert isinstance(failed, Failed)
    assert "try a learning rate below" in failed.sentence


@pytest.mark.parametrize("changes", [{"label_smoothing": 0.1, "clip_norm": 1.0}, {"init": {"name": "he"}}])
def test_settings_are_obeyed(tmp_path: Path, changes: dict[str, object]) -> None:
    _, finished = train(Job(document("numpy", epochs=1, **changes), run=str(tmp_path / "run"), limit=100))
    assert finished.epochs == 1
