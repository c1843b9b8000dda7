"""Pure edits of how a document is trained: settings by the dotted path of a field, and the data set."""

from cnnstudio.core.document import Document
from cnnstudio.core.edits import set_classes
from cnnstudio.core.settings_edits import setting, with_setting
from cnnstudio.workspace.datasets import DatasetInfo

__all__ = ["setting", "with_dataset", "with_setting"]


def with_dataset(document: Document, info: DatasetInfo) -> Document:
    """The document trained on another data set; the number of classes is the data's where that is known.

    ``shapes`` draws as many classes as the network has, as far as it knows so many.
    """
    changed = with_setting(document, "dataset", info.id)
    fits = info.any_size and info.id != "folder" and changed.classes <= info.classes
    if info.classes and not fits and info.classes != changed.classes:
        changed = set_classes(changed, info.classes)
    return changed
