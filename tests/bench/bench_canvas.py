"""The canvas by the number of blocks: opening, an edit until it is on the screen, scrolling, zooming.

pytest tests/bench/bench_canvas.py -s
"""

import statistics
import time
from collections.abc import Callable

from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

import cnnstudio.blocks  # noqa: F401  # registers the block types
from cnnstudio.app.store import DocumentStore
from cnnstudio.core.document import Document, InputSize, Node, Place, find, walk
from cnnstudio.core.edits import change, insert
from cnnstudio.core.edits import node as new_node
from cnnstudio.core.registry import block_type
from cnnstudio.ui.build import BuildWorkspace
from cnnstudio.workspace.presets import load_preset

SIZES = (1, 13, 80, 330)
EDITS = 12


def make(kind: str, *stacks: tuple[Node, ...], **values: object) -> Node:
    return new_node(block_type(kind).model_validate(values), stacks or None)


def residuals(count: int) -> Document:
    """So many residual blocks of six blocks each, one behind the other, all open."""
    body = (
        make("Conv2d", out_channels=16, padding=1),
        make("BatchNorm2d"),
        make("ReLU"),
        make("Conv2d", out_channels=16, padding=1),
        make("BatchNorm2d"),
    )
    nodes = [make("Residual", body, ()) for _ in range(count)]
    document = Document(InputSize(32, 32, 16), 10)
    return insert(document, Place(None, 0, 0), [*nodes, make("Flatten"), make("Linear")])


def milliseconds(act: Callable[[], object]) -> float:
    begin = time.perf_counter()
    act()
    QApplication.processEvents()
    return 1000 * (time.perf_counter() - begin)


def measured(build: BuildWorkspace, document: Document) -> tuple[float, float, float, float]:
    """Milliseconds: opening, an edit (the median), one step of scrolling, zooming to fit."""
    store, port = build.store, build.canvas.viewport()
    opening = milliseconds(lambda: store.load(document))
    convolutions = [n.id for n in walk(document.body) if "bias" in type(n.block).model_fields]
    edits = []
    for node_id in convolutions[:EDITS]:
        store.select((node_id,))
        QApplication.processEvents()
        bias = find(store.document, node_id).block.model_dump()["bias"]
        changed = change(store.document, node_id, bias=not bias)
        edits.append(milliseconds(lambda edited=changed: store.apply("Bias", edited)))  # type: ignore[misc]
    bar = build.canvas.verticalScrollBar()
    steps = [milliseconds(lambda y=y: (bar.setValue(y), port.repaint())) for y in range(0, 600, 30)]  # type: ignore[misc]
    fit = milliseconds(lambda: (build.zoom_to_fit(), port.repaint()))
    return opening, statistics.median(edits), statistics.median(steps), fit


def test_canvas(qtbot: QtBot) -> None:
    build = BuildWorkspace(DocumentStore())
    qtbot.addWidget(build)
    build.resize(1376, 820)
    build.show()
    QApplication.processEvents()
    documents = {f"{6 * n + 2} blocks": residuals(n) for n in SIZES}
    documents |= {name: load_preset(name) for name in ("googlenet", "resnet50", "resnet152")}
    print("\n                 open    edit  scroll  zoom to fit (ms)")
    for name, document in documents.items():
        opening, edit, scroll, fit = measured(build, document)
        print(f"{name:14}{opening:7.1f} {edit:7.1f} {scroll:7.1f} {fit:7.1f}")
