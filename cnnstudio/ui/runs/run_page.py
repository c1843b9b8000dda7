"""Everything about one run: how it was made, what a person wrote about it, what happened, its source."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QCoreApplication, Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import (
    QFrame,
    QLabel,
    QPlainTextEdit,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from cnnstudio.app.run_details import RunDetails
from cnnstudio.core.quantity import grouped, short
from cnnstudio.ui.build.highlight import Highlighter
from cnnstudio.ui.runs.fact_tree import MUTED, FactTree
from cnnstudio.ui.runs.items import run_title
from cnnstudio.ui.runs.words import (
    dataset_title,
    duration,
    loss_text,
    percent,
    status_text,
    value_text,
)
from cnnstudio.ui.theme import mono_font, theme
from cnnstudio.ui.times import full_time
from cnnstudio.ui.widgets.spin import LineEdit
from cnnstudio.workspace.runs.following import EventLine
from cnnstudio.workspace.runs.labels import LONGEST_NOTES, Labels, tags_in
from cnnstudio.workspace.runs.listing import RunRow

_SAVE_MS = 700


class LabelEditor(QWidget):
    """Tags and notes of one run. What is typed is handed on when the person rests or turns away."""

    changed = Signal(str, object)
    """The run's path and its ``Labels``."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._path = ""
        self._saved = Labels()
        self._timer = QTimer(self, interval=_SAVE_MS, singleShot=True)
        self._timer.setObjectName("runLabelTimer")
        self._timer.timeout.connect(self.flush)
        tags = QLabel(self.tr("Tags"), self)
        tags.setProperty("role", "heading")
        self.tags = LineEdit(self)
        self.tags.setObjectName("runTags")
        self.tags.setAccessibleName(self.tr("Tags, with commas between them"))
        self.tags.setPlaceholderText(self.tr("baseline, lr sweep"))
        notes = QLabel(self.tr("Notes"), self)
        notes.setProperty("role", "heading")
        self.notes = QPlainTextEdit(self)
        self.notes.setObjectName("runNotes")
        self.notes.setAccessibleName(self.tr("Notes"))
        self.notes.setPlaceholderText(self.tr("What was tried, and what came out?"))
        self.notes.setTabChangesFocus(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 10, 12, 12)
        column.setSpacing(5)
        for widget in (tags, self.tags, notes, self.notes):
            column.addWidget(widget)
        self.tags.textEdited.connect(self._on_tags)
        self.tags.editingFinished.connect(self.flush)
        self.notes.textChanged.connect(self._on_notes)

    def show_labels(self, path: str, labels: Labels) -> None:
        """Another run, or what was written about this one elsewhere; what is being typed stays."""
        if path != self._path:
            self.flush()
        elif self._timer.isActive() or labels == self._saved:
            return
        self._path, self._saved = path, labels
        self.tags.setText(", ".join(labels.tags))
        if self.notes.toPlainText() != labels.notes:
            self.notes.setPlainText(labels.notes)
        self._timer.stop()

    @Slot()
    def flush(self) -> None:
        """Hands on what has been typed."""
        self._timer.stop()
        labels = Labels(tags_in(self.tags.text()), self.notes.toPlainText()[:LONGEST_NOTES])
        if self._path and labels != self._saved:
            self._saved = labels
            self.changed.emit(self._path, labels)

    @Slot()
    def _on_tags(self) -> None:
        self._timer.start()

    @Slot()
    def _on_notes(self) -> None:
        if self.notes.toPlainText() != self._saved.notes:
            self._timer.start()


class SourceView(QPlainTextEdit):
    """The source that was trained, to read and to copy from."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("runSource")
        self.setAccessibleName(self.tr("Source that was trained"))
        self.setProperty("role", "code")
        self.setReadOnly(True)
        self.setFont(mono_font(11))
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self._highlighter = Highlighter(self.document())
        theme().changed.connect(self._highlighter.recolour)

    def show_source(self, source: str) -> None:
        """Another run's."""
        if source != self.toPlainText():
            self._highlighter.set_source(source, dim=False)
            self.setPlainText(source)


class RunPage(QWidget):
    """The pages of one run, as tabs."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._details: RunDetails | None = None
        self._row: RunRow | None = None
        self.title = QLabel(self)
        self.title.setObjectName("runTitle")
        self.title.setProperty("role", "title")
        self.title.setTextFormat(Qt.TextFormat.PlainText)
        self.title.setWordWrap(True)
        self.problem = QLabel(self)
        self.problem.setObjectName("runProblem")
        self.problem.setProperty("role", "error")
        self.problem.setTextFormat(Qt.TextFormat.PlainText)
        self.problem.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.problem.setWordWrap(True)
        self.facts = FactTree("runFacts", ("", ""), self)
        self.facts.setAccessibleName(self.tr("Facts and settings of the run"))
        self.facts.setHeaderHidden(True)
        self.facts.set_widths(136)
        self.labels = LabelEditor(self)
        self.events = FactTree("runEvents", (self.tr("Where"), self.tr("What")), self)
        self.events.setAccessibleName(self.tr("Events of the run"))
        self.events.set_widths(136)
        self.events.setRootIsDecorated(False)
        self.source = SourceView(self)
        self.tabs = QTabWidget(self)
        self.tabs.setObjectName("runTabs")
        self.tabs.setDocumentMode(True)
        self.tabs.addTab(self.facts, self.tr("Overview"))
        self.tabs.addTab(self.labels, self.tr("Notes"))
        self.tabs.addTab(self.events, self.tr("Events"))
        self.tabs.addTab(self.source, self.tr("Source"))
        self.tabs.currentChanged.connect(self._fill)
        head = QFrame(self)
        box = QVBoxLayout(head)
        box.setContentsMargins(13, 11, 13, 4)
        box.setSpacing(3)
        box.addWidget(self.title)
        box.addWidget(self.problem)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(head)
        column.addWidget(self.tabs, 1)

    def show_run(self, row: RunRow, details: RunDetails | None) -> None:
        """A run; its details may come later."""
        self._row, self._details = row, details
        self.title.setText(run_title(row))
        problem = row.problem or (details.problem if details else "")
        self.problem.setText(problem)
        self.problem.setVisible(bool(problem))
        self.labels.show_labels(row.path, Labels(row.tags, row.notes))
        self._fill()

    @Slot()
    def _fill(self) -> None:
        """Only what is seen."""
        row, details = self._row, self._details
        if row is None:
            return
        shown = self.tabs.currentWidget()
        if shown is self.facts:
            self._fill_facts(row, details)
        elif shown is self.events:
            self._fill_events(details)
        elif shown is self.source:
            self.source.show_source(details.source if details else "")

    def _fill_facts(self, row: RunRow, details: RunDetails | None) -> None:
        bar = self.facts.verticalScrollBar()
        place = bar.value()
        self.facts.clear()
        for title, rows in self._sections(row, details):
            known = [(name, value) for name, value in rows if value]
            if known:
                heading = self.facts.heading(title)
                for name, value in known:
                    self.facts.add((name, value), parent=heading)
        self.facts.expandAll()
        bar.setValue(place)

    def _sections(self, row: RunRow, details: RunDetails | None) -> list[tuple[str, list[tuple[str, str]]]]:
        held = self.tr("validation") if details and _held(details) == "validation" else self.tr("test")
        best = self.tr("{accuracy} in epoch {epoch}")
        result = [
            (self.tr("Status"), status_text(row.status)),
            (self.tr("Epochs"), self.tr("{done} of {asked}").format(done=row.epochs, asked=row.asked)),
            (
                self.tr("Best {held} accuracy").format(held=held),
                best.format(accuracy=percent(row.best_accuracy), epoch=row.best_epoch)
                if row.best_accuracy is not None
                else "",
            ),
            (self.tr("Last {held} accuracy").format(held=held), percent(row.last_accuracy)),
            (self.tr("Last {held} loss").format(held=held), loss_text(row.last_loss)),
            (self.tr("Test accuracy"), percent(row.test_accuracy)),
            (
                self.tr("Speed"),
                self.tr("{count} images/s").format(count=grouped(round(row.images_per_second)))
                if row.images_per_second
                else "",
            ),
            (self.tr("Time"), duration(row.seconds)),
            *self._endings(details),
        ]
        made = [
            (self.tr("Started"), full_time(row.started)),
            (self.tr("Ended"), full_time(row.finished)),
            (self.tr("Data set"), dataset_title(row.dataset)),
            (self.tr("Parameters"), grouped(details.params) if details and details.params else ""),
            (self.tr("MACs"), short(details.macs) if details and details.macs else ""),
            (self.tr("Seed"), "" if row.seed is None else str(row.seed)),
            (self.tr("Begun from"), Path(row.parent).name),
            (self.tr("Repeats"), row.group),
            (self.tr("Folder"), row.path),
        ]
        sections = [(self.tr("Result"), result), (self.tr("Run"), made)]
        if details is not None:
            sections += _grouped(details, self.tr("Settings"))
            if details.record is not None and details.record.skipped:
                names = [(str(number), path) for number, path in enumerate(details.record.skipped, start=1)]
                sections.append((self.tr("Skipped images"), names))
        return sections

    def _endings(self, details: RunDetails | None) -> list[tuple[str, str]]:
        """How it ended, where that was by itself, and which weights are kept."""
        result = details.record.result if details is not None and details.record is not None else {}
        kept = result.get("weights_epoch")
        return [
            (self.tr("Ended"), self.tr("by early stopping") if result.get("early") is True else ""),
            (
                self.tr("Weights"),
                self.tr("of epoch {epoch}").format(epoch=kept) if isinstance(kept, int) and kept > 0 else "",
            ),
        ]

    def _fill_events(self, details: RunDetails | None) -> None:
        self.events.clear()
        events = details.events if details else ()
        for event in events:
            where = self.tr("epoch {epoch}, step {step}").format(epoch=event.epoch, step=grouped(event.step))
            self.events.add((where, _event_text(event)))
        if not events:
            self.events.add((self.tr("Nothing out of the ordinary happened."),), MUTED)


def _held(details: RunDetails) -> str:
    return details.epochs[-1].held if details.epochs else "test"


def _grouped(details: RunDetails, first: str) -> list[tuple[str, list[tuple[str, str]]]]:
    """Settings and facts by their groups."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for setting in (*details.settings, *details.facts):
        if setting.path not in ("seed", "dataset"):
            groups.setdefault(setting.group or first, []).append((setting.label, value_text(setting.value)))
    return list(groups.items())


def _event_text(event: EventLine) -> str:
    values = dict(event.values)
    kind = values.pop("event", event.kind)
    if kind == "adjusted":
        text = QCoreApplication.translate("RunPage", "learning rate {lr}, {epochs} epochs in all")
        return text.format(lr=values.get("lr", "?"), epochs=values.get("epochs", "?"))
    told = ", ".join(f"{name} {value}" for name, value in values.items())
    return f"{kind}: {told}" if told else kind
