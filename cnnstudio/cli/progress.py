"""Progress bars on stderr: one while the data comes, one for each epoch."""

from __future__ import annotations

import os
import sys
from types import TracebackType
from typing import Any, Self

from tqdm import tqdm

from cnnstudio.core.messages import (
    Checkpointed,
    Epoch,
    Finished,
    Message,
    Preparing,
    Skipped,
    Stage,
    Started,
    Step,
)

_TEXT_EVERY = 8
_WIDE = 120
_NARROW_FORMAT = "{desc} |{bar}| {remaining} left{postfix}"
"""On a terminal of the usual 80 columns there would be no room for a bar with all that tqdm tells."""
_MOST_NAMED = 5
_RAN_AWAY = 1e5
"""A loss that is written in a few digits and a power of ten."""

_DOING: dict[Stage, str] = {
    "download": "Downloading",
    "unpack": "Unpacking",
    "scan": "Looking through",
    "read": "Reading",
    "decode": "Decoding",
    "draw": "Drawing",
    "repair": "Fetching again what is damaged:",
    "choose": "Trying what trains fastest",
    "compile": "Compiling the step",
    "test": "Testing",
    "rate": "Trying learning rates",
    "forecast": "Foretelling",
    "look": "Looking",
}

# No thread of tqdm's own: our steps come often enough to repaint.
tqdm.monitor_interval = 0


class Bars:
    """Shows the messages of a run. Without a terminal there are no bars, only a line an epoch."""

    def __init__(self) -> None:
        self._bar: Any = None
        self._started: Started | None = None
        self._last: Epoch | None = None
        self.kept = False
        """Whether there is a checkpoint of the run."""
        self._what = ""
        self._sums = (0.0, 0.0, 0)
        self._first: Step | None = None

    def show(self, message: Message) -> None:
        """Takes the next message."""
        match message:
            case Step():
                self._step(message)
            case Preparing():
                self._prepare(message)
            case Started():
                self._start(message)
            case Epoch():
                self._epoch(message)
            case Checkpointed():
                self.kept = True
            case Skipped():
                self.say(_skipped(message))

    def say(self, text: str) -> None:
        """A line of its own above the bar."""
        tqdm.write(text, file=sys.stderr)
        sys.stderr.flush()

    def so_far(self) -> Finished:
        """What is known of the run, should it end here and now."""
        run = self._started.run if self._started else ""
        last = self._last
        if last is None:
            return Finished(run, 0, 0.0, 0.0, 0, 0.0, stopped=True)
        loss, accuracy = (last.val_loss, last.val_accuracy) if last.val_split == "test" else (0.0, 0.0)
        return Finished(
            run, last.epoch, accuracy, loss, last.best_epoch, last.images_per_second, stopped=True
        )

    def close(self) -> None:
        """Takes the bar away."""
        self._what = ""
        self._sums = (0.0, 0.0, 0)
        if self._bar is not None:
            self._bar.close()
            self._bar = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _prepare(self, message: Preparing) -> None:
        what = f"{_DOING[message.stage]} {message.name}".strip()
        if what != self._what:
            self.close()
            self._what = what
        if message.total and self._bar is None:
            in_bytes = message.stage in ("download", "unpack")
            self._bar = _bar(what, message.total, "B" if in_bytes else " images", in_bytes)
        if self._bar is not None:
            self._bar.update(message.done - self._bar.n)

    def _start(self, message: Started) -> None:
        self.close()
        self._started = message
        self.kept = message.first_epoch > 1
        choices = ", ".join(f"{name} {value}" for name, value in message.choices)
        self.say(
            f"Training on {message.device} ({choices}), {message.train_images} images, run {message.run}"
            f"{f', from epoch {message.first_epoch} on' if message.first_epoch > 1 else ''}"
        )

    def _step(self, message: Step) -> None:
        started = self._started
        if started is None:
            return
        if self._bar is None:
            title = f"Epoch {message.epoch}/{started.epochs}"
            layout = _NARROW_FORMAT if _columns() < _WIDE else None
            self._bar = _bar(title, started.steps_per_epoch, " steps", False, layout)
            # A run that goes on in the midst of an epoch: what was done before counts for no speed.
            self._bar.n = self._bar.initial = (message.step - 1) % started.steps_per_epoch
        if self._first is None:
            self._first = message
        loss, correct, images = self._sums
        size = message.images
        self._sums = (loss + message.loss * size, correct + message.accuracy * size, images + size)
        self._bar.update(1)
        if message.step % _TEXT_EVERY == 0 and not self._bar.disable:
            self._bar.set_postfix_str(self._text(message, started), refresh=False)

    def _text(self, step: Step, started: Started) -> str:
        """The means of the epoch so far, and when the last epoch will be over."""
        loss, correct, images = self._sums
        parts = [f"loss {loss_text(loss / images, 3)}", f"accuracy {100 * correct / images:.1f} %"]
        first = self._first
        if first is not None and step.seconds > first.seconds:
            rate = (step.step - first.step) / (step.seconds - first.seconds)
            left = (started.epochs * started.steps_per_epoch - step.step) / rate
            parts.append(f"all epochs {tqdm.format_interval(max(0, round(left)))}")
        return ", ".join(parts)

    def _epoch(self, message: Epoch) -> None:
        self.close()
        self._last = message
        held = message.val_split
        best = " (best)" if message.best_epoch == message.epoch else ""
        self.say(
            f"Epoch {message.epoch}: train loss {loss_text(message.train_loss)}, accuracy"
            f" {100 * message.train_accuracy:.2f} %; {held} loss {loss_text(message.val_loss)}, accuracy"
            f" {100 * message.val_accuracy:.2f} %{best}; {message.images_per_second:.0f} images/s"
        )


def loss_text(loss: float, digits: int = 4) -> str:
    """``2.3026``; ``1.33e+22`` where it has run away."""
    return f"{loss:.{digits}f}" if abs(loss) < _RAN_AWAY else f"{loss:.3g}"


def _skipped(message: Skipped) -> str:
    one = message.images == 1
    named = "\n".join(f"  {path}" for path in message.paths[:_MOST_NAMED])
    more = message.images - min(len(message.paths), _MOST_NAMED)
    rest = f"\n  and {more} more, see run.json" if more else ""
    return (
        f"{message.images} image{'' if one else 's'} cannot be read and {'is' if one else 'are'} left out:\n"
        f"{named}{rest}"
    )


def _columns() -> int:
    """Of the terminal; plenty where there is none."""
    try:
        return os.get_terminal_size(sys.stderr.fileno()).columns
    except (OSError, ValueError):
        return _WIDE


def _bar(title: str, total: int, unit: str, scaled: bool, layout: str | None = None) -> Any:
    # disable=None: no bar where stderr is no terminal.
    return tqdm(
        total=total,
        desc=title,
        unit=unit,
        unit_scale=scaled,
        bar_format=layout,
        leave=False,
        disable=None,
        file=sys.stderr,
    )
