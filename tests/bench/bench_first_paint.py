"""First paint of the window against a bare Qt window: fresh processes, interleaved.

pytest tests/bench/bench_first_paint.py -s
"""

import os
import statistics
import subprocess
import sys
from pathlib import Path

ROUNDS = 7
_REPORT = """
import time
from PySide6.QtCore import QEvent, QObject

class Paints(QObject):
    # The window paints itself and then, in the same pass, what is in it; it is on the screen with the next
    # flush. A filter on the application would cost Python time for each of hundreds of events.
    def eventFilter(self, thing, event):
        if event.type() == QEvent.Type.Paint:
            QTimer.singleShot(0, report)
            window.removeEventFilter(self)
        return False

def report():
    print(time.monotonic() - began, flush=True)
    app.exit()
"""
BARE = f"""
import time
began = time.monotonic()
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QMainWindow
app = QApplication([])
window = QMainWindow()
window.resize(1440, 900)
{_REPORT}
paints = Paints()
window.installEventFilter(paints)
window.show()
app.exec()
"""
WINDOW = f"""
import time
began = time.monotonic()
from PySide6.QtCore import QTimer
import cnnstudio.ui.start as start
app = start.make_app()
window = start.make_window(None)
{_REPORT}
paints = Paints()
window.installEventFilter(paints)
window.show()
app.exec()
window.work.session.shutdown()
"""


def first_paint(program: str, compiled: Path) -> float:
    """Seconds from the first line of the program to the paint, with compiled modules as a person has them."""
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    environment |= {"QT_QPA_PLATFORM": "offscreen", "PYTHONPYCACHEPREFIX": str(compiled)}
    out = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, env=environment
    )
    return float(out.stdout.split()[0])


def test_first_paint(tmp_path: Path) -> None:
    for program in (BARE, WINDOW):  # compile and fill the disk's cache
        first_paint(program, tmp_path)
    bare, window = [], []
    for _ in range(ROUNDS):
        bare.append(first_paint(BARE, tmp_path))
        window.append(first_paint(WINDOW, tmp_path))
    one, other = statistics.median(bare), statistics.median(window)
    print(
        f"\nfirst paint: bare Qt {one:.3f} s, CNN Studio {other:.3f} s, ratio {other / one:.2f} (target < 2)"
    )
    print(f"best of {ROUNDS}: {min(bare):.3f} s, {min(window):.3f} s, ratio {min(window) / min(bare):.2f}")
