"""NewsSpider: a site's facts ▶ captures. Network begins here.

A run has two halves. First the site's index pages (feeds, sitemaps, WordPress, front and section pages) are asked what there
is; each finding goes into the `links` table. Then stories that are due are taken from that table, newest first, until it holds
none or a budget is used up; last, where the site's facts want them, the pictures of stories. The table is the queue: whatever kills a
run, the next one goes on from it.
"""

from __future__ import annotations

import asyncio
import importlib
import pkgutil
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, fields, replace
from datetime import UTC, date, datetime, time, timedelta
from time import monotonic
from typing import Any, Literal, Self, cast
from urllib.parse import urljoin, urlsplit

import scrapy
from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.exceptions import CloseSpider, DontCloseSpider, IgnoreRequest
from scrapy.http import Response
from twisted.internet import task
from twisted.python.failure import Failure

from archiver import discover, settings
from archiver.captures import TooLarge, Truncated, decode_body
from archiver.discover import Days, Found, Hints
from archiver.discover.optouts import TDMREP, read_robots, read_tdmrep
from archiver.discover.robots import read_crawl_delay
from archiver.errors import SlowPattern, WrongUse
from archiver.records import GONE, KEEPS_IMAGES, WHOLE_PAGE, Link, Site
from archiver.store import DueLink, LastCapture
from archiver.urls import is_home_or_section, is_login_page, normalise, registrable_domain, same_site
from archiver.walking import Step, Walk

LOW_WATER = 8  # stories asked for but not answered; below it, more are taken from the queue
AWAIT_S = 2.0  # between two looks for further pages, where nobody tells that something was read
READ_TOGETHER_S = 0.02  # stories are stored many at a time: one look for all
KNOWN_PAGES = 3  # of a list, in a site's first run: a feed has some twenty stories, a page of a list six to ten
LEAST_INDEXES = 10  # index pages that a run may ask for, however small its budget
PICTURE_FAILURES = 3  # of one host, in a row, after which it is left alone for the run
REFUSALS_IN_A_ROW = 5  # 403s and the like that end a run: asking on would be rude and useless
FAILURES_IN_A_ROW = 10  # HTTP 500 and the like: the server is down; what waits is not used up on it
SILENCES_IN_A_ROW = 5  # timeouts, lost connections, torn answers: nobody is there
CLOSED_API = {401, 403, 500}  # of WordPress, where a plugin keeps it for those who are logged in
REFUSED = {401, 402, 403, 406, 429, 451, 503}
MAX_REFRESH_BYTES = 4_096  # as sent; larger pages are not looked through for it
UNTOLD_TYPES = ("text/plain", "application/octet", "application/xml", "text/xml")  # pages are sent under them, too
STORY_OUTCOMES = {"kept", "new", "changed", "unchanged", "not_modified", "duplicate_address"}  # of a capture with a story in it
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)  # "modified after" it: all posts, the last changed first, at an address that stays
PICTURE_OUTCOMES = {  # of failures that another try would not mend
    "robots": "image_robots",
    "refused_address": "image_refused",
    "taken_down": "image_refused",
    "too_large": "image_too_large",
}
INDEX_ROLES = ("feed", "sitemap", "wordpress", "front_page", "section", "archive_page")
LISTS = ("feeds", "sitemaps", "front_pages", "sections", "drop_text", "selectors")


@dataclass(frozen=True, slots=True)
class Visit:
    """How a visit to one address ended: the item that the spider gives to the pipelines."""

    url: str  # as found: the key in `links`, or the address of an index page
    outcome: str
    reason: str = ""
    role: str = "story"
    capture_ref: int | None = None  # number that KeepCapture gave to the capture in this run
    final_url: str | None = None  # where redirects led
    status: int | None = None
    link: DueLink | None = None

    @property
    def final_address(self) -> str:
        """Where it led, as `links` has it."""
        return normalise(self.final_url or self.url) or self.url


@dataclass(frozen=True, slots=True)
class Older:
    """What a backfill is asked for, instead of what is new."""

    days: Days
    undated: bool = False  # addresses that nothing dates, too
    relist: bool = False  # ask lists again that were looked through
    max_requests: int | None = None
    until: datetime | None = None  # then the site's regular run is due, and goes first
    again: bool = False  # goes on behind a regular run


class NewsSpider(scrapy.Spider):
    """A site as code: facts as class attributes (those of records.Site), a method only where the site is odd."""

    url: str = ""

    def __init__(
        self,
        facts: Site | None = None,
        limit: int | str | None = None,
        since: date | str | None = None,
        section: str | None = None,
        urls: str | tuple[str, ...] = (),
        recheck: bool | str = False,
        older: Older | None = None,
        watch: Callable[..., None] | None = None,
        **kwargs: Any,
    ) -> None:
        self.facts = facts or facts_of_class(type(self))
        super().__init__(self.facts.name, **kwargs)
        self.limit = _as_number(limit)
        self.since = _as_day(since)
        self.section = section
        self.only = tuple(urls.split()) if isinstance(urls, str) else urls
        self.recheck = recheck in (True, "1", "true", "yes")
        self.older = older
        self.gave_up = False  # on a server that fails
        self.mistaken = False  # the site's facts are; the run ends
        self.gave_way = False  # to the site's regular run, before all was done
        self.vouched = {registrable_domain(url) for url in self.facts.sitemaps}  # where sitemaps of the site stand, beside its own hosts
        self.walk: Walk | None = None  # through lists of older stories: a backfill's, or that of a gap
        self.hints: Hints | None = None  # of the front page
        self.watch = watch or (lambda *_: None)
        self.asked: set[str] = set()  # index pages, each once a run
        self.visited: set[str] = set()  # stories, each once a run
        self.in_flight: set[str] = set()  # stories asked for, not answered
        self.pictures_in_flight: set[str] = set()
        self.picture_hosts: set[str] = set()  # domains that are not the site's own
        self.picture_failures: Counter[str] = Counter()  # by domain; in a row
        self.pictures_since = 0.0  # when the first was asked for
        self.hosts_asked_to_wait: dict[str, datetime] = {}  # domains of pictures, and until when
        self.stories = 0
        self.refusals = 0
        self.failures = 0
        self.silences = 0
        self.requests = 0
        self.received_bytes = 0
        self.unread: int | None = None  # the oldest capture of this run that is not read
        self.unread_since = 0.0
        self.waiting = task.LoopingCall(self.look_for_pages)
        self.told = False  # that something was read, since the last look

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        settings.trust_authorities()
        spider = super().from_crawler(crawler, *args, **kwargs)
        delay = settings.pace_s(spider.facts.delay_s or crawler.settings.getfloat("DOWNLOAD_DELAY"))
        crawler.settings.set("DOWNLOAD_DELAY", delay, priority="spider")
        if spider.facts.accept_bad_certificate:
            crawler.settings.set("DOWNLOAD_VERIFY_CERTIFICATES", False, priority="spider")
        crawler.signals.connect(spider.take_stories, signal=signals.spider_idle)
        crawler.signals.connect(spider.broke_off, signal=signals.spider_error)
        return spider

    # --- index pages

    async def start(self) -> AsyncIterator[Any]:
        """Requests for the site's index pages; conditional where they were fetched before."""
        self.ledger = self.crawler.ledger  # type: ignore[attr-defined]  # set by pipelines.Ledger
        if self.only:
            for url in self.only:
                yield Link(url=normalise(url) or url, site=self.facts.name, source="seed", source_url="command line")
            return
        if self.older:
            self.walk = Walk(self, self.older.days, self.older.undated, self.older.relist)
            return
        for role, url in self.index_pages():
            if request := self.index_request(url, role):
                yield request
        if request := self.tdmrep_request():
            yield request

    def tdmrep_request(self) -> scrapy.Request | None:
        """For the site's word on text and data mining: once a day; robots.txt, delay and guards hold for it as for all."""
        url = urljoin(self.facts.url, TDMREP)
        if self.ledger.was_asked_since(url, settings.utc_now() - timedelta(days=1)) or not self.spend():
            return None
        last = self.ledger.last_capture(url)
        meta = {"role": "tdmrep", "link_url": url, "last_capture": last}
        return scrapy.Request(
            url, self.parse_tdmrep, headers=conditional_headers(last), meta=meta, errback=self.failed_quietly, dont_filter=True
        )

    def parse_tdmrep(self, response: Response) -> None:
        body = self.ledger.body_of(response.meta["last_capture"]) if response.status == 304 and response.meta["last_capture"] else None
        if response.status in WHOLE_PAGE:
            with suppress(TooLarge, Truncated):
                body = decode_body(response.body, _header(response, "Content-Encoding"), settings.MAX_DECODED_BYTES)
        if body:
            self.ledger.said(read_tdmrep(body))

    def failed_quietly(self, failure: Failure) -> None:
        """A site without a word on something has not failed."""

    def index_pages(self) -> Iterator[tuple[str, str]]:
        facts = self.facts
        yield from (("feed", url) for url in facts.feeds)
        yield from (("sitemap", url) for url in facts.sitemaps)
        if facts.wordpress_api:
            yield "wordpress", discover.wordpress_posts_url(facts.wordpress_api, modified_after=EPOCH)
        yield from (("front_page", url) for url in facts.front_pages or (facts.url,))
        yield from (("section", url) for url in facts.sections)

    def named_lists(self) -> set[str]:
        """Addresses of lists that the site's facts name."""
        return {normalise(url) or url for _, url in NewsSpider.index_pages(self)}

    def index_request(self, url: str, role: str, depth: int = 0, known_before: int = 0) -> scrapy.Request | None:
        """None where the address was asked in this run already, or the run's budget is used up, or the half of it for index pages.

        `known_before`: pages of the list in a row, right before it, of which all was known.
        """
        url = normalise(url) or url
        if url in self.asked or len(self.asked) >= max(LEAST_INDEXES, self.budget // 2) or not self.spend():
            return None
        self.asked.add(url)
        last = self.ledger.last_capture(url)
        meta = {"role": role, "link_url": url, "depth_in_index": depth, "last_capture": last, "known_before": known_before}
        return scrapy.Request(
            url, self.parse_index, headers=conditional_headers(last), meta=meta, errback=self.failed, dont_filter=True, priority=10
        )

    def parse_index(self, response: Response) -> Iterator[Any]:
        role = response.meta["role"]
        if response.status == 304:
            yield from self.go_on_from_known(response, role)
            yield self.visit(response, "index", "not modified")
            return
        guessed = role in ("feed", "section", "wordpress") and response.meta["link_url"] not in self.named_lists()
        broken = "no_list" if guessed else "index_broken"
        if response.status in GONE or (guessed and role == "wordpress" and response.status in CLOSED_API):
            yield self.visit(response, broken, f"HTTP {response.status}")
            return
        if role == "wordpress" and (smaller := self.in_smaller_pages(response)):
            yield self.visit(response, "index", "asked again for fewer posts a page")
            if request := self.index_request(smaller, role, response.meta["depth_in_index"]):
                yield request
            return
        if response.status not in WHOLE_PAGE:
            yield from self.refused_or_failed(response)
            return
        try:
            body = decode_body(response.body, _header(response, "Content-Encoding"), settings.MAX_DECODED_BYTES)
        except (TooLarge, Truncated) as error:
            yield self.visit(response, "too_large" if isinstance(error, TooLarge) else "truncated", str(error))
            return
        found = self.read_index(body, response, role)
        self.refusals = 0
        self.take_pulse(found, response, role)
        self.take_look(found, response)
        if role == "feed":
            found = self.ledger.without_clock_dates(found)
        yield from (link for link in found.links if discover.is_story_link(link, self.facts))
        yield self.visit(response, broken if found.problem else "index", found.told)
        yield from self.more_of(found, response, role)
        if role == "front_page":
            yield from self.unlisted_sources(discover.find_hints(body, _headers(response), response.url))

    def in_smaller_pages(self, response: Response) -> str | None:
        """The address of the same posts, fewer a page, where the site allows no hundred."""
        if response.status != 400:
            return None
        try:
            body = decode_body(response.body, _header(response, "Content-Encoding"), settings.MAX_DECODED_BYTES)
        except (TooLarge, Truncated):
            body = b""
        return discover.fewer_posts_url(response.url, body)

    def go_on_from_known(self, response: Response, role: str) -> Iterator[Any]:
        """An index that is as it was may name sitemaps and feeds that are not, and lists stories that may have come back."""
        last, misses = response.meta["last_capture"], self.ledger.misses_stories
        body = self.ledger.body_of(last) if last and (misses or role in ("sitemap", "front_page")) else None
        if body is None:
            return
        found = self.read_index(body, response, role)
        self.take_look(found, response)
        if misses:
            yield from (link for link in found.links if discover.is_story_link(link, self.facts))
        if role in ("sitemap", "front_page"):
            yield from self.more_of(found, response, role)
        if role == "front_page":
            yield from self.unlisted_sources(discover.find_hints(body, _headers(response), response.url))

    def read_index(self, body: bytes, response: Response, role: str) -> Found:
        """What an index page of this role holds. A site with an odd index overrides it."""
        if role == "feed":
            return discover.read_feed(body, response.url, self.facts, _header(response, "Content-Type") or "")
        if role == "sitemap":
            step: Step | None = response.meta.get("step")
            if step:
                since: datetime | None = datetime.combine(step.days.first, time(), UTC)
            else:
                since = self.ledger.sitemap_since(response.meta["link_url"], is_root=not response.meta.get("depth_in_index"))
            return discover.read_sitemap(body, response.url, self.facts, since, step.days if step else None)
        if role == "wordpress":
            return discover.read_wordpress(body, _headers(response), response.url, self.facts)
        return discover.read_page_links(body, response.url, self.facts, cast(discover.PageRole, role))

    def more_of(self, found: Found, response: Response, role: str) -> Iterator[scrapy.Request]:
        """Child sitemaps and next pages. Paging goes on only while a page still brings something that was not known.

        In a site's first run, sitemap and feed may know the first pages and nothing behind them: there, KNOWN_PAGES in a row end it.
        """
        depth = response.meta["depth_in_index"] + 1
        if depth > settings.MAX_INDEX_DEPTH.get(role, 1):
            return
        stories = tuple(link for link in found.links if discover.is_story_link(link, self.facts))  # a menu's sections are never known
        is_known = role in ("wordpress", "section", "front_page") and self.ledger.knows_all(stories)
        known_before = response.meta["known_before"] + 1 if is_known else 0
        if is_known and (role == "wordpress" or known_before >= KNOWN_PAGES or not self.ledger.is_first_run):
            return
        role = "section" if role == "front_page" else role
        for url in found.more[: settings.MAX_CHILDREN]:
            if self.may_ask(url, role) and (request := self.index_request(url, role, depth, known_before=known_before)):
                yield request

    def unlisted_sources(self, hints: Hints) -> Iterator[scrapy.Request]:
        """Sources that the front page names, for a site whose facts name none of that kind; those that are no list, once a day."""
        facts, self.hints = self.facts, hints
        a_day_ago = settings.utc_now() - timedelta(days=1)
        wanted: list[tuple[str, str]] = []
        if not facts.feeds:
            wanted += [("feed", url) for url in hints.feeds[:5]]
        if not facts.wordpress_api and hints.wordpress_api:
            wanted.append(("wordpress", discover.wordpress_posts_url(hints.wordpress_api, modified_after=EPOCH)))
        if not facts.sections:
            wanted += [("section", url) for url in hints.sections]
        for role, url in wanted:
            if same_site(url, facts.url) and not self.ledger.was_no_list(url, a_day_ago) and (request := self.index_request(url, role)):
                yield request

    def heed_robots(self, text: bytes, url: str) -> None:
        """What it says of the use of the site; and the sitemaps that it names, for a site whose facts name none."""
        self.ledger.said(read_robots(text.decode("utf-8", "replace")))
        named = self.named_sitemaps(text, url)
        if self.older and self.walk:
            self.walk.add_sitemaps(named)
        elif not self.facts.sitemaps and not self.only:
            self.ask_sitemaps(named)

    def named_sitemaps(self, text: bytes, url: str) -> list[str]:
        """Those that robots.txt names; from then on they may be asked wherever they stand."""
        named = discover.find_sitemaps_in_robots(text.decode("utf-8", "replace"), url)
        self.vouched |= {registrable_domain(sitemap) for sitemap in named}
        return named

    def may_ask(self, url: str, role: str) -> bool:
        """Whether a list of this role is the site's."""
        return same_site(url, self.facts.url) or (role == "sitemap" and registrable_domain(url) in self.vouched)

    def ask_sitemaps(self, urls: list[str]) -> None:
        for url in urls[: settings.MAX_CHILDREN]:
            if self.may_ask(url, "sitemap") and (asked := self.index_request(url, "sitemap")):
                self.crawler.engine.crawl(asked)

    def take_look(self, found: Found, response: Response) -> None:
        """Notes which story stands where on a front page, also on one that is as it was. Written with the visit, which comes after it."""
        if found.placings:
            self.ledger.looked_at(response.meta["link_url"], found.placings, response.meta["capture_ref"])

    # --- lists of older stories

    def take_pulse(self, found: Found, response: Response, role: str) -> None:
        """Whether a feed still holds what was known at the last look; where not, the gap is looked through in this run."""
        gap = self.ledger.poll(found, response.meta["link_url"], role)
        if gap and not self.older:
            days = Days(min(gap.first, self.walk.days.first), max(gap.last, self.walk.days.last)) if self.walk else gap
            self.walk = Walk(self, days, urgent=True)

    def ask_listing(self, step: Step, kept_will_do: bool) -> Literal["asked", "read", "known", "spent"]:
        """Asks an index page of the walk, or reads it from its capture. "known": this run has asked it, "spent": no budget is left."""
        url = normalise(step.url) or step.url
        if url in self.asked:
            return "known"
        last = self.ledger.last_capture(url)
        meta = {"role": step.role, "link_url": url, "step": step, "last_capture": last}
        request = scrapy.Request(
            url, self.parse_listing, headers=conditional_headers(last), meta=meta, errback=self.failed, dont_filter=True, priority=10
        )
        kept = self.kept_response(request) if kept_will_do else None
        if self.ledger.not_before or self.ledger.fatal or (kept is None and not self.spend()):
            return "spent"
        self.asked.add(url)
        if kept is None:
            self.watch("waiting", self.facts.name, f"looking through {step.days}")
            self.crawler.engine.crawl(request)
            return "asked"
        for item in self.parse_listing(kept):
            if isinstance(item, Link):
                self.ledger.found(item)
        return "read"

    def kept_response(self, request: scrapy.Request) -> Response | None:
        """The answer to this request that was kept last; None where it cannot be had, or nobody could read it then."""
        capture = self.ledger.kept_index(request.meta["last_capture"])
        if capture is None:
            return None
        headers: dict[str, list[str]] = {}
        for name, value in capture.headers:
            headers.setdefault(name, []).append(value)
        return Response(capture.target_uri, 200, headers, capture.body, request=request)

    def parse_listing(self, response: Response) -> Iterator[Any]:
        """An index page of the walk."""
        step, walk = response.meta["step"], cast(Walk, self.walk)
        if response.status == 304:
            yield self.visit(response, "index", "not modified")
            kept = self.kept_response(cast(scrapy.Request, response.request))
            if kept is None:
                walk.failed(step, "not modified, but what was kept of it cannot be read")
            else:
                yield from (item for item in self.parse_listing(kept) if not isinstance(item, Visit))
            return
        no_page = response.status in GONE and (step.guessed or step.role == "archive_page" or step.page > 1)
        if no_page or (response.status == 400 and step.role == "wordpress" and step.page > 1):
            yield self.visit(response, "index", f"HTTP {response.status}: there is no such page")
            walk.empty(step)
            return
        if step.role == "wordpress" and (smaller := self.in_smaller_pages(response)):
            yield self.visit(response, "index", "asked again for fewer posts a page")
            walk.ask_instead(step, smaller)
            return
        if response.status not in WHOLE_PAGE:
            walk.failed(step, f"HTTP {response.status}", for_all=response.status < 500 and response.status != 429)
            if response.status in GONE:
                yield self.visit(response, "index_broken", f"HTTP {response.status}")
            else:
                yield from self.refused_or_failed(response)
            return
        try:
            body = decode_body(response.body, _header(response, "Content-Encoding"), settings.MAX_DECODED_BYTES)
        except (TooLarge, Truncated) as error:
            walk.failed(step, str(error))
            yield self.visit(response, "too_large" if isinstance(error, TooLarge) else "truncated", str(error))
            return
        found = self.read_index(body, response, step.role)
        self.refusals = 0
        if step.role == "front_page":
            walk.learn(discover.find_hints(body, _headers(response), response.url))
        yield from walk.read(step, found)
        broken = found.problem and not step.guessed and step.role != "front_page"
        yield self.visit(response, "index_broken" if broken else "index", found.told)

    # --- stories

    def take_stories(self, spider: Self) -> None:
        """On idle: the next stories of the queue, or the next list of older ones. The run ends when there is neither."""
        self.ledger.flush()
        self.pictures_in_flight.clear()  # nothing is under way
        urgent = self.walk is not None and self.walk.urgent
        if self.is_due_elsewhere() or self.mistaken:
            return
        try:
            stories = (urgent and self.look_further()) or self.ask_for_stories() or self.look_further()
            if stories or self.ask_for_pictures() or self.awaits_pages():
                raise DontCloseSpider
        except SlowPattern as error:
            self.end_for(error)

    def broke_off(self, failure: Failure, response: Response) -> None:
        """An answer in whose reading something was raised: the site's pattern is too slow, or a fault of ours or of the site's spider.

        It has an outcome, too, or no capture behind it would be indexed before the run ends.
        """
        if isinstance(failure.value, SlowPattern):
            self.end_for(failure.value)
            return
        outcome = "image_failed" if response.meta["role"] == "image" else "reader_failed"
        reason = f"{type(failure.value).__name__}: {failure.value}"[:300]
        if self.walk and (step := response.meta.get("step")):
            self.walk.failed(step, reason)
        self.ledger.visited(self.visit(response, outcome, reason))

    def end_for(self, error: SlowPattern) -> None:
        """The operator has to mend the site's facts first: asking on would only repeat it."""
        if not self.mistaken:
            self.mistaken = True
            self.logger.error("The run of %s stops: %s", self.facts.name, error)
            self.watch("fatal", self.facts.name, error)
            self.ending = asyncio.ensure_future(self.crawler.engine.close_spider_async(reason="bad_facts"))  # type: ignore[union-attr]

    def awaits_pages(self) -> bool:
        """Whether the last stories have to be read before the run may end: which pages and pictures a story has, only reading tells.

        Of sites that have such stories, and of new ones. Ends at the latest when nothing was read for as long as one page may take.
        """
        unread = None if self.older or (self.limit_reached() and not self.keeps_pictures) else self.ledger.unread()
        if unread != self.unread:
            self.unread, self.unread_since = unread, monotonic()
        if unread is None or monotonic() - self.unread_since > settings.READ_TIMEOUT_S:
            return False
        if not self.waiting.running:
            self.ledger.say("the last stories are being read")
            self.event_loop = asyncio.get_running_loop()
            self.waiting.start(AWAIT_S, now=False)
        return True

    def was_read(self) -> None:
        """A page of this site was read; told from another thread."""
        if self.waiting.running and not self.told:
            self.told = True
            with suppress(RuntimeError):  # the crawl has ended meanwhile
                self.event_loop.call_soon_threadsafe(self.event_loop.call_later, READ_TOGETHER_S, self.look_for_pages)

    def look_for_pages(self) -> None:
        """Fetches further pages, and pictures, as soon as they are known; ends the run when there are none."""
        self.told = False
        if not self.waiting.running:
            return
        before, waits = self.unread, self.awaits_pages()
        if waits and self.unread == before:
            return  # nothing was read since the last look
        if self.in_flight or self.ask_for_stories() or self.pictures_in_flight or self.ask_for_pictures() or waits:
            return
        self.waiting.stop()
        self.ending = asyncio.ensure_future(self.crawler.engine.close_spider_async(reason="finished"))  # type: ignore[union-attr]

    def closed(self, reason: str) -> None:
        if self.waiting.running:
            self.waiting.stop()

    def is_due_elsewhere(self) -> bool:
        """Whether what is new has to be looked for before a backfill goes on: news does not wait for what is old."""
        self.gave_way = bool(self.older and self.older.until and settings.utc_now() >= self.older.until)
        return self.gave_way

    def look_further(self) -> bool:
        """Asks the next list of older stories; reads those that were kept, up to one that brings something to fetch."""
        while self.walk and (how := self.walk.go_on()) != "ended":
            self.ledger.flush()
            if how == "asked" or (not self.walk.urgent and self.ask_for_stories()):
                return True
        return False

    def ask_for_stories(self) -> int:
        """Takes due links from the queue until twice LOW_WATER are under way. Returns how many."""
        if self.ledger.not_before or self.ledger.fatal or self.is_due_elsewhere():
            return 0
        taken = 0
        for link in self.ledger.due(self, limit=2 * LOW_WATER):
            if len(self.in_flight) >= 2 * LOW_WATER or self.limit_reached():
                break
            if link.url in self.visited:
                continue  # its outcome is on its way to the ledger
            if link.url in self.asked:
                self.visited.add(link.url)
                self.ledger.visited(Visit(link.url, "not_an_article", "an index page", link=link))
            elif self.spend():
                self.crawler.engine.crawl(self.story_request(link))
                taken += 1
        return taken

    def limit_reached(self) -> bool:
        return self.limit is not None and self.stories + len(self.in_flight) >= self.limit

    def story_request(self, link: DueLink) -> scrapy.Request:
        self.visited.add(link.url)
        self.in_flight.add(link.url)
        meta = {"role": "story", "link_url": link.url, "link": link, "last_capture": link.capture}
        return scrapy.Request(
            link.url,
            self.parse_story,
            headers=conditional_headers(link.capture, link.lastmod),
            meta=meta,
            errback=self.failed,
            dont_filter=True,
        )

    def parse_story(self, response: Response) -> Iterator[Visit]:
        self.in_flight.discard(response.meta["link_url"])
        self.visited.add(normalise(response.url) or response.url)
        yield from self.judge_story(response)
        if len(self.in_flight) < LOW_WATER:
            self.ask_for_stories()

    def judge_story(self, response: Response) -> Iterator[Visit]:
        """The outcome that status and headers alone can tell; the rest is read beside the crawl."""
        if response.meta.get("taken_down"):
            yield self.visit(response, "taken_down", "a story that was taken down, under another address")
        elif response.status == 304:
            yield self.judge_unmodified(response)
        elif response.status in GONE:
            yield self.visit(response, "gone", f"HTTP {response.status}")
        elif 300 <= response.status < 400:
            yield self.judge_redirect(response)
        elif response.status not in WHOLE_PAGE:
            yield from self.refused_or_failed(response)
        elif not is_html(response):
            yield self.visit(response, "not_html", _header(response, "Content-Type") or "no Content-Type")
        elif target := find_refresh(response):
            response.meta["leads_to"] = target
            elsewhere = not same_site(target, self.facts.url)
            yield self.visit(response, "other_site", f"leads to {target}") if elsewhere else self.judge_redirect(response)
        else:
            self.refusals = 0
            yield self.judge_unmodified(response) if response.meta.get("same_as") else self.story_visit(response, "kept")

    def judge_redirect(self, response: Response) -> Visit:
        """One that was not followed: to another story of this run, or away from the story."""
        target = response.meta.get("leads_to")
        if target and is_login_page(target):
            return self.visit(response, "login_wall", f"leads to {target}")
        if target and not is_home_or_section(target) and target != response.meta["link_url"]:
            return replace(self.visit(response, "redirect", f"leads to {target}"), final_url=target)
        told = target or _header(response, "Location")
        return self.visit(response, "redirected_away", f"leads to {told}" if told else f"HTTP {response.status}, and leads nowhere")

    def judge_unmodified(self, response: Response) -> Visit:
        """What stands there is what stood there: a story, or what was no story then."""
        if not response.meta.get("same_as"):
            return self.visit(response, "http_error", "HTTP 304, though there is nothing that could be unchanged")
        outcome, reason = response.meta["same_as"]
        if outcome in STORY_OUTCOMES:
            return self.story_visit(response, "not_modified" if response.status == 304 else "unchanged")
        return self.visit(response, outcome, reason or "")

    def story_visit(self, response: Response, outcome: str) -> Visit:
        self.stories += 1
        return self.visit(response, outcome)

    # --- pictures

    @property
    def keeps_pictures(self) -> bool:
        return self.facts.keep_images in KEEPS_IMAGES

    def ask_for_pictures(self) -> int:
        """Takes pictures from the queue, when no story is due, for an hour at most. Returns how many."""
        if not self.keeps_pictures or self.ledger.not_before or self.ledger.fatal or self.is_due_elsewhere():
            return 0
        now = monotonic()
        if self.pictures_since and now - self.pictures_since > settings.PICTURES_S:
            return 0
        taken = 0
        for link in self.ledger.due_pictures(self, max(0, LOW_WATER - len(self.pictures_in_flight))):
            if not self.spend():
                break
            self.crawler.engine.crawl(self.picture_request(link))
            self.pictures_since = self.pictures_since or now
            taken += 1
        return taken

    def picture_request(self, link: DueLink) -> scrapy.Request:
        """Not conditional: what is kept is never asked for again. A failure is tried again by a later run."""
        self.visited.add(link.url)
        self.pictures_in_flight.add(link.url)
        meta = {"role": "image", "link_url": link.url, "link": link, "dont_retry": True, "download_maxsize": settings.MAX_PICTURE_BYTES}
        headers = {"Accept": "image/*,*/*;q=0.5", "Accept-Encoding": "identity"}
        return scrapy.Request(link.url, self.parse_picture, headers=headers, meta=meta, errback=self.failed_picture, dont_filter=True)

    def parse_picture(self, response: Response) -> Iterator[Visit]:
        """What came is kept by now if it is a picture; all else is named, and never trouble of the site."""
        meta = response.meta
        if meta.get("picture"):
            outcome, reason = "image", ""
        elif meta.get("taken_down"):
            outcome, reason = "image_refused", "it was taken down"
        elif response.status in GONE:
            outcome, reason = "image_gone", f"HTTP {response.status}"
        elif 300 <= response.status < 400:
            outcome, reason = "image_refused", f"HTTP {response.status}, which leads nowhere that is fetched"
        elif response.status < 300:
            outcome, reason = "not_an_image", f"HTTP {response.status}, {_header(response, 'Content-Type') or 'no Content-Type'}"
        else:
            outcome, reason = "image_failed", f"HTTP {response.status}"
        yield self.picture_visit(meta["link"], outcome, reason, meta["capture_ref"] if outcome == "image" else None)

    def failed_picture(self, failure: Failure) -> Iterator[Visit]:
        request: scrapy.Request = failure.request  # type: ignore[attr-defined]
        self.pictures_in_flight.discard(request.meta["link_url"])
        name, reason = name_of_failure(failure)
        if name == "asked_to_wait":  # where it leads, perhaps: then more that lead there would be asked for in vain
            self.picture_failures[_server(request.meta["link_url"])] += 1
        if name in ("interrupted", "asked_to_wait"):  # it was not asked
            return
        outcome = PICTURE_OUTCOMES.get(name, "image_failed")
        yield self.picture_visit(request.meta["link"], outcome, f"{name}: {reason}")

    def picture_visit(self, link: DueLink, outcome: str, reason: str, capture_ref: int | None = None) -> Visit:
        """How one ended. A host that fails again and again is left alone for this run, as is one that asks to wait (leave_host)."""
        self.pictures_in_flight.discard(link.url)
        if not self.is_host_left(link.url):
            host = _server(link.url)
            self.picture_failures[host] = self.picture_failures[host] + 1 if outcome == "image_failed" else 0
        return Visit(link.url, outcome, reason, "image", capture_ref, link=link)

    def leave_host(self, url: str, wait_s: float) -> None:
        self.hosts_asked_to_wait[_server(url)] = settings.utc_now() + timedelta(seconds=wait_s)

    def is_host_left(self, url: str) -> bool:
        return self.picture_failures[_server(url)] >= PICTURE_FAILURES or self.waits_until(url) is not None

    def waits_until(self, url: str) -> datetime | None:
        """When the server of a picture, which asked to wait, may be asked again."""
        until = self.hosts_asked_to_wait.get(_server(url))
        return until if until and until > settings.utc_now() else None

    # --- ends

    def refused_or_failed(self, response: Response) -> Iterator[Visit]:
        if response.status == 206:
            yield self.visit(response, "truncated", "HTTP 206: a part of the page, though all of it was asked for")
            return
        refused = response.status in REFUSED
        self.refusals = self.refusals + 1 if refused else 0
        self.failures += response.status >= 500
        wait = f"; it asks to come back after {self.ledger.not_before:%Y-%m-%d %H:%M} UTC" if self.ledger.not_before else ""
        yield self.visit(response, "refused" if refused else "http_error", f"HTTP {response.status}{wait}")
        if self.refusals >= REFUSALS_IN_A_ROW or self.ledger.not_before:
            raise CloseSpider("refused")
        if self.failures >= FAILURES_IN_A_ROW:
            raise self.given_up()

    def given_up(self) -> CloseSpider:
        if not self.gave_up:
            self.logger.warning("The run of %s ends early: its server failed again and again; what waits stays due", self.facts.name)
        self.gave_up = True
        return CloseSpider("server_down")

    def failed(self, failure: Failure) -> Iterator[Visit]:
        """Errors of the network and of our own guards, each by name."""
        request: scrapy.Request = failure.request  # type: ignore[attr-defined]
        self.in_flight.discard(request.meta["link_url"])
        meta = request.meta
        outcome, reason = name_of_failure(failure)
        if outcome == "interrupted":  # it was not asked
            return
        if outcome == "other_site" and meta["link_url"] in self.named_lists():  # of the operator's own choice: theirs to mend
            outcome = "index_broken"
        if self.walk and (step := meta.get("step")):
            self.walk.failed(step, reason if outcome == "robots" else f"{outcome} {reason}", for_all=outcome == "robots")
        link = None if outcome == "asked_to_wait" else meta.get("link")  # as due as before
        yield Visit(meta["link_url"], outcome, reason, meta["role"], meta.get("capture_ref"), link=link)
        if isinstance(failure.value, IgnoreRequest):  # a host whose robots.txt got no answer is not asked any more
            self.unanswered(request, outcome)
        if self.silences >= SILENCES_IN_A_ROW:
            raise self.given_up()
        if request.meta["role"] == "story" and len(self.in_flight) < LOW_WATER:
            self.ask_for_stories()

    def visit(self, response: Response, outcome: str, reason: str = "") -> Visit:
        meta = response.meta
        return Visit(
            meta["link_url"], outcome, reason, meta["role"], meta.get("capture_ref"), response.url, response.status, meta.get("link")
        )

    def spend(self) -> bool:
        """Takes one request from the run's budget, which is one of bytes, too."""
        self.requests += 1
        return self.requests <= self.budget and self.received_bytes <= self.budget_bytes

    def received(self, size: int, status: int, is_picture: bool = False) -> None:
        """An answer; `size`: bytes of its body, as sent. A picture's says nothing of how the site does."""
        if not is_picture:
            self.silences = 0
            self.failures = self.failures if status >= 500 else 0
        before, self.received_bytes = self.received_bytes, self.received_bytes + size
        if before <= self.budget_bytes < self.received_bytes:
            mib = self.budget_bytes >> 20
            self.logger.warning(
                "%s has sent more than %s MiB in one run, which ends with that; what waits is left to the next", self.name, mib
            )

    def unanswered(self, request: scrapy.Request, outcome: str) -> int:
        """A request that ended so; how many in a row got no whole answer.

        Where a redirect led, or a feed's service, says nothing about the site's server.
        """
        is_own = "redirect_urls" not in request.meta and request.meta.get("role") != "image" and same_site(request.url, self.facts.url)
        self.silences += outcome in SILENT and is_own
        return self.silences

    @property
    def budget(self) -> int:
        """Requests of a run."""
        return (self.older and self.older.max_requests) or self.facts.max_requests or settings.MAX_REQUESTS

    @property
    def budget_bytes(self) -> int:
        return max(settings.LEAST_RUN_BYTES, self.budget * settings.MEAN_BODY_BYTES)


class ProbeSpider(NewsSpider):
    """Asks a new site what it offers: robots.txt, front page, and the addresses where feeds and sitemaps usually are."""

    name = "probe"
    FEEDS = ("feed/", "rss", "rss.xml", "feed.xml", "atom.xml", "index.xml")
    LISTS = (("sitemap", "sitemap_index.xml"), ("sitemap", "wp-sitemap.xml"), ("sitemap", "sitemap.xml"),
             ("sitemap", "news-sitemap.xml"), ("wordpress", "wp-json/"))  # fmt: skip

    def __init__(self, answer: dict[str, Any] | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.answer = {} if answer is None else answer
        self.answer |= {
            "feed": [],
            "sitemap": [],
            "wordpress": [],
            "links": [],
            "hints": None,
            "wordpress_hints": None,
            "robots": False,
            "crawl_delay": None,
            "visits": [],
        }

    def index_pages(self) -> Iterator[tuple[str, str]]:
        yield "front_page", self.facts.url

    def heed_robots(self, text: bytes, url: str) -> None:
        self.ledger.said(read_robots(text.decode("utf-8", "replace")))
        self.answer |= {
            "robots": bool(text),
            "crawl_delay": read_crawl_delay(text.decode("utf-8", "replace")),
        }
        self.ask_sitemaps(self.named_sitemaps(text, url)[:5])

    def read_index(self, body: bytes, response: Response, role: str) -> Found:
        if role == "wordpress" and "/wp/v2/" not in response.url:
            hints = discover.read_wordpress_root(body, response.url)
            self.answer["wordpress_hints"] = hints if hints.wordpress_api else self.answer["wordpress_hints"]
            return Found(problem=None if hints.wordpress_api else "not a WordPress API")
        found = super().read_index(body, response, role)
        self.answer["links"] += [(role, response.url, len(found.links), found.total)]
        if role == "front_page":
            self.answer["final_url"] = response.url
        return found

    def take_look(self, found: Found, response: Response) -> None:
        """The address may not be the one that the site's facts will have."""

    def parse_index(self, response: Response) -> Iterator[Any]:
        leads = response.meta["role"] == "front_page" and response.status in WHOLE_PAGE and not response.meta["depth_in_index"]
        target = find_refresh(response) if leads else None
        if target and same_site(target, self.facts.url) and (request := self.index_request(target, "front_page", 1)):
            yield self.visit(response, "index", f"leads to {target}")
            yield request
            return
        for item in super().parse_index(response):
            if isinstance(item, Visit):
                self.answer["visits"].append(item)
                if item.outcome == "index" and item.role in self.answer and not response.meta["depth_in_index"]:
                    self.answer[item.role].append(response.url)
            yield item

    def more_of(self, found: Found, response: Response, role: str) -> Iterator[scrapy.Request]:
        more = found.more[:2] if role == "sitemap" else ()
        if role == "wordpress" and "/wp/v2/" not in response.url and not found.problem:
            more = (discover.wordpress_posts_url(response.url, modified_after=EPOCH),)
        for url in more:
            if self.may_ask(url, role) and (request := self.index_request(url, role, 1)):
                yield request

    def unlisted_sources(self, hints: Hints) -> Iterator[scrapy.Request]:
        self.answer["hints"] = hints
        named = [("feed", url) for url in hints.feeds[:5]]
        named += [("wordpress", hints.wordpress_api)] if hints.wordpress_api else []
        front = self.answer.get("final_url", self.facts.url)
        folder = urljoin(front, ".")  # WordPress may live in one: https://example.org/news/
        guessed = [] if named else [("feed", folder + path) for path in self.FEEDS]
        guessed += [(role, base + path) for base in dict.fromkeys((folder, urljoin(front, "/"))) for role, path in self.LISTS]
        for role, url in [*named, *guessed]:
            if same_site(url, self.facts.url) and (request := self.index_request(url, role)):
                yield request

    def failed(self, failure: Failure) -> Iterator[Visit]:
        for visit in super().failed(failure):
            self.answer["visits"].append(visit)
            yield visit

    def ask_for_stories(self) -> int:
        return 0

    def ask_for_pictures(self) -> int:
        return 0


def facts_of_class(cls: type) -> Site:
    """The Site of a spider class: its attributes that bear a fact's name."""
    values = {item.name: getattr(cls, item.name) for item in fields(Site) if getattr(cls, item.name, None) is not None}
    values |= {key: tuple(values[key]) for key in LISTS if key in values}
    if isinstance(every := getattr(cls, "every", None), timedelta):
        values["every_s"] = every.total_seconds()
    return replace(Site(name=values.pop("name"), url=values.pop("url", "")), **values)


def spider_classes() -> dict[str, type[NewsSpider]]:
    """Spider classes in the `spiders` packages by name; those without a front page (news.py) serve any site."""
    found: dict[str, type[NewsSpider]] = {}
    for package_name in settings.SPIDER_MODULES:
        package = importlib.import_module(package_name)
        for module in pkgutil.iter_modules(package.__path__):
            for value in vars(importlib.import_module(f"{package_name}.{module.name}")).values():
                if isinstance(value, type) and issubclass(value, NewsSpider) and value.__module__.startswith(package_name):
                    found[value.name] = value
    return found


def spider_sites() -> list[Site]:
    """Facts of every site that is code."""
    return [facts_of_class(cls) for cls in spider_classes().values() if cls.url]


def conditional_headers(last: LastCapture | None, lastmod: datetime | None = None) -> dict[str, str]:
    """If-None-Match and If-Modified-Since (RFC 9110, 13.1) from the newest capture, empty without one.

    `lastmod`: when a list says that the page changed. After the capture, a server's word by its date alone is not relied upon: some have
    the date of a template, or answer 304 to whatever date they get.
    """
    if last is None:
        return {}
    headers = {"If-None-Match": last.etag} if last.etag else {}
    if last.last_modified and (last.etag or lastmod is None or lastmod <= last.warc_date):
        headers["If-Modified-Since"] = last.last_modified
    return headers


def find_refresh(response: Response) -> str | None:
    """Where a page that is hardly more than a redirect leads."""
    if len(response.body) > MAX_REFRESH_BYTES:
        return None
    try:
        body = decode_body(response.body, _header(response, "Content-Encoding"), settings.MAX_DECODED_BYTES)
    except (TooLarge, Truncated):
        return None
    return discover.find_refresh(body, _header(response, "Refresh") or "", response.url)


def is_html(response: Response) -> bool:
    content_type = (_header(response, "Content-Type") or "").lower()
    return not content_type or "html" in content_type or (content_type.startswith(UNTOLD_TYPES) and _begins_as_html(response))


def _begins_as_html(response: Response) -> bool:
    try:
        body = decode_body(response.body, _header(response, "Content-Encoding"), settings.MAX_DECODED_BYTES)
    except (TooLarge, Truncated):
        return False
    return b"<html" in body[:2_000].lower()


def name_of_failure(failure: Failure) -> tuple[str, str]:
    """Outcome and reason of a request that got no answer, or none that we take."""
    error = failure.value
    if isinstance(error, IgnoreRequest):
        outcome, _, reason = str(error).partition(": ")
        if "redirections" in outcome:
            return "redirect_loop", f"more than {settings.MAX_REDIRECTS} redirects"
        return ("robots", outcome) if "robots.txt" in outcome else (outcome, reason) if reason else ("refused_address", outcome)
    return name_of_error(error)


def name_of_error(error: BaseException) -> tuple[str, str]:
    """Outcome and reason of an error of the network; of one that only wraps others (Scrapy's, Twisted's), what those say."""
    kind = type(error).__name__
    reasons = getattr(error, "reasons", None) or getattr(error.__cause__, "reasons", None) or ()
    inner = [getattr(reason, "value", reason) for reason in reasons]
    told = "; ".join(dict.fromkeys(map(_in_words, inner))) or str(error)
    if any(_is_of_tls(reason) for reason in inner):
        return "tls", told[:300]
    if isinstance(error, ValueError) and any(part in told for part in NO_ADDRESS):
        return "refused_address", told[:300]
    for part, outcome in FAILURES:
        if part in kind:
            return outcome, told[:300] or kind
    return "network", f"{kind}: {error}"[:300]


def _in_words(error: BaseException) -> str:
    """What broke an answer off; Twisted's own words are for programmers."""
    kind = type(error).__name__
    if "DataLoss" in kind:
        return "the connection ended before the answer did"
    if "ParseError" in kind:
        return "what came is no HTTP"
    if kind == "VerificationError":
        return "its certificate is another host's"
    if "certificate verify failed" in str(error):
        return "its certificate cannot be trusted: out of date, signed by nobody known, or sent without the one between"
    return str(error) or kind


def _is_of_tls(error: BaseException) -> bool:
    return type(error).__module__.startswith(("OpenSSL", "service_identity"))


# What Scrapy and Python say of a redirect to an address that is none: "javascript:…", "http://[::1", "http://host:99999/".
NO_ADDRESS = ("scheme", "IPv6", "netloc", "Port")
SILENT = {"timeout", "dns", "connection_refused", "connection_lost", "tls", "network", "truncated"}
FAILURES = (
    ("Timeout", "timeout"), ("TimeOut", "timeout"), ("DNSLookup", "dns"), ("CannotResolve", "dns"), ("Refused", "connection_refused"),
    ("DownloadCancelled", "too_large"), ("DataLoss", "truncated"), ("Cancelled", "too_large"), ("SSL", "tls"),
    ("Unsupported", "refused_address"), ("ResponseFailed", "connection_lost"), ("ConnectionLost", "connection_lost"),
    ("DownloadFailed", "connection_lost"),
)  # fmt: skip


def _as_number(limit: int | str | None) -> int | None:
    """Scrapy's -a gives text. Raises WrongUse."""
    if limit in (None, ""):
        return None
    if not str(limit).isdecimal() or int(limit) < 1:
        raise WrongUse(f"limit={limit!r} is no number of stories.\nExample: scrapy crawl news -a site=NAME -a limit=20")
    return int(limit)


def _as_day(since: date | str | None) -> date | None:
    """Raises WrongUse."""
    if not isinstance(since, str):
        return since
    try:
        return date.fromisoformat(since) if since else None
    except ValueError:
        raise WrongUse(f"since={since!r} is no day.\nExample: scrapy crawl news -a site=NAME -a since=2026-01-31") from None


def _server(url: str) -> str:
    """The domain of a picture, whose hosts count as one: a name may be written in many ways, and stand for many names."""
    parts = urlsplit(url)
    return registrable_domain(f"{parts.scheme}://{parts.netloc}/")  # without the path, which is another each time


def _header(response: Response, name: str) -> str | None:
    value = response.headers.get(name)
    return value.decode("latin-1") if value else None


def _headers(response: Response) -> dict[str, str]:
    return {name.decode("latin-1"): b", ".join(values).decode("latin-1") for name, values in response.headers.items()}
