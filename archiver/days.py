"""Days as a person names them: a day, a month or a year."""

from __future__ import annotations

import calendar
import re
from datetime import date

HOW = "Write it as 2024-03-14, or name a month, 2024-03, or a year, 2024."
NAMED = re.compile(r"(\d{4})(?:-(\d\d))?(?:-(\d\d))?", re.ASCII)


def read_span(text: str) -> tuple[date, date] | None:
    """First and last day of "2024-03-14", "2024-03" or "2024"; None where it is none of them."""
    match = NAMED.fullmatch(text)
    try:
        year, month, day = (int(part) for part in match.groups("0")) if match else (0, 0, 0)
        first, last = date(year, month or 1, day or 1), date(year, month or 12, 1)
    except ValueError:
        return None
    return first, first if day else end_of_month(last)


def end_of_month(day: date) -> date:
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])
