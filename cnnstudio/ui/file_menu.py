"""The menu of files: new, open, the recent ones, save as, back to what was saved."""

from pathlib import Path

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QMenu, QWidget

from cnnstudio.ui.actions import Actions

_LONGEST = 64


class FileMenu(QMenu):
    """What the buttons in the header have no room for."""

    recentPicked = Signal(object)
    """Carries the path."""

    def __init__(self, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("fileMenu")
        self.setAccessibleName(self.tr("File"))
        for name in ("newAction", "openAction"):
            self.addAction(actions[name])
        self.recent = QMenu(self.tr("Open recent"), self)
        self.recent.setObjectName("recentMenu")
        self.recent.setToolTipsVisible(True)
        self.recent.aboutToShow.connect(self.fill_recent)
        self.addMenu(self.recent)
        self.addAction(actions["startPageAction"])
        self.addSeparator()
        for name in ("saveAsAction", "revertAction"):
            self.addAction(actions[name])
        self.addSeparator()
        self.addAction(actions["quitAction"])

    @Slot()
    def fill_recent(self) -> None:
        """The files as they are now; one that is gone is shown, but cannot be opened."""
        from cnnstudio.workspace.recent import listed_files

        self.recent.clear()
        files = listed_files()
        for number, path in enumerate(files):
            self._add_recent(number, path)
        if not files:
            nothing = self.recent.addAction(self.tr("No files yet"))
            nothing.setEnabled(False)
            return
        self.recent.addSeparator()
        clear = self.recent.addAction(self.tr("Clear the list"))
        clear.setObjectName("clearRecentAction")
        clear.triggered.connect(self._clear)

    def _add_recent(self, number: int, path: Path) -> None:
        there = path.is_file()
        text = path.name if there else self.tr("{name} (missing)").format(name=path.name)
        folder = _from_home(path.parent)
        action = self.recent.addAction(f"{text}\t{folder}".replace("&", "&&"))
        action.setObjectName(f"recentAction-{number}")
        action.setToolTip(str(path))
        action.setEnabled(there)
        action.triggered.connect(lambda: self.recentPicked.emit(path))

    @Slot()
    def _clear(self) -> None:
        from cnnstudio.workspace.recent import forget_all

        forget_all()


def _from_home(folder: Path) -> str:
    """A folder as people know it, its end at least."""
    home = Path.home()
    text = str(Path("~") / folder.relative_to(home)) if folder.is_relative_to(home) else str(folder)
    return text if len(text) <= _LONGEST else f"…{text[-_LONGEST:]}"
