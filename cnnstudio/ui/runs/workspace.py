"""The Runs workspace as one widget: the table above, curves and details of what is chosen below."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QHideEvent, QShortcut, QShowEvent
from PySide6.QtWidgets import QSplitter, QStackedLayout, QVBoxLayout, QWidget

from cnnstudio.app.run_details import Comparison, RunDetails
from cnnstudio.app.run_list import RunList
from cnnstudio.app.run_queue import RunQueue
from cnnstudio.app.session import EngineSession
from cnnstudio.core.requests import Job
from cnnstudio.ui.documents import Documents
from cnnstudio.ui.runs.actions import RunActions
from cnnstudio.ui.runs.commands import Chosen, RunCommands
from cnnstudio.ui.runs.curve_colours import CurveColours
from cnnstudio.ui.runs.curves_card import MOST, CurvesCard, Shown
from cnnstudio.ui.runs.detail_card import DetailCard, pair_of
from cnnstudio.ui.runs.gestures import LOOK_AGAIN
from cnnstudio.ui.runs.items import Item
from cnnstudio.ui.runs.nothing import NoRuns
from cnnstudio.ui.runs.table_card import TableCard
from cnnstudio.ui.theme import theme
from cnnstudio.ui.training_control import TrainingControl
from cnnstudio.workspace.paths import runs_dir
from cnnstudio.workspace.runs.listing import RunRow

_CHOOSE_MS = 40
_MOST_DETAILS = 128
"""So many runs are kept as they were read last."""
_DETAIL_WIDTH = 392
_TABLE_SHARE, _BELOW_SHARE = 9, 11


class RunsWorkspace(QWidget):
    """Reads nothing while it is not seen."""

    told = Signal(str, object)
    """A sentence for the notice bar, and a tuple of ``Offer``."""
    failed = Signal(str)
    opened = Signal()
    """A run's network is open now: show Build."""
    trainWanted = Signal()
    inspectWanted = Signal(str)
    """A run's folder, to be looked into."""

    def __init__(
        self,
        session: EngineSession,
        control: TrainingControl,
        documents: Documents,
        parent: QWidget | None = None,
        root: Path | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("runsWorkspace")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._session = session
        self._control = control
        # Without a parent: it must outlive the window by the moment in which its thread ends.
        self.runs = RunList(root or runs_dir())
        self.queue = RunQueue(session, self)
        self._details: dict[str, RunDetails] = {}
        self._colours = CurveColours()
        self._looked = False
        self.card = TableCard(self)
        self.table = self.home = self.card.table
        self.curves = CurvesCard(self)
        self.detail = DetailCard(self)
        self.nothing = NoRuns(self)
        self.commands = RunCommands(
            self.runs, self.queue, control, documents, self.chosen, self.card.model.rows, self
        )
        self.actions_ = RunActions(self.commands, self.card, self)
        self.card.add_actions(self.actions_)
        # Not at each row that the keys pass over.
        self._chooser = QTimer(self, interval=_CHOOSE_MS, singleShot=True)
        self._chooser.setObjectName("runChooserTimer")
        self._chooser.timeout.connect(self._on_chosen)
        self._lay_out()
        self._connect()
        theme().changed.connect(self._paint)

    # --- what is chosen

    def chosen(self) -> Chosen:
        """The runs that are selected, from top to bottom."""
        items = self.table.chosen_items()
        return Chosen(tuple(self._rows(items)), len(items) == 1)

    def _rows(self, items: list[Item]) -> list[RunRow]:
        model = self.card.model
        found = (model.item(path) for item in items for path in item.paths)
        return [item.row for item in found if item is not None]

    @Slot()
    def _on_chosen(self) -> None:
        items = self.table.chosen_items()
        rows = self._rows(items)
        rows = list(pair_of(rows)) if len(rows) == 2 else rows
        paths = tuple(row.path for row in rows)[: MOST * 4]
        self._colours.choose(item.key for item in items[:MOST])
        # What was read before is shown at once, and read again for what is new.
        self._show()
        if paths:
            self.runs.read(paths)

    def _show(self) -> None:
        """Everything below the table, with what is known so far."""
        items = self.table.chosen_items()
        rows = self._rows(items)
        colours = self._colours.colours()
        self.table.cells.colours = colours if len(items) <= MOST else {}
        self.table.viewport().update()
        shown = [Shown(item.key, item.title, item.paths) for item in items]
        self.curves.show_runs(shown, self._details, colours)
        self.detail.show_chosen(items, rows, self._details, colours)
        self._enable()

    @Slot()
    def _enable(self) -> None:
        self.actions_.enable(self.isVisible())

    # --- what is read

    @Slot(object)
    def _on_rows(self, rows: tuple[RunRow, ...]) -> None:
        first = not self.card.model.items
        self.card.model.take(rows)
        if first:
            self._layers.setCurrentIndex(1)
        chosen = {row.path for row in self.chosen().rows}
        if first and not chosen and self.card.proxy.rowCount():
            self.table.choose((self.card.proxy.item(self.card.proxy.index(0, 0)).key,))
        elif any(row.path in chosen for row in rows):
            self._chooser.start()

    @Slot(object)
    def _on_looked(self, gone: tuple[str, ...]) -> None:
        self._looked = True
        self.card.model.drop(gone)
        self._layers.setCurrentIndex(1 if self.card.model.items else 0)
        self.runs.hurry(any(item.row.active for item in self.card.model.items))
        self._enable()

    @Slot(object)
    def _on_details(self, details: tuple[RunDetails, ...]) -> None:
        fresh = {one.path: one for one in details}
        others = {path: one for path, one in self._details.items() if path not in fresh}
        self._details = dict([*others.items(), *fresh.items()][-_MOST_DETAILS:])
        self._show()

    @Slot(object)
    def _on_comparison(self, found: Comparison) -> None:
        self.detail.show_comparison(found)

    # --- training from here

    def stays(self, job: Job) -> bool:
        """Whether a run that is about to begin was asked for here, and is watched here."""
        return self.isVisible() and (self.queue.owns(job) or job.resume)

    @Slot(int, str)
    def _on_called_off(self, count: int, state: str) -> None:
        if state == "failed":
            text = self.tr("A repeat failed; {count} more were not begun.")
        else:
            text = self.tr("Stopped; {count} more repeats were not begun.")
        self.told.emit(text.format(count=count), ())

    @Slot()
    def _on_queue(self) -> None:
        self.card.show_queue(self.queue.number, self.queue.total)

    # --- being seen

    def showEvent(self, event: QShowEvent) -> None:
        """What has happened meanwhile."""
        super().showEvent(event)
        self.runs.watch(True)
        self.table.setFocus()
        self._enable()

    def hideEvent(self, event: QHideEvent) -> None:
        """Nothing is read any more, and what was typed is kept."""
        super().hideEvent(event)
        self.runs.watch(False)
        self.detail.run.labels.flush()
        self._enable()

    @Slot()
    def end(self) -> None:
        """The window closes: what was typed is written, and the thread ends."""
        self.detail.run.labels.flush()
        self.table.end()
        self.curves.end()
        self._chooser.stop()
        self.queue.close()
        self.commands.events.close()
        self.runs.close()

    # --- making

    def _lay_out(self) -> None:
        below = QSplitter(Qt.Orientation.Horizontal, self)
        below.setObjectName("runDetailSplitter")
        below.addWidget(self.curves)
        below.addWidget(self.detail)
        below.setStretchFactor(0, 1)
        below.setSizes([900, _DETAIL_WIDTH])
        self.detail.setMinimumWidth(280)
        self.curves.setMinimumWidth(360)
        whole = QSplitter(Qt.Orientation.Vertical, self)
        whole.setObjectName("runSplitter")
        whole.addWidget(self.card)
        whole.addWidget(below)
        whole.setSizes([100 * _TABLE_SHARE, 100 * _BELOW_SHARE])
        self.card.setMinimumHeight(150)
        for splitter in (below, whole):
            splitter.setChildrenCollapsible(False)
            splitter.setHandleWidth(12)
        page = QWidget(self)
        column = QVBoxLayout(page)
        column.setContentsMargins(14, 14, 14, 14)
        column.addWidget(whole)
        self._layers = QStackedLayout(self)
        self._layers.addWidget(self.nothing)
        self._layers.addWidget(page)

    def _connect(self) -> None:
        self.runs.rowsRead.connect(self._on_rows)
        self.runs.looked.connect(self._on_looked)
        self.runs.detailsRead.connect(self._on_details)
        self.runs.comparisonRead.connect(self._on_comparison)
        self.table.chosen.connect(self._chooser.start)
        self.table.chosen.connect(self._enable)
        self.table.opened.connect(self.actions_["runOpenAction"].trigger)
        self.detail.labelsChanged.connect(self.commands.save_labels)
        self.commands.told.connect(self.told)
        self.commands.failed.connect(self.failed)
        self.commands.opened.connect(self.opened)
        self.commands.inspectWanted.connect(self.inspectWanted)
        self.commands.labelsWanted.connect(self._edit_labels)
        self.nothing.trainWanted.connect(self.trainWanted)
        self.queue.wanted.connect(self._control.start_job)
        self.queue.changed.connect(self._on_queue)
        self.queue.calledOff.connect(self._on_called_off)
        self.card.calledOff.connect(self.queue.call_off)
        self._session.stateChanged.connect(self._on_state)
        QShortcut(LOOK_AGAIN, self, self.runs.look)

    @Slot(str)
    def _on_state(self, state: str) -> None:
        if self.isVisible():
            self.runs.look()

    @Slot()
    def _edit_labels(self) -> None:
        page = self.detail.run
        page.tabs.setCurrentWidget(page.labels)
        page.labels.tags.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _paint(self) -> None:
        if self._looked:
            self._show()
