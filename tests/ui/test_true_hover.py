"""Buttons of the header do not stay lit when a dialog that they opened has closed."""

from PySide6.QtCore import QCoreApplication, QPoint, QPointF, Qt
from PySide6.QtGui import QCursor, QEnterEvent
from PySide6.QtWidgets import QAbstractButton, QMessageBox, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from cnnstudio.ui.dialogs import Choice, Dialogs
from cnnstudio.ui.main_window import MainWindow


def point_at(widget: QWidget) -> None:
    """What comes last before a menu or a dialog takes the mouse away."""
    place = QPointF(widget.rect().center())
    QCoreApplication.sendEvent(widget, QEnterEvent(place, place, QPointF(widget.mapToGlobal(place))))
    assert widget.underMouse()


def away(window: MainWindow) -> None:
    QCursor.setPos(window.mapToGlobal(QPoint(window.width() // 2, window.height() - 40)))


def test_a_dialog_takes_the_pointer_from_every_button(qtbot: QtBot, window: MainWindow) -> None:
    buttons = [b for b in window.header.findChildren(QAbstractButton) if b.isVisible()]
    assert {"presetButton", "fileButton", "saveButton", "trainButton"} <= {b.objectName() for b in buttons}
    away(window)
    for button in buttons:
        point_at(button)
    answers: list[str] = []
    Dialogs(window).ask("Save?", "It is changed.", (Choice("yes", "Yes"), Choice("no", "No")), answers.append)
    assert not [button.objectName() for button in buttons if button.underMouse()]
    box = window.findChild(QMessageBox, "questionDialog")
    assert box is not None
    qtbot.keyClick(box, Qt.Key.Key_Escape)
    assert answers == ["no"]
    assert not [button.objectName() for button in buttons if button.underMouse()]


def test_a_menu_that_closes_gives_the_button_back_to_the_pointer(qtbot: QtBot, window: MainWindow) -> None:
    button = window.header.findChild(QPushButton, "presetButton")
    assert button is not None
    away(window)
    point_at(button)
    window.presets.popup(button.mapToGlobal(button.rect().bottomLeft()))
    window.presets.close()
    qtbot.waitUntil(lambda: not button.underMouse())
    # Where the pointer is on the button still, it stays lit.
    QCursor.setPos(button.mapToGlobal(button.rect().center()))
    point_at(button)
    window.presets.popup(button.mapToGlobal(button.rect().bottomLeft()))
    window.presets.close()
    qtbot.wait(20)
    assert button.underMouse()
