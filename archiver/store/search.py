"""Searching: the index finds and filters, the tables only show what was found.

Every query is driven by the index (CROSS JOIN keeps SQLite from the other order, which at a million stories takes seconds).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from sqlite_utils import Database

from archiver.errors import WrongUse
from archiver.store import index, rights
from archiver.store.rights import BECAUSE
from archiver.store.stretches import stretches_with
from archiver.store.words import count_of, match_of

COUNTED = 10_000  # a total is exact up to here
RANKED = 10_000  # the newest matches are ranked, older ones come after none
SORTS = ("rank", "newest", "oldest")
MARKS = ("\x02", "\x03")  # around a match in a snippet; they cannot stand in archived text
SNIPPET_WORDS = 32
# Characters of a text, times words that are looked for, from which on no snippet() is asked for: what takes it a second at the worst.
MOST_SNIPPED = 30_000
WEIGHTS = "8.0, 3.0, 1.0, 0.0"  # of a word in headline, abstract, body; filter words do not count

TOTAL = "select count(*) from (select 1 from articles_fts where articles_fts match :match and rowid between :low and :high limit :most)"

BEST = f"""
select rowid from (
    select rowid, bm25(articles_fts, {WEIGHTS}) as score from articles_fts
    where articles_fts match :match and rowid between :low and :high order by rowid desc limit {RANKED}
) order by score, rowid desc limit :limit offset :offset
"""
OLDEST = f"""
select rowid from articles_fts where articles_fts match :match and rowid between :low and :high
order by {index.oldest_first("rowid")} limit :limit offset :offset
"""
SHOWN = f"""
select a.key, a.headline, a.site, a.url, a.date_published, a.date_published_utc, a.article_section, a.byline, a.infosource, a.pubstatus,
    a.revision_count, {BECAUSE} as withheld, iif(length(articles_fts.article_body) > :snipped,
        excerpt(articles_fts.article_body, :query, :open, :close),
        snippet(articles_fts, 2, :open, :close, '…', {SNIPPET_WORDS})) as snippet,
    highlight(articles_fts, 0, :open, :close) as headline_marked, articles_fts.rowid as number
from articles_fts cross join articles a on a.search_id = articles_fts.rowid
where articles_fts match :match and articles_fts.rowid between :low and :high
"""
NEWEST = f"{SHOWN} order by articles_fts.rowid desc limit :limit offset :offset"
# One pass over the range that holds them: looking each up by its number would expand a prefix anew every time.
THESE = f"{SHOWN} and +articles_fts.rowid in (select value from json_each(:numbers))"
CAPTIONS = f"""
select a.key, a.headline, a.site, a.url, a.date_published, a.date_published_utc, i.content_url, i.creditline,
    highlight(images_fts, 0, :open, :close) as caption
from images_fts cross join images i on i.id = images_fts.rowid cross join articles a on a.id = i.article_id
where images_fts match :match and (:site is null or a.site = :site) and {rights.SHOWN}
order by a.search_id desc, i.position limit :limit
"""


@dataclass(frozen=True, slots=True)
class Hit:
    """A story that was found."""

    key: str
    headline: str | None
    site: str
    url: str
    date_published: str | None  # as declared
    date_published_utc: str | None
    article_section: str | None
    byline: str | None
    infosource: str | None
    pubstatus: str
    revision_count: int
    snippet: str  # of the body, matches between MARKS
    headline_marked: str | None  # the headline, matches between MARKS
    withheld: str | None = None  # the signal for which its text is not shown


@dataclass(frozen=True, slots=True)
class SearchResult:
    total: int
    total_is_exact: bool  # False: there are more than `total`
    hits: list[Hit]


@dataclass(frozen=True, slots=True)
class CaptionHit:
    """An image whose caption or credit line was found."""

    key: str
    headline: str | None
    site: str
    url: str
    date_published: str | None
    date_published_utc: str | None
    content_url: str | None
    creditline: str | None
    caption: str | None  # matches between MARKS


def search(
    db: Database,
    query: str,
    site: str | None = None,
    from_: date | None = None,
    to: date | None = None,
    section: str | None = None,
    limit: int = 20,
    sort: str = "rank",
    language: str | None = None,
    offset: int = 0,
) -> SearchResult:
    """Stories with the words of `query` (see words.py), published from one day to another (UTC, both included).

    `sort`: one of SORTS: the best first (among the newest RANKED matches), the newest, the oldest; those without a date come last.
    Raises WrongUse for a query without a word.
    """
    if sort not in SORTS:
        raise WrongUse(f"Stories cannot be sorted by {sort!r}.\nChoose rank (the best first), newest or oldest.")
    low, high = index.day_range(from_, to)
    given = {
        "match": matching(db, query, site, section, language),
        "low": low,
        "high": high,
        "limit": max(0, limit),
        "offset": max(0, offset),
        "most": COUNTED + 1,
        "query": query,
        "snipped": MOST_SNIPPED // max(1, count_of(query)),
        "open": MARKS[0],
        "close": MARKS[1],
    }
    (total,) = db.execute(TOTAL, given).fetchone()
    hits = list(db.query(NEWEST, given)) if sort == "newest" else _in_order(db, BEST if sort == "rank" else OLDEST, given)
    return SearchResult(min(total, COUNTED), total <= COUNTED, [_hit(row) for row in hits])


def search_captions(db: Database, query: str, site: str | None = None, limit: int = 20) -> list[CaptionHit]:
    """Images by the words of their caption and credit line, the newest story first."""
    match = match_of(query, "{caption creditline}", partial(stretches_with, db.conn, "images_fts"))
    given = {"match": match, "site": site, "limit": limit, "open": MARKS[0], "close": MARKS[1]}
    return [CaptionHit(**row) for row in db.query(CAPTIONS, given)]


def _in_order(db: Database, query: str, given: dict[str, Any]) -> list[dict[str, Any]]:
    """The stories whose numbers `query` gives, in its order."""
    numbers = [number for (number,) in db.execute(query, given).fetchall()]
    if not numbers:
        return []
    these = given | {"numbers": json.dumps(numbers), "low": min(numbers), "high": max(numbers)}
    rows = {row["number"]: row for row in db.query(THESE, these)}
    return [rows[number] for number in numbers]


def _hit(row: dict[str, Any]) -> Hit:
    given = {name: value for name, value in row.items() if name != "number"}
    return Hit(**given | ({"snippet": ""} if row["withheld"] else {}))


def matching(db: Database, query: str, site: str | None = None, section: str | None = None, language: str | None = None) -> str:
    """What the index is asked for: the words of a query, in the stories of a site, section, language."""
    return " AND ".join([match_of(query, within=partial(stretches_with, db.conn, "articles_fts")), *filter_words(site, section, language)])


def filter_words(site: str | None, section: str | None, language: str | None) -> list[str]:
    """Matches of filter words (see migrations.KEYS)."""
    words = []
    if site:
        words.append(f"s_{site}")
    if language:
        words.append(f"l_{language.partition('-')[0].lower()}")
    if section:
        words.append(f"sec_{_ascii_lower(section[:60]).encode().hex()}")
    return [f'keys : "{word.replace(chr(34), " ")}"' for word in words]


def is_anywhere(db: Database, section: str | None, language: str | None) -> bool:
    """Whether any story of the archive has this section and this language."""
    match = " AND ".join(filter_words(None, section, language))
    return db.execute("select 1 from articles_fts where articles_fts match ? limit 1", (match,)).fetchone() is not None


def most_frequent(db: Database, column: str, limit: int) -> list[str]:
    """Values of a column of articles, those of most stories first."""
    query = f"select {column} from articles where {column} is not null group by 1 order by count(*) desc, 1 limit ?"
    return [value for (value,) in db.execute(query, (limit,)).fetchall()]


def _ascii_lower(text: str) -> str:
    """As SQLite's lower(): letters beyond ASCII keep their case."""
    return "".join(letter.lower() if letter.isascii() else letter for letter in text)
