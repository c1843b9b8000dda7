"""All rules, the causes before what follows from them: a new one is a file beside this and a line here."""

from collections.abc import Callable

from cnnstudio.core.doctor import (
    class_imbalance,
    dead_units,
    exploding_gradients,
    input_scale,
    no_batch_norm,
    overfitting,
    rate_too_high,
    rate_too_low,
    saturation,
    softmax_before_loss,
    untrained,
    vanishing_gradients,
)
from cnnstudio.core.doctor.advice import Advice
from cnnstudio.core.doctor.case import Case

RULES: tuple[Callable[[Case], Advice | None], ...] = (
    softmax_before_loss.look,
    rate_too_high.look,
    exploding_gradients.look,
    dead_units.look,
    vanishing_gradients.look,
    saturation.look,
    no_batch_norm.look,
    rate_too_low.look,
    untrained.look,
    overfitting.look,
    input_scale.look,
    class_imbalance.look,
)
