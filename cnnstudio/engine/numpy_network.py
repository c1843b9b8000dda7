"""The NumPy network in the place of torch's: one training loop serves both.

Torch's tensors and NumPy's arrays are two views of the same memory here, so checkpoints, weights, pictures of
filters and tests work as they always do; what is computed in a step is computed by
:mod:`cnnstudio.numpy_engine`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import nn

from cnnstudio.core.document import Document
from cnnstudio.engine.step import Recipe, Stepper
from cnnstudio.numpy_engine.layer import Array
from cnnstudio.numpy_engine.optimizers import Optimizer
from cnnstudio.numpy_engine.training_step import TrainingStep


class NumpyNetwork(nn.Module):
    """Modules and weights by the names of the exported source; :meth:`forward` is NumPy's."""

    def __init__(self, document: Document) -> None:
        super().__init__()
        self.step = TrainingStep(document)
        for path, layer in self.step.network.modules.items():
            module = self._at(path)
            for name, value in layer.params.items():
                weight = nn.Parameter(torch.from_numpy(value), requires_grad=False)
                module.register_parameter(name, weight)
            for name, value in layer.buffers.items():
                module.register_buffer(name, torch.from_numpy(value))

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """Logits (N, classes) of images (N, C, H, W), as in evaluation."""
        return torch.from_numpy(self.step.forward(images.numpy()))

    def _at(self, path: str) -> nn.Module:
        module: nn.Module = self
        for name in path.split("."):
            if name not in dict(module.named_children()):
                module.add_module(name, nn.Module())
            module = module.get_submodule(name)
        return module


class NumpyOptimizer(torch.optim.Optimizer):
    """The optimizer of the NumPy engine; its one group's learning rate is the rule's."""

    def __init__(self, rule: Optimizer, update: Callable[[], None], weights: list[nn.Parameter]) -> None:
        super().__init__(weights, {"lr": rule.lr})
        self._rule = rule
        self._update = update

    def step(self, closure: object = None) -> None:  # type: ignore[override]
        """Follows the gradients that the last backward pass left in the layers."""
        self.prepare()
        self._update()

    def prepare(self) -> None:
        """The learning rate may have been changed."""
        self._rule.lr = self.param_groups[0]["lr"]

    def state_dict(self) -> dict[str, Any]:
        """What a checkpoint keeps."""
        memory = {name: torch.from_numpy(value) for name, value in self._rule.state.items()}
        return {"numpy": memory, "steps": self._rule.steps}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Goes on from a checkpoint."""
        self._rule.state = {name: value.numpy().copy() for name, value in state["numpy"].items()}
        self._rule.steps = state["steps"]


class NumpyStepper(Stepper):
    """A step in NumPy."""

    def __init__(self, module: NumpyNetwork, recipe: Recipe) -> None:
        self.module: NumpyNetwork = module
        # What was chosen, or what the run that goes on began with: other shares would round otherwise.
        module.step.share_out(torch.get_num_threads())
        self.recipe = recipe
        self.weights = list(module.parameters())
        self.scaler = None
        gradients = module.step.network.gradients
        self._gradients = [torch.from_numpy(gradients[name]) for name, _ in module.named_parameters()]
        self.optimizer: NumpyOptimizer = NumpyOptimizer(
            module.step.optimizer, module.step.update, self.weights
        )

    def take(self, images: torch.Tensor, labels: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """As :meth:`Stepper.take`."""
        self.optimizer.prepare()
        with np.errstate(all="ignore"):  # what has run away is told by its loss
            return self._told(*self.module.step.take(images.numpy(), labels.numpy()))

    def differentiate(self, images: torch.Tensor, labels: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """As :meth:`Stepper.differentiate`."""
        return self._told(*self.module.step.differentiate(images.numpy(), labels.numpy()))

    def update(self) -> None:
        """As :meth:`Stepper.update`; clipping is NumPy's too."""
        for weight, gradient in zip(self.weights, self._gradients, strict=True):
            together = weight.grad
            if together is not None and together is not gradient:  # several processes' own
                gradient.copy_(together)
        with np.errstate(all="ignore"):
            self.optimizer.step()

    def _told(self, loss: float, logits: Array) -> tuple[torch.Tensor, torch.Tensor]:
        for weight, gradient in zip(self.weights, self._gradients, strict=True):
            weight.grad = gradient
        heads = self.module.step.network.head_losses
        return torch.tensor([loss, *heads] if heads else loss), torch.from_numpy(logits)
