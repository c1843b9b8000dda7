"""Boxes with formulas: a heading and lines of rich text in the font of numbers."""

from collections.abc import Iterable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QSizePolicy, QVBoxLayout, QWidget

from cnnstudio.ui.build.facts import Fact
from cnnstudio.ui.formula import FormulaView


def heading(text: str, parent: QWidget) -> QLabel:
    """``OUTPUT SIZE``."""
    label = QLabel(text.upper(), parent)
    label.setProperty("role", "heading")
    return label


def box(parent: QWidget) -> QLabel:
    """A field that can be read and copied."""
    label = QLabel(parent)
    label.setProperty("role", "box")
    label.setWordWrap(True)
    label.setIndent(0)  # else a framed label measures a narrower text than it paints: an empty line below
    label.setTextFormat(Qt.TextFormat.RichText)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
    return label


def _paragraphs(lines: Iterable[str]) -> str:
    return "".join(f'<p style="line-height: 135%; margin: 0">{line}</p>' for line in lines)


_ORDER = ("output", "repetitions", "parameters", "cost", "what-if", "code", "formula", "most")


def _rank(name: str) -> int:
    return _ORDER.index(name) if name in _ORDER else len(_ORDER)


class FactView(QWidget):
    """Shows facts; a fact that was there before only gets its new text."""

    linkActivated = Signal(str)
    """A line that can be taken was clicked, or chosen with Tab and Enter."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(6)
        self._shown: dict[str, tuple[QLabel, QLabel | FormulaView]] = {}

    def show_facts(self, facts: Iterable[Fact]) -> None:
        """Shows these facts and hides all others."""
        wanted = {fact.name: fact for fact in facts}
        for fact in wanted.values():
            title, text = self._labels(fact)
            new = "".join(fact.lines) if isinstance(text, FormulaView) else _paragraphs(fact.lines)
            if text.text() != new:
                text.setText(new)
            title.setVisible(bool(new))
            text.setVisible(bool(new))
        for name in self._shown.keys() - wanted.keys():
            for label in self._shown[name]:
                label.hide()

    def text_of(self, name: str) -> str:
        """What a fact says now, as shown; empty where it is not shown."""
        labels = self._shown.get(name)
        return labels[1].text() if labels and not labels[1].isHidden() else ""

    def _view(self, name: str) -> QLabel | FormulaView:
        if name == "formula":
            return FormulaView(self)
        label = box(self)
        if name == "what-if":
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextBrowserInteraction)
            label.linkActivated.connect(self.linkActivated)
        return label

    def _labels(self, fact: Fact) -> tuple[QLabel, QLabel | FormulaView]:
        if fact.name not in self._shown:
            title = heading(fact.heading, self)
            text = self._view(fact.name)
            text.setObjectName(f"fact-{fact.name}")
            text.setAccessibleName(fact.heading)
            before = 2 * sum(_rank(name) < _rank(fact.name) for name in self._shown)
            self._column.insertWidget(before, title)
            self._column.insertWidget(before + 1, text)
            self._shown[fact.name] = (title, text)
        return self._shown[fact.name]
