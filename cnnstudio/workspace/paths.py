"""Where things lie on this machine.

Every function reads the environment when it is called, so that a test or a shell can point elsewhere.
None of them creates a folder: whoever writes does.
"""

from __future__ import annotations

import os
from pathlib import Path

APP_NAME = "cnnstudio"


def data_dir(chosen: str | Path | None = None) -> Path:
    """Data sets, laid out as torchvision does (`MNIST/raw/…`, `cifar-10-batches-py/…`).

    `CNNSTUDIO_DATA` wins over `chosen` (the folder from the settings), which wins over the platform's place.
    """
    return _from_environment("CNNSTUDIO_DATA") or _expanded(chosen) or _user_data() / "data"


def runs_dir() -> Path:
    """One folder a training: `CNNSTUDIO_RUNS`, else the platform's place."""
    return _from_environment("CNNSTUDIO_RUNS") or _user_data() / "runs"


def config_dir() -> Path:
    """Settings and recent files: `CNNSTUDIO_CONFIG`, else the platform's place."""
    import platformdirs

    return _from_environment("CNNSTUDIO_CONFIG") or Path(
        platformdirs.user_config_dir(APP_NAME, appauthor=False)
    )


def cache_dir() -> Path:
    """Decoded image folders, safe to delete: `CNNSTUDIO_CACHE`, else the platform's place."""
    import platformdirs

    return _from_environment("CNNSTUDIO_CACHE") or Path(
        platformdirs.user_cache_dir(APP_NAME, appauthor=False)
    )


def _user_data() -> Path:
    import platformdirs

    return Path(platformdirs.user_data_dir(APP_NAME, appauthor=False))


def _from_environment(name: str) -> Path | None:
    return _expanded(os.environ.get(name))


def _expanded(folder: str | Path | None) -> Path | None:
    return Path(folder).expanduser().absolute() if folder else None
