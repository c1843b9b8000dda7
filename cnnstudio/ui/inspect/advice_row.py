"""One piece of the doctor's advice: how serious, what was measured, which block, what can be done."""

from functools import partial

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QToolButton, QVBoxLayout, QWidget

from cnnstudio.core.doctor import Advice
from cnnstudio.ui.doctor_words import (
    advice_text,
    remedy_changes,
    remedy_label,
    remedy_text,
    severity_mark,
    severity_text,
)
from cnnstudio.ui.theme import theme
from cnnstudio.ui.widgets.flow import FlowLayout


class AdviceRow(QFrame):
    """A mark, the sentence, buttons; what has not changed is not made anew, so that the focus stays."""

    blockWanted = Signal(str)
    dismissed = Signal(str)
    """Carries the rule."""
    remedyWanted = Signal(str, str, str)
    """The rule, what the remedy is called by the core, what it is called by the window."""

    def __init__(self, rule: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rule = rule
        self.advice: Advice | None = None
        self._shown: object = None
        self.setObjectName(f"advice-{rule}")
        self.setProperty("role", "row")
        self._mark = QLabel(self)
        self._mark.setFixedWidth(18)
        self._mark.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.sentence = QLabel(self)
        self.sentence.setObjectName(f"adviceText-{rule}")
        self.sentence.setWordWrap(True)
        self.sentence.setTextFormat(Qt.TextFormat.PlainText)
        self.sentence.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._source = QLabel(self)
        self._source.setProperty("role", "small")
        self._source.setWordWrap(True)
        self._source.setTextFormat(Qt.TextFormat.PlainText)
        self._flow = FlowLayout(spacing=6)
        self._offers: list[QPushButton] = []
        self._close = self._close_button()
        self._lay_out(self._close)
        theme().changed.connect(self._paint)

    def show_advice(self, advice: Advice, can_show: bool) -> None:
        """Says it; ``can_show``: the block is in the document that is open."""
        self.advice = advice
        text = advice_text(advice)
        shown = (text, advice.severity, can_show, tuple(map(remedy_label, advice.remedies)))
        if shown == self._shown:
            return
        self._shown = shown
        self.sentence.setText(text)
        self.setAccessibleName(f"{severity_text(advice.severity)}: {text}")
        self._mark.setToolTip(severity_text(advice.severity))
        self._source.setText(advice.source)
        self._paint()
        self._fill(advice, can_show)

    @property
    def buttons(self) -> tuple[QWidget, ...]:
        """What can be pressed, in the order of the Tab key."""
        return (*self._offers, self._close)

    def report(self) -> str:
        """What is said, as text: how serious, the sentence, what can be done, the source."""
        if self.advice is None:
            return ""
        said = [f"{severity_text(self.advice.severity)}: {advice_text(self.advice)}"]
        said += [f"  → {remedy_label(remedy)}" for remedy in self.advice.remedies]
        return "\n".join([*said, *([f"  ({self.advice.source})"] if self.advice.source else [])])

    def _fill(self, advice: Advice, can_show: bool) -> None:
        self._flow.clear()
        self._offers = []
        if advice.node and can_show:
            show = self._button(f"adviceShow-{self.rule}", self.tr("Show block"), "offer")
            show.setToolTip(self.tr("Select the block in Build"))
            show.clicked.connect(partial(self._want_block, advice.node))
        for number, remedy in enumerate(advice.remedies):
            button = self._button(f"adviceFix-{self.rule}-{number}", remedy_label(remedy), "small")
            what = self.tr("Changes the document for the next training; can be undone.")
            button.setToolTip(f"{remedy_changes(remedy)}\n{what}")
            button.clicked.connect(partial(self._want_remedy, str(remedy), remedy_text(remedy)))

    def _button(self, name: str, text: str, role: str) -> QPushButton:
        button = QPushButton(text, self)
        button.setObjectName(name)
        button.setAccessibleName(text)
        button.setProperty("role", role)
        self._flow.addWidget(button)
        self._offers.append(button)
        button.show()  # or the layout counts it only after the next turn of the event loop
        return button

    def _want_block(self, node: str, _checked: bool = False) -> None:
        self.blockWanted.emit(node)

    def _want_remedy(self, said: str, text: str, _checked: bool = False) -> None:
        self.remedyWanted.emit(self.rule, said, text)

    def _close_button(self) -> QToolButton:
        close = QToolButton(self)
        close.setObjectName(f"adviceDismiss-{self.rule}")
        close.setProperty("role", "ghost")
        close.setText("×")
        close.setAccessibleName(self.tr("Dismiss this advice"))
        close.setToolTip(close.accessibleName())
        close.clicked.connect(lambda: self.dismissed.emit(self.rule))
        return close

    def _lay_out(self, close: QToolButton) -> None:
        column = QVBoxLayout()
        column.setSpacing(5)
        column.addWidget(self.sentence)
        column.addLayout(self._flow)
        column.addWidget(self._source)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 9, 0, 9)
        row.setSpacing(8)
        row.addWidget(self._mark)
        row.addLayout(column, 1)
        row.addWidget(close, 0, Qt.AlignmentFlag.AlignTop)

    def _paint(self) -> None:
        if self.advice is not None:
            self._mark.setPixmap(severity_mark(self.advice.severity).pixmap(QSize(16, 16)))
