"""Kept captures ▶ the newest reader ▶ the archive: `archiver ingest --again`. What it changes is counted field by field, with samples.

Story by story, then the captures that held none before. Each batch and the mark of how far we are is one transaction: killed
anywhere, the same command goes on. A dry run does all that, and takes each batch back.
"""

from __future__ import annotations

import random
import time
from collections import deque
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import click
from pebble import ProcessFuture
from rich.console import Console
from rich.markup import escape

from archiver import display, settings
from archiver.counted import counted
from archiver.display import safe
from archiver.errors import SOME_FAILED, ArchiveBusy
from archiver.ingest import QUEUED, Line, address_of, read_result, reading_pool
from archiver.locks import lock
from archiver.records import Article, Site
from archiver.sites import Facts, find_site
from archiver.store import Archive, CaptureRow, Mark, Reading, Reread, Rereading, Scope, open_archive
from archiver.worker import KeptStory

SAMPLES = 5  # of each field's changes
NAMED = 50  # captures of each kind that are named
STORE_EVERY_S = 5.0
FAILED = {"reader_timeout", "reader_crashed", "reader_failed", "capture_damaged"}  # trouble of ours, or of the disk; no verdict


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be read again."""

    site: str | None = None
    since: date | None = None  # only captures fetched on this day or later, UTC
    force: bool = False  # those too that the newest reader has read: its rules may have changed since
    dry_run: bool = False


@dataclass(slots=True)
class Report:
    """What reading again brought, so far."""

    reader: str = ""  # version of the reader
    dry_run: bool = False
    captures: int = 0  # to be read
    read: int = 0
    went_on: int = 0  # read by an earlier call that was cut off
    stories_changed: int = 0
    fields: dict[str, dict[str, Any]] = field(default_factory=dict)  # name ▶ stories, revisions (how many), samples
    named: dict[str, dict[str, Any]] = field(default_factory=dict)  # see KINDS: count, examples
    trouble: bool = False  # some captures could not be read at all

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    def difference(self, key: str, name: str, before: str | None, after: str | None, revision: int | None) -> None:
        told = self.fields.setdefault(name, {"stories": 0, "revisions": 0, "samples": []})
        told["stories" if revision is None else "revisions"] += 1
        sample = {"key": key, "before": before, "after": after} | ({"revision": revision} if revision is not None else {})
        _sample(told["samples"], told["stories"] + told["revisions"], sample, name)

    def keys(self) -> list[str]:
        """Of the stories whose values are shown."""
        return sorted({sample["key"] for told in self.fields.values() for sample in told["samples"]})

    def forget(self, keys: Container[str]) -> None:
        """A story that was taken down is not shown either, nor one whose page says noarchive."""
        for told in self.fields.values():
            told["samples"] = [sample for sample in told["samples"] if sample["key"] not in keys]

    def name(self, kind: str, url: str, why: str) -> None:
        told = self.named.setdefault(kind, {"count": 0, "examples": []})
        told["count"] += 1
        if len(told["examples"]) < NAMED:
            told["examples"].append([url, why])


# What a report names captures for, in words.
KINDS = {
    "stored": "stories stored that no reader had found before",
    "revision": "revisions of known stories, from captures in which no reader had found a story before",
    "kept": "captures where the newest reader finds no story; what was read before is kept",
    "other_text": "captures that read otherwise than the revision they were counted to: a change that the earlier reader did not see",
    "other_address": "captures that the newest reader takes for a story of another address; they stay with theirs",
    "failed": "captures that could not be read",
    "taken_away": "captures of stories that were taken down; they are passed over",
}


def _sample(samples: list[dict[str, Any]], seen: int, one: dict[str, Any], name: str) -> None:
    """Keeps SAMPLES of all that come, each with the same chance; which, depends on nothing but their order."""
    if len(samples) < SAMPLES:
        samples.append(one)
    elif (place := random.Random(f"{name} {seen}").randrange(seen)) < SAMPLES:  # noqa: S311 (no secret)
        samples[place] = one


def read_again(
    data_dir: Path,
    sites: Mapping[str, Site],
    wanted: Wanted,
    on_progress: Callable[[Report], None] = lambda report: None,
    workers: int = settings.WORKERS,
) -> Report:
    """Reads captures again; `captures` of the report is 0 where there was nothing to do. Raises ArchiveBusy, NothingToDo.

    Crawls and their reading go on beside it.
    """

    def busy(holder: str) -> ArchiveBusy:
        return ArchiveBusy(f"The archive is being read again already, by {holder}.\nWait for it to end; the same command then goes on.")

    with open_archive(data_dir, create=False) as archive, lock(data_dir / "rereading.lock", busy), reading_pool(data_dir, workers) as pool:
        line = Line(archive, pool, sites, lambda event: None, QUEUED * workers)
        begun = _begin(archive, line.read_with, wanted)
        if begun is None:
            return Report(line.read_with, wanted.dry_run)
        given = begun.report | {"went_on": begun.report["read"]} if begun.report else {"captures": begun.captures}
        report = Report(**given | {"reader": line.read_with, "dry_run": wanted.dry_run})
        Again(archive, line, begun, report, on_progress, wanted.dry_run).work()
        return report


def _begin(archive: Archive, reader: str, wanted: Wanted) -> Rereading | None:
    """A pass that was cut off, or a new one; None where there is nothing to read."""
    last = archive.last_rereading(reader, wanted.site, wanted.since)
    is_same = last and (last.scope.site, last.scope.since) == (wanted.site, wanted.since)
    if last and is_same and last.finished_at is None and (last.scope.everything or not wanted.force) and not wanted.dry_run:
        return last
    if last and last.finished_at is not None and not wanted.force:
        return None
    scope = Scope(reader, archive.last_capture_id(), wanted.site, wanted.since, wanted.force)
    with _transaction(archive, wanted.dry_run):
        begun = archive.start_rereading(scope, settings.utc_now())
        if begun.captures == 0:
            archive.finish_rereading(begun.id, settings.utc_now())
    return begun if begun.captures else None


class _TakenBack(Exception):
    """Ends the transaction of a dry run."""


@contextmanager
def _transaction(archive: Archive, dry_run: bool) -> Iterator[None]:
    try:
        with archive.writing():
            yield
            if dry_run:
                raise _TakenBack
    except _TakenBack:
        return


@dataclass(slots=True)
class Job:
    capture: CaptureRow
    article_id: int | None  # the story that it shows; None: it was refused before
    pages: list[CaptureRow]
    kept: KeptStory
    future: ProcessFuture


class Again:
    """One pass: captures in their order, workers ahead, batches behind."""

    def __init__(
        self,
        archive: Archive,
        line: Line,
        begun: Rereading,
        report: Report,
        on_progress: Callable[[Report], None],
        dry_run: bool,
    ) -> None:
        self.archive, self.line, self.begun, self.report = archive, line, begun, report
        self.on_progress, self.dry_run = on_progress, dry_run
        self.found: set[str] = set()  # keys of the stories that a dry run would have stored
        self.stored_at = time.monotonic()

    def work(self) -> None:
        waiting: deque[Job] = deque()
        batch: list[tuple[Job, Article]] = []
        coming = self._coming()
        while True:
            while len(waiting) < self.line.width and (job := next(coming, None)):
                waiting.append(job)
            if not waiting:
                break
            if batch and self._is_full(batch, waiting[0]):
                self._store(batch)
                batch = []
            job = waiting.popleft()
            article = read_result(job.future)
            if article.outcome == "capture_damaged" and self.line.was_moved(job.pages, job.kept):
                article = self._read_where_it_is(job)
            batch.append((job, article))
        self._store(batch)
        if not self.dry_run:
            self.archive.finish_rereading(self.begun.id, settings.utc_now())

    def _coming(self) -> Iterator[Job]:
        """Handed to the workers as they are taken from here."""
        scope, mark = self.begun.scope, self.begun.mark
        if mark.stage == "stories":
            for article_id, is_newest, capture in self.archive.captures_of_stories(scope, mark):
                yield self._job(capture, article_id, self.line.pages(capture) if is_newest else self._pages_then(capture))
            mark = Mark("refused")
        for capture in self.archive.captures_refused(scope, mark):
            yield self._job(capture, None, self._pages_then(capture))

    def _job(self, capture: CaptureRow, article_id: int | None, pages: list[CaptureRow]) -> Job:
        kept = self.line.kept(pages)
        return Job(capture, article_id, pages, kept, self.line.read(kept))

    def _pages_then(self, capture: CaptureRow) -> list[CaptureRow]:
        """The pages of the capture's story as they were when it was taken."""
        pages = self.archive.pages(self.archive.first_page(capture.target_uri) or capture.target_uri, by=capture.id)
        return pages if any(page.id == capture.id for page in pages) else [capture]

    def _read_where_it_is(self, job: Job) -> Article:
        """A takedown has written its WARC file anew meanwhile."""
        job.pages = [self.archive.capture_row(page.id) or page for page in job.pages]
        return read_result(self.line.read(self.line.kept([page for page in job.pages if page.warc_filename] or job.pages)))

    def _is_full(self, batch: list[tuple[Job, Article]], following: Job) -> bool:
        """A story is stored in one piece, unless it has very many captures; and stories before what was refused."""
        last = batch[-1][0]
        if (last.article_id is None) != (following.article_id is None):
            return True
        if last.article_id is not None and last.article_id == following.article_id:
            return len(batch) >= 4 * settings.BATCH
        return len(batch) >= settings.BATCH or time.monotonic() - self.stored_at > STORE_EVERY_S

    def _store(self, batch: list[tuple[Job, Article]]) -> None:
        """What was read and the mark behind it, in one transaction."""
        if not batch:
            return
        last = batch[-1][0]
        stories = self._stories_after_all(batch) if last.article_id is None else []
        with _transaction(self.archive, self.dry_run):
            if last.article_id is None:
                self._store_refused(batch, stories)
            else:
                self._store_stories(batch)
            self.report.read += len(batch)
            mark = Mark("refused" if last.article_id is None else "stories", last.article_id or 0, last.capture.id)
            self.report.forget(self.archive.hidden_keys(self.report.keys()))
            self.archive.advance_rereading(self.begun.id, mark, self.report.as_json())
        self.stored_at = time.monotonic()
        self.on_progress(self.report)

    # --- captures of stories

    def _store_stories(self, batch: list[tuple[Job, Article]]) -> None:
        changed: set[str] = set()
        readings = []
        for job, article in batch:
            assert job.article_id is not None
            reading = Reading(job.capture, article, self.line.read_with, pages=tuple(job.pages))
            if article.outcome == "article" and self.line.is_taken_down(reading):
                self.report.name("taken_away", job.capture.target_uri, "")
            elif article.outcome == "article":
                readings.append((job.article_id, reading))
            else:
                self._store_kept(job, job.article_id, article)
        for (_, reading), result in zip(readings, self.archive.save_again(readings), strict=True):
            if result is None:
                self.report.name("taken_away", reading.capture.target_uri, "")
                continue
            self._tell(reading.capture, result)
            if result.differences:
                changed.add(result.key)
        self.report.stories_changed += len(changed)
        self.archive.compare_stories(settings.BATCH)  # those whose text or headline is another now

    def _store_kept(self, job: Job, article_id: int, article: Article) -> None:
        reason = article.outcome_reason
        if article.outcome in FAILED:
            self._name_failed(job.capture, article)
            return
        result = self.archive.refuse_again(article_id, job.capture.id, article.outcome, reason, self.line.read_with)
        if result:
            self._tell(job.capture, result, reason)

    def _tell(self, capture: CaptureRow, result: Reread, reason: str | None = None) -> None:
        for difference in result.differences:
            self.report.difference(result.key, difference.field, difference.before, difference.after, difference.revision)
        if result.kept:
            self.report.name("kept", capture.target_uri, f"{result.kept} {reason or ''}".strip())
        if result.other_text:
            self.report.name("other_text", capture.target_uri, f"of {capture.warc_date:%Y-%m-%d %H:%M}; archiver history {result.key}")
        if result.other_address:
            self.report.name("other_address", capture.target_uri, result.other_address)

    def _name_failed(self, capture: CaptureRow, article: Article) -> None:
        self.report.trouble = True
        self.report.name("failed", capture.target_uri, f"{article.outcome} {article.outcome_reason or ''}".strip())

    # --- captures that were refused before

    def _stories_after_all(self, batch: list[tuple[Job, Article]]) -> list[Reading]:
        """Captures that were refused and are stories now, ready to be stored."""
        found = [
            Reading(job.capture, read, self.line.read_with, pages=tuple(job.pages)) for job, read in batch if read.outcome == "article"
        ]
        return [self.line.ready(reading) for reading in found]

    def _store_refused(self, batch: list[tuple[Job, Article]], stories: Sequence[Reading]) -> None:
        """Those that are stories now are stored as if they came today; the others keep their outcome, by the newer reader's name."""
        for job, article in batch:
            if article.outcome in FAILED and article.outcome != job.capture.outcome:
                self._name_failed(job.capture, article)
            elif article.outcome != "article":
                self.archive.refused_still(job.capture.id, article.outcome, article.outcome_reason, self.line.read_with)
        events = self.line.save(stories, [])
        self.archive.readmit([address_of(reading.capture) for reading in stories])
        for event in events:
            if event.outcome == "new" and event.key not in self.found:
                self.report.name("stored", event.url, event.key or "")
                if self.dry_run:  # taken back, and so as new when its next capture comes
                    self.found.add(event.key or "")
            elif event.outcome == "changed":
                self.report.name("revision", event.url, event.key or "")


def print_read_again(data_dir: Path, wanted: Wanted, workers: int, as_json: bool, quiet: bool) -> int:
    """Reads again with progress, prints the report, returns the exit code. Raises UnknownSite, ArchiveBusy, NothingToDo."""
    if wanted.site:
        find_site(wanted.site, data_dir)
    with display.HowFar(quiet, "read again") as counter:
        report = read_again(data_dir, Facts(data_dir), wanted, lambda far: counter.show(far.read, far.captures, far.went_on), workers)
    if as_json:
        click.echo(display.json_text(report.as_json()))
    elif not quiet or report.trouble:
        print_report(report, display.console(stderr=quiet))
    return SOME_FAILED if report.trouble else 0


def print_report(report: Report, out: Console) -> None:
    """What reading again changed: each field with its samples, then captures by name where something was odd."""
    if not report.captures:
        out.print(
            f"Nothing to read again: no capture of what was asked for was read by another reader than {escape(report.reader)}, the newest."
            " Its rules changed without a new version? archiver ingest --again --force",
            soft_wrap=True,
        )
        return
    values = sum(told["stories"] + told["revisions"] for told in report.fields.values())
    done = f"{report.read:,} of {counted(report.captures, 'capture')}" + (
        f" ({report.went_on} of them by an earlier call)" if report.went_on else ""
    )
    stories = counted(report.stories_changed, "story", "stories")
    out.print(f"Reader {escape(report.reader)} read {done}: {counted(values, 'value')} changed in {stories}.")
    if report.dry_run:
        out.print("A dry run: nothing was written.")
    for name, told in sorted(report.fields.items(), key=lambda item: -item[1]["stories"] - item[1]["revisions"]):
        counts = [counted(told[of], one, of) for of, one in (("stories", "story"), ("revisions", "revision")) if told[of]]
        out.print(f"  [bold]{escape(name)}[/bold]: {', '.join(counts)}")
        for sample in told["samples"][:3]:
            where = sample["key"] + (f" revision {sample['revision']}" if "revision" in sample else "")
            out.print(f"      [dim]{where}[/dim]  {_quoted(sample['before'])} → {_quoted(sample['after'])}", soft_wrap=True)
    for kind, told in report.named.items():
        out.print(f"{told['count']} {escape(KINDS[kind])}:")
        for url, why in told["examples"][:5]:
            out.print(f"      {escape(safe(url))}  [dim]{escape(safe(why))}[/dim]", soft_wrap=True)
        if told["count"] > 5:
            out.print(f"      … and {told['count'] - 5} more" + (" (--json names fifty)" if told["count"] <= NAMED else ""))


def _quoted(value: str | None) -> str:
    return "nothing" if value is None else escape(safe(" ".join(value.split())[:160]))
