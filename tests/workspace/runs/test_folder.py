"""Run folders are never shared, always listed, and readable when damaged."""

import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnstudio.core.fileformat import write_document
from cnnstudio.workspace import paths
from cnnstudio.workspace.atomic import part_path
from cnnstudio.workspace.presets import load_preset
from cnnstudio.workspace.process_lock import ProcessLock, is_locked
from cnnstudio.workspace.runs import (
    RunError,
    RunFolder,
    RunRecord,
    create_run,
    create_run_at,
    list_runs,
    utc_now,
)
from cnnstudio.workspace.runs import folder as folder_module

DAY = datetime(2026, 2, 14, 9, 30)


def test_folders_carry_date_name_and_a_number_of_their_own() -> None:
    names = [create_run("cifar10-first-cnn", now=DAY).name for _ in range(3)]

    assert names == [f"2026-02-14_cifar10-first-cnn_{n}" for n in (1, 2, 3)]
    assert (paths.runs_dir() / names[0]).is_dir()


def test_folders_made_at_the_same_moment_are_different(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: create_run("net", tmp_path), range(40)))

    assert len({folder.path for folder in made}) == 40


@given(name=st.text(max_size=200))
def test_any_document_name_makes_one_folder_below_the_root(
    tmp_path_factory: pytest.TempPathFactory, name: str
) -> None:
    root = tmp_path_factory.getbasetemp() / "any"
    folder = create_run(name, root)

    assert folder.path.is_dir()
    assert folder.path.parent == root
    assert not set(folder.name) & set('/\\:*?"<>|. ')


def test_korean_names_stay_readable(tmp_path: Path) -> None:
    assert create_run("나의 첫 CNN!", tmp_path, DAY).name == "2026-02-14_나의-첫-cnn_1"
    assert create_run("?!", tmp_path, DAY).name == "2026-02-14_network_1"


def test_a_named_folder_must_be_empty(tmp_path: Path) -> None:
    folder = create_run_at(tmp_path / "a" / "b")
    assert folder.path == tmp_path / "a" / "b"
    folder.write_record(RunRecord())

    with pytest.raises(RunError, match=r"is not empty: .*resume"):
        create_run_at(tmp_path / "a" / "b")


def test_what_was_killed_before_it_was_a_run_does_not_keep_its_folder(tmp_path: Path) -> None:
    folder = create_run_at(tmp_path / "run")
    lock = folder.hold()
    assert lock is not None
    folder.source.touch()
    (folder.path / ".document.cnn.json.0a1b2c3d.part").touch()
    with pytest.raises(RunError, match="is not empty"):  # somebody is at it
        create_run_at(folder.path)
    lock.release()
    assert create_run_at(folder.path) == folder
    (folder.path / "thesis.txt").touch()
    with pytest.raises(RunError, match="is not empty"):
        create_run_at(folder.path)


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(RunError, match="CNNSTUDIO_RUNS"):
        create_run("net", tmp_path / "file")
    with pytest.raises(RunError, match="No run folder could be made"):
        create_run_at(tmp_path / "file" / "run")


def test_a_record_survives_and_says_what_a_newer_version_added(tmp_path: Path) -> None:
    folder = create_run_at(tmp_path / "run")
    record = RunRecord(
        name="first", dataset="mnist", seed=7, device="cpu", started=utc_now(), versions={"torch": "2.14"},
        options={"limit": 500}, result={"test_accuracy": 0.5, "test_loss": float("nan"), "best_epoch": 2},
    )  # fmt: skip
    folder.write_record(record)

    read = folder.read_record()

    assert read.seed == 7
    assert read.result == {"test_accuracy": 0.5, "test_loss": None, "best_epoch": 2}
    assert read.with_changes(status="finished").status == "finished"
    folder.record.write_text('{"status": "finished", "seed": 3, "invented_later": [1]}')
    assert folder.read_record() == RunRecord(status="finished", seed=3)


def test_the_inputs_of_a_run_are_kept(tmp_path: Path) -> None:
    folder = create_run_at(tmp_path / "run")
    document = load_preset("cifar10-first-cnn")

    folder.write_inputs(document, "import torch\n")

    assert write_document(folder.read_document()) == write_document(document)
    assert folder.source.read_text() == "import torch\n"
    assert sorted(path.name for path in folder.path.iterdir()) == ["document.cnn.json", "model.py"]


def test_what_could_not_begin_leaves_only_what_is_not_its_own(tmp_path: Path) -> None:
    for name, others in (("mine", ["thesis.txt"]), ("new", [])):
        folder = create_run_at(tmp_path / name)
        lock = folder.hold()
        folder.write_inputs(load_preset("cifar10-first-cnn"), "import torch\n")
        folder.write_record(RunRecord())
        folder.classes.touch()
        for other in others:
            (folder.path / other).touch()
        folder.discard()
        assert lock is not None
        lock.release()
        assert folder.path.exists() == bool(others)
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["thesis.txt"]


def test_what_was_half_written_is_swept_from_every_folder_of_a_run(tmp_path: Path) -> None:
    folder = create_run_at(tmp_path / "run")
    folders = (folder.path, folder.checkpoints, folder.epochs, folder.filters, folder.looks)
    for inner in folders[:-1]:  # the last one is not there
        inner.mkdir(exist_ok=True)
        part_path(inner / "last.pt").touch()
        (inner / "last.pt").touch()
    folder.sweep()
    assert {path.name for path in folder.path.rglob("*") if path.is_file()} == {"last.pt"}


def test_a_note_changes_the_record_and_nothing_where_there_is_none(tmp_path: Path) -> None:
    folder = create_run_at(tmp_path / "run")
    folder.note(status="finished")
    assert not folder.record.exists()
    folder.write_record(RunRecord(seed=7))
    folder.note(status="finished")
    assert folder.read_record() == RunRecord(seed=7, status="finished")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows knows no shared locks of this kind")
def test_two_who_look_do_not_take_each_other_for_the_owner(tmp_path: Path) -> None:
    import fcntl

    path = tmp_path / "lock"
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        assert not is_locked(path)


@pytest.mark.parametrize("data", [None, b"\xff", b"{"])
def test_a_damaged_document_is_told(tmp_path: Path, data: bytes | None) -> None:
    folder = RunFolder(tmp_path)
    if data is not None:
        folder.document.write_bytes(data)

    with pytest.raises(RunError, match=r"document\.cnn\.json"):
        folder.read_document()


@pytest.mark.parametrize("status", ["running", "paused"])
def test_a_run_whose_process_is_gone_is_interrupted(tmp_path: Path, status: str) -> None:
    folder = create_run_at(tmp_path / "run")
    folder.write_record(RunRecord().with_changes(status=status))
    assert folder.read_record().status == "interrupted"
    lock = folder.hold()
    assert lock is not None
    assert folder.read_record().status == status
    assert list_runs(tmp_path)[0].record.status == status
    lock.release()
    assert list_runs(tmp_path)[0].record.status == "interrupted"
    lock = folder.hold()
    assert lock is not None, "who only looked has let go"
    lock.release()
    folder.write_record(RunRecord(status="stopped"))
    assert folder.read_record().status == "stopped"


def test_a_run_that_ends_while_somebody_looks_is_not_interrupted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = create_run_at(tmp_path / "run")
    run.write_record(RunRecord())

    def ends_now(path: Path) -> bool:
        run.write_record(RunRecord(status="finished"))
        return False

    monkeypatch.setattr(folder_module, "is_locked", ends_now)
    assert run.read_record().status == "finished"


def test_two_processes_cannot_train_one_run(tmp_path: Path) -> None:
    folder = create_run_at(tmp_path / "run")
    script = "import sys; from pathlib import Path; from cnnstudio.workspace.runs import RunFolder\n"
    script += "lock = RunFolder(Path(sys.argv[1])).hold(); print('held', flush=True); input()"
    command = [sys.executable, "-c", script, str(folder.path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        assert other.stdout.readline().strip() == b"held"
        with pytest.raises(RunError, match="being trained by another process"):
            folder.hold()
        other.kill()
    lock = folder.hold()
    assert lock is not None
    lock.release()


def test_a_look_does_not_keep_the_trainer_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = create_run_at(tmp_path / "run")
    looking = ProcessLock(folder.lock)
    waits: list[float] = []

    def wait(seconds: float) -> None:
        waits.append(seconds)
        looking.release()

    monkeypatch.setattr(time, "sleep", wait)
    lock = folder.hold()
    assert lock is not None
    assert len(waits) == 1
    lock.release()


def test_runs_are_listed_latest_first_and_damaged_ones_are_shown(tmp_path: Path) -> None:
    for name, started in (("b", "2026-01-02T00:00:00Z"), ("a", "2026-01-03T00:00:00Z")):
        create_run_at(tmp_path / name).write_record(RunRecord(name=name, started=started))
    (tmp_path / "damaged").mkdir()
    (tmp_path / "damaged" / "run.json").write_text('{"status": "flying"}')
    (tmp_path / "no run").mkdir()
    (tmp_path / "file").touch()

    runs = list_runs(tmp_path)

    assert [run.record.name for run in runs] == ["a", "b", "damaged"]
    assert runs[-1].record.status == "unreadable"
    assert "run.json cannot be read" in runs[-1].record.problem


def test_no_runs_is_an_empty_list(tmp_path: Path) -> None:
    assert list_runs(tmp_path / "nowhere") == ()
    with pytest.raises(RunError, match="is no run folder"):
        RunFolder(tmp_path / "nowhere").read_record()


def test_metrics_go_on_where_they_ended(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path / "run")
    for epoch in (1, 2):
        with folder.open_metrics() as log:
            log.append({"epoch": epoch})

    assert folder.read_metrics() == [{"epoch": 1}, {"epoch": 2}]
