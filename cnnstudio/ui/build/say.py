"""What the core says, in the person's language: titles, faults, fixes, shapes."""

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication

from cnnstudio.core.block import Block
from cnnstudio.core.document import Document, find
from cnnstudio.core.fault import Fault
from cnnstudio.core.fixes import Fix
from cnnstudio.core.infer import Problem
from cnnstudio.core.phrase import Phrase
from cnnstudio.core.shape import Shape, shape_text
from cnnstudio.ui.said import said

_tr = QCoreApplication.translate


def block_title(block: Block | type[Block]) -> str:
    """``Batch norm``."""
    return _tr("Block", block.title)


def headline(block: Block) -> str:
    """``16 filters 3×3``."""
    return phrase(block.headline())


def block_name(block: Block) -> str:
    """``Conv2d 16 filters 3×3``."""
    return f"{block_title(block)} {headline(block)}".strip()


def details(block: Block) -> str:
    """``stride 1 · padding 1 · no bias``."""
    return phrases(block.details())


def block_formula(block: Block) -> str:
    """The rule of its type in words and symbols; empty where it has none."""
    return _tr("Block", block.formula) if block.formula else ""


def phrases(parts: Sequence[str | Phrase]) -> str:
    """Parts that stand beside each other on one line."""
    return " · ".join(map(phrase, parts))


def phrase(part: str | Phrase) -> str:
    """A part of a card or a line of a derivation; what is no phrase is the same in all languages."""
    return said("Phrase", part) if isinstance(part, Phrase) else part


def block_help(block: Block | type[Block]) -> str:
    """The first paragraph of the help of a block type, on one line."""
    return _tr("Block", block.help_text())


def stack_label(label: Phrase) -> str:
    """``body``, ``shortcut``, ``branch 2``."""
    return phrase(label)


def fault_text(fault: Fault) -> str:
    """``needs a flat input, got 32×32×16``."""
    return said("Fault", fault)


def fix_text(fix: Fix) -> str:
    """``Insert Flatten``."""
    return said("Fix", fix)


def fix_label(fix: Fix) -> str:
    """``Insert Flatten   32×32×16 → 16384``."""
    if fix.before == fix.after or fix.after is None:
        return fix_text(fix)
    return f"{fix_text(fix)}   {shape(fix.before)} → {shape(fix.after)}"


def about(title: str, problem: str) -> str:
    """``Linear needs a flat input, got 32×32×16``; without a title it is about the network."""
    subject = title or _tr("Fault", "The network")
    return _tr("Fault", "{block} {problem}").format(block=subject, problem=problem)


def problem_sentence(problem: Problem, title: str) -> str:
    """The problem as a sentence about its block, or about the network."""
    return _tr("Fault", "{problem}.").format(problem=about(title, fault_text(problem.fault)))


def sentence_about(document: Document, problem: Problem) -> str:
    """The same, with the block's title looked up."""
    title = block_title(find(document, problem.node).block) if problem.node else ""
    return problem_sentence(problem, title)


def shape(value: Shape | None) -> str:
    """``32×32×16``; ``?`` behind a faulty block."""
    return shape_text(value)
