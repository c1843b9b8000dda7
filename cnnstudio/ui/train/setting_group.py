"""Settings that belong together: rows of label and editor under a line that folds them away."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from cnnstudio.app.training_fields import Group, SettingField
from cnnstudio.core.training import TrainingSettings
from cnnstudio.ui.train.fold_header import FoldHeader
from cnnstudio.ui.train.setting_editors import SettingEditor, make_setting_editor
from cnnstudio.ui.train.setting_words import group_title, help_of, label_of, summary

_SIDE = 12


class SettingGroup(QWidget):
    """Shows the rows that matter; the basic group has no line and is always open."""

    edited = Signal(object, object)
    """The :class:`SettingField` and its new value, not checked yet."""
    folded = Signal()
    """The person opened or closed it."""

    def __init__(self, group: Group, fields: Sequence[SettingField], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.group = group
        self._fields = tuple(fields)
        self.editors: dict[str, SettingEditor] = {}
        self._labels: dict[str, tuple[QLabel, QHBoxLayout]] = {}
        self._shown: TrainingSettings | None = None
        self.body = QWidget(self)
        inside = QVBoxLayout(self.body)
        inside.setContentsMargins(_SIDE, 2, _SIDE, 10 if group != "basic" else 6)
        inside.setSpacing(6)
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(4)
        self._grid.setColumnStretch(0, 1)
        inside.addLayout(self._grid)
        self._inside = inside
        for field in fields:
            self._add(field)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self.header: FoldHeader | None = None
        if group_title(group):
            self.header = FoldHeader(f"{group}Group", group_title(group), self)
            self.header.toggled.connect(self.body.setVisible)
            self.header.clicked.connect(self.folded)
            self.body.hide()
            column.addWidget(self.header)
        column.addWidget(self.body)

    @property
    def is_open(self) -> bool:
        """Whether the rows can be seen."""
        return self.header is None or self.header.isChecked()

    def set_open(self, is_open: bool) -> None:
        """Opens or folds it."""
        if self.header is not None:
            self.header.setChecked(is_open)

    def show_settings(self, settings: TrainingSettings) -> None:
        """The values of the document, and which of them matter."""
        if settings is self._shown:
            return
        self._shown = settings
        for field in self._fields:
            editor, (label, _) = self.editors[field.path], self._labels[field.path]
            editor.show_value(field.of(settings))
            matters = field.matters(settings)
            if editor.isVisibleTo(self.body) != matters:
                editor.setVisible(matters)
                label.setVisible(matters)
        if self.header is not None:
            self.header.show_summary(summary(self._fields, settings))

    def restore(self) -> None:
        """What was refused makes way for the document's values."""
        settings, self._shown = self._shown, None
        if settings is not None:
            self.show_settings(settings)

    def add_row(self, label: QLabel, editor: QWidget, beside: QWidget | None = None) -> QHBoxLayout:
        """A row of one's own at the end; ``beside`` stands before the editor."""
        row = self._grid.rowCount()
        left = QHBoxLayout()
        left.setSpacing(4)
        left.addWidget(label)
        left.addStretch(1)
        if beside is not None:
            left.addWidget(beside)
        label.setBuddy(editor)
        self._grid.addLayout(left, row, 0)
        self._grid.addWidget(editor, row, 1, Qt.AlignmentFlag.AlignRight)
        return left

    def add_below(self, widget: QWidget) -> None:
        """Something that shows what the settings do."""
        self._inside.addWidget(widget)

    def put_beside(self, path: str, widget: QWidget) -> None:
        """Something to press, before the editor of a setting."""
        self._labels[path][1].addWidget(widget)

    def _add(self, field: SettingField) -> None:
        editor = make_setting_editor(field, self.body)
        label = QLabel(label_of(field), self.body)
        label.setToolTip(help_of(field))
        left = self.add_row(label, editor)
        editor.edited.connect(lambda value: self.edited.emit(field, value))
        self.editors[field.path] = editor
        self._labels[field.path] = (label, left)
