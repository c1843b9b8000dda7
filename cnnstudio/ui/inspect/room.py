"""What every card of Inspect is given."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from cnnstudio.app.inspection import Inspection
from cnnstudio.ui.dialogs import Dialogs
from cnnstudio.ui.documents import Documents


@dataclass(frozen=True, slots=True)
class Room:
    """What is looked at, how to ask the person, and how to tell something."""

    inspection: Inspection
    documents: Documents
    tell: Callable[[str], None]
    fail: Callable[[str], None]

    @property
    def dialogs(self) -> Dialogs:
        """Those of the window, also where a test has put its own there."""
        return self.documents.dialogs
