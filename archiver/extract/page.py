"""A page, parsed once: tree, text in order, JSON-LD graph, meta tags. Every reading rule takes it."""

from __future__ import annotations

import re
from codecs import BOM_UTF8
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from html import unescape
from itertools import chain, islice

from lxml import etree, html

from archiver import settings
from archiver.charset import decode_text, is_in_utf8
from archiver.extract.blocks import (
    HEADS,
    Block,
    Element,
    Outline,
    above_headline,
    elements_about,
    letters,
    links_of,
    read_outline,
    title_parts,
)
from archiver.extract.evidence import clean
from archiver.extract.jsonld import Graph, Node, find_article, read_graph
from archiver.records import Capture, Site
from archiver.urls import normalise

CONTROLS = bytes(code for code in (*range(32), 127) if code not in (9, 10, 13))
EACH_CONTROL = tuple(bytes((code,)) for code in CONTROLS)
GATHERED = ("a", "base", "h1", "link", "meta", "script", "time", "title")
ANNOTATED = etree.XPath("/descendant::*[@itemprop or @rel or @property or self::abbr]")
NO_CHARACTERS = ("\ufffe".encode(), "\uffff".encode())
# The same written as numbers ("&#11;"), which the parser takes for characters that lxml does not let into another tree.
CONTROL_CODE = re.compile(
    rb"&#(?:x0*(?:([bc])|[0-8ef]|1[0-9a-f]|fff[ef])(?![0-9a-f])|0*(?:(1[12])|[0-8]|1[4-9]|2[0-9]|3[01]|6553[45])(?![0-9]));?", re.IGNORECASE
)
CODE_BEFORE = re.compile(rb"&#?[x0-9a-f]*$", re.IGNORECASE)  # "&#x&#31;10" is "&#x10" without the code in it
CODE_LENGTH = 12  # characters
DECLARATION = re.compile(rb"^\s*<\?xml[^>]*\?>")
HEAD_TAGS = frozenset({"title", "meta", "link", "base", "script", "style", "noscript", "template"})
# A caption as WordPress keeps it, which plugins, AMP pages and moves to another system leave as it is: "[caption …]<img> text[/caption]"
CAPTION_CODE = re.compile(
    rb"\[caption\b[^\]<>]{0,300}\]\s*((?:<a\b[^>]{0,500}>\s*)?<img\b[^>]{0,3000}>\s*+(?:</a>)?)([^\[]{0,1500})\[/caption\]"
)
RARE = 500  # times that a byte is looked at one by one, a tenth of a microsecond each
FEW_LINES = 20
END_TAGS = (b"</html>", b"</body>", b"</HTML>", b"</BODY>")
AFTER_END = re.compile(rb"(?:</(?:html|body)>|\s)*+", re.IGNORECASE)  # nothing follows
MAX_METAS = 1_000
META_LENGTH = 10_000
MAX_CATEGORIES = 12
SITE_TITLE = frozenset({"site-title", "wp-block-site-title"})
HEAD_BLOCKS = 40  # of a page, in which the site's name is looked for
SITE_NAME_LENGTH = 60  # characters; what is longer is a slogan or a headline in the wrong place


@dataclass
class Page:
    """One capture's HTML. Values are computed once; nothing in it is changed by a rule."""

    url: str  # after redirects
    fetched_at: datetime  # UTC
    tree: Element = field(repr=False)
    site: Site | None = None
    addresses: dict[str, str | None] = field(default_factory=dict, repr=False)  # as written ▶ absolute; see `absolute`

    @cached_property
    def gathered(self) -> dict[str, list[Element]]:
        """The elements of each of GATHERED, in the page's order: one walk over the tree costs as much as for one tag alone."""
        found: dict[str, list[Element]] = {tag: [] for tag in GATHERED}
        for element in self.tree.iter(*GATHERED):
            found[element.tag].append(element)
        return found

    @cached_property
    def outline(self) -> Outline:
        titles = (self.title, self.meta("og:title") or "")
        lines = frozenset() if self.gathered["h1"] else title_parts(titles)
        return read_outline(self.tree, above_headline(self.gathered["h1"], titles), lines)

    @cached_property
    def graph(self) -> Graph:
        scripts = self.gathered["script"]
        return read_graph([script.text for script in scripts if script.text and "ld+json" in (script.get("type") or "").lower()])

    @cached_property
    def article(self) -> Node:
        """The JSON-LD node of the story; empty where there is none."""
        return find_article(self.graph, self.url) or {}

    @cached_property
    def metas(self) -> dict[str, list[str]]:
        """Contents of <meta> by name, property or itemprop, in small letters; in their order."""
        found: dict[str, list[str]] = {}
        for element in self.gathered["meta"][:MAX_METAS]:
            content = element.get("content")
            if not content:
                continue
            for attribute in ("property", "name", "itemprop", "http-equiv"):
                name = element.get(attribute)
                if name:
                    values = found.setdefault(name.strip().lower()[:100], [])
                    text = clean(unescape(content), META_LENGTH)
                    if text and text not in values:
                        values.append(text)
        return found

    def meta(self, *names: str) -> str | None:
        """The first content of the first of these names that the page gives."""
        return next((self.metas[name][0] for name in names if self.metas.get(name)), None)

    def told(self, *names: str) -> Iterator[tuple[str, str]]:
        """(name, content) of every meta tag with one of these names, in the order of the names."""
        for name in names:
            for content in self.metas.get(name, ()):
                yield name, content

    @cached_property
    def base(self) -> str:
        href = next((element.get("href") for element in self.gathered["base"] if element.get("href") is not None), None)
        return (normalise(href, self.url) if href is not None else None) or self.url

    def absolute(self, href: str | None) -> str | None:
        """An address as http(s), normalised; None where it is none."""
        if not href or len(href) > 4_096:
            return None
        if href not in self.addresses:
            self.addresses[href] = normalise(href.strip(), self.base) if href.strip() else None
        return self.addresses[href]

    @cached_property
    def related(self) -> dict[str, list[Element]]:
        """<link> and <a> elements by each word of their rel, in small letters."""
        found: dict[str, list[Element]] = {}
        for element in chain(self.gathered["link"], self.gathered["a"]):  # not `annotated`, which hardly a page needs
            if told := element.get("rel"):
                for word in told.lower().split():
                    found.setdefault(word, []).append(element)
        return found

    @cached_property
    def annotated(self) -> list[Element]:
        """Elements that say what they hold (microdata, RDFa, rel) and <abbr>, in the page's order. One search for all
        that ask for such: each walks the whole tree."""
        return ANNOTATED(self.tree)

    @cached_property
    def category_hrefs(self) -> frozenset[str]:
        """Where the links with a rel of categories lead, as written."""
        named = (element for word, elements in self.related.items() if "category" in word for element in elements)
        return frozenset(element.get("href") or "" for element in named)

    @cached_property
    def category_links(self) -> list[str]:
        """Texts of the links that WordPress themes mark as leading to the story's categories."""
        links = (element for element in self.gathered["a"] if "category" in (element.get("rel") or "") or is_taxonomy(element.getparent()))
        return [clean(" ".join(element.itertext()), 200) for element in islice(links, MAX_CATEGORIES)]

    @cached_property
    def canonical(self) -> str | None:
        """As declared by <link rel=canonical>, else og:url; absolute."""
        for element in self.related.get("canonical", ()):
            if element.tag == "link" and element.get("href"):
                return self.absolute(element.get("href"))
        return self.absolute(self.meta("og:url"))

    @cached_property
    def title(self) -> str:
        """Text of <title>."""
        head = self.tree.find("head")
        element = next((head if head is not None else self.tree).iter("title"), None)
        element = next(iter(self.gathered["title"]), None) if element is None else element
        return clean(unescape("".join(element.itertext()))) if element is not None else ""

    @cached_property
    def headings(self) -> frozenset[str]:
        """Letters of every heading."""
        return frozenset(letters(block.text) for block in self.outline.blocks if block.tag in HEADS)

    def leads_home(self, block: Block) -> bool:
        """Whether a block is an <h1> that links to the site's front page, or its blog's: its name, as older themes print it everywhere."""
        if block.tag != "h1" or not block.is_link:
            return False
        own = normalise(self.url) or self.url
        targets = [address.rstrip("/") for _, href in links_of(block) if (address := self.absolute(href))]
        return any(own.rstrip("/").startswith(target + "/") for target in targets)

    @cached_property
    def site_names(self) -> tuple[str, ...]:
        """What the site calls itself: og:site_name, publisher, the name above the page and the like; printed forms, without doubles."""
        names: list[object] = [self.site.publisher if self.site else None, self.meta("og:site_name"), self.meta("application-name")]
        names += [
            self.meta("apple-mobile-web-app-title"),
            self.meta("twitter:site"),
            self.meta("dc.publisher"),
            self.meta("article:publisher"),
            self.meta("sitename"),
        ]
        for publisher in self.graph.many(self.article.get("publisher")):
            names += [publisher.get("name"), publisher.get("alternateName")] if isinstance(publisher, dict) else [publisher]
        authors = self.graph.many(self.article.get("author")) if any(isinstance(name, str) for name in names) else []
        written = [author.get("name") for author in authors if isinstance(author, dict)]  # an agency, mostly
        for node in self.graph.typed("WebSite", "NewsMediaOrganization", "Organization"):
            if "author" not in node and node.get("name") not in written:
                names += [node.get("name"), node.get("alternateName")]
        head = self.outline.blocks[:HEAD_BLOCKS]
        names += [block.text for block in head if any(map(names_site, elements_about(block))) or self.leads_home(block)]
        texts = (clean(unescape(name), 200) for name in flat(names) if isinstance(name, str) and "://" not in name)
        return tuple(dict.fromkeys(text.lstrip("@") for text in texts if 1 < len(text) <= SITE_NAME_LENGTH))


def is_taxonomy(element: Element) -> bool:
    return element is not None and "taxonomy-category" in (element.get("class") or "")


def names_site(element: Element) -> bool:
    """Whether an element holds the site's name, as WordPress themes print it above every page."""
    classes = element.get("class") or ""
    return "site-title" in classes and not SITE_TITLE.isdisjoint(classes.split())


def flat(values: Iterable[object]) -> Iterator[object]:
    for value in values:
        if isinstance(value, list):
            yield from value
        else:
            yield value


# lxml.html chooses a class in Python for each element that is touched: a tenth of a whole reading. All are HtmlElement here.
ELEMENTS = etree.ElementDefaultClassLookup(element=html.HtmlElement, comment=html.HtmlComment, pi=html.HtmlProcessingInstruction)


def html_parser(encoding: str | None = None) -> html.HTMLParser:
    """For pages, and for trees that are made of their parts."""
    parser = html.HTMLParser(encoding=encoding, remove_comments=True, remove_pis=True, huge_tree=False, collect_ids=False)
    parser.set_element_class_lookup(ELEMENTS)
    return parser


def parse_page(capture: Capture, body: bytes, site: Site | None) -> Page | None:
    """The page in `body` (decoded from its Content-Encoding), or None where there is no HTML in it.

    What is over MAX_PAGE_BYTES is not read.
    """
    content_type = next((value for name, value in capture.headers if name.lower() == "content-type"), "")
    data = DECLARATION.sub(b"", as_utf8(body[: settings.MAX_PAGE_BYTES], content_type), count=1)
    if b"<" not in data:
        return None
    data = without_controls(data)
    if holds(data, b"[/caption]"):
        data = CAPTION_CODE.sub(rb'<span class="wp-caption">\1<span class="wp-caption-text">\2</span></span>', data)
    tree = parse_markup(data)
    if tree is not None and ends_early(tree, data) and (whole := without_early_ends(data)) != data:
        tree = parse_markup(CONTROL_CODE.sub(without_code, whole))
    if tree is None:
        return None
    free_head(tree)
    return Page(capture.target_uri, capture.warc_date, tree, site)


def without_controls(data: bytes) -> bytes:
    """Markup without the characters that lxml does not let into another tree, as such or written as numbers.

    Hardly a page has one, and all of them are searched for, one by one, in half the time of one pass with a table.
    """
    if any(control in data for control in EACH_CONTROL):
        data = data.translate(None, CONTROLS)
    return CONTROL_CODE.sub(without_code, data) if holds(data, b"&#") else data


def holds(data: bytes, mark: bytes) -> bool:
    """Whether `mark` is in `data`. One byte is found twenty times as fast as two, so its first is looked for where that is rare."""
    first, place = mark[:1], -1
    for _ in range(RARE):
        place = data.find(first, place + 1)
        if place < 0 or data.startswith(mark, place):
            return place >= 0
    return data.find(mark, place) >= 0


def without_code(code: re.Match[bytes]) -> bytes:
    """What stands for a character that is none: a space for a tab or a new page, and where what is around it would make another code."""
    return b" " if code[1] or code[2] or CODE_BEFORE.search(code.string, max(0, code.start() - CODE_LENGTH), code.start()) else b""


def parse_markup(data: bytes) -> Element | None:
    try:
        tree = html.document_fromstring(data, parser=html_parser("utf-8"))
    except (etree.LxmlError, ValueError, AssertionError):
        return None
    return tree if len(tree) else None


def ends_early(tree: Element, data: bytes) -> bool:
    """Whether the last element stands far above the last line, or behind the body; or cannot be told, as all is on a few lines."""
    last, lines = tree, data.count(b"\n")
    while len(last):
        last = last[-1]
    return lines < FEW_LINES or tree[-1].tag != "body" or (last.sourceline or 0) + max(FEW_LINES, lines // 20) < lines


def without_early_ends(data: bytes) -> bytes:
    """Without </html> and </body> where more follows: the end tags of a document that was included in another. Browsers go on behind
    them (HTML, 13.2.6.4.7), libxml2 stops at the one and puts what follows the other beside the body."""
    for tag in END_TAGS:
        place = data.find(tag)
        if place >= 0 and AFTER_END.fullmatch(data, place) is None:
            data = data.replace(tag, b"")
    return data


def as_utf8(body: bytes, content_type: str) -> bytes:
    """The page in UTF-8, which most pages are in already, without U+FFFE and U+FFFF."""
    if not is_in_utf8(body):
        body = decode_text(body, content_type).encode("utf-8", "replace")
    if BOM_UTF8[:1] in body:  # what all three begin with; a byte is found ten times as fast as three
        for character in NO_CHARACTERS:
            body = body.replace(character, b"")
    return body.removeprefix(BOM_UTF8)


def free_head(tree: Element) -> None:
    """Moves the page's content out of <head>: libxml2 leaves <article> and the like there when a page omits the <body> tag."""
    head = tree.find("head")
    if head is None:
        return
    first = next((place for place, child in enumerate(head) if isinstance(child.tag, str) and child.tag not in HEAD_TAGS), None)
    if first is None:
        return
    body = tree.find("body")
    if body is None:
        body = etree.SubElement(tree, "body")
    for place, child in enumerate(list(head)[first:]):
        body.insert(place, child)
