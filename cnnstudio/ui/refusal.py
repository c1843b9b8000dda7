"""Why a network cannot be trained yet; no longer said once it can."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Slot

from cnnstudio.app.store import DocumentStore
from cnnstudio.ui.notice import NoticeBar, Offer


class Refusal(QObject):
    """Answers a press on Train in the notice bar, where the network has problems or no blocks."""

    def __init__(
        self, store: DocumentStore, notice: NoticeBar, show_problems: Callable[[], None], parent: QObject
    ) -> None:
        super().__init__(parent)
        self._store = store
        self._notice = notice
        self._show_problems = show_problems
        self._empty = self.tr("There is nothing to train yet: add blocks, or pick a preset.")
        self._faulty = self.tr("This network cannot be trained yet: its problems come first.")
        store.documentChanged.connect(self._on_document)

    @Slot()
    def say(self) -> None:
        """Says why, and offers the way to what is wrong."""
        if not self._store.document.body:
            self._notice.say(self._empty, "error")
            return
        offer = Offer("noticeProblems", self.tr("Show the problems"), self._show_problems)
        self._notice.say(self._faulty, "error", (offer,))

    @Slot()
    def _on_document(self) -> None:
        if self._store.document.body:
            self._notice.withdraw(self._empty)
        if self._store.inference.trainable:
            self._notice.withdraw(self._faulty)
