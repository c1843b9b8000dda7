"""What the doctor is told of trainings that the engine really did, on networks that are ill or well."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from cnnstudio.app.patient import Patient, patient_of, read_patient
from cnnstudio.app.run_history import RunHistory
from cnnstudio.core.doctor import Advice, advise
from cnnstudio.core.document import Document
from cnnstudio.core.health import Health
from cnnstudio.core.messages import DataCard, Epoch, Tensor
from cnnstudio.core.requests import Adjust, Job
from cnnstudio.engine.control import Control
from cnnstudio.engine.looks import health
from cnnstudio.engine.train import run
from tests.engine.tiny import LIMIT, Heard, document, layer


@pytest.fixture(autouse=True)
def every_epoch(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tiny epochs could not afford a look each."""
    monkeypatch.setattr(health, "SHARE", 0)


def trained(doc: Document, path: Path, **job: Any) -> tuple[Patient, Patient]:
    """As it was heard of, and as it is read from its folder."""
    heard = Heard()
    run(Job(doc, run=str(path), **{"limit": LIMIT, **job}), heard, Control())
    history = RunHistory()
    for message in heard:
        history.hear(message)
    return patient_of(history, doc), read_patient(str(path), doc)


def found(patient: Patient, doc: Document, rule: str) -> Advice | None:
    return next((one for one in advise(patient.case(doc, None)) if one.rule == rule), None)


def folder_of(path: Path, counts: dict[str, int]) -> Path:
    """A data set of noise around a grey of each class."""
    draws = np.random.default_rng(1)
    for grey, (name, count) in enumerate(counts.items()):
        (path / name).mkdir(parents=True)
        for number in range(count):
            pixels = draws.normal(60 + 120 * grey, 20, (16, 16, 3)).clip(0, 255).astype(np.uint8)
            Image.fromarray(pixels).save(path / name / f"{number}.png")
    return path


@pytest.mark.parametrize(
    ("counts", "speaks"), [({"owl": 60, "fox": 6}, True), ({"owl": 30, "fox": 30}, False)]
)
def test_uneven_classes_are_told_by_the_run_itself(
    tmp_path: Path, counts: dict[str, int], speaks: bool
) -> None:
    data = folder_of(tmp_path / "data", counts)
    doc = document(
        layer("Flatten"), layer("Linear", out_features=2), dataset="folder", channels=3, batch_size=8
    ).changed(classes=2)
    for patient in trained(doc, tmp_path / "run", data_dir=str(data), limit=None):
        assert patient.class_names == ("fox", "owl")
        advice = found(patient, doc, "class-imbalance")
        assert (advice is not None) == speaks
        if advice is not None:
            fox, owl = patient.class_counts
            assert str(advice).startswith(f"owl has {owl} training images, fox only {fox}:")


def test_a_rate_far_too_high_is_told_with_how_far_the_first_step_went(tmp_path: Path) -> None:
    layers = [layer("Linear", out_features=features) for features in (32, 32, 3)]
    doc = document(layer("Flatten"), *layers, optimizer={"name": "SGD", "lr": 1000.0})
    for patient in trained(doc, tmp_path / "run"):
        assert patient.diverged
        assert patient.health[0].epoch == 0
        advice = found(patient, doc, "rate-too-high")
        assert advice is not None
        assert advice.severity == "harm"
        assert "ran away to infinity at a learning rate of 1000" in str(advice)
        assert "Step 1 moved the weights of a block by" in str(advice)
        assert "Set Learning rate to 100" in [str(remedy) for remedy in advice.remedies]


def test_a_rate_given_in_the_midst_is_blamed_for_what_came_after(tmp_path: Path) -> None:
    layers = [layer("Linear", out_features=features) for features in (32, 32, 3)]
    doc = document(layer("Flatten"), *layers, optimizer={"name": "SGD", "lr": 0.001}, epochs=4)
    heard, control = Heard(), Control()

    class Adjusting(Heard):
        def __call__(self, message: Any) -> None:
            heard(message)
            if isinstance(message, Epoch):
                control.adjust(Adjust(1000.0))

    run(Job(doc, run=str(tmp_path / "run"), limit=LIMIT), Adjusting(), control)
    history = RunHistory()
    for message in heard:
        history.hear(message)
    for patient in (patient_of(history, doc), read_patient(str(tmp_path / "run"), doc)):
        advice = found(patient, doc, "rate-too-high")
        assert advice is not None
        assert "at a learning rate of 1000:" in str(advice)


def test_a_deep_stack_of_sigmoids_by_the_engines_own_looks(tmp_path: Path) -> None:
    pair = (layer("Conv2d", out_channels=6, padding=1), layer("Sigmoid"))
    doc = document(*pair * 8, layer("GlobalAvgPool2d"), layer("Linear", out_features=3), epochs=1)
    for patient in trained(doc, tmp_path / "run", limit=64):
        advice = found(patient, doc, "vanishing-gradients")
        assert advice is not None
        assert advice.node == doc.body[0].id
        assert "Replace 8 × Sigmoid by ReLU" in [str(remedy) for remedy in advice.remedies]


@pytest.mark.parametrize("engine", ["torch", "numpy"])
def test_a_healthy_training_has_no_findings(tmp_path: Path, engine: str) -> None:
    doc = document(
        layer("Conv2d", out_channels=8, kernel_size=5),
        layer("ReLU"),
        layer("MaxPool2d", kernel_size=2),
        layer("Flatten"),
        layer("Linear", out_features=3),
        epochs=3,
        engine=engine,
    )
    for patient in trained(doc, tmp_path / "run"):
        assert advise(patient.case(doc, None)) == ()
        assert [look.epoch for look in patient.health] == [0, 1, 2, 3]


def test_a_run_of_before_takes_its_classes_from_the_card_of_its_data() -> None:
    trained, present = document(), document(layer("Flatten"), layer("Linear", out_features=3))
    name, nothing = trained.training.dataset, Tensor((0,), b"")
    card = DataCard(name, 9, 9, ("a", "b", "c"), (5, 3, 1), (3, 3, 3), (), (), nothing, ())
    old = Patient(document=trained)
    case = old.case(present, card)
    assert (case.class_counts, case.class_names) == ((5, 3, 1), ("a", "b", "c"))
    assert (case.document, case.present.document) == (trained, present)
    assert replace(old, open=False).case(present, card).present.document is trained, "nothing can be bettered"
    for other in (None, replace(card, dataset="mnist")):
        assert old.case(present, other).class_counts == ()
    known = replace(old, class_counts=(1, 1, 1), class_names=("x", "y", "z"))
    assert known.case(present, card).class_counts == (1, 1, 1)
    assert Patient().case(present, card).document is present, "where nobody knows what was trained"
    assert Patient().case(present, None).diverged is False


def test_what_cannot_be_read_is_nobodys_patient(tmp_path: Path) -> None:
    found = read_patient(str(tmp_path / "gone"), document())
    assert (found.run, found.open, found.document, found.epochs) == (str(tmp_path / "gone"), False, None, ())


def test_the_first_step_alone_is_no_finding(tmp_path: Path) -> None:
    """An untrained network may be anything; what matters is what it becomes."""
    doc = document()
    heard = Heard()
    run(Job(doc, run=str(tmp_path / "run"), limit=LIMIT, epochs=1), heard, Control())
    history = RunHistory()
    for message in heard:
        if isinstance(message, Health) and message.epoch:
            break
        history.hear(message)
    assert patient_of(history, doc).case(doc, None).latest is None
