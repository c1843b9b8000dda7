"""Colours of curves: far apart, also for those who see red and green alike, on light and on dark ground."""

from __future__ import annotations

from collections.abc import Iterable

from cnnstudio.ui.theme import tokens

# After Okabe and Ito (2008) and Tableau's ten, darkened or lightened for the ground.
_LIGHT = (
    "#2f6fed", "#d9480f", "#2b8a3e", "#9c36b5", "#0b7285",
    "#c2255c", "#a07000", "#495057", "#5f3dc4", "#087f5b",
)  # fmt: skip
_DARK = (
    "#5b8ff9", "#ff922b", "#51cf66", "#da77f2", "#3bc9db",
    "#f783ac", "#fcc419", "#ced4da", "#9775fa", "#38d9a9",
)  # fmt: skip


class CurveColours:
    """Gives each of the chosen runs a colour, and leaves it that colour for as long as it is chosen."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def choose(self, keys: Iterable[str]) -> None:
        """Other runs are chosen."""
        wanted = list(keys)
        self._numbers = {key: number for key, number in self._numbers.items() if key in wanted}
        for key in wanted:
            if key not in self._numbers:
                taken = set(self._numbers.values())
                self._numbers[key] = next(n for n in range(len(wanted) + 1) if n not in taken)

    def colours(self) -> dict[str, str]:
        """By key; more runs than colours begin again with the first."""
        shades = _DARK if tokens().dark else _LIGHT
        return {key: shades[number % len(shades)] for key, number in self._numbers.items()}
