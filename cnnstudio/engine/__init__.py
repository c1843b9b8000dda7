"""Everything that needs torch: building, training, evaluating, and the engine process (``server``).

The window's process never imports this package; it starts ``python -m cnnstudio.engine.server``.
"""

import os

# Threads that wait for each other at every layer spin for a millisecond by default. Where anything else
# wants the processor (the window, say) that keeps them from the very thread that they wait for: beside
# other work, steps of 100 images took six times as long as with the short wait that libgomp itself takes
# when it knows of too many threads. It reads this once, when torch is imported.
if "OMP_WAIT_POLICY" not in os.environ:
    os.environ.setdefault("GOMP_SPINCOUNT", "1000")
