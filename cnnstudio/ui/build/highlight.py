"""Colours for Python source, by Pygments; imported when the first code is shown."""

from collections.abc import Mapping
from functools import cache, lru_cache

from PySide6.QtGui import QColor, QFont, QSyntaxHighlighter, QTextCharFormat, QTextDocument

from cnnstudio.ui.theme import Tokens, mix, tokens

Piece = tuple[int, int, str]
"""First character, length, kind."""

_LIGHT = {
    "keyword": "#a626a4",
    "name": "#2f6fed",
    "number": "#b06000",
    "string": "#2b8a3e",
    "comment": "#7a869a",
}
_DARK = {
    "keyword": "#c792ea",
    "name": "#82aaff",
    "number": "#f0a45d",
    "string": "#8ccf7e",
    "comment": "#7d8a9c",
}


@cache
def _lexer() -> object:
    from pygments.lexers.python import PythonLexer

    return PythonLexer(stripnl=False, ensurenl=False)


@lru_cache(maxsize=4)
def pieces(source: str) -> list[list[Piece]]:
    """What to colour in each line; remembered, since another thread works it out before."""
    from pygments import lex
    from pygments.token import Comment, Keyword, Name, Number, Operator, String

    kinds = {
        Keyword: "keyword",
        Operator.Word: "keyword",
        Comment: "comment",
        String: "string",
        Number: "number",
        Name.Class: "name",
        Name.Function: "name",
        Name.Builtin.Pseudo: "keyword",
    }
    lines: list[list[Piece]] = [[]]
    column = 0
    for token, text in lex(source, _lexer()):
        kind = next((name for group, name in kinds.items() if token in group), "")
        for number, part in enumerate(text.split("\n")):
            if number:
                lines.append([])
                column = 0
            if kind and part:
                lines[-1].append((column, len(part), kind))
            column += len(part)
    return lines


class Highlighter(QSyntaxHighlighter):
    """Colours a text document; dim when the code is not that of the network as it is now."""

    def __init__(self, document: QTextDocument) -> None:
        super().__init__(document)
        self._lines: list[list[Piece]] = []
        self._formats: Mapping[str, QTextCharFormat] = {}
        self._dim = False
        self.recolour()

    def set_source(self, source: str, dim: bool) -> None:
        """Works the colours out; the text is set by the pane."""
        self._lines = pieces(source)
        if dim != self._dim:
            self._dim = dim
            self._make_formats()

    def recolour(self) -> None:
        """The theme changed."""
        self._make_formats()
        self.rehighlight()

    def _make_formats(self) -> None:
        t = tokens()
        colours = _DARK if t.dark else _LIGHT
        self._formats = {kind: _format(colour, kind, t, self._dim) for kind, colour in colours.items()}

    def highlightBlock(self, text: str) -> None:
        """Qt asks for one line after the other."""
        number = self.currentBlock().blockNumber()
        if number < len(self._lines):
            for start, length, kind in self._lines[number]:
                self.setFormat(start, length, self._formats[kind])


def _format(colour: str, kind: str, t: Tokens, dim: bool) -> QTextCharFormat:
    made = QTextCharFormat()
    made.setForeground(QColor(mix(colour, t.canvas, 0.45) if dim else colour))
    made.setFontItalic(kind == "comment")
    made.setFontWeight(QFont.Weight.Normal)
    return made
