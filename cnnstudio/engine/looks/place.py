"""Which device looks compute on: the one that the run was trained on, or the best that there is here.

The CPU steps in where that one cannot do what is asked: no memory is left beside a training, or (on some) an
operation is missing. A device that failed once is not asked again.
"""

from __future__ import annotations

import torch

from cnnstudio.engine import device as devices

CPU = torch.device("cpu")
FAILURES = (torch.OutOfMemoryError, NotImplementedError)
"""What a device raises that cannot do something; nothing is wrong with the request."""
_unfit: set[torch.device] = set()


def of_run(name: str) -> torch.device:
    """The device of this name, as a run's record tells it; where it is another machine's, the best here."""
    there = devices.devices()
    found = next((device for device in there if device.name == name), there[0])
    return fit(torch.device(found.id))


def best() -> torch.device:
    """For a network that nobody has trained yet."""
    return fit(torch.device(devices.devices()[0].id))


def fit(device: torch.device) -> torch.device:
    """The device, or the CPU where it has failed before."""
    return CPU if device in _unfit else device


def give_up(device: torch.device) -> bool:
    """The device has failed; whether there is another one to try."""
    if device == CPU:
        return False
    _unfit.add(device)
    return True
