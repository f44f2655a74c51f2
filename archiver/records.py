"""What moves through the archiver: plain, frozen records. Imports nothing of ours.

Field names are the archive's column names (schema.org in snake_case for what the publisher says, IPTC where schema.org
has none, WARC for captures, Memento for versions); see docs/data-dictionary.md.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

WHOLE_PAGE = (200, 203)  # HTTP statuses under which a page itself is sent; 203: a proxy on the way has touched it (RFC 9110, 15.3.4)
GONE = (404, 410)  # under which a server says that there is nothing

# Where a link was found (next_page: on the page before it of one story, whose first page is source_url; image: it is a picture of that
# story). The order is the order of trust when one URL is found by several.
SOURCES = ("next_page", "seed", "news_sitemap", "feed", "wordpress", "sitemap", "section", "front_page", "archive_page", "import", "image")


KEEPS_IMAGES = ("lead", "all")  # values of Site.keep_images with which pictures are kept


@dataclass(frozen=True, slots=True)
class Site:
    """A site's facts, as in data/sites.toml or on a spider class."""

    name: str  # [a-z0-9_]+
    url: str  # front page
    publisher: str | None = None  # name as printed
    in_language: str | None = None  # BCP 47
    country: str | None = None  # ISO 3166 alpha-2
    timezone: str | None = None  # IANA name; naive times on the site's pages are read in it
    feeds: tuple[str, ...] = ()  # RSS or Atom addresses
    sitemaps: tuple[str, ...] = ()  # sitemaps, sitemap indexes, news sitemaps; plain or gzipped
    wordpress_api: str | None = None  # https://example.org/wp-json/
    front_pages: tuple[str, ...] = ()  # pages whose links are looked at; the front page when empty
    sections: tuple[str, ...] = ()  # section pages, followed with paging
    archive_page: str | None = None  # pattern of its dated lists of older stories: https://example.org/archive/{yyyy}-{mm}/
    article_url: str | None = None  # regular expression searched in the URL; decides what a story is when set
    skip_url: str | None = None  # regular expression; a URL that it finds is never fetched
    delay_s: float | None = None  # seconds between two requests; robots.txt Crawl-delay wins when longer
    every_s: float | None = None  # seconds between two runs of the site
    recheck_s: tuple[tuple[float, float], ...] | None = None  # (age of the story, interval) in seconds, rising; see settings.RECHECK
    max_requests: int | None = None  # budget of one run
    allow_loopback: bool = False  # the site is a server on this machine (demo, tests)
    accept_bad_certificate: bool = False  # fetched though nobody vouches that the server is the site's
    paused: bool = False  # crawled only when it is named
    noarchive: str | None = None  # pages that ask not to be shown from an archive: honour (or None) hides their text, ignore shows it
    noarchive_reason: str | None = None  # why it is ignored
    keep_images: str | None = None  # pictures of its stories that are kept: none (or None), lead, all
    render_note: str | None = None  # a word of the operator about the site, shown by `archiver sites`
    selectors: tuple[Selector, ...] = ()
    drop_text: tuple[str, ...] = ()  # lines (whole, as printed) that are never part of a body


@dataclass(frozen=True, slots=True)
class Selector:
    """Where a site prints a field, for sites whose markup the general rules misread."""

    field: str  # a field of Article, or "body", "drop"
    selector: str  # CSS, or XPath when it starts with "/" or "./"
    valid_from: date | None = None  # first day of validity, by the capture's date; None = always


@dataclass(frozen=True, slots=True)
class StoryId:
    """What a publisher's own system calls a story; it stays when the story gets another address."""

    kind: str  # wordpress: number of a post; guid: of an entry in a feed
    value: str  # "example.org/?p=123"; the guid as it stands


@dataclass(frozen=True, slots=True)
class Link:
    """A URL that was found, not fetched."""

    url: str  # normalised, see urls.normalise
    site: str
    source: str  # one of SOURCES
    source_url: str  # the feed, sitemap or page it was found in
    lastmod: datetime | None = None  # UTC; the newest change the source declares (sitemap lastmod, Atom updated, WordPress modified)
    date_published: datetime | None = None  # UTC; as the source declares it
    title: str | None = None
    listed_on: str | None = None  # day or month that a list of older stories has it under, see discover.ranges
    story_ids: tuple[StoryId, ...] = ()  # as the source tells


@dataclass(frozen=True, slots=True)
class Placing:
    """A story as a front page shows it."""

    url: str  # of the link, normalised
    position: int  # among the stories of the page, from 1
    text: str = ""  # the headline as shown there; empty where none is


@dataclass(frozen=True, slots=True)
class Capture:
    """One answer of a server, as it was sent. Never changed once kept."""

    target_uri: str  # the address that was asked, as sent on the wire
    warc_date: datetime  # UTC, whole seconds
    http_status: int
    headers: tuple[tuple[str, str], ...] = field(repr=False)  # of the answer, in order, latin-1
    body: bytes = field(repr=False)  # in the Content-Encoding it came in; transfer encoding removed
    site: str = ""
    run_id: int | None = None
    request_headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    method: str = "GET"
    http_version: str = "HTTP/1.1"
    reason_phrase: str = ""
    id: int | None = None  # row in captures, when it has one
    refers_to: int | None = None  # id of the capture with the same content (304, or the same digest)


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where a value comes from, so that a wrong one can be explained from the archive alone."""

    field: str
    value_raw: str  # as it stood on the page, at most 500 characters
    method: str  # name of the rule: "jsonld", "meta", "css", "text", "htmldate", …
    locator: str  # where: "NewsArticle.datePublished", "meta[property=article:published_time]", an XPath
    confidence: float  # 0 to 1
    chosen: bool = True  # False: a source that disagreed, kept for the record; or a refused value
    note: str | None = None  # why it was refused, or how it was mended


@dataclass(frozen=True, slots=True)
class Author:
    name: str  # as printed, "By" removed
    role: str | None = None
    url: str | None = None  # profile page
    kind: str = "person"  # person or organisation


@dataclass(frozen=True, slots=True)
class Image:
    content_url: str | None  # absolute
    caption: str | None = None  # without the credit
    caption_printed: str | None = None  # as printed, credit included
    creditline: str | None = None  # as printed, label included ("Photo: Jane Doe/AFP")
    creator: str | None = None
    credit_agency: str | None = None
    alt: str | None = None
    width: int | None = None
    height: int | None = None
    is_lead: bool = False


@dataclass(frozen=True, slots=True)
class Dateline:
    """Where (and when) a story was filed, as printed before its first words."""

    printed: str  # "LAGOS, Nigeria, Nov 3 (AP) —" without the separator: "LAGOS, Nigeria, Nov 3 (AP)"
    located: str | None = None  # place(s) as printed: "LAGOS, Nigeria"
    agency: str | None = None
    correspondent: str | None = None
    date_printed: str | None = None
    on: date | None = None
    lat: float | None = None
    lon: float | None = None
    country: str | None = None  # ISO 3166 alpha-2


@dataclass(frozen=True, slots=True)
class Correction:
    kind: str  # correction, clarification, update, editors_note
    text: str
    date: str | None = None  # ISO 8601, as exact as printed


@dataclass(frozen=True, slots=True)
class Embed:
    kind: str  # video, audio, social, iframe, document
    url: str | None
    title: str | None = None  # the line that announces or titles it
    provider: str | None = None  # host


@dataclass(frozen=True, slots=True)
class LiveUpdate:
    headline: str | None
    text: str
    date_published: str | None = None  # ISO 8601


@dataclass(frozen=True, slots=True)
class RightsSignal:
    """What a publisher says about the use of its content."""

    signal: str  # noarchive, noai, tdm-reservation, license, …; see the table rights_signals
    value: str  # as it stands there
    told_by: str  # header, meta, link, json-ld, robots.txt, tdmrep.json; with the crawler it is for, where one is named


@dataclass(frozen=True, slots=True)
class Article:
    """What was read off one capture. Every value may be missing; lists may be empty."""

    url: str  # the identity: normalised address, after our canonical rules
    canonical_url: str | None = None  # as declared
    headline: str | None = None
    alternative_headline: str | None = None
    kicker: str | None = None
    abstract: str | None = None  # the standfirst, as printed above the body
    description: str | None = None  # the summary declared in metadata
    byline: str | None = None  # as printed
    dateline: str | None = None  # as printed
    located: str | None = None
    located_lat: float | None = None
    located_lon: float | None = None
    located_country: str | None = None
    dateline_on: str | None = None  # ISO date
    infosource: str | None = None  # agency that supplied the text
    date_published: str | None = None  # ISO 8601 as declared, with its offset when it has one
    date_published_utc: str | None = None  # YYYY-MM-DDTHH:MM:SSZ, or YYYY-MM-DD when only the day is known
    date_modified: str | None = None
    date_modified_utc: str | None = None
    date_precision: str = "none"  # second, minute, day, none
    date_source: str | None = None
    article_section: str | None = None
    genre: str | None = None
    article_type: str | None = None
    in_language: str | None = None
    is_accessible_for_free: bool | None = None
    access_observed: str = "full"  # full, teaser, blocked
    word_count: int = 0
    text_hash: str = ""  # sha256 of normalised headline + body, see extract.text_hash
    article_body: str = field(default="", repr=False)  # paragraphs separated by a blank line
    article_body_html: str = field(default="", repr=False)  # clean subset, safe to show
    next_page: str | None = None  # address of the story's next page
    outcome: str = "article"  # article, or why it is not one: not_an_article, no_body, soft_404, login_wall, consent_wall, bot_wall, …
    outcome_reason: str | None = None
    authors: tuple[Author, ...] = ()
    keywords: tuple[str, ...] = ()
    images: tuple[Image, ...] = ()
    corrections: tuple[Correction, ...] = ()
    embeds: tuple[Embed, ...] = ()
    outlinks: tuple[str, ...] = ()  # absolute addresses of links inside the body
    live_updates: tuple[LiveUpdate, ...] = ()
    rights_signals: tuple[RightsSignal, ...] = ()
    story_ids: tuple[StoryId, ...] = ()  # as the page tells
    evidence: tuple[Evidence, ...] = ()
