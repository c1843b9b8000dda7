"""How the person arranged the table of runs, in `runs.json` of the config folder."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from cnnstudio.workspace import paths
from cnnstudio.workspace.json_file import read_object, write_object

_MOST = 64
_WIDEST = 2000


@dataclass(frozen=True, slots=True)
class RunView:
    """Columns go by their keys."""

    order: tuple[str, ...] = ()
    hidden: tuple[str, ...] | None = None
    """None: as it is at first."""
    widths: dict[str, int] = field(default_factory=dict)
    sort: str = "started"
    ascending: bool = False
    smoothing: int = 85
    """In percent."""


def read_view() -> RunView:
    """As it was left; never raises."""
    saved = read_object(_path()) or {}
    default = RunView()
    hidden, widths = saved.get("hidden"), saved.get("widths")
    sort, ascending, smoothing = saved.get("sort"), saved.get("ascending"), saved.get("smoothing")
    return RunView(
        order=_keys(saved.get("order")),
        hidden=_keys(hidden) if isinstance(hidden, list) else None,
        widths={k: w for k, w in widths.items() if type(w) is int and 20 <= w <= _WIDEST}
        if isinstance(widths, dict)
        else {},
        sort=sort if isinstance(sort, str) else default.sort,
        ascending=ascending if isinstance(ascending, bool) else default.ascending,
        smoothing=smoothing if type(smoothing) is int and 0 <= smoothing <= 99 else default.smoothing,
    )


def write_view(view: RunView) -> None:
    """Keep it. A disk that refuses is no reason to trouble anyone."""
    values = {
        "order": list(view.order),
        "hidden": None if view.hidden is None else list(view.hidden),
        "widths": view.widths,
        "sort": view.sort,
        "ascending": view.ascending,
        "smoothing": view.smoothing,
    }
    try:
        write_object(_path(), values, durable=False)
    except OSError:
        return


def _keys(value: object) -> tuple[str, ...]:
    return tuple(key for key in value if isinstance(key, str))[:_MOST] if isinstance(value, list) else ()


def _path() -> Path:
    return paths.config_dir() / "runs.json"
