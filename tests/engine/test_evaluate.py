from pathlib import Path

import pytest
import torch
from PIL import Image
from torch import nn

from cnnstudio.core.messages import Preparing
from cnnstudio.core.requests import Job
from cnnstudio.engine import evaluate as evaluation
from cnnstudio.engine.control import Control
from cnnstudio.engine.errors import EngineError
from cnnstudio.engine.evaluate import evaluate
from cnnstudio.engine.evaluate_run import evaluate_run
from cnnstudio.engine.train import run
from cnnstudio.workspace.presets import load_preset
from cnnstudio.workspace.runs import RunFolder
from tests.engine.tiny import Heard, document

# Logits for three classes; the last class never comes up.
LOGITS = torch.tensor([[9.0, 0, 0], [9.0, 0, 0], [0, 9.0, 0], [0, 0, 9.0]])
LABELS = torch.tensor([0, 0, 0, 1])
BATCHES = [(LOGITS[:3], LABELS[:3]), (LOGITS[3:], LABELS[3:])]


def test_every_image_counts_once() -> None:
    score = evaluate(nn.Identity(), BATCHES, 3)
    assert score is not None
    assert score.confusion.tolist() == [[2, 1, 0], [0, 0, 1], [0, 0, 0]]
    assert (score.images, score.accuracy) == (4, 0.5)
    assert score.class_accuracies == (2 / 3, 0.0, None)
    assert score.loss == pytest.approx(nn.functional.cross_entropy(LOGITS, LABELS).item())
    assert score.tensor().shape == (3, 3)


def test_a_long_test_tells_how_far_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evaluation, "_QUIET_SECONDS", 0.0)
    monkeypatch.setattr(evaluation, "_TELL_SECONDS", 0.0)
    heard = Heard()
    evaluate(nn.Identity(), BATCHES, 3, tell=evaluation.telling(heard, 4))
    assert heard == [Preparing("test", done=3, total=4)]
    monkeypatch.setattr(evaluation, "_QUIET_SECONDS", 10.0)
    evaluate(nn.Identity(), BATCHES, 3, tell=evaluation.telling(heard, 4))
    assert len(heard) == 1


def test_a_test_takes_smaller_batches_where_memory_is_short() -> None:
    tried: list[int] = []
    labels = torch.zeros(100, dtype=torch.int64)

    class Large(nn.Module):
        def forward(self, images: torch.Tensor) -> torch.Tensor:
            if len(images) > 30:
                raise RuntimeError("DefaultCPUAllocator: can't allocate memory: 9 bytes")
            return images

    def batches(size: int) -> list[tuple[torch.Tensor, torch.Tensor]]:
        tried.append(size)
        return list(zip(torch.split(torch.rand(100, 3), size), torch.split(labels, size)))

    score = evaluation.evaluate_where_it_fits(Large(), batches, document())
    assert score is not None
    assert score.images == 100
    assert tried == [1000, 250, 62, 15]


def test_a_test_that_breaks_otherwise_is_not_tried_again() -> None:
    class Broken(nn.Module):
        def forward(self, images: torch.Tensor) -> torch.Tensor:
            raise RuntimeError("something else")

    with pytest.raises(RuntimeError, match="something else"):
        evaluation.evaluate_where_it_fits(Broken(), lambda size: BATCHES, document())


def test_dropout_rests_and_comes_back() -> None:
    module = nn.Dropout(0.99)
    score = evaluate(module, BATCHES, 3)
    assert score is not None
    assert score.accuracy == 0.5
    assert module.training


def test_a_stop_between_two_batches_gives_no_score() -> None:
    answers = iter([True, False])
    assert evaluate(nn.Identity(), BATCHES, 3, lambda: next(answers)) is None


def test_large_networks_are_tested_in_small_batches() -> None:
    assert evaluation.test_batch_size(document()) == 1000
    assert 1 <= evaluation.test_batch_size(load_preset("vgg16")) < 10


def test_a_run_is_evaluated_on_the_data_it_began_with(tmp_path: Path) -> None:
    path = str(tmp_path / "run")
    run(Job(document(epochs=1), run=path, limit=64), Heard(), Control())
    assert evaluate_run(path, None, "cpu", Heard()).score.images == 500
    for name in ("one", "two"):
        (tmp_path / "photos" / name).mkdir(parents=True)
        for number in range(2):
            Image.new("L", (16, 16)).save(tmp_path / "photos" / name / f"{number}.png")
    path_to_document = tmp_path / "run" / "document.cnn.json"
    path_to_document.write_text(path_to_document.read_text("utf-8").replace("shapes", "folder"), "utf-8")
    with pytest.raises(EngineError, match=r"The data set has 2 classes now, but the run in .* began with 3"):
        evaluate_run(path, str(tmp_path / "photos"), "cpu", Heard())


def test_an_interrupted_run_is_evaluated_as_far_as_it_came(tmp_path: Path) -> None:
    path = str(tmp_path / "run")
    run(Job(document(epochs=2), run=path, limit=64), Heard(), Control())
    folder = RunFolder(tmp_path / "run")
    folder.write_record(folder.read_record().with_changes(status="running", result={}))
    assert folder.read_record().status == "interrupted"
    result = evaluate_run(path, None, "cpu", Heard()).result
    assert result.epochs == 2
    assert result.best_epoch in (1, 2)


def test_weights_that_are_damaged_are_taken_from_the_checkpoint(tmp_path: Path) -> None:
    path = str(tmp_path / "run")
    run(Job(document(epochs=1), run=path, limit=64), Heard(), Control())
    before = evaluate_run(path, None, "cpu", Heard()).score.loss
    folder = RunFolder(tmp_path / "run")
    folder.weights.write_bytes(b"nothing")
    assert evaluate_run(path, None, "cpu", Heard()).score.loss == before
    (folder.checkpoints / "last.pt").unlink()
    with pytest.raises(EngineError, match=r"weights\.safetensors cannot be read"):
        evaluate_run(path, None, "cpu", Heard())
