"""What a person has chosen, in `settings.json` of the config folder.

A damaged file, or a value that this program does not know, is as good as none: the default takes its place.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, Literal, get_args

from cnnstudio.workspace import paths
from cnnstudio.workspace.json_file import read_object, write_object

Theme = Literal["system", "light", "dark"]
ShapeOrder = Literal["HWC", "NCHW"]

_CHOICES: dict[str, tuple[str, ...]] = {
    "theme": get_args(Theme),
    "shape_order": get_args(ShapeOrder),
}


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings with their defaults.

    An empty `data_folder` is the platform's own place (`CNNSTUDIO_DATA` wins over both), an empty `language`
    the system's. `device` is "auto" or what the engine calls one (`cuda:0`), there today or not.
    `window_geometry` and `window_state` are the window's own text, which nothing else reads.
    `open_setting_groups` are the names of the training settings' groups that are unfolded, between spaces.
    """

    theme: Theme = "system"
    shape_order: ShapeOrder = "HWC"
    device: str = "auto"
    language: str = ""
    data_folder: str = ""
    image_folder: str = ""
    window_geometry: str = ""
    window_state: str = ""
    open_setting_groups: str = ""

    def data_dir(self) -> Path:
        """Where data sets lie, the environment and this setting considered."""
        return paths.data_dir(self.data_folder)


def load_settings(path: Path | None = None) -> Settings:
    """The saved settings; never raises."""
    saved = read_object(path or settings_path()) or {}
    return Settings(
        **{field.name: saved[field.name] for field in fields(Settings) if _is_usable(field.name, saved)}
    )


def save_settings(settings: Settings, path: Path | None = None) -> None:
    """Save all settings; `OSError` when the disk refuses."""
    write_object(path or settings_path(), asdict(settings))


def settings_path() -> Path:
    """Where the settings are kept."""
    return paths.config_dir() / "settings.json"


def _is_usable(name: str, saved: dict[str, Any]) -> bool:
    value = saved.get(name)
    return isinstance(value, str) and value in _CHOICES.get(name, (value,))
