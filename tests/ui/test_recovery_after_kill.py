"""kill -9 in the middle of work: the next start has everything but the last seconds."""

import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from cnnstudio.core.fileformat import write_document
from cnnstudio.ui.start import FIRST
from cnnstudio.workspace.autosave import autosave_dir, leftovers
from cnnstudio.workspace.presets import load_preset

_WINDOW = """
import sys
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QPushButton
from cnnstudio.app.session import EngineSession
from cnnstudio.core.edits import change, set_classes
from cnnstudio.core.fileformat import write_document
from cnnstudio.ui.main_window import MainWindow
from cnnstudio.ui.start import make_app

app = make_app()
window = MainWindow(session=EngineSession(command=(sys.executable, sys.argv[1])))
window.show()
store = window.work.store
"""
_WORKS = (
    _WINDOW
    + """
window.open_document(sys.argv[2])
step = 0

def edit():
    global step
    step += 1
    document = set_classes(store.document, 2 + step) if step % 2 else change(
        store.document, store.document.body[0].id, out_channels=step)
    store.apply("Edit", document.changed(name=f"Step {step}"))
    if step == 25:
        timer.stop()
        with open(sys.argv[3], "w", encoding="utf-8") as file:
            file.write(write_document(store.document))

timer = QTimer()
timer.timeout.connect(edit)
timer.start(20)
app.exec()
"""
)
_RECOVERS = (
    _WINDOW
    + """
def answer():
    button = window.notice.findChild(QPushButton, "recoverButton")
    if button is None:
        return
    timer.stop()
    print(window.notice.text)
    button.click()
    assert window.isWindowModified()
    print(store.path)
    print(write_document(store.document))
    store.undo_stack.setClean()
    window.close()
    app.quit()

timer = QTimer()
timer.timeout.connect(answer)
timer.start(20)
app.exec()
window.work.session.shutdown()
"""
)
_FAKE_ENGINE = str(Path(__file__).parents[1] / "fake_engine.py")


def autosaved() -> str:
    return "".join(path.read_text("utf-8") for path in autosave_dir().glob("*.autosave.json"))


def wait_for(done: Callable[[], bool], process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + 60
    while not done() and process.poll() is None and time.monotonic() < end:
        time.sleep(0.05)
    assert done()


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
def test_a_killed_window_is_recovered_to_the_last_letter(tmp_path: Path) -> None:
    file, done = tmp_path / "mine.cnn.json", tmp_path / "done"
    original = write_document(load_preset(FIRST))
    file.write_text(original, "utf-8")
    works = subprocess.Popen([sys.executable, "-c", _WORKS, _FAKE_ENGINE, str(file), str(done)])
    try:
        wait_for(done.exists, works)
        wait_for(lambda: "Step 25" in autosaved(), works)  # the last seconds are what may be lost
        assert leftovers() == ([], [])  # it lives
    finally:
        works.send_signal(signal.SIGKILL)
        works.wait(30)
    expected = done.read_text("utf-8")
    assert '"name": "Step 25"' in expected

    out = subprocess.run(
        [sys.executable, "-c", _RECOVERS, _FAKE_ENGINE],
        capture_output=True,
        text=True,
        check=True,
        timeout=90,
    ).stdout

    notice, path, document = out.split("\n", 2)
    assert "mine.cnn.json" in notice
    assert path == str(file)
    assert document.strip() == expected.strip()
    assert file.read_text("utf-8") == original  # nothing was saved for the person
    assert not list(autosave_dir().iterdir())
