"""``cnnstudio export``: the network as Python."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

from cnnstudio.cli.errors import CommandError
from cnnstudio.cli.model import load_model
from cnnstudio.codegen import CannotGenerate, generate, script


def export(options: Namespace) -> int:
    """Writes the model, or a script that trains it; ``-o -`` prints it."""
    document = load_model(options.model)
    try:
        source = script(document) if options.script else generate(document).source
    except CannotGenerate as error:
        raise CommandError(str(error)) from None
    if options.output == "-":
        print(source, end="")
        return 0
    try:
        Path(options.output).write_text(source, "utf-8")
    except FileNotFoundError:
        folder = Path(options.output).parent
        raise CommandError(f"{options.output} cannot be written: there is no folder {folder}.") from None
    except OSError as error:
        raise CommandError(f"{options.output} cannot be written: {error.strerror or error}.") from None
    what = "the training script" if options.script else "the model"
    print(f"Wrote {what} of {document.name} to {options.output} ({len(source.splitlines())} lines).")
    return 0
