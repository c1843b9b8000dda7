"""The NumPy network in the place of torch's: one training loop serves both.

Torch's tensors and NumPy's arrays are two views of the same memory here, so checkpoints, weights, pictures of
filters and tests work as they always do; what is computed in a step is computed by
:mod:`cnnstudio.numpy_engine`.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

from cnnstudio.core.document import Document
from cnnstudio.engine.step import Recipe
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
        return torch.from_numpy(self.step.network.forward(images.numpy()))

    def _at(self, path: str) -> nn.Module:
        module: nn.Module = self
        for name in path.split("."):
            if name not in dict(module.named_children()):
                module.add_module(name, nn.Module())
            module = module.get_submodule(name)
        return module


class NumpyOptimizer:
    """The optimizer of the NumPy engine with what the training loop wants of torch's."""

    def __init__(self, rule: Optimizer) -> None:
        self._rule = rule
        self.param_groups = [_Group(rule)]

    def state_dict(self) -> dict[str, Any]:
        """What a checkpoint keeps."""
        memory = {name: torch.from_numpy(value) for name, value in self._rule.state.items()}
        return {"numpy": memory, "steps": self._rule.steps}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Goes on from a checkpoint."""
        self._rule.state = {name: value.numpy().copy() for name, value in state["numpy"].items()}
        self._rule.steps = state["steps"]


class _Group(dict[str, float]):
    """Its learning rate is the rule's own."""

    def __init__(self, rule: Optimizer) -> None:
        super().__init__()
        self._rule = rule

    def __getitem__(self, name: str) -> float:
        assert name == "lr"
        return self._rule.lr

    def __setitem__(self, name: str, value: float) -> None:
        assert name == "lr"
        self._rule.lr = value


class NumpyStepper:
    """As :class:`~cnnstudio.engine.step.Stepper`, in NumPy."""

    def __init__(self, module: NumpyNetwork, recipe: Recipe) -> None:
        self.module = module
        self.recipe = recipe
        self.optimizer = NumpyOptimizer(module.step.optimizer)
        self.weights = list(module.parameters())
        self.scaler = None
        self._network = module.step.network

    def take(self, images: torch.Tensor, labels: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Learns from one batch; gives the losses, as torch's stepper does, and the logits (N, classes)."""
        loss, logits = self.module.step.take(images.numpy(), labels.numpy())
        heads = self._network.head_losses
        told = torch.tensor([loss, *heads] if heads else loss)
        return told, torch.from_numpy(logits)

    def scaler_state(self) -> dict[str, Any]:
        """There is no loss scaling here."""
        return {}

    def restore_scaler(self, state: dict[str, Any]) -> None:
        """There is none to restore."""
