"""The colours of the window, light and dark, by what they are for."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # pydantic comes after the first paint
    from cnnstudio.core.block import Category


@dataclass(frozen=True, slots=True)
class Tokens:
    """Colours as ``#rrggbb``; :func:`mix` makes the shades in between."""

    dark: bool
    surface: str
    """Bars, panels, cards."""
    canvas: str
    """What lies below the cards; fields and code boxes."""
    border: str
    border_strong: str
    """The border of what the pointer is on."""
    text: str
    muted: str
    """Labels, details, shapes."""
    faint: str
    """Placeholders and what is disabled."""
    accent: str
    on_accent: str
    danger: str
    warning: str
    success: str
    hover: str
    pressed: str
    dot: str
    """The canvas's dotted grid."""
    neutral: str
    """The stripe of Input and Output."""
    train: str
    test: str
    """The two curves of every plot."""


LIGHT = Tokens(
    dark=False,
    surface="#ffffff",
    canvas="#f6f7f9",
    border="#dfe3e8",
    border_strong="#c3cad3",
    text="#1b2430",
    muted="#667382",
    faint="#97a1ad",
    accent="#2f6fed",
    on_accent="#ffffff",
    danger="#d64545",
    warning="#b86e00",
    success="#2b8a3e",
    hover="#eef1f5",
    pressed="#e3e8ee",
    dot="#dde1e7",
    neutral="#667382",
    train="#2f6fed",
    test="#d64545",
)
DARK = Tokens(
    dark=True,
    surface="#1c222b",
    canvas="#14181e",
    border="#303946",
    border_strong="#475366",
    text="#e7ecf2",
    muted="#97a3b3",
    faint="#6d7887",
    accent="#5b8ff9",
    on_accent="#ffffff",
    danger="#e5484d",
    warning="#f0a020",
    success="#46a758",
    hover="#262e39",
    pressed="#2f3947",
    dot="#262d37",
    neutral="#97a3b3",
    train="#5b8ff9",
    test="#e5484d",
)

_CATEGORIES: dict[Category, str] = {
    "Convolution": "#2f6fed",
    "Pooling": "#8b5cf6",
    "Activation": "#e08a00",
    "Normalisation": "#0e9aa7",
    "Dense": "#d6336c",
    "Structure": "#2b8a3e",
}
_BY_BLOCK = {"Dropout": "#7a869a", "Dropout2d": "#7a869a", "Identity": "#7a869a"}


def block_colour(name: str, category: Category) -> str:
    """The stripe of a block type; what neither computes nor learns is grey."""
    return _BY_BLOCK.get(name, _CATEGORIES[category])


@lru_cache(maxsize=512)  # cells and cards ask for each of them at every paint
def mix(colour: str, base: str, share: float) -> str:
    """``share`` (0 to 1) of ``colour`` over ``base``."""
    first, second = (tuple(bytes.fromhex(value[1:])) for value in (colour, base))
    return "#" + "".join(f"{round(share * a + (1 - share) * b):02x}" for a, b in zip(first, second))
