"""Blocks of a page on their way into the story's text, and which of them trafilatura takes for it.

Trafilatura reads in its fast mode, on a copy of the page without scripts, navigation and the like.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence, Set
from copy import copy
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from lxml.etree import SubElement
from trafilatura import bare_extraction
from trafilatura.settings import Extractor

from archiver.extract.blocks import BLOCK_TAGS, MAX_DEPTH, Block, Element, Outline, is_blank, squeeze
from archiver.extract.moments import DIGIT
from archiver.extract.page import html_parser

TOLD = 60  # characters, spaces not counted, of a paragraph of running text
SHORT_TEXT = 200  # characters
SMALL_SHARE = 0.3  # of the page's text; trafilatura takes a second look below 0.2
FORM_TEXT = 2_000  # characters; a form with more text wraps the page
COPIES = html_parser()
TELLING = frozenset(
    ("class", "id", "style", "itemprop", "role", "href", "aria-hidden", "data-component", "data-testid", "lang", "colspan", "rowspan")
)
PRUNED_TAGS = frozenset(
    ("script", "style", "svg", "noscript", "nav", "footer", "template", "iframe", "button", "select", "picture", "video", "form")
)
MAX_INLINE = 300  # elements within one line that are copied; what trafilatura takes for a paragraph grows with their square
WORD_TAGS = frozenset({"a", "abbr", "b", "cite", "em", "font", "i", "ins", "mark", "small", "span", "strong", "sub", "sup", "time", "u"})
BOXES = frozenset({"nav", "footer", "below", "comments", "related", "newsletter", "share", "hidden"})
SMALL_BOXES = frozenset({"widget", "ads", "ui", "legal", "meta", "aside"})
BOX_SHARE = 0.1  # of the plain text; what holds more may be the story with a lying name


@dataclass(slots=True)
class Candidate:
    """A block of the page on its way into the body."""

    block: Block
    key: str
    voted: bool
    container: Element
    kept: bool = False


def main_lines(tree: Element, outline: Outline, link_lists: Set[Element]) -> list[str]:
    """What trafilatura takes for the story, line by line."""
    root = COPIES.makeelement("html")
    body = tree.find("body") if tree.tag == "html" else tree
    wanted = with_text(outline).difference(boxes(outline), link_lists)
    copy_text(tree if body is None else body, SubElement(root, "body"), wanted, 0)
    text = extract_text(root, ONCE)
    if len(text) < SHORT_TEXT:  # its other readers find something on pages of an odd make
        text = extract_text(root, THOROUGH)
    elif len(text) < SMALL_SHARE * sum(len(block.text) for block in outline.blocks if not block.is_link):
        text = extract_text(root, TWICE)
    return text.split("\n") if text else []


# Trafilatura reads its settings file anew for each page that brings none of its own.
TWICE, THOROUGH = (Extractor(output_format="python", fast=fast, comments=False) for fast in (True, False))
# Without its second look, at pages of whose text it took little: to find out, it writes the whole page as text; the outline has that.
ONCE = copy(TWICE)
ONCE.focus = "once"


def extract_text(root: Any, options: Extractor) -> str:
    try:
        document = bare_extraction(root, options=options)
    except Exception:  # trafilatura raises whatever a hostile page provokes in it
        return ""
    return getattr(document, "text", None) or ""


def with_text(outline: Outline) -> set[Element]:
    """The block elements that have text in them; what is a link and nothing else is none of a story's."""
    found: set[Element] = set()
    for block in outline.blocks:
        if block.is_link:
            continue
        element = block.owner
        while element is not None and element not in found:
            found.add(element)
            element = element.getparent()
    return found


def copy_text(source: Any, target: Any, wanted: Set[Any], depth: int) -> bool:
    """Copies what has text: `wanted` block elements, inline ones. The fewer elements, the faster all that follows. False: there is none."""
    text = source.text
    has_text = not is_blank(text)
    last, run = None, [text] if text else []  # the run of text behind `last`, joined once: a page may leave thousands of pieces
    for number, child in enumerate(source):
        tag = child.tag
        if number > MAX_INLINE and tag in WORD_TAGS and is_within_line(child):
            words = "".join(child.itertext())
            has_text = has_text or not is_blank(words)
            run.append(words)
        elif type(tag) is str and depth < MAX_DEPTH and (tag not in BLOCK_TAGS or child in wanted) and is_text_tag(child, tag):
            twin = new_child(target, child, tag)
            if copy_text(child, twin, wanted, depth + 1) or tag == "br":
                set_text(target, last, run)
                has_text, last, run = True, twin, []
            else:
                target.remove(twin)
        tail = child.tail
        if tail:
            has_text = has_text or not tail.isspace()
            run.append(tail)
    set_text(target, last, run)
    return has_text


def is_within_line(element: Any) -> bool:
    """Whether an inline element holds words, and others like it."""
    return all(inner.tag in WORD_TAGS for inner in element.iterdescendants())


def set_text(parent: Any, before: Any, run: list[str]) -> None:
    """The text behind an element; without one, the first of its parent."""
    text = run[0] if len(run) == 1 else "".join(run) or None
    if before is None:
        parent.text = text
    else:
        before.tail = text


def is_text_tag(element: Any, tag: str) -> bool:
    return tag not in PRUNED_TAGS or (tag == "form" and is_page_form(element))


def new_child(target: Any, source: Any, tag: str) -> Any:
    """A child like `source`, with those of its attributes that tell trafilatura something: to give it all takes three times as long."""
    try:
        child = SubElement(target, tag)
    except ValueError:  # names that only a parser takes: <a<b>
        return SubElement(target, "div")
    for name, value in source.items():
        if name in TELLING:
            child.set(name, value)
    return child


def is_page_form(element: Any) -> bool:
    """A form around the whole page."""
    return sum(map(len, element.itertext())) > FORM_TEXT


def boxes(outline: Outline) -> list[Element]:
    """Elements that are no part of the story by their name, and hold little of the page's plain text.

    Where the name often lies ("widget" around each paragraph), they hold no paragraph at all.
    """
    weights: Counter[Any] = Counter()
    told: set[Any] = set()
    total = 0
    for block in outline.blocks:
        length = 0 if block.is_link else len(block.text)
        total += length
        zone = block.setting.zone
        while zone is not None:
            if zone.name in BOXES or zone.name in SMALL_BOXES:
                weights[zone.root] += length
            if zone.name in SMALL_BOXES and length >= TOLD:
                told.add(zone.root)
            zone = zone.outer
    return [root for root, weight in weights.items() if weight < BOX_SHARE * total and root not in told]


class Votes:
    """Which blocks trafilatura took."""

    def __init__(self, lines: Sequence[str]) -> None:
        self.keys = {squeeze(line.lstrip("-| ")) for line in lines}
        self.cells = {squeeze(cell) for line in lines if line.startswith("| ") for cell in line.split("|")}
        self.all = "".join(squeeze(line.lstrip("-| ")) for line in lines)

    def has(self, block: Block, key: str) -> bool:
        """`key`: the block's text, squeezed."""
        if not (key.isascii() or key.isprintable()):  # joiners within words, as Persian is written with: trafilatura leaves them out
            key = "".join(filter(str.isprintable, key))
        if key in self.keys or (len(key) > 25 and key in self.all):
            return True
        if block.setting.cell is not None and key in self.cells:
            return True
        return "\n" in block.text and all(squeeze(line) in self.keys for line in block.text.split("\n"))


# --- where a block stands in the layout


def container_of(block: Block) -> Element:
    """The element whose children are the story's paragraphs, lists, quotes."""
    setting = block.setting
    outer = setting.table if setting.table is not None else setting.list if setting.list is not None else setting.quote
    if outer is None:
        outer = block.owner
        if outer.tag == "div" and len(outer) > 1:
            return outer
    parent = outer.getparent()
    return outer if parent is None else parent


def signature(element: Element) -> Any:
    """Elements of one tag and class are one part of the layout; an element without class stands for itself."""
    classes = element.get("class")
    return (element.tag, classes) if classes else element


@lru_cache(maxsize=5_000)
def common_classes(classes: str) -> str:
    """Class names without those that only one element has: page builders number them ("widget widget-4f3a")."""
    return " ".join(name for name in classes[:300].split() if DIGIT.search(name) is None)


def kind(element: Element) -> Any:
    """What boxes of one kind have in common, also where each is numbered."""
    classes = common_classes(element.get("class") or "")
    return (element.tag, classes) if classes else element
