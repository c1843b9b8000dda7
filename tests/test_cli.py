"""The commands that need no torch."""

import io
import json
import re
import subprocess
import sys
from argparse import Namespace
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cnnstudio import __main__, __version__, cli
from cnnstudio.cli import shell, train
from cnnstudio.cli.progress import Bars
from cnnstudio.cli.shapes import block_rows
from cnnstudio.cli.table import print_json, print_table
from cnnstudio.core.fileformat import write_document
from cnnstudio.core.infer import infer
from cnnstudio.core.messages import Failed, Finished, Started
from cnnstudio.workspace.presets import load_preset, preset_ids
from tests.engine.tiny import document, layer
from tests.numpy_engine.documents import made


@pytest.fixture
def out(capsys: pytest.CaptureFixture[str]) -> Callable[..., Any]:
    """Runs a command that must end well and gives what it prints."""

    def command(*arguments: str, code: int = 0) -> str:
        assert cli.main(arguments) == code
        return capsys.readouterr().out

    return command


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """The one line about a command that makes no sense."""
    assert cli.main(arguments) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    (line,) = printed.err.splitlines()
    return line


def test_presets_are_listed_with_their_parameters(out: Callable[..., str]) -> None:
    found = {preset["id"]: preset for preset in json.loads(out("presets", "--json"))}
    assert tuple(found) == preset_ids()
    assert found["cifar10-first-cnn"]["params"] == 6882
    assert found["cifar10-first-cnn"]["input"] == [3, 32, 32]
    assert found["resnet152"]["params"] == 60_192_808
    assert all(preset["name"] and preset["source"] for preset in found.values())
    lines = out("presets").splitlines()
    assert len(lines) == len(found) + 2
    assert "138 357 544" in next(line for line in lines if line.startswith("vgg16 ")).replace("\u202f", " ")


def test_shapes_follow_the_tutorials_trace(out: Callable[..., str]) -> None:
    printed = json.loads(out("shapes", "cifar10-first-cnn", "--json"))
    assert printed["totals"] == {"params": 6882, "macs": 596_800}
    assert printed["problems"] == []
    rows = printed["blocks"]
    assert [row["out"] for row in rows if row["block"] in ("Conv2d", "MaxPool2d", "Flatten", "Linear")] == [
        [6, 28, 28],
        [6, 14, 14],
        [16, 10, 10],
        [16, 5, 5],
        [400],
        [10],
    ]
    assert rows[0]["path"] == "body[0]"
    assert rows[0]["module"] == "conv1"
    assert rows[0]["in"] == [3, 32, 32]
    assert {"id", "path", "block", "in", "out", "params", "macs", "problem"} <= rows[0].keys()


@pytest.mark.parametrize("preset", ["cifar10-resnet", "resnet50", "googlenet"])
def test_leaves_add_up_to_the_totals(out: Callable[..., str], preset: str) -> None:
    printed = json.loads(out("shapes", preset, "--json"))
    leaves = [row for row in printed["blocks"] if not row["composite"]]
    for count in ("params", "macs"):
        assert sum(row[count] * row["times"] for row in leaves) == printed["totals"][count]
    top = [row for row in printed["blocks"] if row["depth"] == 0]
    assert sum(row["params"] for row in top) == printed["totals"]["params"]
    assert all(row["module"] for row in leaves)


def test_repetitions_that_are_alike_are_one_row(out: Callable[..., str]) -> None:
    printed = json.loads(out("shapes", "resnet152", "--json"))
    assert max(row["times"] for row in printed["blocks"]) == 35
    assert "×35" in out("shapes", "resnet152")


def test_each_repetition_names_its_own_module() -> None:
    conv = '{{"block": "Conv2d", "out_channels": {0}, "kernel_size": 3, "padding": 1}}'
    inner = f'{{"block": "Repeat", "times": 3, "body": [{conv.format(4)}]}}'
    outer = f'{{"block": "Repeat", "times": 2, "body": [{inner}, {conv.format(5)}]}}'
    network = made(f'{outer}, {{"block": "Flatten"}}, {{"block": "Linear", "out_features": 3}}', channels=2)
    rows = list(block_rows(infer(network)))
    assert [(row.module, row.input and row.input[0], row.times) for row in rows if row.block == "Conv2d"] == [
        ("layer1.0.layer1.0", 2, 1),
        ("layer1.0.layer1.1", 4, 2),
        ("layer1.0.conv1", 4, 1),
        ("layer1.1.layer1.0", 5, 1),
        ("layer1.1.layer1.1", 4, 2),
        ("layer1.1.conv1", 4, 1),
    ]
    assert [row.depth for row in rows] == [0, 1, 2, 2, 1, 1, 2, 2, 1, 0, 0]
    assert {row.module: row.times for row in block_rows(infer(load_preset("resnet50")))}[
        "layer2.1.conv1"
    ] == 3


@pytest.mark.parametrize(
    ("arguments", "command"),
    [([], False), (["alexnet"], False), (["presets"], True), (["--help"], True), (["a", "b"], True)],
)
def test_one_network_is_for_the_window(arguments: list[str], command: bool) -> None:
    assert cli.is_command(arguments) is command


def test_numbers_are_flushed_right_and_json_is_read_by_people(capsys: pytest.CaptureFixture[str]) -> None:
    print_table(("name", "n"), [("가", "1"), ("bb", "200")], right=frozenset({1}))
    assert capsys.readouterr().out == "name    n\n────  ───\n가       1\nbb    200\n"
    print_table(("n", "name"), [("1", "a"), ("22", "bb")])
    assert capsys.readouterr().out == "n   name\n──  ────\n1   a\n22  bb\n"
    print_json({"이름": [1]})
    assert capsys.readouterr().out == '{\n  "이름": [\n    1\n  ]\n}\n'


def test_a_problem_is_printed_and_is_the_exit_code(out: Callable[..., str], tmp_path: Path) -> None:
    faulty = document(layer("Conv2d", kernel_size=99), layer("Flatten"), layer("Linear", out_features=3))
    (tmp_path / "faulty.cnn.json").write_text(write_document(faulty), "utf-8")
    path = str(tmp_path / "faulty.cnn.json")
    printed = json.loads(out("shapes", path, "--json", code=1))
    assert printed["blocks"][0]["problem"]
    assert printed["problems"][0]["path"] == "body[0]"
    printed = out("shapes", path, code=1)
    assert "Problem: body[0]" in printed
    conv, flat, _ = (re.split(r" {2,}", line.strip()) for line in printed.splitlines()[4:7])
    assert (conv[0], conv[-2:]) == ("Conv2d !", ["?", "?"])
    assert flat[0] == "Flatten"
    indented = [
        line for line in out("shapes", "cifar10-resnet").splitlines() if line.startswith("    Conv2d")
    ]
    assert indented, "what is inside of what"


def test_data_sets_say_whether_they_are_here(out: Callable[..., str]) -> None:
    found = {entry["id"]: entry for entry in json.loads(out("datasets", "--json"))}
    assert set(found) == {"mnist", "fashion-mnist", "cifar10", "folder", "shapes"}
    assert found["shapes"]["present"]
    assert not found["mnist"]["present"]
    head, rule, *rows, empty, last = out("datasets").replace("\u202f", " ").splitlines()
    cells = {line.split()[0]: re.split(r" {2,}", line) for line in rows}
    assert cells["mnist"][1:5] == ["no (downloaded when needed)", "28×28×1", "60 000", "10 000"]
    assert cells["folder"][1:3] == ["yours: --data DIR", "any"]
    assert cells["shapes"][1:5] == ["yes", "any", "2 000", "500"]
    assert (head.split()[0], empty) == ("id", "")
    assert set(rule) == {"─", " "}
    ends = {line.index(" 10 000") + 7 for line in rows if " 10 000" in line}
    assert len(ends) == 1, "numbers stand below each other"
    assert last.startswith("Data folder: ")


def test_exports_are_the_generated_source(out: Callable[..., str], tmp_path: Path) -> None:
    model, script = tmp_path / "model.py", tmp_path / "train.py"
    assert "Wrote the model" in out("export", "cifar10-first-cnn", "-o", str(model))
    assert "training script" in out("export", "cifar10-first-cnn", "-o", str(script), "--script")
    assert "class FirstCNN" in model.read_text("utf-8")
    assert len(script.read_text("utf-8")) > len(model.read_text("utf-8"))
    assert out("export", "cifar10-first-cnn", "-o", "-") == model.read_text("utf-8")


def test_what_cannot_be_exported_is_told(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert f"{tmp_path} cannot be written: " in refused(capsys, "export", "alexnet", "-o", str(tmp_path))
    faulty = document(layer("Conv2d", kernel_size=99), layer("Flatten"), layer("Linear", out_features=3))
    plain = tmp_path / "a network"  # a file is a file, whatever it is called
    plain.write_text(write_document(faulty), "utf-8")
    for how in ([], ["--script"]):
        assert "body[0]" in refused(capsys, "export", str(plain), *how, "-o", str(tmp_path / "model.py"))
    assert not (tmp_path / "model.py").exists()


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("shapes", "resnet19"), "There is no preset 'resnet19'"),
        (("shapes", "nowhere.cnn.json"), "There is no file nowhere.cnn.json."),
        (("shapes",), "MODEL"),
        (("train", "alexnet", "--engine", "abacus"), "invalid choice: 'abacus'"),
        (("train",), "Name a MODEL to train"),
        (("train", "alexnet", "--epochs", "0"), "expected a whole number of at least 1, got '0'"),
        (("train", "alexnet", "--limit", "many"), "expected a whole number of at least 1, got 'many'"),
        (("train", "alexnet", "--seed", "1.5"), "expected a whole number of at least 0, got '1.5'"),
        (("train", "alexnet", "--batch-size", "99999999"), "--batch-size"),
        (("train", "--resume", "a", "--out", "b"), "not allowed with argument"),
        (("evaluate",), "RUN"),
        (("export", "alexnet"), "-o"),
        (("export", "cifar10-first-cnn", "-o", "/no/such/folder/m.py"), "there is no folder /no/such/folder"),
        (("dance",), "invalid choice"),
    ],
)
def test_what_makes_no_sense_gets_one_line(
    capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], expected: str
) -> None:
    assert expected in refused(capsys, *arguments)


def test_a_broken_file_is_told_with_its_place(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "broken.cnn.json"
    text = write_document(document()).replace('"kernel_size": 5', '"kernel_size": "big"')
    path.write_text(text, "utf-8")
    assert "body[0].kernel_size" in refused(capsys, "shapes", str(path))
    path.write_bytes(b"\xff\xfe\x00")
    assert "is no text file" in refused(capsys, "shapes", str(path))
    path.unlink()
    path.mkdir()
    assert f"{path} cannot be read: " in refused(capsys, "shapes", str(path))


def test_help_and_version(out: Callable[..., str]) -> None:
    assert __version__ in out("--version")
    assert "train" in out("--help")


def test_a_name_that_is_nothing_opens_no_window(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", ["cnnstudio", "presetz"])
    assert __main__.main() == 2
    assert "neither a file nor a preset" in capsys.readouterr().err
    monkeypatch.setattr(sys, "argv", ["cnnstudio", "a" * 5000])
    assert __main__.main() == 2
    assert capsys.readouterr().err.endswith("export, train, evaluate, datasets, tensorboard).\n")
    assert cli.refusal("alexnet") is None
    assert cli.refusal(__file__) is None


def test_a_reader_that_has_seen_enough_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    class Closed(io.StringIO):
        def flush(self) -> None:
            raise BrokenPipeError

    errors = io.StringIO()
    monkeypatch.setattr(sys, "stdout", Closed())
    monkeypatch.setattr(sys, "stderr", errors)
    assert cli.main(["datasets"]) == 0
    assert errors.closed, "or Python would tell of the pipe at its end"


def test_signs_that_a_pipe_does_not_know_are_question_marks(monkeypatch: pytest.MonkeyPatch) -> None:
    pipe = io.TextIOWrapper(io.BytesIO(), encoding="cp1252")
    monkeypatch.setattr(sys, "stdout", pipe)
    assert cli.main(["datasets"]) == 0
    printed = pipe.buffer.getvalue().decode("cp1252")  # type: ignore[attr-defined]
    assert "??" in printed
    assert "28×28" in printed


@pytest.mark.parametrize(
    ("finished", "said"),
    [
        (
            Finished("my runs/1", 1, 0.5, 0.25, 1, 99.6),
            ["Test accuracy 50.00 % after 1 epoch (best in epoch 1), test loss 0.2500, 100 images/s"],
        ),
        (
            Finished("my runs/1", 9, 0.5, 0.25, 6, 99.6, early=True, weights_epoch=6),
            [
                "Test accuracy 50.00 % after 9 epochs (best in epoch 6), test loss 0.2500, 100 images/s",
                "Stopped early: the validation loss did not become better any more.",
                "The weights of epoch 6 are kept.",
            ],
        ),
        (
            Finished("my runs/1", 2, 0.0, 0.0, 1, 99.6, stopped=True),
            ["2 epochs trained (best is epoch 1), test images not looked at yet, 100 images/s"],
        ),
        (Finished("my runs/1", 0, 0.0, 0.0, 0, 0.0, stopped=True), []),
        (Finished("", 0, 0.0, 0.0, 0, 0.0, stopped=True), []),
    ],
)
def test_how_a_training_ended_is_told(
    capsys: pytest.CaptureFixture[str], finished: Finished, said: list[str]
) -> None:
    train._tell(finished, Namespace(json=False))
    *lines, last = capsys.readouterr().out.splitlines()
    assert lines == said
    end = "Stopped before there was a run." if not finished.run else "Run: my runs/1"
    if finished.stopped and finished.run:
        end = f"Stopped. Go on with: cnnstudio train --resume {shell.quoted(finished.run)}"
    assert last == end
    assert train._exit_code(finished) == (130 if finished.stopped else 0)
    assert train._exit_code(Failed("It broke.")) == 2


def test_what_is_kept_of_a_failed_training_is_said_once() -> None:
    bars = Bars()
    assert train._with_comfort("It broke.", bars) == "It broke."
    bars.show(Started("runs/1", "CPU", 2, 32, 256, 100, ("a", "b")))
    bars.kept = True
    assert train._with_comfort("It broke.", bars) == "It broke; the last checkpoint of runs/1 is kept."
    assert train._with_comfort("The checkpoint is gone.", bars) == "The checkpoint is gone."


def test_a_path_can_be_copied_into_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shell, "_WINDOWS", True)
    assert shell.quoted(r"D:\My Runs\1") == r'"D:\My Runs\1"'
    assert shell.quoted(r"D:\runs\1") == r"D:\runs\1"
    monkeypatch.setattr(shell, "_WINDOWS", False)
    assert shell.quoted("/my runs/run's") == """'/my runs/run'"'"'s'"""


def test_commands_that_compute_nothing_do_not_wait_for_torch(tmp_path: Path) -> None:
    commands = [
        ["presets"],
        ["shapes", "googlenet"],
        ["export", "googlenet", "-o", str(tmp_path / "model.py")],
        ["datasets"],
        ["--version"],
    ]
    code = f"""
import sys
from cnnstudio import __main__, cli
for command in {commands!r}:
    assert cli.main(command) == 0, command
print(sorted({{"torch", "PySide6", "tqdm"}} & set(sys.modules)))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
