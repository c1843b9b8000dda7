"""Which weights are looked at: a run's, an epoch's, those before training."""

from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from cnnstudio.core.looks import (
    Done,
    FeatureMaps,
    Heat,
    KernelHistory,
    Kernels,
    KernelsOf,
    KernelsThroughTime,
    Maps,
    Pixels,
    Predict,
    Prediction,
    Shift,
    Subject,
    TestImage,
    TopPatches,
)
from cnnstudio.core.messages import Cancelled, Epoch, Failed, Preparing, Step, Tensor
from cnnstudio.engine.build import build
from cnnstudio.engine.control import Control
from cnnstudio.engine.looks import keep
from cnnstudio.engine.looks.initial import initial_weights
from cnnstudio.engine.looks.subject import network_of
from cnnstudio.workspace.runs import RunFolder
from cnnstudio.workspace.runs.kept import kept_filters, kept_weights
from tests.engine.looks.asking import ask, one
from tests.engine.tiny import Heard, document

Trained = tuple[Path, Heard]


def array(tensor: Tensor) -> np.ndarray:
    return np.frombuffer(tensor.data, tensor.dtype).reshape(tensor.shape)


def state(subject: Subject) -> dict[str, torch.Tensor]:
    return network_of(subject, Control(), lambda: None).module.state_dict()


def test_a_run_keeps_each_epoch_and_what_it_began_with(trained: Trained) -> None:
    path, _ = trained
    folder = RunFolder(path)
    assert list(kept_weights(folder)) == list(kept_filters(folder)) == [0, 1, 2, 3]
    began = initial_weights(folder.read_document())
    for epoch, expected in ((0, began), (3, load_file(folder.weights)), (None, load_file(folder.weights))):
        found = state(Subject(str(path), epoch))
        assert found.keys() == expected.keys()
        assert all(torch.equal(found[name], value) for name, value in expected.items())


def test_initial_weights_can_be_drawn_again_where_none_were_kept(trained: Trained, tmp_path: Path) -> None:
    copy = RunFolder(tmp_path)
    for name in ("document.cnn.json", "run.json"):
        (tmp_path / name).write_bytes((trained[0] / name).read_bytes())
    began = load_file(kept_weights(RunFolder(trained[0]))[0])
    found = state(Subject(str(copy.path), 0))
    assert all(torch.equal(found[name], value) for name, value in began.items())


def test_predictions_are_the_networks(trained: Trained) -> None:
    path, _ = trained
    told = one(Predict(Subject(str(path)), TestImage(5)), Prediction)
    folder = RunFolder(path)
    module = build(folder.read_document()).module.eval()
    module.load_state_dict(load_file(folder.weights))
    image = array(told.image)
    assert image.shape == (16, 16, 1)
    drawn = one(Predict(Subject(str(path)), Pixels(told.image)), Prediction)
    assert drawn.label is None
    assert told.label in (0, 1, 2)
    assert array(drawn.probabilities) == pytest.approx(array(told.probabilities))
    assert array(told.probabilities).sum() == pytest.approx(1, abs=1e-5)
    assert told.source.epoch == 3
    assert told.class_names == ("circle", "square", "triangle")


def test_every_blocks_maps_come_in_order_and_whole_on_demand(trained: Trained) -> None:
    subject = Subject(str(trained[0]))
    *maps, done = (r for r in ask(FeatureMaps(subject, TestImage(0), most=3, side=6)) if not _told(r))
    assert isinstance(done, Done)
    assert [m.path for m in maps if isinstance(m, Maps)] == [
        "conv1",
        "relu",
        "pool",
        "flatten",
        "dropout",
        "fc1",
    ]
    first = maps[0]
    assert isinstance(first, Maps)
    assert (first.shape, first.tensor.shape, first.total) == ((8, 12, 12), (3, 6, 6), 6)
    whole = one(FeatureMaps(subject, TestImage(0), ("conv1",), 0, 0), Maps)
    values = array(whole.tensor).astype(np.float32)
    assert values.shape == (8, 12, 12)
    assert (values.min(), values.max()) == pytest.approx((whole.low, whole.high), rel=2e-3)
    averaged = values[:3].reshape(3, 6, 2, 6, 2).mean((2, 4))
    assert array(first.tensor).astype(np.float32) == pytest.approx(averaged, abs=5e-3)


def _told(reply: object) -> bool:
    return isinstance(reply, Preparing)


def test_maps_behind_the_first_ones(trained: Trained) -> None:
    subject = Subject(str(trained[0]))
    whole = one(FeatureMaps(subject, TestImage(3), ("conv1",), 0, 0), Maps)
    some = one(FeatureMaps(subject, TestImage(3), ("conv1",), 2, 0, 5), Maps)
    assert (array(some.tensor) == array(whole.tensor)[5:7]).all()
    assert (some.shape, some.low, some.high) == (whole.shape, whole.low, whole.high)
    beyond = one(FeatureMaps(subject, TestImage(3), ("conv1",), 2, 0, 7), Maps)
    assert array(beyond.tensor).shape[0] == 1


def test_filters_through_training_with_how_far_each_has_gone(trained: Trained) -> None:
    path, _ = trained
    told = one(KernelHistory(str(path)), KernelsThroughTime)
    assert (told.epochs, told.whole, told.live) == ((0, 1, 2, 3), (8, 1, 5, 5), False)
    now = array(one(Kernels(Subject(str(path))), KernelsOf).tensor)
    assert array(told.tensors[-1]).astype(np.float32) == pytest.approx(now, abs=1e-3)
    began = array(one(Kernels(Subject(str(path), 0)), KernelsOf).tensor)
    changes = array(told.changes)
    by_hand = [np.linalg.norm(w - w0) / np.linalg.norm(w0) for w, w0 in zip(now, began)]
    assert changes[-1] == pytest.approx(by_hand, abs=2e-3)
    assert not changes[0].any()
    assert told.low == pytest.approx(min(array(one).min() for one in told.tensors))


@pytest.mark.parametrize(
    ("request_", "sentence"),
    [
        (Predict(Subject(), TestImage(0)), "Nothing trains now"),
        (Predict(Subject("nowhere"), TestImage(0)), "nowhere"),
        (Kernels(Subject(document=document()), "fc1"), "is no convolution"),
        (FeatureMaps(Subject(document=document()), TestImage(0), ("x",)), "no block at 'x'"),
    ],
    ids=str,
)
def test_what_cannot_be_had_is_one_sentence(request_: Predict, sentence: str) -> None:
    last = ask(request_)[-1]
    assert isinstance(last, Failed)
    assert not last.detail
    assert sentence in last.sentence


def test_a_look_takes_no_random_number_from_a_training(trained: Trained) -> None:
    """Or the training would not go on bit for bit."""
    torch.manual_seed(5)
    before = torch.get_rng_state()
    for subject in (Subject(str(trained[0]), 2), Subject(document=document(seed=99))):
        for request in (
            Predict(subject, TestImage(0)),
            FeatureMaps(subject, TestImage(0)),
            Heat(subject, TestImage(0)),
            Heat(subject, TestImage(0), "occlusion"),
            Shift(subject, TestImage(0)),
            TopPatches(subject, "conv1"),
        ):
            assert not any(isinstance(reply, Failed) for reply in ask(request))
    assert torch.equal(torch.get_rng_state(), before)


def test_what_was_found_out_has_a_bound(trained: Trained, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keep, "LOOK_BYTES", 8000)
    for path in ("conv1", "relu", "pool", "flatten", "fc1"):
        ask(TopPatches(Subject(str(trained[0]), 1), path))
        files = list((trained[0] / "looks").iterdir())
        assert sum(file.stat().st_size for file in files) <= 8000 or len(files) == 1
    assert isinstance(ask(TopPatches(Subject(str(trained[0]), 1), "conv1"))[-1], Done)


def test_an_epoch_that_was_not_kept_is_told(trained: Trained) -> None:
    last = ask(Predict(Subject(str(trained[0]), 9), TestImage(0)))[-1]
    assert isinstance(last, Failed)
    assert "there are those of 0, 1, 2, 3" in last.sentence


def test_a_look_that_is_called_off_says_so(trained: Trained) -> None:
    control = Control()
    control.stop()
    heard = ask(FeatureMaps(Subject(str(trained[0])), TestImage(0)), control=control)
    assert isinstance(heard[-1], Cancelled)


def test_one_can_look_at_ones_own_picture_without_the_data_set() -> None:
    doc = document(dataset="mnist", size=28)
    square = Tensor((28, 28, 1), bytes(28 * 28), "uint8")
    told = one(Predict(Subject(document=doc), Pixels(square)), Prediction)
    assert len(told.class_names) == 3
    missing = ask(Predict(Subject(document=doc), TestImage(0)))[-1]
    assert isinstance(missing, Failed)
    assert "MNIST is not in" in missing.sentence


def test_the_trained_run_said_what_it_did(trained: Trained) -> None:
    assert len(trained[1].of(Epoch)) == 3
    assert trained[1].of(Step)
