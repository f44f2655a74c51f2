"""Captures ▶ articles ▶ the archive: reads in worker processes, stores in batches. Safe to run again: a capture is read once.

A page that makes the reader raise, hang or eat memory is recorded as such; its worker is replaced, and the others go on.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any

from pebble import ProcessFuture, ProcessPool

from archiver import settings
from archiver.errors import ArchiveBusy
from archiver.locks import lock
from archiver.records import KEEPS_IMAGES, Article, Link, Site
from archiver.store import Archive, CaptureRow, Look, Reading, Saved, open_archive
from archiver.urls import normalise
from archiver.worker import KeptStory, extractor, fork_server, prepare, read_kept, read_several, why_unread

STORE_EVERY_S = 1.0  # a story shows up at most this long after it was read
LOOK_EVERY_S = 0.2  # between two looks for captures, while there are some to read
IDLE_S = 0.05  # and while there are none
SOON_S = 0.01  # between two looks for what the workers have finished; they have more to do meanwhile
PASSING = {"maintenance", "bot_wall", "truncated"}  # in a story's place for a while; the address is asked again
COMPARED_AFTER = 5_000  # stories of an older archive that are compared at the end of a run: some seconds; the next run goes on
QUEUED = 16  # captures handed to each worker ahead of time: enough to read while a batch is stored
TASKS_A_WORKER = 500  # bundles or pages, after which a fresh process takes its place: whatever leaks, leaks no further
BUNDLED = 8  # captures handed over at once, at most: each hand-over costs as much as a thirtieth of a reading


@dataclass(frozen=True, slots=True)
class Event:
    """One capture read, for progress and summaries."""

    site: str
    url: str
    address: str  # as `links` has it
    run_id: int | None  # that kept it
    outcome: str  # new, changed, unchanged, or why there is no story
    reason: str | None = None
    key: str | None = None
    headline: str | None = None
    change: str | None = None


@dataclass(frozen=True, slots=True)
class Job:
    capture: CaptureRow
    pages: list[CaptureRow]  # of the capture's story, in their order; mostly the capture alone
    kept: KeptStory


def ingest(
    archive: Archive,
    sites: Mapping[str, Site],
    more_to_come: Callable[[], bool] = lambda: False,
    on_event: Callable[[Event], None] = lambda event: None,
    workers: int = settings.WORKERS,
) -> dict[str, int]:
    """Reads and stores every capture that is not read yet; goes on while `more_to_come()`. Returns counts by outcome."""
    counts: dict[str, int] = {}

    def tell(event: Event) -> None:
        counts[event.outcome] = counts.get(event.outcome, 0) + 1
        on_event(event)

    with reading_pool(archive.data_dir, workers) as pool:
        line = Line(archive, pool, sites, tell, QUEUED * workers)
        while True:
            last_round = not more_to_come()
            if not line.work() and last_round:
                break
        line.store()
    settle_gone(archive, sites, tell)
    compare_waiting(archive)
    return counts


def reading_pool(data_dir: Path, workers: int) -> ProcessPool:
    """Processes that read kept pages."""
    context, folder = fork_server("archiver.worker", "archiver.extract"), str(data_dir / "captures")
    return ProcessPool(max_workers=workers, max_tasks=TASKS_A_WORKER, context=context, initializer=prepare, initargs=(folder,))


def settle_gone(archive: Archive, sites: Mapping[str, Site], tell: Callable[[Event], None]) -> None:
    """What imported answers 404 and 410 say of stories, when all pages of those are read."""
    while rows := archive.unsettled_captures(settings.BATCH):
        with archive.writing():
            for row in rows:
                url, reason = address_of(row), f"HTTP {row.http_status}"
                look = Look("gone" if row.http_status == 410 else "not_found", reason)
                archive.was_lost(url, row.warc_date, look, is_asked_again=row.site in sites)
                archive.settle_capture(row.id, "gone", reason)
                archive.save_outcomes(row.run_id, [(url, "gone", reason)])
        for row in rows:
            tell(Event(row.site, row.target_uri, address_of(row), row.run_id, "gone", f"HTTP {row.http_status}"))


def compare_waiting(archive: Archive, at_most: int = COMPARED_AFTER) -> int:
    """Stories that wait to be compared with the others, of an archive made before that was done; returns how many were taken."""
    taken = 0
    while taken < at_most and (step := archive.compare_stories(settings.BATCH)):
        taken += step
    return taken


class Line:
    """The assembly line: captures in, workers in the middle, batches out."""

    def __init__(self, archive: Archive, pool: ProcessPool, sites: Mapping[str, Site], tell: Callable[[Event], None], width: int) -> None:
        self.archive, self.pool, self.sites, self.tell, self.width = archive, pool, sites, tell, width
        self.read_with: str = pool.schedule(extractor).result()
        self.jobs: dict[int, Job] = {}  # under way, by their capture's id
        self.finished: SimpleQueue[tuple[list[Job], ProcessFuture]] = SimpleQueue()  # from the pool's threads
        self.done: list[Reading] = []
        self.refused: list[tuple[CaptureRow, str, str | None]] = []
        self.backlog: list[CaptureRow] = []
        self.stored_at = self.looked_at = time.monotonic()
        self.more = True  # did the last look leave captures behind?

    def work(self) -> bool:
        """One round: hand out, collect, store. False when there was nothing left to do."""
        self._hand_out()
        busy = bool(self.jobs)
        self._collect()
        waiting, idle = len(self.done) + len(self.refused), not (self.jobs or self.backlog)
        if waiting >= settings.BATCH or (waiting and (idle or time.monotonic() - self.stored_at > STORE_EVERY_S)):
            self.store()  # a crawl may wait for what the last stories tell of further pages and pictures
        return busy or bool(self.backlog)

    def _hand_out(self) -> None:
        if len(self.backlog) < self.width and (self.more or not self.jobs or time.monotonic() - self.looked_at > LOOK_EVERY_S):
            self._look()
        while self.backlog and len(self.jobs) < self.width:
            size = max(1, min(BUNDLED, len(self.backlog) * BUNDLED // (2 * self.width)))  # the last ones alone: all workers have something
            rows, self.backlog = self.backlog[:size], self.backlog[size:]
            self._start([Job(row, pages, self.kept(pages)) for row, pages in zip(rows, map(self.pages, rows), strict=True)])

    def _start(self, jobs: list[Job]) -> None:
        """Hands over captures as one bundle; one alone with the pool's own watch over it."""
        self.jobs |= {job.capture.id: job for job in jobs}
        if len(jobs) == 1:
            future = self.read(jobs[0].kept)
        else:
            limit_s = settings.READ_TIMEOUT_S * sum(1 + len(job.pages) for job in jobs)  # never reached: each page has its own
            future = self.pool.schedule(read_several, args=([job.kept for job in jobs],), timeout=limit_s)
        future.add_done_callback(lambda _: self.finished.put((jobs, future)))

    def pages(self, row: CaptureRow) -> list[CaptureRow]:
        """The pages of the capture's story, this capture in its place."""
        first = self.archive.first_page(row.target_uri) or row.target_uri
        pages = [row if page.target_uri == row.target_uri else page for page in self.archive.pages(first)]
        return pages if any(page is row for page in pages) else [row]

    def read(self, story: KeptStory) -> ProcessFuture:
        return self.pool.schedule(read_kept, args=(story,), timeout=settings.READ_TIMEOUT_S * len(story.places))

    def kept(self, pages: Sequence[CaptureRow]) -> KeptStory:
        """Where the bytes of a story's pages are; of one that is as it was, in an earlier capture."""
        bodies = [(self.archive.original_of(page.id) or page) if page.refers_to else page for page in pages]
        places = [(body.warc_filename or "", body.warc_offset or 0, body.warc_length or 0) for body in bodies]
        return KeptStory(places, pages[0].site, pages[0].run_id, self.sites.get(pages[0].site))

    def _look(self) -> None:
        """For captures that are new since the last look."""
        held = set(self.jobs) | {row.id for row in self.backlog} | {r.capture.id for r in self.done} | {row.id for row, *_ in self.refused}
        wanted = len(held) + 4 * self.width
        found = self.archive.unread_captures(wanted)
        self.backlog += [row for row in found if row.id not in held]
        self.looked_at, self.more = time.monotonic(), len(found) == wanted

    def _collect(self) -> None:
        """Takes what the workers have finished; waits a little where that is nothing.

        It sleeps: a wait for the queue with a time limit never ends where somebody plays other days with libfaketime.
        """
        if self.finished.empty():
            time.sleep(SOON_S if self.jobs else IDLE_S)
        with suppress(Empty):
            while True:
                self._unpack(*self.finished.get_nowait())

    def _unpack(self, jobs: list[Job], future: ProcessFuture) -> None:
        """Where a bundle came to grief, each of its captures is read alone: that shows which one it was."""
        if len(jobs) == 1:
            articles = [read_result(future)]
        elif future.exception() is None:
            articles = [read if isinstance(read, Article) else refused_for(read) for read in future.result()]
        else:
            for job in jobs:
                self._start([job])
            return
        for job, article in zip(jobs, articles, strict=True):
            del self.jobs[job.capture.id]
            self._take(job, article)

    def _take(self, job: Job, article: Article) -> None:
        if article.outcome == "capture_damaged" and self.was_moved(job.pages, job.kept):
            self.backlog.append(self.archive.capture_row(job.capture.id) or job.capture)
        elif article.outcome == "article":
            self.done.append(Reading(job.capture, article, self.read_with, pages=tuple(job.pages)))
        else:
            self.refused.append((job.capture, article.outcome, article.outcome_reason))

    def was_moved(self, pages: Sequence[CaptureRow], asked: KeptStory) -> bool:
        """Has a takedown put another file in the place of one that was asked for?"""
        return self.kept([self.archive.capture_row(page.id) or page for page in pages]).places != asked.places

    def store(self) -> None:
        """One transaction for what is waiting; what came of it is told when it stands."""
        done, self.done = self.done, []
        refused, self.refused = self.refused, []
        self.stored_at = time.monotonic()
        if not (done or refused):
            return
        done = [self.ready(reading) for reading in done]
        with self.archive.writing():
            events = self.save(done, refused)
        for event in events:
            self.tell(event)

    def ready(self, reading: Reading) -> Reading:
        """As `save` takes it. An earlier page may be read for that: never in a transaction, or other writers would wait as long."""
        return self._two_sided(self.archive.at_its_address(reading))

    def save(self, done: Sequence[Reading], refused: Iterable[tuple[CaptureRow, str, str | None]]) -> list[Event]:
        """Stories that are ready, and captures that give none, in the transaction of whoever calls. Returns what came of each."""
        now = settings.utc_now()
        withdrawn = {reading.capture.id for reading in done if self.is_taken_down(reading)}
        refused = [*refused, *((reading.capture, "taken_down", None) for reading in done if reading.capture.id in withdrawn)]
        instead = {reading.capture.id: why for reading in done if (why := self.archive.stands_in_place(reading))}
        refused += [(reading.capture, "soft_404", instead[reading.capture.id]) for reading in done if reading.capture.id in instead]
        done = [reading for reading in done if reading.capture.id not in withdrawn | instead.keys()]
        saved = self.archive.save_articles(done, now)
        for capture, outcome, reason in refused:
            self._settle_refused(capture, outcome, reason or "", now)
        self.archive.settle_links(
            look for reading, result in zip(done, saved, strict=True) for look in self._next_looks(reading, result, now)
        )
        for reading, result in zip(done, saved, strict=True):
            self._follow(reading, now)
            self._want_pictures(reading, result, now)
        self._save_outcomes(refused)
        self._save_outcomes((reading.capture, told(reading, result), result.change) for reading, result in zip(done, saved, strict=True))
        self.archive.compare_stories(len(done) + settings.BATCH)
        events = [
            Event(
                reading.capture.site,
                reading.article.url,
                address_of(reading.capture),
                reading.capture.run_id,
                told(reading, result),
                None,
                result.key,
                reading.article.headline,
                result.change,
            )
            for reading, result in zip(done, saved, strict=True)
        ]
        return events + [
            Event(capture.site, capture.target_uri, address_of(capture), capture.run_id, outcome, reason)
            for capture, outcome, reason in refused
        ]

    def is_taken_down(self, reading: Reading) -> bool:
        """Asked inside of the transaction that would store it: a takedown may have come while the page was read."""
        article, site = reading.article, reading.capture.site
        for url in (article.url, reading.capture.target_uri):
            if self.archive.is_taken_down(site, url, article.text_hash):
                self.archive.reopen_takedown(site, url, article.text_hash)
                return True
        return False

    def _two_sided(self, reading: Reading) -> Reading:
        """Did the story change, or our reading of it? Where the text is another one, the capture before it is read again by this reader.

        Also where the same reader read it: the site's own rules may have changed since.
        """
        previous = self.archive.previous_reading(reading.article, reading.capture.warc_date)
        if previous is None or previous.has_text_of(reading.article):
            return reading
        if previous.capture_id == reading.capture.id and len(reading.pages) == 1:
            return reading
        captures = [previous.capture_id]
        if previous.read_with != self.read_with and len(reading.pages) == 1:
            captures += self.archive.read_otherwise(previous, self.read_with)
        again = {capture_id: article for capture_id in captures if (article := self._read_then(reading, capture_id)) is not None}
        return replace(reading, again=again)

    def _read_then(self, reading: Reading, capture_id: int) -> Article | None:
        """The story as it was at an earlier capture; None where that cannot be read any more: the text then counts as another one."""
        before = self._pages_then(reading, capture_id)
        try:
            return self.read(self.kept(before)).result() if before else None
        except Exception:
            return None

    def _pages_then(self, reading: Reading, capture_id: int) -> list[CaptureRow]:
        """The story's pages as they were when its newest revision was read; a page that was not known then, as it was first seen."""
        if len(reading.pages) > 1:
            return self.archive.pages(reading.pages[0].target_uri, by=capture_id)
        before = self.archive.capture_row(capture_id)
        return [before] if before else []

    def _next_looks(self, reading: Reading, result: Saved, now: datetime) -> list[tuple[str, int, datetime | None]]:
        """(address, article_id, due_at) of the story's pages, now that its own date is known. They are looked at together.

        Never of a site that nobody crawls: its pages came in an import.
        """
        if not self._is_crawled(reading.capture):
            return [(address_of(page), result.article_id, None) for page in reading.pages]
        site = self.sites.get(reading.capture.site)
        published = self.archive.published_at(result.article_id) or now
        wait = settings.recheck_after(now - min(published, now), (site.recheck_s if site else None) or settings.RECHECK)
        return [(address_of(page), result.article_id, now + wait if wait else None) for page in reading.pages]

    def _is_crawled(self, capture: CaptureRow) -> bool:
        """Its site has facts, or gets them soon: `archiver add` reads samples before it writes sites.toml."""
        return capture.site in self.sites or (capture.run_id is not None and self.archive.command_of(capture.run_id) == "add")

    def _follow(self, reading: Reading, now: datetime) -> None:
        """The story's next page is fetched, too."""
        address, first = reading.article.next_page, reading.pages[0]
        if (
            address
            and self._is_crawled(first)
            and len(reading.pages) < settings.MAX_PAGES
            and address not in {page.target_uri for page in reading.pages}
        ):
            self.archive.save_links([Link(address, first.site, "next_page", first.target_uri)], now)

    def _want_pictures(self, reading: Reading, result: Saved, now: datetime) -> None:
        """The story's pictures are fetched, too, where the facts of its site say so."""
        site, first = self.sites.get(reading.capture.site), reading.pages[0] if reading.pages else reading.capture
        if site and site.keep_images in KEEPS_IMAGES and result.outcome != "duplicate_address":
            self.archive.want_pictures(result.article_id, site.name, address_of(first), site.keep_images, now)

    def _settle_refused(self, capture: CaptureRow, outcome: str, reason: str, now: datetime) -> None:
        url = address_of(capture)
        self.archive.refused(capture.id, outcome, reason, self.read_with)
        if outcome == "soft_404":
            self.archive.lost(url, now, Look("soft_404", reason or outcome))
            self.archive.settle_redirects([url], now, instead="soft_404")
        elif outcome == "login_wall":
            self.archive.not_seen(url, now, Look("paywalled", reason or outcome))
            self.archive.settle_redirects([url], now, instead="paywalled")
        elif outcome not in PASSING:
            self.archive.settle_redirects([url], now, instead="redirect_section")
        if outcome in PASSING:
            self.archive.no_story_yet(url, f"{outcome} {reason}".strip(), now)
        elif outcome == "no_body":
            self.archive.emptied(url, capture.warc_date, reason or outcome)
            self.archive.no_text_yet(url, f"{outcome} {reason}".strip(), now)
        else:
            self.archive.no_story(url, f"{outcome} {reason}".strip())

    def _save_outcomes(self, read: Iterable[tuple[CaptureRow, str, str | None]]) -> None:
        """How each capture's address ended, in the run that took it."""
        of_run: dict[int | None, list[tuple[str, str, str | None]]] = {}
        for capture, outcome, reason in read:
            of_run.setdefault(capture.run_id, []).append((address_of(capture), outcome, reason))
        for run_id, rows in of_run.items():
            self.archive.save_outcomes(run_id, rows)


def read_result(future: ProcessFuture) -> Article:
    """What the worker read. Where it could not, an article whose outcome says why: one page's trouble must not stop the others."""
    try:
        return future.result()
    except Exception as error:
        return refused_for(error)


def refused_for(error: Exception) -> Article:
    """What stands in the place of an article where reading ended with an error."""
    outcome, reason = why_unread(error)
    return Article("", outcome=outcome, outcome_reason=reason)


def told(reading: Reading, result: Saved) -> str:
    """The outcome of the capture's address: a further page adds to a story of another address."""
    return "next_page" if reading.capture.id != reading.pages[0].id and result.outcome != "changed" else result.outcome


def address_of(capture: CaptureRow) -> str:
    """The capture's address as `links` has it."""
    return normalise(capture.target_uri) or capture.target_uri


def ingest_all(data_dir: Path, sites: Mapping[str, Site], **how: Any) -> dict[str, int]:
    """`ingest` on the archive in `data_dir`, one process at a time: a second waits, and finds its captures read."""
    with lock(data_dir / "ingest.lock"), open_archive(data_dir) as archive:
        return ingest(archive, sites, **how)


def ingest_beside(
    data_dir: Path, sites: Mapping[str, Site], runs: Collection[int], more_to_come: Callable[[], bool], **how: Any
) -> dict[str, int]:
    """The same beside a crawl, whose runs may be told meanwhile. Where another process reads first, it reads for us, too: done when that
    has read what our runs kept, however long it goes on itself."""
    with ExitStack() as held:
        while not _is_taken(held, data_dir / "ingest.lock"):
            if not more_to_come() and runs:
                with open_archive(data_dir) as archive:
                    if not any(archive.unread_captures(1, run_id=run_id) for run_id in runs):
                        return {}
            time.sleep(LOOK_EVERY_S)
        with open_archive(data_dir) as archive:
            return ingest(archive, sites, more_to_come, **how)


def _is_taken(held: ExitStack, path: Path) -> bool:
    try:
        held.enter_context(lock(path, ArchiveBusy))
    except ArchiveBusy:
        return False
    return True
