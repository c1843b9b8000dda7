"""Gradients so long that one step throws the weights away."""

from math import hypot

from cnnstudio.core.doctor.advice import Advice
from cnnstudio.core.doctor.case import Case, gradient_size, is_number, named
from cnnstudio.core.doctor.remedies import only, settings, slower, with_batch_norm
from cnnstudio.core.doctor.words import number
from cnnstudio.core.document import walk
from cnnstudio.core.health import BlockHealth

RULE = "exploding-gradients"
SOURCE = "Pascanu, Mikolov, Bengio, 'On the difficulty of training recurrent neural networks', 2013"

LONG = 100.0
"""Norm of all gradients together. The loss is a mean over the batch, so that healthy networks have 0.1 to
10; gradients are usually clipped at 1 to 5."""
CLIP = 1.0


def look(case: Case) -> Advice | None:
    """At the last look; where gradients are clipped, what is measured is before it, and no harm."""
    health = case.latest
    if health is None:
        return None
    blocks = [block for block in health.blocks if block.gradient_norm is not None]
    norm = hypot(*(block.gradient_norm or 0.0 for block in blocks))
    clip = case.document.training.clip_norm
    if is_number(norm) and (norm <= LONG or 0 < clip <= LONG):
        return None
    worst = max(blocks, key=_badness)
    node = next((node for node in walk(case.document.body) if node.id == worst.node), None)
    text = "The gradients are {norm} long (0.1 to 10 is usual), the largest at {block}: steps overshoot."
    values = {"norm": number(norm), "block": named(node, worst.path, worst.kind)}
    clipped = settings(case, clip_norm=CLIP) if not clip else None
    remedies = only(clipped, slower(case), with_batch_norm(case))
    return Advice(RULE, "harm", text, values, worst.node, health.epoch, remedies, SOURCE)


def _badness(block: BlockHealth) -> tuple[bool, float]:
    known = is_number(block.gradient_norm)
    return not known, gradient_size(block) if known else 0.0
