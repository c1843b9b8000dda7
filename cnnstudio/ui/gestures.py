"""What hands can do everywhere in the window."""

from PySide6.QtCore import QCoreApplication

from cnnstudio.ui.gesture import Gesture


def gestures() -> tuple[Gesture, ...]:
    """In the order in which they are listed."""

    def tr(text: str) -> str:
        return QCoreApplication.translate("Gestures", text)

    act = Gesture
    return (
        act("file_drop", tr("Open a network"), hand=tr("drop its file on the window")),
        act("widgets.spin", tr("Change a number"), ("Up", "Down")),
        act("widgets.spin", tr("Change a number that was clicked"), hand=tr("turn the wheel")),
    )
