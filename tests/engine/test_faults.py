"""What goes wrong outside the program, for real: each ends in one sentence, and the run can go on."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest
import torch

from cnnstudio.core.messages import (
    Epoch,
    Failed,
    Finished,
    Message,
    Paused,
    Resumed,
    Skipped,
    Started,
    Step,
)
from cnnstudio.core.requests import Adjust, Job
from cnnstudio.engine import checkpoint as checkpoints
from cnnstudio.engine.control import Control
from cnnstudio.engine.step import Stepper
from cnnstudio.engine.train import run
from cnnstudio.engine.weights import are_finite
from cnnstudio.workspace.runs import RunFolder
from tests.engine.tiny import Heard, document
from tests.workspace.datasets.photos import place_photos

STEPS = 4


@pytest.fixture(scope="module")
def told() -> dict[str, Any]:
    """What `faulty.py` met, in processes of its own."""
    if sys.platform != "linux":
        pytest.skip("limits and file systems of one's own are Linux's")
    memory = Path("/dev/shm")  # not to wait for a disk
    with tempfile.TemporaryDirectory(dir=memory if os.access(memory, os.W_OK) else None) as root:
        command = [sys.executable, "-m", "tests.engine.faulty", root]
        environment = {**os.environ, "OMP_NUM_THREADS": "1", "CNNSTUDIO_CACHE": f"{root}/cache"}
        done = subprocess.run(
            command,
            cwd=Path(__file__).parents[2],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=170,
        )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize(("name", "batch", "least"), [("memory", 2048, 256), ("numpy_memory", 200, 32)])
def test_a_batch_that_does_not_fit_names_one_that_does(
    told: dict[str, Any], name: str, batch: int, least: int
) -> None:
    found = told[name]
    assert found["sentence"] == (
        f"Memory ran out with {batch} images a batch: a batch size of {found['size']} fits."
    )
    assert least <= found["size"] < batch
    assert found["status"] == "failed"
    assert found["fits"] is True


def test_a_full_disk_stops_the_run_and_keeps_its_last_checkpoint(told: dict[str, Any]) -> None:
    for found in told["disk"].values():
        assert found["failed"]
        assert found["sentence"].endswith("make room, then resume the run from its last checkpoint.")
        assert ("The disk is full at " in found["sentence"]) != found["limited"]
        assert found["kept"] >= 2
        # Where not even `run.json` could be written, the run is seen to have been interrupted.
        assert found["status"] in ("failed", "interrupted")
        assert found["resumed"] is True
        assert found["outcome"] == told["plain"]


def test_no_room_for_a_run_leaves_nothing(told: dict[str, Any]) -> None:
    found = told["no_disk"]
    if found.get("skipped"):
        pytest.skip("a small file system may not be made here")
    assert found["sentence"].startswith("The disk is full at ")
    assert found["sentence"].endswith("make room, then start again.")
    assert found["left"] == ["filler"]


def test_data_that_vanish_are_told_before_and_not_needed_in_the_midst(told: dict[str, Any]) -> None:
    found = told["data"]
    assert found["sentence"].startswith("There is no folder ")
    assert found["status"] == "finished"  # its one epoch; a refusal to go on changes nothing
    assert found["midst"] is True
    assert found["same"]


def test_a_mapped_file_that_is_cut_short_kills_the_process_but_not_the_run(told: dict[str, Any]) -> None:
    assert told["cut"] == -7
    assert told["after_the_cut"] == {"status": "interrupted", "same": True}


def exploding() -> Any:
    """A learning rate that is good in the first epoch and a million times that in the second."""
    schedule = {"name": "step", "step_size": 1, "gamma": 1e6}
    return document(epochs=3, schedule=schedule)


def test_a_loss_that_explodes_leaves_the_weights_from_before(tmp_path: Path) -> None:
    heard = Heard()
    outcome = run(Job(exploding(), run=str(tmp_path / "run"), limit=128), heard, Control())
    assert isinstance(outcome, Failed)
    assert "in epoch 2, step" in outcome.sentence
    assert "try a learning rate below 50000, 5000 for a start" in outcome.sentence
    require_usable(RunFolder(tmp_path / "run"), heard)


def test_weights_that_explode_with_the_last_step_are_not_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    update, taken = Stepper.update, 0
    heard = Heard()

    def explode(stepper: Stepper) -> None:
        nonlocal taken
        update(stepper)
        taken += bool(heard.of(Started))  # the steps before are timed, to choose by
        if taken == 2 * STEPS:
            stepper.weights[0].data.fill_(float("nan"))

    monkeypatch.setattr(Stepper, "update", explode)
    outcome = run(Job(document(epochs=3), run=str(tmp_path / "run"), limit=128), heard, Control())
    assert isinstance(outcome, Failed)
    assert outcome.sentence.startswith("The weights became infinite or undefined in epoch 2, step 8")
    require_usable(RunFolder(tmp_path / "run"), heard)


def require_usable(folder: RunFolder, heard: Heard) -> None:
    assert [epoch.epoch for epoch in heard.of(Epoch)] == [1]
    kept = checkpoints.load(folder)
    assert (kept.progress.epoch, kept.progress.step) == (2, STEPS)
    assert are_finite(kept.model.values())
    assert folder.read_record().status == "failed"
    outcome = run(Job(None, run=str(folder.path), resume=True, epochs=1), Heard(), Control())
    assert isinstance(outcome, Finished)


def test_a_run_whose_folder_is_deleted_keeps_what_it_learns(tmp_path: Path) -> None:
    path, control = tmp_path / "run", Control()

    class Deleting(Heard):
        def __call__(self, message: Message) -> None:
            super().__call__(message)
            if isinstance(message, Epoch) and message.epoch == 1:
                shutil.rmtree(path)
                control.adjust(Adjust(lr=0.02))
                control.pause()
            if isinstance(message, Paused):
                control.resume()

    heard = Deleting()
    outcome = run(Job(document(epochs=2), run=str(path), limit=128), heard, control)
    assert isinstance(outcome, Finished)
    assert heard.of(Step)[-1].lr == 0.02
    assert heard.of(Resumed)
    folder = RunFolder(path)
    assert folder.read_record().status == "finished"
    resumed = run(Job(None, run=str(path), resume=True, epochs=3), Heard(), Control())
    assert isinstance(resumed, Finished)
    assert resumed.epochs == 3


def test_broken_images_are_left_out_and_told(tmp_path: Path) -> None:
    photos = tmp_path / "photos"
    place_photos(photos, {"ant": 12, "bee": 12})
    whole = (photos / "ant" / "003.png").read_bytes()
    (photos / "ant" / "003.png").write_bytes(whole[: len(whole) // 2])
    (photos / "bee" / "004.png").write_bytes(b"")
    (photos / "bee" / "005.png").write_text("no image")
    heard = Heard()
    doc = document(dataset="folder", epochs=1, batch_size=4)
    outcome = run(Job(doc, run=str(tmp_path / "run"), data_dir=str(photos)), heard, Control())
    assert isinstance(outcome, Finished)
    (skipped,) = heard.of(Skipped)
    assert skipped.images == 3
    names = sorted(path.partition(":")[0] for path in skipped.paths)
    assert names == ["ant/003.png", "bee/004.png", "bee/005.png"]
    record = RunFolder(tmp_path / "run").read_record()
    assert (record.skipped_images, record.skipped) == (3, skipped.paths)


def test_nothing_in_a_run_that_somebody_else_made_is_executed(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path / "run")
    run(Job(document(epochs=1), run=str(folder.path), limit=64), Heard(), Control())
    harm = tmp_path / "harm"
    folder.source.write_text(f"import os\nos.mkdir({str(harm)!r})\n")
    resumed = run(Job(None, run=str(folder.path), resume=True, epochs=2), Heard(), Control())
    assert isinstance(resumed, Finished)
    assert "os.mkdir" not in folder.source.read_text()

    command = f"cos\nmkdir\n(V{harm}\ntR.".encode()
    for path in (*folder.checkpoints.iterdir(), folder.weights, folder.best_weights):
        path.write_bytes(command)
    for name in (checkpoints.LAST, checkpoints.PREVIOUS, checkpoints.BEST):
        torch.save({"version": 1, "model": Harmful(harm)}, checkpoints.checkpoint_path(folder, name))
    refused = run(Job(None, run=str(folder.path), resume=True, epochs=3), Heard(), Control())
    assert isinstance(refused, Failed)
    assert "last.pt is no checkpoint" in refused.sentence
    assert not harm.exists()


class Harmful:
    def __init__(self, path: Path) -> None:
        self.path = str(path)

    def __reduce__(self) -> tuple[Any, ...]:
        return os.mkdir, (self.path,)
