"""The training loop as a plain function."""

from dataclasses import replace
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from safetensors.torch import load_file

from cnnstudio.core.messages import (
    Checkpointed,
    Epoch,
    Failed,
    Finished,
    Message,
    Preparing,
    Probe,
    Started,
    Step,
)
from cnnstudio.core.requests import Job
from cnnstudio.engine import checkpoint as checkpoints
from cnnstudio.engine import journal, loop, measuring
from cnnstudio.engine.build import instantiate
from cnnstudio.engine.control import Control
from cnnstudio.engine.data import Feed
from cnnstudio.engine.step import Stepper
from cnnstudio.engine.train import run
from cnnstudio.workspace import datasets
from cnnstudio.workspace.runs import RunFolder, RunRecord
from cnnstudio.workspace.runs.images import folder_of_run
from cnnstudio.workspace.runs.kept import kept_weights
from tests.engine.tiny import LIMIT, Heard, document, layer
from tests.engine.trained import STEPS, Stopping, train, values_of
from tests.workspace.datasets.photos import place_photos


def test_of_epochs_with_the_same_accuracy_the_one_of_the_lowest_loss_is_best(tmp_path: Path) -> None:
    epochs = train(document(epochs=4, test_limit=1), tmp_path / "run").of(Epoch)
    scores = [(epoch.val_accuracy, -epoch.val_loss) for epoch in epochs]
    assert epochs[-1].best_epoch == scores.index(max(scores)) + 1
    assert epochs[-1].best_epoch != [accuracy for accuracy, _ in scores].index(max(scores)[0]) + 1


def test_it_learns(tmp_path: Path) -> None:
    heard = Heard()
    outcome = run(Job(document(epochs=4), run=str(tmp_path / "run")), heard, Control())
    assert isinstance(outcome, Finished)
    assert outcome.test_accuracy > 0.9
    losses = [epoch.train_loss for epoch in heard.of(Epoch)]
    assert losses[-1] < losses[0] / 2


def test_the_story_of_a_run(tmp_path: Path) -> None:
    heard = train(document(), tmp_path / "run")
    kinds = [type(message) for message in heard]
    assert kinds[0] is Preparing
    assert kinds.index(Started) < kinds.index(Probe) < kinds.index(Step) < kinds.index(Epoch)
    assert kinds[-1] is Finished
    (started,) = heard.of(Started)
    assert (started.epochs, started.steps_per_epoch, started.train_images) == (2, STEPS, LIMIT)
    assert started.class_names == ("circle", "square", "triangle")
    assert [step.step for step in heard.of(Step)] == list(range(1, 2 * STEPS + 1))
    assert [epoch.epoch for epoch in heard.of(Epoch)] == [1, 2]
    assert [(saved.epoch, saved.step) for saved in heard.of(Checkpointed)] == [(2, STEPS), (3, 2 * STEPS)]


def test_filters_are_shown_before_and_after(tmp_path: Path) -> None:
    probes = [probe for probe in train(document(), tmp_path / "run").of(Probe) if probe.kind == "filters"]
    # More often where steps take long.
    assert [epoch for epoch, _ in groupby(probe.epoch for probe in probes)] == [0, 1, 2]
    assert probes[0].path == "conv1"
    assert probes[0].tensor.shape == (8, 1, 5, 5)
    assert probes[0].tensor.data != probes[-1].tensor.data
    weights = load_file(tmp_path / "run" / "weights.safetensors")
    assert probes[-1].tensor.data == weights["conv1.weight"].numpy().tobytes()


def test_confusion_counts_every_test_image(tmp_path: Path) -> None:
    heard = train(document(), tmp_path / "run")
    probe = [probe for probe in heard.of(Probe) if probe.kind == "confusion"][-1]
    counts = torch.frombuffer(bytearray(probe.tensor.data), dtype=torch.float32).view(probe.tensor.shape)
    assert counts.sum() == heard.of(Started)[0].test_images == 500
    assert counts.trace() / 500 == pytest.approx(heard.of(Epoch)[-1].val_accuracy)


def test_the_folder_holds_all_that_is_needed(tmp_path: Path) -> None:
    heard = train(document(), tmp_path / "run")
    folder = RunFolder(tmp_path / "run")
    module = instantiate(folder.source.read_text("utf-8"))
    module.load_state_dict(load_file(folder.weights), strict=True)
    assert folder.read_document().name == "Tiny"
    record = folder.read_record()
    assert (record.status, record.seed, record.options["limit"]) == ("finished", 7, LIMIT)
    assert record.result["test_accuracy"] == heard.of(Finished)[0].test_accuracy
    lines = folder.read_metrics()
    assert [line["epoch"] for line in lines if line["kind"] == "epoch"] == [1, 2]
    assert sum(line["kind"] == "step" for line in lines) == 2 * STEPS


def test_metrics_are_there_when_they_are_told_and_steps_are_thinned(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loop, "FLUSH_SECONDS", -1.0)
    monkeypatch.setattr(journal, "STEPS_AN_EPOCH", STEPS // 2)  # every other step
    path = tmp_path / "run"

    class Reading(Stopping):
        def __call__(self, message: Message) -> None:
            super().__call__(message)
            if isinstance(message, Epoch) or (isinstance(message, Step) and message.step % 2 == 0):
                line = RunFolder(path).read_metrics()[-1]
                assert (line["kind"], line["step"]) == (type(message).__name__.lower(), message.step)

    heard = Reading(STEPS + 3)  # an odd one, so that what is thinned goes on with the next
    assert isinstance(run(Job(document(), run=str(path), limit=LIMIT), heard, heard.control), Finished)
    train(None, path, resume=True)
    lines = RunFolder(path).read_metrics()
    assert [line["step"] for line in lines if line["kind"] == "step"] == list(range(2, 2 * STEPS + 1, 2))


def test_the_same_seed_gives_the_same_run_and_another_one_another(tmp_path: Path) -> None:
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        train(document(), tmp_path / name, seed=seed, epochs=1)
    first, same, other = (values_of(tmp_path / name)[0] for name in "abc")
    assert first == same != other


def test_a_loss_that_explodes_is_one_sentence(tmp_path: Path) -> None:
    heard = train(document(optimizer={"name": "SGD", "lr": 1e6}), tmp_path / "run")
    (failed,) = heard.of(Failed)
    assert "try a learning rate below 1e+06" in failed.sentence
    record = RunFolder(tmp_path / "run").read_record()
    assert (record.status, record.problem) == ("failed", failed.sentence)


def test_a_network_that_cannot_train_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    heard = train(document(layer("Flatten")), tmp_path / "run")
    assert "cannot be trained" in heard.of(Failed)[0].sentence
    assert not (tmp_path / "run").exists()


def test_a_run_finds_its_images_from_anywhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place_photos(tmp_path / "photos", {"ant": 6, "bee": 6})
    monkeypatch.chdir(tmp_path)
    train(document(dataset="folder", epochs=1, batch_size=4), tmp_path / "run", data_dir="photos")
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert isinstance(train(None, tmp_path / "run", resume=True, epochs=2)[-1], Finished)


def test_published_images_that_moved_are_found_where_all_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, usual = tmp_path / "here", tmp_path / "usual"
    here.mkdir()
    monkeypatch.setenv("CNNSTUDIO_DATA", str(usual))
    places: set[Path] = set()
    monkeypatch.setattr(datasets, "is_present", lambda name, folder: folder in places)
    record = RunRecord(dataset="mnist", options={"data_dir": str(here)})
    assert folder_of_run(None, record) == here
    places.add(usual)
    assert folder_of_run(None, record) == usual
    places.add(here)
    assert folder_of_run(None, record) == here
    assert folder_of_run("there", record) == Path("there")
    assert folder_of_run(None, RunRecord(dataset="mnist")) == usual
    gone = RunRecord(dataset="folder", options={"data_dir": str(tmp_path / "gone")})
    assert folder_of_run(None, gone) == tmp_path / "gone"


def test_missing_data_offers_shapes(tmp_path: Path) -> None:
    heard = train(document(dataset="mnist"), tmp_path / "run", data_dir=str(tmp_path), download=False)
    assert "shapes, which needs no download" in heard.of(Failed)[0].sentence


def test_memory_that_runs_out_keeps_the_last_checkpoint(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Hungry(Stepper):
        taken = 0

        def take(self, images: torch.Tensor, labels: torch.Tensor) -> Any:
            self.taken += 1
            if self.taken > STEPS:
                raise torch.OutOfMemoryError("out of memory")
            return super().take(images, labels)

    monkeypatch.setattr(loop, "stepper_for", Hungry)
    heard = train(document(), tmp_path / "run")
    assert "though a step with 32 images fits" in heard.of(Failed)[0].sentence
    assert checkpoints.load(RunFolder(tmp_path / "run")).progress.step == STEPS


def test_a_network_of_which_no_copy_fits_trains_untimed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def hungry(*things: Any) -> Any:
        torch.rand(5)
        raise MemoryError

    train(document(), tmp_path / "timed")
    monkeypatch.setattr(measuring, "measured_choices", hungry)
    heard = train(document(), tmp_path / "untimed")
    assert isinstance(heard[-1], Finished)
    assert ("memory format", "channels first") in heard.of(Started)[0].choices
    losses = [
        [line["loss"] for line in values_of(tmp_path / name)[1] if line["kind"] == "step"]
        for name in ("timed", "untimed")
    ]
    assert losses[0] == pytest.approx(losses[1], rel=1e-3)


def test_a_folder_in_use_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine")
    assert "is not empty" in train(document(), tmp_path).of(Failed)[0].sentence


def test_side_heads_are_learnt_from_and_dropped_in_tests(tmp_path: Path) -> None:
    head = (layer("Flatten"), layer("Linear", out_features=3))
    stem = layer("Conv2d", out_channels=4, kernel_size=5)
    doc = document(stem, layer("AuxClassifier", head, weight=0.3), layer("ReLU"), *head)
    heard = train(doc, tmp_path / "run")
    assert isinstance(heard[-1], Finished)
    folder = RunFolder(tmp_path / "run")
    after, before = load_file(folder.weights), load_file(kept_weights(folder)[0])
    heads = [name for name in after if name.startswith("aux")]
    assert heads
    assert all((after[name] != before[name]).any() for name in (*heads, "conv1.weight"))

    module = instantiate(folder.source.read_text("utf-8"))
    module.load_state_dict(after)
    shapes = datasets.load("shapes", height=16, width=16, channels=1, classes=3, seed=7, limit=LIMIT)
    images, labels = next(Feed(shapes, doc.training, torch.device("cpu")).test(500))
    logits = module.eval()(images)  # of the main head alone
    told = heard.of(Epoch)[-1]
    assert told.val_loss == pytest.approx(F.cross_entropy(logits, labels).item(), rel=1e-4)
    assert told.val_accuracy == (logits.argmax(1) == labels).sum().item() / 500


def test_batch_norm_never_sees_a_single_image(tmp_path: Path) -> None:
    doc = document(
        layer("Conv2d", out_channels=4, kernel_size=16),
        layer("BatchNorm2d"),
        layer("Flatten"),
        layer("Linear", out_features=3),
        epochs=1,
    )
    heard = Heard()
    run(Job(doc, run=str(tmp_path / "run"), limit=33), heard, Control())
    assert isinstance(heard[-1], Finished)
    assert heard.of(Started)[0].steps_per_epoch == len(heard.of(Step)) == 1
    single = doc.changed(training=doc.training.model_copy(update={"batch_size": 1}))
    failed = train(single, tmp_path / "single").of(Failed)[0]
    assert failed.sentence.startswith("Batch norm cannot learn from a single value")


def test_the_number_of_classes_follows_the_data(tmp_path: Path) -> None:
    doc = replace(document(epochs=1), classes=100)
    body = (*doc.body[:-1], replace(doc.body[-1], block=doc.body[-1].block.changed(out_features=100)))
    heard = train(doc.changed(body=body), tmp_path / "run")
    assert len(heard.of(Started)[0].class_names) == 10
    assert load_file(tmp_path / "run" / "weights.safetensors")["fc1.bias"].shape == (10,)
