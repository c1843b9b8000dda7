"""Units behind a ReLU that answer to no image, and so learn nothing any more."""

from cnnstudio.core.doctor.advice import Advice, Severity
from cnnstudio.core.doctor.case import Case, named
from cnnstudio.core.doctor.remedies import only, replaced, slower
from cnnstudio.core.doctor.words import percent
from cnnstudio.core.document import walk
from cnnstudio.core.health import BlockHealth

RULE = "dead-units"
SOURCE = "Maas, Hannun, Ng, 'Rectifier nonlinearities improve neural network acoustic models', 2013; CS231n"

KINDS = ("ReLU", "Residual")
"""What gives exact zeros, for which the gradient is zero too."""
MANY = 0.5
"""The share of dead units. CS231n warns of 40 %; in one batch a third of the units of a small network that
learns well may be silent, those for rare images among them."""
NEARLY_ALL = 0.9
FEWEST_IMAGES = 16
"""In fewer images a unit that answers to one class of ten may well be silent."""


def look(case: Case) -> Advice | None:
    """The worst of the blocks at the last look."""
    health = case.latest
    if health is None or health.images < FEWEST_IMAGES:
        return None
    sick = [block for block in health.blocks if block.kind in KINDS and (block.dead or 0) >= MANY]
    if not sick:
        return None
    worst = max(sick, key=_dead)
    nodes = {node.id: node for node in walk(case.document.body)}
    values: dict[str, object] = {
        "share": percent(_dead(worst)),
        "block": named(nodes.get(worst.node), worst.path, worst.kind),
        "images": health.images,
        "count": len(sick) - 1,
    }
    relus = [nodes[b.node] for b in sick if b.kind == "ReLU" and b.node in nodes]
    text = "{share} of the units of {block} are zero for every one of {images} images: they no longer learn."
    then = "Another block has many such units too." if len(sick) == 2 else ""
    if len(sick) > 2:
        then = "{count} other blocks have many such units too."
    severity: Severity = "harm" if _dead(worst) >= NEARLY_ALL else "warning"
    remedies = only(replaced(case, dict.fromkeys(relus), "LeakyReLU"), slower(case))
    return Advice(RULE, severity, text, values, worst.node, health.epoch, remedies, SOURCE, then)


def _dead(block: BlockHealth) -> float:
    return block.dead or 0.0
