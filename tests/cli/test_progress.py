"""What a person at a terminal sees of a training."""

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr
from dataclasses import replace

import pytest

from cnnstudio.cli.progress import Bars
from cnnstudio.core.messages import Checkpointed, Epoch, Preparing, Skipped, Started, Step


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@contextmanager
def watched() -> Iterator[tuple[Terminal, Bars]]:
    with redirect_stderr(Terminal()) as terminal, Bars() as bars:
        yield terminal, bars


STARTED = Started("run", "CPU", 2, 32, 256, 100, ("a", "b"))


def steps(first: int, last: int, epoch: int) -> list[Step]:
    return [Step(epoch, n, 0.5, 0.75, 0.1, 8, n * 0.01) for n in range(first, last + 1)]


def epoch(number: int) -> Epoch:
    return Epoch(number, 32 * number, 0.5, 0.75, 0.4, 0.8, 0.1, 1.0, 800.0, 1)


def test_loss_accuracy_rate_and_time_left_are_shown() -> None:
    with watched() as (terminal, bars):
        for message in (STARTED, *steps(1, 16, 1)):
            bars.show(message)
        bars._bar.refresh()
        shown = terminal.getvalue().split("\r")[-1]
    assert "Epoch 1/2:  50%" in shown
    assert "16/32" in shown
    assert "steps/s" in shown
    assert "loss 0.500, accuracy 75.0 %" in shown
    assert "all epochs 00:00" in shown


def test_a_terminal_of_eighty_columns_has_room_for_a_bar_and_all_that_matters(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("cnnstudio.cli.progress._columns", lambda: 80)
    monkeypatch.setattr("tqdm.std._screen_shape_wrapper", lambda: lambda _: (80, 24))
    with watched() as (terminal, bars):
        for message in (STARTED, *steps(1, 16, 1)):
            bars.show(message)
        bars._bar.refresh()
        shown = terminal.getvalue().split("\r")[-1]
    assert len(shown) <= 80
    assert re.fullmatch(
        r"Epoch 1/2 \|.{9,}\| \S+ left, loss 0\.500, accuracy 75\.0 %, all epochs 00:00", shown.strip()
    )


def test_a_run_that_goes_on_says_where() -> None:
    with watched() as (terminal, bars):
        bars.show(replace(STARTED, first_epoch=2))
    assert "run run, from epoch 2 on" in terminal.getvalue()


def test_a_test_has_a_bar_of_its_own_and_the_next_epoch_another() -> None:
    with watched() as (_terminal, bars):
        for number in (1, 2):
            for message in (STARTED, *steps(32 * number - 31, 32 * number, number)):
                bars.show(message)
            bars.show(Preparing("test", done=40, total=100))
            assert (bars._bar.desc, bars._bar.n, bars._bar.total) == ("Testing", 40, 100)
            bars.show(Preparing("test", done=80, total=100))
            assert bars._bar.n == 80
            bars.show(epoch(number))
            assert bars._bar is None


def test_a_run_that_goes_on_begins_in_the_midst_of_its_epoch() -> None:
    with watched() as (_terminal, bars):
        for message in (STARTED, *steps(9, 10, 1)):
            bars.show(message)
        assert (bars._bar.initial, bars._bar.n) == (8, 10)


def test_each_epoch_is_a_line_that_says_whether_it_is_the_best() -> None:
    with watched() as (terminal, bars):
        bars.show(epoch(1))
        bars.show(replace(epoch(2), val_split="validation"))
        bars.show(replace(epoch(3), train_loss=2.41422e23, val_loss=7.5e7))
    numbers = "train loss 0.5000, accuracy 75.00 %;"
    assert terminal.getvalue().splitlines() == [
        f"Epoch 1: {numbers} test loss 0.4000, accuracy 80.00 % (best); 800 images/s",
        f"Epoch 2: {numbers} validation loss 0.4000, accuracy 80.00 %; 800 images/s",
        "Epoch 3: train loss 2.41e+23, accuracy 75.00 %; test loss 7.5e+07, accuracy 80.00 %; 800 images/s",
    ]


def test_what_can_be_gone_on_with_is_known() -> None:
    with watched() as (_terminal, bars):
        bars.show(STARTED)
        assert not bars.kept
        bars.show(Checkpointed(1, 8))
        assert bars.kept
        bars.show(STARTED)
        assert not bars.kept
        bars.show(replace(STARTED, first_epoch=2))
        assert bars.kept
        bars.show(replace(epoch(2), val_split="validation"))
        told = bars.so_far()
        assert (told.epochs, told.test_accuracy, told.test_loss) == (2, 0.0, 0.0), "nothing was tested"


def test_downloads_are_counted_in_bytes_and_what_has_no_end_has_no_bar() -> None:
    with watched() as (_terminal, bars):
        bars.show(steps(1, 1, 1)[0])
        bars.show(Preparing("scan", "photos", 4_000, 0))
        assert bars._bar is None
        bars.show(Preparing("download", "MNIST", 1 << 20, 1 << 21))
        download = bars._bar
        assert (download.unit, download.n, download.total) == ("B", 1 << 20, 1 << 21)
        bars.show(Preparing("decode", "photos", 3, 9))
        assert (bars._bar.unit, bars._bar.n, download.disable) == (" images", 3, True)


def test_skipped_images_are_counted_and_named() -> None:
    with watched() as (terminal, bars):
        bars.show(Skipped(1, ("0.png: it is no image",)))
    assert terminal.getvalue() == "1 image cannot be read and is left out:\n  0.png: it is no image\n"
    with watched() as (terminal, bars):
        bars.show(Skipped(8, tuple(f"{n}.png: it is no image" for n in range(8))))
    printed = terminal.getvalue()
    assert "8 images cannot be read and are left out:\n  0.png: it is no image" in printed
    assert "and 3 more, see run.json" in printed


def test_what_is_known_at_any_moment() -> None:
    bars = Bars()
    assert (bars.so_far().run, bars.so_far().epochs) == ("", 0)
    bars.show(STARTED)
    bars.show(epoch(1))
    told = bars.so_far()
    assert (told.run, told.epochs, told.test_accuracy, told.best_epoch, told.stopped) == (
        "run",
        1,
        0.8,
        1,
        True,
    )
