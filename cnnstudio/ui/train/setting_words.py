"""How the training settings are called, and what a folded group of them says."""

from collections.abc import Iterable

from PySide6.QtCore import QCoreApplication

from cnnstudio.app.training_fields import Group, SettingField
from cnnstudio.core.fields import choice_title
from cnnstudio.core.training import TrainingSettings

_MOST_PARTS = 4
_DEFAULTS = TrainingSettings()
"""What matters only because something else was chosen is told whatever its value."""


def _tr(text: str) -> str:
    return QCoreApplication.translate("Settings", text)


def label_of(field: SettingField) -> str:
    """The label of its definition."""
    return _tr(field.spec.label)


def help_of(field: SettingField) -> str:
    """The help of its definition."""
    return _tr(field.spec.help) if field.spec.help else ""


def group_title(group: Group) -> str:
    """The word over a group that folds."""
    titles: dict[Group, str] = {
        "basic": "",
        "schedule": _tr("Schedule"),
        "regularisation": _tr("Regularisation"),
        "validation": _tr("Validation"),
        "augmentation": _tr("Augmentation"),
        "advanced": _tr("Advanced"),
    }
    return titles[group]


def choice_text(path: str, choice: str) -> str:
    """What stands in the list for one of the choices; names of torch stay as they are."""
    words = {
        ("init.name", "default"): _tr("PyTorch’s"),
        ("precision", "auto"): _tr("Automatic"),
        ("engine", "torch"): "PyTorch",
        ("engine", "numpy"): "NumPy",
        ("validation.name", "test"): _tr("Test images"),
        ("validation.name", "split"): _tr("A split"),
    }
    if (path, choice) in words:
        return words[path, choice]
    title = choice_title(choice)
    return _tr(title) if title != choice else choice


def empty_text(path: str) -> str:
    """What stands in a number's place where there is none."""
    return {"test_limit": _tr("all")}.get(path, _tr("auto"))


def off_text(path: str) -> str:
    """What stands for a zero that switches something off; empty where a zero is just a number."""
    switched_off = ("early_stopping.patience", "clip_norm", "schedule.warmup", "augment.cutout")
    return _tr("off") if path in switched_off else ""


def value_text(field: SettingField, value: object) -> str:
    """A value in the words of the form."""
    match value:
        case None:
            return empty_text(field.path)
        case bool():
            return _tr("yes") if value else _tr("no")
        case str():
            return choice_text(field.path, value)
        case tuple():
            return "/".join(f"{number:g}" for number in value)
        case int() | float():
            return off_text(field.path) if value == 0 and off_text(field.path) else f"{value:g}"
    return str(value)


def summary(fields: Iterable[SettingField], settings: TrainingSettings) -> str:
    """What a folded group is set to: what differs from the defaults, in a few words."""
    parts = []
    for field in fields:
        value = field.of(settings)
        telling = _is_chief(field) or not field.matters(_DEFAULTS)
        if not field.matters(settings) or (value == field.spec.default and not telling):
            continue
        parts.append(_part(field, value))
    if len(parts) > _MOST_PARTS:
        parts = [*parts[:_MOST_PARTS], "…"]
    return " · ".join(parts) or _tr("off")


def _part(field: SettingField, value: object) -> str:
    label = label_of(field).lower()
    if _is_chief(field) and isinstance(value, str):
        return value_text(field, value)
    if value is True:
        return label
    if value is False:
        return _tr("no {setting}").format(setting=label)
    return f"{label} {value_text(field, value)}"


def _is_chief(field: SettingField) -> bool:
    """Whether a group is told by it even at its default: the name of a schedule, the seed."""
    return field.path in ("schedule.name", "validation.name", "seed")
