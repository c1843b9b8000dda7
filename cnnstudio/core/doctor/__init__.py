"""The doctor: from a network and how its training went to advice with the numbers and ways to better it.

Pure, without torch: each rule is a function ``Case -> Advice | None`` in a file of its own, with the reasons
for its thresholds.
"""

from cnnstudio.core.doctor.advice import SEVERITIES, Advice, Before, Remedy, Severity
from cnnstudio.core.doctor.case import Case, case_of
from cnnstudio.core.doctor.rules import RULES

__all__ = ["SEVERITIES", "Advice", "Before", "Case", "Remedy", "Severity", "advise", "case_of"]


def advise(case: Case) -> tuple[Advice, ...]:
    """What there is to say, the worst first, then causes before what follows from them."""
    found = [advice for rule in RULES if (advice := rule(case)) is not None]
    return tuple(sorted(found, key=lambda advice: SEVERITIES.index(advice.severity)))
