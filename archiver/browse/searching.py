"""The search page: a question, and what the archive answers."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from typing import Any

from datasette.app import Datasette
from datasette.database import Database
from datasette.utils import sqlite_timelimit
from sqlite_utils import Database as Tables

from archiver.browse.archives import rows
from archiver.browse.reading import AT, LINE, LISTED
from archiver.errors import WrongUse
from archiver.store.index import day_range, oldest_first
from archiver.store.search import COUNTED, SORTS, filter_words, search
from archiver.store.trends import matches, matches_by_site
from archiver.store.words import advice, complaint

PER_PAGE = 20
LAST_PAGE = 50  # who needs more than a thousand stories exports them
PLACE = re.compile(r"-?\d{1,3}(?:\.\d{1,20})?,-?\d{1,3}(?:\.\d{1,20})?")
LANGUAGE = re.compile(r"[a-z]{2,3}")
DAY = re.compile(r"\d{4}-\d\d-\d\d\Z")
MOST_BY_SITE = 2_000  # stories that are counted site by site: each is looked up
TOO_SLOW = "The archive could not answer this in time. Ask for fewer days, one site, or rarer words."

# Without words to look for, stories are listed. A section or language is looked up in the index, which has words for it and for its site
# (see migrations.KEYS).
FILTERS = {
    "site": "a.site = :site",
    "keyword": "a.id in (select article_id from article_keywords where keyword = :keyword)",
    "author": "a.id in (select article_id from article_authors where name = :author)",
    "at": AT,
}


@dataclass(frozen=True, slots=True)
class Question:
    """What the form of the search page holds. Missing or senseless values are empty."""

    q: str = ""
    site: str = ""
    section: str = ""
    language: str = ""  # BCP 47, its first part
    keyword: str = ""  # these three list stories, and do not go with words to look for
    author: str = ""
    at: str = ""  # a place, "LAT,LON"
    from_: str = ""  # ISO day, included
    to: str = ""  # ISO day, included
    sort: str = "rank"
    page: int = 1

    @classmethod
    def read(cls, args: Mapping[str, str]) -> Question:
        texts = {name: " ".join((args.get(name) or "").split())[:2_000] for name in ("q", "site", "section", "keyword", "author", "at")}
        if not PLACE.fullmatch(texts["at"]):
            texts["at"] = ""
        language = (args.get("language") or "").strip().lower()
        if texts["q"]:
            texts |= {"keyword": "", "author": "", "at": ""}
        sort = args.get("sort") or "rank"
        number = args.get("page") or ""
        return cls(
            **texts,
            language=language if LANGUAGE.fullmatch(language) else "",
            from_=read_day(args.get("from")),
            to=read_day(args.get("to")),
            sort=sort if sort in SORTS else "rank",
            page=max(1, min(int(number), LAST_PAGE)) if re.fullmatch("[0-9]{1,6}", number) else 1,
        )

    @property
    def is_filtered(self) -> bool:
        return any((self.site, self.section, self.language, self.keyword, self.author, self.at, self.from_, self.to))

    @property
    def dates(self) -> tuple[date | None, date | None]:
        """First and last day."""
        return date.fromisoformat(self.from_) if self.from_ else None, date.fromisoformat(self.to) if self.to else None

    @property
    def offset(self) -> int:
        return (self.page - 1) * PER_PAGE

    def link(self, **other: Any) -> dict[str, Any]:
        """Parameters of the same question with some of them changed; the page starts over."""
        asked = asdict(replace(self, **{"page": 1, **other}))
        return asked | {"sort": asked["sort"] if asked["sort"] != "rank" else "", "page": asked["page"] if asked["page"] > 1 else ""}


@dataclass(frozen=True, slots=True)
class Answer:
    hits: list[dict[str, Any]] = field(default_factory=list)
    total: int = 0
    is_exact: bool = True
    has_more: bool = False
    months: Mapping[str, int] = field(default_factory=dict)  # YYYY-MM ▶ stories; only where they could be counted at once
    by_site: Sequence[tuple[str, int]] = ()  # stories of each site, the most first; where they could be counted, of several
    trouble: str | None = None  # why there is no answer
    misread: str | None = None  # what in the question does not fit together; all its words were looked for
    advice: str | None = None  # how a question without an answer may have been meant


def read_day(text: str | None) -> str:
    """A day of the calendar as ISO text, or nothing."""
    try:
        return date.fromisoformat(text).isoformat() if text and DAY.match(text) else ""
    except ValueError:
        return ""


async def ask(datasette: Datasette, db: Database, question: Question, limit: int = PER_PAGE) -> Answer:
    """Never raises for a question that a reader could ask. `limit`: stories on a page."""
    from_, to = question.dates
    if from_ and to and from_ > to:
        return Answer(trouble=f"The first day, {from_}, is later than the last one, {to}.")
    limit_ms = datasette.setting("sql_time_limit_ms")

    def in_time(conn: sqlite3.Connection) -> Answer:
        with sqlite_timelimit(conn, limit_ms):
            return find(conn, question, limit) if question.q else browse(conn, question, limit)

    try:
        answer = await db.execute_fn(in_time)
    except WrongUse as error:
        return Answer(trouble=str(error).partition("\n")[0])
    except sqlite3.OperationalError as error:
        if str(error) != "interrupted":
            raise
        return Answer(trouble=TOO_SLOW)
    return replace(
        answer, hits=await dressed(db, answer.hits), misread=complaint(question.q), advice=None if answer.hits else advice(question.q)
    )


def find(conn: sqlite3.Connection, question: Question, limit: int) -> Answer:
    """Stories with certain words."""
    from_, to = question.dates
    narrowed = (question.q, question.site or None, from_, to, question.section or None)
    language = question.language or None
    found = search(Tables(conn), *narrowed, limit=limit, sort=question.sort, language=language, offset=question.offset)
    hits = [{"key": hit.key, "snippet": hit.snippet, "headline_marked": hit.headline_marked} for hit in found.hits]
    answer = answered(hits, found.total, found.total_is_exact, question)
    if question.page > 1 or not found.total_is_exact:
        return answer
    months = matches(Tables(conn), question.q, "month", *narrowed[1:], language)
    by_site = () if question.site or found.total > MOST_BY_SITE else matches_by_site(Tables(conn), *narrowed, language)
    return replace(answer, months=months, by_site=by_site if len(by_site) > 1 else ())


def browse(conn: sqlite3.Connection, question: Question, limit: int) -> Answer:
    """The newest (or oldest) stories of a site, section, keyword, author, place or time."""
    is_in_index = bool(question.section or question.language)
    driver = "articles_fts cross join articles a on a.search_id = articles_fts.rowid" if is_in_index else "articles a"
    number = "articles_fts.rowid" if is_in_index else "a.search_id"
    words = filter_words(question.site or None, question.section or None, question.language or None)
    low, high = day_range(*question.dates)
    given = {
        **asdict(question),
        "match": " AND ".join(words),
        "low": low,
        "high": high,
        "limit": limit,
        "most": COUNTED + 1,
        "offset": question.offset,
    }
    matched = ["articles_fts match :match"] if is_in_index else []
    where = " and ".join([*matched, f"{number} between :low and :high", *(sql for name, sql in FILTERS.items() if getattr(question, name))])
    order = oldest_first(number) if question.sort == "oldest" else f"{number} desc"
    listed = conn.execute(f"select a.key from {driver} where {where} order by {order} limit :limit offset :offset", given).fetchall()
    (total,) = conn.execute(f"select count(*) from (select 1 from {driver} where {where} limit :most)", given).fetchone()
    return answered([{"key": key} for (key,) in listed], min(total, COUNTED), total <= COUNTED, question)


def answered(hits: list[dict[str, Any]], total: int, is_exact: bool, question: Question) -> Answer:
    has_more = question.page < LAST_PAGE and (question.offset + len(hits) < total or not is_exact) and bool(hits)
    return Answer(hits, total, is_exact, has_more)


async def dressed(db: Database, hits: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The hits with all that a list shows of a story."""
    sql = f"select {LINE} from {LISTED} where a.key in (select value from json_each(:keys))"
    known = {each["key"]: each for each in await rows(db, sql, {"keys": json.dumps([hit["key"] for hit in hits])})}
    return [known[hit["key"]] | hit for hit in hits if hit["key"] in known]
