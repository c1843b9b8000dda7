"""Whether this process was started with others to train together. Imports no torch."""

from __future__ import annotations

import os


def processes() -> int:
    """How many processes were started together, by torchrun or a scheduler that names them as it does."""
    size = os.environ.get("WORLD_SIZE", "1")
    return int(size) if size.isdigit() and "RANK" in os.environ else 1


def leads() -> bool:
    """Whether this is the process that writes and speaks for all."""
    return processes() == 1 or os.environ.get("RANK") == "0"
