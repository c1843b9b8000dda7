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
    assert build.canvas.accessibleDescription() == (
        "Conv2d 16 filters 3×3, stride 1 · padding 1 · no bias, output 32×32×16, 432 params, 442 K MACs"
    )


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
