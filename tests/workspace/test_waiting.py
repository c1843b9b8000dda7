"""Repeats that wait are on the disk."""

import json
from pathlib import Path

import pytest

from cnnstudio.workspace.waiting import WaitingFile, WaitingRepeat, unbegun, waiting_dir


def repeat(run: Path, seed: int = 3) -> WaitingRepeat:
    return WaitingRepeat(str(run), "g", seed, "cpu", str(run), 100)


def files() -> list[str]:
    return sorted(path.name for path in waiting_dir().iterdir()) if waiting_dir().exists() else []


def test_they_are_offered_once_their_window_is_gone(tmp_path: Path) -> None:
    wanted = [repeat(tmp_path, 3), repeat(tmp_path, 4)]
    file = WaitingFile()
    file.write(wanted)
    assert unbegun() == []
    file.close()
    (left,) = unbegun()
    assert list(left.repeats) == wanted
    assert unbegun() == []  # one window offers them
    left.remove()
    assert files() == []


def test_nothing_that_waits_is_no_file(tmp_path: Path) -> None:
    file = WaitingFile()
    file.write([])
    assert files() == []
    file.write([repeat(tmp_path)])
    file.write([])
    assert files() == []
    file.write([repeat(tmp_path)])
    assert unbegun() == [], "this window lives"
    file.write([])


def test_any_seed_is_kept_and_what_is_odd_beside_it_takes_its_default(tmp_path: Path) -> None:
    largest = 2**31 - 1
    file = WaitingFile()
    file.write([repeat(tmp_path, 0), repeat(tmp_path, largest)])
    values = json.loads(file.path.read_text())
    values["repeats"][0] |= {"device": 5, "data_dir": 7, "limit": "all"}
    values["repeats"].append(values["repeats"][1] | {"limit": 0})
    values["repeats"].append(values["repeats"][1] | {"limit": 1})
    file.path.write_text(json.dumps(values))
    file.close()
    (left,) = unbegun()
    rest = ("cpu", str(tmp_path))
    assert left.repeats == (
        WaitingRepeat(str(tmp_path), "g", 0),
        WaitingRepeat(str(tmp_path), "g", largest, *rest, 100),
        WaitingRepeat(str(tmp_path), "g", largest, *rest, None),
        WaitingRepeat(str(tmp_path), "g", largest, *rest, 1),
    )


def test_repeats_of_runs_that_are_gone_are_forgotten(tmp_path: Path) -> None:
    file = WaitingFile()
    file.write([repeat(tmp_path / "in the trash")])
    file.close()
    assert unbegun() == []
    assert files() == []


@pytest.mark.parametrize(
    "damage",
    [
        "{",
        "[]",
        '{"repeats": 3}',
        '{"repeats": [3, {}, {"run": 1, "group": "g", "seed": 1}]}',
        '{"repeats": [{"run": "a\\u0000b", "group": "g", "seed": 1}]}',
        '{"repeats": [{"run": "", "group": "g", "seed": 1}]}',
        '{"repeats": [{"run": "RUN", "group": 1, "seed": 1}]}',
        '{"repeats": [{"run": "RUN", "group": "g", "seed": "1"}]}',
        '{"repeats": [{"run": "RUN", "group": "g", "seed": 2147483648}]}',
        '{"repeats": [{"run": "RUN", "group": "g", "seed": -1}]}',
        '{"repeats": [{"run": "RUN", "group": "g", "seed": 99999999999}]}',
    ],
)
def test_a_damaged_file_is_as_good_as_none(tmp_path: Path, damage: str) -> None:
    waiting_dir().mkdir(parents=True)
    text = damage.replace('"RUN"', json.dumps(str(tmp_path)))
    (waiting_dir() / "1-a.waiting.json").write_text(text)
    assert unbegun() == []
    assert files() == []
