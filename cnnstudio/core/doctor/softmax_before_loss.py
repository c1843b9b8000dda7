"""Softmax before the cross-entropy loss, which applies it itself."""

from math import e, log

from cnnstudio.core.doctor.advice import Advice, Before, Remedy
from cnnstudio.core.doctor.case import Case, reports
from cnnstudio.core.doctor.remedies import only
from cnnstudio.core.doctor.words import number
from cnnstudio.core.fixes import fixes
from cnnstudio.core.infer import Problem

RULE = "softmax-before-loss"
SOURCE = "Goodfellow, Bengio, Courville, 'Deep Learning', 2016, §6.2.2.3; PyTorch, CrossEntropyLoss"


def look(case: Case) -> Advice | None:
    """What inference finds; with a training, the loss that cannot be gone below.

    Probabilities lie between 0 and 1, so that the second softmax gives the true class at most
    e / (e + classes − 1), and the loss cannot fall below −log of that: 1.46 for ten classes.
    """
    problem = _problem(case)
    if problem is None or problem.node is None:
        return None
    classes = case.document.classes
    text = (
        "Softmax stands before the cross-entropy loss, which applies softmax itself: the loss cannot fall"
        " below {floor}, and gradients are weak."
    )
    values: dict[str, object] = {"floor": number(lowest_loss(classes))}
    then = "It is {loss} after epoch {epoch}." if case.epochs else ""
    if case.epochs:
        values |= {"loss": number(case.epochs[-1].train_loss), "epoch": case.epochs[-1].epoch}
    remedies = only(_without(case))
    return Advice(RULE, "harm", text, values, problem.node, case.last_epoch, remedies, SOURCE, then)


def lowest_loss(classes: int) -> float:
    """Cross-entropy of a softmax of a perfect softmax, in nats."""
    return log(1 + (classes - 1) / e)


def _problem(case: Case) -> Problem | None:
    softmax = {r.node.id for r in reports(case.inference) if r.block.is_softmax}
    return next((p for p in case.inference.problems if p.warning and p.node in softmax), None)


def _without(case: Case) -> Remedy | None:
    """What the core offers for the same problem of the document that is open."""
    softmax = {r.node.id: r.block for r in reports(case.present) if r.block.is_softmax}
    for problem in case.present.problems:
        if problem.warning and problem.node in softmax:
            for fix in fixes(case.present, problem):
                change = Before(softmax[problem.node].title, "1", "0")
                return Remedy(fix.text, fix.values, fix.document, (change,))
    return None
