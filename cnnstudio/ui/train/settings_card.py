"""The training settings as a form. Every edit is a step that can be undone; a run has its own snapshot."""

from contextlib import suppress
from dataclasses import replace
from functools import partial

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from cnnstudio.app.store import DocumentStore
from cnnstudio.app.training_edits import with_setting
from cnnstudio.app.training_fields import Group, SettingField, setting_fields
from cnnstudio.core.document import Document
from cnnstudio.core.training import Normalisation
from cnnstudio.ui.train.normalise_row import NormaliseCombo
from cnnstudio.ui.train.schedule_preview import SchedulePreview
from cnnstudio.ui.train.setting_editors import WIDTH
from cnnstudio.ui.train.setting_group import SettingGroup
from cnnstudio.ui.train.setting_words import label_of
from cnnstudio.workspace.settings import load_settings, save_settings


class SettingsCard(QFrame):
    """Edits ``document.training`` through the store."""

    findRatePressed = Signal()

    def __init__(self, store: DocumentStore, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("settingsCard")
        self.setProperty("role", "card")
        self._store = store
        self._title = QLabel(self.tr("Settings"), self)
        self._title.setStyleSheet("font-weight: 600; margin-left: 10px;")
        self.groups: dict[Group, SettingGroup] = {}
        body = QWidget(self)
        self._groups_column = QVBoxLayout(body)
        self._groups_column.setContentsMargins(0, 0, 0, 0)
        self._groups_column.setSpacing(0)
        for group, fields in setting_fields().items():
            self._add_group(group, fields)
        self._groups_column.addStretch(1)
        self._add_rate_button()
        self._add_normalise()
        self._schedule = SchedulePreview(self)
        self.groups["schedule"].add_below(self._schedule)
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 12, 1, 8)
        column.setSpacing(6)
        column.addWidget(self._title)
        column.addWidget(self._scroll(body), 1)
        column.addWidget(self._make_note())
        self._open_as_last_time()
        store.documentChanged.connect(self._show)
        self._show(store.document)

    def show_locked(self, training: bool) -> None:
        """Tells that edits are for the next run."""
        self._title.setText(self.tr("Settings of the next run") if training else self.tr("Settings"))
        self._note.setVisible(training)

    def reveal(self, group: Group) -> None:
        """Opens a group and scrolls to it."""
        self.groups[group].set_open(True)
        self._follow(group)

    def _follow(self, group: Group) -> None:
        """Scrolls to it, once it is laid out."""
        QTimer.singleShot(0, self, partial(self._bring_into_view, self.groups[group]))

    def _bring_into_view(self, group: SettingGroup) -> None:
        """All of what is open, or as much of it as there is room for below its line."""
        if group.is_open:
            bar = self._area.verticalScrollBar()
            below = group.y() + group.height() - self._area.viewport().height()
            bar.setValue(min(group.y(), max(bar.value(), below)))

    def _add_group(self, group: Group, fields: tuple[SettingField, ...]) -> None:
        widget = SettingGroup(group, fields, self)
        widget.edited.connect(self._edit)
        widget.folded.connect(self._remember_open)
        widget.folded.connect(partial(self._follow, group))
        self.groups[group] = widget
        self._groups_column.addWidget(widget)

    def _add_rate_button(self) -> None:
        button = QPushButton(self.tr("Find…"), self)
        button.setObjectName("findRateButton")
        button.setAccessibleName(self.tr("Find a learning rate"))
        button.setToolTip(self.tr("Tries learning rates from tiny to too large and suggests one"))
        button.setProperty("role", "offer")
        button.setCursor(Qt.CursorShape.PointingHandCursor)
        button.clicked.connect(self.findRatePressed)
        self.groups["basic"].put_beside("optimizer.lr", button)

    def _add_normalise(self) -> None:
        label = QLabel(self.tr("Normalise"), self)
        self._normalise = NormaliseCombo(self)
        self._normalise.setFixedWidth(WIDTH)
        self._normalise.chosen.connect(self._edit_normalisation)
        label.setToolTip(self._normalise.toolTip())
        self.groups["advanced"].add_row(label, self._normalise)

    def _scroll(self, body: QWidget) -> QScrollArea:
        area = self._area = QScrollArea(self)
        area.setObjectName("settingsScroll")
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(body)
        return area

    def _make_note(self) -> QLabel:
        note = self._note = QLabel(self.tr("The run goes on with the settings that it began with."), self)
        note.setObjectName("settingsNote")
        note.setProperty("role", "small")
        note.setWordWrap(True)
        note.setContentsMargins(12, 0, 12, 2)
        note.hide()
        return note

    def _edit(self, field: SettingField, value: object) -> None:
        try:
            changed = with_setting(self._store.document, field.path, value)
        except ValueError:  # pydantic's errors are ValueErrors
            self.groups[self._group_of(field)].restore()
            return
        self._apply(label_of(field), changed, f"training.{field.path}")

    def _edit_normalisation(self, value: Normalisation) -> None:
        changed = with_setting(self._store.document, "normalise", value)
        self._apply(self.tr("Normalise"), changed, None)

    def _apply(self, label: str, document: Document, merge_key: str | None) -> None:
        self._store.apply(self.tr("Change {setting}").format(setting=label), document, merge_key=merge_key)

    def _group_of(self, field: SettingField) -> Group:
        return next(group for group, fields in setting_fields().items() if field in fields)

    def _show(self, document: Document) -> None:
        for group in self.groups.values():
            group.show_settings(document.training)
        self._normalise.show_value(document.training.normalise)
        self._schedule.show_settings(document.training)

    def _open_as_last_time(self) -> None:
        opened = load_settings().open_setting_groups.split()
        for group, widget in self.groups.items():
            widget.set_open(group in opened)

    def _remember_open(self) -> None:
        opened = " ".join(group for group, widget in self.groups.items() if widget.header and widget.is_open)
        with suppress(OSError):  # it is open; only the next start does not know
            save_settings(replace(load_settings(), open_setting_groups=opened))
