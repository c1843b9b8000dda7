"""Kills trainings with SIGKILL, goes on with them, and says how many died and which came out otherwise.

A program of its own: torch is imported once, then each training is a fork, which costs milliseconds. A fork
may not follow a backward pass, so this process itself never trains. Prints one JSON object.
"""

import json
import os
import random
import signal
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import safetensors.torch
import torch

from cnnstudio.core.messages import Failed, Message, Paused, Step
from cnnstudio.core.requests import Job
from cnnstudio.engine import checkpoint as checkpoints
from cnnstudio.engine import prepare
from cnnstudio.engine.control import Control
from cnnstudio.engine.train import run
from cnnstudio.workspace.runs import RunFolder, metrics
from tests.engine.tiny import document

# All that has a state of its own which a kill could lose.
DOCUMENT = document(
    epochs=4,
    augment={"flip": True, "crop_padding": 2, "rotation": 20.0},
    schedule={"name": "plateau", "patience": 1, "gamma": 0.5, "warmup": 1},
    validation={"name": "split", "fraction": 0.25},
    early_stopping={"patience": 2, "restore_best": True},
    clip_norm=1.0,
    optimizer={"name": "SGD", "lr": 0.2, "momentum": 0.9},
)
LIMIT = 128
RESULT = ("epochs", "test_accuracy", "test_loss", "best_epoch", "early", "weights_epoch")


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


class Deaths:
    """Dies at the n-th thing that is done to a file, often with half of it done."""

    def __init__(self, at: int) -> None:
        self.at = at
        self.count = 0

    def due(self) -> bool:
        self.count += 1
        return self.count == self.at

    def install(self) -> None:
        for name in ("fsync", "replace", "link"):
            self._before(os, name)
        # Tensors only: there are a hundred headers and paddings between them.
        self._halved(checkpoints._Sink, "write", self._half_a_write, lambda sink, data: len(data) > 512)
        self._halved(metrics.MetricsLog, "append", self._half_a_line)
        self._halved(safetensors.torch, "save_file", self._half_a_file)

    def _before(self, owner: Any, name: str) -> None:
        real = getattr(owner, name)

        def call(*values: Any, **options: Any) -> Any:
            if self.due():
                die()
            return real(*values, **options)

        setattr(owner, name, call)

    def _halved(
        self,
        owner: Any,
        name: str,
        half: Callable[..., None],
        counts: Callable[..., bool] = lambda *values: True,
    ) -> None:
        real = getattr(owner, name)

        def call(*values: Any, **options: Any) -> Any:
            if counts(*values) and self.due():
                half(*values)
                die()
            return real(*values, **options)

        setattr(owner, name, call)

    @staticmethod
    def _half_a_write(sink: Any, data: Any) -> None:
        sink._file.write(bytes(data)[: len(data) // 2])
        sink._file.flush()

    @staticmethod
    def _half_a_line(log: Any, line: Any, **options: Any) -> None:
        log._file.write(b'{"kind": "ep')

    @staticmethod
    def _half_a_file(tensors: Any, path: Path) -> None:
        path.write_bytes(safetensors.torch.save(tensors)[:100])


class Pausing:
    """Pauses at a step, and dies in the pause."""

    def __init__(self, step: int) -> None:
        self.control = Control()
        self._step = step

    def __call__(self, message: Message) -> None:
        if isinstance(message, Step) and message.step == self._step:
            self.control.pause()
        if isinstance(message, Paused):
            die()


def start_nothing(event: str, _: Any) -> None:
    """What a training starts holds the lock of its run until it is another program: longer than a kill."""
    if event in ("subprocess.Popen", "os.fork", "os.posix_spawn", "os.system"):
        print(f"a training started a program ({event})", file=sys.stderr)
        os._exit(72)


def fork(path: Path, resume: bool, deaths: Deaths, pausing: Pausing) -> int:
    child = os.fork()
    if child == 0:
        code = 70
        try:
            sys.addaudithook(start_nothing)
            deaths.install()
            job = Job(None if resume else DOCUMENT, run=str(path), resume=resume, limit=LIMIT)
            outcome = run(job, pausing, pausing.control)
            if isinstance(outcome, Failed):
                print(outcome.sentence, outcome.detail, file=sys.stderr)
            code = 71 if isinstance(outcome, Failed) else 0
            (path.parent / "deeds").write_text(str(deaths.count))
        finally:
            os._exit(code)
    return child


def ended(child: int) -> int:
    """How it ended: 0, or minus the signal that killed it."""
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def attempt(path: Path, at: int = 0, seconds: float = 0.0, paused: int = 0) -> int:
    """Trains, or goes on, and dies at the n-th deed, after so many seconds or in a pause at a step."""
    resume = (path / "run.json").exists()  # or it died before there was a run: the same command again
    child = fork(path, resume, Deaths(at), Pausing(paused))
    if seconds:
        time.sleep(seconds)
        with suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
    return ended(child)


def outcome_of(path: Path) -> dict[str, Any]:
    """All that may not depend on whether the run was killed."""
    folder = RunFolder(path)
    lines = folder.read_metrics()
    for line in lines:
        line.pop("seconds", None)
        line.pop("images_per_second", None)
    record = folder.read_record()
    return {
        "metrics": lines,
        "status": record.status,
        "result": {name: record.result.get(name) for name in RESULT},
        "weights": {
            name: {key: value.numpy().tobytes() for key, value in safetensors.torch.load_file(file).items()}
            for name, file in (("last", folder.weights), ("best", folder.best_weights))
        },
        "optimizer": repr(checkpoints.load(folder).optimizer),
        "random": {key: value.tolist() for key, value in checkpoints.load(folder).random.items()},
    }


def main(root: Path) -> None:
    kept = prepare.read_dataset(DOCUMENT, root, LIMIT, lambda message: None, Control(), download=False)
    prepare.read_dataset = lambda *values, **options: kept
    torch.set_printoptions(threshold=1_000_000, precision=10)
    assert attempt(root / "whole") == 0
    expected = outcome_of(root / "whole")
    deeds = int((root / "deeds").read_text())
    began = time.perf_counter()
    assert attempt(root / "timed") == 0
    seconds = time.perf_counter() - began
    draw = random.Random(int(os.environ.get("KILL_SEED", time.time_ns())))
    deaths, statuses, wrong = 0, set(), []
    plans: list[list[tuple[str, Any]]] = [[("at", at)] for at in range(draw.randrange(1, 10), deeds, 10)]
    plans += [[("at", draw.randrange(1, deeds)) for _ in range(3)] for _ in range(3)]
    plans += [[("seconds", draw.uniform(0.0, seconds)) for _ in range(3)] for _ in range(3)]
    plans += [[("paused", 3), ("paused", 6)], [("paused", 4), ("at", 20)]]
    for number, plan in enumerate(plans):
        path = root / f"run-{number}"
        for how, value in plan:
            code = attempt(path, **{how: value})
            deaths += code == -signal.SIGKILL
            if code == -signal.SIGKILL and (path / "run.json").exists():
                statuses.add(RunFolder(path).read_record().status)
            if code not in (0, -signal.SIGKILL):
                wrong.append(f"{plan}: ended with {code}")
        code = attempt(path)
        if code != 0:
            wrong.append(f"{plan}: could not be gone on with ({code})")
            continue
        found = outcome_of(path)
        wrong += [f"{plan}: other {part}" for part in expected if found[part] != expected[part]]
        wrong += [f"{plan}: left {part.name}" for part in path.rglob("*.part")]
    told = {
        "deaths": deaths,
        "runs": len(plans),
        "deeds": deeds,
        "statuses": sorted(statuses),
        "wrong": wrong,
    }
    print(json.dumps(told))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
