"""Sitemaps of every kind: index, list, news, plain text; gzipped or not. Read as a stream, so that size costs no memory."""

from __future__ import annotations

import html
import itertools
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from lxml import etree

from archiver import settings
from archiver.captures import TooLarge, Truncated, inflate
from archiver.charset import decode_text
from archiver.counted import counted
from archiver.discover.feeds import read_feed
from archiver.discover.found import Collector, Found, clean_title, is_before, looks_like_html, read_date
from archiver.discover.ranges import Days, days_in_address, may_hold
from archiver.records import Site
from archiver.urls import date_in_url, normalise, same_site

MAX_BYTES = 50 << 20  # uncompressed, as the protocol has it (sitemaps.org/protocol.html)
MAX_CHILDREN = 500  # of an index
ALWAYS = 2  # best children that are asked whatever the index says of their age: some never change its dates
MAX_NODES = 20_000  # elements inside one entry; a news entry has 15, a gallery some thousand
MADE_AT_ONCE = 20  # entries whose common date may be that of the sitemap; fewer are asked for again and no harm is done
CHUNK = 1 << 16
LINE_END = re.compile(r"\r\n?|\n")
BARE_AMPERSAND = re.compile(rb"&(?!#?[0-9A-Za-z]{1,10};)")  # of hand-made sitemaps: ?id=1&cat=2
HARMLESS = ("ERR_ENTITYREF", "ERR_DOCUMENT_END", "ERR_UNDECLARED_ENTITY", "WAR_", "NS_")
ROBOTS_MAX_BYTES = 500 << 10  # RFC 9309, 2.5
ROBOTS_MAX_SITEMAPS = 100
# Children that list tags, authors and files; a story is in another.
NO_STORIES = re.compile(
    r"(?:^|[/_-])(?:category|categories|categoria|post_tag|tags?|author|users?|taxonom(?:y|ies)|attachment|media|products?|"
    r"product_cat|tribe_events?|topics?|keywords?|local|locations)(?:-[a-z_]+)?(?:[-_]?sitemap|-\d+\.xml)|sitemap[-_](?:tags?|authors?|categor(?:y|ies)|users?)|"
    r"[?&]sitemap=(?:taxonomies|users)(?:&|$)",  # WordPress without permalinks
    re.IGNORECASE,
)
LATE = re.compile(
    r"(?:^|[/_-])(?:pages?|image|images|video|videos)[-_]?sitemap|-posts-page-|sitemap[-_](?:images?|videos?|pages?)|"
    r"[?&]sitemap-subtype=page(?:&|$)",
    re.IGNORECASE,
)
# The one for pages about the house (Ghost, Blogger), in an index that has another for stories.
HOUSE_PAGES = re.compile(r"/sitemap[-_]pages?\.xml(?:\.gz)?$", re.IGNORECASE)


def read_sitemap(body: bytes, url: str, site: Site, since: datetime | None = None, days: Days | None = None) -> Found:
    """Links of a sitemap; `more` its children, newest first. Entries and children that are surely older than `since` are left out.

    With `days`, all children that can hold stories of these days are in `more`, and no other.

    A sitemap with Google's news elements gives links of the source news_sitemap. Never raises; a broken one gives what could be read.
    """
    chunks = _Inflated(body)
    start = next(chunks, b"")
    if not start.strip(b"\xef\xbb\xbf\x00 \t\r\n"):
        return Found(problem=chunks.problem or "the sitemap is empty")
    if looks_like_html(start):
        return Found(problem="an HTML page, not a sitemap")
    if b"<" not in start[:CHUNK]:
        return _read_text(start, chunks, url, site)
    if re.search(rb"<(rss|feed|rdf:rdf)[\s>]", start[:2_048].lower()):
        return read_feed(start + b"".join(chunks), url, site, None)  # the protocol allows feeds as sitemaps
    reading = _Reading(url, site, since, days)
    reading.run(start.lstrip(b"\xef\xbb\xbf \t\r\n") if start[:1] != b"\x00" else start, chunks)
    return reading.found(chunks.problem)


class _Inflated(Iterator[bytes]):
    """The sitemap in pieces, unzipped where it is gzipped, up to MAX_BYTES. `problem` says why it ended early."""

    def __init__(self, body: bytes) -> None:
        self.problem: str | None = None
        self.pieces = self._gunzip(body) if body[:2] == b"\x1f\x8b" else self._plain(body)

    def __next__(self) -> bytes:
        return next(self.pieces)

    def _plain(self, body: bytes) -> Iterator[bytes]:
        for start in range(0, min(len(body), MAX_BYTES), CHUNK):
            yield body[start : start + CHUNK]
        if len(body) > MAX_BYTES:
            self.problem = _too_large()

    def _gunzip(self, body: bytes) -> Iterator[bytes]:
        size = 0
        try:
            for piece in inflate(body):
                size += len(piece)
                if size > MAX_BYTES:
                    self.problem = _too_large()
                    return
                yield piece
        except (Truncated, TooLarge) as error:
            self.problem = f"gzip: {error}"


def _too_large() -> str:
    return f"larger than {MAX_BYTES >> 20} MB; read up to there"


class _Reading:
    """One pass over the elements of a sitemap; each entry is forgotten once read."""

    def __init__(self, url: str, site: Site, since: datetime | None, days: Days | None) -> None:
        self.site, self.since, self.days, self.url = site, since, days, url
        self.collector = Collector(site, "sitemap", url)
        self.children: dict[str, datetime | None] = {}
        self.has_stories = False  # a child that may hold them
        self.lastmods: dict[str, datetime] = {}  # as declared, by address
        self.entries = 0
        self.root = ""
        self.nodes = 0  # of the entry being read
        self.problem: str | None = None

    def run(self, start: bytes, chunks: Iterator[bytes]) -> None:
        parser = etree.XMLPullParser(
            events=("start", "end"),
            recover=True,
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            huge_tree=False,
            collect_ids=False,
        )
        try:
            for chunk in _mended(start, chunks):
                parser.feed(chunk)
                self._take(parser)
                if self.problem:
                    return
            parser.close()
            self._take(parser)
            self._judge(parser)
        except etree.XMLSyntaxError as error:
            self.problem = self.problem or f"broken XML: {clean_title(str(error))}"

    def _judge(self, parser: etree.XMLPullParser) -> None:
        errors = [error for error in parser.feed_error_log if not error.type_name.startswith(HARMLESS)]
        if errors and not self.problem:
            self.problem = f"broken XML ({clean_title(errors[0].message)}); {counted(self.entries, 'entry', 'entries')} could be read"

    def _take(self, parser: etree.XMLPullParser) -> None:
        for event, element in parser.read_events():
            if event == "start":
                self.root = self.root or _local(element)
                self.nodes += 1
                continue
            parent = element.getparent()
            if parent is not None and parent.getparent() is None:
                self.nodes = 0
                self._entry(element)
                element.clear()
                while (before := element.getprevious()) is not None:
                    parent.remove(before)
            if self.problem:
                return
        if self.nodes > MAX_NODES:
            self.problem = "an entry has too many parts; read up to there"

    def _entry(self, element: etree._Element) -> None:
        kind = _local(element)
        if kind not in ("url", "sitemap"):
            return
        self.entries += 1
        if self.entries > settings.MAX_SITEMAP_ENTRIES:
            self.problem = f"more than {settings.MAX_SITEMAP_ENTRIES} entries; read up to there"
            return
        facts = _facts(element)
        (self._child if kind == "sitemap" else self._url)(facts)

    def _child(self, facts: dict[str, str]) -> None:
        child, lastmod = self._own_child(facts.get("loc")), read_date(facts.get("lastmod"), self.site)
        if not child or child in self.children or NO_STORIES.search(child):
            return
        self.has_stories = self.has_stories or not LATE.search(child)
        if self.days:
            wanted = may_hold(child, lastmod, self.days)
        else:
            about = days_in_address(child) if self.since else None
            wanted = about is None or not is_before(about.last, self.since)
        if wanted:
            self.children[child] = lastmod

    def _own_child(self, loc: str | None) -> str | None:
        """A sitemap of the site, or one that stands where this one does, wherever that is."""
        written = normalise(loc, self.url) if loc else None
        return written if written and same_site(written, self.url) else self.collector.own(loc, self.url)

    def _url(self, facts: dict[str, str]) -> None:
        published = read_date(facts.get("publication_date"), self.site)
        lastmod = read_date(facts.get("lastmod"), self.site)
        address = facts.get("loc")
        when = max(filter(None, (published, lastmod)), default=None)
        if not is_before(when or (date_in_url(address or "") if self.since else None), self.since):
            source = "news_sitemap" if "publication_date" in facts or "news" in facts else "sitemap"
            added = self.collector.add(
                address, source=source, lastmod=lastmod, date_published=published, title=clean_title(facts.get("title"))
            )
            if added and lastmod:
                self.lastmods[added] = lastmod

    def found(self, problem: str | None) -> Found:
        problem = problem or self.problem
        listed = [child for child in self.children if not (self.has_stories and HOUSE_PAGES.search(child))]
        ranked = sorted(listed, key=lambda child: _rank(child, self.children[child]))
        always = len(ranked) if self.days else ALWAYS  # may_hold has chosen, then
        children = [child for place, child in enumerate(ranked) if place < always or not is_before(self.children[child], self.since)]
        if not self.entries and self.root not in ("urlset", "sitemapindex") and not self.entries:
            problem = f"XML, but not a sitemap (<{self.root[:40]}>)" if self.root else problem or "not a sitemap"
        total = None if self.root == "sitemapindex" else self.entries
        self._drop_dates_of_the_sitemap()
        if self.days or len(children) <= MAX_CHILDREN:
            return self.collector.found(tuple(children), problem, total)
        note = f"{len(children):,} child sitemaps; the best {MAX_CHILDREN} are followed"
        return self.collector.found(tuple(children[:MAX_CHILDREN]), problem, total, note)

    def _drop_dates_of_the_sitemap(self) -> None:
        """Where nearly all entries have one `lastmod`, it says when the sitemap was made; of the stories it says nothing.

        One of a sitemap for that day says what it should.
        """
        links, about = self.collector.links, days_in_address(self.url)
        if len(links) < MADE_AT_ONCE or not self.lastmods or (about and about.first == about.last):
            return
        ((made, number),) = Counter(lastmod.replace(second=0) for lastmod in self.lastmods.values()).most_common(1)
        if number < 0.9 * len(links):
            return
        for url, lastmod in self.lastmods.items():
            if lastmod.replace(second=0) == made:
                published = links[url].date_published
                if is_before(published or (date_in_url(url) if self.since else None), self.since):
                    del links[url]
                else:
                    links[url] = replace(links[url], lastmod=published)


def _mended(start: bytes, chunks: Iterator[bytes]) -> Iterator[bytes]:
    """The same pieces with bare ampersands written as XML wants them. UTF-16 is left as it is."""
    if b"\x00" in start[:64]:
        yield start
        yield from chunks
        return
    held = b""
    for chunk in itertools.chain((start,), chunks):
        whole = held + chunk
        cut = whole.rfind(b"&", len(whole) - 12)
        held, whole = (whole[cut:], whole[:cut]) if cut >= 0 else (b"", whole)
        yield BARE_AMPERSAND.sub(b"&amp;", whole)
    yield BARE_AMPERSAND.sub(b"&amp;", held)


def _local(element: etree._Element) -> str:
    """Name without namespace (hand-made sitemaps have wrong ones, or none), small letters."""
    tag = element.tag
    return tag.rpartition("}")[2].rpartition(":")[2].lower() if isinstance(tag, str) else ""


def _facts(element: etree._Element) -> dict[str, str]:
    """First text under each name inside the entry; those of image: and video: left out, for they have titles and addresses too."""
    facts: dict[str, str] = {}
    for part in element.iter(etree.Element):
        namespace = str(part.tag).lower()
        if "image" in namespace or "video" in namespace:
            continue
        name = _local(part)
        if part is not element and name not in facts:
            facts[name] = html.unescape("".join(part.itertext()).strip()[: 2 * settings.MAX_URL_LENGTH]) if name != "news" else ""
    return facts


def _rank(child: str, lastmod: datetime | None) -> tuple[int, float, int]:
    """News first, then the newest by date or name; images, videos and pages last."""
    group = 0 if re.search(r"news|noticia|latest|recent|today|hoy", child.rpartition("://")[2].partition("/")[2], re.IGNORECASE) else 1
    about = None if lastmod else days_in_address(child)
    newest = lastmod.timestamp() if lastmod else (about.last.toordinal() - 719_163) * 86_400.0 if about else 0.0
    number = re.search(r"(\d{1,6})\.xml", child)
    return (2 if LATE.search(child) else group, -newest, -int(number[1]) if number else 0)


def _read_text(start: bytes, chunks: _Inflated, url: str, site: Site) -> Found:
    """One address a line."""
    collector = Collector(site, "sitemap", url)
    text = decode_text(start + b"".join(chunks), "text/plain; charset=utf-8")  # its byte order mark, if any, goes before
    lines = LINE_END.split(text, settings.MAX_SITEMAP_ENTRIES)
    addresses = [line.strip() for line in lines[: settings.MAX_SITEMAP_ENTRIES] if line.strip().startswith(("http://", "https://"))]
    for address in addresses:
        collector.add(address)
    return collector.found(
        problem=chunks.problem if addresses else chunks.problem or "neither XML nor a list of addresses", total=len(addresses)
    )


def find_sitemaps_in_robots(text: str, url: str | None = None) -> list[str]:
    """Addresses of the Sitemap lines, each once; with `url` (of robots.txt), relative ones count, too.

    They may be on other hosts: robots.txt vouches for them (https://www.sitemaps.org/protocol.html#sitemaps_cross_submits).
    """
    found: dict[str, None] = {}
    for line in LINE_END.split(text[:ROBOTS_MAX_BYTES].lstrip("\ufeff")):
        name, _, value = line.partition("#")[0].partition(":")
        if name.strip().lower() != "sitemap":
            continue
        address = normalise(value.strip(), url)
        if address:
            found[address] = None
    return list(found)[:ROBOTS_MAX_SITEMAPS]
