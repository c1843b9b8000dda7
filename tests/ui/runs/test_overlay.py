"""Overlaid curves as plain numbers."""

from dataclasses import replace
from math import log10
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnstudio.app.run_details import RunDetails, compare, read_details
from cnnstudio.ui.runs.curve_colours import CurveColours
from cnnstudio.ui.runs.overlay import Look, overlaid, overlaid_group, smoothed, steps_per_epoch
from cnnstudio.workspace.presets import load_preset
from cnnstudio.workspace.runs.following import Followed
from tests.workspace.runs.made_runs import epoch_line, made_run, step_line


def details(root: Path, name: str = "Made", **values: object) -> RunDetails:
    folder = made_run(root, name, **values)  # type: ignore[arg-type]
    followed = Followed(folder.metrics)
    followed.look()
    return read_details(str(folder.path), followed)


@given(st.lists(st.floats(-1e3, 1e3), min_size=1), st.floats(0, 0.99))
def test_smoothing_stays_between_the_extremes_and_starts_at_the_first(
    values: list[float], weight: float
) -> None:
    found = smoothed(values, weight)
    assert len(found) == len(values)
    assert found[0] == pytest.approx(values[0], abs=1e-9)
    assert all(min(values) - 1e-6 <= value <= max(values) + 1e-6 for value in found)
    assert smoothed(values, 0) == values


def test_a_constant_stays_a_constant() -> None:
    assert smoothed([3.0] * 50, 0.9) == pytest.approx([3.0] * 50)


def test_a_logarithmic_look_shows_exponents_and_survives_zero(tmp_path: Path) -> None:
    run = details(tmp_path)
    found = overlaid(run, "x", "#000000", Look("loss", logarithmic=True))
    assert found.val[1] == pytest.approx([log10(1), log10(1 / 2), log10(1 / 3)])
    zero = replace(run, epochs=tuple(replace(e, val_loss=0.0) for e in run.epochs))
    assert overlaid(zero, "x", "#000000", Look("loss", logarithmic=True)).val[1][0] < -5


def test_a_loss_that_was_not_finite_is_a_gap(tmp_path: Path) -> None:
    folder = made_run(tmp_path)
    with folder.metrics.open("a") as file:
        file.write(epoch_line(4, None, 10, 2) + epoch_line(5, 0.6, 10, 2))
    followed = Followed(folder.metrics)
    followed.look()
    run = read_details(str(folder.path), followed)
    found = overlaid(run, "x", "#000000", Look("accuracy"))
    assert found.val == ([1.0, 2.0, 3.0, 5.0], pytest.approx([50.0, 80.0, 70.0, 60.0]))


def test_before_the_first_epoch_steps_are_placed_by_the_number_of_images(tmp_path: Path) -> None:
    document = load_preset("fashion-dnn")
    run = details(tmp_path, accuracies=(), train_images=640, document=document)
    assert steps_per_epoch(run) == 10
    metrics = Path(run.path) / "metrics.jsonl"
    metrics.write_text(step_line(1, 5))
    followed = Followed(metrics)
    followed.look()
    run = replace(run, points=tuple(followed.points))
    assert overlaid(run, "x", "#000000", Look("loss")).train[0] == [0.5]
    assert steps_per_epoch(replace(run, record=None)) is None


def test_changes_of_the_learning_rate_are_marked(tmp_path: Path) -> None:
    folder = made_run(tmp_path)
    with folder.metrics.open("a") as file:
        file.write('{"kind": "event", "event": "adjusted", "epoch": 2, "step": 15, "lr": 0.1, "epochs": 9}\n')
    followed = Followed(folder.metrics)
    followed.look()
    run = read_details(str(folder.path), followed)
    assert overlaid(run, "x", "#000000", Look("loss")).marks == (1.5,)


def test_a_group_is_the_mean_of_its_members(tmp_path: Path) -> None:
    runs = [details(tmp_path, f"R{n}", accuracies=(0.5, 0.6 + n / 10)) for n in range(3)]
    found = overlaid_group(runs, "g", "G", "#000000", Look("accuracy"))
    assert found.val[1] == pytest.approx([50.0, 70.0])
    assert found.edges is not None
    assert found.edges[2] == pytest.approx([50.0, 60.0])
    one = overlaid_group(runs[:1], "g", "G", "#000000", Look("accuracy"))
    assert one.edges is None


def test_damaged_documents_are_compared_as_far_as_they_go(tmp_path: Path) -> None:
    good, bad = details(tmp_path, "Good"), details(tmp_path, "Bad")
    (Path(bad.path) / "document.cnn.json").write_text('{"format": "cnnstudio", "version": 1, "body": 7}')
    bad = read_details(bad.path, Followed(Path(bad.path) / "metrics.jsonl"))
    found = compare(good, bad)
    assert found.architecture is None
    assert "document.cnn.json" in found.problem
    assert compare(good, good).architecture.empty
    assert not compare(good, good).settings


@given(st.lists(st.lists(st.sampled_from("abcdefgh"), unique=True), max_size=6))
def test_a_run_keeps_its_colour_while_it_is_chosen(choices: list[list[str]]) -> None:
    colours = CurveColours()
    before: dict[str, str] = {}
    for chosen in choices:
        colours.choose(chosen)
        now = colours.colours()
        assert set(now) == set(chosen)
        assert len(set(now.values())) == len(now)
        assert all(now[key] == before[key] for key in now if key in before)
        before = now
