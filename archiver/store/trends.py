"""How often words stand in stories, period by period, counted in the index alone: a story's number there tells its day (see index.py)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlite_utils import Database

from archiver.store import index
from archiver.store.search import filter_words, matching

DAY = index.SLOTS * 24 * 60  # numbers in a day
DAY_OF = f"(number - ((number % {DAY}) + {DAY}) % {DAY}) / {DAY}"  # rounded down, also before 2000
IN_INDEX = "select rowid as number from articles_fts where articles_fts match :match and rowid between :low and :high"
BY_SITE = """
select a.site, count(*) as stories from articles_fts cross join articles a on a.search_id = articles_fts.rowid
where articles_fts match :match and articles_fts.rowid between :low and :high group by a.site order by stories desc, a.site
"""
IN_ALL = "select search_id as number from articles where search_id between :low and :high"


@dataclass(frozen=True, slots=True)
class Period:
    """A day, week, month or year (UTC) and its stories."""

    name: str  # 2026-03-05, 2026-W10, 2026-03 or 2026; empty for the stories without a date
    stories: int  # in all
    matches: tuple[int, ...]  # with the words of each query

    @property
    def per_thousand(self) -> tuple[float, ...]:
        return tuple(round(1_000 * number / self.stories, 2) if self.stories else 0.0 for number in self.matches)


NAMES: dict[str, Callable[[date], str]] = {
    "day": date.isoformat,
    "week": lambda day: "{:04}-W{:02}".format(*day.isocalendar()[:2]),
    "month": lambda day: day.isoformat()[:7],
    "year": lambda day: day.isoformat()[:4],
}


def trend(
    db: Database,
    queries: Sequence[str],
    by: str = "month",
    site: str | None = None,
    from_: date | None = None,
    to: date | None = None,
    section: str | None = None,
    language: str | None = None,
) -> list[Period]:
    """Every period from the first that has a story to the last, `by` one of NAMES; stories without a date are in none (see `undated`).

    Raises WrongUse for a query without a word.
    """
    low, high = index.day_range(from_, to)
    low = max(low, index.UNDATED // 2)
    words = filter_words(site, section, language)
    totals = _by_day(db, IN_INDEX if words else IN_ALL, " AND ".join(words), low, high)
    stories, found = _by_period(totals, by), [matches(db, query, by, site, from_, to, section, language) for query in queries]
    return [Period(name, stories[name], tuple(counts[name] for counts in found)) for name in _names(totals, by)]


def undated(
    db: Database, queries: Sequence[str], site: str | None = None, section: str | None = None, language: str | None = None
) -> Period:
    """The stories that are in no period, as they have no date; those which a search finds beside the others."""
    outside = {"low": index.UNDATED * 2, "high": index.UNDATED // 2 - 1}
    words = filter_words(site, section, language)
    asked = [(IN_INDEX if words else IN_ALL, " AND ".join(words))]
    asked += [(IN_INDEX, matching(db, query, site, section, language)) for query in queries]
    counts = [db.execute(f"select count(*) from ({numbers})", outside | {"match": match}).fetchone()[0] for numbers, match in asked]
    return Period("", counts[0], tuple(counts[1:]))


def matches(
    db: Database,
    query: str,
    by: str = "month",
    site: str | None = None,
    from_: date | None = None,
    to: date | None = None,
    section: str | None = None,
    language: str | None = None,
) -> Counter[str]:
    """In how many stories of each period the words of a query stand. Raises WrongUse for a query without a word."""
    low, high = index.day_range(from_, to)
    return _by_period(_by_day(db, IN_INDEX, matching(db, query, site, section, language), max(low, index.UNDATED // 2), high), by)


def matches_by_site(
    db: Database,
    query: str,
    site: str | None = None,
    from_: date | None = None,
    to: date | None = None,
    section: str | None = None,
    language: str | None = None,
) -> list[tuple[str, int]]:
    """In how many stories of each site the words of a query stand, the most first. Raises WrongUse for a query without a word."""
    low, high = index.day_range(from_, to)
    given = {"match": matching(db, query, site, section, language), "low": low, "high": high}
    return [(name, count) for name, count in db.execute(BY_SITE, given).fetchall()]


def _by_day(db: Database, numbers: str, match: str, low: int, high: int) -> Counter[date]:
    query = f"select {DAY_OF}, count(*) from ({numbers}) group by 1"
    rows = db.execute(query, {"match": match, "low": low, "high": high}).fetchall()
    return Counter({index.EPOCH.date() + timedelta(days=day): count for day, count in rows})


def _by_period(days: Counter[date], by: str) -> Counter[str]:
    counts: Counter[str] = Counter()
    for day, count in days.items():
        counts[NAMES[by](day)] += count
    return counts


def _names(days: Counter[date], by: str) -> Iterator[str]:
    """Names of the periods from the first to the last day, those without a story, too."""
    if not days:
        return
    first, last = min(days), max(days)
    seen = None
    for number in range((last - first).days + 1):
        name = NAMES[by](first + timedelta(days=number))
        if name != seen:
            yield name
        seen = name
