"""From a wish to a changed document, offered only after inference has found nothing new wrong with it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from itertools import pairwise

from pydantic import ValidationError

from cnnstudio.core import edits
from cnnstudio.core.block import Block
from cnnstudio.core.doctor.advice import Before, Remedy
from cnnstudio.core.doctor.case import Case, reports
from cnnstudio.core.doctor.words import plain
from cnnstudio.core.document import Document, Node, place_of, walk
from cnnstudio.core.edits import EditError
from cnnstudio.core.infer import Inference, infer
from cnnstudio.core.phrase import Phrase, listed
from cnnstudio.core.quantity import grouped
from cnnstudio.core.registry import block_type
from cnnstudio.core.settings_edits import setting, setting_spec, with_settings
from cnnstudio.core.shape import is_map

Edit = Callable[[Document], Document]
_CONVOLUTIONS = ("Conv2d", "DepthwiseConv2d")
_NORMS = ("BatchNorm2d", "GroupNorm")


def only(*found: Remedy | None) -> tuple[Remedy, ...]:
    """Those that there are."""
    return tuple(remedy for remedy in found if remedy is not None)


def settings(case: Case, **values: object) -> Remedy | None:
    """Another setting (``optimizer__lr=0.001``), or two; None where they are so already, or not allowed."""
    wanted = {name.replace("__", "."): value for name, value in values.items()}
    old = case.present.document
    changes = tuple(
        Before(setting_spec(path).label, Phrase(plain(setting(old, path))), Phrase(plain(value)))
        for path, value in wanted.items()
        if setting(old, path) != value
    )
    if not changes:
        return None
    text, told = _told(*changes)
    return _verified(case, lambda document: with_settings(document, wanted), text, told, changes)


def _told(change: Before, other: Before | None = None) -> tuple[str, dict[str, object]]:
    """A whole sentence about one setting or two, for other languages put the words in another order."""
    text = "Set {setting} to {value}"
    told: dict[str, object] = {"setting": Phrase(change.label), "value": change.after}
    if other is None:
        return text, told
    told |= {"other": Phrase(other.label), "other_value": other.after}
    if other.after == change.after:
        text = "Set {setting} and {other} to {value}"
    else:
        text = "Set {setting} to {value} and {other} to {other_value}"
    return text, told


def slower(case: Case, factor: float = 0.1) -> Remedy | None:
    """A smaller learning rate than that of the training; None where the document has one already."""
    trained = case.asked_lr
    if case.present.document.training.optimizer.lr < trained:
        return None
    return settings(case, optimizer__lr=float(f"{trained * factor:.3g}"))


def replaced(case: Case, nodes: Iterable[Node], kind: str) -> Remedy | None:
    """Other activations in place of these."""
    chosen = _still_there(case, nodes)
    if not chosen:
        return None
    new = block_type(kind)()
    titles = listed([Phrase(title) for title in dict.fromkeys(node.block.title for node in chosen)])
    count = len(chosen)

    def edit(document: Document) -> Document:
        for node in chosen:
            fresh = replace(edits.node(new), only_first=node.only_first)
            document = edits.remove(edits.insert(document, place_of(document, node.id), [fresh]), [node.id])
        return document

    text = "Replace {old} by {new}" if count == 1 else "Replace {count} × {old} by {new}"
    values = {"old": titles, "new": Phrase(new.title), "count": count}
    return _verified(case, edit, text, values, (Before("Activation", titles, Phrase(new.title)),))


def with_batch_norm(case: Case) -> Remedy | None:
    """Batch norm behind every convolution that no normalisation follows, in the classifier's body."""
    bare = [node.id for node in walk(case.present.document.body) if node.id in _bare(case.present)]
    if not bare:
        return None

    def edit(document: Document) -> Document:
        norm = block_type("BatchNorm2d")()
        for node_id in bare:
            place = place_of(document, node_id)
            old = next(node for node in walk(document.body) if node.id == node_id)
            fresh = replace(edits.node(norm), only_first=old.only_first)
            document = edits.insert(document, replace(place, index=place.index + 1), [fresh])
        return document

    before, after = str(_norms(case.present.document)), str(_norms(case.present.document) + len(bare))
    text = "Insert Batch norm behind {count} convolutions" if len(bare) > 1 else "Insert Batch norm"
    return _verified(case, edit, text, {"count": len(bare)}, (Before("Batch norm", before, after),))


def with_skips(case: Case) -> Remedy | None:
    """Residuals around runs of the network's own blocks that keep the shape and hold two convolutions."""
    runs = _runs(case.present)
    if not runs:
        return None

    def edit(document: Document) -> Document:
        residual = block_type("Residual")()
        for run in runs:
            document = edits.wrap(document, run, residual)  # type: ignore[arg-type]  # it is a composite
        return document

    changes = (Before("Skip connections", "0", str(len(runs))),)
    return _verified(case, edit, "Wrap {count} stretches in Residual", {"count": len(runs)}, changes)


def with_dropout(case: Case) -> Remedy | None:
    """Dropout before the last linear layer, where the network has none."""
    nodes = [node for node in walk(case.present.document.body) if not node.disabled]
    kinds = [type(node.block).__name__ for node in nodes]
    if "Linear" not in kinds or any(kind.startswith("Dropout") for kind in kinds):
        return None
    last = next(node for node in reversed(nodes) if type(node.block).__name__ == "Linear")

    def edit(document: Document) -> Document:
        fresh = edits.node(block_type("Dropout")())
        return edits.insert(document, place_of(document, last.id), [fresh])

    changes = (Before("Dropout", "0", "1"),)
    return _verified(case, edit, "Insert Dropout before the last Linear", {}, changes)


def _verified(
    case: Case, edit: Edit, text: str, values: Mapping[str, object], changes: tuple[Before, ...]
) -> Remedy | None:
    """None where the edit cannot be made, or something would be wrong then that is not wrong now."""
    try:
        document = edit(case.present.document)
    except (ValidationError, EditError, KeyError):
        return None
    if document is case.present.document:
        return None
    result = infer(document)
    known = {(problem.node, problem.fault.text) for problem in case.present.problems}
    if any((p.node, p.fault.text) not in known for p in result.problems):
        return None
    if result.params != case.present.params:
        changes = (*changes, Before("Parameters", grouped(case.present.params), grouped(result.params)))
    return Remedy(text, values, document, changes)


def _still_there(case: Case, nodes: Iterable[Node]) -> list[Node]:
    """The nodes that the present document has as they were trained."""
    present = {node.id: node for node in walk(case.present.document.body)}
    return [
        present[node.id] for node in nodes if node.id in present and _same(present[node.id].block, node.block)
    ]


def _same(one: Block, other: Block) -> bool:
    return type(one) is type(other) and one == other


def _bare(inference: Inference) -> set[str]:
    """Convolutions that give maps of more than one pixel and that no normalisation follows at once."""
    normalised = {
        before.id
        for stack in _stacks(inference.document)
        for before, after in pairwise(stack)
        if type(after.block).__name__ in _NORMS
    }
    return {
        report.node.id
        for report in reports(inference)
        if type(report.block).__name__ in _CONVOLUTIONS
        and report.output is not None
        and is_map(report.output)
        and report.output[1] * report.output[2] > 1
        and report.node.id not in normalised
    }


def _stacks(document: Document) -> list[tuple[Node, ...]]:
    bodies = [document.body, *(stack for node in walk(document.body) for stack in node.stacks)]
    return [tuple(node for node in stack if not node.disabled) for stack in bodies]


def _norms(document: Document) -> int:
    return sum(type(node.block).__name__ == "BatchNorm2d" for node in walk(document.body))


def _runs(inference: Inference) -> list[list[str]]:
    """The shortest stretches of the network's own stack, without overlap, that a Residual can hold."""
    found: list[list[str]] = []
    body = [report for report in inference.body.reports if report.input is not None]
    start = 0
    while start < len(body):
        end = _end_of_run([(type(r.block).__name__, r.input, r.output) for r in body[start:]])
        if end:
            found.append([report.node.id for report in body[start : start + end]])
        start += end or 1
    return found


def _end_of_run(parts: list[tuple[str, object, object]]) -> int:
    """How many blocks from the first on: two convolutions, up to and with their activation; 0: none."""
    if not parts or parts[0][0] != "Conv2d":
        return 0
    entering, convolutions = parts[0][1], 0
    for index, (kind, _, leaving) in enumerate(parts):
        if kind not in ("Conv2d", *_NORMS, "ReLU") or leaving is None:
            return 0
        convolutions += kind == "Conv2d"
        if convolutions == 2 and kind == "ReLU":
            return index + 1 if leaving == entering else 0
    return 0
