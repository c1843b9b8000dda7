"""The thread that reads runs: what it tells, and that it ends."""

from pathlib import Path

from pytestqt.qtbot import QtBot

from cnnstudio.app.run_list import RunList
from cnnstudio.workspace.errors import RunError
from tests.workspace.runs.made_runs import made_run


def test_a_look_tells_rows_once_and_what_is_gone(qtbot: QtBot, tmp_path: Path) -> None:
    first, second = made_run(tmp_path, "One"), made_run(tmp_path, "Two")
    runs = RunList(tmp_path)
    told: list[str] = []
    runs.rowsRead.connect(lambda rows: told.extend(row.name for row in rows))
    with qtbot.waitSignal(runs.looked):
        runs.look()
    assert sorted(told) == ["One", "Two"]
    second.path.rename(tmp_path.parent / "away")
    with qtbot.waitSignal(runs.looked) as gone:
        runs.look()
    assert gone.args == [(str(second.path),)]
    assert sorted(told) == ["One", "Two"]
    assert first.path.exists()
    runs.close()


def test_of_several_wishes_the_last_is_granted(qtbot: QtBot, tmp_path: Path) -> None:
    paths = [str(made_run(tmp_path, f"R{number}").path) for number in range(4)]
    runs = RunList(tmp_path)
    told: list[tuple[str, ...]] = []
    runs.detailsRead.connect(lambda found: told.append(tuple(one.path for one in found)))
    for path in paths[:3]:
        runs.read((path,))
    with qtbot.waitSignal(runs.comparisonRead):
        runs.read((paths[3], paths[0]))
    assert told[-1] == (paths[3], paths[0])
    runs.close()


def test_what_cannot_be_done_is_one_sentence(qtbot: QtBot, tmp_path: Path) -> None:
    runs = RunList(tmp_path)
    done: list[object] = []

    def refused() -> None:
        raise RunError("No.")

    with qtbot.waitSignal(runs.failed) as failed:
        runs.do(refused, done.append)
    assert failed.args == ["No."]
    with qtbot.waitSignal(runs.failed) as failed:
        runs.do((tmp_path / "missing").read_bytes, done.append)
    assert "missing" in failed.args[0]
    runs.do(lambda: 5, done.append)
    qtbot.waitUntil(lambda: done == [5])
    runs.close()


def test_closing_waits_for_what_is_written_and_then_nothing_happens(qtbot: QtBot, tmp_path: Path) -> None:
    runs = RunList(tmp_path)
    target = tmp_path / "written"
    runs.do(lambda: target.write_text("x"), lambda _: None)
    runs.close()
    assert target.read_text() == "x"
    runs.look()
    runs.read(("a",))
    runs.watch(True)
    runs.close()
