"""Times of runs and of unsaved work say as much as is needed, with the month as a word."""

from datetime import datetime, timedelta

import pytest
from PySide6.QtCore import QLocale

from cnnstudio.ui.times import full_time, when_text

NOW = datetime.now()


def month(time: datetime) -> str:
    return QLocale().monthName(time.month, QLocale.FormatType.ShortFormat)


@pytest.mark.usefixtures("qapp")
def test_as_much_as_is_needed() -> None:
    noon = NOW.replace(hour=12, minute=5)
    assert when_text(noon) == when_text(noon.isoformat()) == "12:05"
    other_day = noon + timedelta(days=1 if noon.day == 1 and noon.month == 1 else -1)
    assert when_text(other_day) == f"{other_day.day} {month(other_day)} 12:05"
    years_ago = noon.replace(year=noon.year - 3, day=3)
    assert when_text(years_ago) == f"3 {month(years_ago)} {years_ago.year}"
    assert full_time(years_ago) == f"3 {month(years_ago)} {years_ago.year} 12:05"


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("text", ["", "yesterday", "2026-13-01T00:00:00Z"])
def test_what_is_no_time_is_left_out(text: str) -> None:
    assert when_text(text) == full_time(text) == ""
