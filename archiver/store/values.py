"""What may stand in a column: times as text, text without what SQLite or a terminal stumbles over, all of bounded size."""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime

# Upper bounds, in characters. A page is data from a stranger: one story must not fill the disk.
SHORT = 500  # names, places, labels
LINE = 2_000  # headlines, addresses, captions as printed
PARAGRAPHS = 20_000  # standfirsts, notes
BODY = 2_000_000  # the longest live blogs reach 500,000

CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")  # but tab and newline; and halves of characters, which UTF-8 has not
UTC_DATE = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\dZ)?", re.ASCII)
LARGEST = 2**31


def utc_text(moment: datetime | None) -> str | None:
    """YYYY-MM-DDTHH:MM:SSZ: sorts by time as text, and says its zone. A time without a zone counts as UTC."""
    if moment is None:
        return None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return aware.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ").rjust(20, "0")


def from_utc_text(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def text(value: str | None, limit: int = LINE) -> str | None:
    """`value` without control characters, at most `limit` long; None where nothing is left."""
    if not value:
        return None
    if len(value) <= limit and value.isprintable():  # most are; asking is ten times faster than looking for what is not
        return value.strip() or None
    return CONTROL.sub("", value[: limit + 100]).strip()[:limit] or None


def utc_date(value: str | None) -> str | None:
    """A UTC date as the archive writes it (YYYY-MM-DD, or with THH:MM:SSZ); None for anything else."""
    if not value or not UTC_DATE.fullmatch(value):
        return None
    try:
        datetime.fromisoformat(value)
    except ValueError:
        return None
    return value


def whole(value: int | None) -> int | None:
    """A width, a count: None when it is none or senseless."""
    return int(value) if value is not None and -LARGEST < value < LARGEST else None


def number(value: float | None) -> float | None:
    return float(value) if value is not None and math.isfinite(value) else None


def truth(value: bool | None) -> int | None:
    return None if value is None else int(value)
