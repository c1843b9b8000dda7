"""Trains where memory is short, the disk is full or the data vanish, each for real, and prints what happened.

A program of its own: torch is imported once, then each case is a fork, which may be limited, have a file
system of its own, and die. A fork may not follow a backward pass, so this process itself never trains.
"""

import ctypes
import json
import os
import resource
import shutil
import signal
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import safetensors.torch

from cnnstudio.core.messages import Checkpointed, Failed, Finished, Message, Step
from cnnstudio.core.requests import Job
from cnnstudio.engine import checkpoint as checkpoints
from cnnstudio.engine.control import Control
from cnnstudio.engine.train import run
from cnnstudio.workspace import paths
from cnnstudio.workspace.runs import RunFolder
from tests.engine.tiny import document, layer
from tests.workspace.datasets.photos import place_photos

LIMIT = 64
MEGABYTE = 1 << 20
PHOTOS = {"ant": 24, "bee": 24, "cat": 24}
_NEW_MOUNTS = 0x20000
_NEW_USER = 0x10000000
_PRIVATE = 1 << 18 | 1 << 14


def train(path: Path, doc: Any = None, hear: Callable[[Message], None] | None = None, **job: Any) -> Any:
    """How it ended; without a document, a run that is there goes on."""
    job.setdefault("limit", LIMIT)
    wanted = Job(doc, run=str(path), resume=doc is None, **job)
    return run(wanted, hear or (lambda message: None), Control())


def outcome_of(path: Path) -> list[Any]:
    """Metrics without what a clock says, and weights as text."""
    folder = RunFolder(path)
    lines = folder.read_metrics()
    for line in lines:
        line.pop("seconds", None)
        line.pop("images_per_second", None)
    weights = safetensors.torch.load_file(folder.weights)
    return [lines, {name: value.numpy().tobytes().hex() for name, value in weights.items()}]


def after(steps: int, deed: Callable[[], None]) -> Callable[[Message], None]:
    """Does it once so many steps have been heard of."""

    def hear(message: Message) -> None:
        if isinstance(message, Step) and message.step == steps:
            deed()

    return hear


def in_a_fork(work: Callable[[], Any], answer: Path) -> Any:
    """What the work gives, as JSON would; or minus the signal that killed it."""
    child = os.fork()
    if child == 0:
        try:
            answer.write_text(json.dumps(work()))
            os._exit(0)
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(70)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    return json.loads(answer.read_text()) if code == 0 else code


# --- memory --------------------------------------------------------------------------------------------


def short_of_memory(root: Path, engine: str, megabytes: int, batch: int) -> dict[str, Any]:
    """A batch that does not fit, then the one that was named."""
    body = (layer("Conv2d", out_channels=48, kernel_size=5), layer("ReLU"), layer("GlobalAvgPool2d"))
    settings: dict[str, Any] = {"batch_size": batch, "epochs": 1, "engine": engine, "test_limit": 20}
    doc = document(*body, layer("Linear", out_features=3), size=48, **settings)
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    allowed = pages * os.sysconf("SC_PAGE_SIZE") + megabytes * MEGABYTE
    resource.setrlimit(resource.RLIMIT_AS, (allowed, allowed))
    large, fitting = root / f"large-{engine}", root / f"fits-{engine}"
    failed = train(large, doc, limit=batch)
    size = (
        int(failed.sentence.partition("a batch size of ")[2].split()[0].strip(".;"))
        if isinstance(failed, Failed)
        else 0
    )
    smaller = doc.changed(training=doc.training.model_copy(update={"batch_size": size}))
    fits = train(fitting, smaller, limit=size)
    return {
        "sentence": failed.sentence,
        "status": RunFolder(large).read_record().status,
        "size": size,
        "fits": isinstance(fits, Finished) or fits.sentence,
    }


# --- the disk ------------------------------------------------------------------------------------------


def small_disk(place: Path, size: int) -> bool:
    """A file system of so many bytes that only this process sees; False where that is not allowed."""
    libc = ctypes.CDLL(None, use_errno=True)
    flags = _NEW_MOUNTS if os.geteuid() == 0 else _NEW_MOUNTS | _NEW_USER
    if libc.unshare(flags) or libc.mount(None, b"/", None, _PRIVATE, None):
        return False
    return libc.mount(b"none", bytes(place), b"tmpfs", 0, f"size={size}".encode()) == 0


def full_disk(root: Path, left: int) -> dict[str, Any]:
    """After the first epoch only so many bytes are left; then there is room again."""
    place = root / f"disk-{left}"
    place.mkdir()
    limited = not small_disk(place, 4 * MEGABYTE)
    filler = place / "filler"

    def fill(message: Message) -> None:
        if isinstance(message, Checkpointed) and not filler.exists():
            if limited:
                signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
                resource.setrlimit(resource.RLIMIT_FSIZE, (left, resource.RLIM_INFINITY))
                filler.touch()
                return
            free = os.statvfs(place)
            filler.write_bytes(bytes(max(0, free.f_bavail * free.f_frsize - left)))

    doc = document(epochs=3)
    failed = train(place / "run", doc, fill)
    folder = RunFolder(place / "run")
    kept = checkpoints.load(folder).progress.epoch
    status = folder.read_record().status
    filler.unlink()
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    resumed = train(place / "run")
    return {
        "limited": limited,
        "failed": isinstance(failed, Failed),
        "sentence": getattr(failed, "sentence", ""),
        "kept": kept,
        "status": status,
        "resumed": isinstance(resumed, Finished) or resumed.sentence,
        "outcome": outcome_of(place / "run"),
    }


def no_disk(root: Path) -> dict[str, Any]:
    """No room for a run at all."""
    place = root / "none"
    place.mkdir()
    if not small_disk(place, 16 << 10):
        return {"skipped": True}
    (place / "filler").write_bytes(bytes(12 << 10))
    failed = train(place / "run", document(epochs=1))
    return {"sentence": failed.sentence, "left": sorted(path.name for path in place.iterdir())}


# --- the data ------------------------------------------------------------------------------------------


def vanishing_data(root: Path) -> dict[str, Any]:
    """The image folder goes between two sessions, and in the midst of one."""
    doc = document(dataset="folder", epochs=2, batch_size=8)
    photos, aside, found = root / "photos", root / "aside", {}
    place_photos(photos, PHOTOS)
    train(root / "whole", doc, data_dir=str(photos))
    train(root / "before", doc, data_dir=str(photos), epochs=1)
    photos.rename(aside)
    failed = train(root / "before", epochs=2)
    found["sentence"] = failed.sentence
    found["status"] = RunFolder(root / "before").read_record().status
    aside.rename(photos)
    train(root / "before", epochs=2)

    def vanish() -> None:
        shutil.rmtree(photos)
        for cache in paths.cache_dir().glob("photos*"):
            cache.unlink()

    midst = train(root / "midst", doc, after(3, vanish), data_dir=str(photos))
    found["midst"] = isinstance(midst, Finished) or midst.sentence
    found["same"] = outcome_of(root / "before") == outcome_of(root / "midst") == outcome_of(root / "whole")
    return found


def truncated_cache(root: Path) -> Any:
    """What is mapped is cut short: the system kills whoever reads on."""
    place_photos(root / "pictures", PHOTOS)
    doc = document(dataset="folder", epochs=2, batch_size=8)

    def cut() -> None:
        for cache in paths.cache_dir().glob("pictures*.npy"):
            os.truncate(cache, 128)

    train(root / "cut", doc, after(3, cut), data_dir=str(root / "pictures"))


def after_the_cut(root: Path) -> dict[str, Any]:
    """The next session decodes anew."""
    status = RunFolder(root / "cut").read_record().status
    train(root / "cut")
    train(root / "uncut", document(dataset="folder", epochs=2, batch_size=8), data_dir=str(root / "pictures"))
    return {"status": status, "same": outcome_of(root / "cut") == outcome_of(root / "uncut")}


def main(root: Path) -> None:
    answer = root / "answer.json"

    def fork(work: Callable[..., Any], *values: Any) -> Any:
        return in_a_fork(lambda: work(root, *values), answer)

    told: dict[str, Any] = {
        "memory": fork(short_of_memory, "torch", 700, 2048),
        "numpy_memory": fork(short_of_memory, "numpy", 250, 200),
    }
    train_whole = in_a_fork(lambda: train(root / "plain", document(epochs=3)) and None, answer)
    assert train_whole is None
    told["plain"] = outcome_of(root / "plain")
    told["disk"] = {left: fork(full_disk, left) for left in (0, 4096, 12288, 20480, 32768)}
    told["no_disk"] = fork(no_disk)
    told["data"] = fork(vanishing_data)
    told["cut"] = fork(truncated_cache)
    told["after_the_cut"] = fork(after_the_cut)
    print(json.dumps(told))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
