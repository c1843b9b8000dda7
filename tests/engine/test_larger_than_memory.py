"""A folder whose decoded images are larger than the memory that is allowed trains all the same."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="limits memory as Linux does")

IMAGES, SIDE = 1600, 320
# The limit counts what malloc reserves too, in steps of 64 MiB; some 100 to 165 MiB with all that is in use.
ALLOWED = 256 << 20
CHILD = """
import json, resource, sys
from pathlib import Path
import torch
import cnnstudio.blocks
from cnnstudio.core.fileformat import read_document
from cnnstudio.core.messages import Epoch, Failed, Finished
from cnnstudio.core.requests import Job
from cnnstudio.engine.control import Control
from cnnstudio.engine.train import run

def status(name):
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(name + ":"):
            return int(line.split()[1]) * 1024

def small(side):
    # What imports and the first step cost once is not what is measured.
    return torch.nn.Conv2d(3, 4, 7, 4)(torch.zeros(2, 3, side, side)).sum().backward()

folder, out, allowed, text = sys.argv[1:]
small(32)
began = status("RssAnon")
resource.setrlimit(resource.RLIMIT_DATA, (status("VmData") + int(allowed),) * 2)
try:
    bytearray(int(allowed) + (1 << 20))
except MemoryError:
    pass
else:
    sys.exit("the limit does not hold")
peak = began
heard = []
def emit(message):
    global peak
    heard.append(message)
    peak = max(peak, status("RssAnon"))
run(Job(read_document(text), run=out, data_dir=folder), emit, Control())
failed = [message.sentence for message in heard if isinstance(message, Failed)]
print(json.dumps({
    "grown": peak - began,
    "epochs": sum(isinstance(message, Epoch) for message in heard),
    "failed": failed,
    "finished": isinstance(heard[-1], Finished),
}))
"""
NETWORK = {
    "format": "cnnstudio",
    "version": 1,
    "name": "Small",
    "input": {"height": SIDE, "width": SIDE, "channels": 3},
    "classes": 2,
    "body": [
        {"block": "Conv2d", "out_channels": 4, "kernel_size": 7, "stride": 4},
        {"block": "ReLU"},
        {"block": "GlobalAvgPool2d"},
        {"block": "Linear", "out_features": 2},
    ],
    "training": {
        "dataset": "folder",
        "epochs": 2,
        "batch_size": 4,
        "augment": {"flip": True, "crop_padding": 8, "brightness": 0.2},
    },
}


def place(folder: Path) -> None:
    """Small files that are decoded to large images."""
    for number in range(IMAGES):
        kind = folder / ("bright" if number % 2 else "dark")
        kind.mkdir(parents=True, exist_ok=True)
        pixels = np.full((8, 8, 3), 60 + 120 * (number % 2) + number % 40, np.uint8)
        Image.fromarray(pixels).save(kind / f"{number:04}.png")


def test_a_folder_larger_than_memory_trains(tmp_path: Path) -> None:
    place(tmp_path / "photos")
    done = subprocess.run(
        [
            sys.executable, "-c", CHILD,
            str(tmp_path / "photos"), str(tmp_path / "run"), str(ALLOWED), json.dumps(NETWORK),
        ],
        capture_output=True, text=True, check=False,
        env={**os.environ, "OMP_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "2"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout.splitlines()[-1])

    (cache,) = Path(os.environ["CNNSTUDIO_CACHE"]).glob("*.npy")
    assert cache.stat().st_size > 1.75 * ALLOWED
    assert told["failed"] == []
    assert told["finished"]
    assert told["epochs"] == 2
    assert told["grown"] < ALLOWED
