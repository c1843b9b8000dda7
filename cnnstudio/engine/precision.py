"""Which steps are computed in half precision: by what the device can do, never where it would be slower."""

from __future__ import annotations

from dataclasses import dataclass

import torch

from cnnstudio.core.training import PrecisionName

_TENSOR_CORES = (7, 0)
_BFLOAT16_CORES = (8, 0)


@dataclass(frozen=True, slots=True)
class Precision:
    """``dtype`` is what torch's autocast computes in, None for float32 throughout.

    ``scaled``: the loss is scaled so that small gradients survive in float16. ``told`` is for people.
    """

    dtype: torch.dtype | None = None
    scaled: bool = False
    told: str = "float32"


FULL = Precision()


def choose_precision(wanted: PrecisionName, device: torch.device) -> Precision:
    """ "auto" is mixed on graphics cards that gain by it; "mixed" is so wherever it can be of use."""
    if wanted == "float32":
        return FULL
    if device.type == "cuda":
        return _on_cuda(wanted, device)
    if wanted == "auto":
        return FULL
    if device.type == "cpu" and has_bfloat16():
        return Precision(torch.bfloat16, False, "mixed with bfloat16")
    why = (
        "Apple's GPU gains nothing by it" if device.type == "mps" else "this processor would be slower by it"
    )
    return Precision(told=f"float32 instead of mixed: {why}")


def has_bfloat16() -> bool:
    """Whether the processor has instructions for it; without, autocast ran at 0.05 to 0.3 of the speed."""
    return any(
        bool(getattr(torch.cpu, name, lambda: False)())
        for name in ("_is_avx512_bf16_supported", "_is_amx_tile_supported")
    )


def _on_cuda(wanted: PrecisionName, device: torch.device) -> Precision:
    capability = torch.cuda.get_device_capability(device)
    if capability >= _BFLOAT16_CORES or torch.version.hip:
        return Precision(torch.bfloat16, False, "mixed with bfloat16")
    if capability >= _TENSOR_CORES or wanted == "mixed":
        return Precision(torch.float16, True, "mixed with float16")
    return FULL
