"""``cnnstudio train``: a training with a progress bar; Ctrl+C leaves a run that can be resumed."""

from __future__ import annotations

import signal
import sys
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

from pydantic import ValidationError

from cnnstudio.cli.errors import CommandError
from cnnstudio.cli.model import load_model
from cnnstudio.cli.progress import Bars
from cnnstudio.cli.table import print_json
from cnnstudio.core.document import Document
from cnnstudio.core.messages import Failed, Finished
from cnnstudio.core.requests import Job

INTERRUPTED = 130
FAILED = 2


def train(options: Namespace) -> int:
    """Trains; exit code 130 after Ctrl+C."""
    if options.engine == "numpy":
        raise CommandError("The numpy engine is not there yet: train with --engine torch.")
    job = _job(options)
    # After the arguments are known to be good: torch takes seconds.
    from cnnstudio.engine.control import Control
    from cnnstudio.engine.crew import leads
    from cnnstudio.engine.train import run

    control = Control()
    if not leads():
        # One of the processes of torchrun: the leading one speaks for all.
        with _stopped_by_signals(control.stop, quiet=True):
            return _exit_code(run(job, lambda message: None, control))
    with Bars() as bars, _stopped_by_signals(control.stop):
        outcome = run(job, bars.show, control)
    if isinstance(outcome, Failed):
        raise CommandError(outcome.sentence)
    if options.json:
        print_json(result_values(outcome))
    else:
        _print(outcome)
    return _exit_code(outcome)


def _exit_code(outcome: Finished | Failed) -> int:
    if isinstance(outcome, Failed):
        return FAILED
    return INTERRUPTED if outcome.stopped else 0


def result_values(finished: Finished) -> dict[str, object]:
    """The outcome as JSON."""
    return {
        "run": finished.run,
        "epochs": finished.epochs,
        "test_accuracy": finished.test_accuracy,
        "test_loss": finished.test_loss,
        "best_epoch": finished.best_epoch,
        "images_per_second": round(finished.images_per_second, 1),
    }


def _job(options: Namespace) -> Job:
    if options.resume is None and options.model is None:
        raise CommandError("Name a MODEL to train, or a run with --resume.")
    document = None if options.resume else _adjusted(load_model(options.model), options)
    return Job(
        document,
        run=options.resume or options.out,
        resume=options.resume is not None,
        data_dir=options.data,
        device=options.device,
        limit=options.limit,
        epochs=options.epochs,
        seed=options.seed,
    )


def _adjusted(document: Document, options: Namespace) -> Document:
    """The document with what the options change in its settings."""
    changes: dict[str, Any] = {
        "dataset": options.dataset,
        "batch_size": options.batch_size,
        "epochs": options.epochs,
        "seed": options.seed,
    }
    given = {name: value for name, value in changes.items() if value is not None}
    values = {**document.training.model_dump(), **given}
    try:
        return document.changed(training=type(document.training).model_validate(values))
    except ValidationError as error:
        wrong = error.errors(include_url=False)[0]
        place = ".".join(map(str, wrong["loc"])).replace("_", "-")
        raise CommandError(f"--{place}: {wrong['msg']}.") from None


@contextmanager
def _stopped_by_signals(stop: Any, quiet: bool = False) -> Iterator[None]:
    """The first Ctrl+C ends the run with a checkpoint; the second one ends the program."""

    def on_signal(number: int, frame: FrameType | None) -> None:
        if not quiet:
            print("\nStopping after this step …", file=sys.stderr)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        stop()

    before = {number: signal.signal(number, on_signal) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _print(finished: Finished) -> None:
    if finished.epochs:
        epochs = "1 epoch" if finished.epochs == 1 else f"{finished.epochs} epochs"
        print(
            f"Test accuracy {100 * finished.test_accuracy:.2f} % after {epochs}"
            f" (best in epoch {finished.best_epoch}), test loss {finished.test_loss:.4f},"
            f" {finished.images_per_second:.0f} images/s"
        )
    if finished.stopped:
        print(f"Stopped. Go on with: cnnstudio train --resume {finished.run}")
    else:
        print(f"Run: {finished.run}")
