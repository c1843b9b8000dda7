"""The engine process answers looks while it trains, and the training goes on."""

import sys
from pathlib import Path

import pytest

from cnnstudio.core.looks import (
    Done,
    FeatureMaps,
    Kernels,
    KernelsOf,
    Predict,
    Prediction,
    Subject,
    TestImage,
    TopPatches,
)
from cnnstudio.core.messages import Cancelled, Failed, Finished, Step
from cnnstudio.core.requests import CallOff, Job, Stop, Train
from tests.engine.test_server import Engine, engine  # noqa: F401  a fixture
from tests.engine.tiny import document


@pytest.mark.skipif(sys.platform == "win32", reason="the pipes are the same there")
def test_looks_are_answered_while_a_training_goes_on(
    engine: Engine,  # noqa: F811
    tmp_path: Path,
) -> None:
    run = str(tmp_path / "run")
    training = engine.ask(Train(Job(document(epochs=100_000), run=run, limit=256)))
    engine.wait_for(Step, training)
    first = engine.wait_for(Prediction, engine.ask(Predict(Subject(), TestImage(0))))
    assert first.source.kind == "live"
    engine.wait_for(Done, engine.ask(FeatureMaps(Subject(), TestImage(0))))
    filters = engine.wait_for(KernelsOf, engine.ask(Kernels(Subject())))
    assert filters.tensor.shape == (8, 1, 5, 5)
    assert filters.source.step >= first.source.step, "what trains has gone on"
    wrong = engine.ask(Predict(Subject(run, 99_999), TestImage(0)))
    assert "were not kept" in engine.wait_for(Failed, wrong).sentence
    engine.ask(Stop())
    assert engine.wait_for(Finished, training).stopped
    kept = engine.ask(Predict(Subject(run), TestImage(0)))
    assert engine.wait_for(Prediction, kept).source.kind == "run"
    search = engine.ask(TopPatches(Subject(run, 0), "conv1"))
    engine.ask(CallOff(search))
    assert isinstance(engine.wait_for((Done, Cancelled), search), Done | Cancelled)  # type: ignore[arg-type]
    assert engine.close() == 0
