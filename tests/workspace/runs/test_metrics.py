"""`metrics.jsonl` can be read while it grows, and survives whatever ends the process."""

import json
import math
import os
import signal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnstudio.workspace.runs import MetricsLog, read_metrics, replace_metrics


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "run" / "metrics.jsonl"


def test_lines_are_readable_as_soon_as_they_are_appended(path: Path) -> None:
    assert read_metrics(path) == []
    with MetricsLog(path) as log:
        log.append({"event": "step", "loss": 2.5})
        assert read_metrics(path) == [{"event": "step", "loss": 2.5}]
        log.append({"event": "epoch", "이름": "ä\n"}, durable=True)
    assert read_metrics(path)[1] == {"event": "epoch", "이름": "ä\n"}
    assert path.read_bytes().count(b"\n") == 2


def test_numbers_that_are_not_finite_become_null(path: Path) -> None:
    with MetricsLog(path) as log:
        log.append({"loss": math.nan, "norms": (math.inf, 1.0), "heads": {"aux": -math.inf}})

    assert json.loads(path.read_text()) == {"loss": None, "norms": [None, 1.0], "heads": {"aux": None}}


def test_a_torn_last_line_is_passed_over_and_cut_off_when_the_run_goes_on(path: Path) -> None:
    with MetricsLog(path) as log:
        log.append({"epoch": 1})
    with path.open("ab") as file:
        file.write(b'{"epoch": 2, "los')
    assert read_metrics(path) == [{"epoch": 1}]

    with MetricsLog(path) as log:
        log.append({"epoch": 2})

    assert path.read_text() == '{"epoch": 1}\n{"epoch": 2}\n'


@given(
    lines=st.lists(st.dictionaries(st.text(max_size=5), st.text(max_size=20) | st.integers()), max_size=5),
    data=st.data(),
)
def test_wherever_the_file_was_torn_all_whole_lines_come_back(
    tmp_path_factory: pytest.TempPathFactory, lines: list[dict[str, object]], data: st.DataObject
) -> None:
    path = tmp_path_factory.mktemp("run") / "metrics.jsonl"
    with MetricsLog(path) as log:
        ends = [0]
        for line in lines:
            log.append(line)
            ends.append(path.stat().st_size)
    cut = data.draw(st.integers(0, ends[-1]))
    path.write_bytes(path.read_bytes()[:cut])
    whole = sum(end <= cut for end in ends[1:])

    assert read_metrics(path) == lines[:whole]
    with MetricsLog(path) as log:
        log.append({"after": cut})
    assert read_metrics(path) == [*lines[:whole], {"after": cut}]


def test_a_very_long_torn_line_is_cut_off_as_well(path: Path) -> None:
    with MetricsLog(path) as log:
        log.append({"epoch": 1})
    with path.open("ab") as file:
        file.write(b"x" * 200_000)

    MetricsLog(path).close()

    assert path.read_text() == '{"epoch": 1}\n'


def test_lines_of_somebody_else_are_passed_over(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b'{"a": 1}\n\nnonsense\n[1]\n\xff\xfe\n' + b"[" * 9000 + b'\n{"b": 2}\n')

    assert read_metrics(path) == [{"a": 1}, {"b": 2}]


def test_what_came_after_the_checkpoint_can_be_dropped(path: Path) -> None:
    replace_metrics(path, read_metrics(path))
    assert read_metrics(path) == []
    with MetricsLog(path) as log:
        for epoch in (1, 2, 3):
            log.append({"epoch": epoch})

    replace_metrics(path, [line for line in read_metrics(path) if line["epoch"] <= 2])

    assert read_metrics(path) == [{"epoch": 1}, {"epoch": 2}]


def test_a_full_disk_leaves_the_lines_before(path: Path) -> None:
    resource = pytest.importorskip("resource", reason="Windows has no limit on file sizes")
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    with MetricsLog(path) as log:
        log.append({"epoch": 1})
        resource.setrlimit(resource.RLIMIT_FSIZE, (40, limits[1]))
        try:
            with pytest.raises(OSError, match="large"):
                log.append({"epoch": 2, "note": "x" * 100})
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)
            signal.signal(signal.SIGXFSZ, before)
        assert path.read_text() == '{"epoch": 1}\n'
        log.append({"epoch": 3})

    assert read_metrics(path) == [{"epoch": 1}, {"epoch": 3}]


def test_only_what_must_survive_a_power_cut_waits_for_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    flushed: list[int] = []
    monkeypatch.setattr(os, "fsync", flushed.append)
    with MetricsLog(tmp_path / "metrics.jsonl") as log:
        log.append({"step": 1})
        assert not flushed
        log.append({"epoch": 1}, durable=True)
        assert len(flushed) == 1


@pytest.mark.parametrize(("torn", "kept"), [(b"x" * 70_000, b""), (b"\n" + b"x" * 70_000, b"\n"), (b"", b"")])
def test_what_was_torn_is_cut_off_however_long_it_is(tmp_path: Path, torn: bytes, kept: bytes) -> None:
    path = tmp_path / "metrics.jsonl"
    path.write_bytes(torn)
    MetricsLog(path).close()
    assert path.read_bytes() == kept
