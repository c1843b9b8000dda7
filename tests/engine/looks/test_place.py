"""Where looks compute. Of other devices there are names only here: ``cpu:0`` computes, and is not the CPU."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from cnnstudio.core.looks import FeatureMaps, Heat, HeatMap, Maps, Predict, Prediction, Subject, TestImage
from cnnstudio.core.messages import Device
from cnnstudio.engine import device as devices
from cnnstudio.engine.control import Control
from cnnstudio.engine.looks import answer, place
from cnnstudio.engine.looks.subject import Network, network_of
from cnnstudio.workspace.runs import RunFolder
from tests.engine.looks.asking import one
from tests.engine.tiny import Heard, document

Trained = tuple[Path, Heard]
CARD = Device("cpu:0", "A card")


@pytest.fixture
def card(monkeypatch: pytest.MonkeyPatch) -> Iterator[Device]:
    """A faster device than the CPU."""
    real = devices.devices()
    monkeypatch.setattr(devices, "devices", lambda: (CARD, *real))
    yield CARD
    place._unfit.clear()


def found(subject: Subject) -> Network:
    return network_of(subject, Control(), lambda: None)


def named(path: Path, name: str) -> Subject:
    """The run as if it had been trained on a device of this name."""
    folder = RunFolder(path)
    folder.write_record(folder.read_record().model_copy(update={"device": name}))
    return Subject(str(path))


@pytest.fixture
def run(trained: Trained, tmp_path: Path) -> Path:
    """A run that may be changed."""
    for name in ("document.cnn.json", "run.json", "weights.safetensors"):
        (tmp_path / name).write_bytes((trained[0] / name).read_bytes())
    return tmp_path


def test_a_run_is_looked_at_where_it_was_trained(run: Path, card: Device) -> None:
    assert found(Subject(str(run))).device == place.CPU, "it was trained on the CPU"
    on_cpu = one(Predict(Subject(str(run)), TestImage(1)), Prediction)
    subject = named(run, card.name)
    network = found(subject)
    assert network.device == torch.device(card.id)
    assert one(Predict(subject, TestImage(1)), Prediction) == on_cpu
    assert one(Heat(subject, TestImage(1)), HeatMap).path == "relu"


def test_another_machines_device_gives_way_to_the_best_one_here(run: Path, card: Device) -> None:
    assert found(named(run, "A card that is not here")).device == torch.device(card.id)
    assert found(Subject(document=document())).device == torch.device(card.id)


def test_the_cpu_steps_in_where_memory_is_short(
    run: Path, card: Device, monkeypatch: pytest.MonkeyPatch
) -> None:
    subject, real = named(run, card.name), answer.feature_maps
    tried: list[torch.device] = []

    def short(looked: answer.Looked, *values: object) -> None:
        tried.append(looked.network.device)
        if looked.network.device != place.CPU:
            raise torch.OutOfMemoryError("none is left")
        real(looked, *values)  # type: ignore[arg-type]

    monkeypatch.setattr(answer, "feature_maps", short)
    assert one(FeatureMaps(subject, TestImage(0), ("conv1",)), Maps).path == "conv1"
    assert one(FeatureMaps(subject, TestImage(0), ("conv1",)), Maps).path == "conv1"
    assert tried == [torch.device(card.id), place.CPU, place.CPU], "it is not asked again"
    assert isinstance(found(subject), Network)
