"""Pure edits of a document's training settings, by the dotted path of a field (``optimizer.lr``)."""

from typing import Any, TypeVar

from pydantic import BaseModel

from cnnstudio.core.document import Document
from cnnstudio.core.edits import set_classes
from cnnstudio.workspace.datasets import DatasetInfo

Model = TypeVar("Model", bound=BaseModel)


def setting(document: Document, path: str) -> Any:
    """The value of a field of the training settings."""
    value: Any = document.training
    for name in path.split("."):
        value = getattr(value, name)
    return value


def with_setting(document: Document, path: str, value: object) -> Document:
    """The document with one field changed; the same document if it has that value already.

    Raises ``pydantic.ValidationError`` for a value that the settings refuse.
    """
    if setting(document, path) == value:
        return document
    return document.changed(training=_changed(document.training, path.split("."), value))


def with_dataset(document: Document, info: DatasetInfo) -> Document:
    """The document trained on another data set; the number of classes is the data's where that is known.

    ``shapes`` draws as many classes as the network has, as far as it knows so many.
    """
    changed = with_setting(document, "dataset", info.id)
    fits = info.any_size and changed.classes <= info.classes
    if info.classes and not fits and info.classes != changed.classes:
        changed = set_classes(changed, info.classes)
    return changed


def _changed(model: Model, names: list[str], value: object) -> Model:
    name, *rest = names
    inner = _changed(getattr(model, name), rest, value) if rest else value
    values = {field: getattr(model, field) for field in type(model).model_fields}
    return type(model).model_validate({**values, name: inner})
