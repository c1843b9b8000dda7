"""Curves, details, differences and spread of what is chosen."""

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QTreeWidget, QTreeWidgetItem
from pytestqt.qtbot import QtBot

from cnnstudio.ui.main_window import MainWindow
from cnnstudio.ui.runs.curves_card import Shown
from cnnstudio.ui.runs.workspace import RunsWorkspace
from cnnstudio.workspace.runs.labels import read_labels
from tests.ui.runs.test_runs_table import choose


def texts(tree: QTreeWidget) -> list[tuple[str, ...]]:
    """All rows, headings too."""
    found: list[tuple[str, ...]] = []

    def walk(item: QTreeWidgetItem) -> None:
        found.append(tuple(item.text(column) for column in range(tree.columnCount())))
        for row in range(item.childCount()):
            walk(item.child(row))

    for row in range(tree.topLevelItemCount()):
        walk(tree.topLevelItem(row))
    return found


def drawn(runs: RunsWorkspace, qtbot: QtBot, count: int) -> None:
    qtbot.waitUntil(lambda: len(runs.curves.drawn.get("loss", ())) == count, timeout=30_000)
    qtbot.waitUntil(lambda: all(run.last() > 0 for run in runs.curves.drawn["loss"]), timeout=30_000)


def test_chosen_runs_are_drawn_over_each_other_in_colours_of_their_own(
    runs: RunsWorkspace, qtbot: QtBot, made: dict[str, str]
) -> None:
    choose(runs, qtbot, made["Alpha"], made["Beta"])
    drawn(runs, qtbot, 2)
    curves = {curve.key: curve for curve in runs.curves.drawn["accuracy"]}
    alpha, beta = curves[made["Alpha"]], curves[made["Beta"]]
    assert alpha.val == ([1.0, 2.0, 3.0], [50.0, 80.0, 70.0])
    assert alpha.best == (2.0, 80.0)
    assert beta.best == (2.0, 90.0)
    assert len(alpha.train[0]) == 30
    assert alpha.colour != beta.colour
    assert runs.table.cells.colours[made["Alpha"]] == alpha.colour
    before = alpha.colour
    choose(runs, qtbot, made["Alpha"])
    drawn(runs, qtbot, 1)
    assert runs.curves.drawn["accuracy"][0].colour == before


def test_the_names_of_many_runs_leave_the_room_to_their_curves(
    window: MainWindow, runs: RunsWorkspace, qtbot: QtBot, made: dict[str, str]
) -> None:
    window.resize(1100, 700)
    choose(runs, qtbot, made["Alpha"])
    drawn(runs, qtbot, 1)  # what is shown by hand would give way to it
    runs.curves.show_runs(
        [Shown(f"run {n}", f"A run with quite a long name #{n}", ()) for n in range(20)], {}, {}
    )
    legend = runs.curves._legend_area

    def rest() -> bool:
        return legend.isVisible() and legend.verticalScrollBar().maximum() > 0

    qtbot.waitUntil(lambda: rest() and legend.height() <= runs.curves.height() / 3, timeout=30_000)


def test_the_loss_can_be_logarithmic_and_the_readout_still_tells_it(
    runs: RunsWorkspace, qtbot: QtBot, made: dict[str, str]
) -> None:
    choose(runs, qtbot, made["Alpha"])
    drawn(runs, qtbot, 1)
    assert runs.curves.drawn["loss"][0].val[1][1] == 0.5
    runs.curves.log.click()
    qtbot.waitUntil(lambda: runs.curves.drawn["loss"][0].val[1][1] < 0, timeout=30_000)
    runs.curves._on_hover(2.0)
    reading = runs.curves._readout.text()
    assert "epoch 2.0" in reading
    assert "0.5000" in reading
    assert "80.00 %" in reading
    runs.curves._on_hover(None)
    assert runs.curves._readout.isHidden()


def test_smoothing_is_kept_for_the_next_time(runs: RunsWorkspace, qtbot: QtBot, made: dict[str, str]) -> None:
    choose(runs, qtbot, made["Alpha"])
    runs.curves.smoothing.setValue(0)
    qtbot.waitUntil(lambda: bool(runs.curves.drawn["loss"]), timeout=30_000)
    drawn(runs, qtbot, 1)
    qtbot.waitUntil(lambda: runs.curves.drawn["loss"][0].train[1][0] == 3.0, timeout=30_000)
    rough = list(runs.curves.drawn["loss"][0].train[1])
    runs.curves.smoothing.setValue(90)
    qtbot.waitUntil(lambda: list(runs.curves.drawn["loss"][0].train[1]) != rough, timeout=30_000)
    runs.curves.end()
    from cnnstudio.workspace.runs.view import read_view

    assert read_view().smoothing == 90


def test_one_run_shows_settings_versions_and_source(
    runs: RunsWorkspace, qtbot: QtBot, made: dict[str, str]
) -> None:
    choose(runs, qtbot, made["Beta"])
    page = runs.detail.run
    assert page.title.text() == "Beta #1"
    rows = texts(page.facts)
    assert ("Best test accuracy", "90.00 % in epoch 2") in rows
    assert ("Learning rate", "0.5") in rows
    assert ("Device", "CPU") in rows
    page.tabs.setCurrentWidget(page.source)
    assert page.source.toPlainText() == "# the source\n"
    page.tabs.setCurrentWidget(page.events)
    assert "Nothing out of the ordinary" in texts(page.events)[0][0]


def test_a_failed_and_an_unreadable_run_say_why(
    runs: RunsWorkspace, qtbot: QtBot, made: dict[str, str]
) -> None:
    choose(runs, qtbot, made["Gamma"])
    assert runs.detail.run.problem.text() == "The loss is not a number."
    choose(runs, qtbot, made["Delta"])
    assert "cannot be read" in runs.detail.run.problem.text()
    assert runs.detail.run.problem.isVisible()


def test_tags_and_notes_are_typed_kept_and_searched(
    window: MainWindow, runs: RunsWorkspace, qtbot: QtBot, made: dict[str, str]
) -> None:
    choose(runs, qtbot, made["Beta"])
    qtbot.keyClick(runs.table, Qt.Key.Key_F2)
    labels = runs.detail.run.labels
    assert labels.tags.hasFocus()
    qtbot.keyClicks(labels.tags, "sweep, dropout")
    labels.notes.setFocus()
    qtbot.keyClicks(labels.notes, "Better.")
    window.show_workspace("build")  # whatever is left is written at once
    path = Path(made["Beta"])
    qtbot.waitUntil(lambda: read_labels(path).notes == "Better.", timeout=30_000)
    assert read_labels(path).tags == ("sweep", "dropout")
    window.show_workspace("runs")
    item = runs.card.model.item
    qtbot.waitUntil(lambda: item(made["Beta"]).row.tags == ("sweep", "dropout"), timeout=30_000)
    runs.card.filter.setText("tag:sweep")
    assert runs.card.proxy.rowCount() == 1


def test_typing_for_one_run_does_not_reach_another(
    runs: RunsWorkspace, qtbot: QtBot, made: dict[str, str]
) -> None:
    choose(runs, qtbot, made["Beta"])
    runs.actions_["runTagsAction"].trigger()
    qtbot.keyClicks(runs.detail.run.labels.tags, "mine")
    choose(runs, qtbot, made["Alpha"])
    qtbot.waitUntil(lambda: read_labels(Path(made["Beta"])).tags == ("mine",), timeout=30_000)
    assert read_labels(Path(made["Alpha"])).tags == ("baseline", "first try")
    assert runs.detail.run.labels.tags.text() == "baseline, first try"


def test_two_runs_show_what_was_changed_between_them(
    runs: RunsWorkspace, qtbot: QtBot, made: dict[str, str]
) -> None:
    choose(runs, qtbot, made["Beta"], made["Alpha"])
    page = runs.detail.difference
    qtbot.waitUntil(lambda: page.settings.topLevelItemCount() > 0, timeout=30_000)
    settings = texts(page.settings)
    # Alpha is older, so it is the left one, whatever the order in the table.
    assert ("Learning rate", "0.01", "0.5") in settings
    assert ("Optimizer", "SGD", "Adam") in settings
    blocks = texts(page.blocks)
    assert [row[0].split()[:2] for row in blocks if row[0].startswith("+")] == [["+", "Dropout"]] * 2
    assert ("Parameters", "235 K", "235 K") in blocks
    assert page.tabs.tabText(1) == "Architecture (2)"
    assert "Alpha #1" in page.title.text()
    assert page.title.text().index("Alpha") < page.title.text().index("Beta")


def test_repeats_show_mean_spread_and_a_band(runs: RunsWorkspace, qtbot: QtBot, made: dict[str, str]) -> None:
    choose(runs, qtbot, "group:eps")
    qtbot.waitUntil(lambda: [c.key for c in runs.curves.drawn["loss"]] == ["group:eps"], timeout=30_000)
    (curve,) = runs.curves.drawn["accuracy"]
    assert curve.edges is not None
    assert [round(y, 6) for y in curve.val[1]] == [30.0, 70.0]
    assert [round(y, 6) for y in curve.edges[2]] == [30.0, 60.0]
    assert [round(y, 6) for y in curve.edges[3]] == [30.0, 80.0]
    page = runs.detail.spread
    assert "70.00 % ± 10.00 % over 3 seeds, from 60.00 % to 80.00 %" in page.text.text()
    rows = texts(page.table)
    assert ("Standard deviation", "10.00 %", "10.00 %") in rows
    assert ("seed 2", "80.00 %", "80.00 %") in rows
