"""Commands that a person may copy into a terminal."""

from __future__ import annotations

import os
import shlex
import subprocess

_WINDOWS = os.name == "nt"


def quoted(argument: str) -> str:
    """One argument as the system's shell takes it; that of Windows knows no single quotes."""
    return subprocess.list2cmdline([argument]) if _WINDOWS else shlex.quote(argument)
