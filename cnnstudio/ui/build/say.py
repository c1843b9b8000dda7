"""What the core says, in the person's language: titles, faults, fixes, shapes."""

from collections.abc import Mapping

from PySide6.QtCore import QCoreApplication

from cnnstudio.core.block import Block
from cnnstudio.core.document import Document, find
from cnnstudio.core.fault import Fault
from cnnstudio.core.fixes import Fix
from cnnstudio.core.infer import Problem
from cnnstudio.core.shape import Shape, shape_text
from cnnstudio.core.ways import Way

_tr = QCoreApplication.translate


def block_title(block: Block | type[Block]) -> str:
    """``Batch norm``."""
    return _tr("Block", block.title)


def block_help(block: Block | type[Block]) -> str:
    """The first paragraph of the help of a block type, on one line."""
    kind = block if isinstance(block, type) else type(block)
    paragraph = (kind.__doc__ or "").strip().split("\n\n")[0]
    return _tr("Block", " ".join(paragraph.split()))


def stack_label(label: str) -> str:
    """``body``, ``shortcut``, ``branch 2``."""
    word, _, number = label.partition(" ")
    return " ".join(filter(None, (_tr("Block", word), number)))


def fault_text(fault: Fault) -> str:
    """``needs a flat input, got 32×32×16``."""
    return _tr("Fault", fault.text).format(**fault.values)


def fix_text(fix: Fix) -> str:
    """``Insert Flatten``."""
    return _way_text(fix.text, fix.values)


def fix_label(fix: Fix) -> str:
    """``Insert Flatten   32×32×16 → 16384``."""
    if fix.before == fix.after or fix.after is None:
        return fix_text(fix)
    return f"{fix_text(fix)}   {shape(fix.before)} → {shape(fix.after)}"


def _way_text(text: str, values: Mapping[str, object]) -> str:
    said = {key: _way_text(v.text, v.values) if isinstance(v, Way) else v for key, v in values.items()}
    return _tr("Fix", text).format(**said)


def problem_sentence(problem: Problem, title: str) -> str:
    """The problem as a sentence about its block, or about the network."""
    subject = title or _tr("Fault", "The network")
    return f"{subject} {fault_text(problem.fault)}."


def sentence_about(document: Document, problem: Problem) -> str:
    """The same, with the block's title looked up."""
    title = block_title(find(document, problem.node).block) if problem.node else ""
    return problem_sentence(problem, title)


def shape(value: Shape | None) -> str:
    """``32×32×16``; ``?`` behind a faulty block."""
    return shape_text(value)
