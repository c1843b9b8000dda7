"""`health.jsonl`: how signal and gradient flowed through a run's network, one look a line."""

from __future__ import annotations

from typing import Any

from cnnstudio.core.health import BlockHealth, Health, Histogram
from cnnstudio.workspace.runs.folder import RunFolder
from cnnstudio.workspace.runs.metrics import read_metrics

_TEXTS = ("path", "node", "kind")
_SHARES = (
    "activation_mean",
    "activation_std",
    "zeros",
    "dead",
    "gradient_norm",
    "weight_norm",
    "update_ratio",
)


def read_health_lines(folder: RunFolder) -> list[dict[str, Any]]:
    """The lines as they are."""
    return read_metrics(folder.health)


def read_health(folder: RunFolder) -> tuple[Health, ...]:
    """All looks of a run, in order. The file may be anybody's: what is no look is passed over."""
    looks = [look for line in read_health_lines(folder) if (look := health_of(line)) is not None]
    return tuple(looks)


def health_of(line: dict[str, Any]) -> Health | None:
    """One line as the message that it was; None where it is none."""
    numbers = [line.get(name) for name in ("epoch", "step", "images")]
    blocks = line.get("blocks")
    if not all(isinstance(number, int) for number in numbers) or not isinstance(blocks, list):
        return None
    epoch, step, images = (number for number in numbers if isinstance(number, int))
    found = tuple(_block(block) for block in blocks if isinstance(block, dict))
    loss, lr = (_number(line.get(name)) for name in ("loss", "lr"))
    return Health(epoch, step, images, _or_nan(loss), _or_nan(lr), found)


def _block(values: dict[str, Any]) -> BlockHealth:
    path, node, kind = (str(values.get(name, "")) for name in _TEXTS)
    weights = values.get("weights")
    return BlockHealth(
        path,
        node,
        kind,
        **{name: _number(values.get(name)) for name in _SHARES},
        activations=_histogram(values.get("activations")),
        gradients=_histogram(values.get("gradients")),
        weights=weights if isinstance(weights, int) else 0,
    )


def _histogram(values: object) -> Histogram | None:
    if not isinstance(values, dict):
        return None
    low, high, counts = _number(values.get("low")), _number(values.get("high")), values.get("counts")
    if low is None or high is None or not isinstance(counts, list):
        return None
    return Histogram(low, high, tuple(count for count in counts if isinstance(count, int)))


def _number(value: object) -> float | None:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if is_number else None  # type: ignore[arg-type]


def _or_nan(value: float | None) -> float:
    return float("nan") if value is None else value
