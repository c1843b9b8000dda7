"""Training by several processes that torchrun has started, on one machine or many.

Each batch is shared out, each process computes the gradients of its part, and one sum over all processes
carries everything that they have to agree on: gradients, loss, hits, and whether somebody wants to stop. So
a step needs a single message, every process takes the very same update, and all stop after the same step.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.distributed as dist
from torch import nn
from torch.distributed.distributed_c10d import PrefixStore
from torch.distributed.rendezvous import rendezvous

from cnnstudio.core.document import Document
from cnnstudio.core.fileformat import write_document
from cnnstudio.core.messages import Failed
from cnnstudio.core.requests import Job
from cnnstudio.engine import checkpoint as checkpoints
from cnnstudio.engine import device as devices
from cnnstudio.engine.checkpoint import Checkpoint
from cnnstudio.engine.control import Control, Wish
from cnnstudio.engine.crew import Alone, T, Take
from cnnstudio.engine.errors import EngineError
from cnnstudio.engine.evaluate import Score
from cnnstudio.engine.journal import note_failure
from cnnstudio.engine.prepare import Emit, Prepared, read_dataset
from cnnstudio.engine.share import Share
from cnnstudio.engine.shared_steps import Abandoned, SharedMeter, SharedSteps, speak, sum_of_all
from cnnstudio.engine.step import Stepper
from cnnstudio.workspace.datasets import Cancelled, Dataset
from cnnstudio.workspace.paths import data_dir
from cnnstudio.workspace.runs import RunFolder, RunRecord

PATIENCE = timedelta(minutes=30)
_LAST_WORDS = timedelta(seconds=5)
_FAILURE = "failure"
_SEED_STRIDE = 7_919


def backend_for(device: torch.device) -> str:
    """The libraries that carry sums: NCCL between NVIDIA's and AMD's GPUs, gloo for all else."""
    return "cpu:gloo,cuda:nccl" if device.type == "cuda" else "gloo"


def device_for(wanted: str, local_rank: int) -> torch.device:
    """The device of one process of a machine; raises :class:`EngineError` where there is none left for it."""
    device = devices.choose(wanted)
    if device.type == "mps" and wanted == "auto":
        return torch.device("cpu")  # Apple's GPU cannot be shared
    if device.type == "mps":
        raise EngineError("Several processes cannot share Apple's GPU: train with --device cpu.")
    if device.type != "cuda":
        return device
    cards = [card for card in devices.devices() if card.id.startswith("cuda")]
    if local_rank >= len(cards):
        raise EngineError(
            f"This machine has {len(cards)} GPU{'s' * (len(cards) != 1)}, too few for process"
            f" {local_rank + 1}: start one process a GPU, or train with --device cpu."
        )
    return torch.device(cards[local_rank].id)


@dataclass(frozen=True)
class _Plan:
    """What the leading process tells the others before they read their data."""

    job: Job
    document: Document
    record: RunRecord
    checkpoint: Checkpoint | None


class Ranks(Alone):
    """One of several processes; the one of rank 0 leads: it alone writes the run and speaks."""

    def __init__(self) -> None:
        self._local_rank = int(os.environ.get("LOCAL_RANK", "0"))
        try:
            store, rank, size = next(iter(rendezvous("env://", timeout=PATIENCE)))
        except (RuntimeError, ValueError) as error:
            raise EngineError(
                "The other processes cannot be met: start all with torchrun, and name the same"
                " --rdzv-endpoint on every machine."
            ) from error
        self._store = store
        self.share = Share(rank, size)
        self.leads = rank == 0
        self._scratch: Path | None = None
        self._steps: SharedSteps | None = None
        self.meter = SharedMeter

    # --- before the first step ------------------------------------------------------------------------

    def prepare(self, job: Job, emit: Emit, control: Control) -> Prepared:
        """The leader prepares the run; then the others read the same data, and all make sure that it is."""
        device = device_for(job.device, self._local_rank)
        self._connect(device)
        job = replace(job, device=str(device))
        prepared = None
        try:
            if self.leads:
                prepared = super().prepare(job, emit, control)
            plan = self._hear_plan(job, prepared)
        except Exception as error:
            if self.leads and prepared is None:
                self._broadcast(error)
            raise
        try:
            return self._all_prepared(job, plan, device, prepared, control)
        except Exception as error:
            if prepared is not None:
                _give_up(prepared, error)
            raise

    def _connect(self, device: torch.device) -> None:
        if device.type == "cuda":
            torch.cuda.set_device(device)
        dist.init_process_group(
            backend_for(device),
            store=PrefixStore("training", self._store),
            rank=self.share.rank,
            world_size=self.share.size,
            timeout=PATIENCE,
        )

    def _hear_plan(self, job: Job, prepared: Prepared | None) -> _Plan:
        plan: _Plan | None = None
        if prepared is not None:
            plan = _Plan(job, prepared.document, prepared.record, prepared.checkpoint)
        heard = self._broadcast(plan)
        if isinstance(heard, Exception):
            raise heard
        assert isinstance(heard, _Plan)
        return heard

    def _all_prepared(
        self, job: Job, plan: _Plan, device: torch.device, prepared: Prepared | None, control: Control
    ) -> Prepared:
        """First one process of each machine reads, so that it may download; then the others."""
        problem: Exception | None = None
        for first in (True, False):
            if prepared is None and first == (self._local_rank == 0):
                try:
                    prepared = self._follow(job, plan, device, control)
                except Exception as error:
                    problem = error
            everybody = self._gather(problem)
            for rank, found in enumerate(everybody):
                if found is not None:
                    raise _as_told_by(rank, found, self.share.rank)
        assert prepared is not None
        prints = self._gather(_fingerprint(prepared.dataset))
        for rank, print_of_rank in enumerate(prints):
            if print_of_rank != prints[0]:
                raise EngineError(
                    f"Process {rank} reads other images than process 0: give every machine the same data set."
                )
        return prepared

    def _follow(self, job: Job, plan: _Plan, device: torch.device, control: Control) -> Prepared:
        if _asked(job) != _asked(plan.job):
            raise EngineError("It was started with another command than process 0: start all alike.")
        document, options = plan.document, plan.record.options
        chosen = job.data_dir or options.get("data_dir")
        limit = options.get("limit")
        dataset = read_dataset(
            document,
            Path(str(chosen)) if chosen else data_dir(),
            int(limit) if limit else None,
            lambda message: None,
            control,
            download=job.download,
        )
        self._scratch = Path(tempfile.mkdtemp(prefix="cnnstudio-rank-"))
        folder = RunFolder(self._scratch)
        folder.write_record(plan.record)
        return Prepared(folder, plan.record, document, dataset, device, plan.checkpoint)

    def begin(self, seed: int) -> None:
        """Other processes than the leader draw other dropout masks than it does."""
        if self.share.rank:
            torch.manual_seed(seed + _SEED_STRIDE * self.share.rank)

    def agree(self, thing: T) -> T:
        """Machines may have measured differently: all take what the leader chose."""
        agreed = self._broadcast(thing if self.leads else None)
        assert isinstance(agreed, type(thing))
        return agreed

    # --- steps and tests ------------------------------------------------------------------------------

    def taker(self, stepper: Stepper, control: Control) -> Take:
        """Steps that all processes take together."""
        self._steps = SharedSteps(stepper, control)
        return self._steps.take

    def wish(self, control: Control) -> Wish:
        """To stop, once all know of it: a process that stopped earlier would leave the others waiting."""
        return self._steps.agreed if self._steps is not None else Wish.GO

    def testing(self, module: nn.Module, obey: Callable[[], bool]) -> Callable[[], bool]:
        """All test what is kept, with the leader's batch norm statistics, and to the end of the test.

        There is no message in it that could carry a stop.
        """
        for buffer in module.buffers():
            speak(partial(dist.broadcast, buffer, src=0))
        return lambda: True

    def whole(self, score: Score | None) -> Score:
        """Sums over all."""
        assert score is not None
        loss = torch.tensor([score.loss * score.images], dtype=torch.float64)
        confusion = score.confusion.clone()
        sum_of_all(loss)
        sum_of_all(confusion)
        images = max(1, int(confusion.sum()))
        return Score(float(loss) / images, confusion)

    def random_state(self, device: torch.device) -> dict[str, torch.Tensor]:
        """The leader's under its usual names, so that one process alone can go on; then the others'."""
        states = self._gather(checkpoints.random_state(device))
        found: dict[str, torch.Tensor] = {}
        for rank, state in enumerate(states):
            found.update({_of_rank(name, rank): value for name, value in state.items()})
        return found

    def restore_random_state(self, state: dict[str, torch.Tensor], device: torch.device) -> None:
        """A process that the run did not have before keeps what it drew from its seed."""
        rank = self.share.rank
        mine = {
            name: state[_of_rank(name, rank)]
            for name in ("cpu", "cuda", "mps")
            if _of_rank(name, rank) in state
        }
        if mine:
            checkpoints.restore_random_state(mine, device)

    # --- what is told, and the end --------------------------------------------------------------------

    def facts(self) -> tuple[tuple[str, str], ...]:
        """Shown with the run."""
        return (("processes", str(self.share.size)),)

    def explain(self, error: Exception, explained: Callable[[], Failed]) -> Failed:
        """The reason of the process that failed first."""
        if isinstance(error, Abandoned):
            with suppress(Exception):
                self._store.wait([_FAILURE], _LAST_WORDS)
                return Failed(self._store.get(_FAILURE).decode())
            return Failed(str(error))
        failed = explained()
        who = "" if self.leads else f"Process {self.share.rank} failed. "
        with suppress(Exception):
            self._store.set(_FAILURE, who + failed.sentence)
        return failed

    def leave(self) -> None:
        """Lets go of the others."""
        if self._scratch is not None:
            shutil.rmtree(self._scratch, ignore_errors=True)
        if dist.is_initialized():
            with suppress(RuntimeError):
                dist.destroy_process_group()

    # --- messages -------------------------------------------------------------------------------------

    def _broadcast(self, thing: object) -> object:
        """What the leader says."""
        box = [thing]
        speak(lambda: dist.broadcast_object_list(box, src=0, device=torch.device("cpu")))
        return box[0]

    def _gather(self, thing: object) -> list[Any]:
        """What each process says, by rank."""
        box: list[Any] = [None] * self.share.size
        speak(lambda: dist.all_gather_object(box, thing))
        return box


def _give_up(prepared: Prepared, error: Exception) -> None:
    note_failure(prepared.folder, prepared.record, str(error))
    if prepared.lock is not None:
        prepared.lock.release()


def _as_told_by(rank: int, error: Exception, own_rank: int) -> Exception:
    if rank == own_rank or isinstance(error, Cancelled):
        return error
    return EngineError(f"Process {rank} failed. {error}")


def _of_rank(name: str, rank: int) -> str:
    return f"{name} {rank}" if rank else name


def _asked(job: Job) -> tuple[object, ...]:
    """What has to be the same in every process; folders may lie elsewhere on each machine."""
    document = write_document(job.document) if job.document is not None else ""
    return document, job.resume, job.limit, job.epochs, job.seed


def _fingerprint(dataset: Dataset) -> str:
    """The same for the same images, from all labels and some pixels."""
    digest = hashlib.sha256(repr(dataset.class_names).encode())
    for split in (dataset.train, dataset.test):
        digest.update(repr(split.images.shape).encode())
        digest.update(np.ascontiguousarray(split.labels).tobytes())
        for index in range(0, len(split), max(1, len(split) // 64)):
            digest.update(np.ascontiguousarray(split.images[index]).tobytes())
    return digest.hexdigest()
