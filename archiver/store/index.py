"""The search index beside the tables: numbers that follow time, and rows kept in step inside the same transaction.

A story's number in the index (search_id) is the minute it was published × 256 and a free slot in that minute. So a range of dates is
a range of numbers, and the newest first needs no sorting. Stories without a date stand in a range of their own, below all dates.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta

from sqlite_utils import Database

EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
SLOTS = 256  # numbers in one minute; when they are used up, those of the next minutes serve
UNDATED = -(1 << 42)  # added for stories without a date, which count by the minute they were found; far below the year 1

STORIES = "select rowid, headline, abstract, article_body, keys from stories where id in (select value from json_each(?)) order by rowid"
IMAGES = (
    "select id, caption, creditline from images where article_id in (select value from json_each(?)) order by id"  # the silent ones, too
)
COLUMNS = "rowid, headline, abstract, article_body, keys"
# What is not in the index must not be taken out of it: FTS5 believes whoever says so, and the index is broken.
STORIES_OUT = STORIES.replace("select rowid", "select 'delete', rowid").replace(
    "order by", "and exists (select 1 from articles_fts_docsize d where d.id = stories.rowid) order by"
)
IMAGES_OUT = IMAGES.replace("select id", "select 'delete', id").replace(
    "order by", "and exists (select 1 from images_fts_docsize d where d.id = images.id) order by"
)


def first_slot(date_published_utc: str | None, first_seen_at: str) -> int:
    """The number of the first slot of a story's minute. A date without a time counts as its first minute."""
    if date_published_utc:
        return _minutes(date_published_utc) * SLOTS
    return UNDATED + _minutes(first_seen_at) * SLOTS


def day_range(from_: date | None, to: date | None) -> tuple[int, int]:
    """First and last number of the stories of these days (UTC), both included; without any bound undated stories are in, too."""
    low = UNDATED * 2 if from_ is None and to is None else UNDATED // 2
    high = -UNDATED
    if from_ is not None:
        low = _minutes_of(datetime.combine(from_, time.min, UTC)) * SLOTS
    if to is not None:
        high = (_minutes_of(datetime.combine(to, time.min, UTC)) + 24 * 60) * SLOTS - 1
    return low, high


def oldest_first(number: str) -> str:
    """SQL to order by `number`, a column of such numbers: from the first day on; last what has no date, which the numbers have first."""
    return f"{number} < {UNDATED // 2}, {number}"


def minute_ranges(since: datetime, until: datetime) -> tuple[tuple[int, int], tuple[int, int]]:
    """First and last number of the stories of a time (both ends included): of those without a date, and of those with one."""
    low, high = _minutes_of(since) * SLOTS, _minutes_of(until) * SLOTS + SLOTS - 1
    return (UNDATED + low, UNDATED + high), (low, high)


def moment_of(search_id: int) -> datetime:
    """The minute that a number tells (UTC): of its story's publication, or of its being found."""
    minutes = (search_id - UNDATED if search_id < UNDATED // 2 else search_id) // SLOTS
    return EPOCH + timedelta(minutes=minutes)


def free_slot(db: Database, first: int) -> int:
    """The first number from `first` on that no story has; looks once a minute's worth of slots, however full they are."""
    while True:
        query = "select max(search_id) from articles where search_id between ? and ?"
        (last,) = db.execute(query, (first, first + SLOTS - 1)).fetchone()
        if last is None:
            return first
        if last < first + SLOTS - 1:
            return last + 1
        first += SLOTS


def is_in_minute(search_id: int, first: int) -> bool:
    """Whether a story can keep its number: it was given for this minute, or for want of room in one shortly after."""
    return first <= search_id < first + SLOTS


def add_stories(db: Database, article_ids: Iterable[int]) -> None:
    """Takes stories into the index as they are now. They must not be in it."""
    db.execute(f"insert into articles_fts ({COLUMNS}) {STORIES}", (json.dumps(sorted(article_ids)),))


def drop_stories(db: Database, article_ids: Iterable[int]) -> None:
    """Takes stories out of the index, those that are in it. To be called before their rows change: it asks for the words that it holds."""
    db.execute(f"insert into articles_fts (articles_fts, {COLUMNS}) {STORIES_OUT}", (json.dumps(sorted(article_ids)),))


def add_images(db: Database, article_ids: Iterable[int]) -> None:
    """Of many stories at once: each such statement makes FTS5 write out what it has gathered."""
    db.execute(f"insert into images_fts (rowid, caption, creditline) {IMAGES}", (json.dumps(sorted(article_ids)),))


def drop_images(db: Database, article_ids: Iterable[int]) -> None:
    """To be called before the rows change, as with drop_stories."""
    db.execute(f"insert into images_fts (images_fts, rowid, caption, creditline) {IMAGES_OUT}", (json.dumps(sorted(article_ids)),))


def _minutes(utc: str) -> int:
    moment = datetime.fromisoformat(utc)
    return _minutes_of(moment if moment.tzinfo else moment.replace(tzinfo=UTC))


def _minutes_of(moment: datetime) -> int:
    return int((moment - EPOCH).total_seconds() // 60)
