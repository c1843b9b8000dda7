"""Boxes with formulas: a heading and lines of rich text in the font of numbers."""

from collections.abc import Iterable
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

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


class OfferLines(QWidget):
    """A button for each line, as wide as its text."""

    taken = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._buttons: list[QPushButton] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(3)

    def setText(self, text: str) -> None:
        """Shows other lines."""
        lines = text.split("\n") if text else []
        while len(self._buttons) < len(lines):
            self._add()
        for number, button in enumerate(self._buttons):
            button.setVisible(number < len(lines))
            line = lines[number] if number < len(lines) else ""
            button.setText(line)
            button.setAccessibleName(self.tr("What if: {line}").format(line=line))

    def text(self) -> str:
        """The lines as they are shown."""
        return "\n".join(button.text() for button in self._buttons if not button.isHidden())

    def _add(self) -> None:
        number = len(self._buttons)
        button = QPushButton(self)
        button.setObjectName(f"whatIfButton-{number}")
        button.setProperty("role", "small")
        button.clicked.connect(partial(self._take, number))
        self._column.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
        self._buttons.append(button)

    def _take(self, number: int, _checked: bool = False) -> None:
        self.taken.emit(number)


_View = QLabel | FormulaView | OfferLines


class FactView(QWidget):
    """Shows facts; a fact that was there before only gets its new text."""

    offerTaken = Signal(str, int)
    """One of the offers of a fact was taken (carries the name of the fact and the number of the line)."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(6)
        self._shown: dict[str, tuple[QLabel, _View]] = {}

    def show_facts(self, facts: Iterable[Fact]) -> None:
        """Shows these facts and hides all others."""
        wanted = {fact.name: fact for fact in facts}
        for fact in wanted.values():
            title, text = self._labels(fact)
            new = _paragraphs(fact.lines) if isinstance(text, QLabel) else "\n".join(fact.lines)
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

    def _view(self, fact: Fact) -> _View:
        if fact.name == "formula":
            return FormulaView(self)
        if not fact.offers:
            return box(self)
        view = OfferLines(self)
        view.taken.connect(partial(self.offerTaken.emit, fact.name))
        return view

    def _labels(self, fact: Fact) -> tuple[QLabel, _View]:
        if fact.name not in self._shown:
            title = heading(fact.heading, self)
            text = self._view(fact)
            text.setObjectName(f"fact-{fact.name}")
            text.setAccessibleName(fact.heading)
            before = 2 * sum(_rank(name) < _rank(fact.name) for name in self._shown)
            self._column.insertWidget(before, title)
            self._column.insertWidget(before + 1, text)
            self._shown[fact.name] = (title, text)
        return self._shown[fact.name]
