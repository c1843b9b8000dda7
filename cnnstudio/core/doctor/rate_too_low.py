"""A learning rate that is too low: the weights hardly move, and the loss hardly falls."""

from math import floor, log10

from cnnstudio.core.doctor.advice import Advice, Remedy
from cnnstudio.core.doctor.case import Case, is_number, largest_update, learning_blocks
from cnnstudio.core.doctor.remedies import only, settings
from cnnstudio.core.doctor.words import number, percent, plain

RULE = "rate-too-low"
SOURCE = (
    "Bengio, 'Practical recommendations for gradient-based training', 2012; CS231n, 'Learning and evaluation'"
)

SHORT = 1e-4
"""Update-to-weight ratio of the block that moves most, a tenth of what is usual: slow, if the loss agrees."""
TOO_SHORT = 1e-5
"""A hundredth of what is usual: a hundred thousand steps to get as far as the weights are long."""
HARDLY = 0.01
"""The share by which a loss falls in an epoch, on average, that is hardly a fall."""
SLOWLY = 0.05
LEARNT = 0.9
"""Training accuracy above which small steps are what the end of a training looks like."""
DECAYED = 0.2
"""A schedule that has brought the rate below this share of where it began means small steps."""
_USUAL = 1e-3
_MOST = {"SGD": 0.1}
_MOST_OF_ADAPTIVE = 0.003
_FASTEST = 1000


def look(case: Case) -> Advice | None:
    """Needs a look at the blocks and two epochs."""
    if case.latest is None or len(case.epochs) < 2 or _is_meant(case):
        return None
    ratio, fall = largest_update(case.latest), _fall_an_epoch(case)
    if ratio is None or fall is None or not _gradients_flow(case) or fall < -HARDLY:
        return None
    slow = (ratio < TOO_SHORT and fall < SLOWLY) or (ratio < SHORT and fall < HARDLY)
    if not slow:
        return None
    text = (
        "The training loss falls by only {fall} an epoch, and no step moves any block's weights by more than"
        " {ratio} of themselves (0.001 is usual): a learning rate of {lr} is too low."
    )
    values = {
        "fall": percent(max(0.0, fall)),
        "ratio": number(ratio),
        "lr": plain(case.epochs[-1].lr),
    }
    return Advice(RULE, "warning", text, values, None, case.last_epoch, only(_faster(case, ratio)), SOURCE)


def _is_meant(case: Case) -> bool:
    last, asked = case.epochs[-1], case.document.training.optimizer.lr
    warm = case.document.training.schedule.warmup
    return last.train_accuracy > LEARNT or last.lr < DECAYED * asked or last.epoch <= warm


def _fall_an_epoch(case: Case) -> float | None:
    first, last = case.epochs[0], case.epochs[-1]
    if not (is_number(first.train_loss) and is_number(last.train_loss)) or first.train_loss <= 0:
        return None
    return (first.train_loss - last.train_loss) / first.train_loss / max(1, last.epoch - first.epoch)


def _gradients_flow(case: Case) -> bool:
    """Where they are nothing (all units dead, say) no learning rate helps."""
    return case.latest is not None and any((b.gradient_norm or 0) > 0 for b in learning_blocks(case.latest))


def _faster(case: Case, ratio: float) -> Remedy | None:
    """As many times ten as bring the steps near the usual, below what such an optimizer bears."""
    optimizer = case.document.training.optimizer
    if case.present.document.training.optimizer.lr > optimizer.lr:
        return None
    times = 10.0 ** max(1, floor(log10(_USUAL / max(ratio, _USUAL / _FASTEST))))
    most = _MOST.get(optimizer.name, _MOST_OF_ADAPTIVE)
    wanted = float(f"{min(most, optimizer.lr * times):.3g}")
    return settings(case, optimizer__lr=wanted) if wanted > optimizer.lr else None
