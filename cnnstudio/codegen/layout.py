"""Laying code out in lines of 88 columns as ``ruff format`` does, and noting which block stands where.

A call stays on one line if it fits; else all its arguments go on one line of their own; else each
argument gets a line with a trailing comma. A construct that is ``stacked`` starts with the last form.
"""

from collections.abc import Sequence

from cnnstudio.codegen.expression import Construct, Copies, Expression, is_stacked, text

WIDTH = 88
STEP = 4


class Lines:
    """Source lines in the making. ``marks`` tells the lines (first, last; from 1) that define each block."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.marks: dict[str, tuple[int, int]] = {}

    def add(self, indent: int, line: str) -> None:
        """One line, already laid out."""
        self.lines.append(" " * indent + line)

    def source(self, *more: "Lines") -> str:
        """The text of these lines and more."""
        return "\n".join(line for lines in (self, *more) for line in lines.lines) + "\n"

    def text(self, text: str) -> None:
        """Lines that are laid out already."""
        self.lines += text.rstrip("\n").split("\n")

    def blank(self, count: int = 1) -> None:
        """Empty lines."""
        self.lines += [""] * count

    def mark(self, origin: Sequence[str], first: int) -> None:
        """Notes that blocks are defined from line ``first`` (from 0) to the last; the first note counts."""
        place = (first + 1, len(self.lines))
        for node in origin:
            self.marks.setdefault(node, place)

    def expression(self, indent: int, value: Expression, prefix: str = "", suffix: str = "") -> None:
        """``prefix`` value ``suffix``, on as many lines as it takes."""
        start = len(self.lines)
        flat = f"{prefix}{text(value)}{suffix}"
        comment = value.comment if isinstance(value, Construct) else ""
        if not is_stacked(value) and fits(indent, flat):
            self.add(indent, _commented(indent, flat, comment))
            self._mark_all(value, start)
        elif isinstance(value, Construct) and (value.args or value.kwargs):
            self._call(indent, value, prefix, suffix)
            self.lines[-1] = _commented(0, self.lines[-1], comment)
        elif isinstance(value, Copies):
            self._copies(indent, value, prefix, suffix)
        else:
            self.add(indent, flat)
            self._mark_all(value, start)
        if isinstance(value, Construct):
            self.mark(value.origin, start)

    def _call(self, indent: int, call: Construct, prefix: str, suffix: str) -> None:
        start = len(self.lines)
        arguments = [("", value) for value in call.args] + [
            (f"{name}=", value) for name, value in call.kwargs
        ]
        self.add(indent, f"{prefix}{call.target}(")
        joined = ", ".join(name + text(value) for name, value in arguments)
        if not is_stacked(call) and fits(indent + STEP, joined):
            self.add(indent + STEP, joined)
            self._mark_all(call, start)
        else:
            for name, value in arguments:
                self.expression(indent + STEP, value, name, ",")
        self.add(indent, f"){suffix}")

    def _copies(self, indent: int, copies: Copies, prefix: str, suffix: str) -> None:
        self.add(indent, f"{prefix}*(")
        self.expression(indent + STEP, copies.element)
        self.add(indent + STEP, copies.loop)
        self.add(indent, f"){suffix}")

    def _mark_all(self, value: Expression, start: int) -> None:
        """Everything inside stands on the lines since ``start``."""
        if isinstance(value, Copies):
            value = value.element
        if isinstance(value, Construct):
            self.mark(value.origin, start)
            for inner in value.args:
                self._mark_all(inner, start)

    def listed(self, indent: int, head: str, items: Sequence[str], tail: str) -> None:
        """A list or tuple: on one line, or with a line for each item."""
        joined = ", ".join(items)
        if fits(indent, head + joined + tail):
            self.add(indent, head + joined + tail)
            return
        self.add(indent, head)
        for item in items:
            self.add(indent + STEP, f"{item},")
        self.add(indent, tail)

    def bracketed(self, indent: int, head: str, items: Sequence[str], tail: str) -> None:
        """``head`` items ``tail``; head ends with an open bracket, tail starts with the closing one."""
        joined = ", ".join(items)
        if fits(indent, head + joined + tail):
            self.add(indent, head + joined + tail)
            return
        self.add(indent, head)
        if fits(indent + STEP, joined):
            self.add(indent + STEP, joined)
        else:
            for item in items:
                self.add(indent + STEP, f"{item},")
        self.add(indent, tail)


def fits(indent: int, line: str) -> bool:
    """Whether a line of code stays within the width."""
    return indent + len(line) <= WIDTH


def _commented(indent: int, line: str, comment: str) -> str:
    whole = f"{line}  # {comment}"
    return whole if comment and fits(indent, whole) else line
