"""The Python code of the open document, generated when somebody looks at it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from cnnstudio.app.store import DocumentStore
from cnnstudio.core.infer import Report

if TYPE_CHECKING:
    from cnnstudio.codegen import Generated


class CodeModel(QObject):
    """Remembers the last code that could be generated; a faulty document has none of its own."""

    def __init__(self, store: DocumentStore, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._document: object = None
        self._generated: Generated | None = None
        self._sentence = ""
        store.loaded.connect(self._forget)

    def _forget(self) -> None:
        self._document = self._generated = None

    @property
    def generated(self) -> Generated | None:
        """The code as it is now, or as it was before the document went wrong; None before the first."""
        self._update()
        return self._generated

    @property
    def sentence(self) -> str:
        """Why the code is not that of the document as it is now; empty when it is."""
        self._update()
        return self._sentence

    def lines_of(self, block_id: str) -> tuple[int, int] | None:
        """The first and last line (from 1 on) that a block gave."""
        generated = self.generated
        return generated.lines.get(block_id) if generated else None

    def block_of(self, line: int) -> str | None:
        """The block that gave a line; the innermost, where one lies in another."""
        generated = self.generated
        if generated is None:
            return None
        holding = [(last - first, i) for i, (first, last) in generated.lines.items() if first <= line <= last]
        return min(holding)[1] if holding else None

    def constructor(self, report: Report) -> str:
        """The line that makes a block's module in the exported code."""
        import cnnstudio.codegen

        text = getattr(cnnstudio.codegen, "constructor_text", None)
        return str(text(report, self._attribute(report.node.id))) if text else ""

    def _attribute(self, block_id: str) -> str:
        generated = self.generated
        paths = generated.paths.get(block_id, ()) if generated else ()
        names = [part for part in paths[0].split(".") if part.isidentifier()] if paths else []
        return names[-1] if names else "layer"

    def _update(self) -> None:
        if self._document is self._store.document:
            return
        from cnnstudio.codegen import CannotGenerate, generate

        self._document = self._store.document
        try:
            self._generated, self._sentence = generate(self._store.document), ""
        except CannotGenerate as error:
            self._sentence = str(error)
