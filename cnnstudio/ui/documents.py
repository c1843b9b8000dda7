"""Opening, saving and exporting: what is between the person's files and the store."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QMessageBox

from cnnstudio.app.store import DocumentStore, empty_document
from cnnstudio.core.document import Document
from cnnstudio.core.fileformat import FileError, read_document, write_document
from cnnstudio.ui.dialogs import Choice, Dialogs
from cnnstudio.workspace.atomic import write_text
from cnnstudio.workspace.errors import PresetError
from cnnstudio.workspace.presets import SUFFIX, load_preset
from cnnstudio.workspace.recent import forget_file, remember_file

Then = Callable[[], None]


class Documents(QObject):
    """The File menu without a menu. Whatever goes wrong is told by :attr:`failed`, and nothing changes."""

    failed = Signal(str)
    told = Signal(str)

    def __init__(self, store: DocumentStore, dialogs: Dialogs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self.dialogs = dialogs

    # --- opening

    def new(self) -> None:
        """Asks about unsaved changes, then opens an empty network."""
        self.may_replace(lambda: self._store.load(empty_document()))

    def pick_preset(self, preset: str, then: Then | None = None) -> None:
        """Asks about unsaved changes, then opens a preset."""
        self.may_replace(lambda: self._open_preset(preset, then))

    def _open_preset(self, preset: str, then: Then | None) -> None:
        if self.load_preset(preset) and then is not None:
            then()

    def load_preset(self, preset: str) -> bool:
        """Opens a preset; False, and a sentence, where it cannot be read."""
        try:
            self._store.load(load_preset(preset))
        except PresetError as error:
            self.failed.emit(str(error))
            return False
        return True

    def choose(self) -> None:
        """Asks about unsaved changes, then for a file."""
        kinds = self.tr("CNN Studio networks (*{suffix});;All files (*)").format(suffix=SUFFIX)
        self.may_replace(lambda: self.dialogs.open_file(self.tr("Open a network"), kinds, self._open))

    def pick_file(self, path: Path) -> None:
        """Reads a file, asks about unsaved changes, then shows it."""
        document = self._read(path)
        if document is not None:
            self.may_replace(lambda: self._show(document, path))

    def show_run(self, document: Document, run: str, then: Then) -> None:
        """Asks about unsaved changes, then shows a run's document, which lies in no file."""

        def show() -> None:
            self._store.load(document, origin=run)
            then()

        self.may_replace(show)

    def open(self, path: Path) -> bool:
        """Opens a file; False, and a sentence, where it cannot be read."""
        document = self._read(path)
        if document is None:
            return False
        self._show(document, path)
        return True

    def revert(self) -> None:
        """Opens what was saved again; asks where that loses changes."""
        path = self._store.path
        if path is None:
            return
        if not self._store.modified:
            self.open(path)
            return

        def answered(answer: str) -> None:
            if answer == "revert":
                self.open(path)

        title = self.tr("Go back to “{name}” as it was saved?").format(name=path.name)
        choices = (
            Choice("revert", self.tr("Revert"), QMessageBox.ButtonRole.DestructiveRole),
            Choice("cancel", self.tr("Cancel"), QMessageBox.ButtonRole.RejectRole),
        )
        self.dialogs.ask(title, self.tr("The changes since then are lost."), choices, answered)

    def _open(self, path: Path) -> None:
        self.open(path)

    def _show(self, document: Document, path: Path) -> None:
        self._store.load(document, path)
        remember_file(path)

    def _read(self, path: Path) -> Document | None:
        try:
            return read_document(path.read_text("utf-8"), path.name)
        except FileError as error:
            self.failed.emit(str(error))
        except UnicodeDecodeError:
            self.failed.emit(self.tr("{name} is not a text file.").format(name=path.name))
        except OSError as error:
            forget_file(path)
            text = self.tr("{path} could not be opened: {reason}.")
            self.failed.emit(text.format(path=path, reason=error.strerror or error))
        return None

    # --- saving

    def save(self, then: Then | None = None) -> None:
        """Saves where the document came from, or asks where."""
        if self._store.path is None:
            self.save_as(then)
        elif self._write(self._store.path) and then is not None:
            then()

    def save_as(self, then: Then | None = None) -> None:
        """Asks where to save."""

        def chosen(path: Path) -> None:
            if not path.name.endswith(".json"):
                path = path.with_name(path.name + SUFFIX)
            if self._write(path) and then is not None:
                then()

        kinds = self.tr("CNN Studio networks (*{suffix})").format(suffix=SUFFIX)
        suggested = self._store.path or Path.home() / f"{file_stem(self._store.document)}{SUFFIX}"
        self.dialogs.save_file(self.tr("Save the network"), kinds, suggested, chosen)

    def _write(self, path: Path) -> bool:
        if not self._put(path, write_document(self._store.document)):
            return False
        self._store.mark_saved(path)
        remember_file(path)
        return True

    def may_replace(self, then: Then) -> None:
        """Goes on at once, or after the person has decided about unsaved changes; not at all on Cancel."""
        if not self._store.modified:
            then()
            return

        def answered(answer: str) -> None:
            if answer == "save":
                self.save(then)
            elif answer == "discard":
                then()

        title = self.tr("Save the changes to “{name}”?").format(name=self._store.document.name)
        choices = (
            Choice("save", self.tr("Save")),
            Choice("discard", self.tr("Don’t save"), QMessageBox.ButtonRole.DestructiveRole),
            Choice("cancel", self.tr("Cancel"), QMessageBox.ButtonRole.RejectRole),
        )
        self.dialogs.ask(title, self.tr("Otherwise they are lost."), choices, answered)

    # --- exporting

    def export_model(self) -> None:
        """Asks where, then writes the network as Python."""
        from cnnstudio.codegen import generate

        self._export("model", self.tr("Export the model"), lambda document: generate(document).source)

    def export_script(self) -> None:
        """Asks where, then writes a script that trains the network by itself."""
        from cnnstudio.codegen import script

        self._export("train", self.tr("Export a training script"), script)

    def _export(self, prefix: str, title: str, make: Callable[[Document], str]) -> None:
        from cnnstudio.codegen import CannotGenerate

        try:
            source = make(self._store.document)
        except CannotGenerate as error:
            self.failed.emit(str(error))
            return

        def chosen(path: Path) -> None:
            path = path if path.suffix else path.with_suffix(".py")
            if self._put(path, source):
                self.told.emit(self.tr("Exported to {path}.").format(path=path))

        folder = self._store.path.parent if self._store.path else Path.home()
        stem = file_stem(self._store.document).replace("-", "_")
        suggested = folder / (f"{stem}.py" if prefix == "model" else f"{prefix}_{stem}.py")
        self.dialogs.save_file(title, self.tr("Python files (*.py)"), suggested, chosen)

    def _put(self, path: Path, text: str) -> bool:
        try:
            write_text(path, text)
        except OSError as error:
            sentence = self.tr("{path} could not be written: {reason}.")
            self.failed.emit(sentence.format(path=path, reason=error.strerror or error))
            return False
        return True


def file_stem(document: Document) -> str:
    """The document's name as the beginning of a file name."""
    words = "".join(letter if letter.isalnum() else " " for letter in document.name.lower()).split()
    return "-".join(words)[:60] or "network"
