"""Says in the window that a picture is being drawn, once that takes longer than a moment."""

from PySide6.QtCore import QObject, QTimer, Slot

from cnnstudio.ui.diagram.picture_export import PictureExport
from cnnstudio.ui.notice import NoticeBar, Offer

_PATIENCE_MS = 300


class ExportProgress(QObject):
    """How much is drawn, with a button that gives it up. ``words`` has a place for the {percent}."""

    def __init__(self, export: PictureExport, notice: NoticeBar, words: str = "") -> None:
        super().__init__(notice)
        self._export = export
        self._words = words or self.tr("The diagram is being drawn: {percent} %")
        self._notice = notice
        self._said = ""
        self._share = 0.0
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(_PATIENCE_MS)
        self._patience.timeout.connect(self._show)
        export.progressed.connect(self._on_progress)
        export.told.connect(self._on_end)
        export.failed.connect(self._on_end)
        export.cancelled.connect(self._on_cancelled)

    @Slot(float)
    def _on_progress(self, share: float) -> None:
        before, self._share = self._share, share
        if not self._said:
            if not self._patience.isActive():
                self._patience.start()
        # Only where it still says what it said: another notice is not written over.
        elif round(100 * share) != round(100 * before) and self._notice.text == self._said:
            self._said = self._text()
            self._notice.put_other_words(self._said)

    @Slot()
    def _show(self) -> None:
        if self._export.busy:
            self._said = self._text()
            offer = Offer("cancelExport", self.tr("Cancel"), self._export.cancel)
            self._notice.say(self._said, "info", (offer,))

    def _text(self) -> str:
        return self._words.format(percent=round(100 * self._share))

    @Slot()
    def _on_end(self) -> None:
        self._patience.stop()
        self._said = ""

    @Slot()
    def _on_cancelled(self) -> None:
        if self._notice.text == self._said:
            self._notice.hide()
        self._on_end()
