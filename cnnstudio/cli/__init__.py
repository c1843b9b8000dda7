"""Headless commands. Each is a file; torch is only imported by those that compute with it."""

from __future__ import annotations

from collections.abc import Sequence

COMMANDS = ("presets", "shapes", "export", "train", "evaluate", "datasets")


def is_command(arguments: Sequence[str]) -> bool:
    """Whether these arguments are for the command line and not a network to open in the window."""
    return bool(arguments) and (arguments[0] in COMMANDS or arguments[0].startswith("-"))


def main(arguments: Sequence[str]) -> int:
    """Runs one command; returns its exit code: 0, 1 (``shapes`` found a problem), 2 (an error), 130."""
    from cnnstudio.cli.parser import run

    return run(arguments)
