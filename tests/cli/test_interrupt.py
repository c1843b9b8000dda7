"""Ctrl+C is heard while the program computes, and a second one ends it."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGINT for another process")

# The key derivation lets go of Python for minutes, as a step of a large network does for seconds.
PROGRAM = """
import hashlib
from cnnstudio.cli.interrupt import interruptible

with interruptible(lambda: print("first", flush=True), lambda: print("second")):
    print("ready", flush=True)
    hashlib.pbkdf2_hmac("sha512", b"a", b"b", 2_000_000_000)
"""


@pytest.fixture
def program() -> Iterator["subprocess.Popen[str]"]:
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM], stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2]
    ) as process:
        yield process
        process.kill()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_the_second_signal_ends_what_never_comes_back(
    program: "subprocess.Popen[str]", number: signal.Signals
) -> None:
    assert program.stdout is not None
    assert program.stdout.readline() == "ready\n"
    program.send_signal(number)
    assert program.stdout.readline() == "first\n"
    assert program.poll() is None
    program.send_signal(signal.SIGINT)
    assert program.stdout.read() == "second\n"
    assert program.wait(timeout=5) == 130
