"""Remembers which composites are collapsed, for the next time the same network is opened."""

from pathlib import Path

from PySide6.QtCore import QObject, Slot

from cnnstudio.app.store import DocumentStore
from cnnstudio.core.document import Document, locations
from cnnstudio.ui.build.scene import NetworkScene
from cnnstudio.workspace.folded import recall_folded, remember_folded


class FoldMemory(QObject):
    """What is remembered is about the network as it lies on the disk: places change with unsaved edits."""

    def __init__(self, store: DocumentStore, scene: NetworkScene) -> None:
        super().__init__(scene)
        self._store = store
        self._scene = scene
        store.aboutToLoad.connect(self._recall)
        store.saved.connect(self._remember)
        scene.foldedChanged.connect(self._remember)

    @Slot(object, object)
    def _recall(self, document: Document, path: Path | None) -> None:
        places = recall_folded(_key(document, path))
        found = {i for i, place in locations(document).items() if place in places} if places else set()
        self._scene.start_folded(found)

    @Slot()
    def _remember(self) -> None:
        document = self._store.document
        key = _key(document, self._store.path)
        if key and not self._store.modified:
            places = locations(document) if self._scene.folded else {}
            remember_folded(key, [places[i] for i in self._scene.folded if i in places])


def _key(document: Document, path: Path | None) -> str:
    """A file's path, or a preset's name; empty for what has neither."""
    if path is not None:
        return str(path.expanduser().absolute())
    return "" if document.name == Document(document.input, document.classes).name else document.name
