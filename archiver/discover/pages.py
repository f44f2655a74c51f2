"""Links of front pages and section pages."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Literal
from urllib.parse import urlsplit

from archiver import settings
from archiver.discover.found import Collector, Found, is_found, is_story_link
from archiver.discover.markup import Markup, read_markup
from archiver.records import Link, Placing, Site
from archiver.urls import PAGE_PARAMETERS, SERVICE, identity, is_file, is_home, is_home_or_section, looks_like_story, normalise, path_words

PAGE_NUMBER = re.compile(
    r"(?P<path>/(?:page|pagina|p%C3%A1gina|seite|pag|p|page-|pagina-|seite-)/?(?P<a>\d{1,4})(?:\.html?)?/?$)|"
    rf"(?P<query>(?:^|&)(?:p|cp|{PAGE_PARAMETERS})=(?P<b>\d{{1,4}})(?=&|$))|"
    r"(?P<bare>/(?P<c>[2-9]|[1-9]\d)/?$)",
    re.IGNORECASE,
)
# Lists that count stories, not pages, or go back by the time of the last story shown.
OFFSET = re.compile(r"(?:^|&)(?:start|limitstart|offset|skip|o)=(\d{1,13})(?=&|$)", re.IGNORECASE)
NEXT_TEXT = re.compile(
    r"\W*(next( page)?|older( posts| entries| stories)?|more stories|siguientes?|p[aá]gina siguiente|anteriores|entradas antiguas|"
    r"m[aá]s antiguas|pr[oó]xim[ao]s?|mais antigas|suivante?s?|page suivante|articles plus anciens|weiter|n[aä]chste( seite)?|"
    r"[aä]ltere( beitr[aä]ge| artikel)?|successiv[ao]|avanti|volgende|n[aä]sta|następn[ay]( strona)?|starsze|další( strana)?|starší|"
    r"seuraavat?|vanhemmat|følgende|ældre|eldre|sonraki( sayfa)?|önceki|következő|régebbi|"
    r"următoare(le|a)|mai vechi|επόμεν[ηο]|selanjutnya|следваща|следующая|далее|下一页|次へ|التالي)\W*",
    re.IGNORECASE,
)
MOST_PARAMETERS = 10  # of an address that may be another view of a story
VIEWS = 3  # stories with the same parameter added, before it is one that shows them in another way
LANGUAGE_PARAMETER = re.compile(r"(?:l|lg|lng|lang|language|hl|locale|idioma|sprache|langue|jezyk)=", re.IGNORECASE)
PageRole = Literal["front_page", "section", "archive_page"]
STORY_TYPES = re.compile(r"Article|BlogPosting|LiveBlog")  # NewsArticle, OpinionNewsArticle, …

# At once (html.spec.whatwg.org, "shared declarative refresh steps"); after some seconds, readers have seen the page.
REFRESH = re.compile(r"\s*[01](?:\.\d*)?\s*[;,\s]\s*(?:url\s*=)?\s*[\"']?(?P<to>[^\"'\s]+)[\"']?\s*", re.IGNORECASE)
NOSCRIPT = re.compile(rb"<noscript\b.*?(?:</noscript>|\Z)", re.IGNORECASE | re.DOTALL)


def read_page_links(body: bytes, url: str, site: Site, source: PageRole = "front_page") -> Found:
    """Links of a page that may be stories or sections, in order, each once; `more` the next page of the list, when there is one;
    of a front page, which story stands where.

    A story is linked by its picture, its headline and "Read more": the headline is what stands in a heading, or first.
    Never raises. Pages of JavaScript alone still give the stories that their JSON-LD lists.
    """
    markup = read_markup(body)
    base = normalise(markup.base or "", url) or url
    collector = Collector(site, source, url)
    titles: dict[str, tuple[int, str]] = {}  # how surely it is the headline, and what it says
    beside: dict[str, None] = {}  # those that stand outside of menus
    inside: set[str] = set()  # addresses of which a place within the page is linked
    for anchor in markup.anchors:
        address = collector.own(anchor.href, base)
        if address and _may_lead(address, site):
            titles[address] = max(titles.get(address, (0, "")), (anchor.surely, anchor.headline), key=lambda title: title[0])
            if not anchor.in_menu:
                beside[address] = None
            if anchor.href.partition("#")[2]:
                inside.add(address)
    for address in _listed(markup.jsonld, collector, base):
        titles.setdefault(address, (0, ""))
        beside[address] = None
    views = _views(titles, inside)
    for address, (_, title) in list(titles.items())[: settings.MAX_LINKS_PER_PAGE]:
        if address in views:
            continue
        collector.add(address, title=title or None)
    found = collector.found(more=_next_page(markup, base, url, collector), problem=_problem(markup, titles))
    if source != "front_page":
        return found
    listed = [link for address in beside or titles if (link := collector.links.get(address))]
    return replace(found, placings=read_placings(listed, site))


def read_placings(links: Iterable[Link], site: Site) -> tuple[Placing, ...]:
    """Which story stands where, of a front page's links in their order: each story once, and nothing but stories.

    The first MAX_PLACINGS. Words that stand at several stories ("Read more") are nobody's headline. Raises SlowPattern.
    """
    stories: dict[str, Link] = {}
    for link in links:
        if is_story_link(link, site):
            stories.setdefault(identity(link.url), link)
        if len(stories) == settings.MAX_PLACINGS:
            break
    said = Counter(link.title for link in stories.values())
    shown = [(link.url, link.title or "" if said[link.title] == 1 else "") for link in stories.values()]
    return tuple(Placing(url, position, text) for position, (url, text) in enumerate(shown, 1))


def find_refresh(body: bytes, header: str, url: str) -> str | None:
    """Where a page sends its readers before they can see it, by the header Refresh or `<meta http-equiv="refresh">`; None for most.

    Not what it is sent to without scripts, and not itself with another query: a check for robots does that.
    """
    markup = read_markup(NOSCRIPT.sub(b"", body)) if b"refresh" in body.lower() else Markup()
    match = REFRESH.fullmatch(header) or REFRESH.fullmatch(markup.metas.get("refresh", ""))
    target = normalise(match["to"], normalise(markup.base or url, url) or url) if match else None
    return target if target and target.partition("?")[0] != url.partition("?")[0] else None


def _views(addresses: Collection[str], inside: Collection[str]) -> set[str]:
    """Addresses of a list that show once more what is linked too: of several stories, each with the same parameter added; of one, where
    the link leads to a place `inside` the page.

    "?id=7" and "?id=7&kom=1" (with its comments open), "?id=8" and "?id=8&kom=1" … A parameter that names the story has other values.
    """
    found: dict[str, list[str]] = {}
    for address in addresses:
        path, _, query = address.partition("?")
        parts = query.split("&", MOST_PARAMETERS) if query else []
        if len(parts) > MOST_PARAMETERS:
            continue
        for index, part in enumerate(parts):
            rest = "&".join(parts[:index] + parts[index + 1 :])
            if (f"{path}?{rest}" if rest else path) in addresses and not LANGUAGE_PARAMETER.match(part):
                found.setdefault(part, []).append(address)
    return {address for shown in found.values() for address in shown if len(shown) >= VIEWS or address in inside}


def _may_lead(url: str, site: Site) -> bool:
    """To a story, or to a section; not to files, forms, pages about the house, or further pages of a list."""
    if is_found("article_url", site, url):
        return True
    if is_file(url) or is_home(url):
        return False
    if looks_like_story(url) is not False:
        return True
    words = path_words(url)
    return not urlsplit(url).query and not SERVICE & set(words) and "page" not in words and is_home_or_section(url)


def _problem(markup: Markup, titles: Collection[str]) -> str | None:
    if len(titles) > settings.MAX_LINKS_PER_PAGE:
        return f"{len(titles)} links; the first {settings.MAX_LINKS_PER_PAGE} were taken"
    if not markup.anchors and not titles:
        return "no links in the page"
    return None


def _listed(blocks: list[str], collector: Collector, base: str) -> Iterator[str]:
    """Stories that JSON-LD lists: ItemList elements and articles."""
    for block in blocks[:50]:
        try:
            nodes = json.loads(block)
        except (ValueError, RecursionError):
            continue
        for address in _addresses(nodes):
            written = collector.own(address, base)
            if written and _may_lead(written, collector.site):
                yield written


def _addresses(node: Any, depth: int = 0) -> Iterator[str]:
    if depth > 8:
        return
    if isinstance(node, list):
        for part in node[: settings.MAX_LINKS_PER_PAGE]:
            yield from _addresses(part, depth + 1)
    elif isinstance(node, dict):
        kind = str(node.get("@type", ""))
        address = node.get("url") or node.get("@id")
        if (kind == "ListItem" or STORY_TYPES.search(kind)) and isinstance(address, str):
            yield address
        for name in ("@graph", "itemListElement", "item", "mainEntity", "hasPart", "blogPost"):
            yield from _addresses(node.get(name), depth + 1)


def _next_page(markup: Markup, base: str, url: str, collector: Collector) -> tuple[str, ...]:
    """By rel=next, by the next number, by the word on the link; of the same list only."""
    here = _split(normalise(url) or url)
    declared = [(link["href"], "") for link in markup.links if "next" in link["rel"].lower().split()]
    anchors = [(anchor.href, anchor.text.strip()) for anchor in markup.anchors]
    declared += [(anchor.href, "") for anchor in markup.anchors if "next" in {*anchor.rel.split(), *re.split(r"[\s_-]+", anchor.css)}]
    worded = [(href, "") for href, text in anchors if NEXT_TEXT.fullmatch(text)]
    for links in (declared, anchors, worded):
        pages: dict[int, str] = {}
        for href, text in links:
            address = collector.own(href, base)
            there = _split(address) if address else here
            if address and there.list == here.list and there.follows(here, text, is_told=links is not anchors):
                pages.setdefault(there.number or 0, address)
        if pages:
            return (pages[min(pages)],)
    return ()


@dataclass(frozen=True, slots=True)
class _Place:
    """Which part of a list an address shows."""

    list: str  # its own address
    number: int | None = None  # of the page, or of the stories before; None: the address has none
    counts_stories: bool = False

    def follows(self, before: _Place, text: str, is_told: bool) -> bool:
        """Whether it comes right behind that part: a link says so, or has its number for a text. Drupal calls the second page 1."""
        if self.number is None or self == before:
            return False
        if self.counts_stories:
            return is_told or (text.isdecimal() and self.number > (before.number or 0))
        if before.number is None and self.number == 1:
            return is_told or text == "2"
        page = before.number or 1
        return self.number > page if is_told else self.number == page + 1


def _split(url: str) -> _Place:
    """ ".../news/page/3/" is the third page of ".../news"."""
    parts = urlsplit(url)
    for part, name in ((parts.path, "path"), (parts.query, "query")):
        match = PAGE_NUMBER.search(part)
        if match and (match.group(name) or (name == "path" and match["bare"])):
            rest = part[: match.start()] + part[match.end() :]
            number = int(match["a"] or match["b"] or match["c"])
            if name == "path":
                return _Place(identity(parts._replace(path=rest or "/").geturl()), number)
            return _Place(identity(parts._replace(query=rest.strip("&")).geturl()), number)
    if match := OFFSET.search(parts.query):
        rest = parts.query[: match.start()] + parts.query[match.end() :]
        return _Place(identity(parts._replace(query=rest.strip("&")).geturl()), int(match[1]), counts_stories=True)
    return _Place(identity(url))
