"""All that can be done with runs: one list for the menu, the buttons, the keys and the command palette."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QObject, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget

from cnnstudio.ui.theme import icon, theme

if TYPE_CHECKING:
    from cnnstudio.ui.runs.commands import Chosen, RunCommands

Keys = QKeySequence.StandardKey | str | None


@dataclass(frozen=True, slots=True)
class RunAction:
    """What it is called, what it does with the chosen runs, and when it can."""

    name: str
    text: str
    act: Callable[[RunCommands], Callable[[Chosen], None]]
    """Which of the commands; named so, the list can be read where there are none yet."""
    can: Callable[[Chosen], bool]
    keys: Keys = None
    icon: str = ""


def run_actions() -> tuple[RunAction, ...]:
    """The list."""

    def tr(text: str) -> str:
        return QCoreApplication.translate("RunActions", text)

    def some(chosen: Chosen) -> bool:
        return bool(chosen.rows)

    def one(chosen: Chosen) -> bool:
        return len(chosen.rows) == 1

    def readable(chosen: Chosen) -> bool:
        return bool(chosen.rows) and chosen.rows[0].status != "unreadable" and chosen.alike

    def at_rest(chosen: Chosen) -> bool:
        return one(chosen) and readable(chosen) and not chosen.rows[0].active

    def removable(chosen: Chosen) -> bool:
        return any(not row.active for row in chosen.rows)

    keys = QKeySequence.StandardKey
    act = RunAction
    return (
        act("runOpenAction", tr("Open in Build"), lambda do: do.open, readable, "Ctrl+Return", "build"),
        act("runInspectAction", tr("Inspect"), lambda do: do.inspect, readable, "Ctrl+I", "inspect"),
        act("runContinueAction", tr("Continue…"), lambda do: do.go_on, at_rest, "Ctrl+Shift+R", "play"),
        act(
            "runRepeatAction",
            tr("Repeat with other seeds…"),
            lambda do: do.repeat,
            readable,
            "Ctrl+Shift+D",
            "copy",
        ),
        act("runTagsAction", tr("Edit tags and notes"), lambda do: do.edit_labels, one, "F2"),
        act(
            "runRevealAction",
            tr("Show in the file manager"),
            lambda do: do.reveal,
            one,
            "Ctrl+Shift+O",
            "open",
        ),
        act("runCopyPathAction", tr("Copy path"), lambda do: do.copy_paths, some, keys.Copy, "link"),
        act("exportRunMetricsAction", tr("Metrics of the runs as CSV…"), lambda do: do.export_table, some),
        act("exportRunTensorBoardAction", tr("Runs for TensorBoard…"), lambda do: do.export_events, some),
        act("exportRunSourceAction", tr("Trained source…"), lambda do: do.export_source, one),
        act("exportRunWeightsAction", tr("Trained weights…"), lambda do: do.export_weights, one),
        act("runDeleteAction", tr("Move to the trash"), lambda do: do.trash, removable, keys.Delete, "trash"),
    )


class RunActions(QObject):
    """The actions as Qt's; they can be triggered where they make sense and the runs are seen."""

    def __init__(self, commands: RunCommands, keys: QWidget, parent: QWidget) -> None:
        super().__init__(parent)
        self._specs = run_actions()
        self._commands = commands
        self._chosen: Callable[[], Chosen] = commands.chosen
        self._by_name = {spec.name: self._make(spec, keys) for spec in self._specs}
        theme().changed.connect(self.paint)
        self.paint()

    def __getitem__(self, name: str) -> QAction:
        return self._by_name[name]

    def all(self) -> list[QAction]:
        """In their order."""
        return list(self._by_name.values())

    def enable(self, seen: bool) -> None:
        """Whether each can be triggered now."""
        chosen = self._chosen()
        for spec in self._specs:
            self._by_name[spec.name].setEnabled(seen and spec.can(chosen))

    def paint(self) -> None:
        """Draws the icons in the colours of the theme."""
        for spec in self._specs:
            if spec.icon:
                self._by_name[spec.name].setIcon(icon(spec.icon))

    def _make(self, spec: RunAction, keys: QWidget) -> QAction:
        action = QAction(spec.text, self)
        action.setObjectName(spec.name)
        if spec.keys is not None:
            action.setShortcut(QKeySequence(spec.keys))
            # Only while the table has the keys: in a field, Delete and Ctrl+C are the field's.
            action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shown = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
            action.setToolTip(f"{spec.text.rstrip('…')} ({shown})")
        action.triggered.connect(partial(self._act, spec))
        keys.addAction(action)
        return action

    def _act(self, spec: RunAction, _checked: bool = False) -> None:
        chosen = self._chosen()
        if spec.can(chosen):
            spec.act(self._commands)(chosen)
