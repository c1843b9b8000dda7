"""What hands can do on the start page that no button says."""

from PySide6.QtCore import QCoreApplication

from cnnstudio.ui.gesture import Gesture


def gestures() -> tuple[Gesture, ...]:
    """In the order in which they are listed."""

    def tr(text: str) -> str:
        return QCoreApplication.translate("StartGestures", text)

    act = Gesture
    return (
        act("page", tr("Go from card to card"), ("Left", "Right", "Up", "Down")),
        act("card", tr("Open the network of a card"), ("Enter",)),
    )
