"""What a site has given over time: for telling what is usual there, and what is not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlite_utils import Database

from archiver.store import index
from archiver.store.values import utc_text

# Stories with a date and those without lie apart in the order of publication.
NEWEST = """
select url, date_published_utc is not null, exists (select 1 from article_authors x where x.article_id = a.id),
    exists (select 1 from images x where x.article_id = a.id), access_observed = 'full', word_count, search_id
from articles a where site = ? and search_id between ? and ? order by search_id desc limit ?
"""


@dataclass(frozen=True, slots=True)
class StoryRead:
    """One story, as far as it tells how well its site is read."""

    url: str
    has_date: bool
    has_author: bool
    has_picture: bool
    is_whole: bool  # more than a teaser was shown
    word_count: int
    came_at: datetime  # UTC, to the minute: when it was published, or first seen where its page does not tell


def story_times(db: Database, site: str, since: datetime, until: datetime) -> list[datetime]:
    """When the stories of a site came, in order, to the minute (UTC); see StoryRead.came_at."""
    query = "select search_id from articles where site = ? and search_id between ? and ?"
    found = [row[0] for low, high in index.minute_ranges(since, until) for row in db.execute(query, (site, low, high)).fetchall()]
    return sorted(map(index.moment_of, found))


def newest_stories(db: Database, site: str, until: datetime, limit: int) -> list[StoryRead]:
    """The last stories that came by a moment, the newest first."""
    found = []
    for low, high in index.minute_ranges(until - timedelta(days=3_650), until):
        for url, dated, signed, pictured, whole, words, search_id in db.execute(NEWEST, (site, low, high, limit)).fetchall():
            found.append(StoryRead(url, bool(dated), bool(signed), bool(pictured), bool(whole), words, index.moment_of(search_id)))
    return sorted(found, key=lambda story: story.came_at, reverse=True)[:limit]


def pages_without_story(db: Database, site: str, since: datetime, until: datetime) -> tuple[int, str]:
    """How many pages the runs of a time read that were no story, and the address of one."""
    return _ended_as(db, site, since, until, ("not_an_article", "no_body"))


def forbidden_addresses(db: Database, site: str, since: datetime, until: datetime) -> tuple[int, str]:
    """How many addresses the runs of a time did not ask for, as robots.txt forbids them, and one of them."""
    return _ended_as(db, site, since, until, ("robots",))


def _ended_as(db: Database, site: str, since: datetime, until: datetime, outcomes: Sequence[str]) -> tuple[int, str]:
    query = f"""
        select count(distinct o.url), coalesce(max(o.url), '') from runs r join outcomes o on o.run_id = r.id
        where r.site = ? and r.started_at > ? and r.started_at <= ? and o.outcome in ({", ".join("?" * len(outcomes))})
    """
    number, example = db.execute(query, (site, utc_text(since), utc_text(until), *outcomes)).fetchone()
    return number, example


def watched_since(db: Database, site: str) -> datetime | None:
    """When the first run of a site began."""
    (first,) = db.execute("select min(started_at) from runs where site = ?", (site,)).fetchone()
    return datetime.fromisoformat(first) if first else None
