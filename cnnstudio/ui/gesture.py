"""What hands can do that no button and no menu says.

Each workspace declares its own in its ``gestures.py``; the window of keys (F1) lists them. A test finds every
file that hears the mouse or a key and is not named there.
"""

from dataclasses import dataclass

from PySide6.QtGui import QKeySequence

Key = str | QKeySequence.StandardKey


@dataclass(frozen=True, slots=True)
class Gesture:
    """What it does, and how: keys alone, or what the hand does while one key is held."""

    code: str
    """The module beside the declaration that answers to it."""
    does: str
    keys: tuple[Key, ...] = ()
    hand: str = ""
    """What the mouse or the fingers do; empty where keys alone do it."""


def key_text(key: Key) -> str:
    """A key as the system writes it: ``Ctrl`` is ``⌘`` on a Mac."""
    native = QKeySequence.SequenceFormat.NativeText
    if key in ("Ctrl", "Shift", "Alt"):
        return QKeySequence(f"{key}+A").toString(native).removesuffix("A").removesuffix("+")
    return QKeySequence(key).toString(native)
