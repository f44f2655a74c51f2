"""The standfirst: what stands between headline and text, as printed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from itertools import islice

from archiver.extract.blocks import HEADS, MAX_BLOCKS, Block, Element, letters, squeeze
from archiver.extract.body import Body, in_zone
from archiver.extract.captions import is_slanted
from archiver.extract.evidence import Candidate, choose, clean, weight
from archiver.extract.headline import tidy
from archiver.extract.moments import find_moments
from archiver.extract.noise import BYLINE, is_byline, is_date_line, is_promo
from archiver.extract.notes import is_sifted, read_note
from archiver.extract.page import Page
from archiver.records import Evidence

SHORTEST = 25  # characters; "Analysis" or "Sport" is a label
SHORT = 12  # where a class name says that it is one
DURATION = re.compile(r"\d{1,2}:\d\d(?::\d\d)?(?:\s|$)")  # of a video
MOST_TOGETHER = 3  # blocks of a standfirst; an element with more of the text is the text, whatever its class name
LONGEST = 1_500
BEFORE_HEADLINE = 6  # blocks; some themes print the standfirst above the headline
AFTER_START = 4  # blocks of the body among which a standfirst may stand
TRUNCATED = re.compile(r"\s*(?:\[?(?:\.\.\.|…)\]?|\[&hellip;\])\s*$")
LEAST_PREFIX = 60  # characters of a cut-off description that a block must begin with
PLACE_BEFORE = 30  # letters of a dateline that the printed standfirst has and the declared one has not
LARGE_LETTER = re.compile(r"drop-?_?cap|initial|first", re.IGNORECASE)
ENDS = re.compile(r"[.!?…。！？।؟][\"'”’»)」]*\s*$")


@dataclass(frozen=True, slots=True)
class Standfirst:
    text: str | None = None
    claimed: frozenset[int] = frozenset()  # Block.index of what was taken; no part of the body
    evidence: tuple[Evidence, ...] = ()


def read_standfirst(page: Page, headlines: Sequence[str], body: Body, captions: Set[int] = frozenset()) -> Standfirst:
    """The standfirst by the first of RULES that finds one. `captions`: Block.index of what belongs to pictures."""
    window = list(between(page, headlines, body))
    titles = {letters(title) for title in headlines}
    head = headline_place(page, titles, body)
    window = [
        block for block in window if block.index not in captions and is_possible(block, titles, body) and not is_note(block.text, page)
    ]
    for name, rule, trust in RULES:
        taken = rule(page, window, body, head)
        if taken:
            text = "\n".join(block.text for block in taken)
            locator = f"{taken[0].tag}.{taken[0].owner.get('class') or ''}".rstrip(".")
            evidence = Candidate(text, text, name, locator, trust).as_evidence("abstract", True)
            return Standfirst(text, frozenset(block.index for block in taken), (evidence,))
    return Standfirst()


def read_description(page: Page) -> tuple[str | None, tuple[Evidence, ...]]:
    """The summary declared in the page's metadata, with evidence."""
    told = [("jsonld", "description", page.article.get("description"), 0.95)]
    told += [("meta", f"meta[{name}]", page.meta(name), 0.9) for name in ("og:description", "description", "twitter:description")]
    return choose(
        "description", [Candidate(text, text, how, where, sure) for how, where, value, sure in told if (text := tidy_text(value))]
    )


def descriptions(page: Page) -> list[str]:
    """Every summary that the metadata declare, letters only, cut-off ends removed."""
    told = [page.article.get("description"), page.article.get("abstract")]
    told += [content for _, content in page.told("og:description", "description", "twitter:description", "dc.description")]
    return list(dict.fromkeys(key for value in told if weight(key := letters(TRUNCATED.sub("", tidy_text(value)))) >= SHORTEST))


def tidy_text(value: object) -> str:
    """One line of at most LONGEST characters, entities read, tags dropped."""
    return (
        clean(
            tidy(value) if isinstance(value, str) and len(value) <= 480 else re.sub(r"<[^<>]{1,200}>", " ", clean(value, LONGEST)), LONGEST
        )
        if isinstance(value, str)
        else ""
    )


# --- where


def between(page: Page, headlines: Sequence[str], body: Body) -> Iterator[Block]:
    """Blocks from just above the headline to the first few of the body."""
    blocks = page.outline.blocks
    titles = {letters(title) for title in headlines}
    start = 0
    ends = {block.index for block in body.blocks[:AFTER_START]}
    first = body.blocks[0].index if body.blocks else None
    for place, block in enumerate(blocks):
        if first is not None and block.index > first:
            break
        if block.tag == "h1" or (block.tag in HEADS and letters(block.text) in titles):
            start = place
    for block in blocks[max(0, start - BEFORE_HEADLINE) :]:
        if first is not None and block.index > max(ends):
            return
        yield block


def is_possible(block: Block, titles: set[str], body: Body) -> bool:
    setting = block.setting
    if (
        len(block.text) > LONGEST
        or weight(block.text) < (SHORTEST if setting.standfirst is None else SHORT)
        or setting.caption is not None
        or (setting.figure is not None and setting.figure not in body.void)
    ):
        return False
    if block.is_link or letters(block.text) in titles or is_promo(block.text) or is_line_of_names(block.text) or is_date_line(block.text):
        return False
    if body.offers and not body.offers.isdisjoint(block.owner.iterancestors()):
        return False
    return not in_zone(block, body.void)


def is_note(text: str, page: Page) -> bool:
    """What the newsroom says about its own text: it stays in the text."""
    note = read_note(text, page) if is_sifted(text) else None
    return note is not None and bool(note.text)


def is_line_of_names(text: str) -> bool:
    """A byline; one of several lines also behind a label that no capital follows."""
    first, more, _ = text.partition("\n")
    return is_byline(first) if more else BYLINE.match(text) is not None


# --- rules


def as_described(page: Page, window: Sequence[Block], body: Body, head: int) -> list[Block]:
    """A block whose text is the declared description; cut-off descriptions count by their beginning."""
    told = descriptions(page)
    own = {block.index for block in body.blocks}
    for block in window:
        key = letters(block.text)
        if any(is_described(key, text) for text in told):
            in_full = any(key.endswith(text) for text in told)
            apart = (stands_apart(block, body) or (in_full and has_own_class(block, body))) and not is_one_of_lines(block, body)
            if block.index in own and (not apart or is_marked_above(block, window, body, head)):
                return []  # a paragraph of the text, repeated as description
            return [block]
    return []


def is_marked_above(block: Block, window: Sequence[Block], body: Body, head: int) -> bool:
    """Whether a paragraph of the text has another one above it, and above that one a line whose class name says standfirst."""
    first = first_paragraph(body)
    return first < block.index and any(other.setting.standfirst is not None and head < other.index < first for other in window)


def is_described(key: str, told: str) -> bool:
    """Equal; or a place stands before it ("Berlin. …"); or the description was cut off."""
    if key == told:
        return True
    if len(told) < LEAST_PREFIX:
        return False
    return key.startswith(told) or (key.endswith(told) and len(key) - len(told) <= PLACE_BEFORE)


def as_marked(page: Page, window: Sequence[Block], body: Body, head: int) -> list[Block]:
    """Blocks in the first element below the headline whose class name says standfirst."""
    own = {block.index for block in body.blocks}
    first = first_paragraph(body)
    marked = [block for block in window if block.setting.standfirst is not None and head < block.index < first and not is_boxed(block)]
    for block in marked:
        root = block.setting.standfirst
        together = [other for other in marked if other.setting.standfirst is root]
        if sum(other.index in own for other in page.outline.blocks if other.setting.standfirst is root) > most_together(body):
            continue  # the class name of the whole text
        if any(DURATION.match(other.text) for other in together):
            continue  # a video above the text
        return together
    return []


def is_boxed(block: Block) -> bool:
    """Whether a text stands in a box inside of the standfirst's element: a player, an advertisement."""
    zone = block.setting.zone
    return zone is not None and block.setting.standfirst in zone.root.iterancestors()


def as_subheading(page: Page, window: Sequence[Block], body: Body, head: int) -> list[Block]:
    """A long line in a heading's tag between headline and text."""
    first = body.blocks[0].index if body.blocks else 0
    for block in window:
        if (
            head < block.index <= first
            and len(block.text) >= 50
            and (block.tag in ("h2", "h3") or (block.tag == "h4" and ENDS.search(block.text)))
            and not is_paragraph_tag(block.tag, body)
        ):
            return [block]
    return []


def is_paragraph_tag(tag: str, body: Body) -> bool:
    """Whether the text's paragraphs are set in a heading's tag."""
    return 2 * sum(block.tag == tag and ENDS.search(block.text) is not None for block in body.blocks) > len(body.blocks)


def as_placed(page: Page, window: Sequence[Block], body: Body, head: int) -> list[Block]:
    """A sentence right under the headline, in an element that is no part of the text; or a list of points there."""
    first = body.blocks[0].index if body.blocks else 0
    if head < 0:
        return []
    below = below_headline(page, head)
    if opens_above_byline(page, window, body, head) or opens_beside_headline(page, window, body, head, below):
        return [body.blocks[0]]
    near = [block for block in window if block.index in below and block.index < first]
    for block in near:
        if block.setting.list is not None:
            if points := points_of(block.setting.list, page, body):
                return points
        elif weight(block.text) >= 50 and ENDS.search(block.text) and block.tag in PLACED and not has_own_heading(block, page, head):
            return [block]
    return []


PLACED = frozenset({"p", "div", "h4", "span", "strong", "header", "section", "article", "main"})
BELOW_HEADLINE = 4  # lines, links and pictures not counted
POINTS = range(2, 7)
LEAST_POINT = 20  # characters


def below_headline(page: Page, head: int) -> frozenset[int]:
    """Block.index of the lines right below the headline, whatever number of links and pictures with captions is between."""
    below = (block.index for block in page.outline.blocks if block.index > head and not block.is_link and block.setting.figure is None)
    return frozenset(islice(below, BELOW_HEADLINE))


def has_own_heading(block: Block, page: Page, head: int) -> bool:
    """Whether a box with a heading of its own holds a text: an offer, another story."""
    before = page.outline.items[block.index - 1]
    if type(before) is not Block or before.tag not in HEADS or before.index <= head:
        return False
    return before.is_link or before.owner.getparent() is block.owner.getparent()


def points_of(element: Element, page: Page, body: Body) -> list[Block]:
    """The items of a list between headline and text that tell the story in points; none where one is a link or a label."""
    items = [block for block in page.outline.blocks if block.setting.list is element]
    taken = {block.index for block in body.blocks}
    told = all(block.tag in ("li", "p") and not block.links and weight(block.text) >= LEAST_POINT for block in items)
    told = told and not any(is_byline(block.text) or is_date_line(block.text) or is_promo(block.text) for block in items)
    return items if len(items) in POINTS and told and taken.isdisjoint(block.index for block in items) else []


def opens_beside_headline(page: Page, window: Sequence[Block], body: Body, head: int, below: Set[int]) -> bool:
    """Whether the text's first paragraph stands in the headline's box, and all others in a box that the headline is not in."""
    first = body.blocks[0] if len(body.blocks) > LEAST_OTHERS else None
    if first is None or first.tag != "p" or first.index not in below or first not in window:
        return False
    box = first.owner.getparent()
    if weight(first.text) < 50 or not ENDS.search(first.text) or box is None or box not in owner_of(page, head).iterancestors():
        return False
    return not any(other.owner.getparent() is box and other.tag == first.tag for other in body.blocks[1:])


def opens_above_byline(page: Page, window: Sequence[Block], body: Body, head: int) -> bool:
    """Whether the text's first paragraph stands right below the headline, and the byline or the date right below it."""
    first = body.blocks[0] if len(body.blocks) > LEAST_OTHERS else None
    if first is None or first not in window or first.index > head + 2 or weight(first.text) < 50 or not ENDS.search(first.text):
        return False
    box, headline = first.owner.getparent(), owner_of(page, head).getparent()
    if first.tag not in ("p", "div") or (box is body.blocks[1].owner.getparent() and box is not headline):
        return False
    second = body.blocks[1].index
    below = [block for block in page.outline.blocks[head:] if first.index < block.index <= min(first.index + 2, second - 1)]
    return any(tells_who_and_when(block.text) for block in below if len(block.text) <= LINE_BELOW)


def tells_who_and_when(text: str) -> bool:
    """ "By Jane Doe", "3 May 2026", "By Jane Doe | 3 May 2026, 9:30": a byline, a date, or both on one line."""
    if is_byline(text) or is_date_line(text):
        return True
    dates = [] if ENDS.search(text) else find_moments(text)
    return bool(dates) and sum(map(str.isalpha, text[: dates[0].start] + text[dates[-1].end :])) <= NAMES_BESIDE


def owner_of(page: Page, head: int) -> Element:
    """The element that holds the headline, see headline_place."""
    return page.outline.items[head].owner  # type: ignore[union-attr]  # always a Block


LINE_BELOW = 120  # characters of a byline or date
NAMES_BESIDE = 50  # letters beside the date


def as_emphasised(page: Page, window: Sequence[Block], body: Body, head: int) -> list[Block]:
    """The text's first paragraph, all in bold or italics, right below the headline, where no other one is."""
    first, others = next(iter(body.blocks), None), body.blocks[1:]
    if first is None or head < 0 or first not in window or len(others) < LEAST_OTHERS or weight(first.text) < EMPHASISED:
        return []
    if not is_emphasised(first) or any(is_emphasised(block) for block in others if weight(block.text) >= EMPHASISED):
        return []
    return [] if any(head < block.index < first.index and weight(block.text) >= EMPHASISED for block in window) else [first]


LEAST_OTHERS = 3  # paragraphs behind it
EMPHASISED = 40  # characters


def is_emphasised(block: Block) -> bool:
    return block.strong >= 0.9 * len(squeeze(block.text)) or is_slanted(block)


def first_paragraph(body: Body) -> int:
    """Index of the first paragraph that no class name calls a standfirst; beyond all others where there is none."""
    return next((block.index for block in body.blocks if block.tag == "p" and block.setting.standfirst is None), MAX_BLOCKS)


def headline_place(page: Page, titles: Set[str], body: Body) -> int:
    """Index of the last heading before the text that is an <h1> or has the letters of a title; -1 where there is none."""
    first = body.blocks[0].index if body.blocks else 0
    titles = titles | {letters(text) for text in (page.meta("og:title") or "", page.title) if text}
    above = [block for block in page.outline.blocks if block.index < first]
    heads = [block.index for block in above if block.tag == "h1" or (block.tag in HEADS and is_title(block, titles))]
    return max(heads or (block.index for block in above if is_title(block, titles)), default=-1)


def is_title(block: Block, titles: Set[str]) -> bool:
    return len(block.text) >= SHORTEST // 2 and letters(block.text) in titles


def stands_apart(block: Block, body: Body) -> bool:
    """Whether a block of the body is set off from its other paragraphs: another parent, tag or class name, or all in bold."""
    others = [other for other in body.blocks if other.index != block.index and other.tag == "p"]
    root = block.setting.standfirst
    if block.tag in HEADS or (root is not None and sum(other.setting.standfirst is root for other in body.blocks) <= most_together(body)):
        return True
    if block.strong and block.strong >= 0.9 * len(squeeze(block.text)):
        return not others or sum(other.strong >= 0.9 * len(squeeze(other.text)) for other in others) < 0.5 * len(others)
    parents = {other.owner.getparent() for other in others}
    if block.tag == "div" and len(others) >= LEAST_OTHERS and block.owner not in parents:
        return not any(other.tag == "div" and other.index != block.index for other in body.blocks)
    if len(others) > 2 and len(parents) == len(others):  # each in a box of its own: the boxes are its paragraphs
        box = block.owner.getparent()
        boxes = {parent.getparent() for parent in parents if parent is not None}
        if len(boxes) == len(parents) and box is not None:  # two boxes around each
            return kind_of_box(box) not in map(kind_of_box, parents)
        return box is not None and box.getparent() not in boxes
    return bool(others) and block.owner.getparent() not in parents


def most_together(body: Body) -> int:
    """Blocks of the text that a standfirst may have: never all of it."""
    return min(MOST_TOGETHER, len(body.blocks) - 1)


def is_one_of_lines(block: Block, body: Body) -> bool:
    """Whether a line and others of the text stand right in one element, parted by breaks, or each in a <div> of one kind."""
    if block.strong:
        return False
    others = [other.owner for other in body.blocks if other.index != block.index]
    return any(other is block.owner or (block.tag == "div" and is_twin(other, block.owner)) for other in others)


def is_twin(element: Element, other: Element) -> bool:
    return element.tag == other.tag and element.get("class") == other.get("class") and element.getparent() is other.getparent()


def kind_of_box(box: Element) -> tuple[object, ...]:
    """What boxes that a system puts around each paragraph have in common."""
    outer = box.getparent()
    return (box.tag, box.get("class"), *((outer.tag, outer.get("class")) if outer is not None else ()))


def has_own_class(block: Block, body: Body) -> bool:
    """Whether a paragraph of the body has a class name that no other one has, and not only for a large first letter."""
    name = block.owner.get("class") or ""
    others = {other.owner.get("class") or "" for other in body.blocks if other.index != block.index and other.tag == block.tag}
    return bool(name and others) and name not in others and not LARGE_LETTER.search(name)


RULES = (
    ("described", as_described, 0.95),
    ("marked", as_marked, 0.85),
    ("subheading", as_subheading, 0.7),
    ("placed", as_placed, 0.6),
    ("emphasised", as_emphasised, 0.5),
)
