"""One editor for each kind of training setting, made from its definition alone."""

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QWidget

from cnnstudio.app.training_fields import SettingField
from cnnstudio.core.fields import FieldSpec, Kind
from cnnstudio.ui.train.number_spin import NumberSpin
from cnnstudio.ui.train.setting_words import choice_text, empty_text, help_of, label_of, off_text
from cnnstudio.ui.widgets.combo import ComboBox
from cnnstudio.ui.widgets.spin import LineEdit, SpinBox

WIDTH = 124
_TINY = 1e-9
_HUGE = 1e9
_LARGEST = 2**31 - 1


class SettingEditor(QWidget):
    """Shows a value, and tells what the person made of it."""

    edited = Signal(object)

    def __init__(self, field: SettingField, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.field = field
        self.setFixedWidth(WIDTH)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        self.control = self._make(field.spec)
        self.control.setObjectName(field.object_name)
        self.control.setAccessibleName(label_of(field))
        self.control.setToolTip(help_of(field))
        row.addWidget(self.control, 1)
        self.setFocusProxy(self.control)

    def show_value(self, value: object) -> None:
        """The document's value, without telling anyone."""
        with QSignalBlocker(self.control):
            self._put(value)

    def _make(self, spec: FieldSpec) -> QWidget:
        raise NotImplementedError

    def _put(self, value: object) -> None:
        raise NotImplementedError


class WholeSetting(SettingEditor):
    """A whole number; the least one stands for none where it may be empty."""

    def _make(self, spec: FieldSpec) -> QWidget:
        spin = self._spin = SpinBox(self)
        least = int(spec.minimum or 0) if spec.above is None else int(spec.above) + 1
        most = spec.maximum if spec.below is None else spec.below - 1
        self._empty = least - 1 if spec.optional else None
        spin.setRange(least if self._empty is None else self._empty, int(min(most or _LARGEST, _LARGEST)))
        spin.setSpecialValueText(empty_text(self.field.path) if spec.optional else off_text(self.field.path))
        spin.setKeyboardTracking(False)
        spin.valueChanged.connect(self._tell)
        return spin

    def _tell(self, value: int) -> None:
        self.edited.emit(None if value == self._empty else value)

    def _put(self, value: object) -> None:
        self._spin.setValue(value if isinstance(value, int) else self._empty or 0)


class RealSetting(SettingEditor):
    """A number with a fraction."""

    def _make(self, spec: FieldSpec) -> QWidget:
        least = spec.minimum if spec.above is None else spec.above + _TINY
        most = spec.maximum if spec.below is None else spec.below * (1 - 1e-6)
        spin = self._spin = NumberSpin(0.0 if least is None else least, _HUGE if most is None else most, self)
        spin.setSpecialValueText(off_text(self.field.path))
        spin.valueChanged.connect(self.edited.emit)
        return spin

    def _put(self, value: object) -> None:
        if isinstance(value, int | float):
            self._spin.setValue(value)


class SwitchSetting(SettingEditor):
    """Yes or no."""

    def _make(self, spec: FieldSpec) -> QWidget:
        self._box = QCheckBox(self)
        self._box.toggled.connect(self.edited.emit)
        return self._box

    def _put(self, value: object) -> None:
        self._box.setChecked(bool(value))


class ChoiceSetting(SettingEditor):
    """One of a few words."""

    def _make(self, spec: FieldSpec) -> QWidget:
        combo = self._combo = ComboBox(self)
        for choice in spec.choices:
            combo.addItem(choice_text(self.field.path, choice), choice)
        combo.currentIndexChanged.connect(lambda index: self.edited.emit(combo.itemData(index)))
        return combo

    def _put(self, value: object) -> None:
        self._combo.setCurrentIndex(self._combo.findData(value))


class TextSetting(SettingEditor):
    """A short text, taken when the person leaves the field."""

    def _make(self, spec: FieldSpec) -> QWidget:
        self._line = LineEdit(self)
        self._shown = ""
        self._line.editingFinished.connect(self._finish)
        return self._line

    def _finish(self) -> None:
        if self._line.text() != self._shown:
            self.edited.emit(self._read(self._line.text()))

    def _read(self, text: str) -> object:
        return text

    def _put(self, value: object) -> None:
        self._shown = self._write(value)
        self._line.setText(self._shown)

    def _write(self, value: object) -> str:
        return str(value)


class NumbersSetting(TextSetting):
    """Numbers between commas or spaces; what is none brings the last ones back."""

    def _read(self, text: str) -> object:
        try:
            return tuple(float(part) for part in text.replace(",", " ").replace(";", " ").split())
        except ValueError:
            return None

    def _write(self, value: object) -> str:
        return ", ".join(f"{number:g}" for number in value) if isinstance(value, tuple) else ""


_EDITORS: dict[Kind, type[SettingEditor]] = {
    "whole": WholeSetting,
    "real": RealSetting,
    "switch": SwitchSetting,
    "choice": ChoiceSetting,
    "text": TextSetting,
    "name": TextSetting,
    "numbers": NumbersSetting,
}


def make_setting_editor(field: SettingField, parent: QWidget | None = None) -> SettingEditor:
    """The editor for a setting."""
    return _EDITORS[field.spec.kind](field, parent)
