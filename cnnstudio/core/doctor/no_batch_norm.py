"""A deep network without normalisation, whose activations shrink or grow from layer to layer."""

from cnnstudio.core.doctor.advice import Advice
from cnnstudio.core.doctor.case import Case, is_number, named, reports
from cnnstudio.core.doctor.remedies import only, settings, with_batch_norm
from cnnstudio.core.doctor.words import number
from cnnstudio.core.document import walk
from cnnstudio.core.health import BlockHealth

RULE = "no-normalisation"
SOURCE = "Ioffe, Szegedy, 'Batch normalization', 2015"

DEEP = 8
"""Layers with weights: AlexNet's eight trained without it; VGG's and deeper ones were trained in parts."""
SHRUNK = 0.1
"""Deviation of the activations in the deepest but the last (the logits) against the first: what is left is
a tenth of the signal, on top of the layers' own constant biases."""
GROWN = 10.0
_WEIGHTED = ("Conv2d", "DepthwiseConv2d", "Linear")


def look(case: Case) -> Advice | None:
    """Needs a look at the blocks: a deep network without it that is well scaled may stay so."""
    if case.latest is None or any("Norm" in type(r.block).__name__ for r in reports(case.inference)):
        return None
    layers = [b for b in case.latest.blocks if b.kind in _WEIGHTED and is_number(b.activation_std)]
    if len(layers) < DEEP:
        return None
    # Logits grow as a network gets sure; what comes in first is as large as its image.
    first, deep = _deviation(layers[0]), layers[-2]
    if first <= 0 or SHRUNK * first <= _deviation(deep) <= GROWN * first:
        return None
    node = next((node for node in walk(case.document.body) if node.id == deep.node), None)
    text = (
        "None of {layers} layers is normalised, and the deviation of their activations goes from {first} in"
        " the first to {last} in {block}: Batch norm keeps it even."
    )
    values = {
        "layers": len(layers),
        "first": number(first),
        "last": number(_deviation(deep)),
        "block": named(node, deep.path, deep.kind),
    }
    remedies = only(with_batch_norm(case), settings(case, init__name="he"))
    return Advice(RULE, "warning", text, values, deep.node, case.latest.epoch, remedies, SOURCE)


def _deviation(block: BlockHealth) -> float:
    return block.activation_std or 0.0
