"""Progress bars on stderr: one while the data comes, one for each epoch."""

from __future__ import annotations

import sys
from types import TracebackType
from typing import Any, Self

from tqdm import tqdm

from cnnstudio.core.messages import Epoch, Message, Preparing, Stage, Started, Step

_DOING: dict[Stage, str] = {
    "download": "Downloading",
    "unpack": "Unpacking",
    "read": "Reading",
    "decode": "Decoding",
    "draw": "Drawing",
    "choose": "Trying what trains fastest",
    "compile": "Compiling the step",
    "test": "Testing",
    "rate": "Trying learning rates",
    "forecast": "Foretelling",
}

# No thread of tqdm's own: our steps come often enough to repaint.
tqdm.monitor_interval = 0


class Bars:
    """Shows the messages of a run. Without a terminal there are no bars, only a line an epoch."""

    def __init__(self) -> None:
        self._bar: Any = None
        self._started: Started | None = None
        self._what = ""

    def show(self, message: Message) -> None:
        """Takes the next message."""
        match message:
            case Preparing():
                self._prepare(message)
            case Started():
                self._start(message)
            case Step():
                self._step(message)
            case Epoch():
                self._epoch(message)

    def close(self) -> None:
        """Takes the bar away."""
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
        choices = ", ".join(f"{name} {value}" for name, value in message.choices)
        _say(f"Training on {message.device} ({choices}), {message.train_images} images, run {message.run}")

    def _step(self, message: Step) -> None:
        started = self._started
        if started is None:
            return
        if self._bar is None:
            title = f"Epoch {message.epoch}/{started.epochs}"
            self._bar = _bar(title, started.steps_per_epoch, " steps", False)
            self._bar.update((message.step - 1) % started.steps_per_epoch)
        self._bar.update(1)
        if self._bar.n % 16 == 0:
            self._bar.set_postfix_str(f"loss {message.loss:.3f}", refresh=False)

    def _epoch(self, message: Epoch) -> None:
        self.close()
        held = message.val_split
        best = " (best)" if message.best_epoch == message.epoch else ""
        _say(
            f"Epoch {message.epoch}: train loss {message.train_loss:.4f}, accuracy"
            f" {100 * message.train_accuracy:.2f} %; {held} loss {message.val_loss:.4f}, accuracy"
            f" {100 * message.val_accuracy:.2f} %{best}; {message.images_per_second:.0f} images/s"
        )


def _bar(title: str, total: int, unit: str, scaled: bool) -> Any:
    # disable=None: no bar where stderr is no terminal.
    return tqdm(
        total=total, desc=title, unit=unit, unit_scale=scaled, leave=False, disable=None, file=sys.stderr
    )


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
