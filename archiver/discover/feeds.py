"""RSS, Atom, RDF and JSON Feed."""

from __future__ import annotations

import io
import json
import re
import zlib
from collections import Counter
from itertools import islice
from typing import Any
from urllib.parse import urlsplit

import feedparser

from archiver import settings
from archiver.counted import counted
from archiver.discover.found import Collector, Found, clean_title, looks_like_html, read_date
from archiver.discover.markup import without_long_tags
from archiver.records import Site
from archiver.story_ids import of_guid

MAX_ENTRIES = 1_000  # feeds have 10 to 100; what is older stands in the sitemap
VERY_LONG = f"the feed is very long; its first {MAX_ENTRIES:,} entries were read"
MAX_BYTES = 8 << 20  # of a feed; one with a thousand whole stories has 5 MB
MAX_TAGS = 50_000  # outside CDATA; a thousand entries have some 20,000
MAX_PREFIXES = 200  # of namespaces; feeds have some ten
PREFIX = re.compile(rb"\bxmlns:([^\s=<>'\"]{1,200})")
TAG_OR_TEXT = re.compile(rb"<!\[CDATA\[.*?(?:\]\]>|\Z)|(?P<tag><)(?!/)", re.DOTALL)
ENTRY_START = re.compile(rb"<(?:[a-z]+:)?(?:item|entry)[\s>]", re.IGNORECASE)
FEED_END = re.compile(rb"</(?:rss|feed|rdf:rdf)\s*>", re.IGNORECASE)
ENTRY_END = re.compile(rb"</(?:[a-z]+:)?(?:item|entry)\s*>", re.IGNORECASE)
PUBLISHED = ("published", "created")
PUBLISHED_RSS = (*PUBLISHED, "updated")  # where feedparser puts dc:date, which in RSS is the day of publication
ALTERNATE = ("alternate", "http://www.iana.org/assignments/relation/alternate")  # one and the same (RFC 4287, 4.2.7.2)
HARMLESS = (feedparser.CharacterEncodingOverride, feedparser.NonXMLContentType)


def read_feed(body: bytes, url: str, site: Site, content_type: str | None = None) -> Found:
    """Links of a feed (bytes, already freed of Content-Encoding), in its order. Never raises; a broken feed gives what could be read.

    `more` stays empty: paged feeds (RFC 5005) reach into the past, where sitemaps are better.
    """
    if not body.strip():
        return Found(problem="the feed is empty")
    body = _unzip(body)
    if body.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"["):
        return _read_json_feed(body, url, site)
    shorter, cut = _first_entries(_first_tags(_first_prefixes(without_long_tags(body[:MAX_BYTES]))))
    # A stream: feedparser would open a text as an address or a file name.
    headers = {"content-type": content_type or "application/xml", "content-location": url}
    try:
        feed = feedparser.parse(io.BytesIO(shorter), response_headers=headers, sanitize_html=False, resolve_relative_uris=False)
    except Exception as error:  # feedparser hands on what its parsers raise for broken input, of no common class
        return Found(problem=f"the feed cannot be read: {type(error).__name__}")
    collector = Collector(site, "feed", url)
    guids = Counter(str(entry.get("id")) for entry in feed.entries[:MAX_ENTRIES])
    for entry in feed.entries[:MAX_ENTRIES]:
        link, guid = _link_of(entry, collector), entry.get("id")
        collector.add(
            link,
            story_id=of_guid(guid, link) if guids[str(guid)] == 1 else None,  # some feeds have one for all entries
            lastmod=_date_of(entry, site, "updated"),
            date_published=_date_of(entry, site, *(PUBLISHED if feed.get("version", "").startswith("atom") else PUBLISHED_RSS)),
            title=clean_title(entry.get("title")),
        )
    return collector.found(problem=_problem(feed, body, cut), note=VERY_LONG if cut else None)


def _unzip(body: bytes) -> bytes:
    """feed.xml.gz"""
    if body[:2] != b"\x1f\x8b":
        return body
    try:
        return zlib.decompressobj(31).decompress(body, settings.MAX_DECODED_BYTES)
    except zlib.error:
        return b""


def _first_tags(body: bytes) -> bytes:
    """The feed up to its 50,000th tag: feedparser's time grows with the square of what is open."""
    if body.count(b"<") <= MAX_TAGS:
        return body
    opened = (tag for tag in TAG_OR_TEXT.finditer(body) if tag["tag"])
    last = next(islice(opened, MAX_TAGS, None), None)
    return body[: last.start()] if last else body


def _first_prefixes(body: bytes) -> bytes:
    """The feed up to the tag with its 200th prefix: feedparser goes through all of them at each tag."""
    known: set[bytes] = set()
    for found in PREFIX.finditer(body):
        known.add(found[1])
        if len(known) > MAX_PREFIXES:
            return body[: body.rfind(b"<", 0, found.start())]
    return body


def _first_entries(body: bytes) -> tuple[bytes, bool]:
    """The feed up to its thousandth entry, closed again; and whether anything was cut."""
    for number, match in enumerate(ENTRY_END.finditer(body), 1):
        if number == MAX_ENTRIES:
            end = {b"<rss": b"</channel></rss>", b"<rdf": b"</rdf:RDF>"}
            closing = next((close for mark, close in end.items() if mark in body[:2_048].lower()), b"</feed>")
            return (body[: match.end()] + closing, True) if ENTRY_END.search(body, match.end()) else (body, False)
    return body, False


def _link_of(entry: Any, collector: Collector) -> str | None:
    """The story itself: FeedBurner's original, the alternate link, else a guid that is an address.

    Of several, the first at the site: links may go by way of a service that counts readers, while the guid names the story.
    """
    told = [entry.get("feedburner_origlink")]
    alternates = [link for link in entry.get("links", ()) if link.get("rel", "alternate") in ALTERNATE]
    alternates.sort(key=lambda link: "html" not in link.get("type", "html"))  # the same entry as JSON or PDF is no page
    told += [link.get("href") for link in alternates]
    told += [entry.get("link"), entry.get("id")]
    candidates = [text for text in told if _is_address(text)]
    # "?p=12" is a post's number: of one that points elsewhere, it leads there.
    own = (text for text in candidates if collector.is_own(text) and (text != entry.get("id") or urlsplit(text).path.strip("/")))
    return next(own, candidates[0] if candidates else None)


def _is_address(text: object) -> bool:
    return isinstance(text, str) and text.strip().lower().startswith(("http:", "https:", "/"))


def _date_of(entry: Any, site: Site, *fields: str) -> Any:
    """Read from the text as printed: feedparser takes a date without zone for UTC, and one field for another."""
    return next((when for field in fields if (when := read_date(dict.get(entry, field), site))), None)


def _problem(feed: Any, body: bytes, cut: bool) -> str | None:
    if not feed.entries and not feed.get("version"):
        return "an HTML page, not a feed" if looks_like_html(body) else "not a feed"
    if feed.bozo and not cut and not isinstance(feed.get("bozo_exception"), HARMLESS) and not _is_whole(body, len(feed.entries)):
        number = counted(len(feed.entries), "entry", "entries")
        return f"the feed is broken ({clean_title(str(feed.get('bozo_exception')))}); {number} could be read"
    return None


def _is_whole(body: bytes, entries: int) -> bool:
    """Whether nothing was lost, though it is no good XML ("&nbsp;", a blank before its first line): every entry was read, up to its end."""
    return entries == len(ENTRY_START.findall(body)) == len(ENTRY_END.findall(body)) and FEED_END.search(body[-200:]) is not None


def _read_json_feed(body: bytes, url: str, site: Site) -> Found:
    """https://www.jsonfeed.org/version/1.1/"""
    try:
        feed = json.loads(body[: settings.MAX_DECODED_BYTES])
    except (ValueError, RecursionError):
        return Found(problem="the JSON feed is broken")
    items = feed.get("items") if isinstance(feed, dict) else None
    if not isinstance(items, list):
        return Found(problem="JSON, but not a feed")
    collector = Collector(site, "feed", url)
    for item in items[:MAX_ENTRIES]:
        if isinstance(item, dict):
            address = item.get("url") or item.get("id")
            link = address if isinstance(address, str) and ("/" in address) else None
            collector.add(
                link,
                story_id=of_guid(item.get("id"), link),
                lastmod=read_date(item.get("date_modified"), site),
                date_published=read_date(item.get("date_published"), site),
                title=clean_title(item.get("title")),
            )
    return collector.found(note=VERY_LONG if len(items) > MAX_ENTRIES else None)
