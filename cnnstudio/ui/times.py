"""Moments as people read them, in their time zone, with months as words: short forms may be all numbers."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import QCoreApplication, QDate, QDateTime, QLocale

_tr = QCoreApplication.translate


def when_text(moment: str | datetime) -> str:
    """``14:05`` today, ``22 Nov 14:05`` this year, else ``22 Nov 2025``; nothing for what is no time."""
    time = _local(moment)
    if time is None:
        return ""
    today = QDate.currentDate()
    if time.date() == today:
        form = _tr("Times", "HH:mm", "today; letters as in Qt's QDateTime")
    elif time.date().year() == today.year():
        form = _tr("Times", "d MMM HH:mm", "this year; letters as in Qt's QDateTime")
    else:
        form = _tr("Times", "d MMM yyyy", "another year; letters as in Qt's QDateTime")
    return QLocale().toString(time, form)


def full_time(moment: str | datetime) -> str:
    """``22 Nov 2026 14:05``; nothing for what is no time."""
    time = _local(moment)
    form = _tr("Times", "d MMM yyyy HH:mm", "letters as in Qt's QDateTime")
    return QLocale().toString(time, form) if time else ""


def _local(moment: str | datetime) -> QDateTime | None:
    try:
        time = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
        return QDateTime.fromSecsSinceEpoch(int(time.timestamp()))
    except (ValueError, OverflowError, OSError):
        return None
