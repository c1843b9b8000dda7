"""Classes with far fewer training images than others."""

from cnnstudio.core.doctor.advice import Advice, Severity
from cnnstudio.core.doctor.case import Case
from cnnstudio.core.doctor.words import percent

RULE = "class-imbalance"
SOURCE = "Buda, Maki, Mazurowski, 'A systematic study of the class imbalance problem', 2018"

UNEVEN = 4.0
"""Most frequent class against the rarest; below it Buda et al. saw hardly an effect."""
VERY_UNEVEN = 10.0
"""From here on the rare classes lost most of their accuracy there."""


def look(case: Case) -> Advice | None:
    """From the counts alone; no fix is offered, since none is a setting: it takes images."""
    counts = case.class_counts
    if len(counts) < 2 or max(counts) <= 0 or min(counts) < 0:
        return None
    most, least = counts.index(max(counts)), counts.index(min(counts))
    ratio = counts[most] / counts[least] if counts[least] else float("inf")
    if ratio < UNEVEN:
        return None
    text = (
        "{common} has {many} training images, {rare} only {few}: a network that always says {common} is"
        " right for {share}. Add images of the rare classes, and judge by the recall of each class, not by"
        " accuracy."
    )
    values = {
        "common": _name(case, most),
        "many": counts[most],
        "rare": _name(case, least),
        "few": counts[least],
        "share": percent(counts[most] / sum(counts)),
    }
    severity: Severity = "warning" if ratio >= VERY_UNEVEN else "hint"
    return Advice(RULE, severity, text, values, None, 0, (), SOURCE)


def _name(case: Case, index: int) -> str:
    return case.class_names[index] if index < len(case.class_names) else str(index)
