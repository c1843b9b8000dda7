"""One editor for each kind of parameter; all look alike to the page that holds them."""

from PySide6.QtCore import QCoreApplication, Qt, Signal, Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QHBoxLayout,
    QLineEdit,
    QToolButton,
    QWidget,
)

from cnnstudio.core.fields import FieldSpec, Value
from cnnstudio.core.fields import pair as both
from cnnstudio.ui.build.field_spin import Spin
from cnnstudio.ui.build.words import value_text
from cnnstudio.ui.theme import icon, theme, tokens
from cnnstudio.ui.widgets.combo import ComboBox
from cnnstudio.ui.widgets.spin import LineEdit

WIDTH = 126
_tr = QCoreApplication.translate


class FieldEditor(QWidget):
    """Shows a value, and tells what the person made of it."""

    edited = Signal(object)
    """A new value (not checked yet)."""
    unreadable = Signal()
    """What stands in the field is no value."""
    readable = Signal()
    """It is one (again), were it the one of before."""
    left = Signal()
    """The person is done with this field."""

    def __init__(self, spec: FieldSpec, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.spec = spec
        self.wrong = False
        self.setFixedWidth(WIDTH)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(4)

    def _adopt(self, widget: QWidget, suffix: str = "") -> None:
        widget.setObjectName(f"field-{self.spec.name}{suffix}")
        widget.setAccessibleName(_tr("Block", self.spec.label))
        widget.setToolTip(_tr("Block", self.spec.help))
        self._row.addWidget(widget, 1)

    def show_value(self, value: Value) -> None:
        """Shows the value of the document, without telling anyone."""
        raise NotImplementedError

    def show_mixed(self, start: Value) -> None:
        """Shows that several blocks have different values; ``start`` is the first one's."""
        raise NotImplementedError

    def restore(self, value: Value) -> None:
        """Shows the value of the document in place of what was typed."""
        self.show_value(value)

    def set_wrong(self, wrong: bool) -> None:
        """Marks the field, or not."""
        self.wrong = wrong

    def _judge(self, spin: Spin) -> None:
        """A number out of range is said at the field while it stands there."""
        spin.refused.connect(self.unreadable)
        spin.accepted.connect(self.readable)

    def set_hint(self, text: str) -> None:
        """A word behind the number ('same'), where there is room for one."""


class WholeEditor(FieldEditor):
    """A whole number."""

    def __init__(self, spec: FieldSpec, parent: QWidget | None = None) -> None:
        super().__init__(spec, parent)
        self._spin = Spin(spec, self)
        self._adopt(self._spin)
        self._judge(self._spin)
        self._spin.valueChanged.connect(self._on_value)
        self._spin.editingFinished.connect(self.left)

    @Slot()
    def _on_value(self) -> None:
        self.edited.emit(self._spin.own_value())

    def set_wrong(self, wrong: bool) -> None:
        super().set_wrong(wrong)
        _mark(self._spin, wrong)

    def show_value(self, value: Value) -> None:
        self._spin.show_value(value if isinstance(value, int) else None)

    def show_mixed(self, start: Value) -> None:
        self._spin.show_mixed(start if isinstance(start, int) else None)


class PairEditor(FieldEditor):
    """Height and width, linked to one number or separate."""

    def __init__(self, spec: FieldSpec, parent: QWidget | None = None) -> None:
        super().__init__(spec, parent)
        self._height, self._width = Spin(spec, self), Spin(spec, self)
        self._adopt(self._height)
        self._adopt(self._width, "-width")
        self._width.setAccessibleName(_tr("Fields", "{label}, width").format(label=_tr("Block", spec.label)))
        self._link = QToolButton(self)
        self._link.setObjectName(f"field-{spec.name}-link")
        self._link.setAccessibleName(
            _tr("Fields", "{label}: height and width alike").format(label=_tr("Block", spec.label))
        )
        self._link.setToolTip(_tr("Fields", "Height and width alike, or each its own"))
        self._link.setProperty("role", "link")
        self._link.setCheckable(True)
        self._link.setChecked(True)
        self._row.addWidget(self._link)
        self._link.toggled.connect(self._on_link)
        for spin in (self._height, self._width):
            self._judge(spin)
            spin.valueChanged.connect(self._on_value)
            spin.editingFinished.connect(self.left)
        self._width.hide()
        self._recolour()
        theme().changed.connect(self._recolour)

    @Slot()
    def _recolour(self) -> None:
        colour = tokens().muted if self._link.isChecked() else tokens().accent
        self._link.setIcon(icon("link" if self._link.isChecked() else "unlink", colour, 14))

    @Slot(bool)
    def _on_link(self, linked: bool) -> None:
        self._width.setVisible(not linked)
        self._compact(not linked)
        self._recolour()
        if linked:
            self._width.show_value(self._height.own_value())
            self._on_value()

    def _compact(self, both_shown: bool) -> None:
        # Not without arrows: a stylesheet then leaves the number one pixel.
        for spin in (self._height, self._width):
            spin.set_narrow(both_shown)
        if both_shown:
            self._height.setSuffix("")

    @Slot()
    def _on_value(self) -> None:
        height, width = self._height.own_value(), self._width.own_value()
        if self._link.isChecked() or height is None or width is None or height == width:
            self.edited.emit(height)
        else:
            self.edited.emit((height, width))

    def set_wrong(self, wrong: bool) -> None:
        super().set_wrong(wrong)
        for spin in (self._height, self._width):
            _mark(spin, wrong)

    def show_value(self, value: Value) -> None:
        height, width = (None, None) if value is None else both(value)  # type: ignore[arg-type]
        self._link.setEnabled(True)
        self._height.show_value(height)
        if height != width and self._link.isChecked():
            self._show_linked(False)
        self._width.show_value(width)

    def show_mixed(self, start: Value) -> None:
        self._show_linked(True)
        self._link.setEnabled(False)
        self._height.setSuffix("")
        self._height.show_mixed(None if start is None else both(start)[0])  # type: ignore[arg-type]

    def _show_linked(self, linked: bool) -> None:
        blocked = self._link.blockSignals(True)
        self._link.setChecked(linked)
        self._link.blockSignals(blocked)
        self._width.setVisible(not linked)
        self._compact(not linked)
        self._recolour()

    def unlinked(self) -> bool:
        """Whether height and width are shown apart."""
        return not self._link.isChecked()

    def set_hint(self, text: str) -> None:
        suffix = f" ({text})" if text and self._link.isChecked() else ""
        if suffix != self._height.suffix():
            self._height.setSuffix(suffix)


class LineEditor(FieldEditor):
    """What the editors with a line of text share; each says what a text means."""

    def __init__(self, spec: FieldSpec, parent: QWidget | None = None) -> None:
        super().__init__(spec, parent)
        self._line = LineEdit(self)
        self._adopt(self._line)
        self._line.textEdited.connect(self._on_text)
        self._line.editingFinished.connect(self.left)

    @Slot(str)
    def _on_text(self, text: str) -> None:
        raise NotImplementedError

    def show_mixed(self, start: Value) -> None:
        _say_mixed(self._line)

    def restore(self, value: Value) -> None:
        self._line.setText(value_text(value))

    def set_wrong(self, wrong: bool) -> None:
        super().set_wrong(wrong)
        _mark(self._line, wrong)


class RealEditor(LineEditor):
    """A number with a fraction, as text: 1e-05 is readable, a spin box's 0.00001 is not."""

    @Slot(str)
    def _on_text(self, text: str) -> None:
        try:
            self.edited.emit(float(text.replace(",", ".")))
        except ValueError:
            self.unreadable.emit()

    def show_value(self, value: Value) -> None:
        if not self._line.hasFocus() or _number(self._line.text()) not in (None, value):
            self._line.setText(value_text(value))


class NameEditor(LineEditor):
    """A name that the exported code uses."""

    def __init__(self, spec: FieldSpec, parent: QWidget | None = None) -> None:
        super().__init__(spec, parent)
        self._line.setMaxLength(40)

    @Slot(str)
    def _on_text(self, text: str) -> None:
        self.edited.emit(text)

    def show_value(self, value: Value) -> None:
        if self._line.text() != value and not (self._line.hasFocus() and self.wrong):
            self._line.setText(str(value))


class SwitchEditor(FieldEditor):
    """Yes or no."""

    def __init__(self, spec: FieldSpec, parent: QWidget | None = None) -> None:
        super().__init__(spec, parent)
        self._box = QCheckBox(self)
        self._adopt(self._box)
        self._box.clicked.connect(self._on_clicked)

    @Slot(bool)
    def _on_clicked(self, checked: bool) -> None:
        self.edited.emit(checked)
        self.left.emit()

    def show_value(self, value: Value) -> None:
        self._box.setText("")
        self._box.setTristate(False)
        self._box.setChecked(bool(value))

    def show_mixed(self, start: Value) -> None:
        self._box.setText(_tr("Fields", "mixed"))
        self._box.setTristate(True)
        self._box.setCheckState(Qt.CheckState.PartiallyChecked)


class ChoiceEditor(FieldEditor):
    """One of a few words."""

    def __init__(self, spec: FieldSpec, parent: QWidget | None = None) -> None:
        super().__init__(spec, parent)
        self._combo = ComboBox(self)
        for choice in spec.choices:
            self._combo.addItem(_tr("Block", choice), choice)
        self._adopt(self._combo)
        self._combo.activated.connect(self._on_activated)

    @Slot()
    def _on_activated(self) -> None:
        self.edited.emit(self._combo.currentData())
        self.left.emit()

    def show_value(self, value: Value) -> None:
        self._combo.setCurrentIndex(self._combo.findData(value))

    def show_mixed(self, start: Value) -> None:
        self._combo.setPlaceholderText(_tr("Fields", "mixed"))
        self._combo.setCurrentIndex(-1)


_EDITORS: dict[str, type[FieldEditor]] = {
    "whole": WholeEditor,
    "pair": PairEditor,
    "real": RealEditor,
    "switch": SwitchEditor,
    "choice": ChoiceEditor,
    "name": NameEditor,
}


def make_editor(spec: FieldSpec, parent: QWidget | None = None) -> FieldEditor:
    """The editor for a parameter."""
    return _EDITORS[spec.kind](spec, parent)


def _number(text: str) -> float | None:
    try:
        return float(text.replace(",", "."))
    except ValueError:
        return None


def _say_mixed(line: QLineEdit) -> None:
    line.setPlaceholderText(_tr("Fields", "mixed"))
    line.clear()


def _mark(field: QWidget, wrong: bool) -> None:
    """The stylesheet paints a wrong field's border red."""
    if bool(field.property("wrong")) != wrong:
        field.setProperty("wrong", wrong)
        field.style().unpolish(field)
        field.style().polish(field)


__all__ = ["WIDTH", "FieldEditor", "make_editor"]
