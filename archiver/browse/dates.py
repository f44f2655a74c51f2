"""Dates in words, never more exact than they are."""

from __future__ import annotations

from datetime import UTC, date, datetime

from archiver.counted import lasting

# In words of our own: strftime would speak the language of the machine.
MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December")
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def read_time(text: object) -> datetime | date | None:
    """ISO 8601 with or without a time; None for anything else."""
    if not isinstance(text, str):
        return None
    try:
        return date.fromisoformat(text) if len(text) == 10 else datetime.fromisoformat(text)
    except ValueError:
        return None


def in_words(text: object) -> str:
    """ "7 November 2025, 10:15 UTC+01:00": as declared, with its own offset. What is no date comes back as it is."""
    moment = read_time(text)
    if moment is None:
        return str(text or "")
    if not isinstance(moment, datetime):
        return day_in_words(moment)
    return f"{day_in_words(moment)}, {moment:%H:%M} {zone_in_words(moment)}".rstrip()


def day_in_words(day: object, weekday: bool = False) -> str:
    """ "7 November 2025", from a date or its ISO form."""
    moment = read_time(day) if isinstance(day, str) else day
    if not isinstance(moment, date):
        return str(day or "")
    words = f"{moment.day} {MONTHS[moment.month - 1]} {moment.year}"
    return f"{WEEKDAYS[moment.weekday()]}, {words}" if weekday else words


def time_in_words(text: object) -> str:
    """ "09:15" of a UTC time; empty when only the day is known."""
    moment = read_time(text)
    return f"{moment:%H:%M}" if isinstance(moment, datetime) else ""


def zone_in_words(moment: datetime) -> str:
    """ "UTC", "UTC+01:00", or nothing for a time without a zone."""
    if moment.utcoffset() is None:
        return ""
    offset = moment.strftime("%z")  # +0100; %:z came with Python 3.12
    return f"UTC{offset[:3]}:{offset[3:5]}" if moment.utcoffset() else "UTC"


def utc_in_words(declared: object, utc: object) -> str | None:
    """ "09:15 UTC", where the declared time has another offset; with its day where that is another one."""
    here, there = read_time(declared), read_time(utc)
    if not isinstance(there, datetime) or (isinstance(here, datetime) and here.utcoffset() is not None and not here.utcoffset()):
        return None
    there = there.astimezone(UTC) if there.tzinfo else there
    same_day = isinstance(here, datetime) and here.date() == there.date()
    return f"{there:%H:%M} UTC" if same_day else f"{day_in_words(there)}, {there:%H:%M} UTC"


def how_long(earlier: object, later: object) -> str:
    """ "3 hours", "2 days": between two times, roughly; empty when one of them is none."""
    a, b = read_time(earlier), read_time(later)
    if not isinstance(a, datetime) or not isinstance(b, datetime) or (a.tzinfo is None) != (b.tzinfo is None):
        return ""
    return lasting(abs((b - a).total_seconds()))
