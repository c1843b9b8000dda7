"""A learning rate that is too high: the loss runs away or jumps, or steps move the weights far."""

from collections.abc import Sequence
from math import log
from statistics import median

from cnnstudio.core.doctor.advice import Advice, Severity
from cnnstudio.core.doctor.case import Case, is_number, largest_update, update_ratio
from cnnstudio.core.doctor.remedies import only, settings, slower
from cnnstudio.core.doctor.words import number, plain

RULE = "rate-too-high"
SOURCE = "Goodfellow, Bengio, Courville, 'Deep Learning', 2016, §8.3.1; CS231n, 'Learning and evaluation'"

FEWEST_LOSSES = 20
RISEN = 1.25
"""How much the median of the last fifth of the losses is above that of the first tenth: batches differ by
less than a quarter in a median of several, and a training that works ends below where it began."""
THROWN = 3.0
"""The highest loss against that of guessing: an untrained network begins near the latter."""
GUESSING = 0.9
"""Of the loss of guessing: whoever is back below it has got over the throw."""
JUMP = 1.5
"""An epoch's mean loss against the lowest before: means of whole epochs hardly rise by themselves, while
schedules and dropout make them waver by some per cent."""
SMALLEST_JUMP = 0.1
"""In nats: near a loss of nothing every ripple is a large multiple."""
FAR = 1e-2
"""Update-to-weight ratio: about 1e-3 is usual. Adam moves small weights by a hundredth in its first epochs
and learns well, so this counts only where the loss does not fall by a fiftieth an epoch."""
TOO_FAR = 0.2
"""A fifth of the weights in each step: what one batch teaches, the next wipes out."""
STALLED = 0.98


def look(case: Case) -> Advice | None:
    """Divergence first, then a risen loss, jumps, and steps too long."""
    found = _runaway(case) or _risen(case) or _thrown(case) or _jump(case) or _long_steps(case)
    if found is None:
        return None
    severity, text, values, then = found
    by_schedule = case.epochs and not case.adjusted_lr
    values["lr"] = plain(case.epochs[-1].lr if by_schedule else case.asked_lr)
    clipped = settings(case, clip_norm=1.0) if not case.document.training.clip_norm else None
    remedies = only(slower(case), clipped if severity == "harm" else None)
    return Advice(RULE, severity, text, values, None, case.last_epoch, remedies, SOURCE, then)


_Found = tuple[Severity, str, dict[str, object], str]
"""How bad, a sentence with what fills it, and what may be said then."""


def _runaway(case: Case) -> _Found | None:
    epochs = any(not is_number(epoch.train_loss) for epoch in case.epochs[-1:]) and bool(case.losses)
    looks = case.latest is not None and not is_number(case.latest.loss)
    if not (case.diverged or epochs or looks):
        return None
    text = "The loss ran away to infinity at a learning rate of {lr}: it is too high."
    first = largest_update(case.health[0]) if case.health else None
    if first is None or first < TOO_FAR:
        return "harm", text, {}, ""
    then = "Step {step} moved the weights of a block by {ratio} of themselves (0.001 is usual)."
    return "harm", text, {"step": case.health[0].step, "ratio": number(first)}, then


def _risen(case: Case) -> _Found | None:
    losses = [loss for _, loss in case.losses if is_number(loss)]
    if len(losses) < FEWEST_LOSSES:
        return None
    first, last = median(losses[: max(2, len(losses) // 10)]), median(losses[-len(losses) // 5 :])
    if last < RISEN * first or last - first < SMALLEST_JUMP:
        return None
    text = (
        "The training loss rose from {first} to {last} instead of falling: a learning rate of {lr} is too"
        " high."
    )
    return "harm", text, {"first": number(first), "last": number(last)}, ""


def _thrown(case: Case) -> _Found | None:
    """A few steps have thrown the weights so far that nothing is learnt after them."""
    losses, guess = [loss for _, loss in case.losses if is_number(loss)], log(max(2, case.document.classes))
    if len(losses) < FEWEST_LOSSES or max(losses) < THROWN * max(guess, losses[0]):
        return None
    last = median(losses[-len(losses) // 5 :])
    if last < GUESSING * guess:
        return None
    text = (
        "The training loss was thrown from {first} to {high}, and nothing has been learnt since (it is"
        " {last}): a learning rate of {lr} is too high."
    )
    told = {"first": losses[0], "high": max(losses), "last": last}
    return "harm", text, {name: number(value) for name, value in told.items()}, ""


def _jump(case: Case) -> _Found | None:
    """The last three epochs only: what a run has got over needs no doctor."""
    losses = [epoch.train_loss for epoch in case.epochs if is_number(epoch.train_loss)]
    for place in range(max(1, len(losses) - 3), len(losses)):
        low = min(losses[:place])
        if losses[place] > JUMP * low and losses[place] - low > SMALLEST_JUMP:
            text = (
                "The training loss jumped from {low} to {high}: a learning rate of {lr} steps over the"
                " valley."
            )
            return "warning", text, {"low": number(low), "high": number(losses[place])}, ""
    return None


def _long_steps(case: Case) -> _Found | None:
    ratio = update_ratio(case.latest) if case.latest else None
    if ratio is None or ratio <= FAR or not case.epochs:
        return None
    if ratio <= TOO_FAR and not _stalled([epoch.train_loss for epoch in case.epochs]):
        return None
    text = (
        "Each step moves the weights by {ratio} of themselves (0.001 is usual): a learning rate of {lr} is"
        " high."
    )
    return "warning", text, {"ratio": number(ratio)}, ""


def _stalled(losses: Sequence[float]) -> bool:
    return len(losses) >= 2 and losses[-1] > STALLED * losses[-2]
