"""The Python code of the open document, written by a thread shortly after an edit: no edit waits for it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from cnnstudio.app.background import BackgroundCall
from cnnstudio.app.store import DocumentStore
from cnnstudio.core.document import Document
from cnnstudio.core.infer import Report
from cnnstudio.ui.build.highlight import pieces

if TYPE_CHECKING:
    from cnnstudio.codegen import Generated

_DELAY_MS = 90


class CodeModel(QObject):
    """Remembers the last code that could be generated; a faulty document has none of its own."""

    changed = Signal()
    """There is other code, or another reason why there is none."""

    def __init__(self, store: DocumentStore, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._document: object = None
        self._wanted = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_DELAY_MS)
        self._timer.timeout.connect(self._begin)
        self._call: BackgroundCall | None = None
        self._written = store.document
        self.generated: Generated | None = None
        """The code of the document, or as it was before the document went wrong; None before the first."""
        self.sentence = ""
        """Why :attr:`generated` is not the code of the document; empty when it is."""
        store.loaded.connect(self._forget)
        store.documentChanged.connect(self._later)

    def want(self) -> None:
        """Somebody looks at the code from now on."""
        self._wanted = True
        self._later()

    @Slot()
    def prepare(self) -> None:
        """Imports what writes the code, before the first selected block asks for its line."""
        import cnnstudio.codegen  # noqa: F401

    @Slot()
    def update(self) -> None:
        """Generates the code now, if the document is another one than last time."""
        self._timer.stop()
        if self._document is self._store.document:
            return
        self._take(self._store.document, *_written(self._store.document))

    @Slot()
    def _begin(self) -> None:
        """Lets a thread write it; one at a time."""
        if self._document is self._store.document:
            return
        if self._call is not None:
            self._timer.start()
            return
        self._written = self._store.document
        self._call = BackgroundCall(partial(_written, self._written))
        self._call.finished.connect(self._on_written)
        self._call.begin()

    @Slot()
    def _on_written(self) -> None:
        call, self._call = self._call, None
        document = self._written
        # Of a document that is no longer the one, nobody wants it: the timer runs for the next.
        if call is None or document is not self._store.document or document is self._document:
            return
        if call.error is not None:
            raise call.error
        self._take(document, *cast("tuple[Generated | None, str]", call.answer))

    def _take(self, document: Document, generated: Generated | None, sentence: str) -> None:
        self._document = document
        self.generated, self.sentence = generated or self.generated, sentence
        self.changed.emit()

    @Slot()
    def _later(self) -> None:
        if self._wanted and self._document is not self._store.document:
            self._timer.start()

    @Slot()
    def _forget(self) -> None:
        self._document = self.generated = None

    def lines_of(self, block_id: str) -> tuple[int, int] | None:
        """The first and last line (from 1 on) that a block gave."""
        return self.generated.lines.get(block_id) if self.generated else None

    def block_of(self, line: int) -> str | None:
        """The block that gave a line; the innermost, where one lies in another."""
        if self.generated is None:
            return None
        known = self.generated.lines.items()
        holding = [(last - first, i) for i, (first, last) in known if first <= line <= last]
        return min(holding)[1] if holding else None

    def constructor(self, report: Report) -> str:
        """The line that makes a block's module in the exported code."""
        from cnnstudio.codegen import constructor_text

        return constructor_text(report, self._attribute(report))

    def _attribute(self, report: Report) -> str:
        """The path that the block has in the code, or the name it would have before there is any."""
        from cnnstudio.codegen.names import attribute_base

        paths = self.generated.paths.get(report.node.id, ()) if self.generated else ()
        return paths[0] if paths else attribute_base(type(report.block).__name__)


def _written(document: Document) -> tuple[Generated | None, str]:
    """The code, or why there is none; its colours are known then, too."""
    from cnnstudio.codegen import CannotGenerate, generate

    try:
        generated = generate(document)
    except CannotGenerate as error:
        return None, str(error)
    pieces(generated.source)
    return generated, ""
