"""From a node and what inference found out about it to the words on its card."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication

from cnnstudio.core.block import Block, Composite
from cnnstudio.core.document import Document, Node, walk
from cnnstudio.core.fields import Value
from cnnstudio.core.fixes import Fix
from cnnstudio.core.infer import Problem
from cnnstudio.core.quantity import short
from cnnstudio.ui.build.card import Level, Words
from cnnstudio.ui.build.occurrences import Occurrences
from cnnstudio.ui.build.say import (
    about,
    block_name,
    block_title,
    details,
    fault_text,
    fix_label,
    fix_text,
    headline,
    phrase,
    shape,
)
from cnnstudio.ui.build.tensor_glyph import card_glyph
from cnnstudio.ui.theme import block_colour
from cnnstudio.workspace.datasets import CATALOGUE

_tr = QCoreApplication.translate
MOST_FIXES = 2
"""On a card; the list of problems offers all."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """A problem of a node with the ways out that its card offers."""

    problem: Problem
    fixes: tuple[Fix, ...]


Troubles = Mapping[str, Trouble]


@dataclass(frozen=True, slots=True)
class Hidden:
    """What is wrong inside a collapsed composite: with which block first, and as a sentence."""

    culprit: str
    sentence: str
    trouble: Trouble


def words_of(
    node: Node,
    occurrences: Occurrences,
    trouble: Trouble | None,
    folded: bool | None,
    hidden: Hidden | None = None,
    largest: int = 1,
    leads: bool = True,
) -> Words:
    """What the card of a node says.

    Args:
        node: the block in its place.
        occurrences: what inference found out about it.
        trouble: what is wrong with it.
        folded: whether a composite is collapsed; None for a layer.
        hidden: what is wrong with a block inside a collapsed one.
        largest: the longer side of the network's input.
        leads: whether there is a link to the block inside.
    """
    block, last = node.block, occurrences[-1]
    title = block_title(block)
    fault, fixes, level = _fault(trouble)
    inside = hidden if folded and not fault else None
    if inside is not None:
        _, fixes, level = _fault(inside.trouble)
        fault = inside.sentence
    costs = _costs(occurrences)
    leaving = last.input if node.disabled else last.output
    paths = _paths(node) if folded else ""
    return Words(
        title=title,
        headline=headline(block),
        brief=_brief(block, costs, folded),
        details=_inside(node) if folded else details(block),
        right=(_tr("Card", "bypassed"),) if node.disabled else costs,
        shape=shape(leaving),
        glyph=None if folded is False else card_glyph(leaving, largest),
        badge=_badge(node),
        colour=block_colour(type(block).__name__, block.category),
        fault=fault,
        fixes=fixes,
        offers=_offers(inside.trouble if inside is not None else trouble),
        culprit=inside.culprit if inside is not None else "",
        lead=_tr("Card", "Show it") if inside is not None and leads else "",
        level=level,
        folded=folded if isinstance(block, Composite) else None,
        merge=_merge(block),
        paths=paths,
        bypassed=node.disabled,
    )


def hidden_trouble(node: Node, troubles: Troubles) -> Hidden | None:
    """What is wrong inside: ``inside: Linear needs a flat input``; faults come before warnings."""
    inner = walk(tuple(i for stack in node.stacks for i in stack))
    found = [(i, trouble) for i in inner if (trouble := troubles.get(i.id)) is not None]
    if not found:
        return None
    culprit, trouble = min(found, key=lambda pair: pair[1].problem.warning)
    what = about(block_title(culprit.block), fault_text(trouble.problem.fault))
    text = _tr("Card", "inside: {problem}")
    if len(found) > 1:
        text = _tr("Card", "inside: {problem}, and {count} more")
    return Hidden(culprit.id, text.format(problem=what, count=len(found) - 1), trouble)


def _brief(block: Block, costs: tuple[str, ...], folded: bool | None) -> str:
    """The headline where there is little room; of a collapsed composite, what it costs."""
    if not folded or not costs:
        return phrase(block.brief())
    # The picture of its paths says what a residual's headline does.
    own = isinstance(block, Composite) and len(block.stacks) == 1 and not block.open_ended
    return " · ".join(filter(None, (headline(block) if own else "", costs[0])))


def _paths(node: Node) -> str:
    """How the stacks run beside each other, its own or those of the composite that it is made of."""
    block = node.block
    if not isinstance(block, Composite):
        return ""
    if block.open_ended:
        return "branches"
    if block.root_only:
        return "side"
    if len(block.stacks) > 1:
        return "skip"
    inner = (_paths(i) for stack in node.stacks for i in stack if not i.disabled)
    return next(filter(None, inner), "")


def _merge(block: Block) -> str:
    """How a composite brings its stacks together: ``add``, ``concat``, ``multiply``."""
    return str(getattr(block, "merge", "add"))


def _fault(trouble: Trouble | None) -> tuple[str, tuple[str, ...], Level]:
    if trouble is None:
        return "", (), "fine"
    level: Level = "warning" if trouble.problem.warning else "fault"
    return fault_text(trouble.problem.fault), tuple(map(fix_text, trouble.fixes[:MOST_FIXES])), level


def _offers(trouble: Trouble | None) -> tuple[str, ...]:
    return tuple(map(fix_label, trouble.fixes[:MOST_FIXES])) if trouble is not None else ()


def _costs(occurrences: Occurrences) -> tuple[str, ...]:
    """Parameters and MACs; inside a Repeat those of one repetition (the usual one)."""
    last = occurrences[-1]
    lines = []
    if last.params:
        lines.append(_tr("Card", "{count} params").format(count=short(last.params)))
    if last.macs:
        lines.append(_tr("Card", "{count} MACs").format(count=short(last.macs)))
    return tuple(lines)


def _badge(node: Node) -> str:
    if node.disabled:
        return _tr("Card", "bypassed")
    if node.only_first:
        return _tr("Card", "first only")
    if node.first is None:
        return ""
    changes = ", ".join(f"{label} {value}" for label, value in first_differences(node.block, node.first))
    return _tr("Card", "first: {changes}").format(changes=changes)


def first_differences(block: Block, first: Block) -> Sequence[tuple[str, str]]:
    """Label and value of what the first repetition has of its own."""
    return [
        (_tr("Block", spec.label).lower(), value_text(getattr(first, spec.name)))
        for spec in type(block).fields()
        if getattr(first, spec.name) != getattr(block, spec.name)
    ]


def value_text(value: Value) -> str:
    """``3×1`` of a pair, ``yes`` of a switch."""
    if value is None:
        return _tr("Card", "auto")
    if isinstance(value, bool):
        return _tr("Card", "yes") if value else _tr("Card", "no")
    if isinstance(value, tuple):
        return "×".join(map(str, value))
    return f"{value:g}" if isinstance(value, float) else str(value)


def _inside(node: Node) -> str:
    count = sum(len(stack) for stack in node.stacks)
    if count == 1:
        (only,) = (inner for stack in node.stacks for inner in stack)
        return _tr("Card", "contains {title}").format(title=block_name(only.block))
    return _tr("Card", "{count} blocks inside").format(count=count)


def whole(words: Words) -> str:
    """The whole card as text, for whom it is cut short: a line each for what stands apart on it."""
    parts = [f"{words.title} {words.headline}".strip(), words.fault, words.details, words.badge]
    if words.shape:
        parts.append(_tr("Card", "output {shape}").format(shape=words.shape))
    return "\n".join(dict.fromkeys(filter(None, (*parts, *words.right, *words.offers))))


def input_words(document: Document) -> Words:
    """What the card of the network's input says."""
    colours = {1: _tr("Card", "greyscale"), 3: _tr("Card", "RGB")}
    channels = document.input.channels
    plain = _tr("Card", "{count} channels").format(count=channels)
    return Words(
        title=_tr("Card", "Input"),
        details=f"{_dataset_title(document.training.dataset)} · {colours.get(channels, plain)}",
        right=(shape(document.input.shape),),
    )


def _dataset_title(dataset: str) -> str:
    """``CIFAR-10``; for what the catalogue does not know, just what goes in."""
    titles = {info.id: info.title for info in CATALOGUE}
    return titles.get(dataset, _tr("Card", "images"))


def output_words(document: Document, trouble: Trouble | None) -> Words:
    """What the card of the network's output says; problems of the network as a whole stand here."""
    fault, fixes, level = _fault(trouble)
    return Words(
        title=_tr("Card", "Output"),
        details=_tr("Card", "{count} classes · cross-entropy").format(count=document.classes),
        right=(str(document.classes),),
        fault=fault,
        fixes=fixes,
        level=level,
    )
