"""The Export menu's diagrams, from the window."""

from pathlib import Path

import pytest
from PySide6.QtGui import QAction, QImage
from PySide6.QtPrintSupport import QPrintDialog
from PySide6.QtWidgets import QMenu

from cnnstudio.ui.dialogs import Dialogs
from cnnstudio.ui.main_window import MainWindow
from tests.fake_dialogs import FakeDialogs

HEADS = {"Svg": b"<?xml", "Png": b"\x89PNG", "Pdf": b"%PDF"}


def action(window: MainWindow, name: str) -> QAction:
    found = window.findChild(QAction, name)
    assert isinstance(found, QAction)
    return found


@pytest.mark.parametrize("kind", HEADS)
def test_a_diagram_is_written_where_the_person_says(
    window: MainWindow, dialogs: FakeDialogs, tmp_path: Path, kind: str
) -> None:
    window.load_preset("cifar10-first-cnn")
    dialogs.file = tmp_path / "mine"
    action(window, f"export{kind}Action").trigger()
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
    window: MainWindow, dialogs: FakeDialogs, tmp_path: Path
) -> None:
    window.load_preset("cifar10-first-cnn")
    blocked = tmp_path / "file"
    blocked.write_text("here")
    dialogs.file = blocked / "diagram.svg"
    action(window, "exportSvgAction").trigger()
    assert "could not be written" in window.notice.text
    assert blocked.read_text() == "here"


def test_printing_puts_the_network_on_one_page(
    window: MainWindow, dialogs: FakeDialogs, tmp_path: Path
) -> None:
    window.load_preset("resnet50")
    dialogs.file = tmp_path / "printed.pdf"
    action(window, "printAction").trigger()
    assert dialogs.asked == ["Print the diagram"]
    pdf = dialogs.file.read_bytes()
    assert pdf.startswith(b"%PDF")
    assert pdf.count(b"/Type /Page\n") == 1
    assert "sent to the printer" in window.notice.text


def test_what_is_collapsed_on_the_canvas_is_so_in_the_picture(
    window: MainWindow, dialogs: FakeDialogs, tmp_path: Path
) -> None:
    window.load_preset("resnet50")
    dialogs.file = tmp_path / "open.png"
    action(window, "exportPngAction").trigger()
    window.work.build.canvas.network.fold([node.id for node in window.document().body if node.stacks], True)
    dialogs.file = tmp_path / "folded.png"
    action(window, "exportPngAction").trigger()
    assert QImage(str(dialogs.file)).height() < QImage(str(tmp_path / "open.png")).height() / 2


@pytest.mark.parametrize("answer", ["accept", "reject"])
def test_the_real_dialog_asks_for_a_printer(window: MainWindow, tmp_path: Path, answer: str) -> None:
    window.load_preset("cifar10-first-cnn")
    window.work.diagrams.dialogs = Dialogs(window)
    action(window, "printAction").trigger()
    dialog = window.findChild(QPrintDialog)
    assert dialog is not None
    assert dialog.windowTitle() == "Print the diagram"
    printed = tmp_path / "printed.pdf"
    dialog.printer().setOutputFileName(str(printed))
    dialog.done(1 if answer == "accept" else 0)
    assert printed.exists() == (answer == "accept")
