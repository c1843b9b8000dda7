"""Cards are made one in a turn of the event loop, so that Inspect opens without holding the window up."""

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from cnnstudio.ui.inspect.compare_side import CompareSide
from cnnstudio.ui.inspect.later import Later, Turns
from cnnstudio.ui.inspect.look_card import LookCard
from cnnstudio.ui.inspect.workspace import InspectWorkspace
from cnnstudio.ui.main_window import MainWindow


def test_one_widget_a_turn_and_at_once_for_who_asks(qtbot: QtBot) -> None:
    page = QWidget()
    qtbot.addWidget(page)
    turns, column = Turns(page), QVBoxLayout(page)
    made: list[str] = []
    beats: list[int] = []
    beat = QTimer(page, interval=0)
    beat.timeout.connect(lambda: beats.append(len(made)))

    def place(name: str) -> Later[QLabel]:
        def make(parent: QWidget) -> QLabel:
            made.append(name)
            return QLabel(name, parent)

        found = Later(turns, make, page)
        column.addWidget(found)
        return found

    places = [place(name) for name in "abcd"]
    assert not made, "nobody looks yet"
    page.show()
    assert not made, "the window is shown first"
    beat.start()
    assert places[2].widget().text() == "c", "who asks does not wait"
    qtbot.waitUntil(lambda: len(made) == 4)
    assert made == ["c", "a", "b", "d"]
    assert {2, 3} <= set(beats), "between two of them the window goes on"
    qtbot.waitUntil(lambda: all(one.made is not None and one.made.isVisible() for one in places))
    beat.stop()


def test_inspect_opens_before_its_cards_are_made(run: str, window: MainWindow, qtbot: QtBot) -> None:
    window.show_workspace("inspect")
    inspect = window.work.make_inspect()
    assert inspect.isVisible()
    assert not inspect.findChildren(LookCard)
    qtbot.waitUntil(lambda: len(_seen(inspect)) == 5)
    assert len(inspect.findChildren(LookCard)) == 5, "other pages are not made for nothing"
    inspect.show_page("compare")
    assert not inspect.findChildren(CompareSide)
    qtbot.waitUntil(lambda: len(_seen(inspect)) == 3)
    qtbot.waitUntil(
        lambda: all(side.bars.lines for side in inspect.findChildren(CompareSide)), timeout=30_000
    )


def _seen(inspect: InspectWorkspace) -> list[LookCard]:
    return [card for card in inspect.findChildren(LookCard) if card.isVisible()]
