"""Small trainings as a plain function, and persons who interfere."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from safetensors.torch import load_file

from cnnstudio.core.document import Document
from cnnstudio.core.messages import Epoch, Message, Step
from cnnstudio.core.requests import Adjust, Job
from cnnstudio.engine.control import Control
from cnnstudio.engine.train import run
from tests.engine.tiny import LIMIT, Heard, document, layer

STEPS = LIMIT // 32

RESTLESS = {"name": "SGD", "lr": 0.15, "momentum": 0.9}
SPLIT: dict[str, Any] = {"validation": {"name": "split", "fraction": 0.25}}


def train(doc: Document | None, path: Path, control: Control | None = None, **job: Any) -> Heard:
    """Trains and gives all messages; the last one is what ``run`` returned."""
    heard = Heard()
    outcome = run(Job(doc, run=str(path), limit=LIMIT, **job), heard, control or Control())
    assert heard[-1] is outcome
    return heard


def values_of(path: Path) -> tuple[dict[str, bytes], list[dict[str, Any]]]:
    """Weights as bytes, and metrics without what a clock says."""
    weights = {
        name: tensor.numpy().tobytes() for name, tensor in load_file(path / "weights.safetensors").items()
    }
    lines = [json.loads(line) for line in (path / "metrics.jsonl").read_text().splitlines()]
    for line in lines:
        line.pop("seconds", None)
        line.pop("images_per_second", None)
    return weights, lines


class Stopping(Heard):
    """Stops the run when it hears of a step."""

    def __init__(self, step: int) -> None:
        super().__init__()
        self.control = Control()
        self._step = step

    def __call__(self, message: Message) -> None:
        super().__call__(message)
        if isinstance(message, Step) and message.step >= self._step:
            self.control.stop()


class Acting(Heard):
    """Does things when it hears of something."""

    def __init__(self, *actions: tuple[Callable[[Message], bool], Callable[[Control], object]]) -> None:
        super().__init__()
        self.control = Control()
        self._actions = actions

    def __call__(self, message: Message) -> None:
        super().__call__(message)
        for condition, action in self._actions:
            if condition(message):
                action(self.control)


class Killed(BaseException):
    """As abrupt as a kill, for the code that is being run."""


def at_step(step: int) -> Callable[[Message], bool]:
    return lambda message: isinstance(message, Step) and message.step == step


def at_epoch(epoch: int) -> Callable[[Message], bool]:
    return lambda message: isinstance(message, Epoch) and message.epoch == epoch


def kill(_: Control) -> None:
    raise Killed


def stop(control: Control) -> None:
    control.stop()


def adjust(**values: Any) -> Callable[[Control], None]:
    return lambda control: control.adjust(Adjust(**values))


def act(doc: Any, path: Path, *actions: Any, **job: Any) -> Acting:
    """Trains with somebody who interferes."""
    heard = Acting(*actions)
    run(Job(doc, run=str(path), limit=LIMIT, **job), heard, heard.control)
    return heard


def with_side_head(**settings: Any) -> Any:
    head = (layer("Flatten"), layer("Linear", out_features=3))
    stem = layer("Conv2d", out_channels=4, kernel_size=5)
    return document(
        stem, layer("BatchNorm2d"), layer("AuxClassifier", head, weight=0.3), layer("ReLU"), *head, **settings
    )
