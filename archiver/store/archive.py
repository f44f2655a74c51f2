"""The archive of a data directory: one object, a line or two per thing that can be done with it.

Writers work in one transaction each, in line with other processes, or as a part of the transaction that `writing()` holds.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Container, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Concatenate, ParamSpec, Self, TypeVar

from sqlite_utils import Database

from archiver import settings
from archiver.records import Article, Link, Placing, RightsSignal, Site
from archiver.store import (
    absences,
    concordance,
    coverage,
    duplicates,
    imports,
    leaves,
    links,
    pictures,
    placings,
    rereading,
    rights,
    runs,
    saving,
    search,
    sqlite,
    stories,
    takedowns,
    trends,
    visits,
    yields,
)
from archiver.store import selection as selecting
from archiver.store.absences import Look
from archiver.store.concordance import Occurrence
from archiver.store.coverage import LookedThrough, Overflow, Poll
from archiver.store.duplicates import Cluster
from archiver.store.imports import Identity, ImportState
from archiver.store.links import DueLink, LastCapture
from archiver.store.pictures import PictureCounts
from archiver.store.rereading import Mark, Reread, Rereading, Scope
from archiver.store.rights import OptOut
from archiver.store.runs import CaptureRow
from archiver.store.saving import PreviousReading, Reading, Saved
from archiver.store.search import CaptionHit, SearchResult
from archiver.store.selection import Chosen, Selection
from archiver.store.stories import Revision, Story
from archiver.store.takedowns import Takedown
from archiver.store.trends import Period
from archiver.store.values import utc_text
from archiver.store.visits import LastRun
from archiver.store.yields import StoryRead
from archiver.withheld import Withheld

Given = ParamSpec("Given")
Answer = TypeVar("Answer")


def open_archive(data_dir: Path, create: bool = True) -> Archive:
    """The archive in `data_dir`/archive.db, made or brought up to date when needed.

    Raises DataDirectoryError, ArchiveDamaged, ArchiveTooNew; NothingToDo when there is none and `create` is off.
    """
    return Archive(sqlite.open_for_writing(data_dir, create), data_dir)


def open_reader(data_dir: Path) -> Archive:
    """The same, read only; NothingToDo when there is none."""
    return Archive(sqlite.open_for_reading(data_dir), data_dir)


class Archive:
    """Closed by close() or at the end of a `with`. Used by one thread; open another for another."""

    def __init__(self, db: Database, data_dir: Path) -> None:
        self.db = db
        self.data_dir = data_dir
        self.path = data_dir / sqlite.DATABASE

    @contextmanager
    def writing(self) -> Iterator[None]:
        """One write transaction, in line with other processes. Inside another: a part of it."""
        with sqlite.write(self.db, self.data_dir):
            yield

    def close(self) -> None:
        self.db.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    # --- sites and links

    def save_site(self, site: Site, now: datetime) -> None:
        return self._write(links.save_site, site, now)

    def save_links(self, found: Iterable[Link], now: datetime) -> tuple[int, int]:
        """(new, known)"""
        return self._write(links.save_links, found, now)

    def due_links(
        self,
        site: str,
        now: datetime,
        limit: int,
        since: date | None = None,
        section: str | None = None,
        without: Container[str] = (),
        listed: tuple[date, date] | None = None,
    ) -> list[DueLink]:
        """What to fetch now, newest story first: the first `limit` that are not in `without`."""
        return self._ask(links.due_links, site, now, limit, since, section, without, listed)

    def due_named(self, site: str, urls: Iterable[str], now: datetime) -> list[DueLink]:
        """Those of these addresses, and of the further pages of the stories there, that are to be fetched now."""
        return self._ask(links.due_named, site, urls, now)

    def reopen_forbidden(self, site: str, now: datetime) -> None:
        """Addresses that an earlier robots.txt forbade are due, where lists showed them of late."""
        return self._write(visits.reopen_forbidden, site, now)

    def make_due(self, site: str, urls: Iterable[str], now: datetime) -> None:
        """These addresses are to be fetched now, whatever became of them before."""
        return self._write(visits.make_due, site, urls, now)

    def make_known_due(self, site: str, now: datetime) -> None:
        """All known stories of the site are to be looked at now."""
        return self._write(visits.make_known_due, site, now)

    def known_urls(self, urls: Iterable[str]) -> set[str]:
        """Those that were found before."""
        return self._ask(visits.known_urls, urls)

    def ways_to_stories(self, site: str, parameter: str) -> list[tuple[str, str]]:
        """Some addresses whose only parameter is this one and that led to a story, each with the story's own."""
        return self._ask(visits.ways_to_stories, site, parameter)

    def last_looks(self, urls: Iterable[str]) -> dict[str, tuple[datetime, str]]:
        """When those of these addresses that were fetched were fetched last, and what came of it."""
        return self._ask(visits.last_looks, urls)

    def kept_stories(self, identities: Iterable[str]) -> set[str]:
        """Those of these addresses that stand for a story of the archive."""
        return self._ask(visits.kept_stories, identities)

    def found_between(self, urls: Iterable[str], after: datetime | None, before: datetime) -> set[str]:
        """Those that were found after one moment (None: ever) and before another."""
        return self._ask(visits.found_between, urls, after, before)

    def count_waiting(self, site: str, now: datetime) -> int:
        """Links that wait to be fetched, without known stories that are due for another look."""
        return self._ask(links.count_waiting, site, now)

    def misses_stories(self, site: str) -> bool:
        """Whether stories of `site` are gone that may come back."""
        return self._ask(links.misses_stories, site)

    def last_capture(self, url: str) -> LastCapture | None:
        """The newest answer of an address with a page in it, for a conditional request."""
        return self._ask(links.last_capture, url)

    def finish_link(
        self,
        url: str,
        state: str,
        reason: str | None,
        due_at: datetime | None,
        attempts: int | None = None,
        article_id: int | None = None,
        checks: int | None = None,
    ) -> None:
        """What came of a link, and when to look again (None: never)."""
        return self._write(links.finish_link, url, state, reason, due_at, attempts, article_id, checks)

    def settle_links(self, rows: Iterable[tuple[str, int, datetime | None]]) -> None:
        """(url, article_id, due_at): these addresses turned out to be stories'."""
        return self._write(visits.settle_links, rows)

    def published_at(self, article_id: int) -> datetime | None:
        """When a story was published, as its page tells; else when it was first seen. None where it was taken down meanwhile."""
        return self._ask(visits.published_at, article_id)

    def no_story(self, url: str, reason: str) -> None:
        """The address holds no story, and is not asked again."""
        return self._write(visits.no_story, url, reason)

    def is_due(self, url: str, now: datetime) -> bool:
        """Does the queue ask for this address?"""
        return self._ask(visits.is_due, url, now)

    def readmit(self, urls: Sequence[str]) -> None:
        """These addresses hold stories after all."""
        return self._write(visits.readmit, urls)

    def no_story_yet(self, url: str, reason: str, now: datetime) -> None:
        """Something else stood in the story's place; the address is asked again, ever later."""
        return self._write(visits.no_story_yet, url, reason, now)

    def no_text_yet(self, url: str, reason: str, now: datetime) -> None:
        """A page had no text; what a feed or the like names as a story is due again, twice."""
        return self._write(visits.no_text_yet, url, reason, now)

    def seen_again(self, url: str, now: datetime) -> None:
        """The server says that what stands there is as it was."""
        return self._write(absences.seen_again, url, now, settings.GONE_AFTER)

    def lost(self, url: str, now: datetime, look: Look, looks: int = settings.GONE_AFTER, definite: bool = False) -> bool:
        """A look found the story away; after `looks` that agree, a day apart, it counts as gone. True when that changed its status."""
        return self._write(absences.lost, url, now, look, looks, definite)

    def was_lost(self, url: str, at: datetime, look: Look, is_asked_again: bool) -> None:
        """A look of the past found the story away. `is_asked_again`: a crawl will look, too; else that was the last word."""
        return self._write(absences.was_lost, url, at, look, settings.GONE_AFTER, is_asked_again)

    def emptied(self, url: str, now: datetime, reason: str) -> None:
        """A look found the page of a known story without text; after two looks, a day apart, it counts as withdrawn."""
        return self._write(absences.emptied, url, now, reason, settings.GONE_AFTER)

    def not_seen(self, url: str, now: datetime, look: Look) -> None:
        """A wall stands before the story, or robots.txt forbids to look: it may still be there."""
        return self._write(absences.not_seen, url, now, look, settings.GONE_AFTER)

    def redirected(self, url: str, now: datetime, final_url: str) -> None:
        """The story's address leads to another one by now; it has moved if its text is there."""
        look = Look("redirected", f"leads to {final_url}", final_url)
        return self._write(absences.redirected, url, now, look, settings.GONE_AFTER)

    def settle_redirects(self, urls: Iterable[str], now: datetime, instead: str | None = None) -> None:
        """These addresses have been read: which stories have moved there, and which addresses lead to something else?"""
        return self._write(absences.settle_redirects, urls, now, settings.GONE_AFTER, instead)

    # --- front pages

    def save_look(self, site: str, page: str, at: datetime, stories: Sequence[Placing]) -> None:
        """Which story a look at a front page saw where."""
        return self._write(placings.save_look, site, page, at, stories)

    def save_earlier_look(self, site: str, page: str, at: datetime, stories: Sequence[Placing]) -> None:
        """The same of a look before all that are known."""
        return self._write(placings.save_earlier_look, site, page, at, stories)

    def first_look(self, site: str, page: str) -> datetime | None:
        """When a front page was first looked at, as far as it is noted."""
        return self._ask(placings.first_look, site, page)

    def kept_front_pages(self) -> dict[str, list[str]]:
        """Addresses at which front pages were kept, by site."""
        return self._ask(placings.kept_front_pages)

    def kept_looks(self, urls: Sequence[str], before: datetime | None, limit: int) -> list[CaptureRow]:
        """Captures of a front page, the newest first."""
        return self._ask(placings.kept_looks, urls, before, limit)

    def lead_to(self, url: str, final_url: str) -> None:
        """What front pages link under one address stands under another."""
        return self._write(placings.lead_to, url, final_url)

    # --- how much of a site is here

    def save_looked_through(self, site: str, rows: Iterable[LookedThrough]) -> None:
        """Days of a site's past that were looked through to the end."""
        return self._write(coverage.save_looked_through, site, rows)

    def looked_through(self, site: str) -> list[LookedThrough]:
        return self._ask(coverage.looked_through, site)

    def known_before(self, urls: Sequence[str], moment: datetime) -> int:
        """How many of them were found before a moment."""
        return self._ask(coverage.known_before, urls, moment)

    def last_look(self, url: str, run_id: int) -> datetime | None:
        """When an address was last answered in another run."""
        return self._ask(coverage.last_look, url, run_id)

    def save_polls(self, site: str, polls: Iterable[Poll], now: datetime) -> None:
        """How much of feeds and sitemaps was known."""
        return self._write(coverage.save_polls, site, polls, now)

    def fill_gaps(self, urls: Iterable[str]) -> None:
        """What these feeds had lost was listed elsewhere."""
        return self._write(coverage.fill_gaps, urls)

    def overflows(self, site: str, since: datetime) -> list[Overflow]:
        """Feeds in which nothing was known, since a moment."""
        return self._ask(coverage.overflows, site, since)

    def learned_every(self, site: str) -> float | None:
        """Seconds between two runs of the site, where they were learned."""
        return self._ask(coverage.learned_every, site)

    def learn_every(self, site: str, seconds: float | None) -> None:
        return self._write(coverage.learn_every, site, seconds)

    # --- runs, captures, outcomes

    def start_run(self, site: str | None, command: str, now: datetime) -> int:
        return self._write(runs.start_run, site, command, now)

    def finish_run(self, run_id: int, now: datetime, finish_reason: str, counts: Mapping[str, int]) -> None:
        return self._write(runs.finish_run, run_id, now, finish_reason, counts)

    def note_run(self, run_id: int, not_before: datetime | None, trouble: str | None) -> None:
        """When the server wants the next one, and what went wrong last."""
        return self._write(visits.note_run, run_id, not_before, trouble)

    def not_before(self, site: str) -> datetime | None:
        """The server asked not to come back before."""
        return self._ask(visits.not_before, site)

    def last_look_through(self, site: str) -> tuple[datetime, datetime] | None:
        """Begin and end of the newest run that looked through the lists of `site`, and ended by itself."""
        return self._ask(visits.last_look_through, site)

    def fate_of(self, url: str) -> str | None:
        """How the last visit to an address ended, in a line; None where it was never asked."""
        return self._ask(visits.fate_of, url)

    def command_of(self, run_id: int) -> str | None:
        """What was typed for a run: crawl, add, import …"""
        return self._ask(visits.command_of, run_id)

    def last_runs(self, site: str, limit: int) -> list[LastRun]:
        return self._ask(visits.last_runs, site, limit)

    def story_times(self, site: str, since: datetime, until: datetime) -> list[datetime]:
        """When the stories of a site came, in order: were published, or first seen where their pages do not tell."""
        return self._ask(yields.story_times, site, since, until)

    def newest_stories(self, site: str, until: datetime, limit: int) -> list[StoryRead]:
        """The last stories that came by a moment, the newest first."""
        return self._ask(yields.newest_stories, site, until, limit)

    def pages_without_story(self, site: str, since: datetime, until: datetime) -> tuple[int, str]:
        """How many pages the runs of a time read that were no story, and the address of one."""
        return self._ask(yields.pages_without_story, site, since, until)

    def forbidden_addresses(self, site: str, since: datetime, until: datetime) -> tuple[int, str]:
        """How many addresses the runs of a time did not ask for, as robots.txt forbids them, and one of them."""
        return self._ask(yields.forbidden_addresses, site, since, until)

    def watched_since(self, site: str) -> datetime | None:
        """When the first run of a site began."""
        return self._ask(yields.watched_since, site)

    def save_captures(self, rows: Sequence[CaptureRow]) -> list[int]:
        """Their ids, in order; a record that is indexed already keeps its row."""
        return self._write(runs.save_captures, rows)

    def save_outcomes(self, run_id: int | None, rows: Iterable[tuple[str, str, str | None]]) -> None:
        """(url, outcome, reason); nothing for a capture that no run of this archive made."""
        if run_id is not None:
            self._write(runs.save_outcomes, run_id, rows)

    def outcomes_of(self, run_id: int) -> dict[str, tuple[int, str]]:
        """Outcome ▶ how many addresses of a run ended so, and one of them."""
        return self._ask(runs.outcomes_of, run_id)

    def outcome_of(self, run_id: int, url: str) -> tuple[str, str | None] | None:
        """How an address of a run ended, with the reason."""
        return self._ask(runs.outcome_of, run_id, url)

    def known_offset(self, warc_filename: str, before: int = runs.LAST_BYTE) -> int:
        """Where the last indexed record of a WARC file ends, of those that begin before a byte."""
        return self._ask(runs.known_offset, warc_filename, before)

    # --- imports

    def begin_import(self, file: str, member: str, fingerprint: str, filters: str, run_id: int, now: datetime) -> ImportState:
        """Where reading of a foreign file stopped, or a new beginning."""
        return self._write(imports.begin_import, file, member, fingerprint, filters, run_id, now)

    def save_import(self, number: int, position: int, records: int, counts: Mapping[str, int], finished_at: datetime | None) -> None:
        """How far it was read by now."""
        return self._write(imports.save_import, number, position, records, counts, finished_at)

    def known_captures(self, identities: Sequence[Identity]) -> set[int]:
        """Which of them (by place in the list) are in the archive."""
        return self._ask(imports.known_captures, identities)

    def capture_at(self, target_uri: str, warc_date: datetime | None, digest: str | None) -> CaptureRow | None:
        """The capture, with its content, that a revisit repeats."""
        return self._ask(imports.capture_at, target_uri, warc_date, digest)

    def capture_before(self, target_uri: str, moment: datetime) -> CaptureRow | None:
        """The newest capture of an address with a body, at a moment or before it."""
        return self._ask(imports.capture_before, target_uri, moment)

    def original_of(self, capture_id: int) -> CaptureRow | None:
        """The capture that holds the content of this one."""
        return self._ask(imports.original_of, capture_id)

    def save_imported(self, found: Iterable[Link], now: datetime) -> None:
        """Addresses of imported pages; they are not due."""
        return self._write(imports.save_imported, found, now)

    def site_urls(self) -> dict[str, str]:
        """Front page of every site of the archive, by name."""
        return self._ask(imports.site_urls)

    def site_names(self) -> list[str]:
        """The sites of the archive, but for those that `archiver add` only asked in vain."""
        return self._ask(visits.site_names)

    def is_anywhere(self, section: str | None, language: str | None) -> bool:
        """Whether any story has this section and this language."""
        return self._ask(search.is_anywhere, section, language)

    def most_frequent(self, column: str, limit: int) -> list[str]:
        """Values of a column of articles, those of most stories first."""
        return self._ask(search.most_frequent, column, limit)

    def holds_story(self, url: str) -> bool:
        """Is there a story at an address, or a page that came in an import and waits to be read?"""
        return self._ask(imports.holds_story, url)

    def site_of_link(self, url: str) -> str | None:
        """The site that an address was found for."""
        return self._ask(imports.site_of_link, url)

    # --- pictures

    def want_pictures(self, article_id: int, site: str, story_url: str, which: str, now: datetime) -> int:
        """A story's pictures, `which`: lead or all, go into the queue, where nobody has asked for them yet. How many are new."""
        return self._write(pictures.want, article_id, site, story_url, which, now)

    def due_pictures(
        self,
        site: str,
        now: datetime,
        limit: int,
        which: str = "all",
        stories: Collection[str] | None = None,
        passed_over: Callable[[str], bool] = lambda _: False,
    ) -> list[DueLink]:
        """Pictures to fetch now, as they came; `stories`: only of those at these addresses. Those that are `passed_over` do not count."""
        return self._ask(pictures.due, site, now, limit, which, stories, passed_over)

    def take_over_pictures(self, site: str) -> None:
        """Pictures of the site's stories that wait for another site's run, as its stories show them too, wait for this one's."""
        return self._write(pictures.take_over, site)

    def pictures_asked_to_wait(self, now: datetime) -> list[tuple[str, datetime]]:
        """Addresses of pictures whose servers want to be left alone, and until when."""
        return self._ask(pictures.asked_to_wait, now)

    def keep_picture(self, url: str, capture_id: int) -> None:
        """The picture at this address is in this capture, and asked for no more."""
        return self._write(pictures.keep, url, capture_id)

    def shows_picture(self, url: str) -> bool:
        """Does a story still show the picture at this address?"""
        return self._ask(pictures.is_shown, url)

    def is_picture(self, url: str) -> bool:
        """Is an address known as a picture's, and as nothing else's?"""
        return self._ask(pictures.is_picture, url)

    def captures_of_pictures(self, story: Chosen) -> list[CaptureRow]:
        """The captures of a story's pictures, and of the redirects that led to them."""
        return self._ask(pictures.captures_of, story.id)

    def picture_counts(self) -> dict[str, PictureCounts]:
        """How many pictures of each site are kept and wait; sites without any are left out."""
        return self._ask(pictures.counts)

    # --- reading

    def unread_captures(self, limit: int, site: str | None = None, run_id: int | None = None) -> list[CaptureRow]:
        """Story candidates that nobody has read, oldest first."""
        return self._ask(runs.unread_captures, limit, site, run_id)

    def unsettled_captures(self, limit: int) -> list[CaptureRow]:
        """Imported answers that a story's page is gone, of which nobody has said yet what they mean for the story; in their own order."""
        return self._ask(runs.unsettled_captures, limit)

    def settle_capture(self, capture_id: int, outcome: str, reason: str) -> None:
        """What an answer without a page was."""
        return self._write(runs.settle_capture, capture_id, outcome, reason)

    def capture_row(self, capture_id: int) -> CaptureRow | None:
        return self._ask(runs.capture_row, capture_id)

    def first_page(self, url: str) -> str | None:
        """The address of the story's first page, when `url` is a further one."""
        return self._ask(leaves.first_page, url)

    def has_further_pages(self, site: str) -> bool:
        """Does any story of the site go on over several pages?"""
        return self._ask(leaves.has_further_pages, site)

    def pages(self, first: str, by: int | None = None) -> list[CaptureRow]:
        """A capture of each page of a story, the newest ones, or those of the time of the capture `by`."""
        return self._ask(leaves.pages, first, by)

    def refused(self, capture_id: int, outcome: str, reason: str | None, read_with: str) -> None:
        """Read, and no story."""
        return self._write(runs.refused, capture_id, outcome, reason, read_with)

    def save_articles(self, readings: Sequence[Reading], now: datetime) -> list[Saved]:
        """What was read, in one transaction: stories, revisions, their parts and the search index."""
        return self._write(saving.save_articles, readings, now)

    def at_its_address(self, reading: Reading) -> Reading:
        """Under the address that was fetched, where the page's canonical one is another story's."""
        return self._ask(saving.at_its_address, reading)

    def stands_in_place(self, reading: Reading) -> str | None:
        """What another page than the known story says that stands at its address; None where it is the story."""
        return self._ask(saving.stands_in_place, reading)

    def previous_reading(self, article: Article, at: datetime | None = None) -> PreviousReading | None:
        """The revision, of the story that `article` belongs to, that stood at a moment; without one, the newest."""
        return self._ask(saving.previous_reading, article, at)

    def read_otherwise(self, previous: PreviousReading, read_with: str) -> list[int]:
        """Captures of earlier revisions that another reader read."""
        return self._ask(saving.read_otherwise, previous, read_with)

    def mark_status(self, article_id: int, pubstatus: str, now: datetime, reason: str | None) -> None:
        return self._write(saving.mark_status, article_id, pubstatus, now, reason)

    # --- reading again

    def last_rereading(self, reader: str, site: str | None, since: date | None) -> Rereading | None:
        """The last pass by this version of the reader over these captures, or over more."""
        return self._ask(rereading.newest, reader, site, since)

    def hidden_keys(self, keys: Sequence[str]) -> set[str]:
        """Those that are no story's any more, or of a story whose text is not shown."""
        return self._ask(rereading.hidden_keys, keys)

    def last_capture_id(self) -> int:
        return self._ask(rereading.last_capture)

    def start_rereading(self, scope: Scope, now: datetime) -> Rereading:
        return self._write(rereading.start, scope, now)

    def advance_rereading(self, number: int, mark: Mark, report: dict[str, Any]) -> None:
        return self._write(rereading.advance, number, mark, report)

    def finish_rereading(self, number: int, now: datetime) -> None:
        return self._write(rereading.finish, number, now)

    def captures_of_stories(self, scope: Scope, mark: Mark) -> Iterator[tuple[int, bool, CaptureRow]]:
        """(story, whether its row was read off it, capture) after the mark, story by story."""
        return rereading.captures_of_stories(self.db, scope, mark)

    def captures_refused(self, scope: Scope, mark: Mark) -> Iterator[CaptureRow]:
        """Captures after the mark that were read and are no story's."""
        return rereading.captures_refused(self.db, scope, mark)

    def save_again(self, readings: Sequence[tuple[int, Reading]]) -> list[Reread | None]:
        """Stories and revisions take the newer reading of their own captures."""
        return self._write(rereading.save_again, readings)

    def refuse_again(self, article_id: int, capture_id: int, outcome: str, reason: str | None, reader: str) -> Reread | None:
        """A newer reader finds no story on a story's capture: what was read before is kept."""
        return self._write(rereading.refuse_again, article_id, capture_id, outcome, reason, reader)

    def refused_still(self, capture_id: int, outcome: str, reason: str | None, reader: str) -> None:
        """No story before, and none now."""
        return self._write(rereading.refused_still, capture_id, outcome, reason, reader)

    # --- rights

    def save_end_of_rules(self, site: str, seen_at: datetime) -> bool:
        """A look found no robots.txt. True at the look by which one that was there is gone for good."""
        return self._write(rights.save_end_of_rules, site, seen_at)

    def save_site_signals(self, site: str, signals: Iterable[RightsSignal], now: datetime) -> bool:
        """What a site says as a whole about the use of its content. True where robots.txt is not as it was last."""
        return self._write(rights.save_site_signals, site, signals, utc_text(now) or "")

    def follow_policies(self, sites: Iterable[Site]) -> None:
        """What sites.toml says of noarchive now, for sites that are in the archive."""
        with self.writing():
            rights.follow_policies(self.db, sites)

    def may_be_shown(self, article_id: int) -> bool:
        """False: its page asks not to be shown from an archive, and the site's policy honours that."""
        return self._ask(rights.may_be_shown, article_id)

    def rights_signals(self, site: str, url: str | None) -> list[dict[str, Any]]:
        """What was said of a story, or (without address) of a site, the newest first."""
        return self._ask(rights.signals_of, site, url)

    def opt_outs(self, site: str) -> list[OptOut]:
        """What a site and its stories say about the use of their content, summed up."""
        return self._ask(rights.opt_outs, site)

    def tdm_reservation(self, site: str, url: str) -> dict[str, Any] | None:
        """Whether text and data mining is reserved for a story, and who says so."""
        return self._ask(rights.tdm_reservation, site, url)

    # --- taken down (store/takedowns.py has the steps of it)

    def withheld(self, site: str) -> Withheld:
        """What was taken down of a site: asked of everything that comes in."""
        return self._ask(takedowns.withheld, site)

    def withheld_version(self, site: str) -> int:
        """Another number after every takedown of the site."""
        return self._ask(takedowns.version, site)

    def is_taken_down(self, site: str, url: str, text_hash: str | None = None) -> bool:
        """Whether a story at this address, or with this text on this site, must not be fetched, kept or stored."""
        return self._ask(takedowns.is_taken_down, site, url, text_hash)

    def reopen_takedown(self, site: str, url: str, text_hash: str | None = None) -> None:
        """A WARC file has something of it again; takedown.finish_pending cleans it."""
        return self._write(takedowns.reopen, site, url, text_hash)

    def find_takedown(self, key_or_url: str) -> Takedown | None:
        return self._ask(takedowns.find_takedown, key_or_url)

    def takedowns(self, pending_only: bool = False) -> list[Takedown]:
        return self._ask(takedowns.takedowns, pending_only)

    def scrub(self) -> None:
        """Nothing that was deleted is left in the database's files. Other writers wait meanwhile. Raises ArchiveBusy."""
        with sqlite.telling(self.path), sqlite.in_line(self.data_dir):
            takedowns.scrub(self.db)

    # --- taking out

    def keys_of(self, names: Iterable[str]) -> dict[str, str | None]:
        """The keys of stories that are named by key or address; None where there is none of that name."""
        return self._ask(selecting.keys_of, names)

    def chosen(self, selection: Selection) -> Iterator[Chosen]:
        """The stories that a selection means, the oldest first."""
        return selecting.chosen(self.db, selection)

    def captures_of(self, story: Chosen, all_revisions: bool) -> list[CaptureRow]:
        """The captures that a story was read off: the newest, or those of all revisions."""
        return self._ask(selecting.captures_of, story, all_revisions)

    def newest_capture_url(self) -> str | None:
        """The address of the newest story's page."""
        return self._ask(selecting.newest_capture_url)

    def captures_with_records(self) -> Iterator[CaptureRow]:
        """Every capture that has a WARC record and may be shown."""
        return selecting.captures_with_records(self.db)

    # --- copies

    def compare_stories(self, limit: int) -> int:
        """Up to `limit` stories that are new or changed are compared with the others; how many these were."""
        return self._write(duplicates.compare_stories, limit)

    def count_uncompared(self) -> int:
        """Stories that wait to be compared."""
        return self._ask(duplicates.count_due)

    def clusters(self, site: str | None = None, since: date | None = None, limit: int = 20) -> list[Cluster]:
        """Stories that are copies of one text, the newest cluster first."""
        return self._ask(duplicates.clusters, site, since, limit)

    def cluster_of(self, article_id: int) -> Cluster | None:
        """The copies of a story, itself among them."""
        return self._ask(duplicates.cluster_of, article_id)

    # --- asking

    def search(
        self,
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
        """Stories with these words, with marked snippets and their number. `sort`: "rank", "newest", "oldest"."""
        return self._ask(search.search, query, site, from_, to, section, limit, sort, language, offset)

    def concordance(
        self,
        query: str,
        site: str | None = None,
        from_: date | None = None,
        to: date | None = None,
        section: str | None = None,
        language: str | None = None,
        width: int = 60,
    ) -> Iterator[Occurrence]:
        """Every place where these words stand, of the newest story first, with `width` characters on each side."""
        with sqlite.telling(self.path):
            yield from concordance.concordance(self.db, query, site, from_, to, section, language, width)

    def trend(
        self,
        queries: Sequence[str],
        by: str = "month",
        site: str | None = None,
        from_: date | None = None,
        to: date | None = None,
        section: str | None = None,
        language: str | None = None,
    ) -> list[Period]:
        """In how many stories these words stand, `by` day, week, month or year."""
        return self._ask(trends.trend, queries, by, site, from_, to, section, language)

    def undated(self, queries: Sequence[str], site: str | None = None, section: str | None = None, language: str | None = None) -> Period:
        """In how many stories without a date these words stand."""
        return self._ask(trends.undated, queries, site, section, language)

    def search_captions(self, query: str, site: str | None = None, limit: int = 20) -> list[CaptionHit]:
        """Images with these words in caption or credit line, newest story first."""
        return self._ask(search.search_captions, query, site, limit)

    def story(self, key_or_url: str) -> Story | None:
        """All of a story, by its key or any address it was found under."""
        return self._ask(stories.story, key_or_url)

    def history(self, key_or_url: str) -> list[Revision]:
        """Its revisions, oldest first; empty when there is no such story."""
        return self._ask(stories.history, key_or_url)

    def changes_of(self, revision: Revision) -> list[dict[str, Any]]:
        """The sentences that it changed, each with the note that explains it."""
        return self._ask(stories.changes_of, revision["id"])

    def text_of(self, revision: Revision) -> str:
        """The body of a revision as it then was."""
        return self._ask(stories.text_of, revision)

    def revision(self, article_id: int, number: int) -> Revision:
        """One of them; `article_body` is in it, too. Raises KeyError when there is no such revision."""
        return self._ask(stories.revision, article_id, number)

    def source_of(self, revision: Revision) -> dict[str, Any]:
        """Whose it is, and of which page: `publisher`, `payload_digest` (None where the page is not known)."""
        return self._ask(stories.source_of, revision)

    def newest_keys(self, site: str, limit: int) -> list[str]:
        """Keys of the stories of a site that were first seen last."""
        return self._ask(visits.newest_keys, site, limit)

    def stories_by_site(self) -> dict[str, int]:
        """How many stories each site has; sites without a story are left out."""
        return self._ask(visits.stories_by_site)

    def count_stories(self, site: str) -> int:
        return self._ask(visits.count_stories, site)

    def stats(self) -> dict[str, int]:
        """What the archive holds, counted."""
        return self._ask(stories.stats)

    def _ask(self, question: Callable[Concatenate[Database, Given], Answer], *args: Given.args, **named: Given.kwargs) -> Answer:
        with sqlite.telling(self.path):
            return question(self.db, *args, **named)

    def _write(self, act: Callable[Concatenate[Database, Given], Answer], *args: Given.args, **named: Given.kwargs) -> Answer:
        with self.writing():
            return act(self.db, *args, **named)
