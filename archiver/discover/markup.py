"""An HTML page's links and facts, in one pass and without a tree: a hostile page costs time by its size, not memory."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from lxml import etree

from archiver import settings
from archiver.charset import find_charset
from archiver.discover.found import clean_title

MAX_ANCHORS = 5 * settings.MAX_LINKS_PER_PAGE  # menus and footers repeat their links
MAX_TEXT = 400  # characters kept of one link's text
MAX_JSONLD = 1 << 20  # characters kept of a page's JSON-LD
MAX_ATTRIBUTES = 2_000  # of one tag; those of a tag with more are not read
LONG_TAG = re.compile(rb"<([a-zA-Z][a-zA-Z0-9:-]{0,40})\s[^<>]{20000,}>?")
MENU = re.compile(
    r"(?:^|[\s_-])(?:(?:g|global|main|site|head|header|top|primary)?navi?|navbar|navigation|(?:main|site|top|nav|primary)?menu|menubar|"
    r"secciones|rubriques|ressorts?)(?:$|[\s_-])",
    re.IGNORECASE,
)
HEADINGS = ("h1", "h2", "h3", "h4")
UNSAID = frozenset(["time", "script", "style", "title"])  # stand in links, and are none of their words; such a title is that of a drawing
LINES = frozenset([*HEADINGS, "h5", "h6", "br", "div", "figcaption", "li", "p"])  # begin one: words before and after are two
VOID = frozenset(["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"])


@dataclass(slots=True)
class Anchor:
    href: str
    rel: str
    css: str
    in_menu: bool
    in_heading: bool = False
    text: str = ""  # or what its picture is called
    headline: str = ""  # what a story is called by this link
    surely: int = 0  # how far that is its headline: 3 it stands in a heading, 2 it is the link's text, 1 the label of a picture


@dataclass(slots=True)
class Markup:
    """What a page links to and says of itself, in its order."""

    base: str | None = None
    lang: str | None = None
    title: str = ""
    anchors: list[Anchor] = field(default_factory=list)
    links: list[dict[str, str]] = field(default_factory=list)  # attributes of <link>
    metas: dict[str, str] = field(default_factory=dict)  # first content by name or property, small letters
    jsonld: list[str] = field(default_factory=list)


def read_markup(body: bytes) -> Markup:
    """Of at most MAX_PAGE_BYTES of a page. Never raises; what is no HTML gives an empty one."""
    body = without_long_tags(body[: settings.MAX_PAGE_BYTES])
    target = _Target()
    parser = etree.HTMLParser(target=target, encoding=find_charset(body), huge_tree=False)
    try:
        for start in range(0, len(body), 1 << 16):
            parser.feed(body[start : start + (1 << 16)])
        parser.close()
    except (etree.LxmlError, ValueError, AssertionError):
        target.close()
    return target.markup


def without_long_tags(body: bytes) -> bytes:
    """Tags with thousands of attributes lose them: a parser's time grows with the square of their number, to minutes."""
    return LONG_TAG.sub(_few_attributes, body)


def _few_attributes(tag: re.Match[bytes]) -> bytes:
    return tag[0] if len(tag[0].split(None, MAX_ATTRIBUTES + 1)) <= MAX_ATTRIBUTES else b"<" + tag[1] + b">"


class _Target:
    """Receives the parser's events."""

    def __init__(self) -> None:
        self.markup = Markup()
        self.anchor: Anchor | None = None
        self.gathering: list[str] | None = None  # text of a title or a JSON-LD block
        self.jsonld_left = MAX_JSONLD
        self.menu_depth = 0  # 0: outside; else how many elements deep inside one
        self.heading_depth = 0
        self.unsaid_depth = 0
        self.heading_outside = 0  # how deep the link itself stands in headings
        self.heading = self.alt = self.label = ""  # of the link: its headings, what its picture is called, what screen readers say

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if self.menu_depth:
            self.menu_depth += tag not in VOID
        elif tag not in ("body", "html") and tag not in VOID and _opens_menu(tag, attributes):
            self.menu_depth = 1
        if tag in HEADINGS:
            self.heading_depth += 1
        self.unsaid_depth += tag in UNSAID
        if self.anchor is not None and tag in LINES:
            self.data(" ")
        opened = getattr(self, f"_start_{tag}", None) if tag.isalpha() else None
        if opened:
            opened(attributes)

    def end(self, tag: str) -> None:
        if self.menu_depth and tag not in VOID:
            self.menu_depth -= 1
        if self.anchor is not None and tag in LINES:
            self.data(" ")
        if tag in HEADINGS:
            self.heading_depth = max(0, self.heading_depth - 1)
        if tag in UNSAID:
            self.unsaid_depth = max(0, self.unsaid_depth - 1)
        if tag == "a":
            self._close_anchor()
        elif tag in ("title", "script"):
            self._close_gathering(tag)

    def data(self, text: str) -> None:
        if self.gathering is not None:
            if self.jsonld_left > 0:
                self.gathering.append(text[: self.jsonld_left])
                self.jsonld_left -= len(text)
        elif self.anchor is not None and not self.unsaid_depth:
            self.anchor.text = _with(self.anchor.text, text)
            if self.heading_depth > self.heading_outside:
                self.heading = _with(self.heading, text)

    def comment(self, text: str) -> None:
        pass

    def close(self) -> None:
        self._close_anchor()

    def _start_html(self, attributes: dict[str, str]) -> None:
        self.markup.lang = self.markup.lang or attributes.get("lang") or attributes.get("xml:lang")

    def _start_base(self, attributes: dict[str, str]) -> None:
        self.markup.base = self.markup.base or attributes.get("href")

    def _start_link(self, attributes: dict[str, str]) -> None:
        if len(self.markup.links) < 500:
            self.markup.links.append({name: attributes.get(name, "")[:4_096] for name in ("rel", "href", "type", "hreflang", "title")})

    def _start_meta(self, attributes: dict[str, str]) -> None:
        name = (attributes.get("property") or attributes.get("name") or attributes.get("http-equiv") or "").strip().lower()
        if name and len(self.markup.metas) < 500:
            self.markup.metas.setdefault(name[:100], attributes.get("content", "")[:4_096])

    def _start_title(self, attributes: dict[str, str]) -> None:
        self.gathering = None if self.markup.title else []

    def _start_script(self, attributes: dict[str, str]) -> None:
        if "ld+json" in attributes.get("type", "").lower():
            self.gathering = []

    def _start_a(self, attributes: dict[str, str]) -> None:
        self._close_anchor()
        href = attributes.get("href")
        if href and len(self.markup.anchors) < MAX_ANCHORS:
            rel, css = attributes.get("rel", "")[:200].lower(), attributes.get("class", "")[:200].lower()
            self.anchor = Anchor(href, rel, css, self.menu_depth > 0, self.heading_depth > 0)
            self.heading_outside, self.heading, self.alt = self.heading_depth, "", ""
            self.label = attributes.get("aria-label", "")[:MAX_TEXT]

    def _start_area(self, attributes: dict[str, str]) -> None:
        """A link of an image map; its text is the alternative one."""
        self._start_a(attributes)
        if self.anchor is not None:
            self.alt = (attributes.get("alt") or attributes.get("title", ""))[:MAX_TEXT]
        self._close_anchor()

    def _start_img(self, attributes: dict[str, str]) -> None:
        if self.anchor is not None:
            self.alt = self.alt or attributes.get("alt", "")[:MAX_TEXT]

    def _close_anchor(self) -> None:
        if self.anchor is not None:
            anchor, self.anchor = self.anchor, None
            own = clean_title(anchor.text) or ""
            anchor.text = own or clean_title(self.alt) or ""
            heading = clean_title(self.heading) if self.heading else own if anchor.in_heading else None
            label = anchor.text or clean_title(self.label) or ""
            anchor.headline, anchor.surely = (heading, 3) if heading else (own, 2) if own else (label, int(bool(label)))
            self.markup.anchors.append(anchor)

    def _close_gathering(self, tag: str) -> None:
        text, self.gathering = "".join(self.gathering or ()), None
        if tag == "title":
            self.markup.title = self.markup.title or clean_title(text) or ""
        elif text:
            self.markup.jsonld.append(text)


def _with(words: str, more: str) -> str:
    """Words of a link so far and what follows, up to MAX_TEXT; gaps, as those between the elements of a card, count once."""
    if more.isspace():
        return f"{words} " if words and words[-1] != " " else words
    return words + more[:MAX_TEXT] if len(words) < MAX_TEXT else words


def _opens_menu(tag: str, attributes: dict[str, str]) -> bool:
    if tag in ("nav", "menu", "amp-sidebar") or attributes.get("role") in ("navigation", "menubar"):
        return True
    return (
        tag in ("ul", "div", "header", "td", "table")
        and MENU.search(f"{attributes.get('class', '')[:300]} {attributes.get('id', '')[:100]}") is not None
    )
