"""Runs for other programs: a table, TensorBoard; and what differs between two."""

import csv
import importlib.util
import io
import json
import sys
from pathlib import Path

import pytest

from cnnstudio import cli
from cnnstudio.cli.shell import quoted
from cnnstudio.core.training import Optimizer
from cnnstudio.workspace.errors import RunError
from cnnstudio.workspace.presets import load_preset
from cnnstudio.workspace.runs import tensorboard
from cnnstudio.workspace.runs.compare import facts_of, setting_changes, settings_of
from cnnstudio.workspace.runs.following import Followed
from cnnstudio.workspace.runs.record import RunRecord
from cnnstudio.workspace.runs.table_file import metrics_table, write_metrics_table
from cnnstudio.workspace.runs.tensorboard import export_run, scalars
from cnnstudio.workspace.runs.trash import Trashed, restore
from tests.workspace.runs.made_runs import epoch_line, made_run

with_tensorboard = pytest.mark.skipif(
    importlib.util.find_spec("tensorboard") is None, reason="the extra tensorboard is not installed"
)


def test_epochs_of_several_runs_are_one_table(tmp_path: Path) -> None:
    runs = [made_run(tmp_path, "One").path, made_run(tmp_path, "Two", accuracies=(0.25,)).path]
    rows = list(csv.DictReader(io.StringIO(metrics_table(runs))))
    assert [row["run"] for row in rows] == [runs[0].name] * 3 + [runs[1].name]
    assert [float(row["val_accuracy"]) for row in rows] == [0.5, 0.8, 0.7, 0.25]
    assert rows[0]["held"] == "test"
    assert rows[2]["epoch"] == "3"


def test_a_hostile_folder_name_is_no_formula(tmp_path: Path) -> None:
    folder = made_run(tmp_path)
    evil = tmp_path / "=1+1"
    folder.path.rename(evil)
    assert "\n'=1+1," in metrics_table([evil])


def test_what_is_not_known_is_an_empty_cell_of_the_file(tmp_path: Path) -> None:
    folder = made_run(tmp_path)
    with folder.metrics.open("a") as file:
        file.write(epoch_line(4, None, 10, 2))
    write_metrics_table([folder.path], tmp_path / "tables" / "에폭.csv")
    text = (tmp_path / "tables" / "에폭.csv").read_text("utf-8")
    *_, last = csv.DictReader(io.StringIO(text))
    assert (last["epoch"], last["val_accuracy"], last["val_loss"]) == ("4", "", "0.25")


def test_scalars_are_what_was_logged(tmp_path: Path) -> None:
    folder = made_run(tmp_path, held="val")
    with folder.metrics.open("a") as file:
        file.write(epoch_line(4, None, 10, 2, "val"))
    followed = Followed(folder.metrics)
    followed.look()
    found = list(scalars(followed.epochs, followed.points))
    accuracy = [(s.step, s.value) for s in found if s.tag == "accuracy/validation"]
    assert accuracy == [(10, 0.5), (20, 0.8), (30, 0.7)]
    assert len([s for s in found if s.tag == "step/loss"]) == 30
    assert {s.tag for s in found} == {
        "step/loss",
        "step/accuracy",
        "loss/train",
        "loss/validation",
        "accuracy/train",
        "accuracy/validation",
        "learning_rate",
        "images_per_second",
    }


@with_tensorboard
def test_tensorboard_reads_what_was_exported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CNNSTUDIO_RUNS", str(tmp_path / "runs"))
    first, second = made_run(tmp_path / "runs", "One"), made_run(tmp_path / "runs", "Two", accuracies=(0.5,))
    for _ in range(2):  # a second export takes the place of the first
        assert cli.main(["tensorboard", "--out", str(tmp_path / "logs")]) == 0
    assert "Wrote 2 runs" in capsys.readouterr().out
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    events = EventAccumulator(str(tmp_path / "logs" / first.name))
    events.Reload()
    read = [(event.step, round(event.value, 6)) for event in events.Scalars("accuracy/test")]
    assert read == [(10, 0.5), (20, 0.8), (30, 0.7)]
    assert events.Scalars("accuracy/test")[1].wall_time == pytest.approx(1795168802.0)
    assert len(list((tmp_path / "logs" / second.name).iterdir())) == 1


def test_all_runs_are_exported_but_for_those_that_have_nothing_to_tell(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    written: list[Path] = []
    monkeypatch.setattr(tensorboard, "_write", lambda found, started, target: written.append(target))
    monkeypatch.setenv("CNNSTUDIO_RUNS", str(tmp_path / "runs"))
    logs = tmp_path / "my logs"
    assert cli.main(["tensorboard", "--out", str(logs)]) == 0
    assert capsys.readouterr().out == "There are no runs yet.\n"
    good, bad = made_run(tmp_path / "runs", "Good"), made_run(tmp_path / "runs", "Bad", accuracies=())
    broken = made_run(tmp_path / "runs", "Broken")
    broken.record.write_text("{")
    assert cli.main(["tensorboard", "--out", str(logs)]) == 0
    told = capsys.readouterr()
    assert told.out.startswith(f"Wrote 1 run to {logs}.")
    assert told.out.endswith(f"tensorboard --logdir {quoted(str(logs))}\n")
    assert [line.partition(": ")[0] for line in told.err.splitlines()] == ["Left out"] * 2
    assert f"{bad.path} has no metrics yet" in told.err
    assert str(broken.record) in told.err
    monkeypatch.chdir(good.path)
    assert cli.main(["tensorboard", ".", "--out", str(logs), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"logdir": str(logs), "runs": [str(logs / good.name)]}
    assert written == [logs / good.name] * 2
    assert cli.main(["tensorboard", str(bad.path), "--out", str(logs)]) == 2


@pytest.mark.parametrize("named", [True, False])
def test_without_tensorboard_one_sentence_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], named: bool
) -> None:
    for name in [name for name in sys.modules if name.partition(".")[0] == "tensorboard"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "tensorboard", None)
    monkeypatch.setenv("CNNSTUDIO_RUNS", str(tmp_path))
    runs = [str(made_run(tmp_path).path)]
    assert cli.main(["tensorboard", *runs[:named], "--out", str(tmp_path / "logs")]) == 2
    said = capsys.readouterr().err
    assert f'"{sys.executable}" -m pip install "cnnstudio[tensorboard]"' in said
    assert said.count("\n") == 1
    assert not (tmp_path / "logs").exists()


def test_a_run_without_metrics_cannot_be_exported(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="no metrics"):
        export_run(made_run(tmp_path, accuracies=()).path, tmp_path / "logs")


def test_settings_that_differ_are_named_with_both_values() -> None:
    left = load_preset("fashion-dnn").training
    right = left.model_copy(update={"optimizer": Optimizer(name="Adam", lr=0.001), "epochs": 3})
    assert not setting_changes(settings_of(left), settings_of(left))
    found = {
        c.path: (c.group, c.label, c.left, c.right)
        for c in setting_changes(settings_of(left), settings_of(right))
    }
    assert found == {
        "epochs": ("", "Epochs", left.epochs, 3),
        "optimizer.name": ("Optimizer", "Optimizer", "SGD", "Adam"),
        "optimizer.lr": ("Optimizer", "Learning rate", 0.01, 0.001),
    }
    assert all(s.label[0].isupper() for s in settings_of(left)), "words, not names of Python"
    paths = [s.path for s in settings_of(left)]
    assert len(paths) == len(set(paths))
    assert {"augment.flip", "validation.fraction", "seed"} <= set(paths)


def test_facts_that_only_one_run_has_differ_too() -> None:
    left = RunRecord(device="CPU", options={"limit": 10, "threads": None}, versions={"torch": "2.14"})
    right = RunRecord(device="CPU", options={"compiled": True}, versions={"torch": "2.15"})
    assert "options.threads" not in {fact.path for fact in facts_of(left)}, "nothing was asked"
    found = {c.path: (c.left, c.right) for c in setting_changes(facts_of(left), facts_of(right))}
    assert found == {
        "options.limit": (10, None),
        "versions.torch": ("2.14", "2.15"),
        "options.compiled": (None, True),
    }


def test_a_run_comes_back_from_the_trash(tmp_path: Path) -> None:
    folder = made_run(tmp_path / "runs")
    trash = tmp_path / "Trash"
    (trash / "files").mkdir(parents=True)
    (trash / "info").mkdir()
    kept = trash / "files" / folder.name
    (trash / "info" / f"{folder.name}.trashinfo").touch()
    folder.path.rename(kept)
    restore(Trashed(folder.path, str(kept)))
    assert folder.read_record().status == "finished"
    assert not list((trash / "info").iterdir())
    with pytest.raises(RunError, match="no longer"):
        restore(Trashed(folder.path, str(kept)))
    with pytest.raises(RunError, match="exists again"):
        restore(Trashed(folder.path, str(folder.path)))
    folder.path.rename(tmp_path / "bin")  # of a system that notes nothing beside it
    with pytest.raises(RunError, match="no longer"):
        restore(Trashed(folder.path, ""))
    (tmp_path / "runs").rmdir()
    with pytest.raises(RunError, match=rf"^{folder.name} could not be taken out of the trash \(\D+\)\.$"):
        restore(Trashed(folder.path, str(tmp_path / "bin")))
    (tmp_path / "runs").mkdir()
    restore(Trashed(folder.path, str(tmp_path / "bin")))
    assert folder.read_record().status == "finished"
