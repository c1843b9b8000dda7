"""The card at the right: one run, what differs between two, or several together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QStackedLayout, QVBoxLayout, QWidget

from cnnstudio.app.run_details import Comparison, RunDetails
from cnnstudio.ui.runs.difference_page import DifferencePage
from cnnstudio.ui.runs.items import Item, run_title
from cnnstudio.ui.runs.run_page import RunPage
from cnnstudio.ui.runs.spread_page import SpreadPage
from cnnstudio.ui.train.empty_state import EmptyState
from cnnstudio.workspace.runs.listing import RunRow


def pair_of(rows: Sequence[RunRow]) -> tuple[RunRow, ...]:
    """The older one at the left: what was changed since."""
    return tuple(sorted(rows, key=lambda row: (row.started, row.path)))


class DetailCard(QFrame):
    """Chooses the page by what is selected."""

    labelsChanged = Signal(str, object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("runDetailCard")
        self.setProperty("role", "card")
        area = QWidget(self)
        self._layers = QStackedLayout(area)
        self._layers.setContentsMargins(0, 0, 0, 0)
        self.empty = EmptyState(
            "runs", self.tr("Choose a run to read about it, or two (Ctrl+click) to see what differs."), area
        )
        self.run = RunPage(area)
        self.difference = DifferencePage(area)
        self.spread = SpreadPage(area)
        for page in (self.empty, self.run, self.difference, self.spread):
            self._layers.addWidget(page)
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 1, 1, 1)
        column.addWidget(area)
        self._pair: tuple[str, ...] = ()
        self.run.labels.changed.connect(self.labelsChanged)

    def show_chosen(
        self,
        items: Sequence[Item],
        rows: Sequence[RunRow],
        details: Mapping[str, RunDetails],
        colours: Mapping[str, str],
    ) -> None:
        """What is selected: ``rows`` are all runs of it."""
        if len(rows) != 1:
            self.run.labels.flush()
        if not rows:
            self._layers.setCurrentWidget(self.empty)
        elif len(rows) == 1:
            self._layers.setCurrentWidget(self.run)
            self.run.show_run(rows[0], details.get(rows[0].path))
        elif len(items) == 2 and len(rows) == 2:
            self._show_pair(pair_of(rows), colours)
        else:
            repeats = len(items) == 1
            text = self.tr("{count} runs").format(count=len(rows))
            self._layers.setCurrentWidget(self.spread)
            self.spread.show_runs(items[0].title if repeats else text, rows, repeats)

    def show_comparison(self, found: Comparison) -> None:
        """What was found out about the two that are selected; too late for others."""
        if (found.left.path, found.right.path) == self._pair:
            self.difference.show_comparison(found)

    def _show_pair(self, rows: Sequence[RunRow], colours: Mapping[str, str]) -> None:
        names = [
            f'<span style="color:{colours.get(row.path, "")}">●</span> {side} <b>{escape(run_title(row))}</b>'
            for row, side in zip(rows, (self.tr("left"), self.tr("right")))
        ]
        self.difference.show_names(*names)
        pair = tuple(row.path for row in rows)
        if pair != self._pair:
            self._pair = pair
            self.difference.clear()
        self._layers.setCurrentWidget(self.difference)
