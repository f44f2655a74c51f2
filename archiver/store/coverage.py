"""Which days of a site's past were looked through, what is listed there, and whether the site's feeds hold enough."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlite_utils import Database

from archiver.records import WHOLE_PAGE
from archiver.store.values import from_utc_text, utc_text

# Why stories of a month are missing: columns of queries/coverage.sql, and what they are called.
REASONS = ("gone", "robots", "walls", "no_story", "failed", "waiting", "not_listed")
WORDS = {"walls": "behind a wall", "no_story": "no text or no story", "waiting": "not fetched yet", "not_listed": "counted, but not listed",
         "robots": "robots.txt forbids", "failed": "failed"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class LookedThrough:
    """Days that a kind of list was read for to the end."""

    source: str  # wordpress, sitemap, archive_page
    first: date
    last: date
    listed: int
    left_out: int  # by the site's facts
    expected: int | None  # as the source states
    done_at: datetime


@dataclass(frozen=True, slots=True)
class Poll:
    """A look at a feed, sitemap or API, and how much of it was known before the run."""

    url: str
    role: str
    items: int
    known: int
    total: int | None = None
    last_look: datetime | None = None  # the one before
    oldest: datetime | None = None  # the oldest date in it
    overflowed: bool = False


@dataclass(frozen=True, slots=True)
class Overflow:
    """A feed in which nothing was known, and what became of the gap before it."""

    url: str
    seen_at: datetime
    gap_from: datetime
    gap_to: datetime | None
    filled: bool


def save_looked_through(db: Database, site: str, rows: Iterable[LookedThrough]) -> None:
    """A row takes the place of those that lie within it."""
    for row in rows:
        place = (site, row.source, row.first.isoformat(), row.last.isoformat())
        db.execute("delete from looked_through where site = ? and source = ? and from_on >= ? and to_on <= ?", place)
        db.execute(
            "insert or replace into looked_through (site, source, from_on, to_on, expected, listed, left_out, done_at)"
            " values (?, ?, ?, ?, ?, ?, ?, ?)",
            (*place, row.expected, row.listed, row.left_out, utc_text(row.done_at)),
        )


def looked_through(db: Database, site: str) -> list[LookedThrough]:
    query = "select source, from_on, to_on, listed, left_out, expected, done_at from looked_through where site = ? order by from_on"
    return [
        LookedThrough(
            source, date.fromisoformat(first), date.fromisoformat(last), listed, left_out, expected, datetime.fromisoformat(done_at)
        )
        for source, first, last, listed, left_out, expected, done_at in db.execute(query, (site,)).fetchall()
    ]


def known_before(db: Database, urls: Sequence[str], moment: datetime) -> int:
    """How many of `urls` were found before `moment`."""
    query = "select count(*) from links where url in (select value from json_each(?)) and first_seen_at < ?"
    return db.execute(query, (json.dumps(list(urls)), utc_text(moment))).fetchone()[0]


def last_look(db: Database, url: str, run_id: int) -> datetime | None:
    """When an address was last answered (with a page, or 304: as it was) in another run."""
    query = f"select max(warc_date) from captures where target_uri = ? and http_status in {(*WHOLE_PAGE, 304)} and run_id is not ?"
    return from_utc_text(db.execute(query, (url, run_id)).fetchone()[0])


def save_polls(db: Database, site: str, polls: Iterable[Poll], now: datetime) -> None:
    for poll in polls:
        db.execute(
            "insert into sources (url, site, role, polled_at, items, known, total) values (?, ?, ?, ?, ?, ?, ?)"
            " on conflict (url) do update set role = excluded.role, polled_at = excluded.polled_at, items = excluded.items,"
            " known = excluded.known, total = coalesce(excluded.total, total)",
            (poll.url, site, poll.role, utc_text(now), poll.items, poll.known, poll.total),
        )
        if poll.overflowed:
            db.execute(
                "update sources set overflowed_at = ?, gap_from = ?, gap_to = ?, gap_filled = 0 where url = ?",
                (utc_text(now), utc_text(poll.last_look), utc_text(poll.oldest), poll.url),
            )


def fill_gaps(db: Database, urls: Iterable[str]) -> None:
    """A source that reaches further back has listed what these feeds had lost."""
    db.conn.executemany("update sources set gap_filled = 1 where url = ?", [(url,) for url in urls])


def overflows(db: Database, site: str, since: datetime) -> list[Overflow]:
    """Feeds of a site that rolled over since a moment."""
    query = (
        "select url, overflowed_at, gap_from, gap_to, gap_filled from sources"
        " where site = ? and overflowed_at >= ? and gap_from is not null order by overflowed_at desc, url"
    )
    found = db.execute(query, (site, utc_text(since))).fetchall()
    return [
        Overflow(url, datetime.fromisoformat(seen), datetime.fromisoformat(start), from_utc_text(end), bool(filled))
        for url, seen, start, end, filled in found
    ]


def learned_every(db: Database, site: str) -> float | None:
    """Seconds between two runs that were learned; None where the site's own interval holds."""
    row = db.execute("select learned_every_s from sites where name = ?", (site,)).fetchone()
    return row[0] if row else None


def learn_every(db: Database, site: str, seconds: float | None) -> None:
    db.execute("update sites set learned_every_s = ? where name = ?", (seconds, site))


def missing_in_words(row: Mapping[str, Any]) -> str:
    """Why stories of a month (a row of queries/coverage.sql) are not kept, with numbers."""
    told = [f"{row[name]} {WORDS.get(name, name)}" for name in REASONS if row[name]]
    told += [f"{row['in_part']} kept as a teaser only"] if row["in_part"] else []
    return ", ".join(told)
