"""The training loop: epochs of steps, a test after each, a checkpoint after each and at a stop."""

from __future__ import annotations

import time
from dataclasses import replace

import torch
from torch import nn

from cnnstudio.core.infer import infer
from cnnstudio.core.messages import (
    Checkpointed,
    Epoch,
    Finished,
    Paused,
    Preparing,
    Probe,
    Resumed,
    Started,
    Step,
    Tensor,
)
from cnnstudio.engine import checkpoint as checkpoints
from cnnstudio.engine.build import Network, build, first_convolution
from cnnstudio.engine.checkpoint import Checkpoint, Progress
from cnnstudio.engine.choices import Choices, apply, choose
from cnnstudio.engine.control import Control, Wish
from cnnstudio.engine.crew import ALONE, Alone
from cnnstudio.engine.data import Feed, as_bytes
from cnnstudio.engine.divergence import require_loss, require_weights
from cnnstudio.engine.evaluate import Score, evaluate_where_it_fits, telling
from cnnstudio.engine.journal import Journal
from cnnstudio.engine.meter import FLUSH_SECONDS, Clock, Meter
from cnnstudio.engine.optimizer import is_fused, learning_rate, set_learning_rate
from cnnstudio.engine.prepare import Emit, Prepared
from cnnstudio.engine.step import Stepper, in_format, timed_step

FILTER_SECONDS = 0.5
MOST_CONFUSION_CLASSES = 200


class Training:
    """One run in this process, or in this one of a crew, from its checkpoint or from the start."""

    def __init__(self, prepared: Prepared, emit: Emit, control: Control, crew: Alone = ALONE) -> None:
        self._crew = crew
        self._prepared = prepared
        self._emit = emit
        self._control = control
        self._settings = prepared.document.training
        self._device = prepared.device
        torch.manual_seed(self._settings.seed)
        self._network = build(prepared.document)
        self._module = self._network.module.to(self._device)
        self._feed = Feed(prepared.dataset, self._settings, self._device, crew.share)
        self._drop_single = self._settings.batch_size > 1 and has_batch_norm(self._module)
        self._steps_per_epoch = self._count_steps()
        self._choices = crew.agree(self._choose(prepared.checkpoint))
        apply(self._choices, self._device)
        in_format(self._module, self._choices.channels_last)
        self._feed.use_channels_last(self._choices.channels_last)
        self._stepper = Stepper(self._module, self._settings.optimizer, self._network.aux_weights)
        self._take_step = crew.taker(self._stepper, control)
        crew.begin(self._settings.seed)
        self._progress = self._restore(prepared.checkpoint)
        self._clock = Clock(self._progress.seconds)
        self._filters = first_convolution(prepared.document, self._network.generated)
        self._next_filters = 0.0
        self._confusion_wanted = prepared.document.classes <= MOST_CONFUSION_CLASSES

    def run(self) -> Finished:
        """Trains to the last epoch or until somebody stops it."""
        prepared = self._prepared
        options = {**prepared.record.options, **dict(self._chosen())}
        prepared.folder.write_record(prepared.record.with_changes(options=options))
        self._emit(self._started())
        self._probe_filters()
        with Journal(prepared.folder, self._steps_per_epoch, self._progress) as journal:
            stopped = False
            while self._progress.epoch <= self._settings.epochs and not stopped:
                stopped = not self._epoch(journal)
        return self._finished(stopped)

    # --- one epoch -----------------------------------------------------------------------------------

    def _epoch(self, journal: Journal) -> bool:
        """Trains and tests one epoch; False when it was stopped, with a checkpoint in its midst."""
        progress = self._progress
        lr = learning_rate(
            self._settings.optimizer, self._settings.schedule, progress.epoch, self._settings.epochs
        )
        set_learning_rate(self._stepper.optimizer, lr)
        whole = self._train_epoch(lr, journal)
        step = self._progress.step
        require_weights(self._module.state_dict(), progress.epoch, step, lr)
        self._probe_filters()
        score = self._test() if whole else None
        if score is None:
            self._checkpoint()
            return False
        require_loss(score.loss, progress.epoch, step, lr, of="The loss on the test images")
        self._close_epoch(lr, score, journal)
        self._checkpoint()
        return True

    def _train_epoch(self, lr: float, journal: Journal) -> bool:
        progress, control = self._progress, self._control

        def tell(step: Step) -> None:
            journal.step(step)
            self._emit(step)

        meter = self._crew.meter(
            progress.epoch, progress.step, lr, progress.sums, clock=self._clock, tell=tell
        )
        take_step, wish = self._take_step, self._crew.wish
        began = before = self._clock.seconds()
        position = progress.position
        batches = self._feed.train(progress.epoch, self._settings.batch_size, position, self._drop_single)
        self._module.train()
        for images, labels in batches:
            if wish(control) is not Wish.GO and not self._obey(meter):
                break
            loss, logits = take_step(images, labels)
            now = meter.add(loss, logits, labels)
            position += 1
            if now - before > FLUSH_SECONDS or meter.full():
                before = now
                meter.flush()
                self._probe_filters_sometimes(progress.step + position - progress.position)
        meter.flush()
        self._progress = replace(
            progress,
            position=position,
            step=progress.step + position - progress.position,
            sums=meter.sums,
            training_seconds=progress.training_seconds + self._clock.seconds() - began,
            trained_images=progress.trained_images + meter.sums.images - progress.sums.images,
        )
        return position == self._steps_per_epoch

    def _obey(self, meter: Meter | None = None) -> bool:
        """Waits while paused; False when the run shall stop."""
        if self._control.wish is Wish.PAUSE:
            if meter is not None:
                meter.flush()
            self._clock.pause()
            self._emit(Paused())
            self._control.wait_while_paused()
            self._clock.resume()
            if not self._control.stopped():
                self._emit(Resumed())
        return not self._control.stopped()

    def _test(self) -> Score | None:
        tell = telling(self._emit, self._feed.test_images)
        between = self._crew.testing(self._module, self._obey)
        return self._crew.whole(
            evaluate_where_it_fits(self._module, self._feed.test, self._prepared.document, between, tell)
        )

    def _close_epoch(self, lr: float, score: Score, journal: Journal) -> None:
        progress = self._progress
        is_best = score.accuracy > progress.best_accuracy
        best = progress.epoch if is_best else progress.best_epoch
        message = Epoch(
            epoch=progress.epoch,
            step=progress.step,
            train_loss=progress.sums.mean_loss,
            train_accuracy=progress.sums.accuracy,
            val_loss=score.loss,
            val_accuracy=score.accuracy,
            lr=lr,
            seconds=self._clock.seconds(),
            images_per_second=self._images_per_second(),
            best_epoch=best,
        )
        journal.epoch(message)
        self._emit(message)
        if self._confusion_wanted:
            self._emit(Probe("confusion", "", progress.epoch, progress.step, score.tensor()))
        self._progress = replace(
            progress,
            epoch=progress.epoch + 1,
            position=0,
            sums=type(progress.sums)(),
            test_accuracy=score.accuracy,
            test_loss=score.loss,
            best_epoch=best,
            best_accuracy=max(score.accuracy, progress.best_accuracy),
        )

    # --- what is told --------------------------------------------------------------------------------

    def _started(self) -> Started:
        dataset = self._prepared.dataset
        return Started(
            run=str(self._prepared.folder.path),
            device=self._prepared.record.device,
            epochs=self._settings.epochs,
            steps_per_epoch=self._steps_per_epoch,
            train_images=self._feed.train_images,
            test_images=self._feed.test_images,
            class_names=dataset.class_names,
            first_epoch=self._progress.epoch,
            choices=self._chosen(),
        )

    def _chosen(self) -> tuple[tuple[str, str], ...]:
        fused = is_fused(self._settings.optimizer, self._device)
        return (
            *self._crew.facts(),
            *self._choices.texts(self._device),
            ("optimizer", "fused" if fused else "plain"),
        )

    def _finished(self, stopped: bool) -> Finished:
        progress = self._progress
        return Finished(
            run=str(self._prepared.folder.path),
            epochs=progress.epoch - 1,
            test_accuracy=progress.test_accuracy,
            test_loss=progress.test_loss,
            best_epoch=progress.best_epoch,
            images_per_second=self._images_per_second(),
            stopped=stopped,
        )

    def _images_per_second(self) -> float:
        progress = self._progress
        return progress.trained_images / progress.training_seconds if progress.training_seconds else 0.0

    def _probe_filters_sometimes(self, step: int) -> None:
        if time.perf_counter() > self._next_filters:
            self._probe_filters(step)

    def _probe_filters(self, step: int | None = None) -> None:
        """``step`` is told in the midst of an epoch, when the progress still stands at its beginning."""
        if self._filters is None:
            return
        weight = self._module.get_submodule(self._filters).weight
        assert isinstance(weight, torch.Tensor)
        tensor = Tensor(tuple(weight.shape), as_bytes(weight))
        step = self._progress.step if step is None else step
        done = self._progress.epoch - (step == 0)
        self._emit(Probe("filters", self._filters, done, step, tensor))
        self._next_filters = time.perf_counter() + FILTER_SECONDS

    # --- before the first step, and checkpoints -------------------------------------------------------

    def _count_steps(self) -> int:
        images, batch = self._feed.train_images, self._settings.batch_size
        return max(1, images // batch + (images % batch > self._drop_single))

    def _choose(self, checkpoint: Checkpoint | None) -> Choices:
        if checkpoint is not None:
            return Choices(checkpoint.threads, checkpoint.channels_last)
        settings = self._settings
        self._emit(Preparing("choose"))
        images, labels = next(self._feed.train(1, settings.batch_size))
        if not len(labels):  # the batch is smaller than the crew
            return Choices(1, False)
        step = timed_step(images, labels, settings.optimizer, self._network.aux_weights)
        key = f"{self._network.generated.source}\n{tuple(images.shape)}\n{settings.optimizer!r}"
        # The backward pass costs twice the forward one.
        macs = 3 * infer(self._prepared.document).macs * len(images)
        return choose(self._module, self._device, step, key=key, macs=macs)

    def _restore(self, checkpoint: Checkpoint | None) -> Progress:
        if checkpoint is None:
            return Progress()
        load_model(self._network, checkpoint)
        self._stepper.optimizer.load_state_dict(checkpoint.optimizer)
        self._crew.restore_random_state(checkpoint.random, self._device)
        return checkpoint.progress

    def _checkpoint(self) -> None:
        self._progress = progress = replace(self._progress, seconds=self._clock.seconds())
        model = self._module.state_dict()
        random = self._crew.random_state(self._device)
        if not self._crew.leads:
            return
        checkpoints.save(
            self._prepared.folder,
            Checkpoint(
                progress=progress,
                model=model,
                optimizer=self._stepper.optimizer.state_dict(),
                random=random,
                threads=self._choices.threads,
                channels_last=self._choices.channels_last,
            ),
            best=progress.position == 0 and progress.best_epoch == progress.epoch - 1,
        )
        self._emit(Checkpointed(progress.epoch, progress.step))


def load_model(network: Network, checkpoint: Checkpoint) -> None:
    """Puts a checkpoint's weights into the network; raises `EngineError` where they belong to another."""
    from cnnstudio.engine.errors import EngineError

    try:
        network.module.load_state_dict(checkpoint.model)
    except RuntimeError as error:
        raise EngineError("The run's checkpoint belongs to another network than its document.") from error


def has_batch_norm(module: nn.Module) -> bool:
    """Whether a batch of one image may be too little for the network."""
    return any(isinstance(layer, nn.BatchNorm2d) for layer in module.modules())
