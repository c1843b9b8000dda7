"""Numbers as they are written in small cells and in lines of arithmetic."""

from __future__ import annotations

import math

_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def short(value: float) -> str:
    """At most four characters if it can be: ``.5``, ``−1.2``, ``37``, ``2e3``."""
    if value == 0:
        return "0"
    size = abs(value)
    if size < 0.005:
        return "~0"
    if size >= 1000:
        text = f"{value:.0e}".replace("e+0", "e").replace("e+", "e")
    elif size >= 9.95:
        text = f"{value:.0f}"
    elif size >= 0.995:
        text = f"{value:.1f}".removesuffix(".0")
    else:
        text = f"{value:.2f}".replace("0.", ".", 1).rstrip("0")
    return text.replace("-", "−")


def unit_of(largest: float) -> tuple[float, str]:
    """What small numbers are written in, so that they can be told apart: ``(0.001, " · 10⁻³")``; else 1."""
    if largest >= 0.095 or largest == 0:
        return 1.0, ""
    power = math.floor(math.log10(largest))
    return 10.0**power, f" · 10{str(power).translate(_RAISED)}"


def exact(value: float) -> str:
    """Four significant digits: ``0.2314``, ``−1.42``."""
    return f"{value + 0.0:.4g}".replace("-", "−")


def share(value: float) -> str:
    """A probability as :func:`exact`; one that would round to 1 says what it lacks: ``(1 − 4.8e−07)``."""
    lack = 1.0 - value
    return f"(1 − {exact(lack)})" if lack > 0 and exact(value) == "1" else exact(value)


def brief(value: float) -> str:
    """Three significant digits, for lists: ``0.231``, ``−1.42``."""
    return f"{value + 0.0:.3g}".replace("-", "−")


def bracketed(value: float) -> str:
    """As :func:`exact`, negative ones in brackets: for what stands behind a minus."""
    return f"({exact(value)})" if value < 0 else exact(value)


def factor(value: float) -> str:
    """A number inside a product; negative ones in brackets."""
    text = f"{value + 0.0:.2g}".replace("-", "−")  # no minus before a zero
    return f"({text})" if value < 0 else text
