"""The Build workspace as one widget."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from cnnstudio.app.store import DocumentStore
from cnnstudio.ui.build.status import BuildStatus, status_of


class BuildWorkspace(QWidget):
    """Shows and edits the store's document."""

    statusChanged = Signal(object)
    """The totals for the status bar became others (carries :class:`BuildStatus`)."""

    def __init__(self, store: DocumentStore, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.store = store
        self.setObjectName("buildWorkspace")
        store.documentChanged.connect(self._tell)

    @property
    def status(self) -> BuildStatus:
        """The totals now."""
        return status_of(self.store.inference, 100)

    def _tell(self) -> None:
        self.statusChanged.emit(self.status)

    def focus_search(self) -> None:
        """Puts the cursor into the palette's search field (the ``/`` key)."""

    def show_problems(self) -> None:
        """Opens the list of problems."""

    def zoom_to_fit(self) -> None:
        """Shows the whole network."""

    def set_zoom(self, percent: int) -> None:
        """Shows the canvas at a zoom in percent."""
