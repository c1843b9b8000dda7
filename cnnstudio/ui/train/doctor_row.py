"""The doctor in a line: what is most serious, and the way to the rest."""

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QWidget

from cnnstudio.app.examination import Examination
from cnnstudio.ui.doctor_words import advice_text, severity_mark
from cnnstudio.ui.theme import icon, theme, tokens
from cnnstudio.ui.widgets.elided import ElidedLabel

HEIGHT = 34


class DoctorRow(QWidget):
    """Always there, so that the plots stay where they are."""

    asked = Signal()
    """The person wants to know more."""

    def __init__(self, examination: Examination, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("doctorRow")
        self._examination = examination
        row = QHBoxLayout(self)
        row.setContentsMargins(13, 0, 13, 9)
        self.setFixedHeight(HEIGHT)
        row.setSpacing(8)
        self._mark = QLabel(self)
        self._mark.setFixedSize(16, 16)
        self._text = ElidedLabel(self)
        self._text.setObjectName("doctorText")
        self._text.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self._more = QPushButton(self)
        self._more.setObjectName("doctorMore")
        self._more.setProperty("role", "small")
        self._more.clicked.connect(self.asked)
        row.addWidget(self._mark)
        row.addWidget(self._text, 1)
        row.addWidget(self._more)
        examination.changed.connect(self.refresh)
        theme().changed.connect(self.refresh)
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Says what is known now."""
        found = self._examination.findings
        if not found.trained and not found.patient.diverged:
            self._mark.setPixmap(icon("inspect", tokens().muted, 16).pixmap(QSize(16, 16)))
            self._text.set_texts(self.tr("Doctor: looks at the training after each of its epochs."))
        elif not found.advice:
            self._mark.setPixmap(icon("check", tokens().success, 16).pixmap(QSize(16, 16)))
            self._text.set_texts(self.tr("Doctor: nothing to worry about so far."))
            self._more.setText(self.tr("What was looked at"))
        else:
            self._mark.setPixmap(severity_mark(found.advice[0].severity).pixmap(QSize(16, 16)))
            self._text.set_texts(advice_text(found.advice[0]))
            rest = len(found.advice) - 1
            more = self.tr("What to do · {count} more").format(count=rest) if rest else self.tr("What to do")
            self._more.setText(more)
        self._more.setVisible(found.trained or found.patient.diverged)
        self._more.setAccessibleName(self._more.text())
        self._more.setToolTip(self.tr("Show the doctor's advice in Inspect"))
