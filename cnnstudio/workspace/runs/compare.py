"""What was set differently in two runs: their training settings and what they were asked for beside."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from cnnstudio.core.fields import describe
from cnnstudio.core.training import TrainingSettings
from cnnstudio.workspace.runs.record import RunRecord

GROUPS = {
    "optimizer": "Optimizer",
    "schedule": "Schedule",
    "init": "First weights",
    "augment": "Augmentation",
    "normalise": "Normalisation",
    "validation": "Validation",
    "early_stopping": "Early stopping",
}
"""What the settings are called that stand together in the document, by their field there."""


@dataclass(frozen=True, slots=True)
class Setting:
    """One value: where it stands (``optimizer.lr``), the words for it, and the value."""

    path: str
    group: str
    label: str
    value: object


@dataclass(frozen=True, slots=True)
class SettingChange:
    """One setting with two values; None is what one of the runs does not say."""

    path: str
    group: str
    label: str
    left: object
    right: object


def settings_of(training: TrainingSettings) -> tuple[Setting, ...]:
    """All settings, in the order of their definition."""
    return tuple(_settings(training, "", ""))


def facts_of(record: RunRecord) -> tuple[Setting, ...]:
    """How the run was made beside its settings: device, options and choices, versions."""
    found = [
        Setting("device", "Machine", "Device", record.device),
        Setting("engine", "Machine", "Engine", record.engine),
    ]
    found += [Setting(f"options.{k}", "Options", k, v) for k, v in record.options.items() if v is not None]
    found += [Setting(f"versions.{k}", "Versions", k, v) for k, v in record.versions.items()]
    return tuple(found)


def setting_changes(left: tuple[Setting, ...], right: tuple[Setting, ...]) -> tuple[SettingChange, ...]:
    """What differs, in the left one's order, then what only the right one has."""
    before, after = ({s.path: s for s in side} for side in (left, right))
    changes = []
    for path in dict.fromkeys((*before, *after)):
        one, other = before.get(path), after.get(path)
        about = one or other
        assert about is not None
        values = one.value if one else None, other.value if other else None
        if values[0] != values[1]:
            changes.append(SettingChange(path, about.group, about.label, *values))
    return tuple(changes)


def _settings(model: BaseModel, prefix: str, group: str) -> Iterator[Setting]:
    labels = {spec.name: spec.label for spec in describe(type(model))}
    for name in type(model).model_fields:
        value: Any = getattr(model, name)
        if isinstance(value, BaseModel):
            yield from _settings(value, f"{prefix}{name}.", GROUPS.get(name, name))
        else:
            label = labels[name]
            yield Setting(f"{prefix}{name}", group, label if label != name else name.title(), value)
