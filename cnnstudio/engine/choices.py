"""How many threads, which memory format and which convolutions: measured on the very network, not guessed.

What was measured is remembered on this machine, so that the same training chooses the same way again and
gives the same numbers, bit for bit.
"""

from __future__ import annotations

import copy
import hashlib
import json
import os
import platform
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import torch
from torch import nn

from cnnstudio.engine.convolutions import has_products
from cnnstudio.engine.numpy_network import NumpyNetwork
from cnnstudio.engine.phases import has_phases
from cnnstudio.engine.system_memory import keep_pages
from cnnstudio.engine.threads import thread_counts
from cnnstudio.workspace import paths
from cnnstudio.workspace.atomic import write_text

_SECONDS = 1.5
_VISITS = 6
_MOST_STEPS = 20
_STEPS_SECONDS = 0.03
_LONGEST_VISIT = 3.0
_HOPELESS = 1.6
_HOPELESS_AT_ONCE = 2.0
_SHORT_STEP = 0.005
_WORTH_SHARING = 100_000_000
_BUSY = 0.75
_WORTH_IT = 1.1
_MOST_REMEMBERED = 500


@dataclass(frozen=True, slots=True)
class Choices:
    """What decides over speed. ``threads`` matter on the CPU only."""

    threads: int
    channels_last: bool
    products: bool = False
    """Whether convolutions are learnt by matrix products; see :mod:`cnnstudio.engine.convolutions`."""
    phases: bool = False
    """Whether convolutions of few filters work with their pooling; see :mod:`cnnstudio.engine.phases`."""

    @property
    def images_channels_last(self) -> bool:
        """Whether batches come so: the phases, which are the first layer's as a rule, are channels first."""
        return self.channels_last and not self.phases

    def texts(self, device: torch.device) -> tuple[tuple[str, str], ...]:
        """For people, by name."""
        layout = ("memory format", "channels last" if self.channels_last else "channels first")
        if device.type != "cpu":
            return (layout,)
        convolutions = self._convolutions()
        return (
            ("threads", str(self.threads)),
            layout,
            *((("convolutions", convolutions),) if convolutions else ()),
        )

    def _convolutions(self) -> str:
        if self.products:
            return "matrix products"
        return "together with their pooling" if self.phases else ""


Step = Callable[[nn.Module, Choices], Callable[[], None]]
"""Prepares a training step of a network, in the format of the choices, ready to be timed."""


def choose(
    module: nn.Module,
    device: torch.device,
    step: Step,
    *,
    key: str,
    macs: int,
    products: bool = True,
    phases: bool = True,
) -> Choices:
    """The quickest choices for a network.

    ``key`` names what is measured, ``macs`` is what a step costs, ``products`` and ``phases`` whether
    convolutions may be learnt so. ``OMP_NUM_THREADS`` decides over the threads where it is set. On a busy
    machine seconds would tell about the others: a rule of thumb stands in, at least for the threads.
    """
    thinkable = candidates(module, macs, products=products, phases=phases)
    if device.type != "cpu":
        # Tensor cores want channels last; Apple's GPU does not gain by it.
        return Choices(torch.get_num_threads(), device.type == "cuda" and thinkable[0].channels_last)
    if len(thinkable) == 1:
        return thinkable[0]
    digest = _digest(key, thinkable)
    remembered = _remembered().get(digest)
    for candidate in thinkable:
        if remembered == asdict(candidate):
            return candidate
    if is_busy():
        best = _quickest_beside_others(module, thinkable, step, macs)
    else:
        best = _quickest(module, thinkable, step)
    _remember(digest, best)
    return best


def candidates(module: nn.Module, macs: int, *, products: bool = True, phases: bool = True) -> list[Choices]:
    """All choices worth trying, for steps of a network of these layers; NumPy takes all cores."""
    if isinstance(module, NumpyNetwork):
        return [Choices(thread_counts()[0], False)]
    formats = (True, False) if any(isinstance(layer, nn.Conv2d) for layer in module.modules()) else (False,)
    tried = [Choices(threads, fmt) for threads in thread_counts() for fmt in formats]
    fewest = tried[-1]
    if products and macs <= _WORTH_SHARING and has_products(module):
        tried.append(replace(fewest, products=True))
    if phases and has_phases(module):
        tried += [Choices(threads, True, phases=True) for threads in thread_counts()]
    return tried


def rule_of_thumb(candidates: Sequence[Choices], macs: int) -> Choices:
    """All cores and phases where a step is long enough, and channels last where there are convolutions."""
    is_long = macs > _WORTH_SHARING
    threads = (max if is_long else min)(candidate.threads for candidate in candidates)
    channels_last = any(candidate.channels_last for candidate in candidates)
    return Choices(threads, channels_last, phases=is_long and any(one.phases for one in candidates))


def is_busy() -> bool:
    """Whether others want so much of the processor that timings would say little."""
    try:
        return os.getloadavg()[0] > _BUSY * (os.cpu_count() or 1)
    except (AttributeError, OSError):  # Windows does not tell
        return False


def apply(choices: Choices, device: torch.device) -> None:
    """Sets the process's number of threads and how memory is kept; lets a GPU try convolutions out."""
    if device.type == "cpu":
        torch.set_num_threads(choices.threads)
        keep_pages()
    torch.backends.cudnn.benchmark = device.type == "cuda"


def _quickest_beside_others(
    module: nn.Module, candidates: Sequence[Choices], step: Step, macs: int
) -> Choices:
    """What a rule of thumb says; of a thread that works alone the processor's time can be taken."""
    thumb = rule_of_thumb(candidates, macs)
    left = [candidate for candidate in candidates if candidate.threads == thumb.threads]
    if thumb.threads > 1 or len(left) == 1:
        return thumb
    return _quickest(module, left, step, time.process_time)


def _quickest(
    module: nn.Module,
    candidates: Iterable[Choices],
    step: Step,
    clock: Callable[[], float] | None = None,
) -> Choices:
    """Visits the candidates in turn, so that what else the machine does disturbs all alike.

    Twice at least: of long steps a visit is one or two, and what comes between them would be remembered.
    """
    clock = clock or time.perf_counter
    rng = torch.get_rng_state()
    best: dict[Choices, float] = {}
    left = list(candidates)
    formats = {replace(candidate, threads=1): candidate for candidate in left}
    steps = {fmt: step(copy.deepcopy(module), candidate) for fmt, candidate in formats.items()}
    started = time.perf_counter()
    for visit in range(_VISITS):
        for candidate in left:
            torch.set_num_threads(candidate.threads)
            seconds = _timed(steps[replace(candidate, threads=1)], clock)
            best[candidate] = min(seconds, best.get(candidate, seconds))
            if time.perf_counter() - started > _SECONDS * (visit + 1):
                break
        quickest = min(best.values())
        hopeless = (_HOPELESS if visit else _HOPELESS_AT_ONCE) * quickest
        left = [c for c in left if best.get(c, quickest) <= hopeless]
        if len(left) == 1 or time.perf_counter() - started > (_SECONDS if visit else _LONGEST_VISIT):
            break
    torch.set_rng_state(rng)
    return _best(best)


def _best(seconds: Mapping[Choices, float]) -> Choices:
    """The quickest, but only as many threads as are worth it.

    Threads that share a short step wait for each other at every layer: when something else wants the
    processor, two of them were seen to take 28 ms for what one does in half a millisecond.
    """
    quickest = min(seconds.values())
    single = {c: s for c, s in seconds.items() if c.threads == 1}
    if single and min(single.values()) < _SHORT_STEP:
        seconds = single
    near = [c for c, s in seconds.items() if s <= _WORTH_IT * quickest]
    fewest = min((c.threads for c in near), default=min(c.threads for c in seconds))
    return min((c for c in seconds if c.threads == fewest), key=lambda c: seconds[c])


def _timed(step: Callable[[], None], clock: Callable[[], float]) -> float:
    """Seconds for a step: the median of some, after one that warms up threads and caches."""
    began = clock()
    step()
    first = clock() - began
    if first > _SECONDS:
        return first
    times: list[float] = []
    while not times or (len(times) < _MOST_STEPS and sum(times) < _STEPS_SECONDS):
        began = clock()
        step()
        times.append(clock() - began)
    return sorted(times)[len(times) // 2]


def _digest(key: str, candidates: list[Choices]) -> str:
    # Not `platform.processor()`: it starts a program, which until it has begun holds the lock of the run too,
    # and a run that is killed meanwhile looks as if it were going on.
    machine = f"{platform.machine()} {torch.backends.cpu.get_cpu_capability()} {os.cpu_count()}"
    about = [key, torch.__version__, machine, repr(candidates)]
    return hashlib.sha256("\n".join(about).encode()).hexdigest()[:24]


def _file() -> Path:
    return paths.cache_dir() / "choices.json"


def _remembered() -> dict[str, object]:
    try:
        found = json.loads(_file().read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _remember(digest: str, choices: Choices) -> None:
    known = list(_remembered().items())[-_MOST_REMEMBERED:]
    with suppress(OSError):  # measuring again next time is no harm
        write_text(_file(), json.dumps({**dict(known), digest: asdict(choices)}, indent=1))
