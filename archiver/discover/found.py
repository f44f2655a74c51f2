"""What every source gives back, and what all of them share: whose a link is, when it says it changed, what it is called."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from email.utils import parsedate_tz
from zoneinfo import ZoneInfo

import regex

from archiver import settings
from archiver.counted import counted
from archiver.errors import SlowPattern
from archiver.records import Link, Placing, Site, StoryId
from archiver.unspaced import UNSPACED
from archiver.urls import is_file, is_home, is_home_or_section, looks_like_story, normalise, registrable_domain

MAX_TITLE = 300  # characters
FIRST_YEAR, LAST_YEAR = 1990, 2100  # no web before, and a far future is a mistake
MAX_OFFSET = timedelta(hours=14)  # Kiritimati; a larger one is a mistake
W3C_DATE = re.compile(
    r"(?P<day>\d{4}-\d\d(?:-\d\d)?)(?:[Tt ](?P<time>\d\d:\d\d(?::\d\d)?)(?:[.,]\d+)?\s*(?P<zone>[Zz]|[+-]\d\d:?\d\d|[+-]\d\d)?)?"
)
RFC5322_ZONE = re.compile(r"(?:[+-]\d{4}|\b(?:UTC?|GMT|Z|[ECMP][SD]T))(?:\s*\([^()]*\))?$")
TAG = re.compile(r"<[^<>]*>")
UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff\s]+")
SECTION_WORDS = 3  # of a link's text: "Arts and culture"; headlines are longer
SECTION_LETTERS = 8
STATES_MEMBERSHIP = frozenset({"seed", "news_sitemap", "feed", "wordpress", "import"})  # what these list are stories
# WordPress keeps "About us" apart from its posts.
PAGE_SITEMAP = re.compile(r"(/page-sitemap\d*|-posts-page-\d+)\.xml|[?&]sitemap-subtype=page(&|$)")


@dataclass(frozen=True, slots=True)
class Found:
    """What was read off one answer. A problem does not exclude links: those before the break are there."""

    links: tuple[Link, ...] = ()
    more: tuple[str, ...] = ()  # addresses to ask next, best first: child sitemaps, further pages
    problem: str | None = None  # in words; None = all is well
    total: int | None = None  # how many stories the source says it has, or lists
    note: str | None = None  # what was not read of a whole list, as it is longer than a run takes
    placings: tuple[Placing, ...] = ()  # of a front page: its stories in their order, each once

    @property
    def told(self) -> str:
        """What there is to say of it, in words."""
        return self.problem or self.note or counted(len(self.links), "link")


class Collector:
    """Links of one source, each address once, of the site's own hosts only."""

    def __init__(self, site: Site, source: str, source_url: str) -> None:
        self.site, self.source, self.source_url = site, source, source_url
        self.domains = own_domains(site)
        self.links: dict[str, Link] = {}
        self.foreign = 0

    def own(self, url: str | None, base: str | None = None) -> str | None:
        """The address as it is kept, or None where it is none, or another's."""
        written = normalise(url, base) if url else None
        if written and not self._is_at_home(written):
            self.foreign += 1
            return None
        return written

    def is_own(self, url: str) -> bool:
        """Whether the address is the site's, as far as it is one at all."""
        written = normalise(url, self.source_url)
        return written is not None and self._is_at_home(written)

    def _is_at_home(self, written: str) -> bool:
        return registrable_domain(written.split("/", 3)[2]) in self.domains

    def add(
        self,
        url: str | None,
        *,
        source: str | None = None,
        lastmod: datetime | None = None,
        date_published: datetime | None = None,
        title: str | None = None,
        story_id: StoryId | None = None,
    ) -> str | None:
        """The address as it is kept, where it is a new one."""
        written = self.own(url, self.source_url)
        if not written or written in self.links:
            return None
        newest = max(filter(None, (lastmod, date_published)), default=None)
        link = Link(written, self.site.name, source or self.source, self.source_url, newest, date_published, title,
                    story_ids=(story_id,) if story_id else ())  # fmt: skip
        self.links[written] = link
        return written

    def found(self, more: tuple[str, ...] = (), problem: str | None = None, total: int | None = None, note: str | None = None) -> Found:
        if problem is None and not self.links and not more and self.foreign:
            problem = f"all {self.foreign} addresses belong to other sites"
        return Found(tuple(self.links.values()), more, problem, total, note)


def own_domains(site: Site) -> frozenset[str]:
    """Registrable domains of the site's facts; a link elsewhere is somebody else's."""
    return frozenset(registrable_domain(url) for url in (site.url, *site.front_pages, *site.sections))


def is_found(fact: str, site: Site, url: str) -> bool:
    """Whether `article_url` or `skip_url` of the site is set, and is found in the address. Raises SlowPattern."""
    pattern = getattr(site, fact)
    try:
        return bool(pattern) and regex.search(pattern, url, timeout=settings.PATTERN_S) is not None
    except TimeoutError:
        raise SlowPattern(
            f"{fact} of [{site.name}] in sites.toml takes too long: {pattern!r} on {url}\n"
            "Repeated groups that can match the same text in many ways, as in (a+)+ or (a|aa)*, do that. Write it without: [a-z0-9-]+"
        ) from None


def is_story_link(link: Link, site: Site) -> bool:
    """Whether the link is worth a request as a story: by the site's facts, by who lists it, then by the shape of the address.

    Where the shape does not tell, yes: the page decides. Raises SlowPattern.
    """
    if is_found("skip_url", site, link.url):
        return False
    if site.article_url:
        return is_found("article_url", site, link.url)
    if is_home(link.url) or is_file(link.url) or PAGE_SITEMAP.search(link.source_url):
        return False
    if link.source in STATES_MEMBERSHIP:
        return True
    verdict = looks_like_story(link.url)
    return _is_headline(link) if verdict is None else verdict


def _is_headline(link: Link) -> bool:
    """Where the address does not tell: short words to a short address name a section, not a story."""
    if link.title is None or not is_home_or_section(link.url):
        return True
    return len(link.title.split()) > SECTION_WORDS or len(UNSPACED.findall(link.title)) > SECTION_LETTERS


def read_date(text: object, site: Site) -> datetime | None:
    """A date of a feed or sitemap in UTC; one without a zone is read in the site's. Impossible ones are None.

    W3C dates (2026-11-03T10:00:00+01:00, 2026-11-03) and those of RFC 5322 (Tue, 03 Nov 2026 10:00:00 +0100).
    """
    if not isinstance(text, str) or not 7 <= len(text := text.strip()) <= 64:
        return None
    try:
        when = _read_w3c(text) if text[:4].isdigit() else _read_rfc5322(text)
        if when is None or not FIRST_YEAR <= when.year <= LAST_YEAR or abs(when.utcoffset() or timedelta()) > MAX_OFFSET:
            return None
        zoned = when if when.tzinfo else when.replace(tzinfo=zone_of(site))
        return zoned.astimezone(UTC).replace(microsecond=0)
    except (ValueError, OverflowError):
        return None


def _read_w3c(text: str) -> datetime | None:
    match = W3C_DATE.fullmatch(text)
    if match is None:
        return None
    day, zone = match["day"], match["zone"] or ""
    zone = zone + ":00" if len(zone) == 3 else zone.upper()
    return datetime.fromisoformat(f"{day if len(day) == 10 else day + '-01'}T{match['time'] or '00:00'}{zone}")


def _read_rfc5322(text: str) -> datetime | None:
    parts = parsedate_tz(text)
    if parts is None:
        return None
    # parsedate_tz takes a missing or unknown zone ("CLT") for UTC
    zone = timezone(timedelta(seconds=parts[9] or 0)) if RFC5322_ZONE.search(text) else None
    return datetime(*parts[:6], tzinfo=zone)


def zone_of(site: Site) -> tzinfo:
    return ZoneInfo(site.timezone) if site.timezone else UTC


def is_before(when: datetime | date | None, since: datetime | None) -> bool:
    """Whether it is surely older. A day of slack: many dates have no time, and some no zone."""
    if when is None or since is None:
        return False
    moment = when if isinstance(when, datetime) else datetime(when.year, when.month, when.day, tzinfo=UTC)
    return moment < since - timedelta(days=1)


def clean_title(text: object) -> str | None:
    """One line of plain text, at most 300 characters."""
    if not isinstance(text, str):
        return None
    plain = html.unescape(TAG.sub(" ", text[: 8 * MAX_TITLE]))
    return UNPRINTABLE.sub(" ", plain).strip()[:MAX_TITLE].rstrip() or None


def looks_like_html(body: bytes) -> bool:
    start = body[:1_024].lstrip(b"\xef\xbb\xbf\x00 \t\r\n").lower()
    return start.startswith((b"<!doctype html", b"<html", b"<head", b"<body")) or b"<html" in start
