"""The training loop: epochs of steps, a test after each, a checkpoint after each and at a stop."""

from __future__ import annotations

from dataclasses import replace

import torch

from cnnstudio.core.messages import (
    Adjusted,
    Finished,
    Held,
    Paused,
    Preparing,
    Resumed,
    Started,
    Step,
)
from cnnstudio.engine.announcing import chosen, epoch_message, held_of, started
from cnnstudio.engine.build import build, has_batch_norm
from cnnstudio.engine.checkpoint import Checkpoint, Progress
from cnnstudio.engine.choices import apply
from cnnstudio.engine.control import Control, Wish
from cnnstudio.engine.crew import ALONE, Alone
from cnnstudio.engine.data import Feed
from cnnstudio.engine.divergence import require_loss, require_weights
from cnnstudio.engine.evaluate import Score, evaluate_where_it_fits, telling
from cnnstudio.engine.journal import Journal, adjustments
from cnnstudio.engine.keeping import Keeper
from cnnstudio.engine.looks.onlookers import Onlookers
from cnnstudio.engine.measuring import choices_of
from cnnstudio.engine.meter import FLUSH_SECONDS, Clock, Meter
from cnnstudio.engine.optimizer import is_fused
from cnnstudio.engine.pace import Pace, Pacer, resumed
from cnnstudio.engine.precision import choose_precision
from cnnstudio.engine.prepare import Emit, Prepared
from cnnstudio.engine.probes import Probes
from cnnstudio.engine.step import Recipe, in_format, stepper_for
from cnnstudio.engine.system_memory import trim

_LONG_EPOCH = 5.0
"""Seconds, after which the memory of steps is given back before a test: their pieces do not fit its own, and
the two were seen to take 390 MB together where each takes 150.
"""


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
        self._held = held_of(self._feed)
        self._drop_single = self._settings.batch_size > 1 and has_batch_norm(self._module)
        self._steps_per_epoch = self._count_steps()
        self._precision = choose_precision(self._settings.precision, self._device)
        self._recipe = Recipe.of(self._settings, self._network.aux_weights, self._precision)
        self._choices = crew.agree(choices_of(prepared, self._network, self._recipe, self._feed, emit))
        apply(self._choices, self._device)
        in_format(self._module, self._choices)
        self._feed.use_channels_last(self._choices.images_channels_last)
        self._stepper = stepper_for(self._module, self._recipe)
        self._compiled = self._compile()
        self._take_step = crew.taker(self._stepper, control)
        crew.begin(self._settings.seed)
        self._keeper = Keeper(prepared, crew, self._stepper, self._choices, emit)
        self._progress = self._keeper.restore(prepared.checkpoint)
        self._pacer = self._pace(prepared.checkpoint)
        self._journal: Journal | None = None
        self._clock = Clock(self._progress.seconds)
        self._has_ended = False
        self._began = 0.0
        """When the present epoch, or what is left of it, began, by the clock."""
        self._probes = Probes(prepared.document, self._network.generated, self._module, emit)
        self._onlookers = self._made_onlookers()
        self._live = control.live = self._onlookers.live

    def run(self) -> Finished:
        """Trains to the last epoch, or until somebody or early stopping ends it."""
        prepared, pace = self._prepared, self._pacer.pace
        options = {**prepared.record.options, **dict(self._chosen())}
        prepared.folder.write_record(prepared.record.with_changes(options=options, epochs=pace.epochs))
        self._emit(self._started())
        self._probes.filters(self._progress)
        self._onlookers.begin()
        with Journal(prepared.folder, self._steps_per_epoch, self._progress, pace.changes) as journal:
            self._journal = journal
            stopped = False
            while not stopped and self._goes_on():
                stopped = not self._epoch(journal) or (
                    self._crew.agree(self._control.ends_after_epoch) and self._goes_on()
                )
            return self._finished(stopped)

    def _goes_on(self) -> bool:
        """Whether there is another epoch to come, after what was asked for between two of them."""
        for replay in self._pacer.due(self._progress.step):
            self._adjust(replay.lr, replay.epochs)
        self._take_adjustments()
        pace = self._pacer.pace
        return self._progress.epoch <= pace.epochs and not pace.is_exhausted(self._settings)

    # --- one epoch -----------------------------------------------------------------------------------

    def _epoch(self, journal: Journal) -> bool:
        """Trains and tests one epoch; False when it was stopped, with a checkpoint in its midst."""
        progress = self._progress
        whole = self._train_epoch(self._pacer.set(progress.epoch, progress.position), journal)
        step = self._progress.step
        lr = self._pacer.rate(progress.epoch, max(0, self._progress.position - 1))
        require_weights(self._module.state_dict(), progress.epoch, step, lr)
        self._probes.filters(self._progress)
        score = self._test(self._held) if whole else None
        if score is None:
            self._checkpoint()
            return False
        require_loss(score.loss, progress.epoch, step, lr, of=f"The loss on the {self._held} images")
        self._close_epoch(lr, score, journal)
        self._checkpoint()
        self._onlookers.keep(progress.epoch)
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
        self._began = before = self._clock.seconds()
        position = progress.position
        batches = self._pacer.paced(
            self._feed.train(progress.epoch, self._settings.batch_size, position, self._drop_single),
            meter,
            (progress.epoch, position),
            lambda replay: self._adjust(replay.lr, replay.epochs, meter),
        )
        self._module.train()
        live, first = self._live, progress.step - progress.position
        watched = self._onlookers.watched(self._steps_per_epoch, progress.epoch)
        with live.stepping(progress.epoch):
            for images, labels in batches:
                if wish(control) is not Wish.GO and not self._obey(meter):
                    break
                if live.asked:
                    live.give(first + position)
                take = take_step
                if position in watched:
                    place = (watched[position], first + position + 1)
                    take = self._onlookers.taker(take_step, meter, place, self._clock)
                loss, logits = take(images, labels)
                now = meter.add(loss, logits, labels)
                position += 1
                if now - before > FLUSH_SECONDS or meter.full():
                    before = now
                    meter.flush()
                    self._probes.filters_sometimes(progress, first + position)
            live.step = first + position
        meter.flush()
        self._progress = self._midway(meter)
        return position == self._steps_per_epoch

    def _obey(self, meter: Meter | None = None) -> bool:
        """Takes adjustments, waits while paused; False when the run shall stop.

        In a test, without a ``meter``, adjustments wait for the next step; in the last one nothing is left to
        be kept, and the weights may be the best epoch's.
        """
        control = self._control
        if meter is not None:
            self._take_adjustments(meter)
        if control.wish is Wish.PAUSE:
            if meter is not None:
                meter.flush()
            self._clock.pause()
            if not self._has_ended:
                self._keeper.save_while_paused(lambda: self._timed(self._midway(meter)), self._pacer.pace)
            self._emit(Paused())
            with self._live.resting(None if meter is None else meter.step):
                while control.wait_while_paused(adjustable=meter is not None):
                    self._take_adjustments(meter)
            self._clock.resume()
            if not control.stopped():
                self._keeper.note_status("running")
                self._emit(Resumed())
        return not control.stopped()

    def _midway(self, meter: Meter | None) -> Progress:
        """The progress in the midst of an epoch, with all steps that the meter has told."""
        if meter is None:
            return self._progress
        return self._progress.midway(meter.step, meter.sums, self._clock.seconds() - self._began)

    def _take_adjustments(self, meter: Meter | None = None) -> None:
        for change in self._control.taken_adjustments():
            self._pacer.forget_replays()
            self._adjust(change.lr, change.epochs, meter)

    def _adjust(self, lr: float | None, epochs: int | None, meter: Meter | None = None) -> None:
        """Goes on otherwise; with a ``meter`` in the midst of an epoch, which at least is finished."""
        progress, pacer, step = self._progress, self._pacer, self._progress.step
        least = max(1, progress.epoch - 1)
        if meter is not None:
            meter.flush()
            step, least = meter.step, progress.epoch
        pacer.pace = pacer.pace.adjusted(lr, epochs, least)
        if meter is not None:
            meter.lr = pacer.set(progress.epoch, progress.position + step - progress.step)
        told = Adjusted(progress.epoch, step, pacer.pace.lr, pacer.pace.epochs)
        if self._journal is not None:
            self._journal.event(told)
        self._prepared.folder.note(epochs=told.epochs)
        self._emit(told)

    def _test(self, held: Held) -> Score | None:
        """The score on the images that each epoch, or only the end, looks at; None if it was stopped."""
        feed = self._feed
        if self._clock.seconds() - self._began > _LONG_EPOCH:
            trim()
        images, batches = feed.test_images, feed.test
        if held == "validation":
            images, batches = feed.val_images, feed.validation
        between = self._crew.testing(self._module, self._obey)
        return self._crew.whole(
            evaluate_where_it_fits(
                self._module, batches, self._prepared.document, between, telling(self._emit, images)
            )
        )

    def _close_epoch(self, lr: float, score: Score, journal: Journal) -> None:
        progress = self._progress
        is_best = self._is_best(score)
        best = progress.epoch if is_best else progress.best_epoch
        self._pacer.pace = self._pacer.pace.after(score.loss, self._settings, progress.epoch)
        message = epoch_message(
            progress, score, self._held, lr=lr, seconds=self._clock.seconds(), best_epoch=best
        )
        journal.epoch(message)
        self._emit(message)
        self._probes.confusion(score, progress.epoch, progress.step)
        self._progress = progress.closed(score.loss, score.accuracy, is_best=is_best)

    def _is_best(self, score: Score) -> bool:
        """The highest accuracy makes the best epoch, and of several the lowest loss; where early stopping
        waits for the loss, that alone.
        """
        if self._settings.early_stopping.patience:
            return score.loss < self._pacer.pace.best_loss
        best = self._progress
        return (score.accuracy, -score.loss) > (best.best_accuracy, -best.best_loss)

    # --- what is told --------------------------------------------------------------------------------

    def _started(self) -> Started:
        return started(
            self._prepared,
            self._network,
            self._feed,
            epochs=self._pacer.pace.epochs,
            steps_per_epoch=self._steps_per_epoch,
            first_epoch=self._progress.epoch,
            choices=self._chosen(),
        )

    def _chosen(self) -> tuple[tuple[str, str], ...]:
        if self._settings.engine == "numpy":
            return (("engine", "NumPy"), *self._crew.facts())
        return chosen(
            (*self._crew.facts(), *self._choices.texts(self._device)),
            fused=is_fused(self._settings.optimizer, self._device),
            precision=self._precision.told,
            compiled=self._compiled,
        )

    def _finished(self, stopped: bool) -> Finished:
        """Keeps the best weights if it is asked for; test images that were left alone are looked at now."""
        progress, self._has_ended, midway = self._progress, True, stopped
        kept = 0 if stopped else self._keep_best()
        loss, accuracy = progress.test_loss, progress.test_accuracy
        if kept:
            loss, accuracy = progress.best_loss, progress.best_accuracy
        if self._held == "validation":
            score = None if stopped else self._test("test")
            stopped = score is None
            loss, accuracy = (0.0, 0.0) if score is None else (score.loss, score.accuracy)
            if score is not None:
                self._probes.confusion(score, progress.epoch - 1, progress.step)
        pace = self._pacer.pace
        return Finished(
            run=str(self._prepared.folder.path),
            epochs=progress.epoch - 1,
            test_accuracy=accuracy,
            test_loss=loss,
            best_epoch=progress.best_epoch,
            images_per_second=progress.images_per_second,
            stopped=stopped,
            early=not midway and pace.is_exhausted(self._settings) and progress.epoch <= pace.epochs,
            weights_epoch=kept,
        )

    def _keep_best(self) -> int:
        """Gives the epoch whose weights are the run's from now on, 0 for those of the last step."""
        stopping, best = self._settings.early_stopping, self._progress.best_epoch
        if not (stopping.patience and stopping.restore_best and best):
            return 0
        if best < self._progress.epoch - 1:
            model = self._keeper.best_weights()
            if not model:
                return 0
            with self._live.stepping(best):
                self._module.load_state_dict(model)
        return best

    # --- before the first step, and checkpoints -------------------------------------------------------

    def _count_steps(self) -> int:
        images, batch = self._feed.train_images, self._settings.batch_size
        return max(1, images // batch + (images % batch > self._drop_single))

    def _compile(self) -> str:
        """Compiles the step if that is wanted; gives what is to be told of it, nothing if not."""
        if not self._settings.compile:
            return ""
        from cnnstudio.engine.compiled import compile_steps  # with what it imports a matter of seconds

        self._emit(Preparing("compile"))
        images, labels = next(self._feed.train(1, self._settings.batch_size))
        return (len(labels) and compile_steps(self._stepper, images, labels)) or "yes"

    def _made_onlookers(self) -> Onlookers:
        # Hooks see nothing of what NumPy or a compiled graph computes.
        hooks = self._settings.engine != "numpy" and self._compiled != "yes"
        leads, generated = self._crew.leads, self._network.generated
        return Onlookers(self._prepared, generated, self._stepper, self._emit, leads=leads, hooks=hooks)

    def _pace(self, checkpoint: Checkpoint | None) -> Pacer:
        """The pace as it was, with what a killed process had been told after its last checkpoint."""
        prepared = self._prepared
        kept = Pace.of(self._settings, checkpoint.schedule if checkpoint is not None else None)
        replays = adjustments(prepared.folder, kept.changes)
        asked, done = prepared.continued_to, self._progress.epoch - 1
        pace, replays = self._crew.agree(resumed(self._settings, kept, replays, asked, done))
        return Pacer(self._settings, self._steps_per_epoch, self._stepper.optimizer, pace, replays)

    def _checkpoint(self) -> None:
        self._keeper.save(self._timed(self._progress), self._pacer.pace)

    def _timed(self, progress: Progress) -> Progress:
        return replace(progress, seconds=self._clock.seconds())
