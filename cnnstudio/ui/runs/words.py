"""Numbers and states of runs as people read them."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from cnnstudio.core.spread import Spread
from cnnstudio.workspace.datasets import CATALOGUE

_tr = QCoreApplication.translate
DASH = "–"


def status_text(status: str) -> str:
    """The state of a run in a word."""
    return {
        "running": _tr("Runs", "Running"),
        "paused": _tr("Runs", "Paused"),
        "finished": _tr("Runs", "Finished"),
        "stopped": _tr("Runs", "Stopped"),
        "failed": _tr("Runs", "Failed"),
        "interrupted": _tr("Runs", "Interrupted"),
        "unreadable": _tr("Runs", "Unreadable"),
    }.get(status, status)


def percent(share: float | None, digits: int = 2) -> str:
    """``88.12 %`` of 0.8812."""
    return "" if share is None else f"{100 * share:.{digits}f} %"


def percent_spread(found: Spread | None) -> str:
    """``88.12 ± 0.31 %``: mean and standard deviation."""
    if found is None:
        return ""
    if found.deviation is None:
        return percent(found.mean)
    return f"{100 * found.mean:.2f} ± {100 * found.deviation:.2f} %"


def loss_text(loss: float | None) -> str:
    """Four digits, whatever the size."""
    return "" if loss is None else f"{loss:.4f}" if 1e-3 <= abs(loss) < 1e3 else f"{loss:.2e}"


def dataset_title(dataset: str) -> str:
    """``CIFAR-10``; the id of what the catalogue does not know."""
    return {info.id: info.title for info in CATALOGUE}.get(dataset, dataset)


def duration(seconds: float | None) -> str:
    """``42 s``, ``3:07``, ``1:02:09``."""
    if seconds is None:
        return ""
    whole = round(seconds)
    if whole < 60:
        return _tr("Runs", "{seconds} s").format(seconds=whole)
    minutes, rest = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def value_text(value: object) -> str:
    """A setting's value."""
    if value is None:
        return DASH
    if isinstance(value, bool):
        return _tr("Runs", "yes") if value else _tr("Runs", "no")
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, tuple):
        return "×".join(value_text(v) for v in value) if value else _tr("Runs", "auto")
    return str(value)
