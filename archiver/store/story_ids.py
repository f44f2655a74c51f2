"""Which story has which id of its publisher's own system, and which other story of the site has the same."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from sqlite_utils import Database

from archiver.records import Link, StoryId
from archiver.store import values
from archiver.store.values import utc_text
from archiver.story_ids import mark

SAME_DAYS = 2  # a story that moved keeps its date, give or take; numbers are given out again when a site is set up anew
SAME = """
select distinct n.id from story_ids own
join story_ids its on its.kind = own.kind and its.value = own.value and its.site = own.site and its.article_id <> own.article_id
join articles n on n.id = its.article_id
where own.article_id = ? order by n.first_seen_at desc, n.id desc limit 20
"""
INSERT = """
insert or ignore into story_ids (site, kind, value, url, article_id, told_by, first_seen_at) values (?, ?, ?, ?, {story}, ?, ?)
"""


def save_of_links(db: Database, links: Iterable[Link], now: datetime) -> None:
    """Ids that feeds and APIs tell. Where a new address has the id of a story that we know elsewhere, that one is looked at again."""
    moment = utc_text(now)
    for link in links:
        for one in link.story_ids:
            given = (link.site, one.kind, values.text(one.value), values.text(link.url))
            statement = INSERT.format(story="(select article_id from links where url = ?)")
            added = db.execute(statement, (*given, link.url, link.source, moment)).rowcount
            if added > 0:
                db.execute(
                    "update links set due_at = min(coalesce(due_at, ?), ?) where state = 'done' and article_id in ("
                    " select article_id from story_ids where site = ? and kind = ? and value = ? and url <> ?)",
                    (moment, moment, *given),
                )


def save_of_story(db: Database, article_id: int, ids: Iterable[StoryId], capture_id: int) -> None:
    """Ids that its page tells."""
    site, url = db.execute("select site, url from articles where id = ?", (article_id,)).fetchone()
    (seen_at,) = db.execute("select warc_date from captures where id = ?", (capture_id,)).fetchone() or ("",)
    rows = [(site, one.kind, values.text(one.value), url, article_id, "page", seen_at) for one in ids]
    db.conn.executemany(INSERT.format(story="?"), rows)
    belong(db, article_id, [url])


def belong(db: Database, article_id: int, urls: Iterable[str]) -> None:
    """What stands at these addresses is this story."""
    for url in set(urls):
        db.execute("update story_ids set article_id = ? where url = ? and article_id is not ?", (article_id, url, article_id))


def others(db: Database, article_id: int) -> list[int]:
    """Stories of the same site with an id of this one, and of the same days as far as both are dated; the newest first."""
    found = [number for (number,) in db.execute(SAME, (article_id,)).fetchall()]
    return [number for number in found if _are_of_the_same_days(db, article_id, number)]


def marks(db: Database, article_id: int) -> list[tuple[str, str]]:
    """By which a story that is taken down is known again."""
    query = "select distinct kind, value from story_ids where article_id = ?"
    return [("story_id", mark(StoryId(kind, value))) for kind, value in db.execute(query, (article_id,)).fetchall()]


def _are_of_the_same_days(db: Database, one: int, other: int) -> bool:
    query = "select date_published_utc from articles where id in (?, ?)"
    days = [_day(told) for (told,) in db.execute(query, (one, other)).fetchall()]
    known = [day for day in days if day]
    return len(known) < 2 or abs((known[0] - known[1]).days) <= SAME_DAYS


def _day(told: str | None) -> date | None:
    try:
        return date.fromisoformat((told or "")[:10])
    except ValueError:
        return None
