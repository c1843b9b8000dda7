"""The columns of the table: what each is called, says and sorts by. One entry is all that a new one needs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication

from cnnstudio.core.quantity import grouped, short
from cnnstudio.ui.runs.items import Item
from cnnstudio.ui.runs.words import (
    dataset_title,
    duration,
    loss_text,
    percent,
    percent_spread,
    status_text,
)
from cnnstudio.ui.times import full_time, when_text

Order = float | str | None
"""What a column sorts by; None comes last either way."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column. ``number``: in the font of numbers, at the right; ``tip``: what a cell says besides."""

    key: str
    title: str
    text: Callable[[Item], str]
    order: Callable[[Item], Order]
    width: int
    number: bool = False
    shown: bool = True
    tip: Callable[[Item], str] | None = None


def columns() -> tuple[Column, ...]:
    """All of them, in their first order."""

    def tr(text: str) -> str:
        return QCoreApplication.translate("Runs", text)

    return (
        Column("name", tr("Run"), lambda i: i.title, lambda i: i.title.casefold(), 216, tip=_name_tip),
        Column(
            "status",
            tr("Status"),
            lambda i: status_text(i.row.status),
            lambda i: i.row.status,
            100,
            tip=lambda i: i.row.problem,
        ),
        Column(
            "started",
            tr("When"),
            lambda i: when_text(i.row.started),
            lambda i: i.row.started or None,
            100,
            tip=lambda i: full_time(i.row.started),
        ),
        Column("dataset", tr("Data set"), lambda i: dataset_title(i.row.dataset), _dataset, 106),
        Column("epochs", tr("Epochs"), _epochs, lambda i: i.row.epochs, 66, number=True),
        Column("best_accuracy", tr("Best accuracy"), _best, lambda i: i.row.best_accuracy, 126, number=True),
        Column(
            "best_epoch",
            tr("Best epoch"),
            lambda i: _whole(i.row.best_epoch),
            lambda i: i.row.best_epoch,
            84,
            number=True,
        ),
        Column(
            "last_loss",
            tr("Last loss"),
            lambda i: loss_text(i.row.last_loss),
            lambda i: i.row.last_loss,
            80,
            number=True,
        ),
        Column(
            "params",
            tr("Params"),
            lambda i: "" if i.row.params is None else short(i.row.params),
            lambda i: i.row.params,
            70,
            number=True,
            tip=lambda i: "" if i.row.params is None else grouped(i.row.params),
        ),
        Column(
            "speed",
            tr("Images/s"),
            _speed,
            lambda i: i.row.images_per_second,
            76,
            number=True,
        ),
        Column("seed", tr("Seed"), _seed, lambda i: i.row.seed, 54, number=True),
        Column("tags", tr("Tags"), lambda i: ", ".join(i.row.tags), _tags, 104),
        Column(
            "device", tr("Device"), lambda i: i.row.device, lambda i: i.row.device.casefold() or None, 150
        ),
        Column(
            "engine",
            tr("Engine"),
            lambda i: i.row.engine,
            lambda i: i.row.engine or None,
            60,
            shown=False,
        ),
        Column(
            "optimizer",
            tr("Optimizer"),
            lambda i: i.row.optimizer,
            lambda i: i.row.optimizer or None,
            88,
            shown=False,
        ),
        Column(
            "lr",
            tr("Learning rate"),
            lambda i: _real(i.row.lr),
            lambda i: i.row.lr,
            100,
            number=True,
            shown=False,
        ),
        Column(
            "batch_size",
            tr("Batch size"),
            lambda i: _whole(i.row.batch_size),
            lambda i: i.row.batch_size,
            84,
            number=True,
            shown=False,
        ),
        Column(
            "last_accuracy",
            tr("Last accuracy"),
            _last,
            lambda i: i.row.last_accuracy,
            132,
            number=True,
            shown=False,
        ),
        Column(
            "test_accuracy",
            tr("Test accuracy"),
            lambda i: percent(i.row.test_accuracy),
            lambda i: i.row.test_accuracy,
            110,
            number=True,
            shown=False,
        ),
        Column(
            "time",
            tr("Time"),
            lambda i: duration(i.row.seconds),
            lambda i: i.row.seconds,
            76,
            number=True,
            shown=False,
        ),
        Column(
            "folder",
            tr("Folder"),
            lambda i: "" if i.members else i.row.folder_name,
            lambda i: i.row.folder_name.casefold(),
            240,
            shown=False,
        ),
    )


def _name_tip(item: Item) -> str:
    if item.members:
        text = QCoreApplication.translate("Runs", "{count} runs that repeat each other with other seeds")
        return text.format(count=len(item.members))
    return "\n".join(filter(None, (item.row.path, item.row.problem, item.row.notes[:400])))


def _dataset(item: Item) -> Order:
    return dataset_title(item.row.dataset).casefold() or None


def _epochs(item: Item) -> str:
    row = item.row
    return "" if row.status == "unreadable" else f"{row.epochs}/{row.asked}"


def _best(item: Item) -> str:
    return percent_spread(item.best) if item.members else percent(item.row.best_accuracy)


def _last(item: Item) -> str:
    return percent_spread(item.last) if item.members else percent(item.row.last_accuracy)


def _speed(item: Item) -> str:
    speed = item.row.images_per_second
    return "" if speed is None else grouped(round(speed))


def _seed(item: Item) -> str:
    return f"×{len(item.members)}" if item.members else _whole(item.row.seed)


def _tags(item: Item) -> Order:
    return " ".join(item.row.tags).casefold() or None


def _whole(number: int | None) -> str:
    return "" if number is None else str(number)


def _real(number: float | None) -> str:
    return "" if number is None else f"{number:g}"
