"""What hands can do in Inspect that no button and no menu says."""

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QKeySequence

from cnnstudio.ui.gesture import Gesture

PAGE_BACK, PAGE_FORWARD = "PgUp", "PgDown"
LEAVE_MAP = "Escape"


def gestures() -> tuple[Gesture, ...]:
    """In the order in which they are listed."""
    return (*_keys(), *_on_pictures(), *_on_health())


def _tr(text: str) -> str:
    return QCoreApplication.translate("InspectGestures", text)


def _keys() -> tuple[Gesture, ...]:
    act = Gesture
    paste = QKeySequence.StandardKey.Paste
    return (
        act("workspace", _tr("The test image before, the next one"), ("Left", "Right")),
        act("workspace", _tr("Look at a picture that was copied"), (paste,)),
        act("tile_grid", _tr("Go through maps, filters and images"), ("Left", "Right", "Up", "Down")),
        act("tile_grid", _tr("Enlarge a map, open an image"), ("Enter",)),
        act("captioned_tiles", _tr("The first image of a list, the last one"), ("Home", "End")),
        act("enlarged_map", _tr("The map before, the next one"), ("Left", "Right")),
        act("maps_card", _tr("Back to all maps"), (LEAVE_MAP,)),
        act("pager", _tr("The page before, the next one"), (PAGE_BACK, PAGE_FORWARD)),
        act(
            "confusion", _tr("Go through the cells of the confusion matrix"), ("Left", "Right", "Up", "Down")
        ),
        act("drawing_pad", _tr("Move the pen of the drawing pad"), ("Left", "Right", "Up", "Down")),
        act("drawing_pad", _tr("Put the pen down, or lift it"), ("Space",)),
        act("drawing_pad", _tr("Clear the drawing"), ("Del",)),
    )


def _on_pictures() -> tuple[Gesture, ...]:
    act = Gesture
    return (
        act("workspace", _tr("Look at a picture of yours"), hand=_tr("drop its file on the window")),
        act("tile_grid", _tr("Enlarge a map"), hand=_tr("click it")),
        act("picture_view", _tr("Read the value of a pixel"), hand=_tr("point at it")),
        act("tile_grid", _tr("See what a filter or an image is"), hand=_tr("hold the pointer over it")),
        act("confusion", _tr("See the images of a cell"), hand=_tr("click the cell")),
        act("drawing_pad", _tr("Draw"), hand=_tr("drag")),
        act("drawing_pad", _tr("Wipe"), hand=_tr("drag with the right button")),
    )


def _on_health() -> tuple[Gesture, ...]:
    act = Gesture
    return (
        act("spread_list", _tr("Another block, another moment"), ("Up", "Down", "Left", "Right")),
        act("spread_list", _tr("Go through the training"), hand=_tr("drag along a strip")),
        act("spread_ridges", _tr("Go to a moment"), hand=_tr("click its ridge")),
        act("spread_ridges", _tr("The moment before, the next one, on the ridges"), ("Up", "Down")),
        act("flow_bars", _tr("Choose a block"), hand=_tr("click its bar")),
        act("flow_bars", _tr("The block before, the next one, on the bars"), ("Left", "Right")),
        act("health_lines", _tr("Choose a block and a moment"), hand=_tr("click its line")),
    )
