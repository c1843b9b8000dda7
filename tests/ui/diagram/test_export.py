"""The Export menu's diagrams, from the window."""

import time
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtGui import QAction, QImage
from PySide6.QtPrintSupport import QPrintDialog
from PySide6.QtWidgets import QApplication, QMenu, QPushButton
from pytestqt.qtbot import QtBot

from cnnstudio.ui.dialogs import Dialogs
from cnnstudio.ui.main_window import MainWindow
from cnnstudio.ui.theme import apply_theme, tokens
from tests.big_networks import unrolled
from tests.fake_dialogs import FakeDialogs

HEADS = {"Svg": b"<?xml", "Png": b"\x89PNG", "Pdf": b"%PDF"}


def action(window: MainWindow, name: str) -> QAction:
    found = window.findChild(QAction, name)
    assert isinstance(found, QAction)
    return found


def export(qtbot: QtBot, window: MainWindow, kind: str) -> None:
    """Chooses the entry of the menu and waits until it is done."""
    action(window, f"export{kind}Action").trigger()
    qtbot.waitUntil(lambda: not window.work.diagrams.busy)


@pytest.mark.parametrize("kind", HEADS)
def test_a_diagram_is_written_where_the_person_says(
    qtbot: QtBot, window: MainWindow, dialogs: FakeDialogs, tmp_path: Path, kind: str
) -> None:
    window.load_preset("cifar10-first-cnn")
    dialogs.file = tmp_path / "mine"
    export(qtbot, window, kind)
    made = tmp_path / f"mine.{kind.lower()}"
    assert made.read_bytes().startswith(HEADS[kind])
    assert [path.name for path in tmp_path.iterdir()] == [made.name], "nothing else is left"
    assert str(made) in window.notice.text
    assert not window.isWindowModified()


def test_the_menu_offers_them(window: MainWindow) -> None:
    menu = window.findChild(QMenu, "exportMenu")
    assert menu is not None
    names = [item.objectName() for item in menu.actions()]
    assert [f"export{kind}Action" for kind in HEADS] == names[-4:-1]
    assert names[-1] == "printAction"


def test_a_file_that_cannot_be_written_is_told_in_one_sentence(
    qtbot: QtBot, window: MainWindow, dialogs: FakeDialogs, tmp_path: Path
) -> None:
    window.load_preset("cifar10-first-cnn")
    blocked = tmp_path / "file"
    blocked.write_text("here")
    dialogs.file = blocked / "diagram.svg"
    export(qtbot, window, "Svg")
    assert "could not be written" in window.notice.text
    assert blocked.read_text() == "here"


def test_printing_puts_the_network_on_one_page(
    qtbot: QtBot, window: MainWindow, dialogs: FakeDialogs, tmp_path: Path
) -> None:
    window.load_preset("resnet50")
    dialogs.file = tmp_path / "printed.pdf"
    action(window, "printAction").trigger()
    qtbot.waitUntil(lambda: not window.work.diagrams.busy)
    assert dialogs.asked == ["Print the diagram"]
    pdf = dialogs.file.read_bytes()
    assert pdf.startswith(b"%PDF")
    assert pdf.count(b"/Type /Page\n") == 1
    assert "sent to the printer" in window.notice.text


def test_what_is_collapsed_on_the_canvas_is_so_in_the_picture(
    qtbot: QtBot, window: MainWindow, dialogs: FakeDialogs, tmp_path: Path
) -> None:
    window.load_preset("resnet50")
    dialogs.file = tmp_path / "open.png"
    export(qtbot, window, "Png")
    window.work.build.canvas.network.fold([node.id for node in window.document().body if node.stacks], True)
    dialogs.file = tmp_path / "folded.png"
    export(qtbot, window, "Png")
    assert QImage(str(dialogs.file)).height() < QImage(str(tmp_path / "open.png")).height() / 2


@pytest.mark.parametrize("answer", ["accept", "reject"])
def test_the_real_dialog_asks_for_a_printer(
    qtbot: QtBot, window: MainWindow, tmp_path: Path, answer: str
) -> None:
    window.load_preset("cifar10-first-cnn")
    window.work.diagrams.dialogs = Dialogs(window)
    action(window, "printAction").trigger()
    dialog = window.findChild(QPrintDialog)
    assert dialog is not None
    assert dialog.windowTitle() == "Print the diagram"
    printed = tmp_path / "printed.pdf"
    dialog.printer().setOutputFileName(str(printed))
    dialog.done(1 if answer == "accept" else 0)
    qtbot.waitUntil(lambda: not window.work.diagrams.busy)
    assert printed.exists() == (answer == "accept")


class Beats:
    """A clock in the window: the longest it stood still."""

    def __init__(self, window: MainWindow) -> None:
        self.count, self.worst, self._last = 0, 0.0, time.perf_counter()
        self.timer = QTimer(window)
        self.timer.timeout.connect(self._beat)
        self.timer.start(2)

    def _beat(self) -> None:
        now = time.perf_counter()
        self.count, self.worst, self._last = self.count + 1, max(self.worst, now - self._last), now


def test_a_huge_picture_does_not_hold_the_window_up(
    qtbot: QtBot, window: MainWindow, dialogs: FakeDialogs, tmp_path: Path
) -> None:
    window.work.store.load(unrolled("resnet101"))
    dialogs.file = tmp_path / "huge.png"
    told: list[str] = []
    window.work.diagrams.progressed.connect(lambda share: told.append(window.notice.text))
    beats, begin = Beats(window), time.perf_counter()
    action(window, "exportPngAction").trigger()
    window.work.store.load(unrolled("resnet18"))  # what is drawn is the network as it was
    qtbot.waitUntil(lambda: not window.work.diagrams.busy, timeout=30_000)
    took = time.perf_counter() - begin
    beats.timer.stop()
    assert any("%" in text for text in told)
    assert QImage(str(dialogs.file)).height() > 10_000
    assert "Exported" in window.notice.text
    assert beats.count > 50
    assert beats.worst < max(0.25, took / 5), f"stood still {beats.worst:.3f} s of {took:.1f} s"


def test_a_huge_picture_can_be_given_up(
    qtbot: QtBot, window: MainWindow, dialogs: FakeDialogs, tmp_path: Path
) -> None:
    window.work.store.load(unrolled("resnet101"))
    dialogs.file = tmp_path / "huge.png"
    dialogs.file.write_text("as it was")
    action(window, "exportPngAction").trigger()
    qtbot.waitUntil(lambda: window.findChild(QPushButton, "cancelExport") is not None)
    action(window, "exportSvgAction").trigger()
    assert "still being drawn" in window.notice.text
    window.work.diagrams.cancel()
    qtbot.waitUntil(lambda: not window.work.diagrams.busy, timeout=30_000)
    qtbot.wait(20)
    assert dialogs.file.read_text() == "as it was"
    assert [path.name for path in tmp_path.iterdir()] == ["huge.png"]
    dialogs.file = tmp_path / "small.svg"
    export(qtbot, window, "Svg")
    assert dialogs.file.exists()


def test_the_button_gives_it_up(
    qtbot: QtBot, window: MainWindow, dialogs: FakeDialogs, tmp_path: Path
) -> None:
    window.work.store.load(unrolled("resnet101"))
    dialogs.file = tmp_path / "huge.png"
    action(window, "exportPngAction").trigger()
    qtbot.waitUntil(lambda: window.findChild(QPushButton, "cancelExport") is not None)
    button = window.findChild(QPushButton, "cancelExport")
    assert button is not None
    button.click()
    assert window.notice.text == ""
    qtbot.waitUntil(lambda: not window.work.diagrams.busy, timeout=30_000)
    assert not dialogs.file.exists()


def test_closing_the_window_gives_it_up(window: MainWindow, dialogs: FakeDialogs, tmp_path: Path) -> None:
    window.work.store.load(unrolled("resnet50"))
    dialogs.file = tmp_path / "huge.png"
    action(window, "exportPngAction").trigger()
    assert window.work.diagrams.busy
    assert window.close()
    assert not window.work.diagrams.busy
    assert not dialogs.file.exists()


def test_the_window_keeps_its_colours_while_a_picture_is_drawn(
    qtbot: QtBot, window: MainWindow, dialogs: FakeDialogs, tmp_path: Path, qapp: QApplication
) -> None:
    apply_theme(qapp, "dark")
    window.work.store.load(unrolled("resnet50"))
    dialogs.file = tmp_path / "huge.svg"
    seen: set[bool] = set()
    timer = QTimer(window)
    timer.timeout.connect(lambda: seen.add(tokens().dark))
    timer.start(1)
    export(qtbot, window, "Svg")
    timer.stop()
    apply_theme(qapp, "light")
    assert seen == {True}
