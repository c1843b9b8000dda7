"""The training loss still falls while the validation loss rises: the network learns its images by heart."""

from cnnstudio.core.doctor.advice import Advice, Remedy
from cnnstudio.core.doctor.case import Case, is_number
from cnnstudio.core.doctor.remedies import only, settings, with_dropout
from cnnstudio.core.doctor.words import number
from cnnstudio.core.messages import Epoch

RULE = "overfitting"
SOURCE = "Prechelt, 'Early stopping – but when?', 1998"

FEWEST_EPOCHS = 4
SINCE = 2
"""Epochs after the best one: a single worse epoch is noise."""
RISEN = 1.1
"""The validation loss against its lowest; Prechelt's generalisation loss of 10 %, above the ripple of an
epoch (he tried 1 to 5 % on smooth curves)."""
LEAST_RISE = 0.02
_DECAY = 5e-4
_PATIENCE = 3


def look(case: Case) -> Advice | None:
    """Says which epoch was the one to stop after."""
    epochs = [e for e in case.epochs if is_number(e.val_loss) and is_number(e.train_loss)]
    if len(epochs) < FEWEST_EPOCHS:
        return None
    best, last = min(epochs, key=_val_loss), epochs[-1]
    latest = min(epochs[-2:], key=_val_loss)
    if last.epoch - best.epoch < SINCE or last.train_loss >= best.train_loss:
        return None
    if latest.val_loss < max(RISEN * best.val_loss, best.val_loss + LEAST_RISE):
        return None
    text = (
        "Since epoch {best} the validation loss has risen from {low} to {high} while the training loss fell"
        " from {before} to {after}: the network learns its images by heart."
    )
    if last.val_split == "test":
        text = (
            "Since epoch {best} the test loss has risen from {low} to {high} while the training loss fell"
            " from {before} to {after}: the network learns its images by heart."
        )
    then = "Epoch {best} was where to stop."
    values = {
        "best": best.epoch,
        "low": number(best.val_loss),
        "high": number(last.val_loss),
        "before": number(best.train_loss),
        "after": number(last.train_loss),
    }
    remedies = only(_stop_early(case), with_dropout(case), _decay(case), _crop(case))
    return Advice(RULE, "warning", text, values, None, last.epoch, remedies, SOURCE, then)


def _val_loss(epoch: Epoch) -> float:
    return epoch.val_loss


def _stop_early(case: Case) -> Remedy | None:
    stops = case.present.document.training.early_stopping.patience
    return None if stops else settings(case, early_stopping__patience=_PATIENCE)


def _decay(case: Case) -> Remedy | None:
    decays = case.present.document.training.optimizer.weight_decay
    return None if decays else settings(case, optimizer__weight_decay=_DECAY)


def _crop(case: Case) -> Remedy | None:
    """Shifts by an eighth of the side at most change no class; mirroring would change digits."""
    document = case.present.document
    side = min(document.input.height, document.input.width)
    if document.training.augment.crop_padding or side < 16:
        return None
    return settings(case, augment__crop_padding=min(64, side // 8))
