"""Dialogs that answer by themselves, as a person would."""

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtPrintSupport import QPrinter
from PySide6.QtWidgets import QWidget

from cnnstudio.ui.dialogs import Choice, Chosen, Dialogs


class FakeDialogs(Dialogs):
    """Gives the answers and files that a test has laid out; keeps what was asked and told."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.answer = ""
        self.file: Path | None = None
        self.count: int | None = None
        self.asked: list[str] = []
        self.told: list[tuple[str, str]] = []

    def ask(self, title: str, text: str, choices: Sequence[Choice], answered: Callable[[str], None]) -> None:
        self.asked.append(title)
        answered(self.answer or choices[-1].key)

    def tell(self, title: str, text: str, detail: str = "") -> None:
        self.told.append((text, detail))

    def number(
        self, title: str, text: str, value: int, least: int, most: int, answered: Callable[[int], None]
    ) -> None:
        self.asked.append(title)
        if self.count is not None:
            answered(max(least, min(most, self.count)))

    def open_file(self, title: str, kinds: str, chosen: Chosen) -> None:
        self._choose(title, chosen)

    def open_folder(self, title: str, chosen: Chosen) -> None:
        self._choose(title, chosen)

    def save_file(self, title: str, kinds: str, suggested: Path, chosen: Chosen) -> None:
        self._choose(title, chosen)

    def print(self, title: str, printer: QPrinter, accepted: Callable[[], None]) -> None:
        self.asked.append(title)
        if self.file is not None:
            printer.setOutputFileName(str(self.file))
            accepted()

    def _choose(self, title: str, chosen: Chosen) -> None:
        self.asked.append(title)
        if self.file is not None:
            chosen(self.file)
