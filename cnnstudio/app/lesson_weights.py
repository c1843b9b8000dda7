"""Whose weights the Learn workspace computes with: those before training, or a run's."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from cnnstudio.app.background import BackgroundCall
from cnnstudio.core.document import Document, Stack

_MOST_RUNS = 200
_MOST_SHOWN = 12


@dataclass(frozen=True, slots=True)
class RunWeights:
    """Weights of a run that trained this very network. ``number`` counts such runs, the first is 1."""

    path: Path
    run: str
    name: str
    number: int
    epoch: int
    accuracy: float | None
    trained: Document | None = None
    """The document that it trained: the same network, perhaps with other data and settings."""
    data: str | None = None
    """The folder that its images lie in."""


class LessonWeights(QObject):
    """Looks for runs of a document, in the background."""

    found = Signal(object)
    """A tuple of :class:`RunWeights`, the latest first."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._call: BackgroundCall | None = None
        self._next: Document | None = None

    def look(self, document: Document) -> None:
        """Asks again; of several questions only the last is answered."""
        if self._call is not None:
            self._next = document
            return
        self._call = BackgroundCall(lambda: runs_of(document))
        self._call.finished.connect(self._on_finished)
        self._call.begin()

    def close(self) -> None:
        """Waits for what is under way."""
        self._next = None
        if self._call is not None:
            self._call.wait()

    @Slot()
    def _on_finished(self) -> None:
        call, self._call = self._call, None
        if call is None:
            return
        if self._next is not None:
            document, self._next = self._next, None
            self.look(document)
            return
        self.found.emit(call.answer if call.error is None else ())


def runs_of(document: Document, root: Path | None = None) -> tuple[RunWeights, ...]:
    """The runs with weights for this network, the latest first; what cannot be read is left out."""
    from cnnstudio.workspace.errors import WorkspaceError
    from cnnstudio.workspace.runs.folder import list_runs
    from cnnstudio.workspace.runs.images import folder_of_run

    wanted = structure(document)
    found: list[RunWeights] = []
    for run in list_runs(root)[:_MOST_RUNS]:
        folder = run.folder
        if run.record.status in ("running", "paused", "unreadable") or not folder.weights.is_file():
            continue
        try:
            trained = folder.read_document()
        except WorkspaceError:
            continue
        if structure(trained) != wanted:
            continue
        result = run.record.result
        epoch = result.get("weights_epoch") or result.get("epochs") or run.record.epochs
        accuracy = result.get("test_accuracy")
        found.append(
            RunWeights(
                folder.weights,
                str(folder.path),
                run.record.name or folder.name,
                0,
                epoch if isinstance(epoch, int) else 0,
                float(accuracy) if isinstance(accuracy, int | float) else None,
                trained,
                str(folder_of_run(None, run.record)),
            )
        )
    count = len(found)
    return tuple(_numbered(one, count - i) for i, one in enumerate(found))[:_MOST_SHOWN]


def _numbered(weights: RunWeights, number: int) -> RunWeights:
    from dataclasses import replace

    return replace(weights, number=number)


def structure(document: Document) -> object:
    """What decides over the weights and what they do; ids and names do not."""

    def of(stack: Stack) -> tuple[object, ...]:
        return tuple(
            (node.block, node.first, node.only_first, tuple(of(inner) for inner in node.stacks))
            for node in stack
            if not node.disabled
        )

    return document.input, document.classes, of(document.body)
