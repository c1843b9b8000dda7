"""What may be imported before the window is first painted; the benchmark measures what that costs."""

import os
import subprocess
import sys

SLOW = ("pydantic", "numpy", "pyqtgraph", "torch", "cnnstudio.core.document", "cnnstudio.app.session")
PROGRAM = f"""
import sys
from cnnstudio.ui.start import make_app, make_window
app, window = make_app(), make_window(None)
print([name for name in {SLOW!r} if name in sys.modules])
window.show()
window.work.session.shutdown()
print([name for name in ("torch",) if name in sys.modules])
print(window.document().name)
"""


def test_the_frame_needs_nothing_slow_and_the_rest_follows() -> None:
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        capture_output=True,
        text=True,
        check=False,
        env=environment,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[:2] == ["[]", "[]"]
    assert "First CNN" in done.stdout
