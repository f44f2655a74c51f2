"""Who wrote a story: persons and organisations, and the byline as it is printed.

Sources are heard in the order of SOURCES. The first that names somebody other than the site itself wins; the site's own name stands only
where nobody else is named. Names are never re-cased.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from html import unescape
from itertools import pairwise
from typing import Any
from urllib.parse import urlsplit

from lxml import etree

from archiver.extract.blocks import HEADS, Block, Element, letters, lies_in, links_of
from archiver.extract.evidence import Candidate, choose, clean
from archiver.extract.headline import printed_title
from archiver.extract.jsonld import types_of
from archiver.extract.labelled import authors_in, is_body, is_colophon, is_outlet, names_the_site, read_facts, reporters_in
from archiver.extract.moments import find_moments, read_table
from archiver.extract.page import Page
from archiver.extract.places import is_place
from archiver.extract.sections import is_section_name
from archiver.extract.words import any_pattern, one_of, read_words
from archiver.records import Author, Evidence
from archiver.unspaced import UNSPACED

__all__ = ["Authors", "read_authors"]

NAME_LENGTH = 100  # characters; longer values are sentences about the author
MAX_AUTHORS = 30
MAX_WORDS = 6  # of a personal name
BYLINE_LENGTH = 200
WINDOW = (6, 14)  # blocks before and after the headline in which a byline is looked for
FAR = 50  # blocks behind the headline, with those of pictures, their captions and other stories that stand before the byline
LEAST_HEAD = 10  # characters of a heading that is the beginning of the page's title
TEXT_LENGTH = 300  # characters of an element that lists authors

ANY_DAY = date(2000, 1, 1)  # whose year stands in for the one that a byline leaves out
# What separates names that are glued into one string. " e ", " y " and the like also stand within names and firms: see split_pair.
GLUE = re.compile(
    r"\s*[;|•·]\s*|\s*,\s+(?:and|und|et|og|och|y|e|en)\s+|\s+(?:and|und|og|och|&|with|mit)\s+|\s*[、，,]\s*|\s+/\s+|(?<=\w\w)/(?=\w\w)"
)
PAIR = re.compile(r"\s+(?:et|y|e|en|i|dan|ve|avec|con|com|og|u|ja|és|и|та|và)\s+")
LAST_INITIALS = re.compile(r"([^\s,;]{2,}(?: [^\s,;]{2,})?), ((?:[^\W\d_]\.[ -]?)+)$")  # "Kern, J. P."
LAST_FIRST = re.compile(r"[^\s,;]+(?:[ -][^\s,;]+)?, [^\s,;]+(?: [^\s,;]+)?(?:; [^,;]+, [^,;]+)*$")
BRACKETS = re.compile(r"\s*[(\[（【][^()\[\]（）【】]{0,80}[)\]）】]\s*")
ADDRESS = re.compile(r"\S+@\S+\.\w+|(?:https?:)?//\S+|\bwww\.\S+", re.I)
DASH_ROLE = re.compile(r"\s+[-–—]\s+.*$")
HANDLE = re.compile(r"@\S*$")
OTHERS = re.compile(r"\s*외 \d+명$|\s+(?:et al\.?|and others|u\. ?a\.|follow(?: @\w*)?)$", re.I)  # and the button beside a name
# "Anne Morel, Luc Petit Envoyés spéciaux à Toulouse": the place behind the role
SENT_TO = re.compile(
    r"(?i)\b(envoyée?s? sp[ée]cia(?:l|le|ux|les)|correspondante?s?|enviad[oa]s? especial(?:es)?|corresponsal(?:es)?|correspondentes?)"
    r" (?:à|en|au|aux|dans|a|em|desde) \w[^,;|]{0,40}$"
)
NUMBER = re.compile(r"[\W\d_]+$|[0-9a-f-]{16,}$", re.I)
CASELESS = re.compile(r"[\u0590-\u08ff\u0900-\u0dff\u0e00-\u0e7f\u10a0-\u10ff\u1200-\u137f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
LONG_HAN = re.compile(r"[\u3400-\u9fff]{9,}")  # a name with its bearer's post, a sentence, a body
INITIAL = re.compile(r"\b(?:Jr|Sr|\w)\.$")
DIGIT = re.compile(r"\d")
DOMAIN = re.compile(r"(?:[\w-]+\.)+[a-z]{2,12}$", re.I)
# Where the names of a printed byline end: a date, a separator, "in News"
BYLINE_END = re.compile(
    r"\s+[|·•–—]\s+|\s+-\s+|\n|,? in [A-Z]|\s*,?\s*\(?(?<!\w)\d{1,4}[ ./:\-年月]"
    r"|\s+(?:Published|Updated|Posted|Publi\w*|Veröffentlicht|Aktualisiert|Mis à jour|Actualizado|Atualizado|Aggiornato|Pubblicato)\b|\s+@"
)
# What joins a date to the name before it: "By Jane Doe on March 3"
BEFORE_DATE = re.compile(r"\s+(?:on|at|am|um|vom|le|à|el|em|il|alle|den|op|om|w dniu|dne|tarihinde|pada)\s*$", re.I)
# Whom an author writes for: "Jane Doe of the Example", "Jane Doe, special to the Example"
WRITES_FOR = re.compile(
    r"(?<=\w),?\s+(?:[Ss]pecial (?:to|for)(?: [Tt]he)?|(?:of|for|from) [Tt]he|[Ff]or)\s+[A-Z][^,;|]*?(?=\s+(?:and|&)\s|[,;|]|$)"
)
DATE_LENGTH = 120  # of a date or two in words, with the label that follows
# Who else had a hand in a story, behind its authors
OTHER_HANDS = re.compile(
    r"(?<!\w)(?:(?:edited|reviewed|translated|fact-checked|photos?|photographs?|photography|video|illustrations?|graphics?) by\b|"
    r"(?:edited|photos?|fotos?|bilder?|video|grafik|photographies|foto e video|redigiert|übersetzt|editor|editör|edición|edição|"
    r"kamera|camera|cámara|beeld|фото|редактор)\s*(?:by|von|por|di|par|av|af)?\s*:)",
    re.I,
)
# "순천, 광양 구현모 기자": reporters, behind the places that they report from
REPORTERS = re.compile(r"([가-힣]{2,4})\s+(?:선임|수습|인턴|전문|객원)?\s*기자(?![가-힣])")
KANJI_ROLE = re.compile(r"(?<=[\u3400-\u9fff]{2})(?:記者|记者|特派員|編集委員)$")
# Where somebody reports from: "Jane Doe in Nairobi and John Roe in London"
REPORTS_FROM = r"(?<=\w),? (?:in|from|aus|à|en|em) [A-Z][\w.’'-]*(?: [A-Z][\w.’'-]*){0,3}"
ONE_REPORTS_FROM = re.compile(REPORTS_FROM + r"(?=\s+(?:and|und|et|y|e|&)\s)")
LAST_REPORTS_FROM = re.compile(REPORTS_FROM + "$")
ALWAYS_OPENS = frozenset({"by", "von", "par", "por"})  # with a capital, whatever follows
TITLE_END = re.compile(r"(?<= [-–—|•·] )([^-–—|•·]{3,60})$")  # of a page, behind the headline
LEAST_ROLE = 6  # letters beside the names of a byline that has a role
LABEL_SIGNS = ":：／/=・-–"  # behind a label of a byline
KANJI_NAMES = re.compile(r"[\u3400-\u9fff]{3,6}(?: [\u3400-\u9fff]{3,6})+")  # family and given name as one word each
NAME_AND_DATE = re.compile(r"[^\d|·•\n]{5,60}\s*[|·•\n]\s*\d{1,4}[ ./-]")
DASHED = re.compile(r"[-–—]{1,2}\s*(?=(?:By|Von|Par|Por)\s)")
# The writer's name in brackets at the end of a Japanese text, with or without the office: "（山田花子）", "【横浜支局・山田花子】"
SIGNED = re.compile(
    r"(?:.*[。」])?\s*[（(【](?:[^（(【）)】]{2,12}[・、 　])?"
    r"(?P<name>[\u3400-\u9fff々]{1,3}[ 　]?[\u3400-\u9fff々\u3040-\u30ff]{1,4})[）)】]$",
    re.S,
)
SIGNED_BY = re.compile(r"\((?:[Bb]y|[Pp]or|[Pp]ar|[Vv]on|[Dd]i)\s+(?P<names>[^()]{5,80})\)(?:\s*Enditem/?\w{0,4})?$")
SIGNATURE = 120  # characters of the end of a text in which it is signed
LONG_TEXT = 1_000  # characters of a text that is one block
NOT_SIGNED = re.compile("写真|共同|時事|終わ|おわ|つづく|続|了|提供|撮影|編集|記者|参照|敬称|注|上|下|中|通信|新聞|日$")
EDITORS = re.compile(r"[（(]\s*(?:责编|责任编辑|責任編輯)\s*[：:]([^()（）]{2,60})[)）]")
FOREIGN_ZONES = frozenset({"nav", "footer", "related", "comments", "ads", "hidden", "newsletter"})
MARKED = etree.XPath("//*[@rel or @itemprop][not(self::meta or self::link)][contains(@rel, 'author') or contains(@itemprop, 'author')]")
MARKED_INSIDE = etree.XPath(".//*[contains(@rel, 'author') or contains(@itemprop, 'author')]")
CARDS = etree.XPath("//*[contains(@class, 'vcard')]")
MAX_MARKED = 60  # elements looked at
PERSON = re.compile(r"/(?:people|persons?)/", re.I)  # whoever stands there may be the topic as well
PROFILE = re.compile(
    r"/(?:(?:meet-)?(?:the|our)-)?(?:author|autor|auteur|people|person|profile|journalist(?!i[ck])|reporter|team|staff|contributor|redaktion|by|writer|columnist)",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Authors:
    authors: tuple[Author, ...] = ()
    byline: str | None = None  # as printed, "By" included
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class Setting:
    """What every source needs to know."""

    page: Page
    near: Sequence[Block]  # around the headline
    site: frozenset[str]  # what the site calls itself, as keys


def read_authors(page: Page) -> Authors:
    """Authors of the page's story, in their order, without doubles."""
    setting = Setting(page, near_headline(page), site_keys(page))
    heard = [candidate for source in SOURCES for candidate in source(setting)]
    if not heard or is_weak(heard[0], setting.site):
        heard += [candidate for source in LAST_SOURCES for candidate in source(setting)]
    ordered = complete(ranked(heard, setting.site))
    authors = ordered[0].value if ordered else ()
    evidence = choose("authors", ordered)[1]
    printed = find_byline(setting.near, authors)
    if printed:
        authors = with_printed_roles(authors, printed)
        evidence = (*evidence, Evidence("byline", printed, "printed", "near the headline", 0.8))
    return Authors(authors, printed, evidence)


def with_printed_roles(authors: tuple[Author, ...], printed: str) -> tuple[Author, ...]:
    """Authors that metadata name without a role, with those of the byline."""
    key = key_of(printed)
    if len(key) - sum(len(name) for author in authors if (name := key_of(author.name)) in key) < LEAST_ROLE:
        return authors
    roles = {key_of(author.name): author.role for author in printed_names(printed) if author.role}
    return tuple(replace(author, role=author.role or roles.get(key_of(author.name))) for author in authors)


def ranked(heard: list[Said], site: frozenset[str]) -> list[Said]:
    """The sources in their order, but a person or an agency that another source names before the site's own name or account.

    Of several meta tags with other names, the one whose names the page prints.
    """
    metas = [candidate for candidate in heard if candidate.method == "meta"]
    if len(metas) > 1 and heard[0] is metas[0]:
        printed = [keys_of(candidate) for candidate in heard if candidate.method in ("rel_author", "itemprop", "printed")]
        confirmed = next((candidate for candidate in metas if keys_of(candidate) in printed), None)
        if confirmed is not None:
            heard = [confirmed, *(candidate for candidate in heard if candidate is not confirmed)]
    if not heard or not is_weak(heard[0], site):
        return heard
    others = [candidate for candidate in heard if not keys_of(candidate) <= keys_of(heard[0])]
    better = [candidate for candidate in others if not is_own_name(candidate.value, site) and all(map(is_somebody, candidate.value))]
    return better + [candidate for candidate in heard if candidate not in better]


def keys_of(candidate: Said) -> frozenset[str]:
    return keys(candidate.value)


def keys(authors: Iterable[Author]) -> frozenset[str]:
    return frozenset(key_of(author.name) for author in authors)


def is_weak(candidate: Said, site: frozenset[str]) -> bool:
    """Whether no one is named but the site itself, or, in a meta tag, a firm: the publisher, where somebody else wrote the story."""
    firm = candidate.method == "meta" and all(
        author.kind == "organisation" and key_of(author.name) not in organisation_names() for author in candidate.value
    )
    return firm or is_own_name(candidate.value, site)


def is_own_name(authors: Sequence[Author], site: frozenset[str]) -> bool:
    """Whether no one is named but the site itself, or the account that posts everything."""
    return all(key_of(author.name) in site or (author.url or "").rstrip("/").rsplit("/", 1)[-1] in nobodies() for author in authors)


def is_somebody(author: Author) -> bool:
    """A person's whole name, or an agency's or outlet's."""
    if author.kind == "person":
        return " " in author.name or CASELESS.search(author.name) is not None
    return key_of(author.name) in organisation_names() or is_outlet(author.name)


def complete(ranked: list[Said]) -> list[Said]:
    """Before the first source the one that names the same and most others: metadata often keep the first author only."""
    more = [other for other in ranked[1:] if keys_of(ranked[0]) < keys_of(other) and may_complete(ranked[0], other)]
    if not more:
        return ranked
    best = max(more, key=lambda other: len(other.value))
    known = {key_of(author.name): author for author in ranked[0].value}
    value = tuple(known.get(key_of(author.name), author) for author in best.value)
    return [replace(best, value=value, note="names more than the metadata"), *ranked]


def may_complete(first: Said, other: Said) -> bool:
    if other.method == "meta":
        return first.method == "meta"
    if other.method == "printed" and ("\n" in other.raw or not (all(author.url for author in other.value) or LABEL().match(other.raw))):
        return False
    printed = other.method in ("rel_author", "itemprop", "printed")
    return printed and all(author.kind == "person" and " " in author.name for author in other.value)


# --- sources


Said = Candidate[tuple[Author, ...]]
Heard = Iterator[Said]


def from_jsonld(setting: Setting) -> Heard:
    """`author` of the story's node; `creator` where it has none."""
    page = setting.page
    for name in ("author", "creator"):
        values = page.article.get(name)
        found = tidy([author for value in page.graph.many(values) for author in authors_of(value, page, 0)], setting.site)
        if found:
            yield Candidate(found, clean(values, 500), "jsonld", f"{kind_of(page)}.{name}", 0.95 if name == "author" else 0.8)
            return


def kind_of(page: Page) -> str:
    kind = page.article.get("@type")
    return str(kind[0] if isinstance(kind, list) and kind else kind or "Article")[:60]


def authors_of(value: Any, page: Page, depth: int) -> Iterator[Author]:
    """Authors in one value of a JSON-LD `author`: a string, a Person, an Organization, a Role or a list around them."""
    value = page.graph.resolved(value)
    if depth > 4:
        return
    if isinstance(value, str):
        yield from names_of(value)
    elif isinstance(value, list):
        for member in value[:MAX_AUTHORS]:
            yield from authors_of(member, page, depth + 1)
    elif isinstance(value, dict):
        name = value.get("name") or " ".join(str(value[part]) for part in ("givenName", "additionalName", "familyName") if value.get(part))
        if not name:
            yield from authors_of(value.get("author") or value.get("@list"), page, depth + 1)
            return
        for text in page.graph.many(name):
            named = list(names_of(text)) if isinstance(text, str) else []
            if len(named) == 1:
                yield described(named[0], value, page)
            else:
                yield from named


def described(author: Author, node: dict[str, Any], page: Page) -> Author:
    """An author with what its JSON-LD node tells beside the name."""
    role = node.get("jobTitle") or node.get("roleName")
    address = node.get("url") or node.get("@id")
    address = next((item for item in page.graph.many(address) if isinstance(item, str)), None)
    organisation = author.kind == "organisation" or (bool(types_of(node) & ORGANISATIONS) and "person" not in types_of(node))
    return replace(
        author,
        role=author.role or (clean(role, NAME_LENGTH) or None if isinstance(role, str) else None),
        url=profile_address(address, page),
        kind="organisation" if organisation else "person",
    )


ORGANISATIONS = frozenset(
    {"organization", "newsmediaorganization", "corporation", "newsagency", "ngo", "localbusiness", "educationalorganization"}
)


def profile_address(address: str | None, page: Page) -> str | None:
    """Absolute address of a profile page; None for graph names ("…/#/schema/person/1f") and front pages."""
    if not address or "#" in address or "/" not in address:
        return None
    absolute = page.absolute(address)
    return absolute if absolute and urlsplit(absolute).path.strip("/") else None


def from_metas(setting: Setting) -> Heard:
    metas = setting.page.metas
    for name in read_words("author_metas"):
        values = metas.get(name)
        if values:
            found = tidy([author for value in values[:MAX_AUTHORS] for author in names_of(value)], setting.site)
            if found:
                yield Candidate(found, ", ".join(values), "meta", f"meta[{name}]", 0.85)


def from_markup(setting: Setting) -> Heard:
    """Elements near the headline that the page marks as the author: rel=author (HTML), itemprop=author (schema.org microdata)."""
    found: dict[Element, None] = {}
    for block in setting.near:
        if len(block.text) > TEXT_LENGTH:
            continue
        outer = block.owner
        found |= dict.fromkeys([outer, *MARKED_INSIDE(outer)] if block.links or len(outer) < 12 else [outer])
        for _ in range(2):
            outer = outer.getparent()
            if outer is not None:
                found.setdefault(outer)
    yield from marked(setting, list(filter(is_marked, found)))


def from_markup_anywhere(setting: Setting) -> Heard:
    """The same in the whole page."""
    yield from marked(setting, [element for element in MARKED(setting.page.tree)[:MAX_MARKED] if not is_elsewhere(element)])


def from_hcard(setting: Setting) -> Heard:
    """The first hCard of the story ("author vcard" with "fn" in it: the class names of most themes), wherever it stands."""
    for card in CARDS(setting.page.tree)[:MAX_MARKED]:
        if "comment" in (card.get("class") or "") or is_elsewhere(card):
            continue
        name = next((inner for inner in card.iter() if "fn" in (inner.get("class") or "").split()), None)
        found = (
            tidy([author for author in marked_author(name, setting.page) if is_somebody(author)], setting.site) if name is not None else ()
        )
        if found:
            yield Candidate(found, text_of(card)[:500], "hcard", f"{card.tag}.{(card.get('class') or '')[:60]}", 0.7)
            return


def is_marked(element: Element) -> bool:
    named = "author" in (element.get("itemprop") or "").split() or "author" in (element.get("rel") or "").lower().split()
    return named and not lies_in_figure(element)


def lies_in_figure(element: Element) -> bool:
    """Whether an element names the author of a picture."""
    return next(element.iterancestors("figure", "figcaption"), None) is not None


def marked(setting: Setting, elements: Sequence[Element]) -> Heard:
    """Authors in the first of `elements` and in those beside it."""
    elements = [element for element in elements if is_marked(element)][:MAX_MARKED]
    first = next((element for element in elements if marked_author(element, setting.page)), None)
    if first is None:
        return
    container = around(first, elements)
    members = [element for element in elements if element is first or container in element.iterancestors()]
    members = [element for element in members if not any(other in element.iterancestors() for other in members if other is not element)]
    found = tidy([author for element in members for author in marked_author(element, setting.page)], setting.site)
    if found:
        method = "rel_author" if "author" in (first.get("rel") or "").lower() else "itemprop"
        yield Candidate(found, clean(text_of(container), 500), method, f"{first.tag}.{(first.get('class') or '')[:60]}", 0.8)


def is_elsewhere(element: Element) -> bool:
    """Whether the element stands in navigation, a footer, comments or a list of other stories."""
    for depth, outer in enumerate(element.iterancestors()):
        if outer.tag in ("nav", "footer", "figure", "figcaption") or depth > 40:
            return not (outer.tag == "footer" and outer.getparent() is not None and outer.getparent().tag == "article")
        if depth < 8 and ELSEWHERE.search(f"{outer.get('class') or ''} {outer.get('id') or ''}"):
            return True
    return element.tag in ("figure", "figcaption")


ELSEWHERE = re.compile(r"\b(?:comments?|related|recommend\w*|teasers?|sidebar|widget|more-from|most-read|read-more)\b", re.I)


def marked_author(element: Element, page: Page) -> list[Author]:
    """Authors that one marked element names."""
    name = next((inner for inner in element.iter() if "name" in (inner.get("itemprop") or "").split()), None)
    text = clean((name.get("content") if name is not None else None) or text_of(element if name is None else name), TEXT_LENGTH)
    named = [author for author in printed_names(text) if plausible(author)]
    link = element if element.tag == "a" else element.find(".//a[@href]")
    if len(named) == 1 and link is not None:
        named = [replace(named[0], url=profile_address(link.get("href"), page))]
    return named


def around(first: Element, elements: Sequence[Element]) -> Element:
    """The element that lists the authors: the widest one around `first` that holds little but names."""
    best = first
    for outer in list(first.iterancestors())[:5]:
        if len(outer) > 60 or any(outer.find(f".//{tag}") is not None for tag in ("h1", "h2", "h3", "p", "time", "article")):
            break
        if len(text_of(outer)) > TEXT_LENGTH:
            break
        if any(element is not first and outer in element.iterancestors() for element in elements):
            best = outer
    return best


def text_of(element: Element) -> str:
    return " ".join(" ".join(element.itertext()).split())


def from_print(setting: Setting) -> Heard:
    """The line near the headline that opens with "By", stands in an element named after the author, or is a name before a date."""
    found: list[Author] = []
    lines = []
    style = None  # of the first line: what follows belongs to it only in the same form
    told = False  # the text has begun
    announced = False  # the line before is "By" alone
    named_box = any(is_biography(block) and LABEL().match(block.text) for block in setting.near)
    for block in setting.near:
        in_byline = is_biography(block)
        if named_box and not in_byline and block.setting.credit is not None:
            continue  # whose picture stands at the head of the story
        told = told or (block.tag == "p" and len(block.text) > BYLINE_LENGTH // 2 and not block.links)
        if told and found:
            break  # what names its writer below the text's first lines is another story
        if len(block.text) > BYLINE_LENGTH or (found and style != (block.tag, block.owner.get("class"))):
            continue
        if block.tag in HEADS and ABOUT.match(block.text):
            break  # a box about the author
        if read_facts(block.text):
            named = [author for name in authors_in(block.text) for author in classified([name]) if plausible(author)]
            if named and not found:
                style = (block.tag, block.owner.get("class"))
                found += with_links(named, block, setting.page)
                lines.append(block.text)
            continue
        text = without_date(block.text)
        labelled = announced or LABEL().match(text) is not None or COLLEAGUE().match(text) is not None
        announced = LABEL_ALONE().fullmatch(text) is not None
        if (
            announced
            or OTHER_HANDS.match(text)
            or not (in_byline or labelled or NAME_AND_DATE.match(text) or (not told and is_name_and_role(text)))
        ):
            continue
        named = [author for author in printed_names(text) if plausible(author) and (labelled or is_somebody(author))]
        linked = linked_names(block) if in_byline else []
        if not keys(linked) < keys(named):
            named = [author for author in linked if not is_nobody(author.name)] or named
        if not named and in_byline:
            named = names_by_element(block)
        if named:
            style = (block.tag, block.owner.get("class"))
            found += with_links(named, block, setting.page)
            lines.append(text)
    if found:
        yield Candidate(tidy(found, setting.site), "\n".join(lines), "printed", "near the headline", 0.6)


def from_class(setting: Setting) -> Heard:
    """The first elements before the text whose class name is one of an author's name: "<span class="author">Jane Doe</span>"."""
    for block in setting.near:
        if block.tag == "p" and len(block.text) > BYLINE_LENGTH // 2 and not block.links:
            return
        if len(block.text) > BYLINE_LENGTH:
            continue
        named: list[Author] = []
        for element in block.owner.iter(*NAME_TAGS):
            if (
                NAME_CLASS.search(element.get("class") or "")
                and not lies_in_figure(element)
                and len(text := clean(text_of(element), BYLINE_LENGTH)) >= 4
            ):
                named += [author for author in printed_names(text) if plausible(author) and is_somebody(author)]
        if named:
            found = tidy(with_links(named, block, setting.page), setting.site)
            yield Candidate(found, block.text, "class", "near the headline", 0.6)
            return


NAME_WORDS = re.compile(r"[^\W\d_]+")
NAME_TAGS = ("span", "a", "div", "b", "strong")
NAME_CLASS = re.compile(
    r"(?:^|\s)(?:(?:post|entry|article|meta|item|news)?[-_]{0,2}(?:author|byline)(?:[-_]{1,2}name)?|user-?name)(?=\s|$)", re.IGNORECASE
)
ABOUT = re.compile(r"(?:about|über|à propos de|sobre|acerca de)\s", re.IGNORECASE)


def is_name_and_role(text: str) -> bool:
    """ "Jane Doe, Staff Writer", "김하늘 기자": a line that is nothing else."""
    role = ROLE().search(text) if len(text) <= 60 else None
    name = text[: role.start()].rstrip(" ,|-–—") if role else ""
    if not name or "," in name or not is_name(name):
        return False
    return len(name) <= 8 if CASELESS.search(name) else 1 <= name.count(" ") <= 3


def linked_names(block: Block) -> list[Author]:
    """The names in a byline whose links are all to persons, with roles and dates about them; none where one is something else."""
    if OTHER_HANDS.search(block.text):
        return []
    found = [author for text, href in links_of(block) for author in (names_of(clean(text, TEXT_LENGTH)) if PROFILE.search(href) else ())]
    return found if len(found) == block.links and all(is_somebody(author) and is_name(author.name) for author in found) else []


def names_by_element(block: Block) -> list[Author]:
    """Two names or more, each in an element of its own with nothing between: "<span>Ann Oak</span><span>Ben Ash</span>"."""
    texts = [clean(element.text, TEXT_LENGTH) for element in block.owner.iterdescendants() if not len(element) and element.text]
    found = [named[0] for text in texts if len(named := list(names_of(text))) == 1 and plausible(named[0]) and is_somebody(named[0])]
    if len(found) < len(texts):
        return []  # "<span>Written by</span><a>Admin</a>"
    return found if len(found) > 1 and len("".join(key_of(author.name) for author in found)) >= 0.9 * len(key_of(block.text)) else []


def with_links(named: list[Author], block: Block, page: Page) -> list[Author]:
    """Authors with the addresses that their names link to."""
    addresses: dict[str, str] = {}
    for printed, href in links_of(block):
        text = clean(printed, TEXT_LENGTH)
        addresses.setdefault(key_of(text), href)
    return [replace(author, url=profile_address(addresses.get(key_of(author.name)), page)) for author in named]


def from_profile_links(setting: Setting) -> Heard:
    """Names near the headline that link to "…/author/jane"."""
    found: list[Author] = []
    for block in setting.near:
        links = links_of(block) if len(block.text) <= BYLINE_LENGTH else ()
        for text, href in links:
            named = list(names_of(clean(text, TEXT_LENGTH))) if PROFILE.search(href) else []
            named = [] if PERSON.search(href) and key_of(text) in key_of(setting.page.title) else named  # whom the story is about
            found += with_links([author for author in named if plausible(author) and is_somebody(author)], block, setting.page)
    if found:
        yield Candidate(tidy(found, setting.site), ", ".join(author.name for author in found), "profile_link", "near the headline", 0.6)


def from_date_line(setting: Setting) -> Heard:
    """Names alone before the date, on its line or on the one above, between headline and text: "Ada Writer" / "3 May 2026, 10:00"."""
    head = next((block.index for block in setting.page.outline.blocks if block.tag == "h1"), -1)  # what stands above it is a kicker
    for block, following in pairwise([*(block for block in setting.near if block.index > head), None]):
        if block is None or (block.tag == "p" and len(block.text) > BYLINE_LENGTH // 2 and not block.links):
            return  # the text has begun
        line = before_date(block.text) if DIGIT.search(block.text) else None
        if line is None and following is not None and before_date(following.text) == "":
            line = block.text
        named = printed_names(line) if line and len(line) <= BYLINE_LENGTH // 2 and not block.is_link else []
        is_whole = len("".join(key_of(f"{author.name} {author.role or ''}") for author in named)) >= 0.7 * len(key_of(line or ""))
        is_whole = is_whole and key_of(line or "") not in key_of(setting.page.title)  # the headline once more
        if named and is_whole and all(is_written_out(author, setting.page) for author in named):
            yield Candidate(tidy(named, setting.site), block.text, "above_date", "near the headline", 0.4)
            return


def before_date(text: str) -> str | None:
    """What stands before the date on a short line, without the label of the date; None where there is no date."""
    dates = find_moments(text) if len(text) <= DATE_LENGTH else []
    return clean(date_label().sub("", text[: dates[0].start].rstrip(" |·•,:–—-"))) if dates else None


@cache
def date_label() -> re.Pattern[str]:
    words = "|".join(re.escape(word) for name in ("published_labels", "modified_labels") for word in read_words(name))
    return re.compile(rf"\s*(?<!\w)(?:{words})[\s:]*[^\s:]{{0,15}}\s*$", re.I)  # a word may stand between: "on", the day of the week


def is_written_out(author: Author, page: Page) -> bool:
    """An agency, or a person's whole name that is neither a place nor a section."""
    if author.kind == "organisation":
        return is_somebody(author)
    opened = LABEL().match(author.name)
    if opened and is_nobody(author.name[opened.end() :]):
        return False  # "Leave a Comment / By Admin"
    words = author.name.casefold().split()
    somebody = (
        2 <= len(words) <= 4
        and weekdays().isdisjoint(words)
        and plausible(author)
        and not is_place(author.name)
        and not is_section_name(page, author.name)
    )
    return somebody and not is_of_plain_words(author.name, page)


@cache
def weekdays() -> frozenset[str]:
    return frozenset(form for columns in read_table("weekdays").values() for forms in columns for form in forms)


def is_of_plain_words(name: str, page: Page) -> bool:
    """Whether all words of a name stand in the page's text in small letters, too: "Ferry Disaster", "Storm Warning Lifted"."""
    words = NAME_WORDS.findall(name)
    if not words or not all(word[0].isupper() for word in words):
        return False
    printed = {word for block in page.outline.blocks for word in NAME_WORDS.findall(block.text)}
    return printed.issuperset(word.lower() for word in words)


def from_first_line(setting: Setting) -> Heard:
    """A name alone as the first line of the text, or in brackets at the end, as papers print it that have no byline field."""
    head = next((block.index for block in setting.page.outline.blocks if block.tag == "h1"), -1)
    near = (block for block in setting.near if block.index > head)
    after = [block for block in near if block.tag == "p" and block.setting.zone is None and not LABEL().match(block.text)]
    line, _, address = after[0].text.partition("\n") if after else ("", "", "")
    line = line if not address or ADDRESS.fullmatch(address) else ""
    if 5 <= len(line) < 40 and line.count(" ") in (1, 2) and not after[0].is_link and len(after) > 1:
        named = [author for author in names_of(line) if plausible(author) and " " in author.name]
        if len(named) == 1 and line.isupper() and len(after[1].text) > 80:
            yield Candidate(tuple(named), after[0].text, "first_line", "first line of the text", 0.4)
    for block in setting.page.outline.blocks[-60:]:
        editors = EDITORS.search(block.text) if "责" in block.text or "責" in block.text else None
        if editors:
            found = tidy(filter(plausible, names_of(editors[1])), setting.site)
            if found:
                yield Candidate(
                    tuple(replace(author, role="编辑") for author in found), editors[0], "printed", "last line of the text", 0.5
                )
            return


def from_reporters(setting: Setting) -> Heard:
    """Whom Chinese papers name as reporters: on a line of their own, in the dateline's bracket, or behind the text's last words."""
    if not UNSPACED.search(setting.page.title):
        return
    start = setting.near[0].index if setting.near else 0
    for block in setting.page.outline.blocks:
        if block.index < start or block.is_link or block.setting.list is not None or is_foreign(block):
            continue
        names = reporters_in(block.text) or (authors_in(block.text) if is_colophon(block.text) else ())
        found = tidy((author for name in names for author in classified([name]) if plausible(author)), setting.site)
        if found:
            yield Candidate(found, block.text[:TEXT_LENGTH], "reporters", "in the text", 0.6)
            return


def from_signature(setting: Setting) -> Heard:
    """A name in brackets at the end of the text, as Japanese papers sign; "-- By Jane Doe", "(By Jane Doe)"."""
    blocks = setting.page.outline.blocks
    text = [block for block in blocks if block.tag == "p" and block.setting.zone is None and block.setting.caption is None]
    for block in [*text[-3:], *[block for block in blocks[-60:] if block.tag == "div" and len(block.text) > LONG_TEXT][-1:]]:
        dashed = DASHED.match(block.text) if len(block.text) <= BYLINE_LENGTH else None
        named = [author for author in printed_names(block.text[dashed.end() :]) if plausible(author)] if dashed else []
        if block.text[-1:] in ")/" and (signed_by := SIGNED_BY.search(block.text[-SIGNATURE:])):
            named = [author for author in names_of(signed_by["names"]) if plausible(author)]
        if named and all(map(is_somebody, named)):
            yield Candidate(tuple(named), block.text[-BYLINE_LENGTH:], "last_line", "last line of the text", 0.5)
            return
        end = block.text[-40:]
        signed = SIGNED.match(end) if end[-1:] in "）)】" else None
        if signed and not NOT_SIGNED.search(signed["name"]) and len(re.sub(r"\s", "", signed["name"])) in range(3, 7):
            name = re.sub(r"[\s\u3000]+", " ", signed["name"])
            yield Candidate((Author(name),), end, "last_line", "last line of the text", 0.5)
            return


def from_last_line(setting: Setting) -> Heard:
    """A name alone, all bold, as the last line of the text."""
    text = [block for block in setting.page.outline.blocks if block.tag == "p" and block.setting.caption is None and not is_foreign(block)]
    last = max((index for index, block in enumerate(text) if len(block.text) > 80), default=-1)
    for block in text[last + 1 : last + 2] if last >= 0 else ():
        if block.strong >= 0.9 * len(block.text.replace(" ", "")) and len(block.text) < 40 and not block.links:
            named = list(names_of(block.text))
            if named and all(plausible(author) and " " in author.name and author.kind == "person" for author in named):
                yield Candidate(tuple(named), block.text, "last_line", "last line of the text", 0.4)


SOURCES: tuple[Callable[[Setting], Heard], ...] = (from_jsonld, from_metas, from_markup, from_print)
# Heard only where the others name nobody, or the site itself.
LAST_SOURCES: tuple[Callable[[Setting], Heard], ...] = (
    from_reporters,
    from_class,
    from_markup_anywhere,
    from_hcard,
    from_profile_links,
    from_date_line,
    from_first_line,
    from_signature,
    from_last_line,
)


# --- names in text


def printed_names(text: str) -> list[Author]:
    """Names in a printed byline: "By Jane Doe and Ina Lang in Lagos | 3 May"."""
    opened = LABEL().match(text)
    rest = ONE_REPORTS_FROM.sub("", text[opened.end() :] if opened else text)
    end = BYLINE_END.search(rest)
    role = rest[end.end() :].strip() if end else ""
    if end and end.end() < len(rest) and is_place(rest[: end.start()]):  # "Nairobi - Jane Doe"
        rest = rest[end.end() :]
        end = BYLINE_END.search(rest)
    rest = rest[: end.start()] if end and end.start() > 2 else rest
    if opened and DIGIT.search(text):  # the month before its day: "By Jane Doe March 3, 2026", "… March 3 at 9:30 AM"
        date = next((found.start for found in find_moments(text[opened.end() :], around=ANY_DAY)), 0)
        rest = rest[:date] if date > 2 else rest
    named = list(names_of(BEFORE_DATE.sub("", rest) if rest != text else rest))
    if named and key_of(role) in organisation_names() and all(key_of(author.name) != key_of(role) for author in named):
        named.append(Author(role, kind="organisation"))  # "By Jane Doe", and "Associated Press" on the next line
    elif len(named) == 1 and named[0].role is None and len(role) <= NAME_LENGTH and ROLE_FIRST().match(role):
        named = [replace(named[0], role=role)]
    return named


@cache
def LABEL() -> re.Pattern[str]:
    return re.compile(rf"\s*(?:{any_pattern('byline_labels')})(?<=[\w:：／/=・.–-])\s*[:：]?\s*(?<![^\W\d_])(?=[^\W\d_@])", re.I)


@cache
def LABEL_ALONE() -> re.Pattern[str]:
    return re.compile(rf"\s*(?:{any_pattern('byline_labels')})\s*[:：]?\s*", re.I)


def names_of(text: str) -> Iterator[Author]:
    """Authors in a string that may glue several names, roles and agencies together; at most MAX_AUTHORS."""
    text = clean(unescape(unescape(text[:2_000])), 1_000)
    text = WRITES_FOR.sub("", text) if " " in text else text
    text = SENT_TO.sub(r", \1", text)
    text = OTHERS.sub("", BRACKETS.sub(" ", ADDRESS.sub(" ", text))).strip(" ,;|-–—:").rstrip("([ ")
    if others := OTHER_HANDS.search(text):
        text = text[: others.start()].rstrip(" .,;|/-–—") or text[others.end() :].lstrip()
    if "기자" in text and (reporters := REPORTERS.findall(text)):
        yield from map(Author, reporters)
        return
    text = without_label(text)
    if colleague := COLLEAGUE().match(text):
        named = [replace(author, role=author.role or colleague["role"]) for author in names_of(colleague["name"])]
        yield from named[:1]
        return
    if LAST_FIRST.match(text) and ";" in text:
        parts = [" ".join(reversed(part.split(", ", 1))) for part in text.split("; ")]
    elif inverted := LAST_INITIALS.match(text):
        parts = [f"{inverted[2].strip()} {inverted[1]}"]
    else:
        glued = GLUE.split(text)
        glued = [text] if any(len(part) == 1 and part.isascii() for part in glued) else glued  # "Mac & i"
        parts = [half for part in glued for half in split_pair(part)]
        parts = [name for part in parts for name in (part.split() if KANJI_NAMES.fullmatch(part) else [part])]
    yield from classified([piece for part in parts[:MAX_AUTHORS] for piece in split_tail(part.strip(" ／/"))])


def without_label(text: str) -> str:
    """A string of names without what opens a byline, where that cannot be part of a name: "Di Ada Rossi", not "Di Stefano"."""
    opened = LABEL().match(text)
    if not opened or opened.end() >= len(text):
        return text
    label, rest = text[: opened.end()].rstrip(), text[opened.end() :]
    words = rest.split()
    particle = is_particle(text) and all(word in read_words("name_particles") for word in label.split())
    if label[-1] in LABEL_SIGNS or (rest[0].isupper() and not label.istitle() | particle):
        return rest
    capitals = words[0][0].isupper() and any(word[0].isupper() for word in words[1:])
    if label.casefold() in read_words("byline_openings") and (capitals or is_organisation(rest)):
        return rest
    return rest if label.casefold() in ALWAYS_OPENS and label[0].isupper() else text


@cache
def COLLEAGUE() -> re.Pattern[str]:
    """ "our reporter Jane Doe", "notre correspondante à Rome, Jeanne Martin"."""
    return re.compile(
        rf"(?:[^\W\d_]+ )?(?:{one_of('our')}) (?P<role>{one_of('byline_roles')})"
        r"(?: (?-i:[a-zà]{1,4}) [^\W\d_][\w-]*,)?,? (?P<name>.+)",
        re.I,
    )


def is_particle(text: str) -> bool:
    """Whether a name opens with a particle that is written small: "von der Heide"."""
    return text[:1].islower() and text.split(" ", 1)[0] in read_words("name_particles")


def split_pair(text: str) -> list[str]:
    """Two persons joined by a word that firms and family names also hold: split only where both sides are whole names."""
    halves = PAIR.split(text)
    agencies = [key_of(half) in organisation_names() for half in halves]
    if len(halves) > 1 and all(is_agency or is_whole_name(half) for half, is_agency in zip(halves, agencies, strict=True)):
        outlet = any(agencies) and halves[0].split(" ")[0].casefold() in read_words("name_particles")  # "Le Figaro et AFP"
        return [text] if outlet else halves
    return [text]


def is_whole_name(text: str) -> bool:
    return is_name(text) and " " in text.strip() and not is_organisation(text)


def split_tail(text: str) -> list[str]:
    """ "Jane Doe Associated Press" is a person and an agency: the agency's name is of several words or in capitals."""
    words = text.split()
    for count in range(1, min(4, len(words) - 1)):
        name, tail = " ".join(words[:-count]), " ".join(words[-count:])
        apart = (count > 1 or tail.isupper()) and words[-count - 1][0].isupper()
        if apart and key_of(tail) in organisation_names() and is_name(name):
            return [name, tail]
    return [text]


def without_role(text: str) -> str:
    """A name without the role printed behind it, and without the place that somebody reports from."""
    return name_and_role(text)[0]


def name_and_role(text: str) -> tuple[str, str | None]:
    """("Jane Doe", "Staff Writer") of "Jane Doe Staff Writer" and of "Jane Doe - Staff Writer at Example"."""
    dash = DASH_ROLE.search(text)
    behind = dash[0].strip(" -–—") if dash else ""
    text = DASH_ROLE.sub("", text).strip(" ,;|-–—:'\"")
    if not INITIAL.search(text):
        text = text.rstrip(".")
    text = KANJI_ROLE.sub("", text)
    if " " in (name := LAST_REPORTS_FROM.sub("", text)):
        text = name
    match = ROLE().search(text)
    if match and match.start() > 0:
        return text[: match.start()].strip(" ,-–—"), text[match.start() :].strip(" ,-–—") or None
    return text, behind if ROLE_FIRST().match(behind) else None


@cache
def ROLE() -> re.Pattern[str]:
    return re.compile(rf"\s+(?:{one_of('byline_roles')})$", re.I)


@cache
def ROLE_FIRST() -> re.Pattern[str]:
    """ "envoyée spéciale à Kiev", "reporter at the Example"."""
    return re.compile(rf"(?:{one_of('byline_roles')})(?: [^\W\d_]{{1,4}} .*)?$", re.I)


@cache
def roles() -> frozenset[str]:
    return frozenset(word.casefold() for word in read_words("byline_roles"))


def classified(parts: Sequence[str]) -> Iterator[Author]:
    """Parts of one string as authors: beside whole names, a single word is a place or a role, unless it is an agency.

    "Jane Doe, AP National Political Writer" is one author with a role.
    """
    read = [name_and_role(part) for part in parts]
    names = [name for name, _ in read]
    some_full = any(" " in name and is_name(name) for name in names) or (len(names) > 1 and is_organisation(names[0]))
    found: list[Author] = []
    for part, (name, own_role) in zip(parts, read, strict=True):
        full = is_name(name) and (" " in name or CASELESS.search(name) is not None)
        role = ROLE().search(part) if found and not CASELESS.search(part) else None
        if role and full and part[role.start() :].lstrip()[:1].islower():
            role = None  # "… and Owen Pratt staff writers" is a person
        if not name or part.casefold() in roles() or role or (found and ROLE_FIRST().match(part)):
            if found and name and found[-1].kind == "person" and found[-1].role is None:
                found[-1] = replace(found[-1], role=part)
        elif is_organisation(name):
            found.append(Author(name, kind="organisation"))
        elif not some_full or full:
            found.append(Author(name, role=own_role))
    yield from found


def is_name(text: str) -> bool:
    """Whether text is written as a personal name is: few words, each with a capital, particles apart."""
    words = text.split()
    if not 1 <= len(words) <= MAX_WORDS or len(text) > 60 or DIGIT.search(text) or ":" in text:
        return False
    if CASELESS.search(text):
        return len(text) <= 40 and not LONG_HAN.fullmatch(text)
    if words[-1][:1].islower():
        return False
    particles = read_words("name_particles")
    small = [word for word in words if not word[:1].isupper() and word.lstrip("'’“\"")[:1].islower()]
    return all(word in particles or word[:2] in ("d'", "d’", "o'", "al", "el") for word in small) and len(small) < len(words)


@cache
def organisation_names() -> frozenset[str]:
    return frozenset(key_of(name) for name in read_words("agencies"))


@cache
def desk_words() -> frozenset[str]:
    return frozenset(read_words("desk_words"))


def is_organisation(text: str) -> bool:
    """An agency, a desk, a firm or a domain."""
    if key_of(text) in organisation_names() or DOMAIN.match(text) or is_body(text):
        return True
    words = re.findall(r"\w+(?:-\w+)*", text.casefold())
    return any(word in desk_words() or (word.rsplit("-", 1)[-1] in desk_words() and "-" in word) for word in words)


def plausible(author: Author) -> bool:
    """Whether a printed string may be taken for an author at all."""
    named = is_name(author.name) or key_of(author.name) in organisation_names()  # "dpa" is written small
    return named and len(author.name) > 1 and not author.name.isdigit() and author.name.casefold() not in nobodies()


@cache
def nobodies() -> frozenset[str]:
    return frozenset(word.casefold() for name in ("no_authors", "our", "published_labels", "modified_labels") for word in read_words(name))


def key_of(text: str) -> str:
    """For comparing names: letters and digits, without case."""
    return letters(text[:TEXT_LENGTH])


def site_keys(page: Page) -> frozenset[str]:
    """What the site calls itself, for comparing; with its host, with and without ending. Names of its authors are not among them."""
    behind = TITLE_END.search(page.title)
    host = (urlsplit(page.url).hostname or "").removeprefix("www.")
    names: list[object] = [host, host.rsplit(".", 1)[0], page.site.publisher if page.site else None]
    names += [behind[1]] if behind and is_organisation(behind[1]) else []
    names += [page.meta(name) for name in ("og:site_name", "application-name", "apple-mobile-web-app-title")]
    names += [name for _, name in page.told(*read_words("author_metas")) if names_the_site(name, page.title)]
    for node in [*page.graph.many(page.article.get("publisher")), *page.graph.typed("WebSite")]:
        names += [node.get("name"), node.get("alternateName"), node.get("legalName")] if isinstance(node, dict) else [node]
    return frozenset(key for name in names if isinstance(name, str) and (key := key_of(name)))


def tidy(authors: Iterable[Author], site: frozenset[str]) -> tuple[Author, ...]:
    """Without nobodies, doubles, and the site's own name beside others."""
    found: dict[str, Author] = {}
    for author in (without_site(author, site) for author in authors):
        key = key_of(author.name)
        if key and key not in found and len(author.name) <= NAME_LENGTH and not is_nobody(author.name):
            found[key] = author
    found = {key: author for key, author in found.items() if not any(is_initials(author.name, other.name) for other in found.values())}
    marked = {key: replace(author, kind="organisation") if key in site else author for key, author in found.items()}
    others = [author for key, author in marked.items() if key not in site]
    return tuple((others or list(marked.values()))[:MAX_AUTHORS])


def is_initials(text: str, name: str) -> bool:
    """ "AO" of "Ann Oak": what a page shows in place of a portrait."""
    return 2 <= len(text) <= 3 and text.isupper() and " " in name and text == "".join(word[0] for word in name.split())


def without_site(author: Author, site: frozenset[str]) -> Author:
    """ "Jane Doe Daily Example" without the site's name."""
    words = author.name.split()
    for count in range(min(4, len(words) - 2), 0, -1):
        if words[-count - 1][:1].isupper() and key_of(" ".join(words[-count:])) in site and is_name(" ".join(words[:-count])):
            return replace(author, name=" ".join(words[:-count]), kind="person")
    return author


def is_nobody(name: str) -> bool:
    return name.casefold() in nobodies() or bool(NUMBER.match(name)) or bool(HANDLE.match(name)) or "{" in name or "<" in name


# --- the printed line


def near_headline(page: Page) -> list[Block]:
    """Blocks around the first headline, without navigation and other stories."""
    blocks = page.outline.blocks
    titles = {key_of(text) for text in (page.meta("og:title"), page.article.get("headline"), page.title) if isinstance(text, str)}
    heads = [index for index, block in enumerate(blocks) if block.tag == "h1"]
    at = next((index for index in heads if key_of(blocks[index].text) in titles), heads[0] if heads else None)
    if at is None:
        at = next((index for index, block in enumerate(blocks) if key_of(block.text) in titles), None)
    if at is None:  # the page's title has the site's name behind it
        heads = [index for index, block in enumerate(blocks) if block.tag in ("h2", "h3", "h4") and len(block.text) >= LEAST_HEAD]
        at = next((index for index in heads if any(title.startswith(key_of(blocks[index].text)) for title in titles)), None)
    if at is None and (printed := printed_title(page)) is not None:
        at = blocks.index(printed)
    if at is None:
        return []
    before, after = WINDOW
    above = [block for block in blocks[max(0, at - before) : at] if block.tag != "h1" and not is_foreign(block)]
    below = [block for block in blocks[at : at + FAR] if block.tag != "h1" and not is_foreign(block)]
    return above + below[:after]


def is_foreign(block: Block) -> bool:
    zone = block.setting.zone
    head = zone is not None and zone.outer is None and zone.root.tag == "footer" and zone.root.getparent() is block.setting.article
    zones = FOREIGN_ZONES - {"ads"} if is_biography(block) else FOREIGN_ZONES  # "sponsor-placement" around the head of a story
    return (not head and lies_in(block, zones)) or block.setting.caption is not None or block.setting.figure is not None


def find_byline(near: Sequence[Block], authors: Sequence[Author]) -> str | None:
    """The line as printed that names the authors (or opens as bylines do)."""
    names = [key_of(author.name) for author in authors]
    lines = [(block, alone(without_date(block.text), authors)) for block in near if len(block.text) <= BYLINE_LENGTH]
    for block, line in lines:
        key = key_of(line)
        told = sum(len(name) for name in names if name in key)
        whole = is_biography(block) and not DIGIT.search(line) and any(key.startswith(name) for name in names)
        opens = bool(names) and line[-1:] not in ".!?" and LABEL().match(line) is not None and 0 <= key.find(names[0]) <= LABEL_LENGTH
        if told and (told >= 0.3 * len(key) or whole or opens):
            return clean(line, BYLINE_LENGTH)
    labelled = (line for block, line in lines if LABEL().match(line) and (is_biography(block) or line != block.text))
    printed = next(labelled, None)
    return clean(printed, BYLINE_LENGTH) if printed is not None else None


def alone(line: str, authors: Sequence[Author]) -> str:
    """A line without the dates before the byline and behind it, which is known by its first name."""
    start = line.find(authors[0].name) if authors and DIGIT.search(line) else -1
    if start < 0:
        return line
    digits = [found.end() for found in DIGIT.finditer(line, 0, start)]
    if digits:
        words = (found.start() for found in WORD.finditer(line, digits[-1], start))
        start = next((place for place in words if (opened := LABEL().match(line, place)) and opened.end() <= start), start)
        line = line[start:]
    date = next((found.start for found in find_moments(line)), None)
    end = line.rfind(authors[-1].name) + len(authors[-1].name)
    if date is None or date < end or end <= 0:
        return line
    behind = line[end:date].replace("\n", " ").rstrip(DATE_SIGNS)
    behind = BEFORE_DATE.sub("", date_label().sub("", behind).rstrip(DATE_SIGNS))
    before, _, last = behind.rstrip(DATE_SIGNS).rpartition(" ")
    return line[:end] + (before if last.casefold() in weekdays() else behind).rstrip(DATE_SIGNS)


WORD = re.compile(r"(?<!\w)\w")
DATE_SIGNS = " |·•,:：／/–—-"  # before a date
LABEL_LENGTH = 15  # letters before the first name of a byline


def is_biography(block: Block) -> bool:
    return block.setting.zone is not None and block.setting.zone.name == "bio"


def without_date(text: str) -> str:
    """ "March 3, 2026 at 3:35 p.m. By Jane Doe" is a date and a byline on one line; gives "By Jane Doe"."""
    if len(text) > BYLINE_LENGTH or not (number := DIGIT.search(text)):
        return text
    if LABEL().match(text) or (start := text.find(" ", number.end())) < 0:
        return text
    opened = NEXT_LABEL().search(text, start, DATE_LENGTH)
    return text[opened.start("label") :] if opened and not text[opened.end()].islower() else text


@cache
def NEXT_LABEL() -> re.Pattern[str]:
    return re.compile(rf"(?:(?<=[\d.])|(?<=\w)(?= ?[,|·•–—]))(?: ?[,|·•–—-])? (?P<label>{LABEL().pattern[3:]})", re.I)
