"""How words are used: each place where they stand, in its context (`archiver kwic`), and how often, over time (`archiver trend`)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from itertools import islice
from pathlib import Path

import click
from rich.cells import cell_len, set_cell_size
from rich.console import Console
from rich.text import Text

from archiver import display
from archiver.answers import hint_on, refuse_unknown, refuse_unreadable
from archiver.counted import counted
from archiver.display import json_text, safe
from archiver.errors import NothingToDo
from archiver.store import Occurrence, Period, open_reader

MOST_SORTED = 100_000  # occurrences that are put in order; more are passed over, and that is said
BAR = 24  # columns
LEAST_BAR = 4
PERIOD = 21  # columns of a row's period with the number of all its stories
NUMBER = 5  # columns of the number of those with the words
SHARE = 15  # columns between that and its bar
SHOWN_EMPTY = 3  # periods in a row without a story; what is between two spells of crawling may be a thousand days
EIGHTHS = " ▏▎▍▌▋▊▉█"
FACTS = 25  # columns of a line of the concordance: key, day, spaces


def print_kwic(data_dir: Path, query: str, site: str | None, from_: date | None, to: date | None, section: str | None,
               language: str | None, width: int, sort: str, limit: int, as_json: bool) -> None:  # fmt: skip
    """A concordance. Raises NothingToDo where the words stand nowhere, WrongUse where the query cannot be read."""
    refuse_unreadable(query, from_, to)
    with open_reader(data_dir) as archive:
        refuse_unknown(archive, site, section, language)
        found = archive.concordance(query, site, from_, to, section, language, width)
        if sort == "newest":
            lines = list(islice(found, limit))
        else:
            lines = sorted(islice(found, MOST_SORTED), key=_words_right if sort == "right" else _words_left)
        more = len(lines) == MOST_SORTED or next(found, None) is not None
    if not lines:
        raise NothingToDo(
            f"{query!r} stands nowhere.\n{hint_on(query)}Try fewer or shorter words (word* finds all that begin with it), or other days."
        )
    if as_json:
        for line in lines[:limit]:
            click.echo(json_text(asdict(line)))
        return
    out = display.console()
    side = max(10, (min(out.width, FACTS + 2 * width + 30) - FACTS - max(cell_len(line.match) for line in lines[:limit])) // 2)
    for line in lines[:limit]:
        out.print(_kwic_line(line, min(side, width)), no_wrap=True, overflow="crop")
    shown = counted(min(len(lines), limit), "place", "places")
    rest = f" of {len(lines):,}{' and more' if more else ''}" if len(lines) > limit or (more and sort != "newest") else ""
    hint = "; there are more: --limit" if more and sort == "newest" else ""
    out.print(Text(f"\n{shown}{rest} shown{hint}. Read a story: archiver show {lines[0].key}", style="dim"))


def _kwic_line(line: Occurrence, side: int) -> Text:
    left, right = safe(line.left), safe(line.right)
    while cell_len(left) > side:
        left = left[max(1, (cell_len(left) - side) // 2) :]
    text = Text(f"{line.key} {(line.date_published_utc or '')[:10]:10}  ", style="dim")
    text.append(" " * (side - cell_len(left)) + left, style="default")
    text.append(f" {safe(line.match)} ", style="bold yellow")
    return text.append(set_cell_size(right, side).rstrip(), style="default")


def _words_right(line: Occurrence) -> tuple[str, str]:
    return line.right.lstrip(" ,.;:!?“”\"'»«)(").casefold(), line.match.casefold()


def _words_left(line: Occurrence) -> list[str]:
    return line.left.casefold().split()[::-1]


def print_trend(data_dir: Path, queries: Sequence[str], by: str, site: str | None, from_: date | None, to: date | None,
                section: str | None, language: str | None, as_json: bool) -> None:  # fmt: skip
    """Periods with a bar for each query. Raises NothingToDo where no story has a date, WrongUse where a query cannot be read."""
    for query in queries:
        refuse_unreadable(query, from_, to)
    with open_reader(data_dir) as archive:
        refuse_unknown(archive, site, section, language)
        periods = archive.trend(queries, by, site, from_, to, section, language)
        undated = None if from_ or to else archive.undated(queries, site, section, language)
    if not periods:
        raise NothingToDo("No story was published in that time.\nTry other days, or leave out --site, --section and --language.")
    if as_json:
        for period in [*periods, *([undated] if undated and undated.stories else [])]:
            matches, shares = dict(zip(queries, period.matches, strict=True)), dict(zip(queries, period.per_thousand, strict=True))
            told = {"period": period.name or None, "stories": period.stories, "matches": matches, "per_thousand": shares}
            click.echo(json_text(told))
        return
    _draw(queries, periods, undated, display.console())


def _draw(queries: Sequence[str], periods: Sequence[Period], undated: Period | None, out: Console) -> None:
    most = max((share for period in periods for share in period.per_thousand), default=0.0)
    facts = PERIOD + sum(max(cell_len(query), NUMBER) + SHARE for query in queries)
    width = min(BAR // len(queries), (out.width - facts) // len(queries))
    has_bars = width >= LEAST_BAR  # on a narrow terminal the numbers alone
    titles = ["", "stories", *(title for query in queries for title in (query, "per 1,000", "")[: 2 + has_bars])]
    rows, gap = [], 0
    for place, period in enumerate(periods):
        is_followed = place + 1 < len(periods) and not periods[place + 1].stories
        gap = 0 if period.stories else gap + 1
        if gap > SHOWN_EMPTY and is_followed:
            continue  # the last one stands for all of them
        row = [period.name if gap <= SHOWN_EMPTY else "…", f"{period.stories:,}"]
        for number, share in zip(period.matches, period.per_thousand, strict=True):
            row += [f"{number:,}", f"{share:.1f}" if period.stories else ""]
            row += [bar(share / most if most else 0.0, width)] if has_bars else []
        rows.append(row)
    display.table(rows, [safe(title) for title in titles], out)
    totals = (
        counted(sum(period.matches[place] for period in periods), "story", "stories")
        + f" with {query}"
        + (f" ({undated.matches[place]:,} more without a date)" if undated and undated.matches[place] else "")
        for place, query in enumerate(queries)
    )
    empty = " …: periods without a story (--json has each)." if any(row[0] == "…" for row in rows) else ""
    out.print(Text(safe(f"\n{'; '.join(totals)}. Days are UTC.{empty} See the places: archiver kwic {queries[0]!r}"), style="dim"))


def bar(share: float, width: int) -> str:
    """A bar of `width` columns for a share of 1, in eighths of a column."""
    whole, rest = divmod(round(share * width * 8), 8)
    return (EIGHTHS[8] * whole + (EIGHTHS[rest] if rest else "")) or (EIGHTHS[1] if share else "")
