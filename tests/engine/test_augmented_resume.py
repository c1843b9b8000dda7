"""A resumed run sees the very images, changed in the very way, that an uninterrupted one does."""

from pathlib import Path

import pytest

from cnnstudio.core.messages import Epoch, Failed
from cnnstudio.core.requests import Job
from cnnstudio.engine.control import Control
from cnnstudio.engine.train import run
from cnnstudio.workspace.runs import RunFolder
from tests.engine.test_data import EVERY_CHANGE
from tests.engine.tiny import Heard, document
from tests.workspace.datasets.photos import place_photos


def train(job: Job) -> Heard:
    heard = Heard()
    run(job, heard, Control())
    assert not heard.of(Failed)
    return heard


@pytest.mark.parametrize("kind", ["shapes", "folder"])
def test_a_resumed_run_is_augmented_as_an_uninterrupted_one(tmp_path: Path, kind: str) -> None:
    place_photos(tmp_path / "photos", {"a": 20, "b": 20, "c": 20})
    of = document(dataset=kind, size=12, channels=3, augment=EVERY_CHANGE)
    folder = str(tmp_path / "photos") if kind == "folder" else None
    whole, parts = tmp_path / "whole", tmp_path / "parts"

    heard = train(Job(of, run=str(whole), data_dir=folder, limit=64, epochs=3))
    first = train(Job(of, run=str(parts), data_dir=folder, limit=64, epochs=1))
    second = train(Job(None, run=str(parts), data_dir=folder, resume=True, epochs=3))

    assert RunFolder(whole).weights.read_bytes() == RunFolder(parts).weights.read_bytes()
    losses = [epoch.train_loss for epoch in heard.of(Epoch)]
    assert losses == [epoch.train_loss for epoch in (*first.of(Epoch), *second.of(Epoch))]
