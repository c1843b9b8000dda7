"""Which devices can train here, judged by trying and not by name."""

from __future__ import annotations

import os
import platform

import torch

from cnnstudio.core.messages import Device
from cnnstudio.core.training import TrainingSettings
from cnnstudio.engine.errors import EngineError
from cnnstudio.engine.system_memory import allowed_bytes, container_bytes, system_bytes


def devices() -> tuple[Device, ...]:
    """What can train on this machine, the best first: CUDA (or ROCm) cards, Apple's GPU, the CPU."""
    return (*_cuda(), *_mps(), Device("cpu", f"CPU ({_cpu_text()})"))


def choose(wanted: str) -> torch.device:
    """The device for "auto" or an id of :func:`devices`; raises :class:`EngineError`."""
    there = devices()
    if wanted == "auto":
        return torch.device(there[0].id)
    ids = [device.id for device in there]
    canonical = "cuda:0" if wanted == "cuda" else wanted
    if canonical not in ids:
        raise EngineError(f"There is no device {wanted} here: choose auto or one of {', '.join(ids)}.")
    return torch.device(canonical)


def choose_for(settings: TrainingSettings, wanted: str) -> torch.device:
    """As :func:`choose`, for what the settings let compute: NumPy knows the CPU only."""
    if settings.engine != "numpy":
        return choose(wanted)
    if wanted not in ("auto", "cpu"):
        raise EngineError(f"NumPy computes on the CPU, not on {wanted}: choose the CPU, or PyTorch.")
    return torch.device("cpu")


def name_of(device: torch.device) -> str:
    """The device's name for people."""
    for known in devices():
        if torch.device(known.id) == device:
            return known.name
    return str(device)


def synchronise(device: torch.device) -> None:
    """Waits until the device has done all it was given; a CPU always has."""
    if device.type == "cuda":
        torch.cuda.synchronize(device)
    elif device.type == "mps":
        torch.mps.synchronize()


def free_bytes(device: torch.device) -> int | None:
    """How much memory is left for a run, None where nobody tells."""
    if device.type == "cuda":
        return int(torch.cuda.mem_get_info(device)[0])
    return system_bytes()


def available_bytes(device: torch.device) -> int | None:
    """As :func:`free_bytes`, but no more than limits on this process and its container leave it."""
    free = [free_bytes(device)]
    if device.type == "cpu":
        free += [allowed_bytes(), container_bytes()]
    return min((value for value in free if value is not None), default=None)


def _cuda() -> tuple[Device, ...]:
    if not torch.cuda.is_available():
        return ()
    return tuple(
        Device(f"cuda:{index}", torch.cuda.get_device_name(index))
        for index in range(torch.cuda.device_count())
        if _works(f"cuda:{index}")
    )


def _mps() -> tuple[Device, ...]:
    if not torch.backends.mps.is_available() or not _works("mps"):
        return ()
    return (Device("mps", "Apple GPU"),)


def _works(device: str) -> bool:
    """A card that this build of torch has no code for is listed by the driver and fails at the first sum."""
    try:
        return bool((torch.ones(2, device=device) + 1).sum().item() == 4)
    except (RuntimeError, AssertionError):
        return False


def _cpu_text() -> str:
    cores = os.cpu_count() or 1
    return f"{cores} core{'s' * (cores != 1)}, {platform.machine() or 'unknown'}"
