"""Which stories, and which of their captures, somebody wants to take out: the words and filters of a search, without its limit."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from sqlite_utils import Database

from archiver.store import index, leaves, pictures
from archiver.store.rights import BECAUSE
from archiver.store.runs import COLUMNS, CaptureRow, capture_of, capture_row
from archiver.store.search import filter_words, matching
from archiver.store.stories import find_article

PAGE = 500  # stories looked up at a time
NAMED = "(:keys is null or a.key in (select value from json_each(:keys)))"
# Pages that ask not to be shown from an archive are not taken out (see rights.py).
FOUND = f"""
select a.id, a.key, a.url, a.headline, a.capture_id, {BECAUSE}, articles_fts.rowid
from articles_fts cross join articles a on a.search_id = articles_fts.rowid
where articles_fts match :match and articles_fts.rowid between :low and :high and {NAMED} order by articles_fts.rowid limit :most
"""
THESE = f"""
select a.id, a.key, a.url, a.headline, a.capture_id, {BECAUSE}, a.search_id from articles a
where +a.search_id between :low and :high and a.key in (select value from json_each(:keys)) order by a.search_id limit :most
"""
ALL = f"""
select a.id, a.key, a.url, a.headline, a.capture_id, {BECAUSE}, a.search_id from articles a
where a.search_id between :low and :high order by a.search_id limit :most
"""
WITHHELD = f"""
select c.target_uri from withheld w join revisions r on r.article_id = w.article_id join captures c on c.id = r.capture_id
union select l.url from withheld w join links l on l.article_id = w.article_id
union select c.target_uri from withheld w join pictures p on p.article_id = w.article_id join captures c on c.id = p.capture_id
    where not ({pictures.SHOWN})
"""
WITH_RECORD = f"select {', '.join(COLUMNS)} from captures where id > ? and warc_filename is not null order by id limit {PAGE}"


@dataclass(frozen=True, slots=True)
class Selection:
    """What is wanted. Without words: every story that the filters let through."""

    query: str | None = None
    site: str | None = None
    from_: date | None = None  # published, UTC, both included
    to: date | None = None
    section: str | None = None
    language: str | None = None
    limit: int | None = None
    all_revisions: bool = False
    keys: tuple[str, ...] | None = None  # of these stories alone


@dataclass(frozen=True, slots=True)
class Chosen:
    """A story that is taken out."""

    id: int
    key: str
    url: str
    headline: str | None
    capture_id: int | None
    withheld: str | None = None  # the signal for which its pages are not shown


def chosen(db: Database, selection: Selection) -> Iterator[Chosen]:
    """The stories, the oldest first, a few at a time. Raises WrongUse for a query without a word."""
    filters = (selection.site, selection.section, selection.language)
    match = matching(db, selection.query, *filters) if selection.query else " AND ".join(filter_words(*filters))
    low, high = index.day_range(selection.from_, selection.to)
    keys = None if selection.keys is None else json.dumps(selection.keys)
    query = FOUND if match else ALL if keys is None else THESE
    left = selection.limit if selection.limit is not None else -1
    while left:
        most = PAGE if left < 0 else min(PAGE, left)
        rows = db.execute(query, {"match": match, "low": low, "high": high, "most": most, "keys": keys}).fetchall()
        for *facts, number in rows:
            yield Chosen(*facts)
            low = number + 1
        if len(rows) < most:
            return
        left = left - len(rows) if left > 0 else left


def keys_of(db: Database, names: Iterable[str]) -> dict[str, str | None]:
    """The keys of stories that are named by key or address; None where there is none of that name."""
    numbers = {name: find_article(db, name) for name in names}
    keys: dict[int, str] = dict(
        db.execute(
            "select id, key from articles where id in (select value from json_each(?))", (json.dumps([*numbers.values()]),)
        ).fetchall()
    )
    return {name: keys.get(number) if number is not None else None for name, number in numbers.items()}


def captures_of(db: Database, story: Chosen, all_revisions: bool) -> list[CaptureRow]:
    """The captures that a story was read off: the newest, or those of all revisions, the oldest first; of all its pages."""
    ids = {story.capture_id} if story.capture_id is not None else set()
    if all_revisions:
        query = "select capture_id from revisions where article_id = ? and capture_id is not null"
        ids |= {number for (number,) in db.execute(query, (story.id,)).fetchall()}
    found: dict[int, CaptureRow] = {}
    for number in ids:
        capture = capture_row(db, number)
        if capture is not None:
            pages = leaves.pages(db, leaves.first_page(db, capture.target_uri) or capture.target_uri, by=capture.id)
            found |= {page.id: page for page in (capture, *(pages if len(pages) > 1 else ()))}
    return sorted(found.values(), key=lambda row: (row.warc_date, row.id))


def newest_capture_url(db: Database) -> str | None:
    """An address to look at first: that of the newest story."""
    row = db.execute(
        "select c.target_uri from articles a join captures c on c.id = a.capture_id where c.warc_filename is not null"
        " order by a.search_id desc limit 1"
    ).fetchone()
    return row[0] if row else None


def captures_with_records(db: Database) -> Iterator[CaptureRow]:
    """Every capture that has a WARC record and may be shown, a few at a time."""
    hidden = {url for (url,) in db.execute(WITHHELD).fetchall()}
    last = 0
    while rows := db.execute(WITH_RECORD, (last,)).fetchall():
        yield from (capture for row in rows if (capture := capture_of(row)).target_uri not in hidden)
        last = rows[-1][COLUMNS.index("id")]
