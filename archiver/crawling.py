"""Runs Scrapy for one site or many, side by side, with the reading process beside them.

Scrapy is imported where it runs: that takes a second, and the reading process takes two to get ready. They do so side by side.
"""

from __future__ import annotations

import asyncio
import logging
import logging.handlers
import multiprocessing
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from archiver import settings
from archiver.errors import ArchiveBusy, ArchiverError, fault
from archiver.locks import site_lock, unusable
from archiver.reader import ReaderChild, reading_failure
from archiver.records import Site
from archiver.recovery import pick_up
from archiver.store import open_archive
from archiver.takedown import finish_pending
from archiver.urls import same_site

if TYPE_CHECKING:
    from scrapy.crawler import AsyncCrawlerProcess, Crawler

    from archiver.spider import NewsSpider, Older

logger = logging.getLogger(__name__)

Watch = Callable[..., None]  # (event, site, …); see display.Progress


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a crawl is asked for."""

    limit: int | None = None  # stories a site
    since: date | None = None
    section: str | None = None
    urls: tuple[str, ...] = ()  # only these addresses, of the sites that they belong to
    recheck: bool = False  # look at known stories again, due or not
    older: Older | None = None  # stories of the past, instead of what is new


def crawl(
    sites: Sequence[Site], data_dir: Path, wanted: Wanted, watch: Watch, command: str = "crawl", workers: int | None = None
) -> ArchiverError | None:
    """Crawls the sites and reads what they gave. Returns why some of it could not be read: the reading process failed.

    A site that another process is crawling is left out, with a word. Raises ArchiveBusy where that leaves none,
    DataDirectoryError, and what opening the archive raises.
    """
    with ExitStack() as locks:
        sites = _free(sites, data_dir, watch, locks)
        _pick_up(data_dir)
        held = {site.name for site in sites}
        finish_pending(data_dir, held)
        runs: dict[str, int] = {}  # of each site, that under way
        crawlers: dict[str, Crawler] = {}  # of each site, that under way
        kept: set[tuple[str, int, str]] = set()  # (site, run, address)
        read: set[tuple[str, int, str]] = set()

        def heard(event: dict[str, Any]) -> None:
            """What a crawl of another process keeps is read by our process, too, where that was there first; and is not ours to tell."""
            if event["site"] in held:
                read.add((event["site"], event["run_id"], event["address"]))
                watch("read", event["site"], event)
                if (crawler := crawlers.get(event["site"])) and crawler.spider:
                    cast("NewsSpider", crawler.spider).was_read()

        def watch_and_wake(event: str, site: str, *what: Any) -> None:
            if event == "run":
                runs[site] = what[0]
            elif event == "visit" and what[0].outcome == "kept":
                kept.add((site, runs[site], what[0].final_address))
                reader.wake(runs[site])
            watch(event, site, *what)

        reader = ReaderChild(data_dir, heard, workers)
        if _is_more_to_read(sites, data_dir, wanted):
            reader.wake()
        try:
            _run_scrapy(sites, data_dir, wanted, watch_and_wake, command, crawlers)
        finally:
            watch("fetched", None)
            code = reader.finish()
        _tell_rest(kept - read, data_dir, watch)
        finish_pending(data_dir, held)  # what was taken down meanwhile is in the files that this crawl wrote
    return reading_failure(code)


def _pick_up(data_dir: Path) -> None:
    """What a crash left behind is indexed, once for all sites. An archive that cannot be used is no reason to ask a server anything."""
    open_archive(data_dir).close()
    try:
        for line in pick_up(data_dir):
            logger.warning(line)
    except OSError as error:
        raise unusable(data_dir, error) from error


def _tell_rest(kept: Collection[tuple[str, int, str]], data_dir: Path, watch: Watch) -> None:
    """What became of captures that the reading process of another crawl has read; and of none that nobody has."""
    if not kept:
        return
    with open_archive(data_dir) as archive:
        for site, run_id, address in sorted(kept):
            outcome, reason = archive.outcome_of(run_id, address) or ("kept", None)
            if outcome != "kept":
                watch("read", site, {"outcome": outcome, "url": address, "reason": reason})


def probe(site: Site, data_dir: Path) -> dict[str, Any]:
    """What a site offers: its feeds, sitemaps, WordPress API, hints of its front page, crawl delay, and each visit.

    In a process of its own, as Twisted's reactor runs once a process and a crawl may follow. Raises what opening the archive raises.
    """
    _pick_up(data_dir)
    with site_lock(site.name, data_dir), ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        return pool.submit(_probe, site, data_dir, settings.ALLOW_LOOPBACK).result()


def _probe(site: Site, data_dir: Path, allow_loopback: bool) -> dict[str, Any]:
    from archiver.spider import ProbeSpider

    settings.ALLOW_LOOPBACK = allow_loopback
    answer: dict[str, Any] = {}
    log_to(data_dir, verbose=False)
    process = _process(data_dir, "probe")
    failures: list[ArchiverError] = []

    def watch(event: str, *what: Any) -> None:
        failures.extend(what[1:] if event == "fatal" else ())

    task = process.crawl(ProbeSpider, facts=site, answer=answer, watch=watch)
    process.start(install_signal_handlers=False)
    if failed := [*failures, *filter(None, [failure_of(task, data_dir)])]:
        raise failed[0]
    return answer


def failure_of(task: asyncio.Future[None], data_dir: Path) -> ArchiverError | None:
    """Why a crawl could not even begin; in the log, where in the code."""
    error = None if task.cancelled() else task.exception()
    if error is None or isinstance(error, ArchiverError):
        return error
    logger.error("A crawl could not begin", exc_info=error)
    return unusable(data_dir, error) if isinstance(error, OSError) else fault(error)


def _is_more_to_read(sites: Sequence[Site], data_dir: Path, wanted: Wanted) -> bool:
    """Is it certain by now that the reading process is needed? Then it gets ready while Scrapy is imported."""
    with open_archive(data_dir) as archive:
        now = settings.utc_now()
        return bool(
            wanted.urls
            or wanted.recheck
            or archive.unread_captures(1)
            or any(archive.last_look_through(site.name) is None or archive.due_links(site.name, now, 1) for site in sites)
        )


def _free(sites: Sequence[Site], data_dir: Path, watch: Watch, locks: ExitStack) -> list[Site]:
    """The sites that nobody else is crawling, locked for us. Raises ArchiveBusy where there are none."""
    free, busy = [], []
    for site in sites:
        try:
            locks.enter_context(site_lock(site.name, data_dir))
            free.append(site)
        except ArchiveBusy as error:
            busy.append((site, error))
    if not free and busy:
        raise busy[0][1]
    for site, why in busy:
        watch("fatal", site.name, why)
    return free


def _run_scrapy(sites: Sequence[Site], data_dir: Path, wanted: Wanted, watch: Watch, command: str, crawlers: dict[str, Crawler]) -> None:
    """`crawlers` has each site's, from when it begins."""
    from archiver.spider import NewsSpider, spider_classes

    classes = spider_classes()
    process = _process(data_dir, command)
    waiting = [(site, wanted.older) for site in sites]

    def start_next() -> None:
        if not waiting:
            return
        site, older = waiting.pop(0)
        if older and older.again:  # a full turn, however long the regular run took
            older = replace(older, until=settings.utc_now() + settings.run_interval(site.every_s))
        crawler = crawlers[site.name] = process.create_crawler(classes.get(site.name, NewsSpider))
        process.crawl(
            crawler,
            facts=site,
            limit=wanted.limit,
            since=wanted.since,
            section=wanted.section,
            urls=tuple(url for url in wanted.urls if same_site(url, site.url)),
            recheck=wanted.recheck,
            older=older,
            watch=watch,
        ).add_done_callback(lambda task: go_on(site, older, crawler, task))

    def go_on(site: Site, older: Older | None, crawler: Crawler, task: asyncio.Future[None]) -> None:
        """A backfill that gave way goes on behind the site's regular run, with what is left of its budget."""
        if error := failure_of(task, data_dir):
            watch("fatal", site.name, error)
        spider: Any = crawler.spider
        if crawler.stats and crawler.stats.get_value("finish_reason") == "shutdown":
            waiting.clear()
        elif older and spider and spider.gave_way:
            left = older.max_requests - spider.requests if older.max_requests else None
            rest = [(site, replace(older, max_requests=left, again=True))] if left is None or left > 0 else []
            waiting[:0] = [(site, None), *rest]
        start_next()

    for _ in range(min(settings.SIDE_BY_SIDE, len(sites))):
        start_next()
    process.start()


def _process(data_dir: Path, command: str) -> AsyncCrawlerProcess:
    from scrapy.crawler import AsyncCrawlerProcess
    from scrapy.settings import Settings

    scrapy_settings = Settings()
    scrapy_settings.setmodule("archiver.settings", priority="project")
    scrapy_settings.setdict(
        {
            "DATA_DIR": str(data_dir),
            "ARCHIVER_COMMAND": command,
            "READ_ELSEWHERE": True,
            "DOWNLOADER_STATS": False,  # Scrapy's counts of requests and bytes; nobody sees them here
            "LOG_ENABLED": False,
            "LOG_INSTALL_ROOT_HANDLER": False,
        },
        priority="cmdline",
    )
    process = AsyncCrawlerProcess(scrapy_settings)
    logging.getLogger("scrapy").setLevel(logging.getLogger().level)  # Scrapy sets it to DEBUG
    return process


def log_to(data_dir: Path, verbose: bool) -> None:
    """Warnings go to DATA/archiver.log (5 MB, three old ones); with `verbose`, everything to standard error too.

    Raises DataDirectoryError.
    """
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        file = logging.handlers.RotatingFileHandler(data_dir / "archiver.log", maxBytes=5 << 20, backupCount=3, encoding="utf-8")
    except OSError as error:
        raise unusable(data_dir, error) from error
    logging.raiseExceptions = False  # where the disk is full, the log is cut short, and no traceback of the log's stands in the way
    file.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    file.setLevel(logging.WARNING)
    handlers: list[logging.Handler] = [file]
    if verbose:
        handlers.append(logging.StreamHandler())
    level = logging.INFO if verbose else logging.WARNING
    logging.basicConfig(level=level, handlers=handlers, force=True)
    for name in ("scrapy", "twisted", "asyncio"):
        logging.getLogger(name).setLevel(level)
