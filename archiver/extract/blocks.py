"""A page's text, pictures and embeds in reading order, from one walk over its tree.

The body, the standfirst, captions and embeds are all read off this list: the walk over the whole page is paid for once.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass, field
from functools import cache, lru_cache
from itertools import islice, pairwise
from typing import Any, NamedTuple

from archiver.extract.words import read_words

Element = Any  # lxml.html.HtmlElement; lxml has no types

MAX_DEPTH = 220  # of elements within each other; below it text is taken without structure (Python's stack is 1,000 deep)
MAX_BLOCKS = 20_000

# Elements that begin a new line.
BLOCK_TAGS = frozenset(
    (
        *("address", "article", "aside", "blockquote", "body", "center", "dd", "details", "dialog", "dir", "div", "dl"),
        *("dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header"),
        *("hgroup", "hr", "li", "main", "menu", "nav", "ol", "p", "pre", "search", "section", "summary", "table"),
        *("tbody", "td", "tfoot", "th", "thead", "tr", "ul", "caption", "amp-story", "colgroup", "html", "legend"),
    )
)
# Nothing in these is read. `button` and `label` are controls, `option` lists choices.
SILENT_TAGS = frozenset(
    (
        *("script", "style", "template", "head", "svg", "canvas", "math", "applet", "button", "input"),
        *("select", "option", "textarea", "datalist", "map", "area", "link", "meta", "title", "base", "dialog", "slot"),
        *("progress", "meter", "rp", "rt", "audio", "frame", "frameset", "noframes"),
    )
)
STRUCK_TAGS = frozenset({"del", "s", "strike"})
EMPHASIS = {"em": "em", "i": "em", "strong": "strong", "b": "strong"}
HEADS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
ZONE_TAGS = {"nav": "nav", "footer": "footer", "aside": "aside", "form": "form"}
WHOLE_PAGE_TAGS = frozenset({"body", "html", "main", "article"})  # their class names tell of the page, not of a part

NO_STORY = frozenset({"nav", "footer"})  # zones in which a headline is not the story's: breadcrumbs, a bar that repeats it
MAX_HEADS = 20
LEAST_HEADLINE = 8  # letters
NO_LETTERS = re.compile(r"[\W_]+")
ASCII_SIGNS = bytes(sign for sign in range(128) if not chr(sign).isalnum())

BREAK = "\ue000"  # <br> inside a block, until spaces are folded; a private-use character that no text needs
MIXED = re.compile(r"(?<![a-zA-Z0-9])[a-z0-9]{0,2}(?:[A-Z]{1,2}[a-z0-9]){3,}[A-Z]{0,2}(?![a-zA-Z0-9])")  # a machine's, too: "n1AuAdJlVL"
SOFT_HYPHEN = "\u00ad"  # where a word may be broken: no reader sees it, and no search finds a word that holds it
CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
PARTS = re.compile(r"([a-z]+)[a-z0-9]*|[0-9][a-z0-9]*")  # what stands behind a digit is a machine's: "css-1ad2f"
HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.I)


class Marks(NamedTuple):
    """What an element's class names and id say of it."""

    zone: str | None = None  # a zone of words/zones.txt
    caption: bool = False
    credit: bool = False
    figure: bool = False
    quote: bool = False  # a pull quote
    standfirst: bool = False
    social: bool = False


NO_MARKS = Marks()


class Zone(NamedTuple):
    """A part of the page that is not the story, by its tag or class name; zones lie within each other."""

    name: str  # of words/zones.txt, or nav, footer, aside, form, hidden
    root: Element
    outer: Zone | None
    is_frame: bool = False  # a <nav>, or a <footer> of the page: no class name within it changes what it is


class Setting(NamedTuple):
    """The elements around a piece of text that matter to what it is. None where there is none."""

    zone: Zone | None = None
    figure: Element = None
    caption: Element = None
    credit: Element = None
    link: Element = None
    quote: Element = None
    pull_quote: Element = None
    list: Element = None
    item: Element = None
    table: Element = None
    cell: Element = None
    article: Element = None
    standfirst: Element = None
    social: Element = None


PLACES = {name: place for place, name in enumerate(Setting._fields)}


LIST, ITEM = PLACES["list"], PLACES["item"]


def changed(setting: Setting, changes: dict[str, Any]) -> Setting:
    """As `_replace`, in half the time: a page has hundreds."""
    values = list(setting)
    for name, value in changes.items():
        values[PLACES[name]] = value
    return tuple.__new__(Setting, values)


def changed_at(setting: Setting, place: int, value: Element) -> Setting:
    """The same for one of PLACES."""
    values = list(setting)
    values[place] = value
    return tuple.__new__(Setting, values)


@dataclass(slots=True, eq=False)
class Block:
    """One run of text: what a reader sees as a paragraph, heading, list item, table cell …"""

    index: int  # position among all blocks, pictures and frames of the page
    owner: Element = field(repr=False)  # the block element that holds the run
    tag: str
    setting: Setting = field(repr=False)
    text: str
    pieces: list[Any] = field(repr=False)  # str, or ("a", href) ("/a",) ("em",) ("/em",) ("strong",) ("/strong",) ("credit",) ("/credit",)
    linked: int = 0  # characters inside links
    strong: int = 0  # characters inside b, strong
    links: int = 0
    is_link: bool = False  # the whole run is one or more links, and nothing else of weight


@dataclass(slots=True, eq=False)
class Picture:
    """One <img> (or amp-img)."""

    index: int
    element: Element = field(repr=False)
    setting: Setting = field(repr=False)
    owner: Element = field(repr=False)


@dataclass(slots=True, eq=False)
class Frame:
    """Something of another kind in the page: iframe, video, a social post's blockquote."""

    index: int
    element: Element = field(repr=False)
    setting: Setting = field(repr=False)
    kind: str  # iframe, video, audio, social


@dataclass(slots=True)
class Outline:
    """The page in reading order."""

    items: list[Block | Picture | Frame]
    blocks: list[Block]
    pictures: list[Picture]
    frames: list[Frame]
    noscripts: list[Element]
    fields: list[Element]  # <input>


def read_outline(tree: Element, above: frozenset[Element] = frozenset(), titles: frozenset[str] = frozenset()) -> Outline:
    """Walk `tree` (an lxml.html root) once. `above`: the elements around the headline, see above_headline; `titles`: see title_parts."""
    walk = Walk(above, titles)
    body = tree.find("body") if tree.tag == "html" else tree
    start = tree if body is None else body
    walk.enter(start, Setting(), start, 0)
    walk.flush(start, Setting())
    items = walk.items
    return Outline(
        items,
        [item for item in items if type(item) is Block],
        [item for item in items if type(item) is Picture],
        [item for item in items if type(item) is Frame],
        walk.noscripts,
        walk.fields,
    )


def opens_picture(button: Element, setting: Setting) -> bool:
    """Whether a button holds a figure, the picture of the figure around it, or a photograph and nothing else: a viewer opens."""
    if next(button.iter("figure" if setting.figure is None else "img", "figure"), None) is not None:
        return True
    image = next(button.iter("img"), None)
    address = (image.get("src") or image.get("srcset") or "") if image is not None else ""
    return PHOTOGRAPH.search(address[:500]) is not None and is_blank("".join(button.itertext()))


def is_heading_of_part(button: Element) -> bool:
    """Whether a button in a heading folds what stands below it, and is no words that break off: they open a box beside the text."""
    return folds(button) and not "".join(button.itertext()).rstrip().endswith(CUT_OFF)


CUT_OFF = ("...", "…")


def folds(element: Element) -> bool:
    """Whether an element opens and closes what stands below it, as ARIA has it of an accordion: a question, and its answer."""
    return element.get("aria-expanded") is not None


PHOTOGRAPH = re.compile(r"\.(?:jpe?g|webp|avif)\b", re.IGNORECASE)  # icons are of other kinds


class Walk:
    """State of the walk: the run of text that is being gathered."""

    def __init__(self, above: frozenset[Element], titles: frozenset[str]) -> None:
        self.above = above  # elements that hold the headline
        self.titles = titles  # of the page, which may stand on a line of a cell that holds the whole story
        self.items: list[Any] = []
        self.noscripts: list[Element] = []
        self.fields: list[Element] = []
        self.pieces: list[Any] = []
        self.linked = self.strong = self.links = 0
        self.in_link = self.in_strong = 0
        self.has_text = False  # whether the run has anything but spaces

    def add(self, text: str) -> None:
        if text.isspace():
            if self.pieces:  # between two blocks it is nobody's
                self.pieces.append(text)
            return
        self.pieces.append(text)
        self.has_text = True
        if self.in_link or self.in_strong:
            length = sum(map(len, text.split()))
            if self.in_link:
                self.linked += length
            if self.in_strong:
                self.strong += length

    def flush(self, owner: Element, setting: Setting) -> None:
        """End the run. What is open (a link around several blocks) stays open for the next run."""
        pieces = self.pieces
        if not self.has_text:
            if pieces:
                self.pieces = []
                self.linked = self.strong = self.links = 0
            return
        self.has_text = False
        text = fold("".join([piece for piece in pieces if type(piece) is str]) if len(pieces) > 1 else pieces[0])
        if SOFT_HYPHEN in text:
            text = text.replace(SOFT_HYPHEN, "")
            pieces = [piece.replace(SOFT_HYPHEN, "") if type(piece) is str else piece for piece in pieces]
        if text.strip(INVISIBLE) and len(self.items) < MAX_BLOCKS:
            is_link = setting.link is not None or (
                self.links > 0
                and (
                    self.linked >= 0.9 * len(text.replace(" ", ""))
                    or (self.links >= ROW_OF_LINKS and self.linked >= 0.9 * beside_signs(text))
                )
                and not leads_to_itself(owner, pieces)
            )
            counts = (self.linked, self.strong, self.links, is_link)
            self.items.append(Block(len(self.items), owner, owner.tag, setting, text, pieces, *counts))
        self.pieces = []
        self.linked = self.strong = self.links = 0

    def enter(self, element: Element, setting: Setting, owner: Element, depth: int) -> None:
        """Read what is in `element`; `owner` is the block element whose run is being gathered."""
        text = element.text
        if text:
            self.add(text)
        for child in element:
            tag = child.tag
            if type(tag) is str:
                if tag in SILENT_TAGS:
                    if tag == "button" and opens_picture(child, setting):
                        self.flush(owner, setting)
                        if depth < MAX_DEPTH:
                            self.enter(child, setting, child, depth + 1)
                            self.flush(child, setting)
                    elif tag == "button" and owner.tag in HEADS and is_heading_of_part(child):
                        self.enter(child, setting, owner, depth + 1)
                    elif tag == "input":
                        self.fields.append(child)
                elif tag in BLOCK_TAGS or (tag not in INLINE_TAGS and holds_blocks(child)):
                    if self.pieces:
                        self.flush(owner, setting)
                    if depth < MAX_DEPTH:
                        inner = self.setting_of(child, tag, setting)
                        self.enter(child, inner, child, depth + 1)
                        if self.pieces:
                            self.flush(child, inner)
                else:
                    self.inline(child, tag, setting, owner, depth)
            text = child.tail
            if text:
                self.add(text)

    def inline(self, child: Element, tag: str, setting: Setting, owner: Element, depth: int) -> None:
        if tag == "br":
            self.line_break(owner, setting)
        elif tag in ("img", "amp-img"):
            self.items.append(Picture(len(self.items), child, setting, owner))
        elif tag in FRAME_TAGS:
            self.items.append(Frame(len(self.items), child, setting, FRAME_TAGS[tag]))
        elif tag == "noscript":
            self.noscripts.append(child)
        elif tag in STRUCK_TAGS:
            self.add(" ")
        elif depth < MAX_DEPTH:
            self.inside(child, tag, setting, owner, depth)

    def inside(self, child: Element, tag: str, setting: Setting, owner: Element, depth: int) -> None:
        """An inline element with text in it."""
        around = setting.zone
        if around is not None and around.is_frame:
            if tag == "a":
                self.link(child, setting, owner, depth)
            else:
                self.enter(child, setting, owner, depth + 1)
            return
        get = child.get
        style = get("style")
        if get("hidden") is not None or (style and HIDDEN_STYLE.search(style)):
            return
        if tag == "a" and not (get("href") is None and folds(owner)):
            if len(child) and (holds_blocks(child) or next(child.iter("img"), None) is not None):
                setting = setting._replace(link=child)
            self.link(child, setting, owner, depth)
            self.part(child, tag, owner)
            return
        mark: tuple[str, ...] = (EMPHASIS[tag],) if tag in EMPHASIS else ()
        is_strong = mark == ("strong",)
        marks = marks_of(get("class"), get("id"))
        stands_alone = marks.caption and setting.caption is None and not self.has_text and ends_line(child)
        if marks is not NO_MARKS or tag in ("cite", "small"):
            if marks.zone == "ui":
                return  # texts for screen readers
            if marks.credit or tag in ("cite", "small"):
                mark = ("credit",)
            if marks.caption and setting.caption is None:
                setting = setting._replace(caption=child)
            if marks.zone and holds_blocks(child):
                setting = setting._replace(zone=Zone(marks.zone, child, setting.zone))
        if mark:
            self.pieces.append(mark)
        self.in_strong += is_strong
        self.enter(child, setting, owner, depth + 1)
        self.in_strong -= is_strong
        if mark:
            self.pieces.append(("/" + mark[0],))
        if stands_alone:
            self.flush(child, setting)  # "<em class="img-desc">…</em><br><br>" in a text without paragraphs
        self.part(child, tag, owner)

    def link(self, child: Element, setting: Setting, owner: Element, depth: int) -> None:
        if owner.tag in HEADS and is_mark(child):
            return
        self.pieces.append(("a", child.get("href") or ""))
        self.links += 1
        self.in_link += 1
        self.enter(child, setting, owner, depth + 1)
        self.pieces.append(("/a",))
        self.in_link -= 1

    def part(self, child: Element, tag: str, owner: Element) -> None:
        """A space behind an element that a style sheet sets apart from the next one."""
        if child.tail is None and tag in LAID_OUT and owner.tag in LAYOUT_TAGS and stands_beside(child):
            self.add(" ")

    def line_break(self, owner: Element, setting: Setting) -> None:
        """Two breaks in a row end a paragraph; one ends the headline, where no heading holds it."""
        if self.titles and owner.tag in TITLE_HOLDERS and self.has_text and self.ends_title(owner, setting):
            return
        for piece in reversed(self.pieces):
            if piece == BREAK:
                self.flush(owner, setting)
                return
            if type(piece) is str and not piece.isspace():
                break
        self.pieces.append(BREAK)

    def ends_title(self, owner: Element, setting: Setting) -> bool:
        """Ends a run before and behind the line that the page's title is; whether there was one."""
        breaks = [place for place, piece in enumerate(self.pieces) if piece == BREAK]
        start = breaks[-1] + 1 if breaks else 0
        line = self.pieces[start:]
        text = "".join(piece for piece in line if type(piece) is str)
        if not LEAST_HEADLINE <= len(text) <= MAX_TITLE or letters(text) not in self.titles:
            return False
        above = self.pieces[:start]
        if above:
            self.pieces = above
            self.flush(owner, setting)
            self.pieces, self.has_text = line, True
        self.strong = len("".join(text.split())) if ("strong",) in line else 0
        self.flush(owner, setting)
        self.titles = frozenset()
        return True

    def setting_of(self, child: Element, tag: str, setting: Setting) -> Setting:
        """`setting` inside `child`, a block element."""
        around = setting.zone
        if around is not None and around.is_frame:
            return changed_at(setting, LISTED[tag], child) if tag in LISTED else setting
        changes: dict[str, Any] = {}
        get = child.get
        marks = marks_of(get("class"), None if tag in HEADS else get("id"))  # a heading's id is made of its words
        zone = ZONE_TAGS.get(tag)
        if marks is not NO_MARKS and tag not in WHOLE_PAGE_TAGS:
            zone = marks.zone or zone
            if marks.caption and not holds_headline(child):
                changes["caption"] = setting.caption if setting.caption is not None else child
            if marks.credit and not holds_credit(child):
                changes["credit"] = child
            if marks.figure and setting.figure is None and child not in self.above:
                changes["figure"] = child
            if marks.quote:
                changes["pull_quote"] = child
            if marks.standfirst and child not in self.above:
                changes["standfirst"] = child
            if marks.social:
                changes["social"] = child
                self.items.append(Frame(len(self.items), child, setting, "social"))
        if tag in SPECIAL_TAGS:
            if tag == "figure":
                changes["figure"] = child
            elif tag == "figcaption" and setting.caption is not None and setting.caption.tag == "figcaption":
                changes["credit"] = child  # one in another is the picture's author
            elif tag == "figcaption":
                changes["caption"] = child
            elif tag == "blockquote":
                changes["quote"] = child
            elif tag in ("ul", "ol"):
                changes["list"] = child
            elif tag == "li":
                changes["item"] = child
            elif tag == "table":
                changes["table"] = child
            elif tag in ("td", "th"):
                changes["cell"] = child
            elif tag == "article":
                changes["article"] = child
        style = get("style")
        if get("hidden") is not None or (style and HIDDEN_STYLE.search(style)):
            zone = "hidden"
        elif zone is None and get("itemprop") == "author":
            zone = "bio"
        elif zone is None and tag == "div" and (classes := get("class")) and is_side_column(child, classes):
            zone = "widget"
        if zone and (child not in self.above or zone in NO_STORY):
            changes["zone"] = Zone(zone, child, setting.zone, tag == "nav" or (tag == "footer" and setting.article is None))
        return changed(setting, changes) if changes else setting


def is_side_column(element: Element, classes: str) -> bool:
    """Whether an element is a column of a grid beside one at least twice as wide: "col-md-4" beside "col-md-8", "span3" beside "span9"."""
    width = columns_of(classes)
    parent = element.getparent() if 0 < width <= SIDE_COLUMN else None
    return parent is not None and any(columns_of(other.get("class") or "") >= 2 * width for other in parent)


@lru_cache(maxsize=5_000)
def columns_of(classes: str) -> int:
    """Of how many columns a part of a grid is on a wide screen, in the class names of Bootstrap, Foundation and 960gs; else 0."""
    found = GRID.findall(classes[:300])
    return int(found[-1]) if found else 0


SIDE_COLUMN = 4  # of twelve
GRID = re.compile(r"(?<![\w-])(?:col-(?:xs-|sm-|md-|lg-|xl-|xxl-)?|span|grid_|(?:small|medium|large)-)(\d{1,2})(?![\w-])")
INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff"  # alone in a paragraph, as editors put it between two
LISTED = {"ul": LIST, "ol": LIST, "li": ITEM}
SPECIAL_TAGS = frozenset({"figure", "figcaption", "blockquote", "ul", "ol", "li", "table", "td", "th", "article"})
FRAME_TAGS = {"iframe": "iframe", "amp-iframe": "iframe", "video": "video", "amp-youtube": "video", "embed": "iframe", "object": "iframe"}
INLINE_TAGS = frozenset(
    (
        *("a", "abbr", "acronym", "b", "bdi", "bdo", "big", "br", "cite", "code", "data", "dfn", "em", "embed", "font"),
        *("i", "iframe", "img", "ins", "kbd", "label", "mark", "noscript", "object", "output", "picture", "q", "ruby", "s"),
        *("samp", "small", "source", "span", "strike", "strong", "sub", "sup", "time", "tt", "u", "var", "video"),
        *("wbr", "del", "amp-img", "amp-iframe", "amp-youtube"),
    )
)


LAID_OUT = frozenset({"a", "span", "time"})
LAYOUT_TAGS = frozenset({"div", "header", "footer", "section", "aside", "address", "li"})


def beside_signs(text: str) -> int:
    """Characters of a row of links, without the spaces and signs between them: "Home | About us | Contact"."""
    return len(text) - sum(map(text.count, BETWEEN_LINKS))


ROW_OF_LINKS = 3
BETWEEN_LINKS = " |·•»>/[]\n"


def is_mark(link: Element) -> bool:
    """Whether a link in a heading is a sign that leads to the heading itself: "¶", "#"; generators of documentation put it there."""
    return (link.get("href") or "").startswith("#") and letters("".join(islice(link.itertext(), 5))) == ""


def leads_to_itself(owner: Element, pieces: Sequence[Any]) -> bool:
    """Whether what is linked in a line leads to a mark on the page that the line is itself: a heading, a term that can be pointed to."""
    for piece in pieces:
        if type(piece) is tuple and piece[0] == "a":
            target = piece[1]
            if len(target) < 2 or target[0] != "#" or (owner.tag not in HEADS and target[1:] != owner.get("id")):
                return False
    return True


def stands_beside(element: Element) -> bool:
    """Whether the next element of a layout follows without a space, a style sheet puts it between: "<a>Ann Oak</a><span>Writer</span>"."""
    following = element.getnext()
    named = following is not None and following.tag in LAID_OUT and (element.get("class") or following.get("class"))
    return bool(named) and len(element.text or "  ") > 1  # not the large first letter of a text


def above_headline(heads: Sequence[Element], titles: Iterable[str]) -> frozenset[Element]:
    """The elements around each <h1> of `heads` that one of the titles repeats. Whatever their class names say, they hold the story."""
    titles = [title for title in (letters(title[:1_000]) for title in titles) if len(title) >= LEAST_HEADLINE]
    heads = heads[:MAX_HEADS] if titles else []
    texts = [letters("".join(islice(element.itertext(), 50))[:1_000]) for element in heads]
    return frozenset(
        outer
        for element, text in zip(heads, texts, strict=True)
        if len(text) >= LEAST_HEADLINE and any(text in title or title in text for title in titles)
        for outer in element.iterancestors()
    )


def title_parts(titles: Iterable[str]) -> frozenset[str]:
    """The letters of a page's titles, whole, and of what stands before, between and behind their separators."""
    parts: list[str] = []
    for title in titles:
        title = title[:MAX_TITLE]
        parts += [title, *TITLE_SEPARATOR.split(title)]
        for found in TITLE_SEPARATOR.finditer(title):
            parts += [title[: found.start()], title[found.end() :]]
    return frozenset(key for part in parts if len(key := letters(part)) >= LEAST_HEADLINE)


TITLE_SEPARATOR = re.compile(r"\s[|·•»:–—-]+\s|[|｜_：]|:\s")
TITLE_HOLDERS = frozenset({"td", "th", "div", "center", "body", "p"})  # what holds a whole story on pages older than style sheets
MAX_TITLE = 400  # characters


def letters(text: str) -> str:
    """For comparing texts: letters and digits, without case."""
    if text.isascii():
        return text.lower().encode().translate(None, ASCII_SIGNS).decode()  # eight times as fast
    return NO_LETTERS.sub("", text.casefold())


def is_blank(text: str | None) -> bool:
    return not text or text.isspace()


def ends_line(child: Element) -> bool:
    """Whether a line break or nothing follows an inline element."""
    following = child.getnext()
    return is_blank(child.tail) and (following is None or following.tag == "br")


def squeeze(text: str) -> str:
    """For comparing: without spaces."""
    if text.isprintable():
        return text.replace(" ", "")
    return "".join(text.split())


def holds_headline(element: Element) -> bool:
    """A page's head, whatever its class name says of pictures and captions."""
    return next(element.iter("h1"), None) is not None


def holds_credit(element: Element) -> bool:
    """A box around a picture and its credit: "<div class=media-credit-container><img><span class=media-credit>"."""
    if next(element.iter("img", "amp-img"), None) is None:
        return False
    inner = element.iterdescendants("span", "small", "cite", "p", "div")
    return any(marks_of(each.get("class"), None).credit for each in inner)


def holds_blocks(element: Element) -> bool:
    """Whether an element that is not a block itself has a block within two levels."""
    for child in element:
        if child.tag in BLOCK_TAGS:
            return True
        for grandchild in child:
            if grandchild.tag in BLOCK_TAGS:
                return True
    return False


def fold(text: str) -> str:
    """One space between words, one line break where <br> stood."""
    text = text.strip(" ") if text.isprintable() and "  " not in text else " ".join(text.split())
    if BREAK in text:
        text = "\n".join(line for part in text.split(BREAK) if (line := part.strip()))
    return text


# --- class names


@cache
def grouped(name: str) -> dict[str, str]:
    """Word, or words joined by "-", ▶ the name in front of its line in words/<name>.txt."""
    lines = (line.partition(":") for line in read_words(name))
    return {word: group.strip() for group, _, words in lines for word in words.split()}


def marks_of(classes: str | None, identifier: str | None) -> Marks:
    """Roles and zone that class names and id tell of."""
    told = read_marks(classes) if classes else NO_MARKS
    if not identifier:
        return told
    more = read_marks(identifier[:100])
    return told if more is NO_MARKS else more if told is NO_MARKS else together(told, more)


@lru_cache(maxsize=5_000)
def together(told: Marks, more: Marks) -> Marks:
    """Marks of an element's class names and of its id."""
    zone = "ui" if more.zone == "ui" else told.zone or more.zone
    return Marks._make(one or other for one, other in zip(told, more, strict=True))._replace(zone=zone)


@lru_cache(maxsize=20_000)
def read_marks(names: str) -> Marks:
    """Of several names. The caches pay since a site uses the same names on each page."""
    found: dict[str, Any] = {}
    if ENTRY.search(names):
        return NO_MARKS
    for name in names[:300].split():
        for role, value in marks_of_name(name):
            if value == "ui":
                found[role] = value  # for screen readers, whatever else it is called
            found.setdefault(role, value)
    return Marks(**found) if found else NO_MARKS


# The entry of microformats: its other class names tell its author, topics and sections ("tag-newsletter").
ENTRY = re.compile(r"\bh-?entry\b")


@lru_cache(maxsize=20_000)
def marks_of_name(name: str) -> tuple[tuple[str, Any], ...]:
    """What one class name or id tells: fields of Marks with their values."""
    parts = parts_of(name)
    if vocabulary().isdisjoint(parts):
        return ()
    told = meanings()
    found = [told[phrase] for phrase in joined(parts) if phrase in told]
    return () if NOTHING in found else tuple(meaning for meanings_of_phrase in found for meaning in meanings_of_phrase)


@cache
def meanings() -> dict[str, list[tuple[str, Any]]]:
    """Word, or words joined by "-", ▶ fields of Marks with their values."""
    told: dict[str, list[tuple[str, Any]]] = {word: [("zone", zone)] for word, zone in grouped("zones").items()}
    for word, role in grouped("roles").items():
        if role == "nothing":
            told[word] = NOTHING
        else:
            told.setdefault(word, []).append((role, True))
    return told


@cache
def vocabulary() -> frozenset[str]:
    """The words that meanings are about: a name without one of them tells nothing, as most names."""
    return frozenset(word for phrase in meanings() for word in phrase.split("-"))


NOTHING: list[tuple[str, Any]] = [("nothing", True)]  # the name tells nothing, though a word in it seems to


def phrases(name: str) -> list[str]:
    """Parts of a class name, alone and joined by two and three: "c-readMore" gives c, read, more, c-read, read-more, c-read-more."""
    return joined(parts_of(name))


def parts_of(name: str) -> list[str]:
    if name.isalpha() and name.islower():
        return [name]
    return [part for part in PARTS.findall(name if name.islower() else CAMEL.sub("-", MIXED.sub("", name)).lower()) if part]


def joined(parts: list[str]) -> list[str]:
    if len(parts) < 2:
        return parts
    pairs = [f"{one}-{two}" for one, two in pairwise(parts)]
    return parts + pairs + [f"{pair}-{part}" for pair, part in zip(pairs, parts[2:], strict=False)]


# --- questions about a block


def links_of(block: Block) -> Iterator[tuple[str, str]]:
    """(text as it stands, href) of the links inside a block."""
    href: str | None = None
    words: list[str] = []
    for piece in block.pieces:
        if type(piece) is str:
            words.append(piece)
        elif piece[0] == "a":
            href, words = piece[1], []
        elif piece[0] == "/a" and href is not None:
            yield "".join(words), href
            href = None


def elements_about(block: Block) -> list[Element]:
    """Those whose class names may say what a line is: its own, the one around it, the one that it begins with (a span in a <header>)."""
    owner = block.owner
    inner = owner[0] if len(owner) and not (owner.text or "").strip() else None
    return [element for element in (owner, owner.getparent(), inner) if element is not None]


def lies_in(block: Block, zones: Set[str]) -> bool:
    """Whether one of the zones around the block has one of these names."""
    zone = block.setting.zone
    while zone is not None:
        if zone.name in zones:
            return True
        zone = zone.outer
    return False
