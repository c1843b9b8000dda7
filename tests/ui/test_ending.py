"""A script that makes a window and ends without closing it."""

import subprocess
import sys

from cnnstudio.workspace.autosave import SUFFIX, autosave_dir
from tests.ui.conftest import FAKE_ENGINE

SCRIPT = """
import sys
from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QApplication
from cnnstudio.app.session import EngineSession
from cnnstudio.ui.main_window import MainWindow

app = QApplication([])
window = MainWindow(session=EngineSession(command=sys.argv[1:]))
window.show()
window.work.room.look_for_last_run()
window.work.room.reading.look_for_last()
window.load_preset("fashion-dnn")
window.work.store.undo_stack.resetClean()
window.work.autosave._on_time()
loop = QEventLoop()
QTimer.singleShot(100, loop.quit)
loop.exec()
assert window.work.session._thread.isRunning()
window.work.room.reading.look_for_last()
"""


def test_its_threads_and_its_process_end_quietly_and_unsaved_work_stays() -> None:
    ended = subprocess.run(
        [sys.executable, "-c", SCRIPT, *FAKE_ENGINE], capture_output=True, text=True, timeout=60, check=False
    )
    assert (ended.returncode, ended.stderr) == (0, "")
    assert list(autosave_dir().glob(f"*{SUFFIX}")), "it can be recovered"
