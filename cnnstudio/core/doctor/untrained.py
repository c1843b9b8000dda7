"""After some epochs the network is no better than guessing."""

from cnnstudio.core.doctor.advice import Advice
from cnnstudio.core.doctor.case import Case, is_number, reports
from cnnstudio.core.doctor.remedies import only, settings, with_batch_norm
from cnnstudio.core.doctor.words import number, percent

RULE = "untrained"
SOURCE = "Karpathy, 'A Recipe for Training Neural Networks', 2019"

EPOCHS = 3
"""Enough for any of the data sets here to be well above chance, even with small steps."""
ABOVE = 0.05
"""Of the way from chance to all right."""
AT_MOST = 1.5
"""Times chance: with a hundred classes a twentieth of the way is much."""


STEPS = 100
"""Of the optimizer: tiny data sets have epochs of a few steps."""
DEEP = 6
"""Layers with weights from which on initialisation and normalisation decide whether anything is learnt."""
_WEIGHTED = ("Conv2d", "DepthwiseConv2d", "Linear")


def look(case: Case) -> Advice | None:
    """Training accuracy against the largest class's share, which always saying that class reaches."""
    if not case.epochs or case.epochs[-1].epoch < EPOCHS or case.epochs[-1].step < STEPS:
        return None
    if not is_number(case.epochs[-1].train_accuracy):
        return None
    classes = case.document.classes
    chance = max(case.class_counts) / sum(case.class_counts) if sum(case.class_counts) > 0 else 1 / classes
    best = max(e.train_accuracy for e in case.epochs if is_number(e.train_accuracy))
    if chance >= 1 or best >= min(AT_MOST * chance, chance + ABOVE * (1 - chance)):
        return None
    last = case.epochs[-1]
    text = (
        "After {epochs} epochs {accuracy} of the training images are right, and guessing gets {chance}:"
        " nothing has been learnt yet (loss {loss})."
    )
    values = {
        "epochs": last.epoch,
        "accuracy": percent(last.train_accuracy),
        "chance": percent(chance),
        "loss": number(last.train_loss),
    }
    remedies = only(with_batch_norm(case), settings(case, init__name="he")) if _is_deep(case) else ()
    return Advice(RULE, "harm", text, values, None, last.epoch, remedies, SOURCE)


def _is_deep(case: Case) -> bool:
    """What is shallow has another cause, which another rule tells or nobody knows."""
    return sum(type(report.block).__name__ in _WEIGHTED for report in reports(case.inference)) >= DEEP
