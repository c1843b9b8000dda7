"""``cnnstudio train``: a training with a progress bar; Ctrl+C leaves a run that can be resumed."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from cnnstudio.cli.errors import CommandError
from cnnstudio.cli.fit_warning import fit_warning
from cnnstudio.cli.interrupt import EXIT_CODE, interruptible
from cnnstudio.cli.model import load_model
from cnnstudio.cli.progress import Bars, loss_text
from cnnstudio.cli.shell import quoted
from cnnstudio.cli.table import print_json
from cnnstudio.core.difference import difference
from cnnstudio.core.document import Document
from cnnstudio.core.edits import set_classes
from cnnstudio.core.messages import Failed, Finished, Message
from cnnstudio.core.requests import Job
from cnnstudio.workspace.runs import RunFolder

FAILED = 2


def train(options: Namespace) -> int:
    """Trains; exit code 130 after Ctrl+C, which leaves a run that can be resumed."""
    job = _job(options)
    from cnnstudio.engine.control import Control
    from cnnstudio.engine.ranks import leads, processes

    control, bars = Control(), Bars()
    # One of the processes of torchrun speaks for all.
    speaks = leads()

    def stop() -> None:
        if speaks:
            bars.say("Stopping after this step … (Ctrl+C again ends at once)")
        control.stop()

    def last_words() -> None:
        if speaks:
            bars.close()
            _tell(bars.so_far(), options)

    with bars, interruptible(stop, last_words):
        # After the arguments are known to be good, and Ctrl+C is heard: torch takes seconds.
        from cnnstudio.engine.train import run

        begun = job.document if processes() == 1 else None
        if begun is not None and (warning := fit_warning(begun, job.device, job.limit)):
            bars.say(warning)
        outcome = run(job, bars.show if speaks else _keep_quiet, control)
    if speaks:
        if isinstance(outcome, Failed):
            raise CommandError(_with_comfort(outcome.sentence, bars))
        _tell(outcome, options)
    return _exit_code(outcome)


def _with_comfort(sentence: str, bars: Bars) -> str:
    """The sentence, and that not all is lost."""
    if not bars.kept or "checkpoint" in sentence:
        return sentence
    return f"{sentence.removesuffix('.')}; the last checkpoint of {bars.so_far().run} is kept."


def _keep_quiet(message: Message) -> None:
    """Says nothing."""


def _tell(finished: Finished, options: Namespace) -> None:
    if options.json:
        print_json(result_values(finished))
    else:
        _print(finished)


def _exit_code(outcome: Finished | Failed) -> int:
    if isinstance(outcome, Failed):
        return FAILED
    return EXIT_CODE if outcome.stopped else 0


def result_values(finished: Finished) -> dict[str, object]:
    """The outcome as JSON."""
    return {
        "run": finished.run or None,
        "epochs": finished.epochs,
        "test_accuracy": finished.test_accuracy if _tested(finished) else None,
        "test_loss": finished.test_loss if _tested(finished) else None,
        "best_epoch": finished.best_epoch,
        "images_per_second": round(finished.images_per_second, 1),
    }


def _tested(finished: Finished) -> bool:
    """Whether a run, perhaps stopped, has looked at the test images."""
    return bool(finished.epochs) and not (finished.stopped and finished.test_loss == 0)


def _job(options: Namespace) -> Job:
    if options.resume is None and options.model is None:
        raise CommandError("Name a MODEL to train, or a run with --resume.")
    if options.resume is None:
        document = _adjusted(load_model(options.model), options)
        if document.training.dataset == "folder" and options.data is None:
            raise CommandError("The data set folder is your own images: name their folder with --data DIR.")
    else:
        document = None
        _require_no_change(RunFolder(Path(options.resume)), options)
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


def _require_no_change(folder: RunFolder, options: Namespace) -> None:
    """What would make the rest of a run another training than its beginning."""
    folder.read_record()
    document = folder.read_document()
    if options.model is not None and not _same_network(load_model(options.model), document):
        raise CommandError(
            f"The run in {folder.path} goes on with its own network, and {options.model} is another one:"
            " leave it out, or train anew."
        )
    settings = document.training
    for name in ("dataset", "batch_size", "seed", "engine"):
        wanted, has = getattr(options, name), getattr(settings, name)
        if wanted is not None and wanted != has:
            raise CommandError(
                f"The run in {folder.path} goes with --{name.replace('_', '-')} {has}: leave that option out,"
                " or train anew."
            )


def _same_network(model: Document, document: Document) -> bool:
    """Whether a run of the model would have that document, which has the data set's number of classes."""
    return difference(set_classes(model, document.classes), document).empty


def _adjusted(document: Document, options: Namespace) -> Document:
    """The document with what the options change in its settings."""
    changes: dict[str, Any] = {
        "dataset": options.dataset,
        "batch_size": options.batch_size,
        "epochs": options.epochs,
        "seed": options.seed,
        "engine": options.engine,
    }
    given = {name: value for name, value in changes.items() if value is not None}
    values = {**document.training.model_dump(), **given}
    try:
        return document.changed(training=type(document.training).model_validate(values))
    except ValidationError as error:
        wrong = error.errors(include_url=False)[0]
        place = ".".join(map(str, wrong["loc"])).replace("_", "-")
        raise CommandError(f"--{place}: {wrong['msg']}.") from None


def _print(finished: Finished) -> None:
    if finished.epochs:
        print(_result(finished))
    if finished.early:
        print("Stopped early: the validation loss did not become better any more.")
    if finished.weights_epoch:
        print(f"The weights of epoch {finished.weights_epoch} are kept.")
    if finished.stopped and not finished.run:
        print("Stopped before there was a run.")
    elif finished.stopped:
        print(f"Stopped. Go on with: cnnstudio train --resume {quoted(finished.run)}")
    else:
        print(f"Run: {finished.run}")


def _result(finished: Finished) -> str:
    epochs = "1 epoch" if finished.epochs == 1 else f"{finished.epochs} epochs"
    speed = f"{finished.images_per_second:.0f} images/s"
    if not _tested(finished):
        best = f" (best is epoch {finished.best_epoch})" if finished.best_epoch else ""
        return f"{epochs} trained{best}, test images not looked at yet, {speed}"
    return (
        f"Test accuracy {100 * finished.test_accuracy:.2f} % after {epochs}"
        f" (best in epoch {finished.best_epoch}), test loss {loss_text(finished.test_loss)}, {speed}"
    )
