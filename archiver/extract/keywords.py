"""What a story is about, in the words of its publisher.

A page may list its topics in JSON-LD, in several meta tags and as links below the text. The list is taken that the others bear out;
machine codes, the site's own name and what every story of the site carries are left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from html import unescape
from typing import Any
from urllib.parse import urlsplit

from archiver.extract.blocks import Block, Element
from archiver.extract.evidence import Candidate, choose, clean
from archiver.extract.page import Page
from archiver.extract.words import any_pattern, read_words
from archiver.records import Evidence

MAX_KEYWORDS = 60
KEYWORD_LENGTH = 100  # characters; longer ones are sentences
LINK_TEXT = 60  # characters of a link to a topic
MAX_TOPIC_LINKS = 20

SEPARATORS = re.compile(r"\s*[,;，、；|\n]\s*")
WIDE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
CODE = re.compile(r"[A-Z][A-Z0-9]*(?:[-:_][A-Z0-9-]+)*$")
IDENTIFIER = re.compile(
    r"(?:[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}|[0-9a-f]{16,}|\d{5,}|[a-z]+[_:][a-z0-9_:/.-]+|https?://.*|[a-z])$", re.I
)
NO_LETTERS = re.compile(r"[\W_]+")
CODES_SHARE = 0.6  # of a list: more are codes of a wire service, and all of it is for machines
MIN_CODES = 4

Words = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Listed:
    """One list of topics as the page gives it, cleaned."""

    words: Words
    method: str
    locator: str
    raw: str
    own: bool = False  # names the site itself, as lists do that are the same on every page

    @property
    def keys(self) -> frozenset[str]:
        return frozenset(map(key_of, self.words))


def read_keywords(page: Page) -> tuple[Words, tuple[Evidence, ...]]:
    """Topics of the page's story as printed, in their order, without doubles."""
    lists = [listed for listed in every_list(page) if listed.words]
    ordered = preferred(lists)
    words, evidence = choose(
        "keywords", [Candidate(item.words, item.raw, item.method, item.locator, CONFIDENCE.get(item.method, 0.6)) for item in ordered]
    )
    return words or (), evidence


CONFIDENCE = {"jsonld": 0.9, "meta": 0.85, "links": 0.8, "about": 0.6, "sections": 0.4}


def every_list(page: Page) -> Iterator[Listed]:
    site = site_keys(page)
    values = page.article.get("keywords")
    yield listed(words_in(values, page, 0), "jsonld", "keywords", values, site)
    for name in read_words("keyword_metas"):
        contents = page.metas.get(name)
        if contents:
            yield listed(split_all(contents), "meta", name, contents, site)
    links = topic_links(page)
    yield listed(links, "links", "links to topics", links, site)
    about = page.article.get("about")
    yield listed(words_in(about, page, 0), "about", "about", about, site)
    sections = page.article.get("articleSection")
    yield listed(words_in(sections, page, 0), "sections", "articleSection", sections, site)


def preferred(lists: Sequence[Listed]) -> list[Listed]:
    """Best first: what other sources bear out, then the order of the sources; lists that name the site, and sections, come last."""
    support = {id(item): sum(best_match(item, lists, family) for family in FAMILIES if family != family_of(item)) for item in lists}
    return sorted(lists, key=lambda item: -(support[id(item)] + PRIOR[family_of(item)] - item.own))


FAMILIES = ("jsonld", "keywords", "tags", "links", "about", "sections")
PRIOR = {"jsonld": 0.3, "keywords": 0.28, "tags": 0.2, "links": 0.2, "about": -0.5, "sections": -1.0}


def family_of(item: Listed) -> str:
    """news_keywords and keywords are mostly the same string: they do not bear each other out."""
    if item.method != "meta":
        return item.method
    return "keywords" if "keywords" in item.locator else "tags"


def best_match(item: Listed, lists: Sequence[Listed], family: str) -> float:
    """Likeness (Jaccard) to the nearest list of a family."""
    keys = item.keys
    return max((len(keys & other.keys) / len(keys | other.keys) for other in lists if family_of(other) == family), default=0.0)


def listed(words: Iterable[str], method: str, locator: str, raw: object, site: frozenset[str]) -> Listed:
    """A list without machine words, the site's name and doubles."""
    given = [clean(unescape(word), 2 * KEYWORD_LENGTH).strip(" \"'#.,;") for word in words]
    given = [word for word in map(without_label, given) if word]
    codes = sum(CODE.match(word) is not None for word in given)
    if codes >= MIN_CODES and codes >= CODES_SHARE * len(given):
        given = []
    own = any(key_of(word) in site for word in given)
    noise = noise_words() if own else frozenset()
    kept: dict[str, str] = {}
    for word in given:
        key = key_of(word)
        if key and key not in site and word.casefold() not in noise and len(word) <= KEYWORD_LENGTH and not IDENTIFIER.match(word):
            kept.setdefault(key, word)
    return Listed(tuple(kept.values())[:MAX_KEYWORDS], method, locator, clean(raw, 500), own)


@cache
def noise_words() -> frozenset[str]:
    return frozenset(read_words("keyword_noise"))


@cache
def machine_labels() -> tuple[frozenset[str], frozenset[str]]:
    """Labels whose entry is dropped, and labels whose value is kept."""
    labels = read_words("machine_labels")
    return frozenset(label for label in labels if label[0] != "="), frozenset(label[2:] for label in labels if label[0] == "=")


def without_label(word: str) -> str:
    label, colon, value = word.partition(":")
    if not colon:
        return word
    dropped, kept = machine_labels()
    name = label.strip().casefold()
    return "" if name in dropped else value.strip() if name in kept else word


def words_in(value: Any, page: Page, depth: int) -> list[str]:
    """Keywords in a JSON-LD value: a string with separators, a list, DefinedTerms."""
    if isinstance(value, str):
        return split(value)
    if isinstance(value, list) and depth < 3:
        if len(value) == 1:
            return words_in(page.graph.resolved(value[0]), page, depth + 1)
        return [
            word
            for member in page.graph.many(value)
            for word in ([member] if isinstance(member, str) else words_in(member, page, depth + 1))
        ]
    if isinstance(value, dict) and depth < 3:
        return words_in(value.get("name") or value.get("@list") or value.get("termCode"), page, depth + 1)
    return []


def split_all(contents: Sequence[str]) -> list[str]:
    return split(contents[0]) if len(contents) == 1 else list(contents)


def split(text: str) -> list[str]:
    """Words of a list in one string. Chinese, Japanese and Korean lists may have spaces alone between them."""
    text = text[:10_000].strip()
    parts = [part for part in SEPARATORS.split(text) if part]
    if len(parts) == 1 and text.count("#") > 1:
        return [part for part in text.split("#") if part.strip()]
    if len(parts) == 1 and WIDE.search(text) and text.count(" ") > 1:
        return text.split()
    return parts


def key_of(text: str) -> str:
    return NO_LETTERS.sub("", text.casefold())


def site_keys(page: Page) -> frozenset[str]:
    host = (urlsplit(page.url).hostname or "").removeprefix("www.")
    names = [*page.site_names, host, host.rsplit(".", 1)[0]]
    return frozenset(key for name in names if len(key := key_of(name)) > 1)


# --- links below the text


TAG_CLASS = re.compile(
    r"(?:^|[\s_-]|(?<=[a-z])(?=[A-Z]))(?:[Tt]ags?|taglist|[Tt]agcloud|[Tt]opics?|[Kk]eywords?|themen|thema|stichworte|schlagworte)(?=$|[\s_-]|[A-Z])"
)
CATEGORY_PATH = re.compile(r"/(?:category|categories|categorie|categoria|kategorie|kategori|rubrique|section)/[^/?#]", re.I)
BREADCRUMB = re.compile(r"bread-?crumb", re.I)
STORY_SLUG = re.compile(r"(?:[^/-]+-){4}[^/]*/?$|\d{6}")  # the end of a story's address, not a topic's
NOT_HERE = frozenset({"related", "newsletter", "comments", "hidden"})
LONG = 120  # characters of a block that belongs to the text
NEAR = 12  # blocks after the text, for lists that nothing but a label or a class name tells
FAR = 40
BEFORE = 6  # blocks before the headline


@cache
def topic_path() -> re.Pattern[str]:
    return re.compile(rf"/(?:{any_pattern('topic_paths')})(?:/[^/?#]|[-_][^/])", re.I)


@cache
def topic_root() -> re.Pattern[str]:
    """Addresses of lists of all topics."""
    return re.compile(rf"/(?:{any_pattern('topic_paths')})/?(?:index\.\w+)?(?:[?#].*)?$", re.I)


@cache
def label_pattern() -> re.Pattern[str]:
    return re.compile(rf"\W*(?:{any_pattern('topic_labels')})(?:\s*[:：]\s*|\s*$|\s+(?=\W)|(?=[A-ZÀ-Ž]))", re.I)


@dataclass(slots=True)
class Group:
    """A run of blocks that are nothing but short links."""

    words: list[str]
    hrefs: list[str]
    block: Block  # the first
    home: Element
    labelled: bool
    distance: int  # blocks since the text
    early: bool  # stands before the headline

    def adjoins(self, block: Block, home: Element) -> bool:
        same = home is self.home or (
            self.labelled and home is not None and home.get("class") == self.home.get("class") and home.tag == self.home.tag == "ul"
        )
        return same and bool(self.words)


def topic_links(page: Page) -> list[str]:
    """Texts of the links in the story's list of topics, which its label, its class name or its addresses tell."""
    blocks = page.outline.blocks
    start = next((index for index, block in enumerate(blocks) if block.tag == "h1"), 0)
    text = [block for block in blocks[start : start + FAR] if block.tag == "h1" or (len(block.text) > LONG and not block.is_link)][:3]
    around = {outer for block in text for outer in block.owner.iterancestors()}
    best, words = 0, []
    for group in grouped(blocks[max(0, start - BEFORE) :], min(start, BEFORE)):
        weight = weigh(group, around)
        if weight > best:
            best, words = weight, group.words
    return words[:MAX_TOPIC_LINKS]


def grouped(blocks: Sequence[Block], start: int) -> Iterator[Group]:
    labelled, distance = False, 0
    group: Group | None = None
    for index, block in enumerate(blocks):
        distance = 0 if index <= start or (len(block.text) > LONG and not block.is_link) else distance + 1
        label = label_pattern().match(block.text) if len(block.text) < 4 * LONG else None
        links = short_links(block) if block.is_link or (label and block.links) else []
        home = block.setting.list if block.setting.list is not None else block.owner.getparent()
        opens = label is not None and not block.is_link
        if group and (opens or not links or not group.adjoins(block, home)):
            yield group
            group, labelled = None, False
        if links:
            group = group or Group([], [], block, home, labelled or opens, distance, index < start)
            group.words += [text for text, _ in links]
            group.hrefs += [href for _, href in links]
        labelled = opens if opens and not links else labelled and group is not None
    if group:
        yield group


def weigh(group: Group, around: set[Element]) -> int:
    """How much speaks for a list of the story's topics; 0 where it is none. `around`: the elements that hold the story."""
    zones, classed = set(), False
    zone = group.block.setting.zone
    while zone is not None and zone.root not in around:
        names = f"{zone.root.get('class') or ''} {zone.root.get('id') or ''}"
        named = TAG_CLASS.search(names) is not None
        classed = classed or named
        zones |= {"related"} if BREADCRUMB.search(names) else set() if named else {zone.name}
        zone = zone.outer
    inside = group.block.setting.article is not None
    total = len(group.hrefs)
    paths = 2 * sum(topic_path().search(href) is not None for href in group.hrefs) > total
    told = paths or group.labelled or classed
    if (
        zones & NOT_HERE
        or ("footer" in zones and not inside)
        or ("nav" in zones and not (classed or (inside and (group.labelled or paths))))
    ):
        return 0
    if not (paths or classed) and any(STORY_SLUG.search(href) for href in group.hrefs):
        return 0
    if group.distance > (FAR if inside or paths else NEAR) or (group.early and not (inside and classed)):
        return 0
    if not told:
        return int(total > 2 and all(CATEGORY_PATH.search(href) for href in group.hrefs))
    if paths and not (group.labelled or classed or total > 1):
        return 1
    return 4 * group.labelled + 3 * paths + 2 * classed + (total > 1)


def short_links(block: Block) -> list[tuple[str, str]]:
    """(text, href) of a block's links; none where one is too long for a topic."""
    outer = block.setting.link
    found = [(block.text, outer.get("href") or "")] if outer is not None and not block.links else list(links_of(block))
    if any(len(text) > LINK_TEXT for text, _ in found):
        return []
    return [(text, href) for text, href in found if text and not text.endswith(":") and not topic_root().search(href)]


def links_of(block: Block) -> Iterator[tuple[str, str]]:
    href: str | None = None
    words: list[str] = []
    for piece in block.pieces:
        if type(piece) is str:
            words.append(piece)
        elif piece[0] == "a":
            href, words = piece[1], []
        elif piece[0] == "/a" and href is not None:
            yield clean("".join(words), 2 * LINK_TEXT), href
            href = None
