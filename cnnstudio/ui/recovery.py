"""Offers what an earlier session could not save, one document after the other, in the notice bar."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import QDateTime, QEvent, QLocale, QObject, QTimer, Slot

from cnnstudio.app.autosave import Autosave
from cnnstudio.app.store import DocumentStore
from cnnstudio.ui.documents import Documents
from cnnstudio.ui.notice import NoticeBar, Offer
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
        self._waiting: list[Leftover] = []
        self._looked = False

    def look(self) -> None:
        """Finds what dead processes left, and offers the first."""
        if self._looked:
            return
        self._looked = True
        self._waiting, errors = leftovers()
        if errors:
            self._notice.say(str(errors[0]), "error")
        if self._waiting:
            # Another notice may be there, and each offer follows the answer to the one before.
            self._notice.installEventFilter(self)
            self._offer_next()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The notice bar is free when it is hidden."""
        if event.type() == QEvent.Type.Hide and self._notice.isHidden():
            QTimer.singleShot(0, self, self._offer_next)
        return False

    @Slot()
    def _offer_next(self) -> None:
        if not self._waiting or self._notice.text:
            return
        leftover = self._waiting.pop(0)
        text = self.tr("Recover “{name}” (unsaved changes from {time})?")
        self._notice.say(
            text.format(name=leftover.name, time=_time_text(leftover.saved_at)),
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


def _time_text(time: datetime) -> str:
    moment, locale = QDateTime.fromSecsSinceEpoch(int(time.timestamp())), QLocale()
    if moment.date() == QDateTime.currentDateTime().date():
        return locale.toString(moment.time(), QLocale.FormatType.ShortFormat)
    return locale.toString(moment, QLocale.FormatType.ShortFormat)
