"""Every training setting as an editor needs it: its path, its definition, its group, and when it matters.

All of it comes from the models of :mod:`cnnstudio.core.training`: a field that is added there is found here,
and a place in the window comes by itself (among the advanced ones, if nothing better is said).
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from pydantic import BaseModel

from cnnstudio.core.fields import FieldSpec, describe
from cnnstudio.core.training import TrainingSettings

Group = Literal["basic", "schedule", "regularisation", "validation", "augmentation", "advanced"]

_GROUPS: Mapping[Group, tuple[str, ...]] = {
    "basic": (
        "batch_size",
        "epochs",
        "optimizer.name",
        "optimizer.lr",
        "optimizer.momentum",
        "optimizer.nesterov",
        "optimizer",
    ),
    "schedule": ("schedule",),
    "regularisation": ("label_smoothing", "clip_norm", "early_stopping"),
    "validation": ("validation", "test_limit"),
    "augmentation": ("augment",),
    "advanced": ("init", "normalise", "seed", "engine", "precision", "compile", ""),
}
"""Paths, or beginnings of paths, in the order in which they stand; the empty one takes what is left."""

_ELSEWHERE = ("dataset",)
"""The header's pill chooses it."""

_MATTERS: Mapping[str, Callable[[TrainingSettings], bool]] = {
    "optimizer.momentum": lambda s: s.optimizer.name in ("SGD", "RMSprop"),
    "optimizer.nesterov": lambda s: s.optimizer.name == "SGD" and s.optimizer.momentum > 0,
    "schedule.step_size": lambda s: s.schedule.name == "step",
    "schedule.gamma": lambda s: s.schedule.name in ("step", "plateau"),
    "schedule.patience": lambda s: s.schedule.name == "plateau",
    "schedule.rise": lambda s: s.schedule.name == "one-cycle",
    "init.std": lambda s: s.init.name == "normal",
    "normalise.mean": lambda s: bool(s.normalise.mean),
    "normalise.std": lambda s: bool(s.normalise.std),
    "early_stopping.restore_best": lambda s: s.early_stopping.patience > 0,
    "precision": lambda s: s.engine == "torch",
    "compile": lambda s: s.engine == "torch",
    "validation.fraction": lambda s: s.validation.name == "split",
}


@dataclass(frozen=True, slots=True)
class SettingField:
    """A setting: ``path`` is dotted (``optimizer.lr``)."""

    path: str
    spec: FieldSpec

    @property
    def object_name(self) -> str:
        """``learningRateSpin``, ``schedulePatienceSpin``: by its own name where no other setting has it."""
        *groups, name = self.path.split(".")
        if self.path == "optimizer.lr":
            name = "learning_rate"
        elif name == "name":
            name = groups[-1]
        elif name in _repeated():
            name = "_".join((*groups, name))
        first, *rest = name.split("_")
        suffix = {"switch": "Check", "choice": "Combo", "whole": "Spin", "real": "Spin"}
        return first + "".join(map(str.capitalize, rest)) + suffix.get(self.spec.kind, "Edit")

    def matters(self, settings: TrainingSettings) -> bool:
        """Whether it changes anything, the other settings being what they are."""
        condition = _MATTERS.get(self.path)
        return condition is None or condition(settings)

    def of(self, settings: TrainingSettings) -> Any:
        """Its value."""
        value: Any = settings
        for name in self.path.split("."):
            value = getattr(value, name)
        return value


@cache
def setting_fields() -> Mapping[Group, tuple[SettingField, ...]]:
    """All settings that the form edits, by group, in the order in which they stand."""
    left = {field.path: field for field in _walk(TrainingSettings) if field.path not in _ELSEWHERE}
    found: dict[Group, tuple[SettingField, ...]] = {}
    # The rest goes last, so that whatever has a place of its own is there.
    for group, starts in _GROUPS.items():
        fields: list[SettingField] = []
        for start in starts:
            paths = [path for path in left if not start or path == start or path.startswith(f"{start}.")]
            fields.extend(left.pop(path) for path in paths)
        found[group] = tuple(fields)
    return found


def _walk(model: type[BaseModel], prefix: str = "") -> Iterator[SettingField]:
    for spec in describe(model):
        inner = model.model_fields[spec.name].annotation
        if spec.kind == "settings" and isinstance(inner, type) and issubclass(inner, BaseModel):
            yield from _walk(inner, f"{prefix}{spec.name}.")
        else:
            yield SettingField(prefix + spec.name, spec)


@cache
def _repeated() -> frozenset[str]:
    """Names that more than one setting has."""
    names = [field.path.rpartition(".")[2] for field in _walk(TrainingSettings)]
    return frozenset(name for name in names if names.count(name) > 1)
