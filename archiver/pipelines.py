"""Scrapy's sockets on the way to the archive: captures, links and outcomes, in small durable steps."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Collection, Iterable
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import chain
from pathlib import Path
from typing import Any, Self

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest, NotConfigured
from twisted.internet import task

from archiver import settings
from archiver.captures import Captures, Kept, Original
from archiver.counted import counted
from archiver.discover import Days, Found, is_story_link
from archiver.discover.found import zone_of
from archiver.errors import ArchiverError, fault
from archiver.kept import read_body, read_kept
from archiver.locks import site_lock, unusable
from archiver.pictures import picture_type
from archiver.polling import has_overflowed, next_interval, spans_the_gap
from archiver.reader import UNREAD, ReaderChild, reading_failure
from archiver.records import WHOLE_PAGE, Capture, Link, Placing, RightsSignal
from archiver.recovery import capture_row, pick_up
from archiver.spider import INDEX_ROLES, NewsSpider, Visit
from archiver.store import DueLink, LastCapture, Look, LookedThrough, Poll, kind_of_redirect, open_archive
from archiver.store.pictures import ASKED_TO_WAIT
from archiver.store.values import utc_text
from archiver.store.visits import OF_ADDRESSES, look_for_text_at
from archiver.takedown import finish_pending
from archiver.urls import grown_from, identity, is_login_page, is_one_story, normalise
from archiver.withheld import EMPTY, without_body

logger = logging.getLogger(__name__)

TRY_AGAIN = {
    "refused",
    "http_error",
    "timeout",
    "dns",
    "connection_refused",
    "connection_lost",
    "tls",
    "truncated",
    "network",
    "robots_unreachable",
    "maintenance",
    "bot_wall",
    "reader_failed",
}
# Says nothing about the page where the server gave nothing else either.
DOWN = TRY_AGAIN - {"refused", "maintenance", "bot_wall", "reader_failed"}
LOST = {"gone", "redirected_away"}
SEEN = {"kept", "unchanged", "not_modified"}
NO_STORY = {"not_an_article", "no_body", "not_html"}  # at the end of a redirect: the story is not there
NEVER_READ = {"interrupted", "index"}  # captures that nobody looked at as a story
AS_IT_WAS = {"unchanged", "not_modified"}  # of a look at a known story
LEAST_KNOWN = 5  # stories, to tell that a feed dates them by the clock, or that a parameter names none of them
SOON = {1, 4, 16}  # stories kept, after which the reading process, idle until then, is not left to wait for the clock
BOUNDED = {"feed", "news_sitemap"}  # lists of the newest stories, which drop what is older


@dataclass(slots=True)
class Pending:
    """A capture in the WARC file whose row is not written yet."""

    kept: Kept
    role: str
    refers_to: int | None
    outcome: str | None  # None until the spider has said how the visit ended
    page: str = ""  # address of the front page that it is, as the site's facts have it
    placings: tuple[Placing, ...] = ()  # its stories


class Ledger:
    """What one site's run found, kept and did: buffered, and written about once a second.

    Order of a flush: WARC file to disk, then one transaction with everything that speaks of it. So a row never names bytes
    that are not there, and a story's link is done in the same instant as its capture is.
    """

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.data_dir = Path(crawler.settings.get("DATA_DIR") or settings.data_dir())
        self.archive = open_archive(self.data_dir)  # where it cannot be used, the crawl does not begin
        self.captures = Captures(self.data_dir / "captures")
        self.loop = task.LoopingCall(self.flush)
        self.pending: dict[int, Pending] = {}
        self.links: dict[str, Link] = {}
        self.visits: list[Visit] = []
        self.signals: list[RightsSignal] = []
        self.variants: dict[str, str] = {}  # stories ▶ the address at which this run asks for each that lists do not link at its plain one
        self.parameters: dict[str, bool] = {}  # of addresses: whether one names nothing
        self.counts: dict[str, int] = {}
        self.polls: list[Poll] = []
        self.walked: list[LookedThrough] = []
        self.next_ref = 0
        self.not_before: datetime | None = None
        self.last_error: str | None = None
        self.has_rules: bool | None = None  # None: no robots.txt was asked for, or nobody could read it
        self.has_served = False  # a page, or word that it is as it was
        self.withheld, self.withheld_version = EMPTY, 0
        self.fatal: Exception | None = None  # the disk is full, the database broken: the run ends at once
        crawler.ledger = self  # type: ignore[attr-defined]
        crawler.signals.connect(self.open, signal=signals.spider_opened)
        crawler.signals.connect(self.close, signal=signals.spider_closed)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def open(self, spider: NewsSpider) -> None:
        self.spider, self.site = spider, spider.facts
        self.loop.start(settings.FLUSH_S, now=False)
        try:
            self._begin(spider)
        except (OSError, sqlite3.Error, ArchiverError) as error:
            self._stop_for(error)
        else:
            spider.watch("run", self.site.name, self.run_id)

    def _begin(self, spider: NewsSpider) -> None:
        """What is known of the site, and a row for the run."""
        now = self.started = settings.utc_now()
        with self.archive.writing():
            self.archive.save_site(self.site, now)
            if spider.recheck and not spider.only:
                self.archive.make_known_due(self.site.name, now)
            if spider.keeps_pictures:
                self.archive.take_over_pictures(self.site.name)
        for url, until in self.archive.pictures_asked_to_wait(now) if spider.keeps_pictures else ():
            spider.leave_host(url, (until - now).total_seconds())
        last = self.archive.last_look_through(self.site.name)
        self.is_first_run = last is None
        self.index_since = last[0] - timedelta(days=1) if last else None
        self.known_until = last[1] if last else None
        if spider.since:
            since = datetime.combine(spider.since, datetime.min.time(), now.tzinfo)
            self.index_since = min(since, self.index_since) if self.index_since else since
        command = "backfill" if spider.older else self.crawler.settings.get("ARCHIVER_COMMAND") or "scrapy crawl"
        command += OF_ADDRESSES if spider.only else ""
        self.misses_stories = self.archive.misses_stories(self.site.name)
        self.run_id = self.archive.start_run(self.site.name, command, now)
        self._learn_withheld()

    def _learn_withheld(self) -> None:
        """What was taken down of the site; a takedown may come while the crawl runs."""
        version = self.archive.withheld_version(self.site.name)
        if version != self.withheld_version:
            self.withheld, self.withheld_version = self.archive.withheld(self.site.name), version

    # --- asked by the spider

    def said(self, signals: Iterable[RightsSignal]) -> None:
        """By the site, of all its content."""
        self.signals += signals

    def found_rules(self, are_there: bool) -> None:
        """Whether a host of the site has a robots.txt; one without is none where another has."""
        self.has_rules = self.has_rules or are_there

    def was_asked_since(self, url: str, moment: datetime) -> bool:
        """Whatever was answered."""
        query = "select 1 from captures where target_uri = ? and warc_date > ? limit 1"
        return self.archive.db.execute(query, (url, utc_text(moment))).fetchone() is not None

    def was_no_list(self, url: str, since: datetime) -> bool:
        """Whether nobody could read this as a list when it was asked for last, since then."""
        query = "select outcome from captures where target_uri = ? and warc_date > ? order by warc_date desc, id desc limit 1"
        row = self.archive.db.execute(query, (normalise(url) or url, utc_text(since))).fetchone()
        return row is not None and row[0] in ("no_list", "index_broken")

    def is_taken_down(self, url: str) -> bool:
        return self.withheld.has_address(url)

    def last_capture(self, url: str) -> LastCapture | None:
        return self.archive.last_capture(url)

    def knows_all(self, links: tuple[Link, ...]) -> bool:
        """Was every one of these found before this page was looked at: in this run, or by one that looked through the lists to the end?

        A run that was killed on its way through them may have found what this page lists, and not what stands behind it.
        """
        fresh = [link.url for link in links if link.url not in self.links]
        if not fresh or self.archive.known_urls(fresh) != set(fresh):
            return not fresh
        return not self.archive.found_between(fresh, self.known_until, self.started)

    def due(self, spider: NewsSpider, limit: int) -> list[DueLink]:
        now = settings.utc_now()
        if spider.only:
            return self._due_by_name(spider, now)
        listed = (spider.older.days.first, spider.older.days.last) if spider.older else None
        return self.archive.due_links(self.site.name, now, limit, spider.since, spider.section, spider.visited, listed)

    def _due_by_name(self, spider: NewsSpider, now: datetime) -> list[DueLink]:
        """Addresses that were asked for by themselves, each once, whatever became of them before; and further pages of their stories."""
        named = {url for each in spider.only if (url := normalise(each))}
        if fresh := named - spider.visited:
            self.archive.make_due(self.site.name, fresh, now)
        return self.archive.due_named(self.site.name, named, now)

    def due_pictures(self, spider: NewsSpider, limit: int) -> list[DueLink]:
        """Without those of servers that are left alone."""
        stories = spider.visited if spider.only else None  # those that were named, wherever they led, and their further pages
        left: dict[str, bool] = {}  # by the name of the host as it is written; there may be thousands of pictures of one

        def passed_over(url: str) -> bool:
            host = url.split("/", 3)[2]
            if host not in left:
                left[host] = spider.is_host_left(url)
            return left[host] or url in spider.visited

        which = self.site.keep_images or ""
        return self.archive.due_pictures(self.site.name, settings.utc_now(), limit, which, stories, passed_over)

    def unread(self) -> int | None:
        """The oldest capture of this run that waits for the reading process, where further pages or pictures may come of it."""
        if self.fatal or self.not_before:
            return None
        more = self.is_first_run or self.spider.keeps_pictures or self.archive.has_further_pages(self.site.name)
        if not more:
            return None
        return next((row.id for row in self.archive.unread_captures(1, self.site.name, self.run_id)), None)

    def say(self, words: str) -> None:
        self.spider.watch("waiting", self.site.name, words)

    def asked_to_wait(self, wait_s: float) -> None:
        self.not_before = settings.utc_now() + timedelta(seconds=wait_s)
        self.say(f"asked to come back in {wait_s:.0f} s")

    # --- told by middlewares and pipelines

    def keep(self, capture: Capture, role: str, request: Request) -> None:
        """Writes the capture to its WARC file; `request.meta["capture_ref"]` names it from then on."""
        last: LastCapture | None = request.meta.get("last_capture")
        if normalise(capture.target_uri) != request.meta.get("link_url"):  # a redirect led here; what was there before counts
            last = self.archive.last_capture(capture.target_uri)
        original = self.archive.original_of(last.id) if last else None
        if role == "story" and original and original.outcome in NEVER_READ:
            last = original = None
        if role == "image" and not self._is_to_be_kept(capture, request):
            return
        cleared = capture if request.meta.get("picture") else self.withheld.strip(capture, is_page=role == "story")
        request.meta["taken_down"] = cleared is None
        capture = replace(without_body(capture) if cleared is None else cleared, run_id=self.run_id)
        try:
            kept = self.captures.add(capture, same_as=_original(last))
        except OSError as error:
            self._stop_for(error)
            raise IgnoreRequest(f"not_kept: {error}") from error
        same = last is not None and (
            capture.http_status == 304 or (capture.http_status in WHOLE_PAGE and kept.payload_digest == last.payload_digest)
        )
        request.meta["same_as"] = (original.outcome, original.reason) if same and original else None
        ref = self.next_ref = self.next_ref + 1
        request.meta["capture_ref"] = ref
        moved = 300 <= capture.http_status < 400 and capture.http_status != 304
        outcome = (
            "taken_down"
            if cleared is None and role != "story"
            else "redirect"
            if moved
            else None
            if role in ("story", "image") or role in INDEX_ROLES
            else "index"
        )
        self.pending[ref] = Pending(kept, role, original.id if same and original else None, outcome)

    def _is_to_be_kept(self, capture: Capture, request: Request) -> bool:
        """Of what is asked for as a picture, pictures are kept, and the redirects that lead to them; nothing of what was taken down."""
        unwanted = not self.archive.shows_picture(request.meta["link_url"])  # its story was taken down since it was asked for
        taken_down = unwanted or self.withheld.knows(capture)
        is_picture = not taken_down and capture.http_status in WHOLE_PAGE and picture_type(capture) is not None
        request.meta.update({"capture_ref": None, "taken_down": taken_down, "picture": is_picture})
        moved = 300 <= capture.http_status < 400 and capture.http_status != 304
        return is_picture or (moved and not taken_down)

    def kept_index(self, last: LastCapture | None) -> Capture | None:
        """An index page as it was kept; None where nobody could read it then, or it cannot be had any more."""
        row = self.archive.capture_row(last.id) if last else None
        return read_kept(self.archive, self.captures, last.id) if last and row and row.outcome == "index" and row.role != "other" else None

    def body_of(self, last: LastCapture) -> bytes | None:
        """The body that was kept, free of its Content-Encoding; None where it cannot be had any more."""
        return read_body(self.archive, self.captures, last.id)

    def sitemap_since(self, url: str, is_root: bool) -> datetime | None:
        """What is older in this sitemap is known; None: nothing is. One that failed for some runs is read from its last answer on."""
        own = self.archive.last_look(url, self.run_id)
        if own is None and is_root:
            return None
        return min(self.index_since, own - timedelta(days=1)) if self.index_since and own else self.index_since

    def without_clock_dates(self, found: Found) -> Found:
        """A feed that dates every story anew whenever it is asked ("5 minutes ago"), though they are as they were, says nothing of changes:
        what is known is looked at again as it ages.
        """
        dated = {link.url: link.lastmod for link in found.links if link.lastmod}
        looks = self.archive.last_looks(dated)
        same = sum(outcome in AS_IT_WAS for _, outcome in looks.values())
        if len(looks) < LEAST_KNOWN or 2 * same < len(looks) or any(dated[url] <= at for url, (at, _) in looks.items()):
            return found
        return replace(found, links=tuple(replace(link, lastmod=None) if link.url in looks else link for link in found.links))

    def looked_through(self) -> list[LookedThrough]:
        return self.archive.looked_through(self.site.name)

    def poll(self, found: Found, url: str, role: str) -> Days | None:
        """Notes how much of a feed or sitemap was known. The days of the gap before it, where it has rolled over since the last look."""
        urls = [link.url for link in found.links if is_story_link(link, self.site)]
        if role not in ("feed", "sitemap", "wordpress") or not urls or self.spider.only:
            return None
        if role == "sitemap" and any(link.source == "news_sitemap" for link in found.links):
            role = "news_sitemap"
        known = self.archive.known_before(urls, self.started)
        last_look = self.archive.last_look(url, self.run_id) if known == 0 and role in BOUNDED else None
        dates = [when for link in found.links if (when := link.date_published or link.lastmod)]
        oldest = min(dates, default=None)
        overflowed = has_overflowed(len(urls), known, last_look, oldest)
        total = found.total if role == "wordpress" else None
        self.polls.append(Poll(url, role, len(urls), known, total, last_look, oldest, overflowed))
        if not overflowed or last_look is None:
            return None
        zone = zone_of(self.site)
        first = last_look.astimezone(zone).date()
        return Days(first, max(first, (oldest or self.started).astimezone(zone).date()))

    def found(self, link: Link) -> None:
        if self.withheld.has_id(link.story_ids):  # under an address that is new
            return
        if (link.title and self.withheld.clear(link.title) != link.title) or self.withheld.has_address(link.url):
            link = replace(link, title=None, story_ids=())
        known = self.links.get(link.url)
        if known is not None:
            listed_on = link.listed_on or known.listed_on
            newer = link.lastmod and (known.lastmod is None or link.lastmod > known.lastmod)
            story_ids = tuple(dict.fromkeys((*known.story_ids, *link.story_ids)))
            link = replace(link if newer else known, listed_on=listed_on, story_ids=story_ids)
        self.links[link.url] = link

    def looked_at(self, page: str, placings: tuple[Placing, ...], capture_ref: int) -> None:
        """A front page and its stories; written with the capture that shows them."""
        if pending := self.pending.get(capture_ref):
            pending.page, pending.placings = page, placings

    def done_with(self, row: LookedThrough) -> None:
        """Days of the past that were looked through to the end; written with the links that were found there."""
        self.walked.append(row)

    def visited(self, visit: Visit) -> None:
        self.visits.append(visit)
        pending = self.pending.get(visit.capture_ref or 0)
        if pending is not None:
            pending.outcome = visit.outcome
        self.counts[visit.outcome] = self.counts.get(visit.outcome, 0) + 1
        self.has_served |= visit.role != "image" and visit.status in (*WHOLE_PAGE, 304)
        if visit.outcome in TRY_AGAIN:
            self.last_error = f"{visit.outcome}: {visit.reason} ({visit.url})"
        self.spider.watch("visit", self.site.name, visit)
        if visit.outcome == "kept" and self.counts["kept"] in SOON:
            self.flush()

    # --- to disk

    def flush(self) -> None:
        """Everything that is known so far, durable. A full disk or a broken database ends the run at once, and so does a fault of ours:
        what is not written down now is found in the WARC files by the next run.
        """
        if self.fatal:
            return
        try:
            self._learn_withheld()
            if self.pending or self.links or self.visits or self.walked or self.signals:
                self._write()
        except (OSError, sqlite3.Error, ArchiverError) as error:
            self._stop_for(error)
        except Exception as error:
            logger.exception("The run of %s cannot be written down", self.site.name)
            self._stop_for(fault(error))

    def _stop_for(self, error: Exception) -> None:
        error = unusable(self.data_dir, error) if isinstance(error, OSError) else error
        self.fatal = error
        logger.error("The run of %s stops: %s", self.site.name, error)
        self.spider.watch("fatal", self.site.name, error)

    def _write(self) -> None:
        self.captures.sync()
        now = settings.utc_now()
        signals, self.signals = self.signals, []
        ready = self._ready()
        held = set(self.pending) - set(ready)
        links, self.links = self._without_variants(list(self.links.values())), {}
        visits, self.visits = (
            [visit for visit in self.visits if visit.capture_ref not in held],
            [v for v in self.visits if v.capture_ref in held],
        )
        walked, self.walked = self.walked, []
        reasons = {visit.capture_ref: visit.reason for visit in visits}
        with self.archive.writing():
            if links:
                self.archive.save_links(links, now)
            self.archive.save_looked_through(self.site.name, walked)
            if signals and self.archive.save_site_signals(self.site.name, signals, now):
                self.archive.reopen_forbidden(self.site.name, now)
            rows = [
                capture_row(item.kept, item.role, item.outcome or "index", reasons.get(ref), item.refers_to) for ref, item in ready.items()
            ]
            numbers = dict(zip(ready, self.archive.save_captures(rows), strict=True))
            for item in ready.values():
                self.archive.save_look(self.site.name, item.page, item.kept.warc_date, self.withheld.let_in(item.placings))
            for visit in visits:
                if visit.role == "image" and visit.link:
                    self._settle_picture(visit, visit.link, numbers.get(visit.capture_ref or 0), now)
                else:
                    self._settle(visit, now)
            self.archive.save_outcomes(self.run_id, [row for visit in visits for row in outcome_rows(visit)])
        for ref in ready:
            del self.pending[ref]

    def _without_variants(self, links: list[Link]) -> list[Link]:
        """Leaves out AMP, mobile and other variants of an address that is known or found beside them, or whose story is kept: each story is
        asked for at one address.
        """
        stem = {link.url: identity(link.url) for link in links}
        variants = {url: story for url, story in stem.items() if url.rstrip("/") != story}
        plain = {form for story in variants.values() for form in (story, story + "/")}
        known = self.archive.known_urls(plain) | {url for url in stem if url not in variants}
        same = {url for url, story in variants.items() if {story, story + "/"} & known}
        others = [url for url in variants if url not in same]
        asked_before = self.archive.known_urls(others)
        taken = {variants[url] for url in asked_before} | self.archive.kept_stories(variants[url] for url in others) | self.variants.keys()
        for url in others:
            if url not in asked_before and variants[url] in taken and self.variants.get(variants[url]) != url:
                same.add(url)
            taken.add(variants[url])
            self.variants.setdefault(variants[url], url)
        told = {url: variants[url] for url in same}
        told |= self._grown(stem.keys() - told.keys())
        told |= self._other_ways(stem.keys() - told.keys())
        self.visits += [Visit(url, "duplicate_address", f"another address of {told[url]}", role="variant") for url in sorted(told)]
        return [link for link in links if link.url not in told]

    def _grown(self, urls: Collection[str]) -> dict[str, str]:
        """New addresses that grew out of one that is known, or found beside them, with that: "/news/news/story" out of "/news/story"."""
        grown = {url: shorter for url in urls if (shorter := grown_from(url))}
        if not grown:
            return {}
        known = self.archive.known_urls([*grown, *chain.from_iterable(grown.values())])
        first = {url: next((one for one in shorter if one in known or one in urls), None) for url, shorter in grown.items()}
        return {url: one for url, one in first.items() if one and url not in known}

    def _other_ways(self, urls: Iterable[str]) -> dict[str, str]:
        """New addresses of kept stories, with the story's own, that differ from it by a parameter which never named a story of this site:
        "?box=3" tells where a reader came from.
        """
        bare = {url: identity(url.partition("?")[0]) for url in urls if "=" in url.partition("?")[2] and "&" not in url}
        kept = self.archive.kept_stories(bare.values()) if bare else set()
        near = {url: story for url, story in bare.items() if story in kept}
        fresh = near.keys() - self.archive.known_urls(near) if near else set()
        return {url: near[url] for url in fresh if self._names_nothing(url.partition("?")[2].partition("=")[0])}

    def _names_nothing(self, parameter: str) -> bool:
        """Whether all of several stories that were found at addresses with this parameter say that their own has none."""
        if parameter not in self.parameters:
            ways = self.archive.ways_to_stories(self.site.name, parameter)
            told = [is_one_story(url.partition("?")[0], own) for url, own in ways]
            self.parameters[parameter] = len(told) >= LEAST_KNOWN and all(told)
        return self.parameters[parameter]

    def _ready(self) -> dict[int, Pending]:
        """Captures whose outcome is known, in the file's order up to the first that waits: the index never has a gap."""
        ready = {}
        for ref, item in self.pending.items():
            if item.outcome is None:
                break
            ready[ref] = item
        return ready

    def _settle(self, visit: Visit, now: datetime) -> None:
        """What a visit means for its link, and for the story behind it."""
        if visit.role != "story" or visit.link is None:
            return
        story = visit.link.article_id
        published = self.archive.published_at(story) if story is not None else None
        fate = fate_of(visit, now, self.site.recheck_s or settings.RECHECK, self.has_served, published)
        final = visit.final_address
        if visit.outcome in SEEN | {"redirect"} and final != visit.url:
            self._follow(visit.link, final, now)
        if visit.outcome == "redirect":
            return
        self.archive.finish_link(
            final if visit.outcome in SEEN else visit.url, fate.state, fate.reason, fate.due_at, attempts=fate.attempts
        )
        if visit.outcome in ("unchanged", "not_modified"):
            self.archive.seen_again(final, now)
            if self.spider.keeps_pictures and visit.link.article_id is not None:  # the facts may not have wanted them when it was read
                self.archive.want_pictures(visit.link.article_id, self.site.name, final, self.site.keep_images or "", now)
        elif visit.outcome in LOST or visit.outcome == "soft_404":
            self.archive.lost(visit.url, now, look_of(visit, self.site.url), definite=visit.status == 410)
        elif visit.outcome == "login_wall" or (visit.outcome == "other_site" and is_login_page(final)):
            self.archive.not_seen(visit.url, now, Look("paywalled", visit.reason))
        elif visit.outcome == "other_site" or (visit.outcome in NO_STORY and final != visit.url):
            self.archive.lost(visit.url, now, Look("redirect_elsewhere", visit.reason, final if final != visit.url else None))
        elif visit.outcome == "no_body":
            self.archive.emptied(visit.url, now, visit.reason or visit.outcome)
        elif visit.outcome == "robots":
            self.archive.not_seen(visit.url, now, Look("robots", visit.reason))

    def _settle_picture(self, visit: Visit, link: DueLink, capture_id: int | None, now: datetime) -> None:
        """One that is kept is never asked for again; few tries where its server fails, and none where that would not help."""
        if visit.outcome == "image" and capture_id is not None:
            self.archive.keep_picture(visit.url, capture_id)
            return
        tries, why = link.attempts + 1, f"{visit.outcome} {visit.reason}".strip()
        if visit.outcome == "image_failed" and (until := self.spider.waits_until(visit.url)):
            self.archive.finish_link(visit.url, "due", ASKED_TO_WAIT, until, attempts=link.attempts)
        elif visit.outcome == "image_failed" and tries < settings.PICTURE_ATTEMPTS:
            self.archive.finish_link(visit.url, "due", why, now + settings.retry_after(tries), attempts=tries)
        else:
            self.archive.finish_link(visit.url, "skipped", why, None, attempts=tries)

    def _follow(self, link: DueLink, final: str, now: datetime) -> None:
        """An address that leads elsewhere is settled; the story's link is where it led."""
        self.archive.save_links([Link(final, self.site.name, link.source, link.url, link.lastmod, link.date_published)], now)
        self.archive.finish_link(link.url, "skipped", f"leads to {final}", None, attempts=0)
        self.archive.lead_to(link.url, final)
        if not is_one_story(final, link.url):
            self.archive.redirected(link.url, now, final)

    def close(self, spider: NewsSpider, reason: str) -> None:
        self.loop.stop()
        for item in self.pending.values():  # answers whose callback never ran: asked again next time, without condition
            if item.outcome is None:
                item.outcome, item.kept = "interrupted", replace(item.kept, etag=None, last_modified=None)
        self.flush()
        reason = "asked_to_wait" if self.not_before else reason
        try:
            self._finish(spider, reason)
        except (OSError, sqlite3.Error, ArchiverError) as error:
            if self.fatal is None:
                self._stop_for(error)
        self.archive.close()
        if spider.walk and spider.older:
            spider.watch("walked", self.site.name, spider.walk.ending())
        spider.watch("closed", self.site.name, reason)

    def _finish(self, spider: NewsSpider, reason: str) -> None:
        self.captures.close(indexed=self.fatal is None)
        if self.fatal is None:
            with self.archive.writing():
                if self.has_rules is False and self.archive.save_end_of_rules(self.site.name, self.started):
                    self.archive.reopen_forbidden(self.site.name, self.started)
                self._learn_pace(spider, reason)
                self.archive.finish_run(self.run_id, settings.utc_now(), reason, self.counts)
                self.archive.note_run(self.run_id, self.not_before, self.last_error)

    def _learn_pace(self, spider: NewsSpider, reason: str) -> None:
        """What the feeds tell about how often to come; and the word on those that have rolled over."""
        self.archive.save_polls(self.site.name, self.polls, self.started)
        rolled = [poll.url for poll in self.polls if poll.overflowed]
        if rolled and (spans_the_gap(self.polls) or (spider.walk and spider.walk.has_told())):
            self.archive.fill_gaps(rolled)
        if not spider.older and (rolled or (reason == "finished" and self.counts.get("index"))):
            own = settings.run_interval(self.site.every_s).total_seconds()
            self.archive.learn_every(self.site.name, next_interval(self.archive.learned_every(self.site.name), own, self.polls))
        if rolled:
            spider.watch("overflow", self.site.name, self.archive.overflows(self.site.name, self.started))


def outcome_rows(visit: Visit) -> list[tuple[str, str, str | None]]:
    """(url, outcome, reason): how the address ended, and the one that it led to."""
    final = visit.final_address
    if final == visit.url or visit.role != "story" or visit.outcome not in SEEN:
        return [(visit.url, visit.outcome, visit.reason)]
    return [(visit.url, "redirect", f"leads to {final}"), (final, visit.outcome, visit.reason)]


def look_of(visit: Visit, home: str) -> Look:
    """What a visit found in the story's place."""
    final = normalise(visit.final_url or visit.url)
    led_to = final if final != visit.url else None
    if visit.outcome == "soft_404":
        return Look("soft_404", visit.reason, led_to)
    if visit.outcome == "gone":
        return Look("gone" if visit.status == 410 else "not_found", visit.reason, led_to)
    target = normalise(visit.reason.removeprefix("leads to "))
    return Look(kind_of_redirect(target, home), visit.reason, target)


@dataclass(frozen=True, slots=True)
class Fate:
    """What becomes of a link after a visit."""

    state: str
    reason: str | None
    due_at: datetime | None
    attempts: int


def fate_of(
    visit: Visit, now: datetime, ladder: tuple[tuple[float, float], ...], has_served: bool = True, published: datetime | None = None
) -> Fate:
    """State, reason and next look of a link; pure. The link of a known story stays, whatever stands in its place just now.

    `published`: of the story, where it is known; what a list says of its date may be anything.
    `has_served`: the server gave a page in this run. Where it gave none, it is down, and no link is used up on that.
    """
    link = visit.link
    known = link is not None and link.article_id is not None
    before = link.attempts if link else 0
    tries, why = before + 1, f"{visit.outcome} {visit.reason}".strip()
    if visit.outcome in LOST:  # Archive.lost sets another look where the story was known
        early = visit.status == 404 and not known and tries < settings.GONE_AFTER  # listed before it is there: caches are slow
        return Fate("due" if early else "gone", visit.reason, now + settings.retry_after(tries) if early else None, tries)
    if visit.outcome in DOWN and not has_served:
        return Fate("due", why, now + settings.retry_after(1), before)
    if visit.outcome in TRY_AGAIN and tries < settings.ATTEMPTS:
        return Fate("due", why, now + settings.retry_after(tries), tries)
    if link and not known and visit.outcome == "no_body" and (again := look_for_text_at(link.source, before, now)):
        return Fate("due", why, again, tries)
    if visit.outcome in SEEN or known:
        listed = (link.date_published or link.lastmod or link.first_seen_at) if link else None
        wait = settings.recheck_after(now - min(published or listed or now, now), ladder)
        return Fate("done", None, now + wait if wait else None, before if visit.outcome == "kept" else 0)
    if visit.outcome in TRY_AGAIN:
        return Fate("skipped", f"given up after {counted(tries, 'try', 'tries')}: {why}", None, tries)
    return Fate("skipped", why, None, tries)


class SaveLinks:
    """Found links go to the queue."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def process_item(self, item: Any) -> Any:
        if isinstance(item, Link):
            self.crawler.ledger.found(item)  # type: ignore[attr-defined]
        return item


class SaveOutcomes(SaveLinks):
    """How each visit ended."""

    def process_item(self, item: Any) -> Any:
        if isinstance(item, Visit):
            self.crawler.ledger.visited(item)  # type: ignore[attr-defined]
        return item


class ReadBeside:
    """For plain `scrapy crawl` what `archiver crawl` does: one crawl a site, and captures are read beside it."""

    def __init__(self, crawler: Crawler) -> None:
        crawler.signals.connect(self.open, signal=signals.spider_opened)
        crawler.signals.connect(self.look_at, signal=signals.item_scraped)
        crawler.signals.connect(self.close, signal=signals.engine_stopped)
        self.crawler = crawler
        self.alone = ExitStack()
        self.data_dir: Path = crawler.ledger.data_dir  # type: ignore[attr-defined]
        self.held = {crawler.spider.facts.name}  # type: ignore[union-attr]
        self.alone.enter_context(site_lock(crawler.spider.facts.name, self.data_dir))  # type: ignore[union-attr]
        for line in pick_up(self.data_dir):
            logger.warning(line)
        finish_pending(self.data_dir, self.held)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        if crawler.settings.getbool("READ_ELSEWHERE"):
            raise NotConfigured  # the command that started this crawl reads by itself; with words, each run would be told of it
        return cls(crawler)

    def open(self, spider: NewsSpider) -> None:
        self.child = ReaderChild(self.data_dir, lambda event: spider.was_read())
        with open_archive(self.data_dir) as archive:
            if archive.unread_captures(1):
                self.child.wake()

    def look_at(self, item: Any) -> None:
        if isinstance(item, Visit) and item.outcome == "kept":
            self.child.wake(self.crawler.ledger.run_id)  # type: ignore[attr-defined]

    def close(self) -> None:
        if unread := reading_failure(self.child.finish()):
            logger.error("%s", unread)
            self.crawler.stats.set_value(UNREAD, unread.exit_code)  # type: ignore[union-attr]
        finish_pending(self.data_dir, self.held)
        self.alone.close()


def _original(last: LastCapture | None) -> Original | None:
    return Original(last.target_uri, last.warc_date, last.payload_digest) if last else None
