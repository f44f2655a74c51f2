"""How a run goes through the lists of a site's older stories: which index page is asked next, and when a part of the past is done.

The order is by days, the newest first, over all kinds of lists; between two index pages the stories that were found are fetched,
so that whatever stops a run leaves the newest days complete. What was asked is known from the archive: days that were looked
through to the end (`looked_through`) are passed over, and an index page that was kept a short time ago, or after its days were
over, is read from its capture instead of being asked again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Literal

from archiver import discover, settings
from archiver.discover import Days, Found, Hints
from archiver.discover.found import zone_of
from archiver.discover.ranges import archive_pages, bounds, days_in_address, ends_at, falls_into, listed_on, parts, without
from archiver.records import Link
from archiver.store import LookedThrough

if TYPE_CHECKING:
    from archiver.spider import NewsSpider

FRESH = timedelta(hours=1)  # a list that can still grow is not asked again within this, after a kill for one
MAX_PAGES = 2_000  # of one list of one part: 200,000 posts of a month
GUESSED = ("sitemap_index.xml", "wp-sitemap.xml", "sitemap.xml")  # where no sitemap is known


@dataclass(frozen=True, slots=True)
class Step:
    """One index page to ask."""

    role: Literal["front_page", "wordpress", "sitemap", "archive_page"]
    url: str
    days: Days  # the part of the past that it belongs to
    depth: int = 0
    page: int = 1
    guessed: bool = False  # nobody said that it is there


@dataclass(slots=True)
class Part:
    """A stretch of days in one kind of list."""

    open: int = 0  # pages that wait or are asked
    expected: int | None = None
    listed: dict[str, str] = field(default_factory=dict)  # address ▶ day or month
    left_out: int = 0
    failed: bool = False


@dataclass(frozen=True, slots=True)
class Ending:
    """What became of a walk."""

    sources: tuple[str, ...]  # kinds of lists that answered now
    problems: dict[str, str]  # address of a list ▶ what is wrong with it
    waiting: int  # index pages that were found and not asked
    undated: int  # addresses that nothing dates, left out
    cut: bool  # the budget ended first


class Walk:
    """The walk of one run through the days of a range."""

    def __init__(self, spider: NewsSpider, days: Days, undated: bool = False, relist: bool = False, urgent: bool = False) -> None:
        self.spider, self.days, self.undated, self.relist = spider, days, undated, relist
        self.urgent = urgent  # goes before the stories of the queue
        self.site = spider.facts
        self.now = settings.utc_now()
        self.today = self.now.astimezone(zone_of(self.site)).date()
        self.steps: list[Step] = []
        self.parts: dict[tuple[str, Days], Part] = {}
        self.stage = 0
        self.sources: set[str] = set()  # kinds of lists that answered
        self.problems: dict[str, str] = {}  # address of a list ▶ what is wrong with it
        self.unplaced: set[str] = set()  # addresses that nothing dates
        self.sitemaps = list(self.site.sitemaps)
        self.cut = False  # the budget ended first

    # --- what comes next

    def go_on(self) -> Literal["asked", "read", "ended"]:
        """Asks the next index page, or reads it from its capture. "ended": there is none, or the budget is used up."""
        while not self.steps:
            if not self._next_stage():
                return "ended"
        self.steps.sort(key=_newest_first)
        step = self.steps.pop(0)
        how = self.spider.ask_listing(step, self._is_fresh(step))
        if how == "spent":
            self.steps.append(step)
            self.cut = True
            return "ended"
        if how == "known":  # the regular half of this run has asked it
            self._close(step)
            return "read"
        return how

    def _next_stage(self) -> bool:
        """First what the site is known to have, at last what stands in for it. False when all is done."""
        self.stage += 1
        if self.stage == 1:
            if not (self.site.wordpress_api and self.sitemaps):
                self._add(Step("front_page", self.site.url, self.days))
            return True
        if self.stage == 2:
            if self.spider.hints:
                self.learn(self.spider.hints)
            self._add_wordpress()
            self._add_sitemaps()
            return True
        if self.stage == 3:  # months that neither of them could tell
            for left in without(self.days, [*self._told(), *(Days(row.first, row.last) for row in self._done("archive_page"))]):
                for part in parts(left, self.today):
                    self._add(*(Step("archive_page", url, part) for url in archive_pages(self.site, part)))
            return True
        return False

    def _add(self, *steps: Step) -> None:
        for step in steps:
            self.steps.append(step)
            self.parts.setdefault((step.role, step.days), Part()).open += 1

    def _add_wordpress(self) -> None:
        if self.site.wordpress_api:
            for left in self._left("wordpress"):
                for part in parts(left, self.today):
                    after, before = bounds(part, self.site)
                    self._add(Step("wordpress", discover.wordpress_posts_url(self.site.wordpress_api, after=after, before=before), part))

    def _add_sitemaps(self) -> None:
        left = self._left("sitemap")
        if not left:
            return
        days = Days(left[-1].first, left[0].last)  # as one stretch: a sitemap is read once
        home = "/".join(self.site.url.split("/")[:3])
        guesses = [] if self.urgent else [f"{home}/{name}" for name in GUESSED]
        for url in self.sitemaps or guesses:
            self._add(Step("sitemap", url, days, guessed=not self.sitemaps))

    def _told(self) -> Iterator[Days]:
        """Days of which the API or a sitemap has told: the API also that there was nothing."""
        yield from (Days(row.first, row.last) for row in self._done("wordpress"))
        yield from (Days(row.first, row.last) for row in self._done("sitemap") if row.listed)
        for (role, days), part in self.parts.items():
            if role == "wordpress" and not part.failed:
                yield days
            elif role == "sitemap":
                yield from (month for month in parts(days, self.today) if _count(part, month))

    def _left(self, source: str) -> list[Days]:
        """What was not looked through in such lists, or looked through too early."""
        return without(self.days, [Days(row.first, row.last) for row in self._done(source)])

    def _done(self, *sources: str) -> list[LookedThrough]:
        rows = () if self.relist else self.spider.ledger.looked_through()
        return [row for row in rows if row.source in sources and self._is_settled(Days(row.first, row.last), row.done_at)]

    def _is_settled(self, days: Days, moment: datetime) -> bool:
        return moment >= ends_at(days, self.site) or moment > self.now - FRESH

    def _is_fresh(self, step: Step) -> bool:
        """Whether the page as it was kept will do. The front page is asked: with it, robots.txt is."""
        last = self.spider.ledger.last_capture(step.url)
        return step.role != "front_page" and not self.relist and last is not None and self._is_settled(step.days, last.warc_date)

    # --- what an index page said

    def learn(self, hints: Hints) -> None:
        """Sources that the front page names and the facts do not."""
        if not self.site.wordpress_api and hints.wordpress_api:
            self.site = replace(self.site, wordpress_api=hints.wordpress_api)
        self.add_sitemaps(hints.sitemaps)

    def add_sitemaps(self, urls: Iterable[str]) -> None:
        """Those that robots.txt or the front page name, where the facts name none."""
        if not self.site.sitemaps:
            self.sitemaps += [url for url in urls if url not in self.sitemaps and self.spider.may_ask(url, "sitemap")]

    def read(self, step: Step, found: Found) -> Iterator[Link]:
        """The links of a page that fall into the range; its children and next pages are asked later."""
        part = self.parts[(step.role, step.days)]
        before = len(part.listed)
        if step.role == "wordpress":
            if self._is_deaf(step, found):
                self.failed(step, "does not heed `after` and `before`", for_all=True)
                return
            part.expected = found.total if part.expected is None else part.expected
        if step.role != "front_page":
            yield from self._placed(step, part, found.links)
        if step.role == "front_page":
            pass  # asked for what it names, not for what it lists
        elif found.problem is None:
            self.sources.add(step.role)
        elif not step.guessed:
            self._note(step, found.problem)
        grew = len(part.listed) > before or part.left_out
        if step.role == "sitemap":
            if step.depth < settings.MAX_INDEX_DEPTH["sitemap"]:
                self._add(*(replace(step, url=url, depth=step.depth + 1, guessed=False) for url in found.more if self._is_ours(url, step)))
        elif step.role != "front_page" and grew and step.page < MAX_PAGES:
            self._add(*(replace(step, url=url, page=step.page + 1) for url in found.more if self._is_ours(url, step)))
        self._close(step)

    def _is_ours(self, url: str, step: Step) -> bool:
        return self.spider.may_ask(url, step.role)

    def _placed(self, step: Step, part: Part, links: Iterable[Link]) -> Iterator[Link]:
        for link in links:
            place = listed_on(link, self.site, self.days)
            if place is None and not self.undated:
                self.unplaced.add(link.url)
            elif place is None or falls_into(place, step.days):
                if not discover.is_story_link(link, self.site):
                    part.left_out += 1
                    continue
                part.listed[link.url] = place = place or f"{self.days.last:%Y-%m}"
                yield replace(link, listed_on=place)

    def _is_deaf(self, step: Step, found: Found) -> bool:
        """An API that lists what it was not asked for would state a wrong number, too."""
        places = (listed_on(link, self.site, step.days) for link in found.links if link.date_published)
        return any(place is not None and not falls_into(place, step.days) for place in places)

    def ask_instead(self, step: Step, url: str) -> None:
        """The page is to be had under another address only."""
        self._add(replace(step, url=url))
        self._close(step)

    def empty(self, step: Step) -> None:
        """There is no such page: a month without stories, a page behind the last."""
        if not step.guessed:
            self.sources.add(step.role)
        self._close(step)

    def failed(self, step: Step, words: str, for_all: bool = False) -> None:
        """`for_all`: the API as a whole does not serve us; its other pages need not be asked."""
        if not step.guessed:
            self._note(step, words)
        if for_all and step.role == "wordpress" and "wordpress" not in self.sources:
            for other in [waiting for waiting in self.steps if waiting.role == "wordpress"]:
                self.steps.remove(other)
                self.parts[(other.role, other.days)].failed = True
        self._close(step)

    def _note(self, step: Step, words: str) -> None:
        self.problems[step.url] = words
        self.parts[(step.role, step.days)].failed = True

    def _close(self, step: Step) -> None:
        """A page is dealt with; with the last one of its part, the part is looked through."""
        part = self.parts[(step.role, step.days)]
        part.open -= 1
        if part.open or part.failed or step.role == "front_page" or step.role not in self.sources:
            return
        for days in parts(step.days, self.today) if step.role == "sitemap" else [step.days]:
            row = LookedThrough(step.role, days.first, days.last, _count(part, days), part.left_out, part.expected, settings.utc_now())
            self.spider.ledger.done_with(row)

    # --- afterwards

    def has_told(self) -> bool:
        """Whether a list that reaches back as far as one likes was looked through."""
        kinds = {role for (role, _), part in self.parts.items() if not part.open and not part.failed and role in self.sources}
        return bool(kinds & {"wordpress", "archive_page"})

    def ending(self) -> Ending:
        return Ending(tuple(sorted(self.sources - {"front_page"})), dict(self.problems), len(self.steps), len(self.unplaced), self.cut)


def _count(part: Part, days: Days) -> int:
    return sum(falls_into(place, days) for place in part.listed.values())


def _newest_first(step: Step) -> tuple[int, int]:
    about = days_in_address(step.url) if step.role == "sitemap" else None
    order = {"front_page": 0, "sitemap": 1, "wordpress": 2, "archive_page": 3}[step.role]
    newest = min(about.last, step.days.last) if about else step.days.last
    return (-newest.toordinal(), order)
