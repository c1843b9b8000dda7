"""One of several processes that train together: ``python -m tests.engine.rank_worker FOLDER PORT …``.

It goes through the trainings below, one after the other, each with a meeting point of its own, and writes to
``FOLDER/NAME.RANK.json`` how each ended. Started by ``test_distributed``.
"""

import json
import os
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch

from cnnstudio.core.document import Document
from cnnstudio.core.messages import Finished, Message, Step
from cnnstudio.core.requests import Job
from cnnstudio.engine import loop
from cnnstudio.engine.control import Control
from cnnstudio.engine.step import Stepper
from cnnstudio.engine.train import run
from tests.engine.tiny import document, layer

LIMIT = 100


def plain(**settings: Any) -> Document:
    """Without batch norm and dropout: what several processes learn is what one does."""
    return document(
        layer("Conv2d", out_channels=6, kernel_size=5),
        layer("ReLU"),
        layer("MaxPool2d", kernel_size=2),
        layer("Flatten"),
        layer("Linear", out_features=3),
        **{"augment": {"flip": True, "crop_padding": 2}, **settings},
    )


def with_heads() -> Document:
    """A network with a side head."""
    head = (layer("Flatten"), layer("Linear", out_features=3))
    stem = layer("Conv2d", out_channels=4, kernel_size=5)
    return document(stem, layer("AuxClassifier", head, weight=0.3), layer("ReLU"), *head, clip_norm=0.5)


def choosy() -> Document:
    """Ends early, after the warm-up and a plateau, on images kept aside, and keeps the best."""
    return plain(
        epochs=8,
        optimizer={"name": "SGD", "lr": 0.15, "momentum": 0.5},
        schedule={"name": "plateau", "patience": 1, "warmup": 1},
        validation={"name": "split", "fraction": 0.25},
        early_stopping={"patience": 2},
    )


def normed() -> Document:
    """A network with batch norm behind which one value a channel is left."""
    return document(
        layer("Conv2d", out_channels=4, kernel_size=16),
        layer("BatchNorm2d"),
        layer("Flatten"),
        layer("Linear", out_features=3),
    )


class Stopping(Control):
    """Stops by itself before its so manieth step."""

    def __init__(self, step: int) -> None:
        super().__init__()
        self._left = step

    def stopped(self) -> bool:
        """Asked once a step."""
        self._left -= 1
        if self._left == 0:
            self.stop()
        return super().stopped()


class Hungry(Stepper):
    """Runs out of memory at its fourth step."""

    taken = 0

    def differentiate(self, images: torch.Tensor, labels: torch.Tensor) -> Any:
        """As a GPU would."""
        self.taken += 1
        if self.taken > 3:
            raise torch.OutOfMemoryError("out of memory")
        return super().differentiate(images, labels)


def trained(path: Path, doc: Document | None, control: Control | None = None, **job: Any) -> dict[str, Any]:
    """How a training ended, and how many steps this process heard of."""
    heard: list[Message] = []
    wanted = {"limit": LIMIT, **job} if doc is not None else job
    outcome = run(Job(doc, run=str(path), **wanted), heard.append, control or Control())
    steps = sum(isinstance(message, Step) for message in heard)
    kind = "finished" if isinstance(outcome, Finished) else "failed"
    return {"kind": kind, "steps": steps, **asdict(outcome)}


def in_steps(rank: int, folder: Path) -> dict[str, Any]:
    """Stopped by one that does not lead, then resumed by both."""
    return trained(folder / "stopped", document(), Stopping(6) if rank == 1 else None)


def hungry(rank: int, folder: Path) -> dict[str, Any]:
    """One process runs out of memory."""
    before = loop.stepper_for
    if rank == 1:
        loop.stepper_for = Hungry  # type: ignore[attr-defined]
    try:
        return trained(folder / "hungry", plain())
    finally:
        loop.stepper_for = before  # type: ignore[attr-defined]


SCENARIOS: dict[str, Callable[[int, Path], dict[str, Any]]] = {
    "plain": lambda rank, folder: trained(folder / "plain", plain()),
    "odd": lambda rank, folder: trained(folder / "odd", plain(batch_size=33)),
    "heads": lambda rank, folder: trained(folder / "heads", with_heads()),
    "choosy": lambda rank, folder: trained(folder / "choosy", choosy()),
    "normed": lambda rank, folder: trained(folder / "normed", normed(), limit=67),
    "begun_by_one": lambda rank, folder: trained(folder / "begun_by_one", None, resume=True, epochs=2),
    "dropout": lambda rank, folder: trained(folder / "dropout", document()),
    "stopped": in_steps,
    "resumed": lambda rank, folder: trained(folder / "stopped", None, resume=True),
    "plain_stopped": lambda rank, folder: trained(
        folder / "plain_stopped", plain(), Stopping(6) if rank == 1 else None
    ),
    "diverging": lambda rank, folder: trained(
        folder / "diverging", plain(optimizer={"name": "SGD", "lr": 1e6})
    ),
    "disagreeing": lambda rank, folder: trained(folder / "disagreeing", plain(batch_size=8 + rank)),
    "without_data": lambda rank, folder: trained(
        folder / "without_data", plain(dataset="folder"), data_dir=str(folder / f"data{rank}")
    ),
    "other_data": lambda rank, folder: trained(
        folder / "other_data", plain(dataset="folder"), data_dir=str(folder / f"other{rank}")
    ),
    "hungry": hungry,
}


def main(folder: Path, ports: list[str]) -> None:
    """Goes through all of them."""
    rank = int(os.environ["RANK"])
    for (name, scenario), port in zip(SCENARIOS.items(), ports, strict=True):
        os.environ["MASTER_PORT"] = port
        (folder / f"{name}.{rank}.json").write_text(json.dumps(scenario(rank, folder)))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
