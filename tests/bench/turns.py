"""Contestants in processes of their own, which take turns and sleep in between."""

import subprocess
from collections.abc import Mapping, Sequence


class Turns:
    """One of them: a program that works for each line that it is sent, and prints the seconds."""

    def __init__(self, command: Sequence[str], environment: Mapping[str, str]) -> None:
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
        )

    def line(self) -> str:
        """The next thing it says."""
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise SystemExit("A contestant has ended: see above.")
        return line

    def take(self) -> float:
        """The seconds of a turn."""
        assert self._process.stdin is not None
        self._process.stdin.write("go\n")
        self._process.stdin.flush()
        return float(self.line())

    def end(self) -> None:
        """No more turns."""
        self._process.communicate()
