"""Training and evaluating from the command line."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from cnnstudio import cli
from cnnstudio.cli.progress import Bars
from cnnstudio.core.fileformat import write_document
from cnnstudio.core.messages import Message, Preparing
from cnnstudio.workspace.runs import RunFolder
from tests.engine.tiny import document, layer
from tests.workspace.datasets.photos import place_photos

KEYS = {"run", "epochs", "test_accuracy", "test_loss", "best_epoch", "images_per_second"}


@pytest.fixture
def model(tmp_path: Path) -> str:
    path = tmp_path / "tiny.cnn.json"
    path.write_text(write_document(document()), "utf-8")
    return str(path)


def test_training_resuming_and_evaluating(
    model: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = str(tmp_path / "run")
    assert cli.main(["train", model, "--epochs", "1", "--limit", "256", "--out", run, "--json"]) == 0
    printed = capsys.readouterr()
    first = json.loads(printed.out)
    assert first.keys() == KEYS
    assert (first["run"], first["epochs"], first["best_epoch"]) == (run, 1, 1)
    assert "Epoch 1: train loss" in printed.err

    assert cli.main(["train", "--resume", run, "--epochs", "3", "--json"]) == 0
    resumed = json.loads(capsys.readouterr().out)
    assert (resumed["run"], resumed["epochs"]) == (run, 3)

    assert cli.main(["evaluate", run, "--json"]) == 0
    evaluated = json.loads(capsys.readouterr().out)
    assert evaluated.keys() > KEYS
    assert evaluated["test_accuracy"] == resumed["test_accuracy"]
    assert evaluated["test_loss"] == pytest.approx(resumed["test_loss"])
    assert (evaluated["epochs"], evaluated["best_epoch"]) == (3, resumed["best_epoch"])
    shares = evaluated["class_accuracy"]
    assert list(shares) == ["circle", "square", "triangle"]
    assert sum(map(sum, evaluated["confusion"])) == evaluated["test_images"] == 500

    assert cli.main(["evaluate", run]) == 0
    table = capsys.readouterr().out
    assert "triangle" in table
    assert "Test accuracy" in table


def test_numpy_trains_as_torch_does_and_goes_on_bit_for_bit(
    model: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def train(name: str, *options: str) -> RunFolder:
        run = tmp_path / name
        assert cli.main(["train", *options, "--limit", "128", "--epochs", "2", "--json"]) == 0
        told = json.loads(capsys.readouterr().out)
        assert (told.keys(), told["run"], told["epochs"]) == (KEYS, str(run), 2)
        return RunFolder(run)

    runs = {name: tmp_path / name for name in ("torch", "numpy", "broken")}
    torchs, whole = (
        train(name, model, "--engine", name, "--out", str(runs[name])) for name in ("torch", "numpy")
    )
    assert whole.read_document().training.engine == "numpy"
    lines = [[(line["kind"], sorted(line)) for line in run.read_metrics()] for run in (torchs, whole)]
    assert lines[0] == lines[1]

    once = ["--engine", "numpy", "--limit", "128", "--epochs", "1", "--out", str(runs["broken"])]
    assert cli.main(["train", model, *once]) == 0
    assert cli.main(["train", "--resume", str(runs["broken"]), "--engine", "torch", "--epochs", "2"]) == 2
    assert "goes with --engine numpy" in capsys.readouterr().err
    broken = train("broken", "--resume", str(runs["broken"]))
    assert broken.weights.read_bytes() == whole.weights.read_bytes()


def test_options_take_the_place_of_the_documents_settings(model: str, tmp_path: Path) -> None:
    run = tmp_path / "run"
    options = ["--epochs", "1", "--limit", "64", "--batch-size", "16", "--seed", "3", "--dataset", "shapes"]
    assert cli.main(["train", model, *options, "--out", str(run)]) == 0
    settings = RunFolder(run).read_document().training
    assert (settings.epochs, settings.batch_size, settings.seed) == (1, 16, 3)
    assert sum(line["kind"] == "step" for line in RunFolder(run).read_metrics()) == 4


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["train", "cifar10-first-cnn", "--device", "toaster"], "There is no device toaster"),
        (["train", "cifar10-first-cnn", "--dataset", "photos"], "photos"),
        (["train", "--resume", "nowhere"], "nowhere is no run folder"),
        (["evaluate", "nowhere"], "nowhere is no run folder"),
        (["train", "cifar10-first-cnn", "--dataset", "folder", "--data", "nowhere"], "there is no folder"),
        (["train", "cifar10-first-cnn", "--dataset", "folder"], "name their folder with --data DIR"),
    ],
)
def test_what_fails_is_one_line(
    capsys: pytest.CaptureFixture[str], arguments: list[str], expected: str
) -> None:
    assert cli.main(arguments) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    (line,) = printed.err.splitlines()
    assert expected.lower() in line.lower()


def test_a_run_that_goes_on_keeps_its_settings(
    model: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = str(tmp_path / "run")
    same = ["--limit", "64", "--dataset", "shapes", "--batch-size", "32", "--seed", "7"]
    assert cli.main(["train", model, *same, "--epochs", "1", "--out", run]) == 0
    assert cli.main(["train", model, *same, "--epochs", "2", "--resume", run]) == 0
    capsys.readouterr()
    assert cli.main(["train", "--resume", run, "--batch-size", "16", "--epochs", "3"]) == 2
    assert "goes with --batch-size 32: leave that option out" in capsys.readouterr().err
    assert cli.main(["train", "--resume", run, "--limit", "32", "--epochs", "3"]) == 2
    assert "32 training images now, but the run in" in capsys.readouterr().err
    assert cli.main(["train", "fashion-dnn", "--resume", run, "--epochs", "3"]) == 2
    assert "with its own network, and fashion-dnn is another one" in capsys.readouterr().err


def test_a_broken_image_is_named_and_does_not_end_the_run(
    model: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    photos = tmp_path / "photos"
    place_photos(photos, {"ant": 9, "bee": 9, "cat": 9})
    (photos / "bee" / "002.png").write_bytes(b"\x89PNG")
    options = ["--dataset", "folder", "--data", str(photos), "--epochs", "1", "--out", str(tmp_path / "run")]
    assert cli.main(["train", model, *options]) == 0
    printed = capsys.readouterr().err
    assert "1 image cannot be read and is left out:\n  bee/002.png: " in printed


def test_a_failed_run_says_what_is_kept(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    schedule = {"name": "step", "step_size": 1, "gamma": 1e6}
    model, run = tmp_path / "wild.cnn.json", tmp_path / "run"
    model.write_text(write_document(document(epochs=3, schedule=schedule)), "utf-8")
    assert cli.main(["train", str(model), "--limit", "128", "--out", str(run), "--json"]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    last = printed.err.splitlines()[-1]
    assert "in epoch 2" in last
    assert last.endswith(f"5000 for a start; the last checkpoint of {run} is kept.")


WINDOWS = pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGINT for another process")


@WINDOWS
def test_ctrl_c_before_the_first_step_prints_one_value(
    model: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    show = Bars.show

    def press(bars: Bars, message: Message) -> None:
        show(bars, message)
        if isinstance(message, Preparing):
            os.kill(os.getpid(), signal.SIGINT)
            time.sleep(0.3)

    monkeypatch.setattr(Bars, "show", press)
    before = signal.getsignal(signal.SIGINT)  # ignored where the tests themselves run in a shell's background
    assert cli.main(["train", model, "--json", "--out", str(tmp_path / "run")]) == 130
    printed = capsys.readouterr()
    assert json.loads(printed.out).keys() == KEYS
    assert "Stopping after this step" in printed.err
    assert signal.getsignal(signal.SIGINT) is before


@WINDOWS
def test_a_second_ctrl_c_ends_at_once_and_the_run_can_be_resumed(tmp_path: Path) -> None:
    # A step of this takes seconds.
    heavy = document(
        layer("Conv2d", out_channels=64, kernel_size=5),
        layer("Conv2d", out_channels=64, kernel_size=5),
        layer("GlobalAvgPool2d"),
        layer("Linear", out_features=3),
        size=32,
        batch_size=512,
        epochs=1,
    )
    model, run = tmp_path / "heavy.cnn.json", tmp_path / "run"
    model.write_text(write_document(heavy), "utf-8")
    command = [sys.executable, "-m", "cnnstudio", "train", str(model), "--out", str(run), "--json"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    with process:
        assert process.stderr is not None
        for line in process.stderr:
            if line.startswith("Training on"):
                time.sleep(0.2)
                process.send_signal(signal.SIGINT)
            if line.startswith("Stopping"):
                process.send_signal(signal.SIGINT)
                break
        out, err = process.communicate(timeout=60)
    # That it did not wait for its step is told by the record: "interrupted", not "stopped".
    assert process.returncode == 130
    assert "Traceback" not in err
    told = json.loads(out)
    assert (told["run"], told["epochs"]) == (str(run), 0)
    folder = RunFolder(run)
    assert folder.read_record().status == "interrupted"
    light = folder.read_document()
    small = light.training.model_copy(update={"batch_size": 8})
    folder.write_inputs(light.changed(training=small), "")
    folder.write_record(folder.read_record().with_changes(train_images=0, labels=""))
    assert cli.main(["train", "--resume", str(run), "--limit", "8", "--json"]) == 0


@WINDOWS
def test_ctrl_c_leaves_a_run_that_can_be_resumed(model: str, tmp_path: Path) -> None:
    run = tmp_path / "run"
    command = [sys.executable, "-m", "cnnstudio", "train", model, "--epochs", "100000", "--out", str(run)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    with process:
        assert process.stderr is not None
        for line in process.stderr:
            if line.startswith("Epoch 1:"):
                process.send_signal(signal.SIGINT)
                break
        out, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Traceback" not in err
    assert f"cnnstudio train --resume {run}" in out
    assert RunFolder(run).read_record().status == "stopped"
    done = json.loads((run / "run.json").read_text())["result"]["epochs"]
    assert cli.main(["train", "--resume", str(run), "--epochs", str(done + 1), "--json"]) == 0
