"""Where the data of a document lie, as the settings say."""

from pathlib import Path

from cnnstudio.core.document import Document
from cnnstudio.workspace.settings import load_settings


def data_place(document: Document) -> Path | None:
    """The data folder, or the image folder; None where none has been chosen."""
    settings = load_settings()
    if document.training.dataset != "folder":
        return settings.data_dir()
    return Path(settings.image_folder) if settings.image_folder else None
