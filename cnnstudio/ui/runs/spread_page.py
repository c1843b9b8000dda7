"""Several runs together: mean and spread of what they reached, and each of them by its seed."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from cnnstudio.core.spread import Spread, spread
from cnnstudio.ui.runs.fact_tree import MUTED, FactTree
from cnnstudio.ui.runs.items import run_title
from cnnstudio.ui.runs.words import DASH, loss_text, percent
from cnnstudio.workspace.runs.listing import RunRow


class SpreadPage(QWidget):
    """For a group, or whatever is selected."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = QLabel(self)
        self.title.setObjectName("spreadTitle")
        self.title.setProperty("role", "title")
        self.title.setTextFormat(Qt.TextFormat.PlainText)
        self.title.setWordWrap(True)
        self.text = QLabel(self)
        self.text.setObjectName("spreadText")
        self.text.setProperty("role", "small")
        self.text.setWordWrap(True)
        self.table = FactTree("spreadTable", ("", self.tr("best"), self.tr("last")), self)
        self.table.setAccessibleName(self.tr("Best and last results"))
        self.table.set_widths(190, 84)
        self.table.setTextElideMode(Qt.TextElideMode.ElideMiddle)  # runs of one name differ at its end
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        head = QVBoxLayout()
        head.setContentsMargins(13, 11, 13, 4)
        head.setSpacing(3)
        head.addWidget(self.title)
        head.addWidget(self.text)
        column.addLayout(head)
        column.addWidget(self.table, 1)

    def show_runs(self, title: str, rows: Sequence[RunRow], repeats: bool) -> None:
        """``repeats``: they differ by their seeds alone."""
        self.title.setText(title)
        best = spread(row.best_accuracy for row in rows)
        last = spread(row.last_accuracy for row in rows)
        loss = spread(row.last_loss for row in rows)
        self.text.setText(self._sentence(best, len(rows), repeats))
        self.table.clear()
        accuracy = self.table.heading(self.tr("Accuracy"))
        self._add_spread(accuracy, best, last, percent)
        if loss is not None:
            self._add_spread(self.table.heading(self.tr("Loss")), None, loss, loss_text)
        each = self.table.heading(self.tr("Each run"))
        for row in sorted(rows, key=lambda row: row.best_accuracy or -1.0, reverse=True):
            name = self.tr("seed {seed}").format(seed=row.seed) if repeats else run_title(row)
            texts = (name, percent(row.best_accuracy) or DASH, percent(row.last_accuracy) or DASH)
            self.table.add(texts, 0 if row.best_accuracy is not None else MUTED, each, run_title(row))
        self.table.expandAll()

    def _sentence(self, best: Spread | None, count: int, repeats: bool) -> str:
        if best is None:
            return self.tr("None of them has finished an epoch yet.")
        if best.deviation is None:
            return self.tr("Only one of them has finished an epoch yet.")
        text = (
            self.tr("Best accuracy {mean} ± {deviation} over {count} seeds, from {low} to {high}.")
            if repeats
            else self.tr("Best accuracy {mean} ± {deviation} over {count} runs, from {low} to {high}.")
        )
        return text.format(
            mean=percent(best.mean),
            deviation=percent(best.deviation),
            count=best.count,
            low=percent(best.low),
            high=percent(best.high),
        )

    def _add_spread(
        self, parent: object, best: Spread | None, last: Spread | None, text: Callable[[float | None], str]
    ) -> None:
        parts: tuple[tuple[str, Callable[[Spread], float | None]], ...] = (
            (self.tr("Mean"), lambda s: s.mean),
            (self.tr("Standard deviation"), lambda s: s.deviation),
            (self.tr("Lowest"), lambda s: s.low),
            (self.tr("Highest"), lambda s: s.high),
        )
        for name, part in parts:
            cells = [text(part(found)) or DASH if found else "" for found in (best, last)]
            self.table.add((name, *cells), parent=parent)  # type: ignore[arg-type]
