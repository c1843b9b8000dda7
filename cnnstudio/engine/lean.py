"""Parts of a step on the CPU without torch's Python around its kernels: a tenth of a small network's time.

The kernels and what they give, bit for bit, are torch's; so is all that is rare.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import torch


class LeanSGD(torch.optim.SGD):
    """torch's with ``fused=True``, for weights that are all on the CPU and of one dtype.

    Where weights are few, putting together its lists takes torch ten times as long as the kernel; here that
    is done once. Steps without a gradient for each weight, the first one and scaled ones are torch's own.
    """

    _momenta: list[torch.Tensor] | None = None

    def step(self, closure: Any = None) -> Any:
        """As torch's."""
        (group,) = self.param_groups
        gradients = [weight.grad for weight in group["params"]]
        scaled = getattr(self, "found_inf", None) is not None
        with torch.no_grad():
            if (
                closure is not None
                or scaled
                or self._momenta is None
                or any(one is None for one in gradients)
            ):
                told = _TORCHS_STEP(self, closure)
                self._momenta = self._gathered(group)
                return told
            options = {name: group[name] for name in _OPTIONS}
            torch._fused_sgd_(group["params"], gradients, self._momenta, **options, is_first_step=False)
        return None

    def load_state_dict(self, state_dict: Any) -> None:
        """As torch's."""
        super().load_state_dict(state_dict)
        self._momenta = None

    def _gathered(self, group: dict[str, Any]) -> list[torch.Tensor] | None:
        """The momenta in the order of the weights, none without momentum; None where one is missing yet."""
        if not group["momentum"]:
            return []
        momenta = [self.state[weight].get("momentum_buffer") for weight in group["params"]]
        return None if any(one is None for one in momenta) else momenta


_TORCHS_STEP: Callable[[torch.optim.SGD, Any], Any] = inspect.unwrap(torch.optim.SGD.step)
"""Without what surrounds it, which imports torch's compiler."""
_OPTIONS = ("weight_decay", "momentum", "lr", "dampening", "nesterov", "maximize")


def backward_on_cpu() -> Callable[[torch.Tensor], object]:
    """``torch.autograd.backward`` for a float32 scalar, by the call that torch's own ends in.

    What is left out looks whether vmap, a debug log or a compiler is at work. torch's own comes back where
    this torch has no such call.
    """
    one = torch.ones(())

    def backward(loss: torch.Tensor) -> None:
        torch.autograd.Variable._execution_engine.run_backward(
            (loss,), (one,), False, False, (), allow_unreachable=True, accumulate_grad=True
        )

    weight = torch.zeros((), requires_grad=True)
    try:
        backward(3 * weight)
    except (AttributeError, TypeError):
        return torch.autograd.backward
    return backward if weight.grad is not None and weight.grad.item() == 3 else torch.autograd.backward
