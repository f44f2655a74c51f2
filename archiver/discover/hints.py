"""What a site's front page tells about the site: where its feeds and sections are, who publishes it, in which language."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from archiver import settings
from archiver.discover.found import clean_title
from archiver.discover.markup import Anchor, Markup, read_markup
from archiver.urls import (
    PAGE_PARAMETERS,
    SECTION,
    SERVICE,
    date_in_url,
    is_file,
    is_home,
    is_home_or_section,
    looks_like_story,
    normalise,
    path_words,
    same_site,
)

MAX_SECTIONS = 30
MAX_FEEDS = 20
FEED_TYPES = ("application/rss+xml", "application/atom+xml", "application/rdf+xml", "application/feed+json", "text/xml+rss")
FEED_ADDRESS = re.compile(
    r"(/feed/?$|/rss/?$|\.rss$|/rss\.xml$|/feed\.xml$|/atom\.xml$|/index\.xml$|/feed\.json$|[?&]feed=)", re.IGNORECASE
)
COMMENTS = re.compile(r"comments?/feed|[?&]feed=comments|comments?\.(xml|rss)|/comentarios/|/kommentare/", re.IGNORECASE)
WORDPRESS_REL = "https://api.w.org/"
SECTION_WORDS = 3  # of the name of a list
LEAST_LISTS = 3  # of one kind
NO_LIST = re.compile(  # what such a parameter does else: it puts in order, filters, turns pages, names a language, a day, an author
    rf"[?&](?:{PAGE_PARAMETERS}|lang(?:uage)?|lng|hl|locale|s|q|sort\w*|order\w*|filter\w*|view|format|author|autor|tag|year|month|day|date|rok|mies\w*)$",
    re.IGNORECASE,
)
# WordPress without permalinks: "About us", authors, tags, months; a section is ?cat=3. The last page of a list is another one tomorrow;
# a search, a filter and an order show what the list shows without them.
NO_SECTION = re.compile(
    rf"[?&](?:page_id=\d+|author=\d+|tag=|m=\d{{4,8}}\b|(?:{PAGE_PARAMETERS})=\d{{1,4}}(?=&|$)|(?:offset|(?:limit)?start|skip)=\d+|(?:sort|order|filter|facet)\w*=|"
    r"(?:s|q|query|search|keywords?)=(?!\d{1,3}(?:&|$)))",
    re.IGNORECASE,
)
LINK_HEADER = re.compile(r"<([^<>]{1,2000})>\s*;([^<>]{0,500})")
LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[A-Z][a-z]{3})?(?:-(?:[A-Z]{2}|\d{3}))?")
# What a front page is called in its own title, beside the site's name: "Home - Daily Example".
FRONT_PAGE = re.compile(
    r"home(?:\s?page)?|front page|main(?: page)?|start(?:seite)?|startsida|startpagina|forside|hjem|hem|etusivu|inicio|in[ií]cio|"
    r"p[aá]gina (?:de inicio|inicial|principal)|portada|capa|principal|accueil|[aà] la une|prima pagina|pagina iniziale|"
    r"strona g[lł][oó]wna|ana ?sayfa|beranda|trang ch[uủ]|главная(?: страница)?|головна|αρχικ[ηή]|トップ(?:ページ)?|ホーム|首页|首頁|"
    r"主页|主頁|홈|메인|דף הבית|ראשי|الرئيسية|الصفحة الرئيسية",
    re.IGNORECASE,
)
PUBLISHERS = ("NewsMediaOrganization", "Organization", "WebSite", "Corporation", "LocalBusiness")
OPT_OUT_WORDS = frozenset({"noai", "noimageai", "noarchive", "nocache", "tdm-reservation", "noml"})


@dataclass(frozen=True, slots=True)
class Hints:
    """Addresses are absolute and of the site itself; what is not told is None or empty."""

    feeds: tuple[str, ...] = ()  # the main one first; comment feeds left out
    wordpress_api: str | None = None  # root: https://example.org/wp-json/
    in_language: str | None = None  # BCP 47
    publisher: str | None = None
    timezone: str | None = None  # IANA name
    sections: tuple[str, ...] = ()  # pages of the navigation, in its order
    canonical: str | None = None
    sitemaps: tuple[str, ...] = ()  # link rel=sitemap
    opt_outs: tuple[str, ...] = ()  # what it asks of robots and text miners, in its words: "noai", "tdm-reservation: 1"


def find_hints(body: bytes, headers: Mapping[str, str], url: str) -> Hints:
    """Facts of a front page (HTML, already freed of Content-Encoding). Never raises."""
    markup = read_markup(body)
    known = {name.lower(): value for name, value in headers.items()}
    base = normalise(markup.base or "", url) or url
    links = [(link["rel"].lower(), link["type"].lower(), link["href"]) for link in markup.links]
    links += [(rel, "", href) for href, rel in _link_header(known.get("link", ""))]
    return Hints(
        feeds=_feeds(links, markup, base, url),
        wordpress_api=_first(_own(href, base, url) for rel, _, href in links if WORDPRESS_REL in rel.split()),
        in_language=_language(markup, known),
        publisher=_publisher(markup),
        sections=_sections(markup, base, url),
        canonical=_first(_own(href, base, url) for rel, _, href in links if "canonical" in rel.split()),
        sitemaps=tuple(dict.fromkeys(filter(None, (_own(href, base, url) for rel, _, href in links if "sitemap" in rel.split())))),
        opt_outs=_opt_outs(markup, known),
    )


def find_publisher(body: bytes) -> str | None:
    """What a page of any kind calls its site, in a word meant for that; its title is a story's. Never raises."""
    return _told_publisher(read_markup(body))


def _own(href: str, base: str, url: str) -> str | None:
    written = normalise(href, base)
    return written if written and same_site(written, url) else None


def _first(values: Iterator[str | None]) -> str | None:
    return next((value for value in values if value), None)


def _link_header(value: str) -> list[tuple[str, str]]:
    """(address, rel) of each link of a Link header (RFC 8288)."""
    found = []
    for address, parameters in LINK_HEADER.findall(value[:8_192]):
        rel = re.search(r"rel\s*=\s*\"?([^\";]+)", parameters, re.IGNORECASE)
        found.append((address, rel[1].lower() if rel else ""))
    return found


def _feeds(links: list[tuple[str, str, str]], markup: Markup, base: str, url: str) -> tuple[str, ...]:
    """Declared ones; where a page declares none, those that it links to in words. A feed may live elsewhere (FeedBurner)."""
    declared = [
        normalise(href, base) for rel, kind, href in links if "alternate" in rel.split() and kind.split(";")[0].strip() in FEED_TYPES
    ]
    if not any(declared):
        declared = [_own(anchor.href, base, url) for anchor in markup.anchors if FEED_ADDRESS.search(anchor.href)]
    return tuple(dict.fromkeys(feed for feed in declared if feed and not COMMENTS.search(feed)))[:MAX_FEEDS]


def _language(markup: Markup, headers: Mapping[str, str]) -> str | None:
    told = (markup.lang, headers.get("content-language"), markup.metas.get("content-language"), markup.metas.get("og:locale"))
    return _first(read_language(text) for text in told)


def read_language(text: str | None) -> str | None:
    """ "es_CL", "es-cl", "ES" in the usual spelling (RFC 5646, 2.1.1): es-CL, es."""
    parts = re.split(r"[-_]", (text or "").split(",")[0].strip())
    spelled = [parts[0].lower()] + [part.title() if len(part) == 4 else part.upper() for part in parts[1:3]]
    written = "-".join(spelled)
    return written if LANGUAGE.fullmatch(written) else None


def _publisher(markup: Markup) -> str | None:
    parts = re.split(r"\s+[|–—·»-]\s+", markup.title)
    return _told_publisher(markup) or clean_title(next((part for part in parts if not FRONT_PAGE.fullmatch(part.strip())), None))


def _told_publisher(markup: Markup) -> str | None:
    names = [markup.metas.get("og:site_name"), *_organisations(markup.jsonld), markup.metas.get("application-name")]
    return _first(clean_title(name) for name in names)


def _organisations(blocks: list[str]) -> list[str]:
    """Names of publishers in the JSON-LD, the most telling type first."""
    named: dict[str, str] = {}
    for block in blocks[:20]:
        try:
            _name_nodes(json.loads(block), named, 0)
        except (ValueError, RecursionError):
            continue
    return [named[kind] for kind in PUBLISHERS if kind in named]


def _name_nodes(node: Any, named: dict[str, str], depth: int) -> None:
    if isinstance(node, list):
        for part in node[:200]:
            _name_nodes(part, named, depth)
    elif isinstance(node, dict) and depth < 5:
        kinds, name = node.get("@type"), node.get("name")
        for kind in kinds if isinstance(kinds, list) else [kinds]:
            if isinstance(name, str) and kind in PUBLISHERS:
                named.setdefault(kind, name)
        for key in ("@graph", "publisher", "isPartOf"):
            _name_nodes(node.get(key), named, depth + 1)


def _sections(markup: Markup, base: str, url: str) -> tuple[str, ...]:
    """Links of the menus with a short text and a short path; where no menu is marked as one, those with a section's name, else lists of
    one kind.
    """
    menu = [anchor for anchor in markup.anchors if anchor.in_menu]
    found = [_section(anchor, base, url) for anchor in menu]
    if not any(found):
        named = (_section(anchor, base, url) for anchor in markup.anchors)
        found = [section for section in named if section and SECTION & set(path_words(section))]
        found = found or [*_told_apart(markup, base, url)]
    return tuple(dict.fromkeys(section for section in found if section))[:MAX_SECTIONS]


def _told_apart(markup: Markup, base: str, url: str) -> Iterator[str]:
    """Lists that differ in the value of one parameter, each with a short name: list.php?topic=1, list.php?topic=2 …"""
    kinds: dict[str, dict[str, None]] = {}
    for anchor in markup.anchors:
        written = _own(anchor.href, base, url)
        kind, _, value = (written or "").rpartition("=")
        is_list = not NO_LIST.search(kind) or (kind.endswith("?s") and value.isdigit())  # ?s=river is a search, ?s=3 the third section
        if "?" in kind and "&" not in kind and value and 0 < len(anchor.text.split()) <= SECTION_WORDS and is_list:
            kinds.setdefault(kind, {})[written or ""] = None
    for listed in kinds.values():
        if len(listed) >= LEAST_LISTS:
            yield from (address for address in listed if not looks_like_story(address))


def _section(anchor: Anchor, base: str, url: str) -> str | None:
    written = _own(anchor.href, base, url)
    if not written or not anchor.text or len(anchor.text) > 40 or len(anchor.text.split()) > 5:
        return None
    if is_home(written) or is_file(written) or looks_like_story(written) or NO_SECTION.search(written) or date_in_url(written):
        return None
    if not is_home_or_section(written) and not (anchor.in_menu and looks_like_story(written) is None):
        return None
    words = path_words(written)
    return None if "page" in words or SERVICE & set(words) or is_author_or_tag(words) else written


def is_author_or_tag(words: list[str]) -> bool:
    return bool({"author", "authors", "autor", "autores", "tag", "tags", "user", "etiqueta"} & set(words))


def _opt_outs(markup: Markup, headers: Mapping[str, str]) -> tuple[str, ...]:
    """robots meta, X-Robots-Tag, and the TDM reservation protocol (w3.org/community/reports/tdmrep)."""
    words = [word.strip().lower() for name in ("robots", settings.ROBOTS_NAME) for word in markup.metas.get(name, "").split(",")]
    words += [word.strip().lower() for word in headers.get("x-robots-tag", "").split(",")]
    told = [word for word in words if word in OPT_OUT_WORDS]
    reservation = headers.get("tdm-reservation", markup.metas.get("tdm-reservation", "")).strip()
    if reservation == "1":
        told.append("tdm-reservation: 1")
    return tuple(dict.fromkeys(told))
