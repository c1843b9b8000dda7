"""Once an epoch a training step is watched: what passes through every block, and how it is changed.

It is a step like the others: hooks only read what leaves the blocks, gradients and weights are read when it
is done. Random numbers, statistics and gradients are left alone, and a run stays what it would have been,
bit for bit. Statistics are of at most :data:`SAMPLE` numbers, evenly picked (norms and dead units of all),
and where a look would take more than a hundredth of the time since the last one, it waits for a later epoch.
What computes without torch's modules (NumPy, a compiled graph) is seen in a :class:`Double`.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict

import torch

from cnnstudio.codegen import Generated
from cnnstudio.core.health import BlockHealth, Health
from cnnstudio.engine.looks.blocks import BlockAt, blocks_of
from cnnstudio.engine.looks.double import Double, noting
from cnnstudio.engine.looks.measured import Activation, Weights
from cnnstudio.engine.prepare import Emit, Prepared
from cnnstudio.engine.step import Stepper
from cnnstudio.workspace.runs import replace_metrics
from cnnstudio.workspace.runs.health import read_health_lines
from cnnstudio.workspace.runs.metrics import MetricsLog

SHARE = 100
"""Looks take at most one part in so many of the time. Theirs is what this thread has computed: where other
programs want the processor too, waiting for it is no reason to look more seldom."""

Batch = tuple[torch.Tensor, torch.Tensor]
Take = Callable[[torch.Tensor, torch.Tensor], tuple[torch.Tensor, torch.Tensor]]


class Watch:
    """Watches one step of each epoch that can afford it."""

    def __init__(
        self, prepared: Prepared, generated: Generated, stepper: Stepper, emit: Emit, *, hooks: bool
    ) -> None:
        self._stepper = stepper
        self._emit = emit
        self._path = prepared.folder.health
        self._blocks = tuple(
            block for block in blocks_of(prepared.document, generated) if not block.passes_on
        )
        self._double = None if hooks else Double(prepared.document, stepper.module)
        self._cost = 0.0
        self._last: float | None = None
        self._begin(prepared)

    def _begin(self, prepared: Prepared) -> None:
        """What a killed process has written after its last checkpoint comes again."""
        checkpoint = prepared.checkpoint
        done = 0 if checkpoint is None else checkpoint.progress.step
        with suppress(OSError):
            lines = read_health_lines(prepared.folder)
            kept = [line for line in lines if isinstance(line.get("step"), int) and line["step"] <= done]
            if len(kept) < len(lines):
                replace_metrics(self._path, kept)

    def can_afford(self, epoch: int, seconds: float) -> bool:
        """Whether a look may be taken, by the run's clock; at the first step and the first epoch always."""
        return epoch == 0 or self._last is None or seconds - self._last >= SHARE * self._cost

    def taker(self, take: Take, place: tuple[int, int, float, float]) -> Take:
        """Takes a step and tells about it; ``place`` is its epoch, its number, its rate, and the time."""

        def watched(images: torch.Tensor, labels: torch.Tensor) -> Batch:
            return self._look(take, images, labels, place)

        return watched

    def _look(
        self, take: Take, images: torch.Tensor, labels: torch.Tensor, place: tuple[int, int, float, float]
    ) -> Batch:
        epoch, step, lr, seconds = place
        began = time.thread_time()
        weights = self._weights()
        activations = self._seen_in_double(images)
        handles = [] if self._double else self._hook(activations)
        stepping = time.thread_time()
        try:
            loss, logits = take(images, labels)
        finally:
            for handle in handles:
                handle.remove()
        in_hooks = 0.0 if self._double else sum(seen.seconds for seen in activations.values())
        stepped = time.thread_time()
        blocks = tuple(
            self._told(block, activations.get(block.path), weights.get(block.path)) for block in self._blocks
        )
        told = float(loss.detach().flatten()[0])
        self._tell(Health(epoch, step, len(labels), told, lr, blocks))
        if epoch:
            self._cost = time.thread_time() - stepped + stepping - began + in_hooks
            self._last = seconds
        return loss, logits

    def _seen_in_double(self, images: torch.Tensor) -> dict[str, Activation]:
        """Before the step, as hooks see it; nothing where there are hooks."""
        if self._double is None:
            return {}
        return self._double.activations(images, [block.path for block in self._blocks])

    def _hook(self, found: dict[str, Activation]) -> list[torch.utils.hooks.RemovableHandle]:
        module, paths = self._stepper.module, [block.path for block in self._blocks]
        return [module.get_submodule(path).register_forward_hook(noting(found, path)) for path in paths]

    def _weights(self) -> dict[str, Weights]:
        """Of what each block itself learns, by path."""
        own: dict[str, list[torch.nn.Parameter]] = {}
        for name, weight in self._stepper.module.named_parameters():
            own.setdefault(name.rpartition(".")[0], []).append(weight)
        return {block.path: Weights(own[block.path]) for block in self._blocks if block.path in own}

    def _told(self, block: BlockAt, activation: Activation | None, weights: Weights | None) -> BlockHealth:
        values: dict[str, object] = {}
        if activation is not None:
            values |= activation.values()
        if weights is not None:
            values |= weights.values(self._gradient_scale())
        return BlockHealth(block.path, block.node, block.kind, **values)  # type: ignore[arg-type]

    def _gradient_scale(self) -> float:
        """What gradients are multiplied with in mixed precision; most optimizers get them divided again."""
        scaler = self._stepper.scaler
        left = getattr(self._stepper.optimizer, "_step_supports_amp_scaling", False)
        return float(scaler.get_scale()) if scaler is not None and left else 1.0

    def _tell(self, health: Health) -> None:
        self._emit(health)
        with suppress(OSError), MetricsLog(self._path) as log:
            log.append(asdict(health))
