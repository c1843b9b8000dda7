"""Pixels that reach the network without being centred and scaled."""

from cnnstudio.core.doctor.advice import Advice, Severity
from cnnstudio.core.doctor.case import Case
from cnnstudio.core.doctor.remedies import only, settings
from cnnstudio.core.doctor.words import number

RULE = "input-scale"
SOURCE = "LeCun, Bottou, Orr, Müller, 'Efficient BackProp', 1998, §4.3"

NARROW = 0.5
"""How far black and white are apart behind normalisation: pixels of a natural deviation (0.25) then have
one of an eighth, which the first layer's bias drowns."""
WIDE = 50.0
"""Likewise: usual ones are 2 to 8 apart; 255 is what comes of leaving out the division."""


def look(case: Case) -> Advice | None:
    """Where the pixels in [0, 1] go by the settings: exact, no training needed.

    Normalisation by the data set's own numbers (empty settings) is right by definition.
    """
    normalise = case.document.training.normalise
    if not normalise.mean and not normalise.std:
        return None
    means, deviations = normalise.mean or (0.0,), normalise.std or (1.0,)
    pairs = [(m, d) for m, d in zip(_spread(means, deviations), _spread(deviations, means)) if d > 0]
    ranges = [((0 - mean) / deviation, (1 - mean) / deviation) for mean, deviation in pairs]
    sick = next(((low, high) for low, high in ranges if _is_off(low, high)), None)
    if sick is None:
        return None
    low, high = sick
    text = (
        "Pixels reach the network between {low} and {high}, not spread around zero: learning is slowed down."
    )
    values = {"low": number(low), "high": number(high)}
    remedy = settings(case, normalise__mean=(), normalise__std=())
    severity: Severity = "warning" if not NARROW <= high - low <= WIDE else "hint"
    return Advice(RULE, severity, text, values, None, case.last_epoch, only(remedy), SOURCE)


def _is_off(low: float, high: float) -> bool:
    return low >= 0 or high <= 0 or not NARROW <= high - low <= WIDE


def _spread(values: tuple[float, ...], other: tuple[float, ...]) -> tuple[float, ...]:
    """One number stands for all channels."""
    return values * len(other) if len(values) == 1 else values
