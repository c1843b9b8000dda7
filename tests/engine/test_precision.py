"""Half precision is chosen by what a device can do."""

from typing import Any

import pytest
import torch

from cnnstudio.engine import precision
from cnnstudio.engine.precision import choose_precision

CPU, CUDA, MPS = (torch.device(kind) for kind in ("cpu", "cuda:0", "mps"))


def with_capability(monkeypatch: pytest.MonkeyPatch, capability: Any) -> None:
    monkeypatch.setattr(torch.cuda, "get_device_capability", lambda device=None: capability)
    monkeypatch.setattr(torch.version, "hip", None)


@pytest.mark.parametrize("wanted", ["auto", "mixed"])
@pytest.mark.parametrize(
    ("capability", "dtype", "scaled"),
    [
        ((9, 0), torch.bfloat16, False),
        ((8, 6), torch.bfloat16, False),
        ((7, 5), torch.float16, True),
        ((7, 0), torch.float16, True),
    ],
)
def test_a_card_with_tensor_cores_computes_in_half(
    monkeypatch: pytest.MonkeyPatch, wanted: Any, capability: Any, dtype: torch.dtype, scaled: bool
) -> None:
    with_capability(monkeypatch, capability)
    chosen = choose_precision(wanted, CUDA)
    assert (chosen.dtype, chosen.scaled) == (dtype, scaled)
    assert chosen.told == f"mixed with {str(dtype).removeprefix('torch.')}"


def test_an_old_card_does_so_when_it_is_told_to(monkeypatch: pytest.MonkeyPatch) -> None:
    with_capability(monkeypatch, (6, 1))
    assert choose_precision("auto", CUDA).dtype is None
    assert choose_precision("mixed", CUDA).dtype == torch.float16


@pytest.mark.parametrize("device", [CPU, MPS])
@pytest.mark.parametrize("able", [False, True])
def test_elsewhere_it_is_off_of_itself(
    monkeypatch: pytest.MonkeyPatch, device: torch.device, able: bool
) -> None:
    monkeypatch.setattr(precision, "has_bfloat16", lambda: able)
    assert choose_precision("auto", device) == choose_precision("float32", device) == precision.FULL


def test_a_processor_with_the_instructions_can_be_told_to(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(precision, "has_bfloat16", lambda: True)
    assert choose_precision("mixed", CPU).dtype == torch.bfloat16
    refused = choose_precision("mixed", MPS)
    assert refused.dtype is None
    assert refused.told == "float32 instead of mixed: Apple's GPU gains nothing by it"


def test_without_torchs_word_on_it_the_processor_has_none(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("_is_avx512_bf16_supported", "_is_amx_tile_supported"):
        monkeypatch.delattr(torch.cpu, name, raising=False)
    assert not precision.has_bfloat16()
