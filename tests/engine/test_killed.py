"""A training that is killed, whatever it was doing, goes on as if nothing had been."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")


@pytest.mark.timeout(600)
def test_killed_runs_are_never_unusable_and_come_out_bit_for_bit_the_same() -> None:
    # In memory where there is such a place: a disk that is waited for takes most of the time.
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if os.access(memory, os.W_OK) else None) as root:
        command = [sys.executable, "-m", "tests.engine.kill_runs", root]
        done = subprocess.run(
            command, cwd=Path(__file__).parents[2], capture_output=True, text=True, check=False, timeout=590
        )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["wrong"] == [], done.stderr
    assert found["deaths"] >= 20
    # Killed before its end a run says that it was interrupted, killed after that how it ended.
    assert "interrupted" in found["statuses"]
    assert set(found["statuses"]) <= {"interrupted", "finished"}
