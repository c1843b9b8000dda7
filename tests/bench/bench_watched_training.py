"""Training watched in the window against the same training headless, as a ratio of images a second.

    CNNSTUDIO_DATA=… pytest tests/bench/bench_watched_training.py -s

Every run is a fresh process, watched and headless take turns, and the engine's own clock measures both.
"""

import json
import os
import statistics
import subprocess
import sys
from pathlib import Path

import pytest

ROUNDS = 3
WATCH = """
import json, sys
from PySide6.QtCore import QTimer
from cnnstudio.core.messages import Failed, Finished
from cnnstudio.ui.start import make_app
from cnnstudio.ui.main_window import MainWindow
from cnnstudio.app.training_edits import with_setting
batch, limit, epochs = map(int, sys.argv[1:])
app = make_app()
window = MainWindow()
window.load_preset("cifar10-first-cnn")
document = window.document()
for name, value in (("batch_size", batch), ("epochs", epochs), ("test_limit", 1000)):
    document = with_setting(document, name, value)
window.work.store.load(document)
window.work.control.limit = limit
window.show()
late = []
def tick(last=[None]):
    import time
    now = time.perf_counter()
    if last[0] is not None and window.training_state() == "running":
        late.append(1000 * (now - last[0]) - 5)
    last[0] = now
timer = QTimer(interval=5)
timer.setTimerType(timer.timerType().PreciseTimer)
timer.timeout.connect(tick)
timer.start()
def hear(messages):
    for message in messages:
        if isinstance(message, Failed):
            sys.exit(message.sentence)
        if isinstance(message, Finished):
            late.sort()
            p99 = late[int(0.99 * len(late))] if late else 0
            worst = late[-1] if late else 0
            print(json.dumps([message.images_per_second, p99, worst]))
            window.work.session.shutdown()
            app.exit()
window.work.session.messages.connect(hear)
QTimer.singleShot(2000, window.work.control.train)
app.exec()
"""


def watched(batch: int, limit: int, epochs: int) -> list[float]:
    """Images a second, p99 and worst lateness of a 5 ms timer in the window, in milliseconds."""
    out = _run(["-c", WATCH, str(batch), str(limit), str(epochs)])
    return [float(value) for value in json.loads(out.splitlines()[-1])]


def headless(document: Path, limit: int, epochs: int) -> float:
    """Images a second of the command line."""
    out = _run(
        ["-m", "cnnstudio", "train", str(document), "--limit", str(limit), "--epochs", str(epochs), "--json"]
    )
    return float(json.loads(out)["images_per_second"])


def _run(arguments: list[str]) -> str:
    environment = {k: v for k, v in os.environ.items() if k != "OMP_NUM_THREADS"}
    environment["QT_QPA_PLATFORM"] = "offscreen"
    done = subprocess.run(
        [sys.executable, *arguments], capture_output=True, text=True, check=False, env=environment
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.timeout(1800)
@pytest.mark.parametrize(
    ("batch", "limit", "epochs", "target"), [(4, 12_000, 1, 0.95), (128, 50_000, 1, 0.85)]
)
def test_watched_training(
    real_data: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    batch: int,
    limit: int,
    epochs: int,
    target: float,
) -> None:
    from cnnstudio.app.training_edits import with_setting
    from cnnstudio.core.fileformat import write_document
    from cnnstudio.workspace.presets import load_preset

    monkeypatch.setenv("CNNSTUDIO_DATA", str(real_data))
    document = load_preset("cifar10-first-cnn")
    for name, value in (("batch_size", batch), ("epochs", epochs), ("test_limit", 1000)):
        document = with_setting(document, name, value)
    path = tmp_path / "network.cnn.json"
    path.write_text(write_document(document), "utf-8")
    headless(path, 1000, 1)  # measures and remembers how many threads are best
    alone, seen, late = [], [], []
    for _ in range(ROUNDS):
        alone.append(headless(path, limit, epochs))
        speed, p99, worst = watched(batch, limit, epochs)
        seen.append(speed)
        late.append((p99, worst))
    ratios = [b / a for a, b in zip(alone, seen, strict=True)]
    print(
        f"\nbatch {batch}: headless {statistics.median(alone):.0f}, "
        f"watched {statistics.median(seen):.0f} images/s, "
        f"ratio {statistics.median(ratios):.2f} ({', '.join(f'{r:.2f}' for r in ratios)}; target {target}); "
        f"lateness of a 5 ms timer: p99 {statistics.median(p for p, _ in late):.1f} ms, "
        f"worst {max(w for _, w in late):.0f} ms"
    )
