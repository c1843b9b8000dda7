"""The doctor in the window: undoable edits, the way to the block, a line in Train, runs on disk."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any, ClassVar

import pytest
from PySide6.QtCore import Qt, QTranslator
from PySide6.QtWidgets import QApplication, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from cnnstudio.app.examination import Examination
from cnnstudio.app.patient import has_diverged, patient_of, read_patient
from cnnstudio.app.run_history import RunHistory
from cnnstudio.app.store import DocumentStore
from cnnstudio.core.doctor import case_of
from cnnstudio.core.doctor.remedies import settings
from cnnstudio.core.document import Document
from cnnstudio.core.edits import remove
from cnnstudio.core.fileformat import read_document
from cnnstudio.core.health import BlockHealth, Health
from cnnstudio.core.messages import DataCard, Epoch, Failed, Started, Step, Tensor
from cnnstudio.core.quantity import grouped
from cnnstudio.core.requests import Job
from cnnstudio.core.settings_edits import with_settings
from cnnstudio.engine.divergence import diverged
from cnnstudio.ui.doctor_words import remedy_changes, remedy_text
from cnnstudio.ui.inspect.doctor_card import DoctorCard
from cnnstudio.ui.main_window import MainWindow
from cnnstudio.workspace.runs import RunRecord, create_run
from cnnstudio.workspace.runs.health import read_health

CONV = '{"block": "Conv2d", "out_channels": 8, "padding": 1}'


def sick() -> Document:
    """A network with a ReLU to be found dead; the first blocks are gone, so that ids are not 1, 2, 3."""
    body = f'{{"block": "Identity"}}, {CONV}, {{"block": "ReLU"}}, {CONV}, {{"block": "ReLU"}},'
    document = read_document(
        f'{{"format": "cnnstudio", "version": 1, "classes": 10, "body": [{body}{{"block": "Flatten"}},'
        '{"block": "Linear", "out_features": 10}],'
        '"input": {"height": 28, "width": 28, "channels": 1},'
        '"training": {"dataset": "fashion-mnist", "optimizer": {"name": "SGD", "lr": 0.5}}}'
    )
    return remove(document, ["b1"])


def epoch(number: int, train: float = 1.0, val: float = 1.0, accuracy: float = 0.7) -> Epoch:
    return Epoch(number, 10 * number, train, accuracy, val, accuracy, 0.5, 1.0, 1.0, 1)


def steps(count: int) -> list[Step]:
    return [Step(1 + n // 10, n + 1, 2.0 - n / count, 0.5, 0.5, 64, 0.1 * n) for n in range(count)]


def health(document: Document, dead: float, number: int = 1) -> Health:
    relu = document.body[1].id
    block = BlockHealth("relu1", relu, "ReLU", dead=dead)
    return Health(number, 10 * number, 64, 1.0, 0.5, (block,))


def started(run: str = "runs/one") -> Started:
    return Started(run, "CPU", 4, 10, 640, 100, tuple("0123456789"))


def ill(window: MainWindow, document: Document) -> None:
    """What a training says whose first ReLU died, and which begins to overfit."""
    train = window.work.train
    train.begin(Job(document=document))
    losses = [(1.0, 0.9), (0.6, 0.8), (0.4, 0.9), (0.2, 1.1), (0.1, 1.3)]
    epochs = [epoch(number, *pair) for number, pair in enumerate(losses, 1)]
    train.hear((started(), *steps(50), *epochs, health(document, 0.96, 5)))


def child(widget: QWidget, name: str) -> Any:
    found = list(widget.findChildren(QWidget, name))
    assert len(found) == 1, f"{len(found)} widgets are called {name}"
    return found[0]


@pytest.fixture
def card(qtbot: QtBot) -> DoctorCard:
    card = DoctorCard()
    qtbot.addWidget(card)
    card.resize(420, 600)
    card.show()
    return card


@pytest.fixture
def examination(qtbot: QtBot) -> Any:
    store = DocumentStore()
    store.load(sick())
    examination = Examination(store)
    yield examination
    examination.close()


def examined(
    qtbot: QtBot, examination: Examination, *messages: object, document: Document | None = None
) -> None:
    history = RunHistory()
    for message in (started(), *messages):
        history.hear(message)
    with qtbot.waitSignal(examination.changed, timeout=30_000):
        examination.look(patient_of(history, document or examination.store.document))


def test_nothing_to_worry_about_says_what_was_looked_at(
    card: DoctorCard, examination: Examination, qtbot: QtBot
) -> None:
    card.follow(examination)
    assert "start one with Train" in child(card, "doctorWell").text()
    document = examination.store.document
    examined(qtbot, examination, *steps(30), epoch(1), epoch(2, 0.5, 0.5), health(document, 0.1))
    assert child(card, "doctorWell").text() == "Nothing to worry about so far."
    said = child(card, "doctorLooked").text()
    assert said == "Looked at so far – epochs: 2 · steps: 30 · blocks: 1 · looks at them: 1"
    assert card.rows == ()
    examined(qtbot, examination, Step(1, 12_345, 1.0, 0.5, 0.5, 64, 0.1), epoch(1))
    assert grouped(12_345) in child(card, "doctorLooked").text()


class Korean(QTranslator):
    """Puts the verb last, and knows a setting by the word of the settings card."""

    words: ClassVar = {
        ("Doctor", "Set {setting} and {other} to {value}"): "{setting}·{other}: {value} 설정",
        ("Doctor", "the data set's"): "데이터셋 값",
        ("Settings", "Mean"): "평균",
        ("Settings", "Deviation"): "편차",
    }

    def translate(self, context: str, text: str, *_: object) -> str:
        return self.words.get((context, text), text)

    def isEmpty(self) -> bool:
        return False


def test_a_fix_is_whole_in_another_language(qapp: QApplication) -> None:
    case = case_of(with_settings(sick(), {"normalise.mean": (0.5,), "normalise.std": (0.5,)}))
    remedy = settings(case, normalise__mean=(), normalise__std=())
    assert remedy is not None
    korean = Korean()
    qapp.installTranslator(korean)
    try:
        assert remedy_text(remedy) == "평균·편차: 데이터셋 값 설정"
        assert remedy_changes(remedy) == "평균: 0.5 → 데이터셋 값\n편차: 0.5 → 데이터셋 값"
    finally:
        qapp.removeTranslator(korean)
    assert remedy_text(remedy) == "Set Mean and Deviation to the data set's"


def test_a_fix_is_one_step_back_and_is_not_offered_again(
    card: DoctorCard, examination: Examination, qtbot: QtBot
) -> None:
    card.follow(examination)
    store, document = examination.store, examination.store.document
    examined(qtbot, examination, epoch(1), health(document, 0.96))
    (row,) = card.rows
    assert row.sentence.text().startswith("96 % of the units of ReLU relu1 are zero")
    assert row.accessibleName().startswith("Serious: 96 %")
    assert child(card, "doctorDetail").text() == "after epoch 1 · 1 finding"
    button = child(card, "adviceFix-dead-units-1")
    assert button.text() == "Set Learning rate to 0.05   0.5 → 0.05"
    with qtbot.waitSignal(examination.changed, timeout=30_000):
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert store.document.training.optimizer.lr == 0.05
    assert store.undo_stack.undoText() == "Set Learning rate to 0.05"
    assert [b.text() for b in row.findChildren(type(button)) if "Fix" in b.objectName()][
        -1
    ] == "Replace ReLU by Leaky ReLU"
    store.undo()
    assert store.document is document


def test_the_tab_key_goes_from_finding_to_finding(
    card: DoctorCard, examination: Examination, qtbot: QtBot
) -> None:
    card.follow(examination)
    falls = [epoch(n, 1 / n, val) for n, val in enumerate((1.0, 0.5, 0.9, 1.0), 1)]
    examined(qtbot, examination, *falls)
    assert [row.rule for row in card.rows] == ["overfitting"]
    examined(qtbot, examination, *falls, health(examination.store.document, 0.96, 4))  # comes above the other
    order, widget = [], child(card, "doctorArea")
    while (widget := widget.nextInFocusChain()).objectName() != "doctorArea":
        if widget.objectName().startswith("advice") and widget.focusPolicy() & Qt.FocusPolicy.TabFocus:
            order.append(widget.objectName())
    dead, over = "dead-units", "overfitting"
    offers = [f"adviceShow-{dead}", f"adviceFix-{dead}-0", f"adviceFix-{dead}-1", f"adviceDismiss-{dead}"]
    assert order == [
        *offers,
        *(f"adviceFix-{over}-{n}" for n in range(len(order) - 5)),
        f"adviceDismiss-{over}",
    ]


def test_a_button_that_is_older_than_an_edit_keeps_the_edit(
    card: DoctorCard, examination: Examination, qtbot: QtBot
) -> None:
    card.follow(examination)
    store, document = examination.store, examination.store.document
    examined(qtbot, examination, epoch(1), health(document, 0.96))
    store.apply("Rename", document.changed(name="Mine"))
    qtbot.mouseClick(child(card, "adviceFix-dead-units-0"), Qt.MouseButton.LeftButton)
    assert store.document.name == "Mine"
    assert type(store.document.body[1].block).__name__ == "LeakyReLU"
    assert store.selection == (store.document.body[1].id,)


def test_what_is_dismissed_can_be_shown_again(
    card: DoctorCard, examination: Examination, qtbot: QtBot
) -> None:
    card.follow(examination)
    examined(qtbot, examination, epoch(1), health(examination.store.document, 0.96))
    qtbot.mouseClick(child(card, "adviceDismiss-dead-units"), Qt.MouseButton.LeftButton)
    assert card.rows == ()
    again = child(card, "doctorShowDismissed")
    assert again.text() == "1 dismissed: show again"
    qtbot.mouseClick(again, Qt.MouseButton.LeftButton)
    assert [row.rule for row in card.rows] == ["dead-units"]
    assert again.isHidden()


def test_another_network_is_not_changed(card: DoctorCard, examination: Examination, qtbot: QtBot) -> None:
    card.follow(examination)
    document = examination.store.document
    examined(qtbot, examination, epoch(1), health(document, 0.96))
    with qtbot.waitSignal(examination.changed, timeout=30_000):
        examination.store.load(sick().changed(name="Another"))
    (row,) = card.rows
    offered = [b for b in row.findChildren(QPushButton) if not b.isHidden()]
    assert offered == []
    assert child(card, "doctorClosed").isVisible()


def test_classes_are_counted_once_the_data_is_known(
    card: DoctorCard, examination: Examination, qtbot: QtBot
) -> None:
    card.follow(examination)
    examined(qtbot, examination, epoch(1))
    names = tuple("abcdefghij")
    pixels = Tensor((0, 28, 28, 1), b"", "uint8")
    counts = (900, 50, *[100] * 8)
    data = DataCard("fashion-mnist", 1750, 100, names, counts, counts, (0.3,), (0.3,), pixels, ())
    with qtbot.waitSignal(examination.changed, timeout=30_000):
        examination.hear(1, data)
    (row,) = card.rows
    assert row.sentence.text().startswith("a has 900 training images, b only 50")


def test_a_run_on_disk_has_the_same_advice_for_the_open_document(
    examination: Examination, qtbot: QtBot
) -> None:
    document = examination.store.document
    folder = create_run("sick")
    folder.write_inputs(document, "")
    folder.write_record(RunRecord(name="Sick", status="finished", epochs=1, started="2026-11-21T20:00:00Z"))
    line = {"kind": "epoch", **asdict(epoch(1))}
    folder.metrics.write_text(json.dumps(line) + "\n", "utf-8")
    folder.health.write_text(json.dumps(asdict(health(document, 0.96))) + "\n", "utf-8")
    assert read_health(folder) == (health(document, 0.96),)
    with qtbot.waitSignal(examination.changed, timeout=30_000):
        examination.look_at_run(str(folder.path))
    (advice,) = examination.findings.advice
    assert advice.node == document.body[1].id  # files hold no ids: found by the module
    assert len(advice.remedies) == 2
    with qtbot.waitSignal(examination.changed, timeout=30_000):
        assert examination.apply("dead-units", str(advice.remedies[0]), "Replace")
    with qtbot.waitSignal(examination.changed, timeout=30_000):
        examination.look_at_run(str(folder.path))
    (advice,) = examination.findings.advice
    assert [str(remedy) for remedy in advice.remedies] == ["Set Learning rate to 0.05"]


def test_a_folder_that_is_no_run_is_nothing(tmp_path: Path) -> None:
    patient = read_patient(str(tmp_path), sick())
    assert (patient.document, patient.epochs, patient.health, patient.open) == (None, (), (), False)


@pytest.mark.parametrize("what", ["The loss became infinite", "The loss became undefined"])
def test_the_engines_words_for_divergence_are_understood(what: str) -> None:
    assert has_diverged(str(diverged(what, 1, 2, 0.5)))
    assert has_diverged(str(diverged("The weights became infinite or undefined", 1, 2, 0.5)))
    assert not has_diverged("The disk is full: make room.")


def test_divergence_is_told_in_train(window: MainWindow, qtbot: QtBot) -> None:
    train, document = window.work.train, sick()
    window.work.store.load(document)
    train.begin(Job(document=document))
    with qtbot.waitSignal(train.examination.changed, timeout=30_000):
        train.hear((started(), *steps(3), Failed(str(diverged("The loss became infinite", 1, 4, 0.5)))))
    assert "ran away to infinity at a learning rate of 0.5" in child(train, "doctorText").text()


def test_from_the_line_in_train_to_the_block_and_back(window: MainWindow, qtbot: QtBot) -> None:
    document = sick()
    window.work.store.load(document)
    window.show_workspace("train")
    train = window.work.train
    with qtbot.waitSignal(train.examination.changed, timeout=30_000):
        ill(window, document)
    assert child(train, "doctorText").text().startswith("96 % of the units")
    more = child(train, "doctorMore")
    assert more.text() == "What to do · 1 more"
    qtbot.mouseClick(more, Qt.MouseButton.LeftButton)
    inspect = window.work.make_inspect()
    qtbot.waitUntil(lambda: len(inspect.health.doctor.rows) == 2, timeout=30_000)
    assert inspect.isVisible()
    assert "Epoch 2 was where to stop" in inspect.health.doctor.rows[1].sentence.text()
    qtbot.mouseClick(child(inspect, "adviceShow-dead-units"), Qt.MouseButton.LeftButton)
    assert window.work.build.isVisible()
    assert window.work.store.selection == (document.body[1].id,)
    window.show_workspace("inspect")
    qtbot.mouseClick(child(inspect, "adviceFix-overfitting-0"), Qt.MouseButton.LeftButton)
    assert window.work.store.document.training.early_stopping.patience == 3
    assert "Done for the next training: Set Stop after to 3." in window.notice.text
    qtbot.mouseClick(child(window, "noticeUndoRemedy"), Qt.MouseButton.LeftButton)
    assert window.work.store.document is document


def test_a_block_that_is_gone_is_told(window: MainWindow) -> None:
    window.work.show_block("b99")
    assert window.notice.text == "This block is no longer in the network."
