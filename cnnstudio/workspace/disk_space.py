"""Whether what is about to be written will fit, asked before hours of work and not after."""

from __future__ import annotations

import shutil
from pathlib import Path


def free_bytes(folder: Path) -> int | None:
    """Free space where the folder is or will be; None where the system does not tell."""
    for place in (folder, *folder.parents):
        if place.is_dir():
            try:
                return shutil.disk_usage(place).free
            except OSError:
                return None
    return None


def fits(needed: int, folder: Path) -> bool:
    """Whether so many bytes fit into the folder, as far as is known."""
    free = free_bytes(folder)
    return free is None or needed <= free
