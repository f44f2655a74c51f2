"""What a story is about, in the words of its publisher.

A page may list its topics in JSON-LD, in several meta tags and as links below the text. The list is taken that the others bear out;
machine codes, the site's own name and what every story of the site carries are left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from html import unescape
from itertools import takewhile
from typing import Any
from urllib.parse import urlsplit

from lxml import etree

from archiver.extract.blocks import Block, Element, Zone, letters, lies_in, links_of
from archiver.extract.evidence import Candidate, choose, clean
from archiver.extract.moments import EASTERN_SIGNS
from archiver.extract.page import Page
from archiver.extract.sections import IN_CATEGORY
from archiver.extract.words import any_pattern, read_words
from archiver.records import Evidence

MAX_KEYWORDS = 60
KEYWORD_LENGTH = 100  # characters; longer ones are sentences
LEAST_HEADLINE = 20  # letters; a shorter headline may be a topic
SPELLED_OUT = 4  # words of a headline, one by one
LINK_TEXT = 60  # characters of a link to a topic
LINE_TEXT = 400  # characters of a line with date, section, author and topics
MAX_TOPIC_LINKS = 20

SEPARATORS = re.compile(r"\s*[,;،؛，、；|\n]\s*")
CODE = re.compile(r"[A-Z][A-Z0-9]*(?:[-:_][A-Z0-9-]+)*$")
IDENTIFIER = re.compile(
    r"(?:[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}|[0-9a-f]{16,}|\d{5,}|[a-z]+[_:][a-z0-9_:/.-]+|https?://.*|@.*|[a-z])$", re.I
)
COUNT = re.compile(r"(?<=\w)\s+\(?\d{1,6}\)?$")
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
    keys: frozenset[str] = frozenset()  # the words, for comparing


def read_keywords(page: Page) -> tuple[Words, tuple[Evidence, ...]]:
    """Topics of the page's story as printed, in their order, without doubles."""
    told = [title for title in (page.article.get("headline"), page.meta("og:title"), page.title) if isinstance(title, str)]
    titles = set(map(letters, told))
    lists = [without(titles, item) for item in every_list(page) if not is_spelled_out(item, told)]
    lists = [item for item in lists if item.words] or [item for item in printed_lists(page) if item.words]
    ordered = preferred(lists)
    words, evidence = choose(
        "keywords", [Candidate(item.words, item.raw, item.method, item.locator, CONFIDENCE.get(item.method, 0.6)) for item in ordered]
    )
    return words or (), evidence


def without(titles: Set[str], item: Listed) -> Listed:
    """A list without the story's headline, which some systems put first, and the buttons among links."""
    words = tuple(
        word
        for word in item.words
        if not (len(key := letters(word)) >= LEAST_HEADLINE and key in titles) and not (item.method == "links" and is_button(word))
    )
    return item if len(words) == len(item.words) else replace(item, words=words, keys=frozenset(map(letters, words)))


def is_spelled_out(item: Listed, titles: Sequence[str]) -> bool:
    """Whether a list is the headline word by word: "mayor, calls, it, a, scandal"."""
    if len(item.words) < SPELLED_OUT:
        return False
    first = item.words[0].casefold()
    begun = [letters(word) for word in item.words[:SPELLED_OUT]]
    return any(begun == long_words(title)[:SPELLED_OUT] for title in titles if first in title[: len(first) + 4].casefold())


def long_words(title: str) -> list[str]:
    """A lonely letter is no topic."""
    return [key for word in title[:500].split() if len(key := letters(word)) > 1]


def is_button(word: str) -> bool:
    """ "Share", "82 Comments": what stands in a row with topics and links to something else."""
    return word.lstrip("0123456789 ").casefold() in buttons()


@cache
def buttons() -> frozenset[str]:
    return frozenset(read_words("buttons"))


CONFIDENCE = {"jsonld": 0.9, "meta": 0.85, "links": 0.8, "about": 0.6, "print": 0.6, "sections": 0.4}


def every_list(page: Page) -> Iterator[Listed]:
    site = site_keys(page)
    values = page.article.get("keywords")
    yield listed(words_in(values, page, 0), "jsonld", "keywords", values, site)
    for name in read_words("keyword_metas"):
        contents = page.metas.get(name)
        if contents:
            words = [word for content in contents for word in split(content)] if "keywords" in name else split_all(contents)
            yield listed(words, "meta", name, contents, site)
    links = topic_links(page)
    yield listed(links, "links", "links to topics", links, site)
    about = page.article.get("about")
    yield listed(words_in(about, page, 0), "about", "about", about, site)
    sections = page.article.get("articleSection")
    yield listed(words_in(sections, page, 0), "sections", "articleSection", sections, site)


def preferred(lists: Sequence[Listed]) -> list[Listed]:
    """Best first: what other sources bear out, then the order of the sources; lists that name the site, and sections, come last."""
    lists = [item for item in lists if not is_joined(item, lists)]
    sections = frozenset[str]().union(*(item.keys for item in lists if item.method == "sections"))
    trust = {
        id(item): support(item, lists) + PRIOR[family_of(item)] - item.own - 0.3 * (item.keys <= sections) - is_focus(item, lists)
        for item in lists
    }
    return sorted(lists, key=lambda item: -trust[id(item)])


# What a source is worth where nothing bears it out, and as a witness for others: readers see the links.
PRIOR = {"jsonld": 0.3, "keywords": 0.28, "links": 0.25, "tags": 0.2, "print": 0.1, "about": -0.5, "sections": -1.0}
WITNESS = {"jsonld": 1.0, "keywords": 1.0, "links": 1.3, "tags": 1.0, "print": 1.0, "about": 0.3, "sections": 0.0}


def family_of(item: Listed) -> str:
    """news_keywords and keywords are mostly the same string: they do not bear each other out."""
    if item.method != "meta":
        return item.method
    return "keywords" if "keywords" in item.locator else "tags"


def is_focus(item: Listed, lists: Sequence[Listed]) -> bool:
    """Whether a list is the one word that a story is to be found by (SEO plugins), and stands among its topics elsewhere."""
    return len(item.keys) == 1 and any(item.keys < other.keys for other in lists if family_of(other) in ("links", "tags"))


def support(item: Listed, lists: Sequence[Listed]) -> float:
    """Likeness (Jaccard) to the nearest list of every other family, weighted."""
    best: dict[str, float] = {}
    for other in lists:
        family = family_of(other)
        if family != family_of(item):
            best[family] = max(best.get(family, 0.0), len(item.keys & other.keys) / len(item.keys | other.keys))
    own = family_of(item)
    return sum(max(WITNESS[family], WITNESS[own] if WITNESS[family] >= 1 else 0) * likeness for family, likeness in best.items())


def is_joined(item: Listed, lists: Sequence[Listed]) -> bool:
    """Whether a list is one string that lost its separators: another list has the same words, apart."""
    if len(item.words) != 1 or " " not in item.words[0]:
        return False
    words = set(item.words[0].casefold().split())
    return any(len(other.words) > 1 and words == {word for entry in other.words for word in entry.casefold().split()} for other in lists)


def listed(words: Iterable[str], method: str, locator: str, raw: object, site: frozenset[str]) -> Listed:
    """A list without machine words, the site's name and doubles."""
    given = without_counts([clean(unescape(word), 2 * KEYWORD_LENGTH).strip(" \"'#.,;") for word in words])
    given = [word for word in map(without_label, given) if word]
    codes = sum(CODE.match(word) is not None for word in given)
    if codes >= MIN_CODES and codes >= CODES_SHARE * len(given):
        given = []
    own = any(letters(word) in site for word in given)
    noise = noise_words() if own else frozenset()
    kept: dict[str, str] = {}
    for word in given:
        key = letters(word)
        if key and key not in site and word.casefold() not in noise and len(word) <= KEYWORD_LENGTH and not IDENTIFIER.match(word):
            kept.setdefault(key, word)
    return Listed(tuple(kept.values())[:MAX_KEYWORDS], method, locator, clean(raw, 500), own, frozenset(kept))


def without_counts(words: list[str]) -> list[str]:
    """ "ferries 168", "harbour (12)": how many stories have each topic."""
    counted = [COUNT.search(word) for word in words]
    if len(words) < 2 or not all(counted):
        return words
    return [word[: count.start()] for word, count in zip(words, counted, strict=True) if count]


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
    """Keywords of several meta tags: one each, or one tag that lists them all."""
    if len(contents) == 1:
        return split(contents[0])
    single = set(contents)
    return [content for content in contents if not ("," in content and single.issuperset(split(content)))]


def split(text: str) -> list[str]:
    """Words of a list in one string. Chinese, Japanese and Korean lists may have spaces alone between them."""
    text = unescape(text[:10_000]).strip()
    if text[:2] == '["' and text[-2:] == '"]':  # a list of JSON
        text = text[2:-2].replace('","', ",").replace('", "', ",")
    parts = [part for part in SEPARATORS.split(text) if part]
    if len(parts) == 1 and text.count("#") > 1:
        return [part for part in text.split("#") if part.strip()]
    if len(parts) == 1 and EASTERN_SIGNS.search(text) and text.count(" ") > 1:
        return text.split()
    return parts


def site_keys(page: Page) -> frozenset[str]:
    host = (urlsplit(page.url).hostname or "").removeprefix("www.")
    names = [*page.site_names, host, host.rsplit(".", 1)[0]]
    return frozenset(key for name in names if len(key := letters(name)) > 1)


# --- rows without links below the text


ROW = 300  # characters
LABELLED = re.compile(r"(?P<label>[^:：|]{2,45}?)\s*[:：|]\s*(?P<rest>\S.*)", re.DOTALL)
HASHTAGS = re.compile(r"(?:#[^\s#,;|·]{2,40}[\s,;|·]*){2,}")
TOPIC_LENGTH = 40  # characters
AMID = 3  # blocks behind a line among which the text goes on
TOPIC_SPACES = 4
BETWEEN = " ,;|·•/\n"  # what stands between topics in elements of their own


def printed_lists(page: Page) -> Iterator[Listed]:
    """The first row of topics below the headline that has no links, where nothing else tells topics."""
    blocks = page.outline.blocks
    start = next((index for index, block in enumerate(blocks) if block.tag == "h1"), 0)
    places = Places(set())
    told = {index for index, block in enumerate(blocks) if index > start and len(block.text) > LONG and not block.is_link}
    first = min(told, default=len(blocks))
    for index in range(start + 1, len(blocks)):
        amid = first < index and not told.isdisjoint(range(index + 1, index + 1 + AMID))
        words = [] if amid or places.is_elsewhere(blocks[index]) else told_topics(blocks[index]) or topics_below(blocks, index)
        if words:
            yield listed(words, "print", "row of topics", words, site_keys(page))
            return


def told_topics(block: Block) -> list[str]:
    """The topics of a line without links that is a list of them: "Tags: mill, weir", each in an element of its own, or "#mill #weir"."""
    text = block.text
    if block.links or len(text) > ROW or block.setting.link is not None:
        return []
    if text[0] == "#":
        words = text.replace("#", " #").split() if HASHTAGS.fullmatch(text) else []
    elif (labelled := LABELLED.match(text)) and is_label(labelled["label"]):
        words = split(labelled["rest"])
    else:
        words = topics_by_element(block)
    return words if are_topics(words) else []


def topics_below(blocks: Sequence[Block], index: int) -> list[str]:
    """The topics in the list, or on the one line, right below a label that stands alone."""
    if blocks[index].links or not is_label(blocks[index].text) or index + 1 == len(blocks):
        return []
    first = blocks[index + 1]
    if first.links or first.setting.link is not None:
        return []
    if first.tag not in ITEMS:
        words = split(first.text) if len(first.text) <= ROW else []
        return words if are_topics(words) else []
    home = first.owner.getparent()
    following = blocks[index + 1 : index + 2 + MAX_TOPIC_LINKS]
    items = takewhile(lambda block: block.owner.getparent() is home and block.tag == first.tag, following)
    words = [word for item in items for word in (split(item.text) if first.tag == "dd" else [item.text])]
    return words if are_topics(words) else []


ITEMS = frozenset({"li", "dd"})


def topics_by_element(block: Block) -> list[str]:
    """Of "<span>Topics</span> <span>Mill</span> <span>Weir</span>": the words behind the label."""
    owner = block.owner
    if len(owner) < 3 or (owner.text or "").strip() or not is_label("".join(owner[0].itertext()).strip()):
        return []
    if any(child.tag == "br" or (child.tail or "").strip(BETWEEN) for child in owner):
        return []
    words = [clean("".join(child.itertext())) for child in owner]
    return [word for word in words[1:] if word.strip(BETWEEN)] if letters("".join(words)) == letters(block.text) else []


def are_topics(words: Sequence[str]) -> bool:
    """Whether words are short as topics are; one alone may be anything."""
    return 2 <= len(words) <= MAX_TOPIC_LINKS and all(
        len(word) <= TOPIC_LENGTH and word.count(" ") <= TOPIC_SPACES and ":" not in word and not ENDS_SENTENCE.search(word)
        for word in words
    )


# --- links below the text


TAG_CLASS = re.compile(
    r"(?:^|[\s_-]|(?<=[a-z])(?=[A-Z]))(?:[Tt]ags?|taglist|[Tt]agcloud|[Tt]opics?|[Kk]eywords?|themen|thema|stichworte|schlagworte)(?=$|[\s_-]|[A-Z])"
)
BREADCRUMB = re.compile(r"bread-?crumb", re.I)
STORY_SLUG = re.compile(r"(?:[^/-]+-){4}[^/]*/?$|\d{6}")  # the end of a story's address, not a topic's
NOT_HERE = frozenset({"related", "newsletter", "comments", "hidden"})
SHARING = frozenset({"share"})
FACTS = frozenset({"meta", "nav", "footer", "below", "bio"})  # where a story's date, section, author and tags stand in one line
TAG_BOX = re.compile(
    r"(?:^|[-_])(?:tags?|taglist|keywords?|topics?)(?:[-_](?:list|group|items|area|box|wrap(?:per)?|container|links))?$", re.I
)
LONG = 120  # characters of a block that belongs to the text
ENDS_SENTENCE = re.compile(r"[^\W\d_]{3,}[.!?。！？।]\s*$")
NEAR = 12  # blocks after the text, for lists that nothing but a label or a class name tells
FAR = 40
BEFORE = 6  # blocks before the headline


@cache
def topic_parts() -> frozenset[str]:
    return frozenset(read_words("topic_paths"))


TAG_LINKS = etree.XPath(".//a[@rel='tag']")
TOPIC_QUERY = re.compile(r"[?&](?:tag_?name|keywords?|sc_word|hashtag)=[^&]", re.IGNORECASE)


@lru_cache(maxsize=5_000)
def is_topic_path(href: str) -> bool:
    """Whether an address is "…/tag/wheat", "…/tag?q=wheat" or "…/search?keyword=wheat"."""
    parts = path_parts(href)
    if any(part in topic_parts() for part in parts[:-1]):
        return True
    query = href[:500].partition("?")[2]
    return bool(query) and ((bool(parts) and parts[-1] in topic_parts() and "=" in query) or TOPIC_QUERY.search(href[:500]) is not None)


def is_topic_root(href: str) -> bool:
    """Whether an address is the list of all topics: "…/tags/"."""
    parts = path_parts(href)
    return bool(parts) and parts[-1] in topic_parts() and "?" not in href


def path_parts(href: str) -> list[str]:
    path = href[:500].partition("#")[0].partition("?")[0].lower()
    return [part for part in path.split("/") if part]


@cache
def labels() -> frozenset[str]:
    return frozenset(bare(label) for label in read_words("topic_labels"))


def is_label(text: str) -> bool:
    return len(text) < LINK_TEXT and bare(text).strip(" :：■#•|▶►-–—") in labels()


def bare(text: str) -> str:
    """For comparing labels: without case, and without the dot that the small letter keeps of a Turkish capital ("ETİKETLER")."""
    return text.casefold().replace("\u0307", "")


@lru_cache(maxsize=20_000)
def named_topics(names: str) -> bool:
    """Whether class names tell of a list of topics. The cache pays since a site uses the same names on each page."""
    return TAG_CLASS.search(names) is not None


class Places:
    """Which parts of the page a block lies in."""

    def __init__(self, around: set[Element]) -> None:
        self.around = around  # elements that hold the story
        self.known: dict[int, tuple[frozenset[str], bool]] = {}  # by the identity of a zone

    def zones_of(self, block: Block) -> tuple[frozenset[str], bool]:
        """Names of the zones around a block, the story's own left out, and whether one of them is named after topics."""
        return self.read(block.setting.zone)

    def read(self, zone: Zone | None) -> tuple[frozenset[str], bool]:
        if zone is None or zone.root in self.around:
            return frozenset(), False
        if id(zone) not in self.known:
            zones, classed = self.read(zone.outer)
            names = f"{zone.root.get('class') or ''} {zone.root.get('id') or ''}"
            if BREADCRUMB.search(names):
                zones |= {"related"}
            elif named_topics(names):
                classed = True
            else:
                zones |= {zone.name}
            self.known[id(zone)] = zones, classed
        return self.known[id(zone)]

    def is_elsewhere(self, block: Block) -> bool:
        """Whether a block lies where no list of the story's topics is: other stories, comments, the site's navigation and footer."""
        if block.setting.zone is None:
            return False
        zones, classed = self.zones_of(block)
        inside = block.setting.article is not None
        return bool(zones & NOT_HERE) or (not inside and ("footer" in zones or ("nav" in zones and not classed)))


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
    mixed: bool  # links to topics picked out of a line that says more: "March 3 | News | wheat, prices"
    last: Element  # `home` of the last one

    def adjoins(self, block: Block, home: Element) -> bool:
        if lies_in(block, SHARING) and not lies_in(self.block, SHARING):
            return False
        same = home is self.home or (
            self.labelled and home is not None and home.get("class") == self.home.get("class") and home.tag == self.home.tag == "ul"
        )
        return (same or self.is_beside(home)) and bool(self.words)

    def is_beside(self, home: Element) -> bool:
        """Whether `home` is the box of the next link of a row: boxes of one kind, one link in each."""
        before = home.getprevious() if home is not None else None
        return before is not None and before is self.last and (before.tag, before.get("class")) == (home.tag, home.get("class"))


def topic_links(page: Page) -> list[str]:
    """Texts of the links in the story's list of topics, which its label, its class name or its addresses tell."""
    blocks = page.outline.blocks
    start = next((index for index, block in enumerate(blocks) if block.tag == "h1"), 0)
    text = [block for block in blocks[start : start + FAR] if block.tag == "h1" or (len(block.text) > LONG and not block.is_link)][:3]
    around = {outer for block in text for outer in block.owner.iterancestors()}
    places = Places(around)
    best, words = 0, []
    for group in grouped(blocks[max(0, start - BEFORE) :], min(start, BEFORE), places):
        weight = weigh(group, places)
        if weight > best:
            best, words = weight, group.words
    return words[:MAX_TOPIC_LINKS]


def grouped(blocks: Sequence[Block], start: int, places: Places) -> Iterator[Group]:
    labelled, distance = False, 0
    group: Group | None = None
    for index, block in enumerate(blocks):
        text = block.text
        far = block.setting.zone is not None and places.is_elsewhere(block)
        linked = not far and (block.links > 0 or block.setting.link is not None)
        link = linked and block.is_link
        distance = 0 if index <= start or (not (link or far) and len(text) > LONG) else distance + 1
        opens = not (link or far) and is_label(before_links(block))
        links = short_links(block) if link or (opens and linked) else []
        picked = [] if links or not linked or link else picked_links(block, places)
        links = links or picked
        home = home_of(block) if links or block.setting.list is not None else None
        if group and (opens or not links or not group.adjoins(block, home)):
            yield group
            group, labelled = None, False
        if links:
            group = group or Group([], [], block, home, labelled or opens, distance, index < start, bool(picked), home)
            group.last = home
            group.words += [text for text, _ in links]
            group.hrefs += [href for _, href in links]
        labelled = opens if opens and not links else labelled and group is not None
    if group:
        yield group


def home_of(block: Block) -> Element:
    """The list or box that a link stands in."""
    setting = block.setting
    if setting.list is not None:
        return setting.list
    return (block.owner if setting.link is None or block.links else setting.link).getparent()


def before_links(block: Block) -> str:
    """A block's text up to its first link; nothing for a long text."""
    if not block.links:
        return block.text if len(block.text) < LINK_TEXT else ""
    words = []
    for piece in block.pieces[:8]:
        if type(piece) is str:
            words.append(piece)
        elif piece[0] == "a":
            break
    text = "".join(words)
    return " ".join(text.split()) if len(text) < 2 * LINK_TEXT else ""


def weigh(group: Group, places: Places) -> int:
    """How much speaks for a list of the story's topics; 0 where it is none."""
    inside = group.block.setting.article is not None
    zones, classed = places.zones_of(group.block)
    several = len(group.hrefs) > 1
    hashed = several and all(word.startswith("#") for word in group.words)
    paths = hashed or 2 * sum(map(is_topic_path, group.hrefs)) > len(group.hrefs)
    named = not classed and several and names_topics_around(group.home, places.around)
    if not (paths or classed or group.labelled or named):
        return 0
    if "nav" in zones and not (classed or (inside and (group.labelled or paths))):
        return 0
    if not (paths or classed) and any(STORY_SLUG.search(href[:500]) for href in group.hrefs):
        return 0
    if group.distance > (FAR if inside or paths else NEAR) or (group.early and not (inside and classed)):
        return 0
    several = len(group.hrefs) > 1
    classed = classed or named
    told = group.labelled or classed or several or bool(TAG_LINKS(group.block.owner))
    return 4 * group.labelled + 3 * paths + 2 * classed + several if told else 0


def names_topics_around(home: Element | None, around: set[Element]) -> bool:
    """Whether the class name of a list, or of the box right around it, tells of topics."""
    boxes = [box for box in (home, home.getparent() if home is not None else None) if box is not None and box not in around]
    names = (name for box in boxes for name in f"{box.get('class') or ''} {box.get('id') or ''}".split()[:20])
    return any(TAG_BOX.search(name) for name in names)


def short_links(block: Block) -> list[tuple[str, str]]:
    """(text, href) of a block's links; none where one is too long for a topic."""
    if len(block.text) > LINK_TEXT * max(block.links, 1):
        return []
    outer = block.setting.link
    found = (
        [(block.text, outer.get("href") or "")]
        if outer is not None and not block.links
        else [(clean(text, 2 * LINK_TEXT), href) for text, href in links_of(block)]
    )
    if any(len(text) > LINK_TEXT for text, _ in found):
        return []
    found = [(text, href) for text, href in found if text and not text.endswith(":") and not is_topic_root(href) and not is_more(text)]
    topics = [(text, href) for text, href in found if is_topic_path(href)]
    return topics if topics and any(IN_CATEGORY.search(href[:300]) for _, href in found) else found


@cache
def more_pattern() -> re.Pattern[str]:
    return re.compile(any_pattern("more_topics"), re.IGNORECASE)


def is_more(text: str) -> bool:
    """Whether a link leads to all topics: "See all topics"."""
    return len(text) <= LINK_TEXT and more_pattern().fullmatch(text) is not None


def picked_links(block: Block, places: Places) -> list[tuple[str, str]]:
    """The links to topics in a line of a story's facts: date, section, author, tags."""
    if len(block.text) > LINE_TEXT:
        return []
    links = [(clean(text, 2 * LINK_TEXT), href) for text, href in links_of(block) if is_topic_path(href) and 1 < len(text) <= LINK_TEXT]
    if not links or not (places.zones_of(block)[0].isdisjoint(FACTS) or ENDS_SENTENCE.search(block.text)):
        return links
    if block.tag == "p":
        return []
    told = {clean("".join(link.itertext()), 2 * LINK_TEXT) for link in TAG_LINKS(block.owner)}
    return [(text, href) for text, href in links if text in told]
