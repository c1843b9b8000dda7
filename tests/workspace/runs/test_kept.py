"""Which epochs of a run can be looked at is read from its folder."""

from pathlib import Path

from cnnstudio.workspace.runs import RunFolder, RunRecord
from cnnstudio.workspace.runs.kept import kept_filters, kept_weights, numbered_path


def folder_with(tmp_path: Path, *epochs: int, **result: int) -> RunFolder:
    folder = RunFolder(tmp_path)
    folder.epochs.mkdir()
    for epoch in epochs:
        numbered_path(folder.epochs, epoch).touch()
    (folder.epochs / "notes.txt").touch()
    folder.weights.touch()
    folder.best_weights.touch()
    folder.write_record(RunRecord(status="finished", result=result))
    return folder


def test_epochs_come_in_order_with_the_best_and_the_last(tmp_path: Path) -> None:
    folder = folder_with(tmp_path, 10, 0, 4, 100_000, best_epoch=7, epochs=12)
    assert list(kept_weights(folder)) == [0, 4, 7, 10, 12, 100_000]
    assert kept_weights(folder)[7] == folder.best_weights
    assert kept_weights(folder)[12] == folder.weights


def test_where_the_run_went_back_to_its_best_epoch_those_are_its_weights(tmp_path: Path) -> None:
    folder = folder_with(tmp_path, 0, best_epoch=3, epochs=9, weights_epoch=3)
    assert list(kept_weights(folder)) == [0, 3]


def test_a_run_of_an_older_version_has_nothing_kept(tmp_path: Path) -> None:
    assert kept_filters(RunFolder(tmp_path)) == {}
    assert kept_weights(RunFolder(tmp_path / "nowhere")) == {}
