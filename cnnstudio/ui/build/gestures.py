"""What hands can do in Build that no button and no menu says."""

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QKeySequence

from cnnstudio.ui.gesture import Gesture

INSERT_HERE = "/"
SEARCH = QKeySequence.StandardKey.Find
TO_CANVAS = "Escape"


def gestures() -> tuple[Gesture, ...]:
    """In the order in which they are listed."""
    return (*_keys(), *_on_blocks(), *_on_the_view())


def _tr(text: str) -> str:
    return QCoreApplication.translate("BuildGestures", text)


def _keys() -> tuple[Gesture, ...]:
    act = Gesture
    return (
        act("workspace", _tr("Insert a block here: type its name"), (INSERT_HERE,)),
        act("workspace", _tr("Search the palette"), (SEARCH,)),
        act("canvas_keys", _tr("Walk along the stack"), ("Up", "Down")),
        act("canvas_keys", _tr("Go out of a block, and into it"), ("Left", "Right")),
        act("canvas_keys", _tr("Select one block more, or one less"), ("Shift+Up", "Shift+Down")),
        act("canvas_keys", _tr("Go to the input, and to the output"), ("Home", "End")),
        act("canvas_keys", _tr("Change the parameters of the block"), ("Enter",)),
        act("workspace", _tr("Back from the parameters to the canvas"), (TO_CANVAS,)),
        act("canvas", _tr("Give up a drag"), ("Escape",)),
        act("problem_list", _tr("Go to the block of a problem"), ("Enter",)),
        act("code_pane", _tr("Select the block of the line of code"), ("Enter",)),
    )


def _on_blocks() -> tuple[Gesture, ...]:
    act = Gesture
    return (
        act("palette", _tr("Insert a block behind the selected one"), hand=_tr("click it in the palette")),
        act("canvas", _tr("Insert a block where you like"), hand=_tr("drag it out of the palette")),
        act("canvas", _tr("Move the selected blocks"), hand=_tr("drag one of them")),
        act(
            "spring_fold", _tr("Put them into a collapsed block"), hand=_tr("hold them over it for a moment")
        ),
        act("canvas", _tr("Add a block to the selection, or take it out"), ("Ctrl",), _tr("click")),
        act("canvas", _tr("Select all blocks up to this one"), ("Shift",), _tr("click")),
        act("rubber_band", _tr("Select the blocks in a rectangle"), ("Shift",), _tr("drag on the ground")),
        act("canvas", _tr("Collapse a block, or expand it"), hand=_tr("double click")),
        act("canvas", _tr("All that can be done with the selection"), hand=_tr("right click")),
        act("code_pane", _tr("Select the block of a line of code"), hand=_tr("click the line")),
    )


def _on_the_view() -> tuple[Gesture, ...]:
    act = Gesture
    return (
        act("viewport_input", _tr("Zoom"), ("Ctrl",), _tr("turn the wheel")),
        act("viewport_input", _tr("Zoom"), hand=_tr("pinch with two fingers")),
        act("viewport_input", _tr("Full size, or the whole network"), hand=_tr("tap twice with two fingers")),
        act("viewport_input", _tr("Move the view"), hand=_tr("drag the ground or the middle button")),
        act("viewport_input", _tr("Move the view from anywhere"), ("Space",), _tr("drag")),
        act("viewport_input", _tr("Move the view sideways"), ("Shift",), _tr("turn the wheel")),
        act("minimap", _tr("Go to a place of a tall network"), hand=_tr("click or drag in the small map")),
    )
