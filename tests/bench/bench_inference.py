"""Inference against torch's meta device, interleaved: ``python tests/bench/bench_inference.py``.

Prints medians in milliseconds and the ratio of torch's time to ours, for all of a preset from cold and
after one edit in the middle of it.
"""

import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from cnnstudio.core import infer as inference
from cnnstudio.core.document import Document, walk
from cnnstudio.core.edits import change
from cnnstudio.core.infer import infer
from cnnstudio.workspace.presets import load_preset
from tests import oracle

ROUNDS = 15


def milliseconds(work: Callable[[], object]) -> float:
    """How long one call takes."""
    start = time.perf_counter()
    work()
    return 1e3 * (time.perf_counter() - start)


def cold(document: Document) -> float:
    """Inference of a document that nothing is known about."""
    inference.forget()
    return milliseconds(lambda: infer(document))


def after_an_edit(document: Document, number: int) -> float:
    """Inference after a new channel count in the middle of a known document: the median of ten edits."""
    convolutions = [node for node in walk(document.body) if type(node.block).__name__ == "Conv2d"]
    middle = convolutions[len(convolutions) // 2]
    infer(document)
    counts = range(64 + 80 * number, 144 + 80 * number, 8)
    edits = [change(document, middle.id, out_channels=channels) for channels in counts]
    return statistics.median(milliseconds(lambda edited=edited: infer(edited)) for edited in edits)  # type: ignore[misc]


def main() -> None:
    """Prints the table."""
    print(f"{'preset':20} {'torch meta ms':>14} {'cold ms':>9} {'after an edit ms':>17} {'torch / cold':>13}")
    for preset in ("cifar10-first-cnn", "vgg16", "googlenet", "resnet50", "resnet152"):
        document = load_preset(preset)
        rows = [
            (
                milliseconds(lambda document=document: oracle.run(document)),  # type: ignore[misc]
                cold(document),
                after_an_edit(document, number),
            )
            for number in range(ROUNDS)
        ]
        torch_ms, cold_ms, edit_ms = (statistics.median(column) for column in zip(*rows))
        ratio = statistics.median(row[0] / row[1] for row in rows)
        print(f"{preset:20} {torch_ms:14.1f} {cold_ms:9.3f} {edit_ms:17.3f} {ratio:13.0f}")


if __name__ == "__main__":
    main()
