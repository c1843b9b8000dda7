"""Whoever cannot see the window can still find every control; whoever has no mouse can undo from a field."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QComboBox,
    QGraphicsView,
    QLineEdit,
    QPlainTextEdit,
    QSpinBox,
    QWidget,
)
from pytestqt.qtbot import QtBot

from cnnstudio.app.store import INPUT_ID, OUTPUT_ID
from cnnstudio.core.edits import change
from cnnstudio.ui.build import BuildWorkspace

_CONTROLS = (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QComboBox,
    QGraphicsView,
    QLineEdit,
    QPlainTextEdit,
)


def _inner_part(widget: QWidget) -> bool:
    """The text of a spin box, the button in a search field, the list of a combo box."""
    around = widget.parentWidget()
    if widget.objectName().startswith("qt_") or isinstance(around, QAbstractSpinBox | QLineEdit):
        return True
    return around is not None and isinstance(around.parentWidget(), QComboBox)


@pytest.mark.parametrize(
    "selection", [(), ("b1",), ("b4",), ("b10",), (INPUT_ID,), (OUTPUT_ID,), ("b1", "b2"), ("b1", "b5")]
)
def test_every_control_has_a_name_and_says_what_it_is(
    build: BuildWorkspace, selection: tuple[str, ...]
) -> None:
    build.show_code()
    build.store.select(selection)
    controls = [w for w in build.findChildren(QWidget) if isinstance(w, _CONTROLS) and not _inner_part(w)]
    assert len(controls) > 10
    assert [w for w in controls if not w.objectName()] == []
    assert [w.objectName() for w in controls if not w.accessibleName()] == []


def test_the_canvas_reads_the_selected_block_out(build: BuildWorkspace) -> None:
    build.store.select(("b1",))
    canvas = build.canvas
    assert canvas.accessibleName() == "Conv2d, 16 filters 3 by 3, output 32 by 32 by 16"
    assert canvas.accessibleDescription() == "stride 1, padding 1, no bias, 432 params, 442 K MACs"
    build.store.apply("Filters", change(build.store.document, "b1", out_channels=8, kernel_size=(3, 5)))
    assert canvas.accessibleName() == "Conv2d, 8 filters 3 by 5, output 32 by 30 by 8"
    build.store.undo()
    build.store.select(("b3",))
    assert canvas.accessibleName() == "Repeat, 2 times, output 32 by 32 by 16"
    build.canvas.network.fold(["b3"], True)
    assert canvas.accessibleName() == "Repeat, 2 times, output 32 by 32 by 16, collapsed"
    build.store.select(("b10",))
    assert canvas.accessibleName().endswith("problem: needs a flat input, got 32 by 32 by 16")
    build.store.select(("b1", "b2"))
    assert canvas.accessibleName() == "2 blocks"
    assert canvas.accessibleDescription().startswith("Conv2d, 16 filters 3 by 3")
    build.store.select(())
    assert canvas.accessibleName() == "Network"


def test_undo_in_a_field_is_the_window_s(qtbot: QtBot, build: BuildWorkspace) -> None:
    undo = QAction("Undo", build)
    undo.setShortcut(QKeySequence(QKeySequence.StandardKey.Undo))
    undo.triggered.connect(build.store.undo)
    build.addAction(undo)
    build.activateWindow()
    build.store.select(("b1",))
    page = build.inspector.page
    assert page is not None
    spin = page.findChild(QSpinBox, "field-out_channels")
    assert spin is not None
    spin.setFocus()
    qtbot.keyClick(spin, Qt.Key.Key_Up)
    assert spin.value() == 17
    qtbot.keyClick(spin, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert spin.value() == 16
    assert not build.store.undo_stack.canUndo()
