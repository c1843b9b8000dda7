"""A field for numbers between a millionth and thousands, shown as people write them: 0.001, 5e-05."""

from PySide6.QtCore import QLocale
from PySide6.QtGui import QValidator
from PySide6.QtWidgets import QWidget

from cnnstudio.ui.widgets.spin import DoubleSpinBox


class NumberSpin(DoubleSpinBox):
    """Steps by the leading digit: 0.001, 0.002, …, 0.01, 0.02."""

    def __init__(self, least: float, most: float, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setLocale(QLocale.c())
        self.setDecimals(12)
        self.setRange(least, most)
        self.setKeyboardTracking(False)

    def textFromValue(self, value: float) -> str:
        """``0.001``, never ``0.001000000000``."""
        return f"{value:.6g}"

    def valueFromText(self, text: str) -> float:
        """Also ``1e-3`` and ``0,001``."""
        return float(text.replace(",", "."))

    def validate(self, text: str, position: int) -> tuple[QValidator.State, str, int]:
        """Half a number may still become one."""
        try:
            value = self.valueFromText(text)
        except ValueError:
            half = set(text) <= set("0123456789.,eE+-")
            return (QValidator.State.Intermediate if half else QValidator.State.Invalid), text, position
        inside = self.minimum() <= value <= self.maximum()
        return (QValidator.State.Acceptable if inside else QValidator.State.Intermediate), text, position

    def stepBy(self, steps: int) -> None:
        """One unit of the leading digit."""
        value = self.value()
        for _ in range(abs(steps)):
            value = _stepped(value, up=steps > 0)
        self.setValue(value)


def _stepped(value: float, up: bool) -> float:
    if value <= 0:
        return 1e-4 if up else 0.0
    exponent = int(f"{value:e}".split("e")[1])
    unit = 10.0**exponent
    digit = round(value / unit, 6)
    if up:
        return float(f"{(digit + 1) * unit:.6g}")
    if digit - 1 < 1e-9:
        return float(f"{9 * unit / 10:.6g}")
    return float(f"{(digit - 1) * unit:.6g}")
