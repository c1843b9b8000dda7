"""The doctor's card: advice with ways to better it, or what was looked at and found to be well."""

from PySide6.QtCore import QCoreApplication, Qt, Signal, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from cnnstudio.app.examination import Examination, Findings
from cnnstudio.core.document import walk
from cnnstudio.core.quantity import grouped
from cnnstudio.ui.inspect.advice_row import AdviceRow
from cnnstudio.ui.widgets.elided import ElidedLabel
from cnnstudio.ui.widgets.tab_order import put_in_tab_order

_tr = QCoreApplication.translate


class DoctorCard(QFrame):
    """Shows the findings of an :class:`~cnnstudio.app.examination.Examination`, each rule a row."""

    blockWanted = Signal(str)
    """A block is to be shown in Build (its id)."""
    applied = Signal(str)
    """A remedy was made, called so."""
    networkWanted = Signal()
    """The network of the run that is looked at is to be opened, to be offered changes."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("doctorCard")
        self.setProperty("role", "card")
        self.setAccessibleName(self.tr("Doctor"))
        self._examination: Examination | None = None
        self._rows: dict[str, AdviceRow] = {}
        self._dismissed: set[tuple[str, str]] = set()
        self._title = QLabel(self.tr("Doctor"), self)
        self._title.setProperty("role", "subtitle")
        self._detail = ElidedLabel(self)
        self._detail.setObjectName("doctorDetail")
        self._detail.setProperty("role", "muted")
        self._detail.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self._again = QPushButton(self)
        self._again.setObjectName("doctorShowDismissed")
        self._again.setProperty("role", "link")
        self._again.clicked.connect(self.show_dismissed)
        self._well = QLabel(self)
        self._well.setObjectName("doctorWell")
        self._looked = QLabel(self)
        self._looked.setObjectName("doctorLooked")
        self._looked.setProperty("role", "small")
        self._closed = QPushButton(self.tr("Open this run's network to be offered changes"), self)
        self._closed.setObjectName("doctorClosed")
        self._closed.setProperty("role", "link")
        self._closed.setAccessibleName(self._closed.text())
        self._closed.clicked.connect(self.networkWanted)
        for label in (self._well, self._looked):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
        self._lay_out()

    @property
    def rows(self) -> tuple[AdviceRow, ...]:
        """What is shown, in order."""
        return tuple(row for row in self._in_order() if not row.isHidden())

    def add_menu(self, menu: QWidget) -> None:
        """A button at the corner."""
        self._title_row.addWidget(menu)

    def exported(self) -> QWidget:
        """All that is said, also what has to be scrolled to."""
        return self._inside

    def report(self) -> str:
        """All that is said, as text."""
        found = self._examination.findings if self._examination is not None else None
        if found is None:
            return ""
        rows = [row.report() for row in self.rows] or [self._all_well(found)]
        return "\n\n".join([*rows, _looked_at(found)]) + "\n"

    def follow(self, examination: Examination) -> None:
        """Shows the findings of another examination from now on."""
        if examination is self._examination:
            return
        if self._examination is not None:
            self._examination.changed.disconnect(self.refresh)
        self._examination = examination
        examination.changed.connect(self.refresh)
        self.refresh()

    def showEvent(self, event: QShowEvent) -> None:
        """What was changed while nobody looked."""
        super().showEvent(event)
        if self._examination is not None:
            self._examination.refresh()

    @Slot()
    def refresh(self) -> None:
        """Says what is known now."""
        if self._examination is None:
            return
        found = self._examination.findings
        wanted = {advice.rule: advice for advice in found.advice}
        for rule in set(self._rows) - set(wanted):
            self._rows.pop(rule).deleteLater()
        known = {node.id for node in walk(found.present.body)} if found.patient.open else set()
        for place, advice in enumerate(found.advice):
            row = self._rows.get(advice.rule) or self._made(advice.rule)
            row.show_advice(advice, advice.node in known)
            row.setVisible((found.patient.run, advice.rule) not in self._dismissed)
            if self._column.indexOf(row) != place:
                self._column.insertWidget(place, row)
        self._order_tabs()
        self._tell(found)

    def _order_tabs(self) -> None:
        """From finding to finding as they stand, though they are made as they are found."""
        pressed = [button for row in self._in_order() for button in row.buttons]
        put_in_tab_order((self._area, *pressed))

    @Slot(str)
    def dismiss(self, rule: str) -> None:
        """Does not say it again about this run."""
        if self._examination is not None:
            self._dismissed.add((self._examination.findings.patient.run, rule))
            self.refresh()

    @Slot()
    def show_dismissed(self) -> None:
        """Says again what was dismissed."""
        self._dismissed.clear()
        self.refresh()

    def _made(self, rule: str) -> AdviceRow:
        row = self._rows[rule] = AdviceRow(rule, self._inside)
        row.blockWanted.connect(self.blockWanted)
        row.dismissed.connect(self.dismiss)
        row.remedyWanted.connect(self._apply)
        return row

    def _apply(self, rule: str, said: str, text: str) -> None:
        if self._examination is not None and self._examination.apply(rule, said, text):
            self.applied.emit(text)

    def _tell(self, found: Findings) -> None:
        shown, hidden = len(self.rows), len(found.advice) - len(self.rows)
        last = found.patient.epochs[-1].epoch if found.patient.epochs else 0
        parts = [self.tr("after epoch {epoch}").format(epoch=last)] if last else []
        if shown:
            words = self.tr("{count} findings") if shown > 1 else self.tr("1 finding")
            parts.append(words.format(count=shown))
        self._detail.set_texts(" · ".join(parts))
        self._again.setVisible(hidden > 0)
        self._again.setText(self.tr("{count} dismissed: show again").format(count=hidden))
        self._again.setAccessibleName(self._again.text())
        self._well.setVisible(not shown)
        self._well.setText(self._all_well(found))
        self._looked.setText(_looked_at(found))
        self._closed.setVisible(shown > 0 and not found.patient.open and found.patient.document is not None)

    def _all_well(self, found: Findings) -> str:
        if not found.trained:
            return self.tr("The doctor looks at a training after each of its epochs: start one with Train.")
        return self.tr("Nothing to worry about so far.")

    def _in_order(self) -> list[AdviceRow]:
        return sorted(self._rows.values(), key=self._column.indexOf)

    def _lay_out(self) -> None:
        title = self._title_row = QHBoxLayout()
        title.setSpacing(8)
        title.addWidget(self._title)
        title.addWidget(self._detail, 1)
        title.addWidget(self._again)
        self._inside = QWidget()
        self._inside.setObjectName("doctorRows")
        self._column = QVBoxLayout(self._inside)
        self._column.setContentsMargins(0, 0, 6, 0)
        self._column.setSpacing(0)
        self._column.addWidget(self._well)
        self._column.addWidget(self._closed, 0, Qt.AlignmentFlag.AlignLeft)
        self._column.addWidget(self._looked)
        self._column.addStretch(1)
        area = self._area = QScrollArea(self)
        area.setObjectName("doctorArea")
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(self._inside)
        column = QVBoxLayout(self)
        column.setContentsMargins(13, 9, 7, 12)
        column.setSpacing(7)
        column.addLayout(title)
        column.addWidget(area, 1)


def _looked_at(found: Findings) -> str:
    """What the findings rest on: epochs, steps, looks at how many blocks, classes."""
    patient = found.patient
    if not found.trained:
        return _tr("DoctorCard", "So far only the network and its settings have been looked at.")
    blocks = len(patient.health[-1].blocks) if patient.health else 0
    text = _tr(
        "DoctorCard",
        "Looked at so far – epochs: {epochs} · steps: {steps} · blocks: {blocks} · looks at them: {looks}",
    )
    steps = grouped(round(patient.losses[-1][0])) if patient.losses else 0
    return text.format(epochs=len(patient.epochs), steps=steps, looks=len(patient.health), blocks=blocks)
