"""What MODEL means on the command line: a preset's id or a file."""

from __future__ import annotations

from pathlib import Path

from cnnstudio.cli.errors import CommandError
from cnnstudio.core.document import Document
from cnnstudio.core.fileformat import FileError, read_document
from cnnstudio.workspace.errors import PresetError
from cnnstudio.workspace.presets import load_preset


def load_model(name: str) -> Document:
    """The document of a preset or of a ``.cnn.json`` file; raises :class:`CommandError`."""
    path = Path(name)
    try:
        if path.suffix == ".json" or path.is_file():
            return read_document(path.read_text("utf-8"), name)
        return load_preset(name)
    except FileNotFoundError:
        raise CommandError(f"There is no file {name}.") from None
    except UnicodeDecodeError:
        raise CommandError(f"{name} is no text file.") from None
    except OSError as error:
        raise CommandError(f"{name} cannot be read: {error.strerror or error}.") from None
    except (FileError, PresetError) as error:
        raise CommandError(str(error)) from None
