"""Who wrote a story: persons and organisations, and the byline as it is printed.

Sources are heard in the order of SOURCES. The first that names somebody other than the site itself wins; the site's own name stands only
where nobody else is named. Names are never re-cased. Here is where on the page they stand; `names` reads the strings.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import islice, pairwise, takewhile
from typing import Any
from urllib.parse import urlsplit

from lxml import etree

from archiver.extract.blocks import HEADS, Block, Element, lies_in, links_of
from archiver.extract.captions import is_slanted
from archiver.extract.evidence import Candidate, choose, clean
from archiver.extract.headline import printed_title
from archiver.extract.jsonld import types_of
from archiver.extract.keywords import is_topic_path
from archiver.extract.labelled import ROLE as REPORTER_ROLE
from archiver.extract.labelled import authors_in, is_colophon, names_the_site, read_facts, reporters_in, signed
from archiver.extract.moments import ANY_LANGUAGE, DIGIT, find_moments, weekdays
from archiver.extract.names import (
    ADDRESS,
    ANY_DAY,
    BEFORE_DATE,
    BYLINE_LENGTH,
    CASELESS,
    COLLEAGUE,
    DATE_LENGTH,
    LABEL,
    LABEL_ALONE,
    MAX_AUTHORS,
    NAME_LENGTH,
    TEXT_LENGTH,
    behind_other_hands,
    classified,
    desk_words,
    is_name,
    is_name_and_role,
    is_nobody,
    is_organisation,
    is_post,
    is_somebody,
    key_of,
    names_of,
    nobodies,
    organisation_names,
    other_hands,
    plausible,
    printed_names,
    roles,
    without_date,
)
from archiver.extract.noise import is_date_line, is_promo, is_standing_line
from archiver.extract.page import Page
from archiver.extract.places import is_place
from archiver.extract.sections import IN_CATEGORY, is_section_name
from archiver.extract.words import read_words
from archiver.records import Author, Evidence
from archiver.unspaced import UNSPACED

__all__ = ["Authors", "read_authors"]

WINDOW = (6, 14)  # blocks before and after the headline in which a byline is looked for
FAR = 50  # blocks behind the headline, with those of pictures, their captions and other stories that stand before the byline
LEAST_HEAD = 10  # characters of a heading that is the beginning of the page's title
TITLE_END = re.compile(r"(?<= [-–—|•·] )([^-–—|•·]{3,60})$")  # of a page, behind the headline
LEAST_SITE_WORD = 5  # letters
LEAST_ROLE = 6  # letters beside the names of a byline that has a role
NAME_AND_DATE = re.compile(r"[^\d|·•\n]{5,60}\s*[|·•\n]\s*\d{1,4}[ ./-]")
DASHED = re.compile(r"[-–—]{1,2}\s*(?=(?:By|Von|Par|Por)\s)")
# The writer's name in brackets at the end of a Japanese text, with or without the office: "（山田花子）", "【横浜支局・山田花子】"
SIGNED = re.compile(
    r"(?:.*[。」])?\s*[（(【](?:[^（(【）)】]{2,12}[・、 　])?"
    r"(?P<name>[\u3400-\u9fff々]{1,3}[ 　]?[\u3400-\u9fff々\u3040-\u30ff]{1,4})[）)】]$",
    re.S,
)
SIGNED_BY = re.compile(r"\((?:[Bb]y|[Pp]or|[Pp]ar|[Vv]on|[Dd]i)\s+(?P<names>[^()]{5,80})\)(?:\s*Enditem/?\w{0,4})?$")
SIGNED_LENGTH = 60  # characters of "By Jane Doe" alone below a text
SIGNATURE = 120  # characters of the end of a text in which it is signed
LONG_TEXT = 1_000  # characters of a text that is one block
NOT_SIGNED = re.compile("写真|共同|時事|終わ|おわ|つづく|続|了|提供|撮影|編集|記者|参照|敬称|注|上|下|中|通信|新聞|日$")
EDITORS = re.compile(r"[（(]\s*(?:责编|责任编辑|責任編輯)\s*[：:]([^()（）]{2,60})[)）]")
FOREIGN_ZONES = frozenset({"nav", "footer", "related", "comments", "ads", "hidden", "newsletter"})
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
    printed = find_byline(setting.near, authors, page)
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
    others = [candidate for candidate in heard if not (keys_of(candidate) <= keys_of(heard[0]) or is_agency_below(candidate))]
    better = [candidate for candidate in others if not is_own_name(candidate.value, site) and all(map(is_somebody, candidate.value))]
    return better + [candidate for candidate in heard if candidate not in better]


def is_agency_below(candidate: Said) -> bool:
    """Whether a text is signed by agencies alone: they supplied it, and the desk that stands above it is its author."""
    return candidate.method == "last_line" and all(author.kind == "organisation" for author in candidate.value)


def keys_of(candidate: Said) -> frozenset[str]:
    return keys(candidate.value)


def keys(authors: Iterable[Author]) -> frozenset[str]:
    return frozenset(key_of(author.name) for author in authors)


def is_weak(candidate: Said, site: frozenset[str]) -> bool:
    """Whether no one is named in person, or, in a meta tag, a firm: the publisher, where somebody else wrote the story."""
    firm = candidate.method == "meta" and all(
        author.kind == "organisation" and key_of(author.name) not in organisation_names() for author in candidate.value
    )
    return firm or is_nobody_in_person(candidate.value, site)


def is_nobody_in_person(authors: Sequence[Author], site: frozenset[str]) -> bool:
    """Whether no one is named but the site itself, its account, its newsroom ("Redaksi"), or a post in it: "Online Editor"."""
    return is_own_name(authors, site) or all(is_post(author.name) or author.name.casefold() in desk_words() for author in authors)


def is_own_name(authors: Sequence[Author], site: frozenset[str]) -> bool:
    """Whether no one is named but the site itself, or the account that posts everything."""
    return all(is_name_of_site(author.name, site) or (author.url or "").rstrip("/").rsplit("/", 1)[-1] in nobodies() for author in authors)


def is_name_of_site(name: str, site: frozenset[str]) -> bool:
    """Also its last word: "Courier" of the Vale Courier."""
    key = key_of(name)
    return key in site or (len(key) >= LEAST_SITE_WORD and " " not in name and any(own.endswith(key) for own in site))


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
        found |= dict.fromkeys([outer, *MARKED_INSIDE(outer)] if len(outer) and (block.links or len(outer) < 12) else [outer])
        for _ in range(2):
            outer = outer.getparent()
            if outer is not None:
                found.setdefault(outer)
    yield from marked(setting, list(filter(is_marked, found)))


def from_markup_anywhere(setting: Setting) -> Heard:
    """The same in the whole page."""
    named = (element for element in setting.page.annotated if element.tag not in ("meta", "link") and names_author(element))
    yield from marked(setting, [element for element in islice(named, MAX_MARKED) if not is_elsewhere(element)])


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


def names_author(element: Element) -> bool:
    return "author" in (element.get("rel") or "") or "author" in (element.get("itemprop") or "")


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
    if name is None and (inner := element.find(".//*[@rel='author']")) is not None:
        name = inner  # of a box with more about the author in it
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
    lines: list[str] = []
    style = None  # of the first line: what follows belongs to it only in the same form
    told = False  # the text has begun
    announced = False  # the line before is "By" alone
    named_box = any(is_biography(block) and LABEL().match(block.text) for block in setting.near)
    for block in setting.near:
        in_byline = is_biography(block)
        if named_box and not in_byline and block.setting.credit is not None:
            continue  # whose picture stands at the head of the story
        told = told or opens_text(block)
        if told and found:
            break  # what names its writer below the text's first lines is another story
        if len(block.text) > BYLINE_LENGTH:
            continue
        if found and style != (block.tag, block.owner.get("class")):
            if not (LABEL().match(block.text) and is_nobody_in_person(found, setting.site)):
                continue
            yield Candidate(tidy(found, setting.site), "\n".join(lines), "printed", "near the headline", 0.6)
            found, lines = [], []  # behind the account that posts everything, the text's own first line
        if block.tag in HEADS and ABOUT.match(block.text):
            break  # a box about the author
        if read_facts(block.text):
            named = [author for name in authors_in(block.text) for author in classified([name]) if plausible(author)]
            if named and not found:
                style = (block.tag, block.owner.get("class"))
                found += with_links(named, block, setting.page)
                lines.append(block.text)
            continue
        text = behind_other_hands(without_date(without_other_links(block, setting.page)))
        if not text:
            continue
        labelled = announced or LABEL().match(text) is not None or COLLEAGUE().match(text) is not None
        announced = LABEL_ALONE().fullmatch(text) is not None
        if announced or not (in_byline or labelled or NAME_AND_DATE.match(text) or (not told and is_name_and_role(text))):
            continue
        named = [author for author in printed_names(text) if plausible(author) and (labelled or is_somebody(author))]
        if not (in_byline or labelled or is_name_and_role(text)):  # a section may stand before a date, too
            named = [author for author in named if CASELESS.search(author.name) or is_written_out(author, setting.page)]
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
        if opens_text(block):
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


def linked_names(block: Block) -> list[Author]:
    """The names in a byline whose links are all to persons, with roles and dates about them; none where one is something else."""
    if other_hands(block.text):
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
        if block is None:
            return
        if opens_text(block):
            if block.index > head + 2:
                return  # the text has begun
            continue  # a standfirst
        line = before_date(block.text) if DIGIT.search(block.text) else None
        if line is None and following is not None and before_date(following.text) == "":
            line = block.text
        labelled = line is not None and bool(read_facts(line))  # who supplied the text
        named = printed_names(line) if line and len(line) <= BYLINE_LENGTH // 2 and not (block.is_link or labelled) else []
        is_whole = len("".join(key_of(f"{author.name} {author.role or ''}") for author in named)) >= 0.7 * len(key_of(line or ""))
        is_whole = is_whole and key_of(line or "") not in key_of(setting.page.title)  # the headline once more
        if named and is_whole and all(is_written_out(author, setting.page) for author in named):
            yield Candidate(tidy(named, setting.site), block.text, "above_date", "near the headline", 0.4)
            return


def from_name_and_day(setting: Setting) -> Heard:
    """A person's name and the day on one line, in any order, right above the headline or between it and text: "5 March | Jane Doe"."""
    page = setting.page
    head = next((block.index for block in page.outline.blocks if block.tag == "h1"), -1)
    near = [block for block in setting.near if block.index >= head - ABOVE_HEAD]
    for block in takewhile(lambda block: not (opens_text(block) and block.index > head), near):
        parts = () if block.is_link else beside_day(block.text)
        named = list(filter(None, (names_beside_day(part, block, page) for part in parts)))
        if len(named) == 1:
            yield Candidate(tidy(with_links(named[0], block, page), setting.site), block.text, "name_and_day", "near the headline", 0.5)
            return


ABOVE_HEAD = 2  # blocks


def beside_day(text: str) -> tuple[str, ...]:
    """What a short line tells beside days, clock times and what stands with every story ("2 min read"); nothing where it has no day."""
    if len(text) > DATE_LENGTH or not DIGIT.search(text):
        return ()
    pieces, end = [], 0
    for found in find_moments(text, ANY_LANGUAGE, around=ANY_DAY):
        if text[found.end : found.end + 1] in DAY_OPENS:
            return ()  # "March 5: Jane Doe" tells of the day
        pieces.append(date_label().sub("", text[end : found.start]))
        end = found.end
    parts = (part.strip(DATE_SIGNS) for piece in (*pieces, text[end:]) for part in PIECES.split(piece)) if end else ()
    return tuple(clean(BEFORE_DATE.sub("", part)) for part in parts if is_told(part))


DAY_OPENS = frozenset(":：")
PIECES = re.compile(r"\s*[|·•●\n]\s*|(?<!\w)[-–—]+\s|\s[-–—]+(?!\w)")


def is_told(part: str) -> bool:
    """Whether a part of a line is more than a sign, a weekday, the label of a date, or a line of every story."""
    word = part.casefold()
    is_short = len(word) < SHORT_WORD and CASELESS.search(word) is None and key_of(word) not in organisation_names()
    return len(key_of(word)) > 1 and not (is_short or word in weekdays() or is_nobody(word) or is_standing_line(word) or is_promo(word))


def names_beside_day(part: str, block: Block, page: Page) -> list[Author]:
    """The persons and agencies that a part of a line is; none where it may be a section, a place, or whom the story is about."""
    if CASELESS.search(part):
        return list(map(Author, eastern_names(part, block, page)))
    named = printed_names(part)
    is_whole = len("".join(key_of(f"{author.name} {author.role or ''}") for author in named)) >= 0.8 * len(key_of(part))
    known = is_whole and all(author.kind == "organisation" or has_given_name(author) for author in named)
    return named if known and all(is_written_out(author, page) and is_strange(author, page) for author in named) else []


SHORT_WORD = 5  # letters; shorter ones are weekdays and signs, and no one's whole name


def eastern_names(line: str, block: Block, page: Page) -> tuple[str, ...]:
    """The names of a line in Chinese, Japanese or Korean: of reporters, or with known family names and of none whom the page speaks of."""
    named = (
        reporters_in(line)
        or signed(line, REPORTER_ROLE())
        or tuple(author.name for author in names_of(line) if KOREAN_REPORTER.search(line))
    )
    if named:
        return named
    parts = EASTERN_PARTS.split(line)
    if len(parts) == 2 and opens_eastern_name("".join(parts)):
        parts = [line]  # family and given name apart
    is_name = all(len(part) == 2 or opens_eastern_name(part) for part in parts) and any(map(opens_eastern_name, parts))
    others = "\n".join([page.title, *(other.text for other in page.outline.blocks if other is not block)])
    return tuple(parts) if is_name and not any(is_place(part) or is_section_name(page, part) or part in others for part in parts) else ()


KOREAN_REPORTER = re.compile("(?:기자|특파원)$")
EASTERN_PARTS = re.compile(r"[ \u3000、·]+")


def opens_eastern_name(text: str) -> bool:
    """Whether a word is long as a whole name and begins with a family name. Of two signs it may be any word."""
    word = text.replace(" ", "")
    name = EASTERN_NAME().fullmatch(word)
    return name is not None and NO_NAME.isdisjoint(name["given"]) and word not in family_names("none")


@cache
def family_names(language: str) -> frozenset[str]:
    lines = (line.partition(": ") for line in read_words("family_names"))
    return frozenset(name for key, _, names in lines if key == language for name in names.split())


@cache
def EASTERN_NAME() -> re.Pattern[str]:
    """A family name, and as many signs as a given name has beside it."""
    rules = (
        ("zh", 1, "..$"),
        ("zh", 2, "..?$"),
        ("ja", 1, "..$"),
        ("ja", 2, ".{1,3}$"),
        ("ko", 1, "[가-힣]{2}$"),
        ("ko", 2, "[가-힣]{1,2}$"),
    )
    family = {
        (language, length): "|".join(sorted(name for name in family_names(language) if min(len(name), 2) == length))
        for language, length, _ in rules
    }
    return re.compile(
        "(?:" + "|".join(f"(?:{family[language, length]})(?={given})" for language, length, given in rules) + ")(?P<given>.*)"
    )


# What ends the names of places, offices, papers and parts of them
NO_NAME = frozenset(
    "市省县縣区區州国國网網报報社台臺部界版频頻刊局院校会會站署厅廳处處科系学學事书書道府県町村駅港課論论文新闻聞시도군구부계업사판"
)


def has_given_name(author: Author) -> bool:
    first, _, rest = author.name.casefold().partition(" ")
    first = rest.partition(" ")[0] if first.endswith(".") and len(first) > len("J.") else first  # "Dr. Jane Doe"
    return author.kind == "person" and (first in given_names() or first.partition("-")[0] in given_names())


@cache
def given_names() -> frozenset[str]:
    return frozenset(name for line in read_words("given_names") for name in line.casefold().split())


def from_name_alone(setting: Setting) -> Heard:
    """A name on a line of its own between headline and text: below the date, bold, slanted or in <address>.

    Behind the date and a bar ("5 March 2026 | Vale Valley") a section or a place is as likely.
    """
    page = setting.page
    head = next((block.index for block in page.outline.blocks if block.tag == "h1"), -1)
    dated = False  # the line above is nothing but a date
    for block in takewhile(lambda block: not opens_text(block), (block for block in setting.near if block.index > head)):
        date, _, below = block.text.partition("\n") if is_date_line(block.text.partition("\n")[0]) else ("", "", block.text)
        told = len(below) <= NAME_LINE and (date or dated or is_bold(block) or block.tag == "address" or is_slanted(block))
        dated = bool(date) and not below
        named = [] if not told or block.is_link or is_promo(below) else printed_names(below)
        is_whole = len("".join(key_of(f"{author.name} {author.role or ''}") for author in named)) >= 0.8 * len(key_of(below))
        if named and is_whole and all(is_written_out(author, page) and is_strange(author, page) for author in named):
            yield Candidate(tidy(named, setting.site), block.text, "name_alone", "near the headline", 0.4)
            return


NAME_LINE = 80  # characters of a line that is nothing but names


def opens_text(block: Block) -> bool:
    return block.tag == "p" and len(block.text) > BYLINE_LENGTH // 2 and not block.links


def is_bold(block: Block) -> bool:
    return block.strong >= 0.9 * len(block.text.replace(" ", ""))


def is_strange(author: Author, page: Page) -> bool:
    """Whether no word of a name stands elsewhere on the page: in small letters, as a heading's words, or as of whom the story is about."""
    words = {word for word in NAME_WORDS.findall(author.name) if len(word) > 3}
    if author.kind == "organisation" or not words:
        return True
    others = (block.text for block in page.outline.blocks if len(block.text) > NAME_LINE or block.tag in HEADS)
    printed = {word for text in (page.title, *others) for word in NAME_WORDS.findall(text)}
    return printed.isdisjoint(words) and printed.isdisjoint(map(str.lower, words))


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
        and rubric_words().isdisjoint(words)
        and plausible(author)
        and not is_place(author.name)
        and not is_section_name(page, author.name)
    )
    return somebody and not is_of_plain_words(author.name, page)


@cache
def rubric_words() -> frozenset[str]:
    return frozenset(word for line in read_words("rubric_words") for word in line.split())


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


def from_korean_line(setting: Setting) -> Heard:
    """ "순천, 광양 홍길동 기자 hong@example.kr": where from, the reporter, the address, below the text."""
    start = setting.near[0].index if setting.near else 0
    for block in (block for block in setting.page.outline.blocks if block.index >= start):
        signed = KOREAN_LINE.search(block.text) if "기자" in block.text and len(block.text) <= SIGNED_LENGTH else None
        if signed and not block.is_link and not is_foreign(block) and plausible(author := Author(signed["name"], "기자")):
            yield Candidate((author,), block.text, "last_line", "last line of the text", 0.5)
            return


KOREAN_LINE = re.compile(r"(?:^|[\s,=/·])(?P<name>[가-힣]{2,4})\s?기자\s+[(<\[]?[\w.+-]+@[\w.-]+[)>\]]?$")


def from_signature(setting: Setting) -> Heard:
    """A name in brackets at the end of the text, as Japanese papers sign; "-- By Jane Doe", "(By Jane Doe)"."""
    blocks = setting.page.outline.blocks
    text = [block for block in blocks if block.tag == "p" and block.setting.zone is None and block.setting.caption is None]
    for block in [*text[-3:], *[block for block in blocks[-60:] if block.tag == "div" and len(block.text) > LONG_TEXT][-1:]]:
        dashed = DASHED.match(block.text) if len(block.text) <= BYLINE_LENGTH else None
        if dashed is None and len(block.text) <= SIGNED_LENGTH and block.text[-1:] not in ".!?:" and not block.links:
            dashed = LABEL().match(block.text) if behind_other_hands(block.text) else None
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
    """A name alone, all bold or slanted or at the right, as the last line of the text."""
    text = [block for block in setting.page.outline.blocks if block.tag == "p" and block.setting.caption is None and not is_foreign(block)]
    last = max((index for index, block in enumerate(text) if len(block.text) > 80), default=-1)
    for block in text[last + 1 : last + SHORT_PARAGRAPHS] if last >= 0 else ():
        if len(block.text) >= 40 or block.links:
            continue
        bold = is_bold(block)
        if bold or is_slanted(block) or AT_THE_RIGHT.search(f"{block.owner.get('style') or ''} {block.owner.get('align') or ''}"):
            named = list(names_of(behind_other_hands(block.text)))
            if not bold and not all(is_written_out(author, setting.page) for author in named):
                continue
            if named and all(plausible(author) and " " in author.name and author.kind == "person" for author in named):
                yield Candidate(tuple(named), block.text, "last_line", "last line of the text", 0.4)
                return


SHORT_PARAGRAPHS = 4  # of a text's end among which the signature is looked for
AT_THE_RIGHT = re.compile(r"text-align:\s?right| right$")


SOURCES: tuple[Callable[[Setting], Heard], ...] = (from_jsonld, from_metas, from_markup, from_print)
# Heard only where the others name nobody, or the site itself.
LAST_SOURCES: tuple[Callable[[Setting], Heard], ...] = (
    from_reporters,
    from_class,
    from_markup_anywhere,
    from_hcard,
    from_profile_links,
    from_name_and_day,
    from_date_line,
    from_name_alone,
    from_first_line,
    from_korean_line,
    from_signature,
    from_last_line,
)


# --- the same name twice, and the name of the site


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
    for author in (without_site(without_next_box(author), site) for author in authors):
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


def without_next_box(author: Author) -> Author:
    """ "Ann OakReporter", "Ann OakTwitter" without what stands in the next box; "Ann Oak Ann Oak", of two links, once."""
    glued = GLUED.search(author.name)
    if glued and (glued[0].casefold() in roles() or is_nobody(glued[0])) and is_name(name := author.name[: glued.start()]):
        role = glued[0] if glued[0].casefold() in roles() else None
        author = replace(author, name=name, role=author.role or role)
    words = author.name.split()
    once = words[: len(words) // 2]
    return replace(author, name=" ".join(once)) if len(once) > 1 and once * 2 == words else author


GLUED = re.compile(r"(?<=[a-zß-ÿ])[A-ZÀ-Þ][a-zß-ÿ]{4,}$")


def without_site(author: Author, site: frozenset[str]) -> Author:
    """ "Jane Doe Daily Example" without the site's name."""
    words = author.name.split()
    for count in range(min(4, len(words) - 2), 0, -1):
        if words[-count - 1][:1].isupper() and key_of(" ".join(words[-count:])) in site and is_name(" ".join(words[:-count])):
            return replace(author, name=" ".join(words[:-count]), kind="person")
    return author


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
    of_picture = block.tag != "address" and (block.setting.caption is not None or block.setting.figure is not None)
    return of_picture or (not head and lies_in(block, zones))


def find_byline(near: Sequence[Block], authors: Sequence[Author], page: Page) -> str | None:
    """The line as printed that names the authors (or opens as bylines do)."""
    names = [key_of(author.name) for author in authors]
    short = (block for block in near if len(block.text) <= BYLINE_LENGTH)
    lines = [(block, alone(without_date(without_other_links(block, page, names)), authors)) for block in short]
    for block, line in lines:
        key = key_of(line)
        told = sum(len(name) for name in names if name in key)
        whole = is_biography(block) and not DIGIT.search(line) and any(key.startswith(name) for name in names)
        opens = bool(names) and line[-1:] not in ".!?" and LABEL().match(line) is not None and 0 <= key.find(names[0]) <= LABEL_LENGTH
        if told and (told >= 0.3 * len(key) or whole or opens):
            named = [name for name in names if name in key]
            parts = (part for part in beside_day(block.text) if part in line and all(name in key_of(part) for name in named))
            return clean(next(parts, line), BYLINE_LENGTH)  # without the section and the comments beside it
    of_the_house = (line for _, line in lines if not names and line.rstrip(".").casefold() in staff_bylines())
    labelled = (line for block, line in lines if LABEL().match(line) and (is_biography(block) or line != block.text))
    printed = next(of_the_house, None) or next(labelled, None)
    return clean(printed, BYLINE_LENGTH) if printed is not None else None


@cache
def staff_bylines() -> frozenset[str]:
    return frozenset(read_words("staff_bylines"))


def without_other_links(block: Block, page: Page, names: Sequence[str] = ()) -> str:
    """A line without its links to the section, to topics and to comments: "Leave a Comment / News / By Jane Doe" gives "By Jane Doe".

    `names`: keys of known authors, whose links stay.
    """
    text = block.text
    if not block.links:
        return text
    parts = []
    begun = end = 0
    for printed, href in links_of(block):
        label = clean(printed, TEXT_LENGTH)
        start = text.find(label, end) if label else -1
        if start < 0:
            continue
        end = start + len(label)
        if key_of(label) not in names and leads_elsewhere(href, page):
            parts.append(text[begun:start])
            begun = end
    if not parts:
        return text
    line = BAR.join(part.strip(LINK_SIGNS) for part in [*parts, text[begun:]] if any(map(str.isalpha, part)))
    return IN_SECTION.sub("", line).strip() or text


def leads_elsewhere(href: str, page: Page) -> bool:
    to_comments = "#" in href and (page.absolute(href) or page.url).partition("#")[0] == page.url
    return to_comments or IN_CATEGORY.search(href[:500]) is not None or is_topic_path(href) or href in page.category_hrefs


BAR = " | "
LINK_SIGNS = " |·•/,:»›–—-"  # beside a link
IN_SECTION = re.compile(r"\s+(?:(?:posted |filed )?in|under|unter|en|em|dans)(?=\s*(?:[|]|$))", re.IGNORECASE)


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
    date = next((found.start for found in find_moments(line, around=ANY_DAY)), None)
    end = line.rfind(authors[-1].name) + len(authors[-1].name)
    if date is None or date < end or end <= 0:
        return line
    behind = line[end:date].replace("\n", " ").rstrip(DATE_SIGNS)
    behind = BEFORE_DATE.sub("", date_label().sub("", behind).rstrip(DATE_SIGNS))
    before, _, last = behind.rstrip(DATE_SIGNS).rpartition(" ")
    is_weekday = last.casefold() in weekdays() or (
        before.strip() in ("|", "·", "•") and len(last) < SHORT_WORD and last.istitle()
    )  # "| Thu"
    return line[:end] + (before if is_weekday else behind).rstrip(DATE_SIGNS)


WORD = re.compile(r"(?<!\w)\w")
DATE_SIGNS = " |·•,:：／/–—-()（）"  # beside a date
LABEL_LENGTH = 15  # letters before the first name of a byline


def is_biography(block: Block) -> bool:
    return block.setting.zone is not None and block.setting.zone.name == "bio"
