"""Where in the paper a story stands, and what kind of text it is: section, genre, declared type."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from html import unescape
from itertools import takewhile
from typing import Any
from urllib.parse import unquote, urlsplit

from archiver.extract.blocks import Block, Element, elements_about, links_of, phrases
from archiver.extract.evidence import Candidate, choose, clean, unaccented
from archiver.extract.jsonld import ARTICLE_TYPES, RANK, types_of
from archiver.extract.names import LABEL
from archiver.extract.page import Page
from archiver.extract.words import read_words
from archiver.records import Evidence
from archiver.unspaced import UNSPACED
from archiver.urls import registrable_domain

NAME_LENGTH = 60  # characters; longer names are headlines
MAX_CRUMBS = 12
MAX_PARTS = 6  # of an address
NEAR = 12  # blocks before the headline in which a label is looked for
AFTER = 6  # blocks after it
MAX_LINK_WORDS = 4  # of a link to a section; more are a sentence
LABEL_LENGTH = 60  # characters of a line with such labels
IN_CATEGORY = re.compile(
    r"/(?:category|categoria|categorie|kategorie|kategoria|rubrique|rubrik|rubrica|seccion|secao|editoria|section)/[^/]+/?$", re.I
)
IN_TOPIC = re.compile(r"/(?:tags?|topics?)/[^/]+/?$", re.I)
AUTHOR_PAGE = re.compile(r"/(?:authors?|autor(?:es)?|auteurs?)/", re.I)
SENTENCE_ENDS = ".!?。"  # of what tells about a section: "The inside track on the valley."
TRAIL_LENGTH = 120  # characters
FRONT_PAGE = ("首页", "首頁")  # of "苍鹭网首页"
TRAIL = re.compile(r"[>»›＞]+")
SLUG = re.compile(r"[a-z0-9]+(?:[-_][a-z0-9]+)*$")
LOCALE = re.compile(r"[a-z]{2}(?:[-_][a-z]{2})?", re.IGNORECASE)  # "/en-us/", "/pt_BR/": which of a site's editions
NO_LETTERS = re.compile(r"[\W_]+")
HAS_DIGIT = re.compile(r"\d")
HAS_DIGITS = re.compile(r"\d{2,}|^\d+$|\(\d")
HEADLINE_LABEL = re.compile(r"\s*([^:|–—]{3,40}?)\s*(?::|\||\s[–—-]\s)")  # "Opinion | …", "Kommentar: …"
PREFIXED = re.compile(r"(?:section|category|rubrik|rubrique|seccion|cat|ressort|theme)[-_]+([\w-]{3,40})$", re.I)


def read_section(page: Page, label: str | None) -> tuple[str | None, tuple[Evidence, ...]]:
    """The story's section as printed. `label`: what stood behind the headline ("… | the world"); it wins where it names a section."""
    heard = [candidate for candidate in sections_told(page, label) if candidate.value]
    if not heard:
        heard = [*sections_printed(page), *labelled(label), *sections_in_address(page)]
    return choose("article_section", [in_print(candidate, heard) for candidate in heard])


def sections_told(page: Page, label: str | None) -> Iterator[Candidate[str]]:
    if label and is_section_name(page, label):
        yield Candidate(clean(label, NAME_LENGTH), label, "headline_label", "behind the headline", 0.9)
    declared = page.article.get("articleSection")
    site = site_keys(page)
    for name in sections_in(name for name in strings(declared, page) if key_of(name) not in site):
        yield Candidate(name, clean(declared, 500), "jsonld", "articleSection", 0.9)
        break
    for meta in read_words("section_metas"):
        for name in sections_in(name for name in page.metas.get(meta, ()) if key_of(name) not in site):
            yield Candidate(name, page.metas[meta][0], "meta", f"meta[{meta}]", 0.8)
            break
    for name in sections_in(crumbs(page)):
        yield Candidate(name, name, "breadcrumb", "BreadcrumbList", 0.7)
        break


def labelled(label: str | None) -> Iterator[Candidate[str]]:
    """The label behind the headline, though nothing else on the page names that section; not "… | by Jane Doe"."""
    if label and not LABEL().match(label):
        yield Candidate(clean(label, NAME_LENGTH), label, "headline_label", "behind the headline", 0.7)


def sections_printed(page: Page) -> Iterator[Candidate[str]]:
    """Links to categories, labels near the headline, printed breadcrumbs: heard only where nothing is declared."""
    for name in sections_in(page.category_links):
        yield Candidate(name, name, "category_link", "a[rel~=category]", 0.6)
        break
    for name in sections_in(printed_labels(page)):
        yield Candidate(name, name, "label", "near the headline", 0.6)
        break
    for name in sections_in(printed_crumbs(page) or printed_trail(page)):
        yield Candidate(name, name, "breadcrumb", "breadcrumb", 0.6)
        break


def sections_in_address(page: Page) -> Iterator[Candidate[str]]:
    """As a link to the section is printed, else as in the address; not the abbreviations in Chinese ones: "/sywh/"."""
    named = [part for part in address_parts(page)[:-1] if not LOCALE.fullmatch(part)]
    parts = [part.replace("_", "-") for part in named[:2] if len(part) > 3 and not HAS_DIGIT.search(part)]
    for name in sections_in(without_ends(parts, page)):
        if printed := printed_link(page, name):
            yield Candidate(printed, page.url, "url", "first part of the address, as a link to it is printed", 0.5)
        elif not UNSPACED.search(page.title):
            yield Candidate(name.replace("-", " "), page.url, "url", "first part of the address", 0.3)
        break


def printed_link(page: Page, slug: str) -> str | None:
    """What the page calls the section whose address ends in `slug`: a link to it in the same letters, else the first of few words."""
    ending = f"/{slug}"
    first = None
    for element in page.gathered["a"]:
        href = (element.get("href") or "")[:300].partition("?")[0].rstrip("/")
        if unquote(href).replace("_", "-").endswith(ending):
            names = sections_in([clean(" ".join(element.itertext()), 2 * NAME_LENGTH)])
            if names and key_of(names[0]) == key_of(slug):
                return names[0]
            if names and first is None and names[0].count(" ") < MAX_LINK_WORDS and names[0][-1] not in SENTENCE_ENDS + ")":
                first = names[0]
    return first


def sections_in(names: Iterable[str]) -> list[str]:
    """Names that are sections, the general ones ("News") last."""
    found: dict[str, bool] = {}  # name ▶ whether it gives way to others
    for name in names:
        parts = [name] if len(name) <= NAME_LENGTH and "," not in name else name.split(",")
        for part in parts:
            part = clean(unescape(part), 2 * NAME_LENGTH).strip(" -–/|>»›#")
            part = part.partition("_")[0] if SLUG.match(part) else part  # "culture_lifestyle" is a path
            if 0 < len(part) <= NAME_LENGTH and is_name_of_section(part):
                found.setdefault(part, part.casefold() in general() and len(parts) == 1)  # "News, Ferries, Harbour": topics behind it
    return sorted(found, key=lambda name: found[name])


def is_name_of_section(text: str) -> bool:
    return text.casefold() not in no_sections() and text[-1] not in ":：" and not HAS_DIGITS.search(text)


@cache
def general() -> frozenset[str]:
    return frozenset(read_words("general_sections"))


@cache
def no_sections() -> frozenset[str]:
    return frozenset(read_words("no_sections"))


def in_print(candidate: Candidate[str], heard: list[Candidate[str]]) -> Candidate[str]:
    """A section given as in an address ("public-service"), as another source prints it ("Public Service")."""
    if not SLUG.match(candidate.value):
        return candidate
    key = key_of(candidate.value)
    for other in heard:
        if key_of(other.value) == key and not SLUG.match(other.value):
            return Candidate(
                other.value, candidate.raw, candidate.method, candidate.locator, candidate.confidence, f"as printed in {other.locator}"
            )
    return candidate


def strings(value: Any, page: Page) -> list[str]:
    names = [member.get("name") if isinstance(member, dict) else member for member in page.graph.many(value)]
    return [name for name in names if isinstance(name, str)][:30]


def crumbs(page: Page) -> list[str]:
    """Names in the JSON-LD breadcrumbs between the front page and the story."""
    for node in page.graph.typed("BreadcrumbList"):
        names = []
        for item in page.graph.many(node.get("itemListElement"))[:MAX_CRUMBS]:
            if isinstance(item, dict):
                thing = page.graph.resolved(item.get("item"))
                name = item.get("name") or (thing.get("name") if isinstance(thing, dict) else None)
                names.append(clean(unescape(name), 200) if isinstance(name, str) else "")
        inner = without_ends(names, page)
        if inner:
            return inner
    return []


def printed_crumbs(page: Page) -> list[str]:
    names = []
    told: dict[Element, bool] = {}
    for block in page.outline.blocks:
        zone = block.setting.zone
        if zone is not None and zone.name == "nav" and is_crumb(block.owner, zone.root, told):
            names += [clean(text, 200) for text, _ in links_of(block)] if block.links > 1 else [block.text]
            if len(names) >= MAX_CRUMBS:
                break
    return without_ends(names, page)


def is_crumb(owner: Element, root: Element, told: dict[Element, bool]) -> bool:
    """Whether the navigation in `root`, or a list in it that `owner` lies in, calls itself breadcrumbs. `told`: elements that do or not."""
    around = [owner] if owner is root else [owner, *takewhile(lambda outer: outer is not root, owner.iterancestors()), root]
    for element in around:
        if element not in told:
            told[element] = "breadcrumb" in f"{element.get('class')} {element.get('id')}".lower()
    return any(told[element] for element in around)


def printed_trail(page: Page) -> list[str]:
    """Names between the front page and the story in a line "Home > News > Local", "当前位置：首页 >> 要闻 >> 正文"."""
    for block in page.outline.blocks:
        if len(block.text) > TRAIL_LENGTH or not TRAIL.search(block.text):
            continue
        names = [part.strip() for part in TRAIL.split(block.text)]
        first = names[0].rpartition("：")[2].rpartition(":")[2].strip().casefold()
        if len(names) > 1 and (first in no_sections() or first.endswith(FRONT_PAGE)):
            return without_ends(names[1:], page)
    return []


def printed_labels(page: Page) -> Iterator[str]:
    """Labels near the headline that link to a category, or stand in an element whose class name tells of one."""
    blocks = page.outline.blocks
    title = key_of(page.meta("og:title") or page.title or "")
    at = next((index for index, block in enumerate(blocks) if block.tag == "h1"), None)
    if at is None:
        at = next((index for index, block in enumerate(blocks) if block.tag in ("h2", "h3") and title.startswith(key_of(block.text))), 0)
    for place, block in enumerate(blocks[max(0, at - NEAR) : at + AFTER], max(0, at - NEAR)):
        if block.tag == "h1" or len(block.text) > LABEL_LENGTH or lies_in_menu(block):
            continue
        above = place == at - 1 and block.is_link  # systems without sections (Ghost) print a story's first topic there
        marked = any(names_section(element.get("class") or "") for element in elements_about(block))
        links = links_of(block) if block.links else [(block.text, (block.setting.link.get("href") or "") if block.is_link else "")]
        for text, href in links:
            text = clean(text, NAME_LENGTH)
            in_category = bool(IN_CATEGORY.search(href[:300]) or (above and IN_TOPIC.search(href[:300])))
            if text and text[-1] not in SENTENCE_ENDS and (marked or in_category) and not AUTHOR_PAGE.search(href[:300]):
                yield text.partition(":")[2].strip() or text


def lies_in_menu(block: Block) -> bool:
    """Whether a block lies in the site's navigation, its footer or a column beside the story; a list of sections may have any name."""
    zone = block.setting.zone
    while zone is not None:
        if zone.root.tag in ("nav", "footer", "aside"):
            return True
        zone = zone.outer
    return False


@lru_cache(maxsize=5_000)
def names_section(classes: str) -> bool:
    return not set(read_words("section_classes")).isdisjoint(phrase for name in classes[:300].split() for phrase in phrases(name))


def site_keys(page: Page) -> set[str]:
    """What the site calls itself, and its host."""
    host = urlsplit(page.url).hostname or ""
    own = registrable_domain(host).partition(".")[0]  # "elmundo" of www.elmundo.es
    return {key_of(name) for name in (*page.site_names, host, host.removeprefix("www."), own)}


def without_ends(names: list[str], page: Page) -> list[str]:
    """Without the front page and the story itself."""
    site = site_keys(page)
    titles = {key_of(title) for title in (page.article.get("headline"), page.meta("og:title"), page.title) if isinstance(title, str)}
    return [name for name in names if name and key_of(name) not in site and not is_headline(name, titles)]


def is_headline(name: str, titles: set[str]) -> bool:
    """Whether the last name of a trail or of an address is the story's headline, or the part of it that fits there."""
    key = key_of(name)
    return key in titles or (len(name) > 25 and any(key in title for title in titles))


def address_parts(page: Page) -> list[str]:
    path = unquote(urlsplit(page.url).path)[:500]
    return [part for part in path.split("/") if part][:MAX_PARTS]


def is_section_name(page: Page, label: str) -> bool:
    """Whether a label names a section of this page or its site: declared, in breadcrumbs, navigation, address or class of the body."""
    key = key_of(label)
    if not key or len(label) > NAME_LENGTH or label.count(" ") > 4:
        return False
    declared = [*strings(page.article.get("articleSection"), page), *crumbs(page), *address_parts(page)[:-1], *body_classes(page)]
    for meta in read_words("section_metas"):
        declared += page.metas.get(meta, ())
    declared += printed_crumbs(page)
    declared += page.category_links
    if any(key in (key_of(part) for part in [name, *name.split(",")]) for name in declared):
        return True
    return any(
        len(block.text) <= NAME_LENGTH and key_of(block.text) == key
        for block in page.outline.blocks
        if block.setting.zone is not None and block.setting.zone.name in ("nav", "footer") and block.is_link
    )


def body_classes(page: Page) -> list[str]:
    body = page.tree.find("body")
    classes = (body.get("class") or "").split()[:60] if body is not None else []
    return [named[1] for name in classes if (named := PREFIXED.match(name))]


@lru_cache(maxsize=5_000)
def key_of(text: str) -> str:
    """For comparing a printed name with one in an address: letters without case and accents."""
    return NO_LETTERS.sub("", unaccented(text[:200]))


# --- genre and type


def read_article_type(page: Page) -> str | None:
    """The declared schema.org type, the best known one where several are declared; None where there is none."""
    types = types_of(page.article)
    known = [name for name in types if name in RANK]
    if known:
        return ARTICLE_TYPES[min(RANK[name] for name in known)]
    declared = page.article.get("@type")
    declared = declared[0] if isinstance(declared, list) and declared else declared
    return clean(declared, NAME_LENGTH) or None if isinstance(declared, str) else None


TYPE_GENRES = {
    "opinionnewsarticle": "opinion",
    "analysisnewsarticle": "analysis",
    "backgroundnewsarticle": "analysis",
    "reviewnewsarticle": "review",
    "review": "review",
    "criticreview": "review",
    "liveblogposting": "live",
    "advertisercontentarticle": "sponsored",
    "satiricalarticle": "satire",
}
NEWS_TYPES = frozenset({"newsarticle", "reportagenewsarticle"})  # many sites call every story a ReportageNewsArticle


def read_genre(page: Page, section: str | None, headline: str) -> tuple[str | None, tuple[Evidence, ...]]:
    """News, opinion, analysis, review, interview, letter, live, obituary, reportage, satire or sponsored."""
    return choose("genre", genres_told(page, section, headline))


def genres_told(page: Page, section: str | None, headline: str) -> Iterator[Candidate[str]]:
    types = types_of(page.article)
    for name in sorted(types & TYPE_GENRES.keys()):
        yield Candidate(TYPE_GENRES[name], name, "jsonld", "@type", 0.95)
    yield from from_names(strings(page.article.get("genre"), page), "jsonld", "genre", 0.9)
    yield from from_names(
        [content for _, content in page.told("genre", "article:genre", "og:article:genre", "dc.type")], "meta", "meta[genre]", 0.85
    )
    if (page.meta("article:opinion") or "").lower() == "true":
        yield Candidate("opinion", "true", "meta", "meta[article:opinion]", 0.9)
    yield from from_names([section or "", *strings(page.article.get("articleSection"), page)], "section", "section", 0.85)
    yield from from_names([part.replace("-", " ") for part in address_parts(page)[:-1]], "url", "address", 0.8)
    label = HEADLINE_LABEL.match(headline)
    yield from from_names([label[1]] if label else [], "headline_label", "before the headline", 0.7)
    yield from from_names(labels_above(page), "label", "above the headline", 0.6)
    if types & NEWS_TYPES:
        yield Candidate("news", ", ".join(sorted(types)), "jsonld", "@type", 0.5)


def from_names(names: Iterable[str], method: str, locator: str, confidence: float) -> Iterator[Candidate[str]]:
    for name in names:
        genre = genres().get(clean(name, NAME_LENGTH).casefold())
        if genre:
            yield Candidate(genre, name, method, locator, confidence)
            return


@cache
def genres() -> dict[str, str]:
    """Name in small letters ▶ genre. The first genre that lists a name has it."""
    found: dict[str, str] = {}
    for line in read_words("genres"):
        genre, _, names = line.partition(":")
        for name in names.split(","):
            found.setdefault(name.strip().casefold(), genre)
    return found


def labels_above(page: Page) -> list[str]:
    """Short lines right above the headline, navigation left out."""
    blocks = page.outline.blocks
    at = next((index for index, block in enumerate(blocks) if block.tag == "h1"), None)
    if at is None:
        return []
    near = blocks[max(0, at - NEAR) : at]
    return [
        block.text
        for block in near[-3:]
        if len(block.text) <= NAME_LENGTH and (block.setting.zone is None or block.setting.zone.name == "meta")
    ]
