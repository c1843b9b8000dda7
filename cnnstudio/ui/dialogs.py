"""Questions to the person. They never block the event loop: the answer comes to a function.

Tests put their own answers in the place of this class.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QAbstractButton, QDialog, QFileDialog, QInputDialog, QMessageBox, QWidget

if TYPE_CHECKING:
    from PySide6.QtPrintSupport import QPrinter

Chosen = Callable[[Path], None]


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer to a question: what it is called in code and on its button."""

    key: str
    text: str
    role: QMessageBox.ButtonRole = QMessageBox.ButtonRole.AcceptRole


class Dialogs(QObject):
    """The real dialogs, modal to their window."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window

    def ask(self, title: str, text: str, choices: Sequence[Choice], answered: Callable[[str], None]) -> None:
        """Shows a question; the first choice is the default, closing it answers with the last one."""
        box = QMessageBox(self._window)
        box.setObjectName("questionDialog")
        box.setWindowTitle(title)
        box.setText(f"<b>{title}</b>")
        box.setInformativeText(text)
        box.setIcon(QMessageBox.Icon.NoIcon)
        box.setWindowModality(Qt.WindowModality.WindowModal)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        keys: dict[QAbstractButton, str] = {}
        for choice in choices:
            button = box.addButton(choice.text, choice.role)
            button.setObjectName(f"{choice.key}Answer")
            keys[button] = choice.key
        buttons = list(keys)
        box.setDefaultButton(buttons[0])  # type: ignore[call-overload]
        box.setEscapeButton(buttons[-1])
        box.finished.connect(lambda: answered(keys.get(box.clickedButton(), choices[-1].key)))
        box.open()

    def tell(self, title: str, text: str, detail: str = "") -> None:
        """Shows something to read."""
        box = QMessageBox(self._window)
        box.setObjectName("messageDialog")
        box.setWindowTitle(title)
        box.setText(text)
        box.setDetailedText(detail)
        box.setWindowModality(Qt.WindowModality.WindowModal)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.open()

    def number(
        self, title: str, text: str, value: int, least: int, most: int, answered: Callable[[int], None]
    ) -> None:
        """Asks for a whole number; no answer where it is given up."""
        dialog = QInputDialog(self._window)
        dialog.setObjectName("numberDialog")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setWindowModality(Qt.WindowModality.WindowModal)
        dialog.setInputMode(QInputDialog.InputMode.IntInput)
        dialog.setWindowTitle(title)
        dialog.setLabelText(text)
        dialog.setIntRange(least, most)
        dialog.setIntValue(value)
        dialog.intValueSelected.connect(answered)
        dialog.open()

    def open_file(self, title: str, kinds: str, chosen: Chosen) -> None:
        """Lets the person choose a file that is there."""
        dialog = self._file_dialog(title, chosen)
        dialog.setNameFilter(kinds)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.open()

    def open_folder(self, title: str, chosen: Chosen) -> None:
        """Lets the person choose a folder that is there."""
        dialog = self._file_dialog(title, chosen)
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.open()

    def save_file(self, title: str, kinds: str, suggested: Path, chosen: Chosen) -> None:
        """Lets the person name a file to write; the dialog asks before one is replaced."""
        dialog = self._file_dialog(title, chosen)
        dialog.setNameFilter(kinds)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        if suggested.parent.is_dir():
            dialog.setDirectory(str(suggested.parent))
        dialog.selectFile(suggested.name)
        dialog.open()

    def print(self, title: str, printer: "QPrinter", accepted: Callable[[], None]) -> None:
        """Lets the person choose a printer and its paper."""
        from PySide6.QtPrintSupport import QPrintDialog

        dialog = QPrintDialog(printer, self._window)
        dialog.setObjectName("printDialog")
        dialog.setWindowTitle(title)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.accepted.connect(accepted)
        QDialog.open(dialog)  # PySide hides the one without arguments behind one with two

    def _file_dialog(self, title: str, chosen: Chosen) -> QFileDialog:
        dialog = QFileDialog(self._window, title)
        dialog.setObjectName("fileDialog")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda name: chosen(Path(name)))
        return dialog
