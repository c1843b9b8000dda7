"""Code generation on every preset: ``python tests/bench/bench_codegen.py``.

It runs beside the canvas on every edit, so it should stay near the time of a few frames at most. Prints
medians in milliseconds for the source and for the module paths, and how many lines there are.
"""

import statistics
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from cnnstudio.codegen import generate
from cnnstudio.core.infer import infer
from cnnstudio.workspace.presets import PRESET_IDS, load_preset

ROUNDS = 15


def main() -> None:
    """Prints the table."""
    print(f"{'preset':24} {'lines':>6} {'source ms':>10} {'paths ms':>9}")
    for preset in PRESET_IDS:
        document = load_preset(preset)
        infer(document)
        source_times, path_times = [], []
        for _ in range(ROUNDS):
            start = time.perf_counter()
            generated = generate(document)
            written = time.perf_counter()
            assert generated.paths
            source_times.append(1e3 * (written - start))
            path_times.append(1e3 * (time.perf_counter() - written))
        lines = len(generated.source.splitlines())
        source, paths = statistics.median(source_times), statistics.median(path_times)
        print(f"{preset:24} {lines:6} {source:10.2f} {paths:9.2f}")


if __name__ == "__main__":
    main()
