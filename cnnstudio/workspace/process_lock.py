"""A lock that lives as long as its process: the system lets go of it even after a SIGKILL.

A process id alone would not tell: it is given again, in a container to the very next start.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path
from weakref import finalize


class ProcessLock:
    """The lock on a file, made where it is missing.

    Raises:
        BlockingIOError: a living process has it.
        OSError: the file cannot be made, or the file system knows no locks.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            _lock(handle)
        except OSError:
            os.close(handle)
            raise
        self._close = finalize(self, os.close, handle)

    def release(self) -> None:
        """Lets go; the file stays."""
        self._close()

    def remove(self) -> None:
        """Lets go, and the file goes too."""
        if os.name == "nt":  # an open file cannot be removed there
            self.release()
        with suppress(OSError):
            self.path.unlink(missing_ok=True)
        self.release()


def is_locked(path: Path) -> bool:
    """Whether a living process has the lock. Makes no file, and may look where it must not write.

    Where the file system knows no locks, nobody can tell, and the answer is no.
    """
    try:
        handle = os.open(path, os.O_RDONLY)
    except OSError:
        return False
    try:
        _lock(handle, shared=True)
    except BlockingIOError:
        return True
    except OSError:
        return False
    finally:
        os.close(handle)
    return False


if sys.platform == "win32":

    def _lock(handle: int, shared: bool = False) -> None:
        import msvcrt

        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except OSError as error:
            raise BlockingIOError(error.errno, error.strerror) from error

else:

    def _lock(handle: int, shared: bool = False) -> None:
        import fcntl

        # Two who only look do not take each other for the owner.
        kind = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
        fcntl.flock(handle, kind | fcntl.LOCK_NB)
