"""The table of runs as a person meets it."""

import shutil
import time
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import (
    QLineEdit,
    QMenu,
    QPlainTextEdit,
    QPushButton,
    QSlider,
    QTableView,
    QTreeWidget,
    QWidget,
)
from pytestqt.qtbot import QtBot

from cnnstudio.ui.commands.gather import gather
from cnnstudio.ui.main_window import MainWindow
from cnnstudio.ui.runs.table import RunTable
from cnnstudio.ui.runs.workspace import RunsWorkspace
from cnnstudio.workspace.process_lock import ProcessLock
from cnnstudio.workspace.runs import RunFolder
from tests.workspace.runs.made_runs import epoch_line, made_run


def shown(runs: RunsWorkspace) -> list[str]:
    """The names in the table, from top to bottom; a group has an asterisk, Delta has only its folder's."""
    proxy = runs.card.proxy
    items = [proxy.item(proxy.index(row, 0)) for row in range(proxy.rowCount())]
    names = ("Delta" if item.row.status == "unreadable" else item.row.name for item in items)
    return [f"{name}*" if item.members else name for name, item in zip(names, items)]


def cell(runs: RunsWorkspace, key: str, column: str) -> str:
    model = runs.card.model
    row = model.row_of(key)
    assert row is not None
    number = [c.key for c in model.columns].index(column)
    return str(model.index(row, number).data())


def sort(runs: RunsWorkspace, column: str, ascending: bool) -> None:
    number = [c.key for c in runs.card.model.columns].index(column)
    order = Qt.SortOrder.AscendingOrder if ascending else Qt.SortOrder.DescendingOrder
    runs.table.sortByColumn(number, order)


def choose(runs: RunsWorkspace, qtbot: QtBot, *keys: str) -> None:
    runs.table.choose(keys)
    wanted = {path for key in keys if (item := runs.card.model.item(key)) for path in item.paths}
    qtbot.waitUntil(lambda: set(runs._details) >= wanted, timeout=30_000)


def test_the_rail_leads_to_runs_and_an_empty_one_to_training(window: MainWindow, qtbot: QtBot) -> None:
    window.rail.findChild(QWidget, "runsWorkspaceButton").click()
    workspace = window.work.make_runs()
    assert window.stack.currentWidget() is workspace
    button = workspace.findChild(QPushButton, "noRunsTrain")
    qtbot.waitUntil(button.isVisible)
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert window.stack.currentWidget() is window.work.train


def test_each_run_is_a_row_with_its_numbers(runs: RunsWorkspace, made: dict[str, str]) -> None:
    alpha = made["Alpha"]
    assert cell(runs, alpha, "name") == "Alpha #1"
    assert cell(runs, alpha, "best_accuracy") == "80.00 %"
    assert cell(runs, alpha, "epochs") == "3/3"
    assert cell(runs, alpha, "best_epoch") == "2"
    assert cell(runs, alpha, "last_loss") == "0.3333"
    assert cell(runs, alpha, "params") == "235 K"
    assert cell(runs, alpha, "dataset") == "Fashion-MNIST"
    assert cell(runs, alpha, "tags") == "baseline, first try"
    assert cell(runs, made["Gamma"], "status") == "Failed"
    assert cell(runs, made["Delta"], "status") == "Unreadable"
    assert "run.json" in runs.card.model.item(made["Delta"]).row.problem


def test_numbers_sort_as_numbers_and_what_is_unknown_comes_last(runs: RunsWorkspace) -> None:
    sort(runs, "best_accuracy", ascending=False)
    assert shown(runs)[:3] == ["Beta", "Alpha", "Epsilon*"]
    assert set(shown(runs)[3:]) == {"Gamma", "Delta"}
    sort(runs, "best_accuracy", ascending=True)
    assert shown(runs)[:3] == ["Epsilon*", "Alpha", "Beta"]
    assert set(shown(runs)[3:]) == {"Gamma", "Delta"}
    sort(runs, "name", ascending=True)
    assert shown(runs) == ["Delta", "Alpha", "Beta", "Epsilon*", "Gamma"]  # Delta is called 2026-…_delta_1


def test_every_column_sorts_both_ways(runs: RunsWorkspace) -> None:
    before, proxy = sorted(shown(runs)), runs.card.proxy
    for column in runs.card.model.columns:
        for ascending in (True, False):
            sort(runs, column.key, ascending)
            assert sorted(shown(runs)) == before
            orders = [column.order(proxy.item(proxy.index(row, 0))) for row in range(proxy.rowCount())]
            known = [order for order in orders if order is not None]
            assert orders[: len(known)] == sorted(known, reverse=not ascending), column.key


def test_the_filter_finds_words_tags_notes_and_states(runs: RunsWorkspace, qtbot: QtBot) -> None:
    qtbot.keyClick(runs.table, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    assert runs.card.filter.hasFocus()
    for text, names in (
        ("alp", ["Alpha"]),
        ("tag:base", ["Alpha"]),
        ("good start", ["Alpha"]),
        ("status:failed", ["Gamma"]),
        ("data:mnist status:finished", ["Alpha", "Beta", "Epsilon*"]),
        ("not a number", ["Gamma"]),
        ("nothing of the kind", []),
    ):
        runs.card.filter.clear()
        qtbot.keyClicks(runs.card.filter, text)
        assert sorted(shown(runs)) == names
        assert runs.card.count.text().endswith("of 7")
        assert runs.card._none.isVisible() is (not names)
    qtbot.keyClick(runs.card.filter, Qt.Key.Key_Escape)
    assert len(shown(runs)) == 5
    assert runs.table.hasFocus()


def test_what_the_filter_hides_is_no_longer_chosen(
    runs: RunsWorkspace, qtbot: QtBot, made: dict[str, str]
) -> None:
    choose(runs, qtbot, made["Alpha"], made["Beta"])
    runs.card.filter.setText("beta")
    assert [row.path for row in runs.chosen().rows] == [made["Beta"]]
    qtbot.waitUntil(lambda: runs.detail.run.title.text() == "Beta #1", timeout=30_000)
    runs.card.filter.setText("nothing of the kind")
    assert not runs.chosen().rows
    qtbot.waitUntil(runs.detail.empty.isVisible, timeout=30_000)
    assert not runs.actions_["runDeleteAction"].isEnabled()


def test_a_group_unfolds_and_keeps_its_members_together(
    runs: RunsWorkspace, qtbot: QtBot, made: dict[str, str]
) -> None:
    assert cell(runs, "group:eps", "best_accuracy") == "70.00 ± 10.00 %"
    assert cell(runs, "group:eps", "seed") == "×3"
    sort(runs, "best_accuracy", ascending=False)
    runs.table.choose(("group:eps",))
    qtbot.keyClick(runs.table, Qt.Key.Key_Right)
    assert shown(runs)[:6] == ["Beta", "Alpha", "Epsilon*", "Epsilon", "Epsilon", "Epsilon"]
    proxy = runs.card.proxy
    members = [proxy.item(proxy.index(row, 0)).row.best_accuracy for row in (3, 4, 5)]
    assert members == [0.8, 0.7, 0.6]
    sort(runs, "best_accuracy", ascending=True)
    assert shown(runs)[:4] == ["Epsilon*", "Epsilon", "Epsilon", "Epsilon"]
    qtbot.keyClick(runs.table, Qt.Key.Key_Left)
    assert "Epsilon" not in shown(runs)


def test_columns_are_hidden_from_the_menu_and_stay_so(
    window: MainWindow, runs: RunsWorkspace, qtbot: QtBot
) -> None:
    menu = QMenu(runs)
    runs.table.fill_column_menu(menu)
    actions = {action.objectName(): action for action in menu.actions()}
    actions["runColumn-device"].trigger()
    actions["runColumn-lr"].trigger()
    sort(runs, "params", ascending=True)
    runs.table.end()
    again = RunTable(runs.card.model, runs.card.proxy, window)
    keys = [column.key for column in runs.card.model.columns]
    header = again.horizontalHeader()
    assert header.isSectionHidden(keys.index("device"))
    assert not header.isSectionHidden(keys.index("lr"))
    assert keys[header.sortIndicatorSection()] == "params"
    again.deleteLater()


def test_a_running_run_updates_in_place(
    runs: RunsWorkspace, qtbot: QtBot, root: Path, made: dict[str, str]
) -> None:
    choose(runs, qtbot, made["Beta"])
    folder = made_run(root, "Live", status="running", accuracies=(0.2,), epochs=4)
    lock = ProcessLock(folder.lock)
    runs.runs.look()
    live = str(folder.path)
    qtbot.waitUntil(lambda: runs.card.model.item(live) is not None, timeout=30_000)
    assert cell(runs, live, "status") == "Running"
    with folder.metrics.open("a") as file:
        file.write(epoch_line(2, 0.6, 10, 2))
    qtbot.waitUntil(lambda: cell(runs, live, "epochs") == "2/4", timeout=30_000)
    assert cell(runs, live, "best_accuracy") == "60.00 %"
    assert [row.path for row in runs.chosen().rows] == [made["Beta"]]
    lock.release()
    qtbot.waitUntil(lambda: cell(runs, live, "status") == "Interrupted", timeout=30_000)


def test_a_run_that_is_gone_leaves_the_table(
    runs: RunsWorkspace, qtbot: QtBot, root: Path, made: dict[str, str]
) -> None:
    choose(runs, qtbot, made["Alpha"])
    Path(made["Beta"]).rename(root.parent / "elsewhere")
    runs.runs.look()
    assert runs.card.count.text() == "7"
    qtbot.waitUntil(lambda: "Beta" not in shown(runs), timeout=30_000)
    assert runs.card.count.text() == "6"
    assert [row.path for row in runs.chosen().rows] == [made["Alpha"]]


def test_nothing_is_read_while_the_workspace_is_not_seen(
    window: MainWindow, runs: RunsWorkspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert runs.runs._timer.isActive()
    window.show_workspace("build")
    assert not runs.runs._timer.isActive()


def test_five_hundred_runs_are_shown_at_once(window: MainWindow, qtbot: QtBot, root: Path) -> None:
    first = made_run(root, "Many")
    for number in range(499):
        shutil.copytree(first.path, root / f"2026-01-01_many_{number + 2}")
    began = time.perf_counter()
    window.show_workspace("runs")
    workspace = window.work.make_runs()
    qtbot.waitUntil(lambda: len(workspace.card.model.rows()) == 500, timeout=30_000)
    opened = time.perf_counter()
    window.show_workspace("build")
    coming_back = time.perf_counter()
    window.show_workspace("runs")
    with qtbot.waitSignal(workspace.runs.looked, timeout=30_000):
        pass
    assert time.perf_counter() - coming_back < opened - began, "what has not changed is not read again"
    assert RunFolder(first.path).read_record().name == "Many"


def test_what_can_be_done_is_in_the_command_palette_while_runs_are_seen(
    window: MainWindow, runs: RunsWorkspace, qtbot: QtBot, made: dict[str, str]
) -> None:
    def listed() -> set[str]:
        return {command.text for command in gather(window)}

    choose(runs, qtbot, made["Alpha"])
    wanted = {
        "Open in Build",
        "Continue…",
        "Repeat with other seeds…",
        "Edit tags and notes",
        "Show in the file manager",
        "Copy path",
        "Move to the trash",
        "Export: Metrics of the runs as CSV…",
        "Export: Runs for TensorBoard…",
        "Export: Trained source…",
        "Export: Trained weights…",
    }
    assert wanted <= listed()
    assert "Go to Runs" in listed()
    choose(runs, qtbot, made["Delta"])
    assert not {"Open in Build", "Continue…", "Repeat with other seeds…"} & listed()
    assert "Move to the trash" in listed()
    window.show_workspace("build")
    assert not wanted & listed()


def test_every_control_has_a_name_and_says_what_it_is(runs: RunsWorkspace) -> None:
    kinds = (QPushButton, QTableView, QTreeWidget, QLineEdit, QPlainTextEdit, QSlider)
    controls = [w for kind in kinds for w in runs.findChildren(kind)]
    assert len(controls) > 15
    assert not [w for w in controls if not w.objectName()]
    silent = [w.objectName() for w in controls if not (w.accessibleName() or getattr(w, "text", str)())]
    assert not silent


def test_a_path_is_copied_and_a_folder_is_shown(
    runs: RunsWorkspace, qtbot: QtBot, made: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    choose(runs, qtbot, made["Alpha"])
    runs.table.setFocus()
    qtbot.keyClick(runs.table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == made["Alpha"]
    shown_folders: list[str] = []
    monkeypatch.setattr(
        QDesktopServices, "openUrl", lambda url: shown_folders.append(url.toLocalFile()) or True
    )
    runs.actions_["runRevealAction"].trigger()
    assert shown_folders == [made["Alpha"]]
