"""What marked cells, places and bars look like."""

from __future__ import annotations

from cnnstudio.ui.learn.scene import Mark
from cnnstudio.ui.theme import Tokens, mix


def mark_colour(mark: Mark, t: Tokens) -> str:
    """The background of a marked cell."""
    base = t.canvas if t.dark else t.surface
    shares: dict[Mark, tuple[str, float]] = {
        "window": (t.accent, 0.18),
        "filter": ("#e08a00", 0.16),
        "result": (t.success, 0.25),
        "gradient": (t.danger, 0.18),
        "touched": ("#8b5cf6", 0.18),
        "padding": (t.muted, 0.10),
    }
    colour, share = shares[mark]
    return mix(colour, base, share + (0.1 if t.dark else 0))


def edge_colour(mark: Mark, t: Tokens) -> str:
    """The outline of a marked place on a picture."""
    colours: dict[Mark, str] = {
        "window": t.accent,
        "filter": "#e08a00",
        "result": t.success,
        "gradient": t.danger,
        "touched": "#8b5cf6",
        "padding": t.muted,
    }
    return colours[mark]
