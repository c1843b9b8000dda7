"""How many threads a training may use."""

from __future__ import annotations

import os
from contextlib import suppress

import torch

# As torch starts; later it says what the last run chose.
_DEFAULT_THREADS = torch.get_num_threads()


def thread_counts() -> tuple[int, ...]:
    """The numbers of threads worth trying: powers of two up to the cores, or what the environment says."""
    fixed = os.environ.get("OMP_NUM_THREADS", "").split(",")[0].strip()
    if fixed.isdigit() and int(fixed) > 0:
        return (int(fixed),)
    cores = _cores()
    counts = {1 << power for power in range(cores.bit_length()) if 1 << power <= cores}
    # More cores first: where a step takes seconds, there is no time to try the others.
    return tuple(sorted({*counts, cores}, reverse=True))


def _cores() -> int:
    with suppress(AttributeError):
        return max(1, min(len(os.sched_getaffinity(0)), _DEFAULT_THREADS))
    return max(1, min(os.cpu_count() or 1, _DEFAULT_THREADS))
