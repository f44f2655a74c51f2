"""`archiver backfill`: older stories of a site, and what there is against what is kept, month by month."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console
from rich.markup import escape

from archiver import display, settings
from archiver.counted import counted
from archiver.crawling import Wanted, crawl
from archiver.discover.found import zone_of
from archiver.discover.ranges import Days, archive_pages, read_days
from archiver.display import safe
from archiver.errors import SOME_FAILED, ArchiverError, NothingToDo, worst
from archiver.health import in_words as in_words_of
from archiver.health import is_failure, next_due
from archiver.queries import load_queries
from archiver.records import Site
from archiver.store import Archive, open_archive, open_reader
from archiver.store.coverage import missing_in_words

if TYPE_CHECKING:
    from archiver.walking import Ending

ROBOTS = "robots.txt"  # in what is wrong with a list that robots.txt forbids: honoured, no failure
NAMED = 5  # missing stories of one month that are named on the terminal; --json names all
BAR = 24  # characters of the longest bar


@dataclass(frozen=True, slots=True)
class Coverage:
    """What there is and what is kept: rows of queries/coverage.sql and queries/missing_stories.sql."""

    months: list[dict[str, Any]]  # newest first
    missing: list[dict[str, Any]]


def backfill(data_dir: Path, site: Site, days: Days, undated: bool, relist: bool, max_requests: int | None,
             workers: int | None, quiet: bool) -> tuple[display.SiteTally, ArchiverError | None]:  # fmt: skip
    """Fetches, keeps and reads the site's stories of these days; those that are here are not asked again.

    Returns what happened, and why some could not be read: the reading process failed.
    """
    from archiver.spider import Older

    wanted = Wanted(older=Older(days, undated, relist, max_requests, until=next_regular_run(data_dir, site)))
    with display.Progress([site.name], quiet) as progress:
        unread = crawl([site], data_dir, wanted, progress.watch, "crawl", workers)
    return progress.tallies[site.name], unread


def next_regular_run(data_dir: Path, site: Site) -> datetime | None:
    """When the backfill gives way to the site's regular run; None for a site that has none: paused, or never crawled."""
    now = settings.utc_now()
    with open_archive(data_dir) as archive:
        runs = archive.last_runs(site.name, 1)
        return next_due(site, runs[0], now, archive.learned_every(site.name)) if runs and not site.paused else None


def days_of(site: Site, first: str, last: str | None) -> Days:
    """The range that a user names, by the clock of the site. Raises WrongUse."""
    return read_days(first, last, settings.utc_now().astimezone(zone_of(site)).date())


def report(data_dir: Path, site: Site, days: Days, tally: display.SiteTally | None, as_json: bool, quiet: bool,
           unread: ArchiverError | None = None) -> int:  # fmt: skip
    """Shows what a run did (none: what earlier ones did) and what is missing; returns the exit code. Raises NothingToDo.

    `unread`: why some of what it kept could not be read.
    """
    with open_reader(data_dir) as archive:
        coverage = read_coverage(archive, site.name, days)
    out = display.console(stderr=quiet)
    code = worst(exit_code(tally), unread.exit_code if unread else 0)
    nothing = not any(month["expected"] for month in coverage.months)
    if as_json:
        click.echo(display.json_text(as_dict(site, days, tally, coverage), indent=2))
    elif not quiet or code:
        if tally:
            display.print_summary({site.name: tally}, None, out)
        print_coverage(coverage, out)
        if tally and tally.walk:
            print_ending(site, days, tally.walk, out)
    if unread:
        click.echo(safe(unread), err=True)
    if tally and tally.was_stopped:
        click.echo(f"Stopped. What was fetched is kept and read. To go on from here: {command_of(site, days)}", err=True)
        return 1
    if nothing and code == SOME_FAILED and tally and not (tally.walk and tally.walk.sources):
        click.echo(f"{site.name} could not be looked through: {first_failure(tally)}.\nLater: {command_of(site, days)}", err=True)
    elif nothing and code in (0, SOME_FAILED):
        raise nothing_found(site, days, tally)
    return code


def command_of(site: Site, days: Days) -> str:
    return f"archiver backfill {site.name} --from {days.first} --to {days.last}"


def first_failure(tally: display.SiteTally) -> str:
    """What went wrong most often, in words, with an address."""
    failed = [outcome for outcome, _ in tally.outcomes.most_common() if is_failure(outcome) and tally.examples.get(outcome)]
    if failed:
        url, reason = tally.examples[failed[0]][0]
        return safe(f"{in_words_of(failed[0])} ({url}: {reason or failed[0]})")
    return safe(next((f"{words} ({url})" for url, words in tally.walk.problems.items()), "no list answered") if tally.walk else "no answer")


def exit_code(tally: display.SiteTally | None) -> int:
    """3 where a list or a story failed; a budget that ended first is no failure."""
    if tally is None:
        return 0
    if tally.fatal:
        return tally.fatal_code
    problems = tally.walk.problems.values() if tally.walk else ()
    return SOME_FAILED if display.failures(tally) or any(ROBOTS not in words for words in problems) else 0


def read_coverage(archive: Archive, site: str, days: Days) -> Coverage:
    given = {"site": site, "from": f"{days.first:%Y-%m}", "to": f"{days.last:%Y-%m}"}
    sql = {query.name: query.sql for query in load_queries()}
    return Coverage(*([dict(row) for row in archive.db.query(sql[name], given)] for name in ("coverage", "missing_stories")))


def as_dict(site: Site, days: Days, tally: display.SiteTally | None, coverage: Coverage) -> dict[str, Any]:
    ending = tally.walk if tally else None
    return {
        "site": site.name,
        "from": days.first.isoformat(),
        "to": days.last.isoformat(),
        "run": tally.as_json() if tally else None,
        "lists": {
            "answered": list(ending.sources),
            "failed": [{"url": url, "reason": words} for url, words in ending.problems.items()],
            "waiting": ending.waiting,
            "undated": ending.undated,
        }
        if ending
        else None,
        "months": [month | {"missing_stories": _of_month(coverage, month["month"])} for month in coverage.months],
    }


def _of_month(coverage: Coverage, month: str) -> list[dict[str, Any]]:
    return [
        {name: row[name] for name in ("url", "title", "fate", "reason", "source_url")} for row in coverage.missing if row["month"] == month
    ]


def print_coverage(coverage: Coverage, out: Console) -> None:
    """A line a month, then the missing ones by name."""
    if not coverage.months:
        return
    drawn = out.is_terminal  # in a log or a mail, numbers do
    most = max(row["expected"] for row in coverage.months)
    rows = [
        (row["month"], *([picture(row, most)] if drawn else []), row["expected"], row["expected_by"], row["kept"], row["missing"] or "",
         missing_in_words(row))
        for row in coverage.months
        if row["expected"]
    ]  # fmt: skip
    total = [sum(row[name] for row in coverage.months) for name in ("expected", "kept", "missing")]
    rows += [("all", *([""] if drawn else []), total[0], "", total[1], total[2] or "", "")] if len(rows) > 1 else []
    display.table(rows, ["month", *(["█ kept ░ missing"] if drawn else []), "expected", "by", "kept", "missing", "why"], out)
    if empty := sum(not row["expected"] for row in coverage.months):
        out.print(f"  [dim]{counted(empty, 'month')} without a story, by the site's lists[/dim]")
    for month in coverage.months:
        named = _of_month(coverage, month["month"])
        for row in named[:NAMED]:
            out.print(f"  {month['month']} {escape(row['fate'])}: {escape(safe(row['url']))}", soft_wrap=True)
        if len(named) > NAMED:
            out.print(f"  {month['month']} … and {len(named) - NAMED} more (--json names all)")


def picture(row: Mapping[str, Any], most: int, width: int = BAR) -> str:
    """A month as a bar: its whole length is what there is, the full part of it what is kept. What is there is never drawn as nothing."""
    whole = max(1, round(row["expected"] / most * width)) if row["expected"] else 0
    kept = round(min(row["kept"], row["expected"]) / row["expected"] * whole) if row["expected"] else 0
    if row["missing"]:
        kept = min(kept, max(whole - 1, 0)) if whole > 1 or not row["kept"] else kept
    if row["kept"] and not kept and whole > 1:
        kept = 1
    return "█" * kept + "░" * (whole - kept)


def print_ending(site: Site, days: Days, ending: Ending, out: Console) -> None:
    """What was not looked through, by name, and what to do."""
    again = command_of(site, days)
    by_reason: dict[str, list[str]] = {}
    for url, words in ending.problems.items():
        by_reason.setdefault(words, []).append(url)
    for words, urls in by_reason.items():
        more = f" and {len(urls) - 1} more" if len(urls) > 1 else ""
        out.print(f"  [red]list not read:[/red] {escape(safe(urls[0]))}{more}  [dim]{escape(safe(words))}[/dim]", soft_wrap=True)
    if ending.problems:
        out.print(f"      next: {again}   (later: only what is missing is asked again)", soft_wrap=True)
    if ending.cut:
        out.print(
            f"  The budget of requests is used up; {counted(ending.waiting, 'list is', 'lists are')} left. Next: {again}", soft_wrap=True
        )
    if ending.undated:
        undated = counted(ending.undated, "address in sitemaps tells no date and was", "addresses in sitemaps tell no date and were")
        out.print(f"  {undated} left out. To fetch what they lead to, too: {again} --undated", soft_wrap=True)


def nothing_found(site: Site, days: Days, tally: display.SiteTally | None) -> NothingToDo:
    """Names what was looked for."""
    if tally is None:
        return NothingToDo(f"Nothing is known of {site.name}, {days}: it was not looked through yet.\nLeave --coverage out to do so.")
    ending = tally.walk
    looked = [
        f"WordPress API: {site.wordpress_api or 'none in sites.toml, and the front page names none'}",
        f"sitemaps: {', '.join(site.sitemaps) or 'none in sites.toml, robots.txt or at the usual addresses'}",
        f"dated archive pages: {(archive_pages(site, days) or ['no archive_page in sites.toml'])[0]}",
    ]
    sources: Sequence[str] = ending.sources if ending else ()
    if not sources:
        return NothingToDo(
            f"{site.name} has no list of older stories that could be read. Looked for:\n  "
            + "\n  ".join(looked)
            + f'\nIf it has dated pages, name them in sites.toml, in [{site.name}]: archive_page = "{site.url}archive/{{yyyy}}-{{mm}}/"'
        )
    hint = "\nSome addresses tell no date: --undated fetches them." if ending and ending.undated else ""
    return NothingToDo(f"No story of {site.name} is listed for {days}. Looked for:\n  " + "\n  ".join(looked) + hint)
