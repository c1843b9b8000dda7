"""Offers what an earlier session could not save, one document after the other, in the notice bar."""

from __future__ import annotations

from PySide6.QtCore import QObject

from cnnstudio.app.autosave import Autosave
from cnnstudio.app.store import DocumentStore
from cnnstudio.ui.documents import Documents
from cnnstudio.ui.notice import NoticeBar, Offer
from cnnstudio.ui.times import when_text
from cnnstudio.workspace.autosave import Leftover, leftovers


class Recovery(QObject):
    """Looks once, after the first paint. What gets no answer is offered at the next start."""

    def __init__(
        self,
        store: DocumentStore,
        documents: Documents,
        autosave: Autosave,
        notice: NoticeBar,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._store = store
        self._documents = documents
        self._autosave = autosave
        self._notice = notice
        self._looked = False

    def look(self) -> None:
        """Finds what dead processes left, and offers the first."""
        if self._looked:
            return
        self._looked = True
        waiting, errors = leftovers()
        if errors:
            self._notice.say(str(errors[0]), "error")
        for leftover in waiting:
            self._offer(leftover)

    def _offer(self, leftover: Leftover) -> None:
        text = self.tr("Recover “{name}” (unsaved changes from {time})?")
        self._notice.say_when_free(
            text.format(name=leftover.name, time=when_text(leftover.saved_at)),
            offers=(
                Offer("recoverButton", self.tr("Recover"), lambda: self._recover(leftover)),
                Offer("discardButton", self.tr("Discard"), leftover.remove),
            ),
        )

    def _recover(self, leftover: Leftover) -> None:
        def load() -> None:
            self._store.load(leftover.document, leftover.path, saved=False)
            # It lies in this window's file before the other one goes.
            if self._autosave.write_now():
                leftover.remove()

        self._documents.may_replace(load)
