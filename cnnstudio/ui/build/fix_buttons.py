"""A problem with its ways out, as buttons that say what the shape would become."""

from functools import partial

from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from cnnstudio.app.store import DocumentStore
from cnnstudio.core.fixes import Fix
from cnnstudio.core.infer import Problem
from cnnstudio.ui.build.commands import apply_fix
from cnnstudio.ui.build.say import fix_label
from cnnstudio.ui.widgets.flow import FlowLayout
from cnnstudio.ui.widgets.tab_order import put_in_tab_order

_NARROW = 250
"""Pixels that there are in a narrow place."""


class ProblemBox(QWidget):
    """The sentence and a button for each fix; in a narrow place long ones have two lines."""

    def __init__(self, store: DocumentStore, parent: QWidget | None = None, narrow: bool = False) -> None:
        super().__init__(parent)
        self._store = store
        self._narrow = narrow
        self._shown: object = None
        self.before: QWidget | None = None
        """From this one Tab goes on to the buttons: they are made later than what they stand above."""
        self.sentence = QLabel(self)
        self.sentence.setWordWrap(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(self.sentence)
        self._flow = FlowLayout(spacing=6)
        column.addLayout(self._flow)

    def show_problem(self, problem: Problem, sentence: str) -> None:
        """Says what is wrong and offers the ways out."""
        fixes = self._store.fixes(problem)
        shown = (sentence, problem.warning, tuple(map(fix_label, fixes)))
        if shown != self._shown:
            self._shown = shown
            self.sentence.setText(sentence)
            self.sentence.setProperty("role", "warning" if problem.warning else "error")
            self.sentence.style().unpolish(self.sentence)
            self.sentence.style().polish(self.sentence)
            self._flow.clear()
            buttons = [self._button(problem, number, fix) for number, fix in enumerate(fixes)]
            for button in buttons:
                self._flow.addWidget(button)
                button.show()  # or the layout counts it only after the next turn of the event loop
            if self.before is not None:
                put_in_tab_order((self.before, *buttons))

    def _button(self, problem: Problem, number: int, fix: Fix) -> QPushButton:
        text = fix_label(fix)
        button = QPushButton(text, self)
        button.setToolTip(text)
        button.setObjectName(f"fixButton-{problem.node or 'network'}-{number}")
        button.setAccessibleName(text)
        button.setProperty("role", "small")
        button.ensurePolished()
        if self._narrow and button.sizeHint().width() > _NARROW:
            button.setText(text.replace("   ", "\n"))
        button.clicked.connect(partial(self._apply, problem.node, problem.fault.text, number))
        return button

    def _apply(self, node: str | None, text: str, number: int, _checked: bool = False) -> None:
        """Takes the fix as it is for the document now: a button may be older than an edit elsewhere."""
        for problem in self._store.inference.problems:
            if problem.node == node and problem.fault.text == text:
                fixes = self._store.fixes(problem)
                if number < len(fixes):
                    apply_fix(self._store, fixes[number])
                return
