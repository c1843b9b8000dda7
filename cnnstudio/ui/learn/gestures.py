"""What hands can do in Learn that no button and no menu says."""

from PySide6.QtCore import QCoreApplication

from cnnstudio.ui.gesture import Gesture

STEP_BACK, STEP_FORWARD = "Ctrl+Left", "Ctrl+Right"


def gestures() -> tuple[Gesture, ...]:
    """In the order in which they are listed."""

    def tr(text: str) -> str:
        return QCoreApplication.translate("LearnGestures", text)

    act = Gesture
    return (
        act("workspace", tr("Play the steps, or hold"), ("Space",)),
        act("workspace", tr("The step before, the next one"), ("Left", "Right")),
        act("player", tr("The same, from any field"), (STEP_BACK, STEP_FORWARD)),
        act("workspace", tr("A row of the output up, or down"), ("Up", "Down")),
        act("workspace", tr("The first step, the last one"), ("Home", "End")),
        act("board", tr("Go to the step of a number"), hand=tr("click the number")),
        act("board", tr("See what a number is made of"), hand=tr("point at the number")),
        act("board", tr("Read a number with all its digits"), hand=tr("hold the pointer over it")),
    )
