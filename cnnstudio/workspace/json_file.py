"""Small JSON files of our own: written whole or not at all, read with patience."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any


def read_object(path: Path) -> dict[str, Any] | None:
    """The JSON object in a file, or None where there is no file, no JSON or no object."""
    try:
        found = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def write_object(path: Path, values: dict[str, Any], *, durable: bool = True) -> None:
    """Replace the file with this object, indented, in UTF-8; `durable` as for :func:`atomic.write_text`."""
    # Only who writes needs it, and the first paint reads.
    from cnnstudio.workspace.atomic import write_text

    write_text(path, json.dumps(values, ensure_ascii=False, indent=2, allow_nan=False) + "\n", durable)
