"""A card about the verdicts over all test images, which are asked for once for all of them."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable
from pathlib import Path

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget

from cnnstudio.app.inspect_verdicts import TestVerdicts
from cnnstudio.core.looks import Judged
from cnnstudio.ui.inspect.look_card import LookCard
from cnnstudio.ui.inspect.room import Room

Rows = Iterable[Iterable[object]]


class VerdictCard(LookCard):
    """A subclass shows them (`show_judged`)."""

    def __init__(self, room: Room, verdicts: TestVerdicts, name: str, parent: QWidget | None = None) -> None:
        super().__init__(room, name, "", "", parent)
        self.verdicts = verdicts
        verdicts.changed.connect(self._on_verdicts)
        verdicts.progressed.connect(self._on_progress)

    def show_judged(self, judged: Judged) -> None:
        """There are verdicts."""

    def look(self) -> None:
        """Asks where nobody has asked yet."""
        self.verdicts.want()
        self._on_verdicts()

    @Slot()
    def look_anew(self) -> None:
        """A person wants it once more."""
        self.verdicts.again()

    @Slot()
    def call_off(self) -> None:
        """The person does not want to wait."""
        self.verdicts.call_off()

    def save_table(self, rows: Callable[[Judged], Rows], name: str) -> None:
        """Asks where, then saves what follows from the verdicts as CSV."""
        judged = self.verdicts.judged
        if judged is None:
            self.room.fail(self.tr("There are no verdicts to save yet."))
            return

        def picked(path: Path) -> None:
            path = path if path.suffix else path.with_suffix(".csv")
            try:
                with path.open("w", newline="", encoding="utf-8") as file:
                    csv.writer(file).writerows(rows(judged))
            except OSError as error:
                text = self.tr("{path} could not be written ({reason}): choose another folder.")
                self.room.fail(text.format(path=path, reason=error.strerror))
            else:
                self.room.tell(self.tr("Saved as {path}.").format(path=path))

        kinds = self.tr("Tables (*.csv)")
        self.room.dialogs.save_file(self.tr("Save the table"), kinds, Path.home() / f"{name}.csv", picked)

    @Slot()
    def _on_verdicts(self) -> None:
        verdicts = self.verdicts
        self.wait.setVisible(verdicts.waiting)
        if verdicts.judged is not None:
            self.show_view()
            self.show_judged(verdicts.judged)
        elif verdicts.trouble is not None:
            self.say(verdicts.trouble.sentence, again=not verdicts.trouble.lasting)
        else:
            self.say(self.tr("Looking at all test images …"))
            if self.isVisible() and not verdicts.waiting:
                verdicts.want()
            elif not verdicts.waiting:
                self._stale = True

    @Slot(int, int)
    def _on_progress(self, done: int, total: int) -> None:
        self.bar.setRange(0, total)
        self.bar.setValue(done)
