"""`archiver crawl` and `archiver run`: which sites they take, what they say of how it went, and what they end with."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import click

from archiver import crawling, display, health, schedule, settings
from archiver.display import SiteTally, safe
from archiver.errors import SOME_FAILED, STOPPED, ArchiveDamaged, ArchiverError, NothingToDo, UnknownSite, WrongUse, worst
from archiver.records import Site
from archiver.sites import Facts, load_sites
from archiver.store import open_archive
from archiver.urls import normalise, same_site

LAST_FAILURE = "run.failed"  # in the data directory: why the last run could not do its work
NUMBERS = re.compile(r"\d+")


def choose(what: Sequence[str], data_dir: Path) -> tuple[list[Site], tuple[str, ...]]:
    """Names or addresses as sites and addresses; without any, the sites that are crawled by themselves.

    Raises UnknownSite, WrongUse, NothingToDo.
    """
    known = Facts(data_dir)
    if what:
        return _named(what, known)
    active = schedule.sites_to_crawl(known, data_dir)
    if not active:
        raise _none_to_crawl(known)
    return list(active.values()), ()


def _named(what: Sequence[str], known: Mapping[str, Site]) -> tuple[list[Site], tuple[str, ...]]:
    names: dict[str, Site] = {}
    urls: list[str] = []
    for word in what:
        if "://" in word and normalise(word) is None:
            raise WrongUse(
                f"{word!r} is no web address, or carries a user name.\nExample: archiver crawl https://example.org/2026/a-story/"
            )
        if "://" in word:
            home = next((site for site in known.values() if same_site(word, site.url)), None)
            if home is None:
                raise UnknownSite(f"{word} belongs to no known site.\nAdd its site first: archiver add {'/'.join(word.split('/')[:3])}/")
            names[home.name] = home
            urls.append(word)
        elif word in known:
            names[word] = known[word]
        else:
            raise UnknownSite(
                f"No site is named {word!r}. Known sites: {', '.join(sorted(known)) or 'none yet'}.\nTo add one: archiver add https://…"
            )
    if urls and not all("://" in word for word in what):
        raise WrongUse("Name sites or addresses, not both: with an address, a site's other stories are left alone.")
    return list(names.values()), tuple(urls)


def _none_to_crawl(known: Mapping[str, Site]) -> NothingToDo:
    named = "".join(f"\nOr name one: archiver crawl {name}" for name in sorted(known)[:1])
    return NothingToDo(f"No site is there to crawl: none was added yet, or all are paused.\nAdd one: archiver add https://…{named}")


def crawl(
    sites: Sequence[Site],
    data_dir: Path,
    wanted: crawling.Wanted,
    command: str = "crawl",
    workers: int | None = None,
    as_json: bool = False,
    quiet: bool = False,
) -> int:
    """Crawls with progress, prints the summary, returns the exit code."""
    began = time.monotonic()
    with display.Progress([site.name for site in sites], quiet) as progress:
        unread = crawling.crawl(sites, data_dir, wanted, progress.watch, command, workers)
    tallies = progress.tallies
    by_health = command == "run"  # a failed page among many is no trouble of the site; see health
    failed = (lambda _: 0) if by_health else display.without_story if wanted.urls else display.failures
    code = exit_code(tallies.values(), failed)
    if as_json:
        click.echo(display.json_text({name: tally.as_json() for name, tally in tallies.items()}))
    elif not quiet or code:
        display.print_summary(tallies, time.monotonic() - began, display.console(stderr=quiet))
    if wanted.section and not any(tally.visited for tally in tallies.values()) and not quiet:
        click.echo(f"No story that is due has /{safe(wanted.section.strip('/'))}/ in its address or in that of its list.", err=True)
        click.echo("--section takes a word of the address as it stands there, as in /sport/the-story/: --section sport", err=True)
    if unread:
        click.echo(safe(unread), err=True)
    if any(tally.was_stopped for tally in tallies.values()):
        click.echo(STOPPED, err=True)
        code = ArchiverError.exit_code
    return worst(code, unread.exit_code) if unread else code


def exit_code(tallies: Collection[SiteTally], failed: Callable[[SiteTally], int]) -> int:
    """3 where a fault ended some site's crawl, or something failed; the fault's own where it ended all, or the archive is damaged."""
    ended = [tally.fatal_code for tally in tallies if tally.fatal]
    if ended and (len(ended) == len(tallies) or ArchiveDamaged.exit_code in ended):
        return worst(*ended)
    return SOME_FAILED if ended or any(map(failed, tallies)) else 0


def run(data_dir: Path, quiet: bool = False, verbose: bool = False) -> int:
    """Crawls every site that is due, side by side; tells what is new of their trouble. Returns the exit code.

    What keeps the whole run from its work (a typing error in sites.toml, a full disk, another run that is under way) a quiet run, which
    the clock starts, tells as it tells a site's trouble: when it is new, and once a day. Any other raises it: NothingToDo where no site
    was added, ArchiveBusy, what reading sites.toml and opening the archive raise.
    """
    last = data_dir / LAST_FAILURE
    try:
        code = _run(data_dir, quiet, verbose)
    except ArchiverError as error:
        if not quiet:
            raise
        if _is_news(last, str(error)):
            _tell(["archiver run could not do its work:", *map(safe, str(error).splitlines())])
        return error.exit_code
    last.unlink(missing_ok=True)
    return code


def _is_news(last: Path, failure: str) -> bool:
    """Whether a run failed in another way than the one before, or was told so a day ago. The numbers (of processes) count for nothing."""
    failure = NUMBERS.sub("0", failure)
    with suppress(OSError, UnicodeDecodeError):
        if last.read_text(encoding="utf-8") == failure and time.time() - last.stat().st_mtime < settings.DAY_S:
            return False
    with suppress(OSError):  # a directory that cannot be written is told each time
        last.write_text(failure, encoding="utf-8")
    return True


def _run(data_dir: Path, quiet: bool, verbose: bool) -> int:
    known = load_sites(data_dir)
    active = schedule.sites_to_crawl(known, data_dir)
    if not active and not any(site.paused for site in known.values()):
        raise _none_to_crawl(known)
    with schedule.run_lock(data_dir):
        with open_archive(data_dir) as archive:
            due = schedule.due_sites(archive, active, settings.utc_now())
        if not due:
            if not quiet:
                click.echo("No site is due. archiver status shows when each is.")
            return 0
        crawling.log_to(data_dir, verbose)
        code = crawl(due, data_dir, crawling.Wanted(), "run", quiet=quiet)
        with open_archive(data_dir) as archive:
            rows = [health.site_health(archive, site, settings.utc_now()) for site in due]
            news = [f"{row.site}: {row.trouble}. Next: {row.next_command}" for row in rows if health.is_news(archive, row)]
    if news:
        _tell([safe(line) for line in news])
    return worst(code, SOME_FAILED if any(row.trouble for row in rows) else 0)


def _tell(lines: list[str]) -> None:
    """On standard error, which cron sends as mail, or to the command that the operator named for it."""
    try:
        if settings.TELL:
            schedule.tell(lines, settings.TELL)
            lines = []
    finally:
        for line in lines:
            click.echo(line, err=True)


def tell_paused(sites: Iterable[Site]) -> None:
    """Of sites that were named: who forgot that one is paused would wait in vain for its next run."""
    for site in sites:
        if site.paused:
            told = f"{site.name} is paused in its facts: only a command that names it takes it, as this one; archiver run passes it over."
            click.echo(told, err=True)
