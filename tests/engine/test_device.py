import pytest
import torch

from cnnstudio.engine import device
from cnnstudio.engine.errors import EngineError


@pytest.fixture
def no_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)


@pytest.mark.usefixtures("no_gpu")
def test_the_processor_can_always_train() -> None:
    (only,) = device.devices()
    assert only.id == "cpu"
    assert "core" in only.name
    assert device.choose("auto") == torch.device("cpu")


@pytest.mark.usefixtures("no_gpu")
def test_a_missing_device_is_told_with_what_there_is() -> None:
    with pytest.raises(EngineError, match="There is no device cuda here: choose auto or one of cpu"):
        device.choose("cuda")


@pytest.mark.usefixtures("no_gpu")
def test_cards_come_first_with_their_names(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda index: f"Card {index}")
    monkeypatch.setattr(device, "_works", lambda name: name != "cuda:1")
    assert next((found.id, found.name) for found in device.devices()) == ("cuda:0", "Card 0")
    assert len(device.devices()) == 2, "a card that this torch has no code for is left out"
    assert device.choose("auto") == device.choose("cuda") == torch.device("cuda:0")
    assert device.name_of(torch.device("cuda:0")) == "Card 0"
    assert device.choose("cpu") == torch.device("cpu")


@pytest.mark.usefixtures("no_gpu")
def test_apples_gpu_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: True)
    monkeypatch.setattr(device, "_works", lambda name: True)
    assert device.choose("auto") == torch.device("mps")
    assert device.name_of(torch.device("mps")) == "Apple GPU"


def test_a_device_that_fails_at_the_first_sum_does_not_count() -> None:
    assert device._works("cpu")
    assert not device._works("cuda:77")
