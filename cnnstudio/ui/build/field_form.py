"""The parameters of a block as a form; what is wrong stands at its field."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QPushButton, QWidget

from cnnstudio.core.fields import FieldSpec, Value
from cnnstudio.ui.build.field_editors import FieldEditor, make_editor
from cnnstudio.ui.build.reset_button import ResetButton
from cnnstudio.ui.build.say import phrase

_tr = QCoreApplication.translate


class FieldForm(QWidget):
    """One row a parameter.

    Args:
        specs: the parameters.
        change: is called with a name and a value; raises ``ValueError`` for what is out of range.
        leave: is called when the person is done with a field.
        parent: the widget around.
        resets: whether a value other than the default can be reset to it.
    """

    def __init__(
        self,
        specs: Sequence[FieldSpec],
        change: Callable[[str, Value], None],
        leave: Callable[[], None],
        parent: QWidget | None = None,
        resets: bool = False,
    ) -> None:
        super().__init__(parent)
        self._change = change
        self._leave = leave
        self._resets = resets
        self._reset: dict[str, ResetButton] = {}
        self._mixed: Collection[str] = ()
        self.editors: dict[str, FieldEditor] = {}
        self._labels: dict[str, QLabel] = {}
        self._errors: dict[str, QLabel] = {}
        self._beside: dict[str, QHBoxLayout] = {}
        self._offers: dict[str, QPushButton] = {}
        self._values: dict[str, Value] = {}
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setVerticalSpacing(6)
        grid.setColumnStretch(0, 1)
        for row, spec in enumerate(specs):
            self._add(grid, row * 2, spec)

    def _add(self, grid: QGridLayout, row: int, spec: FieldSpec) -> None:
        editor = make_editor(spec, self)
        label = QLabel(_tr("Block", spec.label), self)
        label.setToolTip(_tr("Block", spec.help))
        error = QLabel(self)
        error.setObjectName(f"fieldError-{spec.name}")
        error.setProperty("role", "error")
        error.setWordWrap(True)
        error.hide()
        beside = QHBoxLayout()
        beside.setSpacing(4)
        beside.addWidget(label)
        beside.addStretch(1)
        grid.addLayout(beside, row, 0)
        self._beside[spec.name] = beside
        grid.addWidget(editor, row, 1, Qt.AlignmentFlag.AlignRight)
        grid.addWidget(error, row + 1, 0, 1, 2)
        self.editors[spec.name] = editor
        self._labels[spec.name] = label
        self._errors[spec.name] = error
        editor.edited.connect(partial(self._on_edited, spec))
        editor.unreadable.connect(partial(self._refuse, spec))
        editor.readable.connect(partial(self._accept, spec.name))
        editor.left.connect(partial(self._on_left, spec.name))

    def _on_left(self, name: str) -> None:
        """What was refused does not stay in the field: the document has another value."""
        if self.editors[name].wrong and name in self._values:
            self._accept(name)
            self._show(name, restore=True)
        self._leave()

    def _on_edited(self, spec: FieldSpec, value: Value) -> None:
        try:
            self._change(spec.name, value)
        except ValueError:  # pydantic's errors are ValueErrors
            self._refuse(spec)
        else:
            self._accept(spec.name)

    def _refuse(self, spec: FieldSpec) -> None:
        # The two numbers of a pair have a field each.
        one = replace(spec, kind="whole") if spec.kind == "pair" else spec
        text = _tr("Fields", "Expected {what}.").format(what=phrase(one.expectation()))
        self._errors[spec.name].setText(text)
        self._errors[spec.name].show()
        self.editors[spec.name].set_wrong(True)

    def _accept(self, name: str) -> None:
        self._errors[name].hide()
        self.editors[name].set_wrong(False)

    def show_values(
        self, values: dict[str, Value], own: Collection[str] = (), mixed: Collection[str] = ()
    ) -> None:
        """Shows the values of the document.

        The names in ``own`` are marked as different; in those in ``mixed`` several blocks disagree, and the
        values are those of the first.
        """
        self._values, self._mixed = values, mixed
        for name, editor in self.editors.items():
            self._show(name)
            self._offer_reset(editor.spec)
            label = self._labels[name]
            weight = "font-weight: 600;" if name in own else ""
            if label.styleSheet() != weight:
                label.setStyleSheet(weight)

    def _show(self, name: str, restore: bool = False) -> None:
        """Shows the value of the document; what is wrong stays in its field while it is being typed."""
        editor, value = self.editors[name], self._values[name]
        if name in self._mixed:
            if restore or not editor.wrong:
                editor.show_mixed(value)
        elif restore:
            editor.restore(value)
        else:
            editor.show_value(value)

    def _offer_reset(self, spec: FieldSpec) -> None:
        """A button that brings the default back, where the value is another one."""
        wanted = self._resets and (spec.name in self._mixed or self._values[spec.name] != spec.default)
        button = self._reset.get(spec.name)
        if button is None:
            if not wanted:
                return
            button = self._reset[spec.name] = ResetButton(spec, self)
            self._beside[spec.name].addWidget(button)
            button.clicked.connect(partial(self._take_default, spec))
        button.setVisible(wanted)

    def _take_default(self, spec: FieldSpec, _checked: bool = False) -> None:
        self._on_edited(spec, spec.default)
        self._leave()

    def offer(self, name: str, text: str, value: Value = None) -> None:
        """Offers a value beside the label of a field (what padding keeps the size); an empty text: none."""
        button = self._offers.get(name)
        if button is None:
            if not text:
                return
            button = self._offers[name] = QPushButton(self)
            button.setObjectName(f"fieldOffer-{name}")
            button.setProperty("role", "offer")
            self._beside[name].insertWidget(1, button)
            button.clicked.connect(partial(self._take_offer, name))
        button.setText(text)
        button.setAccessibleName(f"{self._labels[name].text()}: {text}")
        button.setProperty("value", value)
        button.setVisible(bool(text))

    def _take_offer(self, name: str, _checked: bool = False) -> None:
        value = self._offers[name].property("value")
        self._on_edited(self.editors[name].spec, tuple(value) if isinstance(value, list) else value)

    def forget_errors(self) -> None:
        """The form shows another block now."""
        for name in self._errors:
            self._accept(name)
