"""Pure edits of a document's training settings, by the dotted path of a field (``optimizer.lr``)."""

from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import BaseModel

from cnnstudio.core.document import Document
from cnnstudio.core.fields import FieldSpec, describe
from cnnstudio.core.training import TrainingSettings

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


def with_settings(document: Document, values: Mapping[str, object]) -> Document:
    """:func:`with_setting` for some of them, one after the other."""
    for path, value in values.items():
        document = with_setting(document, path, value)
    return document


def setting_spec(path: str) -> FieldSpec:
    """What an editor knows of a field: its label, its range; raises ``KeyError``."""
    model: type[BaseModel] = TrainingSettings
    *groups, last = path.split(".")
    for name in groups:
        inner = model.model_fields[name].annotation
        if not (isinstance(inner, type) and issubclass(inner, BaseModel)):
            raise KeyError(path)
        model = inner
    return {spec.name: spec for spec in describe(model)}[last]


def _changed(model: Model, names: list[str], value: object) -> Model:
    name, *rest = names
    inner = _changed(getattr(model, name), rest, value) if rest else value
    values = {field: getattr(model, field) for field in type(model).model_fields}
    return type(model).model_validate({**values, name: inner})
