"""The data card and the preview are answered while a training goes on."""

import os
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from cnnstudio.core.messages import AugmentedBatch, DataCard, Downloaded, Failed, Finished, Started, Step
from cnnstudio.core.requests import DescribeData, Download, Job, PreviewAugmentation, Stop, Train
from cnnstudio.engine.control import Control
from cnnstudio.engine.side_work import do, guarded
from cnnstudio.workspace import datasets
from cnnstudio.workspace.errors import damaged
from tests.engine.test_server import Engine
from tests.engine.tiny import document


@pytest.fixture
def engine() -> Iterator[Engine]:
    started = Engine()
    yield started
    started.close()


def test_both_are_answered_beside_a_training(engine: Engine, tmp_path: Path) -> None:
    of = document(epochs=100_000, augment={"rotation": 10.0})
    run = engine.ask(Train(Job(of, run=str(tmp_path / "run"))))
    engine.wait_for(Started, run)

    card = engine.wait_for(DataCard, engine.ask(DescribeData(of)))
    batch = engine.wait_for(AugmentedBatch, engine.ask(PreviewAugmentation(of)))
    engine.wait_for(Step, run)  # it still goes on
    refused = engine.ask(DescribeData(document(dataset="folder"), str(tmp_path / "nowhere")))

    assert card.train_images == 2000
    assert batch.before.shape == (16, 16, 16, 1)
    assert "There is no folder" in engine.wait_for(Failed, refused).sentence
    engine.ask(Stop())
    assert isinstance(engine.end(run), Finished)


def test_a_damaged_file_is_named_so_that_it_can_be_fetched_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "MNIST" / "raw" / "t10k-images-idx3-ubyte"

    def describe(*_: object) -> None:
        raise damaged(file, "it is cut short")

    monkeypatch.setattr("cnnstudio.engine.describe.describe", describe)
    told: list[object] = []
    request = DescribeData(document(dataset="mnist"), str(tmp_path))
    guarded(told.append, lambda: do(request, told.append, Control()))
    (failed,) = told
    assert isinstance(failed, Failed)
    assert failed.damaged == str(file)

    fetched: list[object] = []
    monkeypatch.setattr(datasets, "download", lambda *_, distrusted: fetched.append(distrusted))
    do(Download("mnist", str(tmp_path), failed.damaged), told.append, Control())
    assert fetched == [frozenset({file})]
    assert isinstance(told[-1], Downloaded)


def test_what_is_asked_while_the_engine_starts_is_answered(engine: Engine) -> None:
    of = document()
    tickets = {engine.ask(PreviewAugmentation(of, seed=seed)) for seed in range(3)}
    tickets.add(engine.ask(DescribeData(of)))

    # In whatever order.
    while tickets:
        engine._next(
            lambda answer: isinstance(answer.message, AugmentedBatch | DataCard) and answer.ticket in tickets
        )
        tickets.discard(engine.heard[engine._read - 1].ticket)


@pytest.mark.skipif(sys.platform != "linux", reason="threads have no niceness of their own")
def test_who_reads_beside_a_training_takes_what_it_leaves() -> None:
    seen: list[int] = []

    def work() -> None:
        do(PreviewAugmentation(document()), lambda _: None, Control())
        seen.append(os.getpriority(os.PRIO_PROCESS, threading.get_native_id()))

    before = os.getpriority(os.PRIO_PROCESS, 0)
    reader = threading.Thread(target=work)
    reader.start()
    reader.join()
    assert seen == [max(before, 10)]
    # Nor does the main thread stand back from itself.
    do(PreviewAugmentation(document()), lambda _: None, Control())
    assert os.getpriority(os.PRIO_PROCESS, 0) == before
