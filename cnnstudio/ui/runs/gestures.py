"""What hands can do in Runs that no button and no menu says."""

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QKeySequence

from cnnstudio.ui.gesture import Gesture

FILTER = QKeySequence.StandardKey.Find
LEAVE_FILTER = "Escape"
LOOK_AGAIN = QKeySequence.StandardKey.Refresh


def gestures() -> tuple[Gesture, ...]:
    """In the order in which they are listed."""

    def tr(text: str) -> str:
        return QCoreApplication.translate("RunGestures", text)

    act = Gesture
    return (
        act("table_card", tr("Filter the runs"), (FILTER,)),
        act("table_card", tr("Show all runs again"), (LEAVE_FILTER,)),
        act("workspace", tr("Read the runs again"), (LOOK_AGAIN,)),
        act("table", tr("Open the run in Build"), ("Enter",)),
        act("table", tr("Show the repeats of a group, or hide them"), ("Space",)),
        act("fact_tree", tr("Copy a fact about the run"), (QKeySequence.StandardKey.Copy,)),
        act("table", tr("Open a run, or unfold a group"), hand=tr("double click")),
        act("table", tr("Compare several runs"), ("Ctrl",), tr("click")),
        act("table", tr("Select all runs up to this one"), ("Shift",), tr("click")),
        act("table_card", tr("All that can be done with the runs"), hand=tr("right click")),
        act("table", tr("Sort by a column"), hand=tr("click its title")),
        act("table", tr("Move a column"), hand=tr("drag its title")),
        act("table", tr("Choose the columns"), hand=tr("right click a title")),
        act("overlay_plot", tr("Read the values of an epoch"), hand=tr("point into a plot")),
    )
