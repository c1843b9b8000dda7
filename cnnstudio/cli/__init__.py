"""Headless commands. Each is a file; torch is only imported by those that compute with it."""

from __future__ import annotations

from collections.abc import Sequence

COMMANDS = ("presets", "shapes", "export", "train", "evaluate", "datasets", "tensorboard")


def is_command(arguments: Sequence[str]) -> bool:
    """Whether these arguments are for the command line; nothing, or one network, is for the window."""
    return bool(arguments) and (
        arguments[0] in COMMANDS or arguments[0].startswith("-") or len(arguments) > 1
    )


def refusal(name: str) -> str | None:
    """Why the window cannot open this network, in one line; None where it may be tried."""
    from pathlib import Path

    from cnnstudio.workspace.presets import preset_ids

    try:
        found = Path(name).is_file()
    except OSError:  # its folder may not be looked into, or the name is too long
        found = False
    if found or name in preset_ids():
        return None
    commands = ", ".join(COMMANDS)
    return f"cnnstudio: {name} is neither a file nor a preset (cnnstudio presets) nor a command ({commands})."


def main(arguments: Sequence[str]) -> int:
    """Runs one command; returns its exit code: 0, 1 (``shapes`` found a problem), 2 (an error), 130."""
    from cnnstudio.cli.parser import run

    return run(arguments)
