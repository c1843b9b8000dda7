"""A resumed run sees the very images, changed in the very way, that an uninterrupted one does."""

import multiprocessing
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from cnnstudio.core.messages import Epoch, Failed, Message, Started
from cnnstudio.core.requests import Job
from cnnstudio.engine.control import Control
from cnnstudio.engine.train import run
from cnnstudio.workspace.datasets.folder import scan_folder
from cnnstudio.workspace.runs import RunFolder
from tests.engine.test_data import EVERY_CHANGE
from tests.engine.tiny import Heard, document
from tests.workspace.datasets.photos import place_photos


def train(job: Job, heard: Heard | None = None) -> Heard:
    heard = Heard() if heard is None else heard
    run(job, heard, Control())
    assert not heard.of(Failed)
    return heard


class WithoutPillow(Heard):
    """From its first step on nothing is to decode or change a single image, nor to start a process."""

    def __init__(self, forbid: Callable[[], None]) -> None:
        super().__init__()
        self._forbid = forbid

    def __call__(self, message: Message) -> None:
        super().__call__(message)
        if isinstance(message, Started):
            self._forbid()


@pytest.mark.parametrize("kind", ["shapes", "folder"])
def test_a_resumed_run_is_augmented_as_an_uninterrupted_one(
    tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    place_photos(tmp_path / "photos", {"a": 20, "b": 20, "c": 20})
    of = document(dataset=kind, size=12, channels=3, augment=EVERY_CHANGE)
    folder = str(tmp_path / "photos") if kind == "folder" else None
    whole, parts = tmp_path / "whole", tmp_path / "parts"

    with monkeypatch.context() as patched:

        def forbid() -> None:
            for name in ("open", "fromarray", "frombytes", "frombuffer"):
                patched.setattr(Image, name, None)
            patched.setattr(os, "fork", None)
            patched.setattr(multiprocessing.Process, "start", None)

        heard = train(Job(of, run=str(whole), data_dir=folder, limit=64, epochs=3), WithoutPillow(forbid))
    first = train(Job(of, run=str(parts), data_dir=folder, limit=64, epochs=1))
    second = train(Job(None, run=str(parts), data_dir=folder, resume=True, epochs=3))

    assert RunFolder(whole).weights.read_bytes() == RunFolder(parts).weights.read_bytes()
    losses = [epoch.train_loss for epoch in heard.of(Epoch)]
    assert losses == [epoch.train_loss for epoch in (*first.of(Epoch), *second.of(Epoch))]


def test_an_unreadable_image_can_be_taken_away_but_no_other(tmp_path: Path) -> None:
    photos = tmp_path / "photos"
    place_photos(photos, {"a": 24, "b": 24})
    broken = photos / scan_folder(photos, 7).train[0].path
    kept = broken.read_bytes()
    broken.write_bytes(b"no image")
    of = document(dataset="folder", size=12, channels=3)
    whole, parts = tmp_path / "whole", tmp_path / "parts"
    train(Job(of, run=str(whole), data_dir=str(photos), epochs=3))
    train(Job(of, run=str(parts), data_dir=str(photos), epochs=1))

    broken.unlink()
    train(Job(None, run=str(parts), resume=True, epochs=3))
    assert RunFolder(whole).weights.read_bytes() == RunFolder(parts).weights.read_bytes()

    other = next(path for path in (photos / "a").iterdir() if path != broken)
    other.rename(photos / "b" / "new.png")
    outcome = run(Job(None, run=str(parts), resume=True, epochs=4), Heard(), Control())
    assert isinstance(outcome, Failed)
    assert "use the images it began with" in outcome.sentence
    (photos / "b" / "new.png").rename(other)
    broken.write_bytes(kept)
    outcome = run(Job(None, run=str(parts), resume=True, epochs=4), Heard(), Control())
    assert isinstance(outcome, Failed)
    assert "training images now, but the run" in outcome.sentence
