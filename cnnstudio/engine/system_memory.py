"""How much memory the system, a limit or a container leaves this process; each system tells otherwise."""

from __future__ import annotations

import ctypes
import gc
import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

# Of glibc's malloc.h: M_TRIM_THRESHOLD, M_TOP_PAD, M_MMAP_THRESHOLD (32 MiB is the most it takes).
_KEEPING = {-1: 1 << 30, -2: 64 << 20, -3: 32 << 20}
_CGROUP = Path("/sys/fs/cgroup")


def system_bytes() -> int | None:
    """What can be had without pushing others out, None where nobody tells."""
    if sys.platform == "win32":
        return _windows_bytes()
    if sys.platform == "darwin":
        return _mac_bytes()
    with suppress(OSError, ValueError, StopIteration):
        lines = Path("/proc/meminfo").read_text().splitlines()
        # Free pages alone leave out what the file cache would give back.
        return 1024 * int(next(line for line in lines if line.startswith("MemAvailable")).split()[1])
    with suppress(AttributeError, ValueError, OSError):
        return os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return None


def allowed_bytes() -> int | None:
    """What a limit on the process's addresses leaves it; None without one."""
    if sys.platform != "linux":
        return None
    import resource

    limit = resource.getrlimit(resource.RLIMIT_AS)[0]
    if limit == resource.RLIM_INFINITY:
        return None
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    return max(0, limit - pages * os.sysconf("SC_PAGE_SIZE"))


def container_bytes(root: Path = _CGROUP) -> int | None:
    """What a container's limit (cgroup 2) leaves; None without one."""
    with suppress(OSError, ValueError):
        limit = int((root / "memory.max").read_text())
        return max(0, limit - int((root / "memory.current").read_text()))
    return None


def keep_pages() -> None:
    """Lets freed memory wait for the next step instead of going back to the system.

    glibc returns it at every step and gets it anew, zeroed page by page: 8 000 to 12 000 pages and 20 to 35
    of 340 ms a step of ``cifar10-resnet`` (128 images), with this 1 000 to 1 500 pages and 2 to 5 ms.
    :func:`trim` returns it after reading and before a test, :func:`give_back` at the end.
    """
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):
            library = ctypes.CDLL(None)
            for option, value in _KEEPING.items():
                library.mallopt(option, value)


def give_back() -> None:
    """Returns to the system what has been freed: glibc keeps it otherwise, and others go without."""
    gc.collect()
    trim()


def trim() -> None:
    """As :func:`give_back`, without looking for what could be freed yet: some milliseconds."""
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):  # other C libraries have no such call
            ctypes.CDLL(None).malloc_trim(0)


def _mac_bytes() -> int | None:
    """Pages that are free, inactive or speculative."""
    with suppress(OSError, ValueError, subprocess.SubprocessError):
        told = subprocess.run(["vm_stat"], capture_output=True, text=True, check=True, timeout=5).stdout
        return pages_of_vm_stat(told)
    return None


def pages_of_vm_stat(told: str) -> int:
    """The bytes that macOS would give, from what ``vm_stat`` prints; raises ``ValueError``."""
    first, *lines = told.splitlines()
    page = int("".join(filter(str.isdigit, first)))
    wanted = ("Pages free", "Pages inactive", "Pages speculative")
    return page * sum(int(line.split(":")[1].strip(" .")) for line in lines if line.startswith(wanted))


def _windows_bytes() -> int | None:
    class Status(ctypes.Structure):
        _fields_ = [
            ("length", ctypes.c_ulong),
            ("load", ctypes.c_ulong),
            *((name, ctypes.c_ulonglong) for name in ("total", "free", "b", "c", "d", "e", "f")),
        ]

    status = Status(length=ctypes.sizeof(Status))
    kernel = getattr(ctypes, "windll").kernel32  # noqa: B009  exists on Windows only
    return int(status.free) if kernel.GlobalMemoryStatusEx(ctypes.byref(status)) else None
