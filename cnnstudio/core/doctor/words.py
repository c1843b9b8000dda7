"""Numbers as the doctor says them."""

from math import isfinite

from cnnstudio.core.fields import choice_title
from cnnstudio.core.phrase import Phrase
from cnnstudio.core.quantity import grouped

_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def number(value: float) -> str | Phrase:
    """Three digits: ``0.312``, ``12.4``, ``1 200``; ``3·10⁻⁵`` where that is shorter."""
    if not isfinite(value):
        return "∞" if value > 0 else Phrase("no number")
    if value and not 1e-3 <= abs(value) < 1e4:
        digits, _, power = f"{value:.1e}".partition("e")
        return f"{digits.removesuffix('.0')}·10{str(int(power)).translate(_SUPERSCRIPTS)}"
    return f"{value:.3g}" if abs(value) < 999.5 else grouped(round(value))


def percent(share: float) -> str:
    """``42 %``, ``3.1 %``."""
    return f"{100 * share:.2g} %" if abs(share) < 0.995 else f"{100 * share:.0f} %"


def plain(value: object) -> str:
    """The value of a setting as the form shows it."""
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, tuple):
        return ", ".join(map(plain, value)) or "the data set's"
    return choice_title(value) if isinstance(value, str) else str(value)
