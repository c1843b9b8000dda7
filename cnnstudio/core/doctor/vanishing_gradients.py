"""Gradients that get lost on their way to the first layers."""

from cnnstudio.core.doctor.advice import Advice, Remedy
from cnnstudio.core.doctor.case import Case, named
from cnnstudio.core.doctor.gradient_depth import flow
from cnnstudio.core.doctor.remedies import only, replaced, settings, with_batch_norm, with_skips
from cnnstudio.core.doctor.words import number
from cnnstudio.core.document import Node, walk

RULE = "vanishing-gradients"
SOURCE = (
    "Glorot, Bengio, 'Understanding the difficulty of training deep feedforward neural networks', 2010;"
    " He et al., 'Deep Residual Learning', 2016"
)

FALL = 3e-3
"""Of the gradient by one weight, first layers against last. Healthy networks stay within a factor of some
ten either way. Nine plain convolutions of Fashion-MNIST with torch's initialisation measured 1/800, and
learnt nothing in an epoch: the first layers stand still while the last ones move."""
_SKIPS = ("Residual",)
_FLAT = ("Sigmoid", "Tanh")


def look(case: Case) -> Advice | None:
    """At the last look; exact zeros are dead units and another rule's."""
    found = flow(case.latest) if case.latest else None
    if case.latest is None or found is None or found.first == 0 or found.first > FALL * found.last:
        return None
    nodes = {node.id: node for node in walk(case.document.body)}
    has_skips = any(type(node.block).__name__ in _SKIPS for node in nodes.values())
    text = (
        "The gradient falls {times}-fold through {layers} layers: at {block} it is {first} a weight, in the"
        " last layers {last}, so the first layers hardly learn."
    )
    then = "" if has_skips else "No skip connection carries it past them."
    values = {
        "times": number(round(found.last / found.first, -2)),
        "layers": found.layers,
        "block": named(nodes.get(found.block.node), found.block.path, found.block.kind),
        "first": number(found.first),
        "last": number(found.last),
    }
    flat = [node for node in nodes.values() if type(node.block).__name__ in _FLAT and not node.disabled]
    remedies = only(
        replaced(case, flat, "ReLU"),
        with_batch_norm(case),
        None if has_skips else with_skips(case),
        _he(case, list(nodes.values())),
    )
    return Advice(RULE, "harm", text, values, found.block.node, case.latest.epoch, remedies, SOURCE, then)


def _he(case: Case, nodes: list[Node]) -> Remedy | None:
    """He's initialisation keeps the size of what a ReLU passes on; torch's default loses it."""
    relu = any(type(node.block).__name__ == "ReLU" for node in nodes)
    return settings(case, init__name="he") if relu else None
