"""Two real processes train together, and it comes to what one would have done."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import load_file

from cnnstudio.core.messages import Device, Finished
from cnnstudio.core.requests import Job
from cnnstudio.engine import device as devices
from cnnstudio.engine.control import Control
from cnnstudio.engine.distributed import backend_for, device_for
from cnnstudio.engine.errors import EngineError
from cnnstudio.engine.evaluate_run import evaluate_run
from cnnstudio.engine.train import run
from cnnstudio.workspace.runs import RunFolder
from tests.engine.rank_worker import LIMIT, SCENARIOS, choosy, plain, with_heads

ROOT = Path(__file__).parents[2]
STEPS = -(-LIMIT // 32)


def free_ports(count: int) -> list[str]:
    """Ports that nobody listens on."""
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [str(each.getsockname()[1]) for each in sockets]


def environment(**more: str) -> dict[str, str]:
    """One thread a process, and nothing of an outer torchrun."""
    return {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT), **more}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All trainings of two processes, done once."""
    path = tmp_path_factory.mktemp("together")
    for name in ("data0", "other0", "other1"):
        draw_folder(path / name, shift=name == "other1")
    outcome = run(Job(plain(epochs=1), run=str(path / "begun_by_one"), limit=LIMIT), ignore, Control())
    assert isinstance(outcome, Finished)
    command = [sys.executable, "-m", "tests.engine.rank_worker", str(path), *free_ports(len(SCENARIOS))]
    group = {"WORLD_SIZE": "2", "MASTER_ADDR": "127.0.0.1"}
    workers = [
        subprocess.Popen(
            command, cwd=ROOT, env=environment(**group, RANK=rank, LOCAL_RANK=rank), stderr=subprocess.PIPE
        )
        for rank in "01"
    ]
    for worker in workers:
        _, errors = worker.communicate(timeout=180)
        assert worker.returncode == 0, errors.decode()
    return path


def ignore(message: object) -> None:
    """Hears nothing."""


def draw_folder(path: Path, shift: bool) -> None:
    """Three classes of twelve random images."""
    random = np.random.default_rng(shift)
    for name in "abc":
        (path / name).mkdir(parents=True)
        for number in range(12):
            pixels = random.integers(0, 256, (16, 16), dtype=np.uint8)
            Image.fromarray(pixels).save(path / name / f"{number}.png")


def ended(folder: Path, name: str) -> list[dict[str, Any]]:
    """How a training ended for each process."""
    return [json.loads((folder / f"{name}.{rank}.json").read_text()) for rank in (0, 1)]


def alone(path: Path, doc: Any, **job: Any) -> Path:
    """The same training by one process."""
    outcome = run(Job(doc, run=str(path), **{"limit": LIMIT, **job}), ignore, Control())
    assert isinstance(outcome, Finished), outcome
    return path


def same(first: Path, second: Path, tolerance: float = 1e-5) -> None:
    """Weights and metrics are equal but for rounding."""
    weights, others = (load_file(path / "weights.safetensors") for path in (first, second))
    for name, weight in weights.items():
        torch.testing.assert_close(weight, others[name], atol=tolerance, rtol=tolerance)
    for line, other in zip(metrics(first), metrics(second), strict=True):
        assert line == pytest.approx(other, abs=10 * tolerance)


def metrics(path: Path) -> list[dict[str, float]]:
    """What a run has written down, times left out."""
    lines = [json.loads(line) for line in (path / "metrics.jsonl").read_text().splitlines()]
    left_out = ("seconds", "images_per_second")
    return [
        {
            name: value
            for name, value in line.items()
            if isinstance(value, int | float) and name not in left_out
        }
        for line in lines
    ]


@pytest.mark.parametrize(
    ("name", "doc"), [("plain", plain()), ("odd", plain(batch_size=33)), ("heads", with_heads())]
)
def test_two_processes_learn_what_one_does(folder: Path, tmp_path: Path, name: str, doc: Any) -> None:
    leader, other = ended(folder, name)
    assert leader["kind"] == "finished"
    assert leader["test_accuracy"] == other["test_accuracy"]
    same(alone(tmp_path / "one", doc), folder / name)


def test_all_end_early_and_test_the_best_weights(folder: Path, tmp_path: Path) -> None:
    leader, other = ended(folder, "choosy")
    assert leader["early"]
    assert 0 < leader["weights_epoch"] < leader["epochs"] < 8
    for name in ("test_loss", "test_accuracy", "weights_epoch", "epochs"):
        assert leader[name] == other[name]
    one = alone(tmp_path / "one", choosy())
    same(one, folder / "choosy", tolerance=1e-4)
    result = RunFolder(one).read_record().result
    assert leader["test_loss"] == pytest.approx(result["test_loss"], abs=1e-4)


def test_only_the_leading_process_writes(folder: Path) -> None:
    leader, other = ended(folder, "plain")
    assert leader["run"] == str(folder / "plain")
    assert not Path(other["run"]).exists()
    assert RunFolder(folder / "plain").read_record().options["processes"] == "2"


def test_batch_norm_is_tested_with_the_statistics_that_are_kept(folder: Path) -> None:
    leader, other = ended(folder, "normed")
    assert leader["kind"] == other["kind"] == "finished"
    found = evaluate_run(str(folder / "normed"), None, "cpu", ignore)
    assert found.score.accuracy == leader["test_accuracy"] == other["test_accuracy"]
    assert found.score.loss == pytest.approx(leader["test_loss"], abs=1e-5)


def test_a_stop_of_any_process_stops_all_after_the_same_step(folder: Path) -> None:
    leader, other = ended(folder, "stopped")
    assert leader["stopped"]
    assert other["stopped"]
    assert leader["steps"] == other["steps"] < 2 * STEPS


def test_a_stopped_run_goes_on_bit_for_bit(folder: Path) -> None:
    assert ended(folder, "resumed")[0]["epochs"] == 2
    same(folder / "dropout", folder / "stopped", tolerance=0)


def test_what_two_began_one_goes_on_with(folder: Path, tmp_path: Path) -> None:
    assert ended(folder, "plain_stopped")[0]["stopped"]
    alone(folder / "plain_stopped", None, resume=True, limit=None)
    same(alone(tmp_path / "one", plain()), folder / "plain_stopped")


def test_what_one_began_two_go_on_with(folder: Path, tmp_path: Path) -> None:
    assert ended(folder, "begun_by_one")[0]["epochs"] == 2
    same(alone(tmp_path / "one", plain()), folder / "begun_by_one")


def test_a_loss_that_explodes_ends_all_with_one_sentence(folder: Path) -> None:
    leader, other = ended(folder, "diverging")
    assert leader["kind"] == "failed"
    assert "try a learning rate below 1e+06" in leader["sentence"]
    assert other["sentence"] == leader["sentence"]


def test_memory_that_runs_out_elsewhere_is_told(folder: Path) -> None:
    leader, other = ended(folder, "hungry")
    assert leader["sentence"].startswith("Process 1 failed. Memory ran out")
    assert other["sentence"].startswith("Memory ran out")
    assert RunFolder(folder / "hungry").read_record().problem == leader["sentence"]


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("disagreeing", "Process 1 failed. It was started with another command than process 0"),
        ("without_data", "Process 1 failed. "),
        ("other_data", "Process 1 reads other images than process 0"),
    ],
)
def test_processes_that_disagree_are_told_before_the_first_step(
    folder: Path, name: str, sentence: str
) -> None:
    leader, _ = ended(folder, name)
    assert leader["sentence"].startswith(sentence)
    assert leader["steps"] == 0
    assert RunFolder(folder / name).read_record().status == "failed"


def test_torchrun_and_ctrl_c(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "torch.distributed.run", "--nproc-per-node", "2"]
    command += ["--master-port", free_ports(1)[0], "-m", "cnnstudio", "train", "mnist-simpleconvnet"]
    command += ["--dataset", "shapes", "--epochs", "500", "--device", "cpu", "--out", str(tmp_path / "run")]
    process = subprocess.Popen(command, cwd=tmp_path, env=environment(), stderr=subprocess.PIPE, text=True)
    try:
        metrics_file = tmp_path / "run" / "metrics.jsonl"
        deadline = time.monotonic() + 60
        while not metrics_file.exists() or not metrics_file.read_text():
            assert time.monotonic() < deadline
            assert process.poll() is None, process.communicate()[1]
            time.sleep(0.1)
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=60)
    finally:
        process.kill()
    assert errors.count("Stopping after this step") == 1
    record = RunFolder(tmp_path / "run").read_record()
    assert record.status == "stopped"
    assert (tmp_path / "run" / "checkpoints" / "last.pt").exists()


def test_gpus_take_nccl_and_one_process_each(monkeypatch: pytest.MonkeyPatch) -> None:
    assert backend_for(torch.device("cpu")) == "gloo"
    assert backend_for(torch.device("cuda:1")) == "cpu:gloo,cuda:nccl"
    cards = (Device("cuda:0", "A"), Device("cuda:1", "B"), Device("cpu", "CPU"))
    monkeypatch.setattr(devices, "devices", lambda: cards)
    assert device_for("auto", 1) == torch.device("cuda:1")
    assert device_for("cpu", 7) == torch.device("cpu")
    with pytest.raises(EngineError, match="has 2 GPUs, too few for process 3: start one process a GPU"):
        device_for("auto", 2)


def test_apples_gpu_is_not_shared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(devices, "devices", lambda: (Device("mps", "Apple GPU"), Device("cpu", "CPU")))
    assert device_for("auto", 1) == torch.device("cpu")
    with pytest.raises(EngineError, match="train with --device cpu"):
        device_for("mps", 0)
