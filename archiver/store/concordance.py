"""Words in their context: every place where a query's words stand in headlines, standfirsts and texts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import partial

from sqlite_utils import Database

from archiver.store import index, rights, words
from archiver.store.excerpts import marked
from archiver.store.search import MARKS, matching

PARTS = ("headline", "abstract", "body")
LONG = 200_000  # characters of a text that is not marked in one piece, see excerpts.py
LONGEST_CONTEXT = 1_000  # characters on each side
STORIES = f"""
select a.key, a.site, a.url, a.headline as title, a.date_published, a.date_published_utc,
    highlight(articles_fts, 0, :open, :close) as headline, highlight(articles_fts, 1, :open, :close) as abstract,
    iif(length(articles_fts.article_body) > {LONG}, null, highlight(articles_fts, 2, :open, :close)) as body,
    iif(length(articles_fts.article_body) > {LONG}, articles_fts.article_body, null) as long_body
from articles_fts cross join articles a on a.search_id = articles_fts.rowid
where articles_fts match :match and articles_fts.rowid between :low and :high and {rights.SHOWN}
order by articles_fts.rowid desc
"""
MARK = re.compile("[" + "".join(MARKS) + "]")
MARKED = re.compile(f"{MARKS[0]}([^{MARKS[1]}]*){MARKS[1]}")
WHOLE = re.compile(r".+", re.DOTALL)
PARAGRAPH = re.compile(r"\s*\n\s*")


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One place where a word or phrase of the query stands."""

    key: str
    site: str
    url: str
    headline: str | None
    date_published: str | None  # as declared
    date_published_utc: str | None
    part: str  # headline, abstract or body
    number: int  # among those of its part, from 1
    left: str  # what stands before it; ¶ where a paragraph ends
    match: str  # as it is written there
    right: str


def concordance(
    db: Database,
    query: str,
    site: str | None = None,
    from_: date | None = None,
    to: date | None = None,
    section: str | None = None,
    language: str | None = None,
    width: int = 60,
) -> Iterator[Occurrence]:
    """Occurrences with `width` characters on each side, of the newest story first, in a story from its beginning.

    Published from one day to another (UTC, both included). Of pages that say noarchive none is shown. Raises WrongUse for a query
    without a word.
    """
    low, high = index.day_range(from_, to)
    given = {"match": matching(db, query, site, section, language), "low": low, "high": high, "open": MARKS[0], "close": MARKS[1]}
    width, pieces = min(width, LONGEST_CONTEXT), words.unspaced_pieces(query)
    within = re.compile("|".join(map(re.escape, pieces)), re.IGNORECASE) if pieces else WHOLE
    for row in db.query(STORIES, given):
        row = row if row["long_body"] is None else row | {"body": marked(row["long_body"], partial(words.any_of, query), *MARKS)}
        facts = {name: row[name] for name in ("key", "site", "url", "date_published", "date_published_utc")}
        for part in PARTS:
            for number, (left, match, right) in enumerate(_contexts(row[part] or "", width, within), 1):
                yield Occurrence(headline=row["title"], part=part, number=number, left=left, match=match, right=right, **facts)


def _contexts(marked: str, width: int, within: re.Pattern[str]) -> Iterator[tuple[str, str, str]]:
    """(left, match, right) of what is marked in a text; of a stretch without spaces only what `within` finds in it."""
    reach = 2 * width  # other marks and the ends of paragraphs are among them
    for mark in MARKED.finditer(marked):
        for found in within.finditer(marked, mark.start(1), mark.end(1)):
            before, behind = marked[max(0, found.start() - reach) : found.start()], marked[found.end() : found.end() + reach]
            yield _plain(before)[-width:].lstrip(), _plain(found[0]), _plain(behind)[:width].rstrip()


def _plain(text: str) -> str:
    return PARAGRAPH.sub(" ¶ ", MARK.sub("", text))
