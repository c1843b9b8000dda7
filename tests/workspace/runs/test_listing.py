"""Rows for the table of runs: right, cheap, and never broken by what lies in a folder."""

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnstudio.core.fileformat import write_document
from cnnstudio.core.infer import infer
from cnnstudio.core.training import Optimizer
from cnnstudio.workspace.atomic import write_text
from cnnstudio.workspace.errors import RunError
from cnnstudio.workspace.presets import load_preset
from cnnstudio.workspace.process_lock import ProcessLock
from cnnstudio.workspace.runs import RunFolder, listing
from cnnstudio.workspace.runs.following import MOST_STEPS, Followed
from cnnstudio.workspace.runs.labels import (
    LONGEST_NOTES,
    LONGEST_TAG,
    MOST_TAGS,
    Labels,
    read_labels,
    tags_in,
    write_labels,
)
from cnnstudio.workspace.runs.listing import RunReader, RunRow
from cnnstudio.workspace.runs.searching import query
from tests.workspace.runs.made_runs import epoch_line, made_run, step_line


def only(root: Path) -> RunRow:
    (row,) = rows(root)
    return row


def rows(root: Path) -> list[RunRow]:
    return [row for batch in RunReader(root).look() for row in batch]


def test_a_row_says_what_the_run_reached(tmp_path: Path) -> None:
    folder = made_run(tmp_path, "First CNN", seed=7, group="g", parent="p", options={"data_dir": "/photos"})
    write_labels(folder.path, Labels(("good",), "A start."))
    row = only(tmp_path)
    assert (row.path, row.name, row.status) == (str(folder.path), "First CNN", "finished")
    assert (row.epochs, row.asked, row.best_epoch) == (3, 3, 2)
    assert (row.best_accuracy, row.last_accuracy, row.last_loss) == (0.8, 0.7, pytest.approx(1 / 3))
    assert row.params == 235_146
    assert (row.optimizer, row.lr, row.batch_size) == ("SGD", 0.01, 64)
    assert (row.images_per_second, row.seconds, row.seed) == (1003.0, 3.0, 7)
    assert (row.group, row.parent, row.test_accuracy) == ("g", "p", 0.7)
    assert (row.tags, row.notes, row.problem, row.data_dir) == (("good",), "A start.", "", "/photos")
    assert (row.started, row.finished) == ("2026-11-20T10:00:00Z", "")


@pytest.mark.parametrize(
    ("accuracies", "best"),
    [((None, 0.5, 0.75, 0.25), (3, 0.75)), ((0.0, None), (1, 0.0)), ((None, None), (None, None))],
)
def test_where_no_best_epoch_is_told_it_is_that_of_the_highest_accuracy(
    tmp_path: Path, accuracies: tuple[float | None, ...], best: tuple[int | None, float | None]
) -> None:
    folder = made_run(tmp_path)
    lines = (epoch_line(number, accuracy, 10, 0) for number, accuracy in enumerate(accuracies, start=1))
    folder.metrics.write_text("".join(lines))
    row = only(tmp_path)
    assert (row.best_epoch, row.best_accuracy) == best
    assert (row.epochs, row.last_accuracy) == (len(accuracies), accuracies[-1])


def test_each_run_tells_its_own_network_and_follows_its_file(tmp_path: Path) -> None:
    small, large = load_preset("fashion-dnn"), load_preset("cifar10-first-cnn")
    slow = large.training.model_copy(update={"optimizer": Optimizer(name="Adam", lr=0.5), "batch_size": 8})
    folders = [made_run(tmp_path, name, document=small) for name in ("a", "b", "c", "d", "e")]
    reader = RunReader(tmp_path)

    def told() -> dict[str, tuple[object, ...]]:
        found = (row for batch in reader.look() for row in batch)
        return {row.name: (row.params, row.optimizer, row.lr, row.batch_size) for row in found}

    assert set(told().values()) == {(235_146, "SGD", 0.01, 64)}
    write_text(folders[0].document, write_document(large.changed(training=slow)))
    for folder, text in zip(folders[1:], ("{", "[]", '{"training": {"batch_size": "many"}}', "[" * 100_000)):
        write_text(folder.document, text)
    nothing = (None, "", None, None)
    assert told() == {
        "a": (infer(large).params, "Adam", 0.5, 8), "b": nothing, "c": nothing, "d": nothing, "e": nothing
    }  # fmt: skip
    folders[0].document.write_bytes(b"\xff\xfe")
    folders[1].document.unlink()
    assert set(told().values()) == {nothing}


def test_metrics_of_a_validation_split_are_read_too(tmp_path: Path) -> None:
    made_run(tmp_path, held="val")
    assert only(tmp_path).best_accuracy == 0.8


def test_only_what_changed_is_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = made_run(tmp_path, "One"), made_run(tmp_path, "Two")
    reader = RunReader(tmp_path)
    assert len([row for batch in reader.look() for row in batch]) == 2
    read: list[str] = []
    original = RunFolder.read_record
    monkeypatch.setattr(RunFolder, "read_record", lambda self: read.append(self.name) or original(self))
    list(reader.look())
    assert not read
    with first.metrics.open("a") as file:
        file.write(epoch_line(4, 0.95, 10, 4))
    found = {row.path: row for batch in reader.look() for row in batch}
    assert read == [first.name]
    assert found[str(first.path)].best_accuracy == 0.95
    assert found[str(second.path)].best_accuracy == 0.8


def test_new_and_removed_runs_are_seen(tmp_path: Path) -> None:
    reader = RunReader(tmp_path / "runs")
    assert list(reader.look()) == []
    folder = made_run(tmp_path / "runs")
    (tmp_path / "runs" / "no run").mkdir()
    assert [row.path for batch in reader.look() for row in batch] == [str(folder.path)]
    newer = made_run(tmp_path / "runs", "Zebra")
    found = [row.name for batch in reader.look(most=1) for row in batch]
    assert found == ["Zebra", "Made"], "the latest first"
    shutil.rmtree(newer.path)
    folder.record.unlink()
    assert [row for batch in reader.look() for row in batch] == []
    assert not set(reader._rows) - {str(folder.path)}, "what is gone is not kept in mind"


def test_a_run_without_its_process_is_interrupted_and_one_with_it_is_not(tmp_path: Path) -> None:
    folder = made_run(tmp_path, status="running")
    reader = RunReader(tmp_path)
    with_lock = ProcessLock(folder.lock)
    assert next(iter(reader.look()))[0].status == "running"
    with_lock.release()
    (row,) = next(iter(reader.look()))
    assert row.status == "interrupted"
    assert "continue" in row.problem


def _garbage(folder: RunFolder) -> None:
    folder.record.write_text("{")


def _pipe(folder: RunFolder) -> None:
    folder.record.unlink()
    os.mkfifo(folder.record)


def _huge(folder: RunFolder) -> None:
    with folder.record.open("r+b") as file:
        file.truncate(1 << 30)


@pytest.mark.parametrize(
    "damage",
    [_garbage, _huge, pytest.param(_pipe, marks=pytest.mark.skipif(os.name == "nt", reason="no pipes"))],
)
def test_an_unreadable_run_is_a_row_with_a_sentence(
    tmp_path: Path, damage: Callable[[RunFolder], None]
) -> None:
    good, bad = made_run(tmp_path, "Good"), made_run(tmp_path, "Bad")
    damage(bad)
    found = {row.path: row for row in rows(tmp_path)}
    assert found[str(good.path)].status == "finished"
    assert found[str(bad.path)].status == "unreadable"
    assert bad.record.name in found[str(bad.path)].problem
    assert "\n" not in found[str(bad.path)].problem


@pytest.mark.skipif(os.name == "nt", reason="no pipes")
def test_pipes_in_the_place_of_other_files_do_not_hang(tmp_path: Path) -> None:
    folder = made_run(tmp_path)
    for path in (folder.metrics, folder.document, folder.path / "labels.json"):
        path.unlink(missing_ok=True)
        os.mkfifo(path)
    row = only(tmp_path)
    assert (row.epochs, row.params, row.tags) == (0, None, ())


def test_texts_of_a_file_cannot_leave_their_line(tmp_path: Path) -> None:
    made_run(tmp_path, name="x", problem="a\nb\x1b[2J" + "c" * 9999)
    row = only(tmp_path)
    assert row.problem == "a b [2J" + "c" * 193


scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.just([])
lines = st.dictionaries(
    st.sampled_from(
        ("kind", "epoch", "step", "test_loss", "val_accuracy", "best_epoch", "lr", "seconds", "note")
    ),
    scalars | st.sampled_from(("epoch", "step", "event")),
)


@given(st.lists(lines | st.text(max_size=20) | st.just({"kind": "epoch", "epoch": 3, "best_epoch": 3})))
def test_nothing_in_a_metrics_file_breaks_reading(
    tmp_path_factory: pytest.TempPathFactory, found: list[object]
) -> None:
    path = tmp_path_factory.mktemp("metrics") / "metrics.jsonl"
    path.write_text("\n".join(json.dumps(line) for line in found) + "\n", "utf-8")
    followed = Followed(path)
    followed.look()
    for epoch in followed.epochs:
        assert epoch.epoch >= 1
        assert all(type(v) is float or v is None for v in (epoch.val_loss, epoch.lr, epoch.seconds))
    assert [e.epoch for e in followed.epochs] == sorted({e.epoch for e in followed.epochs})


def test_a_growing_file_is_read_on_and_a_half_line_waits(tmp_path: Path) -> None:
    path = tmp_path / "metrics.jsonl"
    followed = Followed(path)
    assert not followed.look()
    whole = epoch_line(1, 0.5, 10, 1)
    path.write_text(step_line(1, 1) + whole[:30])
    assert followed.look()
    assert not followed.epochs
    with path.open("a") as file:
        file.write(whole[30:] + '{"kind": "adjusted", "epoch": 1, "step": 4, "lr": 0.5}\n')
    assert followed.look()
    assert [e.val_accuracy for e in followed.epochs] == [0.5]
    assert [(e.kind, e.step, dict(e.values)) for e in followed.events] == [("adjusted", 4, {"lr": "0.5"})]
    assert not followed.look()


def test_a_resumed_run_that_rewrote_its_metrics_is_read_from_the_start(tmp_path: Path) -> None:
    folder = made_run(tmp_path)
    followed = Followed(folder.metrics)
    followed.look()
    fresh = tmp_path / "fresh"
    fresh.write_text(epoch_line(1, 0.25, 10, 1))
    fresh.replace(folder.metrics)
    followed.look()
    assert [e.val_accuracy for e in followed.epochs] == [0.25]
    assert not followed.points


def test_a_million_steps_stay_a_bounded_number_of_points(tmp_path: Path) -> None:
    path = tmp_path / "metrics.jsonl"
    path.write_text("".join(step_line(1, step) for step in range(1, 60_001)))
    followed = Followed(path)
    followed.look()
    assert MOST_STEPS / 3 < len(followed.points) <= MOST_STEPS
    gaps = {b.step - a.step for a, b in zip(followed.points, followed.points[1:])}
    assert gaps == {followed.stride}


def test_a_hundred_runs_are_read_once_and_shown_as_they_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = made_run(tmp_path)
    for number in range(99):
        shutil.copytree(made.path, tmp_path / f"copy-{number}")
    read: list[RunFolder] = []
    understood: list[str] = []
    fresh, count = RunReader._fresh, listing._count_parameters

    def reading(reader: RunReader, folder: RunFolder, stamp: Any) -> RunRow:
        read.append(folder)
        return fresh(reader, folder, stamp)

    def counting(text: str) -> int | None:
        understood.append(text)
        return count(text)

    monkeypatch.setattr(RunReader, "_fresh", reading)
    monkeypatch.setattr(listing, "_count_parameters", counting)
    reader = RunReader(tmp_path)
    batches = reader.look(most=16)
    assert (len(next(batches)), len(read)) == (16, 16)
    list(batches)
    assert (len(read), len(understood)) == (100, 1), "a hundred runs of one network"
    assert sum(len(batch) for batch in reader.look()) == 100
    assert len(read) == 100


def test_labels_are_kept_and_cleaned(tmp_path: Path) -> None:
    write_labels(tmp_path, Labels(tags_in(" baseline, #lr  sweep,Baseline,, \n"), "It\nworked."))
    assert read_labels(tmp_path) == Labels(("baseline", "lr sweep"), "It\nworked.")
    (tmp_path / "labels.json").write_text('{"tags": [1, "ok", {"a": 2}], "notes": 5}')
    assert read_labels(tmp_path) == Labels(("ok",), "")
    (tmp_path / "labels.json").write_text("[")
    assert read_labels(tmp_path) == Labels()
    (tmp_path / "labels.json").write_text('{"notes": "%s"}' % ("x" * (1 << 20)))
    assert read_labels(tmp_path) == Labels(), "nobody wrote so much"
    (tmp_path / "labels.json").write_text('{"notes": "%s"}' % ("x" * (LONGEST_NOTES + 9)))
    assert len(read_labels(tmp_path).notes) == LONGEST_NOTES


def test_labels_are_short_enough_to_be_shown_and_a_disk_that_refuses_is_told(tmp_path: Path) -> None:
    many = tags_in(",".join(f"tag {number}" for number in range(99)))
    assert many == tuple(f"tag {number}" for number in range(MOST_TAGS))
    assert tags_in("a" * (LONGEST_TAG - 1) + " b" + ",c\x1b[2J") == ("a" * (LONGEST_TAG - 1), "c [2J")
    write_labels(tmp_path, Labels(notes="x" * (LONGEST_NOTES + 9)))
    assert read_labels(tmp_path).notes == "x" * LONGEST_NOTES
    (tmp_path / "file").touch()
    with pytest.raises(RunError, match=r"^Tags and notes could not be saved in .*file \(.+\)\.$"):
        write_labels(tmp_path / "file", Labels(("a",)))
    (tmp_path / "run" / "labels.json").mkdir(parents=True)
    assert read_labels(tmp_path / "run") == Labels()


@given(st.text())
def test_any_text_makes_tags_that_survive_the_disk(text: str) -> None:
    tags = tags_in(text)
    assert tags_in(", ".join(tags)) == tags


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", True),
        ("first cnn", True),
        ("CIFAR", True),
        ("tag:base", True),
        ("tag:lr", False),
        ("tag:", True),
        ('tag:"base line"', True),
        ("status:failed", False),
        ("status:fin data:cifar", True),
        ("tag:line", False),
        ("tag:sweep", True),
        ("name:first data:10", True),
        ("great", True),
        ("GREAT start", True),
        ("finished", True),
        ("first vgg", False),
        ("vgg first", False),
        ('"first cnn"', True),
        ('"cnn great"', False),
        ("tag", False),
        ("12:30", False),
    ],
)
def test_words_and_fields_find_runs(text: str, found: bool) -> None:
    row = RunRow(
        path="/runs/2026-11-22_first-cnn_3",
        name="First CNN",
        status="finished",
        dataset="cifar10",
        tags=("Base line", "sweep"),
        notes="A great start",
    )
    assert query(text).matches(row) is found
