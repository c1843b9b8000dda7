"""What a training keeps of itself in its run's folder, and begins with when it goes on."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

import torch

from cnnstudio.core.messages import Checkpointed
from cnnstudio.engine import checkpoint as checkpoints
from cnnstudio.engine.checkpoint import Checkpoint, Progress
from cnnstudio.engine.choices import Choices
from cnnstudio.engine.crew import Alone
from cnnstudio.engine.divergence import require_weights
from cnnstudio.engine.ending import best_model
from cnnstudio.engine.pace import Pace
from cnnstudio.engine.prepare import Emit, Prepared
from cnnstudio.engine.step import Stepper
from cnnstudio.workspace.runs import RunStatus


class Keeper:
    """Restores and saves all that decides over the next step; of several processes the one that leads writes.

    All of them have to call :meth:`save` and :meth:`best_weights`, which they agree about.
    """

    def __init__(
        self, prepared: Prepared, crew: Alone, stepper: Stepper, choices: Choices, emit: Emit
    ) -> None:
        self._folder = prepared.folder
        self._device = prepared.device
        self._crew = crew
        self._stepper = stepper
        self._choices = choices
        self._emit = emit

    def restore(self, checkpoint: Checkpoint | None) -> Progress:
        """Everything as it was at the checkpoint; without one the run begins."""
        if checkpoint is None:
            return Progress()
        checkpoints.load_model(self._stepper.module, checkpoint)
        self._stepper.optimizer.load_state_dict(checkpoint.optimizer)
        self._stepper.restore_scaler(checkpoint.scaler)
        self._crew.restore_random_state(checkpoint.random, self._device)
        return checkpoint.progress

    def save(self, progress: Progress, pace: Pace) -> None:
        """Replaces the last checkpoint; `OSError` where the disk refuses."""
        model = self._stepper.module.state_dict()
        random = self._crew.random_state(self._device)
        if not self._crew.leads:
            return
        checkpoints.save(
            self._folder,
            Checkpoint(
                progress=progress,
                model=model,
                optimizer=self._stepper.optimizer.state_dict(),
                random=random,
                choices=self._choices,
                schedule=pace.values(),
                scaler=self._stepper.scaler_state(),
            ),
            best=progress.position == 0 and progress.best_epoch == progress.epoch - 1,
        )
        self._emit(Checkpointed(progress.epoch, progress.step))

    def save_while_paused(self, midway: Callable[[], Progress], pace: Pace) -> None:
        """A pause may last for days, and the machine be turned off meanwhile."""
        if not self._crew.share.is_whole:
            return  # the others have not stopped at the same step
        progress = midway()
        lr = self._stepper.optimizer.param_groups[0]["lr"]
        require_weights(self._stepper.module.state_dict(), progress.epoch, progress.step, lr)
        with suppress(OSError):  # a full disk ends the run when there is more to lose
            self.save(progress, pace)
            self.note_status("paused")

    def note_status(self, status: RunStatus) -> None:
        """What the run's record says of it from now on."""
        if self._crew.leads:
            self._folder.note(status=status)

    def best_weights(self) -> dict[str, torch.Tensor]:
        """Those of the best epoch, which are the run's from now on; empty where they are lost."""
        return self._crew.agree(best_model(self._folder) if self._crew.leads else {})
