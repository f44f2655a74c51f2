"""The story's text: which of the page's blocks are the story, as plain paragraphs and as safe HTML.

Trafilatura says where the story is; the blocks of the page then say what exactly stands there, in order and with its structure.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass, field
from itertools import islice, takewhile
from typing import Any

from archiver.extract.blocks import HEADS, Block, Element, Outline, folds, links_of, squeeze
from archiver.extract.candidates import SHORT_TEXT, TOLD, Candidate, Votes, container_of, kind, main_lines, signature
from archiver.extract.evidence import weight
from archiver.extract.keywords import is_label, told_topics, topics_below
from archiver.extract.noise import ENDS_SENTENCE, count_letters, is_agency_line, is_noise, is_promo, is_unfilled, opens_comments
from archiver.extract.other_stories import SUBHEADS, card_texts, foreign_articles, lists_of_links
from archiver.extract.words import read_words

SHORT_PAGE = 600  # characters of text; lines about the page make up much of it
VOID_ZONE_SHARE = 0.25  # a zone that holds this share of the text is the story itself, whatever its class name says
SENTENCE = 30  # characters, spaces not counted, of a sentence that stands alone
TOLD_ZONES = frozenset({"newsletter", "related"})
SELDOM_STORY = {"nav": 0.6, "footer": 0.6, "comments": 0.6, "hidden": 0.6, "bio": 0.9, "ui": 0.8, "legal": 0.5, "below": 0.6}
SOFT_ZONES = frozenset({"widget", "meta", "aside", "audio", "form", "ui", "ads"})
LEAST_KEPT = 0.35  # of what trafilatura found
QUOTATION_MARKS = "\"'“”„‟‘’‚«»‹›「」『』《》…–—-"
LONG_WORDS = re.compile(r"[^\W\d_]{4,}")
FORM_LINES = 12  # blocks of a box with a field to fill in
MAX_FIELDS = 20  # that are looked at
CHOICE = 20  # characters; shorter texts in such a box are its choices
OFFER_LENGTH = 500  # characters
OFFER_SHARE = 0.25  # of the text
FACTS = 2  # items of a list in a box of its own
FACT = 15  # characters of such an item, on an average
LINKED_FACT = 40  # where items hold links: "Oak, P. (2021): The drift of larvae. [PDF]"
RETOLD = 0.8  # of the longer words of a pull quote
NEXT_BOX = 6  # blocks
OPENERS = SUBHEADS | {"summary"}  # what stands above a part of the text: of one that is folded, too
LEAST_QUOTE = 15  # characters of a quotation that stands in the text again
SPEAKER_LENGTH = 60  # characters of a line below a quotation
DATA_ROWS = 3  # of a table; fewer may be the layout of a page
LOOSE_TAGS = frozenset({"div", "section", "article", "main", "header", "body"})  # short texts right in them are labels
BELOW_HEADING = 4  # blocks among which the text goes on
HEADS_SHARE = 0.5  # of a text; no story has more subheads than paragraphs
SCRAP = 6  # characters of a first line in small letters that is no text
LOOSE_PARAGRAPHS = 2  # long texts right in a container's <div>s, more than in its <p>s


@dataclass(frozen=True, slots=True)
class Body:
    """A story's text. `html` holds the same blocks with their structure."""

    text: str = ""  # paragraphs separated by a blank line
    html: str = ""
    blocks: tuple[Block, ...] = field(default=(), repr=False)
    void: frozenset[Element] = field(default=frozenset(), repr=False)  # elements whose class names lie, see void_zones
    offers: frozenset[Element] = field(default=frozenset(), repr=False)  # boxes that are no part of the story, see boxes_with_fields


@dataclass(frozen=True, slots=True)
class Layout:
    """Where on its page the story stands, as all candidates together tell it. Positions are those of candidates; -1 where there is none."""

    candidates: list[Candidate]
    titles: set[str]  # forms of the headline, squeezed, in small letters
    void: set[Element]  # see void_zones
    teasers: Set[int]  # positions of cards of other stories
    link_lists: Set[Element]  # lists of links to other stories
    foreign: Set[Element]  # <article>s of other stories
    mains: set[Any]  # signatures of the boxes that hold the text
    holders: set[Element]  # boxes of such a signature with something that trafilatura took
    first: int  # that trafilatura took in such a box
    last: int
    end: int  # the last that it took anywhere
    is_short: bool  # no box holds much; that with the most counts as one that holds the text
    dense: Counter[Element]  # long texts that are no links, by box
    in_divs: Set[Element]  # boxes whose paragraphs are plain <div>s
    cells: Set[Element]  # of data tables, whose text may be linked
    facts: Set[Element]  # lists that are part of the text

    def is_main(self, candidate: Candidate) -> bool:
        return signature(candidate.container) in self.mains

    def is_within(self, index: int) -> bool:
        return self.first <= index <= self.last


def read_body(outline: Outline, tree: Element, headlines: Iterable[str] = ()) -> Body:
    titles = {squeeze(title).casefold() for title in headlines if title}
    layout = read_layout(outline, tree, titles)
    candidates, void = layout.candidates, layout.void
    above = keep_text(layout)
    keep_last_lines(above, titles, void)
    keep_what_is_left(candidates, titles, layout.teasers, void)
    keep_headings(candidates, void, titles)
    keep_first_heading(candidates, void, titles)
    leave_out_heads_of_forms(candidates)
    offers = boxes_with_fields(candidates, outline.fields)
    leave_out_boxes(candidates, offers)
    leave_out_pull_quotes(candidates)
    kept = without_last_lines(trim([candidate.block for candidate in candidates if candidate.kept]), outline.blocks)
    kept = without_head(kept, outline, titles)
    return Body("\n\n".join(block.text for block in kept), "", tuple(kept), frozenset(void), frozenset(offers))


def read_layout(outline: Outline, tree: Element, titles: set[str]) -> Layout:
    """Trafilatura's votes for the blocks, mended by what it is known to overlook, and what follows from them."""
    link_lists = lists_of_links(outline.blocks)
    votes = Votes(main_lines(tree, outline, link_lists))
    keys = [squeeze(block.text) for block in outline.blocks]
    candidates = [
        Candidate(block, key, votes.has(block, key) and not is_unfilled(block.text), container_of(block))
        for block, key in zip(outline.blocks, keys, strict=True)
    ]
    if len(votes.keys) == 1:
        vote_in_a_row(candidates, votes.all)
    void = void_zones(candidates)
    vote_again(candidates, void)
    teasers = card_texts(candidates)
    vote_below_headline(candidates, teasers, titles)
    vote_for_sentences(candidates, teasers, titles, void)
    mains, is_short = main_boxes(candidates, teasers, void)
    voted = [index for index, candidate in enumerate(candidates) if candidate.voted]
    positions = [index for index in voted if signature(candidates[index].container) in mains]
    first, last, end = (positions or [0])[0], (positions or [-1])[-1], (voted or [-1])[-1]
    holders = {candidates[index].container for index in positions}
    return Layout(
        candidates,
        titles,
        void,
        teasers,
        link_lists,
        foreign_articles(candidates),
        mains,
        holders,
        first,
        last,
        end,
        is_short,
        Counter(candidate.container for candidate in candidates if not candidate.block.is_link and is_long(candidate.key)),
        written_in_divs(candidates),
        linked_cells(outline.blocks),
        lists_of_facts(candidates[first + 1 : end], holders) | lists_of_facts(list_below(candidates, last), holders, levels=1),
    )


def main_boxes(candidates: Sequence[Candidate], teasers: Set[int], void: set[Element]) -> tuple[set[Any], bool]:
    """Signatures of the boxes that hold the text; whether it is so short that the one with the most counts."""
    weights: Counter[Any] = Counter()
    for place, candidate in enumerate(candidates):
        if not candidate.voted or place in teasers or candidate.block.setting.caption is not None:
            continue
        if not in_zone(candidate.block, void, soft=True):
            weights[signature(candidate.container)] += weight(candidate.key)
    total = weights.total()
    mains = {name for name, weight in weights.items() if weight > max(min(140, 0.5 * total), 0.1 * total)}
    if mains or not 0 < total <= SHORT_PAGE:
        return mains, False
    return {next(name for name in weights if 2 * weights[name] >= max(weights.values()))}, True


def keep_text(layout: Layout) -> Sequence[Candidate]:
    """Marks what is text, each long line once. Returns the candidates that stand above the readers' comments."""
    candidates = layout.candidates
    seen: set[str] = set()
    offer = None  # the box of a headline that offers something
    apart = False  # whether the story is in other boxes
    closed = False  # such a headline stood below the story
    for index, candidate in enumerate(candidates):
        block, key = candidate.block, candidate.key
        if index > layout.first and is_heading(block) and opens_comments(block.text):
            for below in candidates[index:]:
                below.voted = False
            return candidates[:index]
        if index >= layout.first and not block.is_link and is_offers_head(block):
            offer = block.owner.getparent()
            apart = signature(offer) not in layout.mains or is_box_of_offer(offer, candidates, index)
            closed = closed or 0 <= layout.last < index
        elif offer is not None and block.owner.getparent() is offer and apart:
            continue
        if is_text(layout, index, closed) and not (len(key) > REPEATED and key in seen):
            seen.add(key)
            candidate.kept = True
    return candidates


REPEATED = 40  # characters of a line from which on it is text once only


def is_text(layout: Layout, index: int, closed: bool) -> bool:
    """Whether a candidate is text by its place and its words. `closed`: the headline of an offer stood below the story."""
    candidate, void = layout.candidates[index], layout.void
    block = candidate.block
    inset = layout.first < index and is_inset_of_text(layout, index)
    if not is_in_place(layout, index, inset, closed):
        return False
    if block.setting.article in layout.foreign or block.setting.list in layout.link_lists or index in layout.teasers:
        return False
    if in_zone(block, void, soft=not (candidate.voted or inset)) or is_noise(block, candidate.key, layout.titles, void):
        return False
    if block.is_link and block.setting.cell not in layout.cells:
        return False
    inside = candidate.voted and layout.first < index < layout.last
    if block.tag == "h1" and not (inside and not in_zone(block, void, soft=True)):
        return False
    return not is_label_by_place(candidate) or bool(candidate.voted and candidate.container in layout.in_divs and count_letters(block.text))


def is_inset_of_text(layout: Layout, index: int) -> bool:
    """Whether a candidate below the first is a table, box or list within the text."""
    candidate = layout.candidates[index]
    if is_table_of(candidate, layout.holders):
        return True
    return not candidate.voted and (
        (index < layout.end and is_inset(candidate, layout.holders)) or list_of(candidate.block) in layout.facts
    )


def is_in_place(layout: Layout, index: int, inset: bool, closed: bool) -> bool:
    """Whether a candidate stands where the text is: trafilatura took it, or it is like what trafilatura took about it."""
    candidate = layout.candidates[index]
    block = candidate.block
    if not candidate.voted and not inset and not (layout.first < index < layout.end and is_quote(block)):
        in_story = candidate.container in layout.in_divs and layout.first < index < layout.last and is_told(candidate)
        if not in_story and not (layout.is_main(candidate) and is_paragraph(block)):
            return False
        return layout.is_within(index) or layout.dense[candidate.container] >= 2 or goes_on(layout.candidates, layout.last, index)
    if inset or layout.is_within(index) or layout.last < 0 or layout.is_main(candidate):
        return True
    if in_zone(block, layout.void, soft=True):
        return False
    below = index > layout.last
    return not (below and (closed or is_label_of_page(block, candidate.key, layout.is_short, layout.holders)))


def without_head(kept: list[Block], outline: Outline, titles: set[str]) -> list[Block]:
    """Without what stands above the text and is none of it: scraps, labels, another column's lines, the site's slogan."""
    opening = next((block.index for block in kept if is_long(squeeze(block.text)) and not is_label_above(block.text)), 0)
    heads = [block for block in outline.blocks if not block.is_link and (block.tag == "h1" or block.index < opening)]
    head = next((block.index for block in reversed(heads) if squeeze(block.text).casefold() in titles), -1)
    while kept and (is_scrap(kept[0].text) or (kept[0].index < head and is_label_above(kept[0].text))):
        kept.pop(0)
    title = next((block for block in outline.blocks if block.tag in HEADS and squeeze(block.text).casefold() in titles), None)
    while title is not None and kept and kept[0].index < title.index < kept[-1].index and not stands_by(kept[0], title):
        kept.pop(0)
    if len(kept) > 1 and is_slogan(kept[0], outline):
        kept.pop(0)
    return kept


def is_heading(block: Block) -> bool:
    """Whether a line is set as a heading, by its tag or in bold letters."""
    return block.tag in HEADS or (block.strong > 0 and len(block.text) <= LINE_LENGTH and block.strong >= len(squeeze(block.text)))


LINE_LENGTH = 120  # characters of a line in bold letters that may be a heading


def stands_by(block: Block, title: Block) -> bool:
    """Whether a text above the headline is in the headline's own box: a standfirst there, and no column or slogan of the site."""
    return title.owner.getparent() in block.owner.iterancestors()


def is_slogan(block: Block, outline: Outline) -> bool:
    """Whether a line stands below the site's name, a heading that leads to its front page."""
    name = outline.items[block.index - 1] if block.index else None
    if type(name) is not Block or not name.is_link or name.tag not in HEADS or name.owner.getparent() is not block.owner.getparent():
        return False
    return all(HOME.fullmatch(href) for _, href in links_of(name))


HOME = re.compile(r"(?:https?://[^/]+)?/?(?:index\.\w{3,5})?")


def is_scrap(text: str) -> bool:
    """Whether a first line is a word between facts of the page: "in", "by"."""
    return len(text) <= SCRAP and text.islower()


def is_label_above(text: str) -> bool:
    """Whether lines above the headline are no text: a name, the day of the visit, a counter."""
    return not any(len(line) >= TOLD or ENDS_SENTENCE.search(line) for line in text.split("\n"))


def is_told(candidate: Candidate) -> bool:
    """Whether a text without tag ends as a sentence does, or has several lines."""
    text = candidate.block.text
    return ENDS_SENTENCE.search(text) is not None or ("\n" in text and is_long(candidate.key))


def goes_on(candidates: Sequence[Candidate], last: int, index: int) -> bool:
    """Whether a long paragraph below the story, in a box of the same class, follows it with no heading and no link between."""
    if last < 0 or index - last > NEXT_BOX or not is_long(candidates[index].key) or candidates[index].block.links:
        return False
    return not any(each.block.tag in HEADS or each.block.links or each.block.is_link for each in candidates[last + 1 : index])


def keep_last_lines(candidates: Sequence[Candidate], titles: set[str], void: set[Element]) -> None:
    """Sentences behind a box that parts a paragraph written with breaks: parsers end the paragraph at the box, and they stand loose."""
    written = Counter(candidate.block.owner for candidate in candidates if candidate.kept)
    last = -1
    for index, candidate in enumerate(candidates):
        if candidate.kept:
            last = index
            continue
        block = candidate.block
        if last < 0 or index - last > NEXT_BOX or block.tag not in LOOSE_TAGS or not ENDS_SENTENCE.search(block.text):
            continue
        before, owner = candidates[last].block, block.owner
        parted = before.owner is owner or (before.tag == "p" and before.owner.getparent() is owner)
        if not parted or written[before.owner] < WRITTEN_WITH_BREAKS or block.is_link or block.setting.caption is not None:
            continue
        if not (in_zone(block, void, soft=True) or is_noise(block, candidate.key, titles, void)):
            candidate.kept, last = True, index
            written[owner] = max(written[owner] + 1, WRITTEN_WITH_BREAKS)


WRITTEN_WITH_BREAKS = 2  # blocks in one element


def leave_out_pull_quotes(candidates: Sequence[Candidate]) -> None:
    """Of a quotation that stands set apart and, in the same words, in a paragraph, the paragraph is kept; with it goes its speaker."""
    quoted = [candidate for candidate in candidates if candidate.kept and quote_of(candidate.block) is not None]
    if not quoted:
        return
    paragraphs = [each for each in candidates if each.kept and quote_of(each.block) is None]
    told = "\n".join(each.key for each in paragraphs).casefold()
    repeated = set()
    for candidate in quoted:
        words = candidate.key.strip(QUOTATION_MARKS).rstrip(".…,").casefold()
        pulled = candidate.block.setting.pull_quote is not None
        if (len(words) >= LEAST_QUOTE and words in told) or (pulled and is_retold(candidate.block, paragraphs)):
            candidate.kept = False
            repeated.add(quote_of(candidate.block))
    for candidate in quoted:
        if quote_of(candidate.block) in repeated and len(candidate.block.text) < SPEAKER_LENGTH:
            candidate.kept = False


def leave_out_heads_of_forms(candidates: Sequence[Candidate]) -> None:
    """The heading of a box with a field to fill in, of which nothing else is text: "The Morning Tide", a newsletter."""
    for index, candidate in enumerate(candidates[:-1]):
        if not candidate.kept or candidate.block.tag not in HEADS or candidates[index + 1].kept:
            continue
        box = candidate.block.owner.getparent()
        behind = candidates[index + 1 : index + FORM_LINES]
        inside = list(takewhile(lambda other, box=box: box in other.block.owner.iterancestors(), behind))  # type: ignore[misc]
        if inside and not any(other.kept for other in inside) and next(box.iter("input"), None) is not None:
            candidate.kept = False


def boxes_with_fields(candidates: Sequence[Candidate], inputs: Sequence[Element]) -> set[Element]:
    """Small boxes with a field for an address, or with choices: newsletters and polls whose words tell nothing."""
    fields = [field for field in inputs if is_field(field)][:MAX_FIELDS]
    if not fields:
        return set()
    total = sum(len(candidate.key) for candidate in candidates if candidate.kept)
    told = [candidate for candidate in candidates if not candidate.block.is_link and weight(candidate.key) >= CHOICE]
    around = {element for each in told for element in (each.block.owner, *each.block.owner.iterancestors())}
    found = {next((outer for outer in field.iterancestors() if outer in around), None) for field in fields} - {None}
    return {box for box in found if is_offer(box, told, total)}


def is_box_of_offer(box: Element, candidates: Sequence[Candidate], index: int) -> bool:
    """Whether a box like those of the text holds the offer at `index` alone: the text ended in another one, and little stands in this."""
    inside = sum(len(each.key) for each in candidates if each.block.owner.getparent() is box)
    return (
        inside <= OFFER_LENGTH
        and any(each.kept for each in candidates[:index])
        and not any(each.kept and each.container is box for each in candidates[:index])
    )


def is_offer(box: Element, told: Sequence[Candidate], total: int) -> bool:
    """Whether a box with a field holds little text, no headline, and is not one of the boxes that the story is in."""
    inside = [each for each in told if box is each.block.owner or box in each.block.owner.iterancestors()]
    length = sum(len(each.key) for each in inside)
    if length > OFFER_LENGTH or length > OFFER_SHARE * total or any(each.block.tag == "h1" for each in inside):
        return False
    return box.get("class") is None or not any(
        each.kept and each.container is not box and kind(each.container) == kind(box) for each in told
    )


def leave_out_boxes(candidates: Sequence[Candidate], boxes: Set[Element]) -> None:
    for candidate in candidates if boxes else ():
        if candidate.kept and not boxes.isdisjoint((candidate.block.owner, *candidate.block.owner.iterancestors())):
            candidate.kept = False


def is_field(element: Element) -> bool:
    """Whether a field takes an e-mail address or a choice."""
    taken = element.get("type") or "text"
    return taken in ("email", "radio") or (taken == "text" and "mail" in (element.get("name") or "").lower())


def is_retold(quote: Block, paragraphs: Sequence[Candidate]) -> bool:
    """Whether a paragraph has nearly all words of a quotation that was shortened."""
    words = set(LONG_WORDS.findall(quote.text.casefold()))
    return any(len(words & set(LONG_WORDS.findall(each.block.text.casefold()))) >= RETOLD * len(words) for each in paragraphs)


def quote_of(block: Block) -> Element:
    """The quotation that a block stands in; None where it stands in none."""
    setting = block.setting
    return setting.quote if setting.pull_quote is None else setting.pull_quote


def is_long(key: str) -> bool:
    """Whether a text is a paragraph's by its length."""
    return len(key) >= TOLD or (2 * len(key) >= TOLD and weight(key) >= TOLD)


def is_label_of_page(block: Block, key: str, is_short: bool, holders: Set[Element]) -> bool:
    """Whether what stands below the story, in another part of the layout, is no sentence: headings, tabs, counters.

    `is_short`: on a page of short texts a sentence may be short, too, and a table without links holds data.
    """
    if is_long(key) or (is_short and block.setting.table is not None and next(block.setting.table.iter("a"), None) is None):
        return False
    if weight(key) >= SENTENCE and block.tag == "p" and not (block.links or holders.isdisjoint(islice(block.owner.iterancestors(), 4))):
        return False  # a line in a box within the text's own box
    return (weight(key) < SENTENCE and not is_short) or not ENDS_SENTENCE.search(block.text)


def keep_what_is_left(candidates: Sequence[Candidate], titles: set[str], teasers: Set[int], void: Set[Element]) -> None:
    """Where the rules leave little of what trafilatura found, the page is none that they fit: what was found is taken as it is.

    Not where it found the cards of other stories about a short one.
    """
    voted = [candidate for candidate in candidates if candidate.voted and candidate.key.casefold() not in titles]
    voted = [candidate for candidate in voted if not in_zone(candidate.block, void, soft=True)]
    kept = sum(len(candidate.key) for candidate in candidates if candidate.kept)
    beside = sum(len(candidates[place].key) for place in teasers if candidates[place].voted)
    if kept >= TOLD and kept >= LEAST_KEPT * (sum(len(candidate.key) for candidate in voted if not candidate.block.is_link) - beside):
        return
    found = sum(len(candidate.key) for candidate in voted)
    if 2 * sum(len(candidate.key) for candidate in voted if candidate.block.is_link) > found:
        return  # a list of other stories
    if found > SHORT_TEXT and kept < LEAST_KEPT * found:
        for candidate in voted:
            candidate.kept = candidate.block.setting.caption is None and candidate.block.tag != "h1" and not is_promo(candidate.block.text)


def void_zones(candidates: Sequence[Candidate]) -> set[Element]:
    """Elements whose class name lies: so much of the story is in them (or in elements of the same class) that they are the story."""
    weights: Counter[Any] = Counter()
    total = 0
    roots: dict[Any, set[Any]] = {}
    strict: dict[Any, float] = {}
    widgets: set[Any] = set()
    for candidate in candidates:
        if not candidate.voted:
            continue
        length = len(candidate.key)
        total += length
        setting = candidate.block.setting
        around = [setting.figure, setting.caption, setting.credit, setting.link]
        zone = setting.zone
        while zone is not None:
            around.append(zone.root)
            if zone.name in SELDOM_STORY:
                strict[kind(zone.root)] = SELDOM_STORY[zone.name]
            elif zone.name == "widget":
                widgets.add(kind(zone.root))
            zone = zone.outer
        for root in around:
            if root is not None:
                name = kind(root)
                weights[name] += length
                roots.setdefault(name, set()).add(root)
    lying = {name for name, weight in weights.items() if weight >= strict.get(name, VOID_ZONE_SHARE) * total}
    return {root for name in lying for root in roots[name]} | other_widgets(candidates, widgets & lying) | told_zones(candidates)


def other_widgets(candidates: Sequence[Candidate], kinds: Set[Any]) -> set[Element]:
    """The widgets of the kinds that hold the story: the short lines between two texts stand in widgets of their own."""
    found: set[Any] = set()
    for candidate in candidates if kinds else ():
        zone = candidate.block.setting.zone
        while zone is not None:
            if zone.name == "widget" and kind(zone.root) in kinds:
                found.add(zone.root)
            zone = zone.outer
    return found


def told_zones(candidates: Sequence[Candidate]) -> set[Element]:
    """Boxes for offers or related stories by their names, with running text in them: several paragraphs in each, and hardly a link.

    So are the steps of a slide show ("slide"), and the wrapper that a paywall's script puts around a story's beginning.
    """
    paragraphs: Counter[Any] = Counter()
    links: Counter[Any] = Counter()
    roots: dict[Any, set[Any]] = {}
    for candidate in candidates:
        block = candidate.block
        is_told = block.tag == "p" and len(candidate.key) >= TOLD and 4 * block.linked < len(candidate.key)
        zone = block.setting.zone
        while zone is not None:
            if zone.name in TOLD_ZONES:
                name = kind(zone.root)
                paragraphs[name] += is_told
                links[name] += block.is_link
                roots.setdefault(name, set()).add(zone.root)
            zone = zone.outer
    return {
        root
        for name, number in paragraphs.items()
        if number >= max(3, 2 * len(roots[name])) and 4 * links[name] <= number
        for root in roots[name]
    }


def in_zone(block: Block, void: Set[Element], soft: bool = False) -> bool:
    zone = block.setting.zone
    while zone is not None:
        if zone.root not in void and (soft or zone.name not in SOFT_ZONES):
            return True
        zone = zone.outer
    return False


def vote_in_a_row(candidates: Sequence[Candidate], line: str) -> None:
    """Trafilatura joins a page of short paragraphs into one line: each of them follows there where the one before it ends."""
    place = 0
    for candidate in candidates:
        following = line.startswith(candidate.key, place)
        start = place if following else line.find(candidate.key, place) if candidate.voted else -1
        if start >= 0:
            candidate.voted = True
            place = start + len(candidate.key)


def vote_again(candidates: Sequence[Candidate], void: set[Element]) -> None:
    """Where one part of the layout holds much more plain text than trafilatura found, that part is the story."""
    weights: Counter[Any] = Counter()
    paragraphs: Counter[Any] = Counter()
    holders: dict[Any, set[Any]] = {}
    found = outside = 0
    for candidate in candidates:
        if candidate.voted:
            found += len(candidate.key)
            outside += 0 if candidate.block.setting.zone else len(candidate.key)
    for candidate in candidates:
        block = candidate.block
        if outside > SHORT_TEXT and block.setting.zone is not None:
            continue  # a box beside the story, and not the box of a page builder that the story is in
        if len(candidate.key) >= 60 and block.setting.list is None and is_plain(block, void):
            name = signature(candidate.container)
            weights[name] += len(candidate.key)
            paragraphs[name] += 1
            holders.setdefault(name, set()).add(candidate.container)
    dense = [(weight, name) for name, weight in weights.items() if paragraphs[name] >= 2 * len(holders[name])]  # not cards, one text each
    if not dense:
        return
    weight, name = max(dense, key=lambda pair: pair[0])
    if weight > 1.3 * found + 200:
        for candidate in candidates:
            if signature(candidate.container) == name and is_plain(candidate.block, void) and is_paragraph(candidate.block):
                candidate.voted = True


def vote_below_headline(candidates: Sequence[Candidate], teasers: Set[int], titles: set[str]) -> None:
    """Where trafilatura took nothing but cards of other stories, the sentences right below the headline are the story, short as it is."""
    if not teasers or sum(len(each.key) for place, each in enumerate(candidates) if each.voted and place not in teasers) >= TOLD:
        return
    heads = [place for place, each in enumerate(candidates) if each.key.casefold() in titles and not each.block.is_link]
    found: list[Candidate] = []
    for place in range(heads[-1] + 1 if heads else len(candidates), len(candidates)):
        each = candidates[place]
        if place in teasers or each.block.is_link or each.block.tag in HEADS or each.block.setting.zone is not None:
            break
        if weight(each.key) >= SHORT_SENTENCE and ENDS_SENTENCE.search(each.block.text) and each.block.setting.caption is None:
            found.append(each)
    if len(found) >= SENTENCES and sum(len(each.key) for each in found) >= TOLD:
        for place in teasers:
            candidates[place].voted = False
        for each in found:
            each.voted = True


def vote_for_sentences(candidates: Sequence[Candidate], teasers: Set[int], titles: set[str], void: set[Element]) -> None:
    """Where trafilatura took little but comments, all sentences, and lists without links, are text from the headline to the first offer."""
    comments = next((place for place, each in enumerate(candidates) if is_heading(each.block) and opens_comments(each.block.text)), None)
    plain = (each for each in candidates[:comments] if each.voted and not (each.block.is_link or in_zone(each.block, void, soft=True)))
    if sum(len(each.key) for each in plain) > SHORT_TEXT:
        return
    titled = ((place, each.block) for place, each in enumerate(candidates) if each.key.casefold() in titles)
    head = next((place for place, block in titled if not block.is_link or block.tag in TITLE_LINKS), None)
    if head is None:
        return
    void |= lives_of_a_team(candidates)
    told = lists_of_facts(candidates, {list_of(each.block) for each in candidates})
    below = takewhile(lambda each: not ends_text(each.block), candidates[head + 1 :])
    for place, each in enumerate(below, head + 1):
        if place in teasers or each.block.is_link or each.block.links or in_zone(each.block, void, soft=True):
            continue
        is_sentence = weight(each.key) >= SENTENCE and ENDS_SENTENCE.search(each.block.text)
        if (is_sentence or list_of(each.block) in told) and each.block.setting.caption is None:
            each.voted = True


TITLE_LINKS = frozenset({"h1", "h2"})  # boards print a topic's title as a link to the topic


def ends_text(block: Block) -> bool:
    """Whether what stands below a heading is an offer, other stories or comments."""
    return is_offers_head(block) or (block.tag in HEADS and opens_comments(block.text))


def is_offers_head(block: Block) -> bool:
    """Whether a heading is an offer's: of letters, as "10:00" is that of an entry of a live blog."""
    return block.tag in HEADS and is_promo(block.text) and count_letters(block.text) > 0


def lives_of_a_team(candidates: Sequence[Candidate]) -> set[Element]:
    """Boxes about persons, where a page has several of one kind: it presents them, and none of them wrote it."""
    boxes: dict[Any, set[Any]] = {}
    for candidate in candidates:
        zone = candidate.block.setting.zone
        if zone is not None and zone.name == "bio":
            boxes.setdefault(kind(zone.root), set()).add(zone.root)
    return {root for roots in boxes.values() if len(roots) >= TEAM for root in roots}


TEAM = 3  # persons
SENTENCES = 2  # below a headline are a story
SHORT_SENTENCE = 20  # characters


def is_plain(block: Block, void: set[Element]) -> bool:
    setting = block.setting
    zone = setting.zone
    while zone is not None:
        if zone.root not in void and zone.name != "widget":
            return False
        zone = zone.outer
    return setting.caption is None and setting.figure is None and not block.is_link


def linked_cells(blocks: Sequence[Block]) -> set[Element]:
    """Cells whose whole text is a link, in rows of data: "<a>FC Vale</a> | 34 | 71"; a table of links alone has none."""
    plain: dict[Any, set[Any]] = {}  # table ▶ rows
    linked: list[tuple[Any, Any, Any]] = []
    for block in blocks:
        cell, table = block.setting.cell, block.setting.table
        if cell is None or table is None:
            continue
        if block.is_link:
            linked.append((cell, cell.getparent(), table))
        elif block.setting.link is None:
            plain.setdefault(table, set()).add(cell.getparent())
    return {cell for cell, row, table in linked if len(plain.get(table, ())) >= DATA_ROWS and row in plain[table]}


def keep_headings(candidates: Sequence[Candidate], void: set[Element], titles: set[str]) -> None:
    """A subhead may stand in a container of its own: it belongs to the story when the story's next block follows it."""
    before = False
    for index, candidate in enumerate(candidates[:-1]):
        block = candidate.block
        if not candidate.kept and before and opens_part(block) and (following := next_of_story(candidates, index)):
            apart = block.setting.zone is not following.setting.zone and not in_widget_of(void, following)
            candidate.kept = not block.is_link and not in_zone(block, void, soft=apart) and not is_noise(block, candidate.key, titles, void)
        before = before or candidate.kept


def opens_part(block: Block) -> bool:
    """Whether a part of the text may stand below a line: a heading, or a question that folds its answer."""
    return block.tag in OPENERS or (block.text[-1] in ASKS and (block.tag in HEADS or folds(block.owner)))


ASKS = "?？؟;"


def in_widget_of(void: Set[Element], block: Block) -> bool:
    """Whether a text stands in a widget of a page builder, in which all parts of the text do, its headings too."""
    zone = block.setting.zone
    return zone is not None and zone.name == "widget" and zone.root in void


def keep_first_heading(candidates: Sequence[Candidate], void: set[Element], titles: set[str]) -> None:
    """A subhead between the headline and the first paragraph belongs to the story where others like it do: "Day 1", "Day 2"."""
    first = next((index for index, candidate in enumerate(candidates) if candidate.kept), 0)
    for index in range(first - 1, max(0, first - BELOW_HEADING), -1):
        candidate, block = candidates[index], candidates[index].block
        if opens_part(block):
            like_it = (block.tag, block.owner.get("class"))
            others = any(other.kept and (other.block.tag, other.block.owner.get("class")) == like_it for other in candidates[first:])
            below = any(other.key.casefold() in titles for other in candidates[:index])
            if others and below and not block.is_link and not in_zone(block, void):
                candidate.kept = not is_noise(block, candidate.key, titles, void)
            return


def next_of_story(candidates: Sequence[Candidate], index: int) -> Block | None:
    """The story's text that follows a heading: the next block, or one behind a caption or a pointer in the heading's own column."""
    if candidates[index + 1].kept:
        return candidates[index + 1].block
    column = candidates[index].block.owner.getparent()
    for other in candidates[index + 1 : index + BELOW_HEADING]:
        if other.kept:
            return other.block if column in other.block.owner.iterancestors() else None
        if other.block.is_link or other.block.tag in HEADS:
            return None
    return None


def is_paragraph(block: Block) -> bool:
    if block.tag in HEADS:
        return block.tag != "h1"
    if block.tag in ("p", "li", "blockquote", "td", "th", "pre", "dd", "dt"):
        return True
    return len(block.text) > 80


def is_quote(block: Block) -> bool:
    """A quotation in a figure of its own, with its source as caption."""
    setting = block.setting
    told = len(block.text) >= TOLD and not block.links
    return told and setting.quote is not None and setting.figure is not None and setting.social is None


def is_inset(candidate: Candidate, holders: set[Element]) -> bool:
    """What trafilatura leaves out in the midst of a text: a table in a figure, a paragraph in a box of its own beside a picture."""
    block, setting = candidate.block, candidate.block.setting
    if block.links or setting.caption is not None or not any(outer in holders for outer in block.owner.iterancestors()):
        return False
    if setting.cell is not None:
        return setting.figure is not None and next(setting.figure.iter("img"), None) is None
    told = block.tag == "p" and is_long(candidate.key) and ENDS_SENTENCE.search(block.text) is not None
    beside = setting.zone is None or (setting.zone.name == "aside" and setting.zone.outer is None)
    return told and beside and setting.figure is None and setting.list is None


def list_below(candidates: Sequence[Candidate], last: int) -> list[Candidate]:
    """The items of lists right below the text's last block."""
    below = candidates[last + 1 : last + 1 + LIST_BELOW] if last >= 0 else ()
    return list(takewhile(lambda each: list_of(each.block) is not None, below))


LIST_BELOW = 30  # items


def lists_of_facts(candidates: Sequence[Candidate], holders: set[Element], levels: int = 2) -> set[Element]:
    """Lists that trafilatura leaves out, right among the paragraphs or in a box there, without links and controls.

    `levels`: 1, where they are not to stand in a box. Of a list of terms of which it took some, all are text.
    """
    items: dict[Any, list[Candidate]] = {}
    taken: set[Any] = set()
    for candidate in candidates:
        outer = list_of(candidate.block)
        if outer is not None and candidate.voted:
            taken.add(outer)
        elif outer is not None:
            items.setdefault(outer, []).append(candidate)
    return {
        outer
        for outer, own in items.items()
        if ((outer.tag == "dl" and outer in taken) or (len(own) >= FACTS and is_told_by(own)))
        and all(each.block.setting.zone is None and each.block.setting.figure is None for each in own)
        and all(4 * each.block.linked < len(each.key) for each in own)
        and (outer in holders or not holders.isdisjoint(islice(outer.iterancestors(), levels)))
        and next(outer.iter("img", "input", "button", "svg"), None) is None
    }


def is_told_by(items: Sequence[Candidate]) -> bool:
    """Whether the items of a list are long enough, on an average, to be facts: a term together with what it means."""
    least = LINKED_FACT if any(each.block.links for each in items) else FACT
    return sum(weight(each.key) for each in items) >= least * sum(each.block.tag != "dt" for each in items)


def list_of(block: Block) -> Element:
    """The list that a block is an item of, terms and what they mean among them; None where there is none."""
    return block.owner.getparent() if block.tag in ("dt", "dd") else block.setting.list


def is_table_of(candidate: Candidate, holders: set[Element]) -> bool:
    """A table in a figure right among the story's paragraphs, also below the last one."""
    setting = candidate.block.setting
    figure = setting.figure if setting.cell is not None and setting.caption is None else None
    return figure is not None and figure.getparent() in holders and next(figure.iter("img"), None) is None


def written_in_divs(candidates: Sequence[Candidate]) -> set[Element]:
    """Containers in which a <div>, or text between two breaks, is a paragraph: a short one is a line of the story, and no label."""
    loose: Counter[Any] = Counter()
    for candidate in candidates:
        if candidate.voted and is_long(candidate.key):
            loose[candidate.container] += 1 if candidate.block.tag in LOOSE_TAGS else -1
    return {container for container, number in loose.items() if number >= LOOSE_PARAGRAPHS}


def is_label_by_place(candidate: Candidate) -> bool:
    """A short text right in a part of the layout."""
    block = candidate.block
    return block.tag in LOOSE_TAGS and len(block.text) < 60 and not ENDS_SENTENCE.search(block.text)


def without_last_lines(kept: list[Block], blocks: Sequence[Block]) -> list[Block]:
    """Without the rows of topics below the last paragraph that are no links ("Tags: mill, weir", a list below its label), and an agency."""
    kept = without_contacts(kept, blocks)
    while kept and (told_topics(kept[-1]) or (kept[-1].tag == "p" and is_agency_line(kept[-1].text, bare=True))):
        kept.pop()
    tail = list(takewhile(lambda block: len(block.text) < TOLD, reversed(kept[-MOST_TOPICS:])))
    for block in tail:
        label = blocks.index(block) - 1
        if label >= 0 and topics_below(blocks, label):
            return trim(kept[: kept.index(block)])
    return kept


def without_contacts(kept: list[Block], blocks: Sequence[Block]) -> list[Block]:
    """Without the lines below a press release that tell whom journalists may ask: "Press contact:", a name, a number, an address."""
    tail = range(max(1, len(kept) - CONTACT_LINES), len(kept))
    start = next((place for place in tail if opens_contact(kept[place].text)), None)
    if start is None:  # the label may have been left out by now
        reached = (place for place in tail if is_contact(kept[place]) and REACHED.search(kept[place].text))
        start = next((place for place in reached if opens_contact(blocks[blocks.index(kept[place]) - 1].text)), None)
    if start is None:
        return kept
    end = next((place for place in range(start + 1, len(kept)) if not is_contact(kept[place])), len(kept))
    return kept[:start] + kept[end:]


CONTACT_LINES = 8  # last blocks of a text among which they are looked for
CONTACT_LENGTH = 300  # characters of one of them
REACHED = re.compile(r"@|\d[\d\s/()–-]{5,}")  # an address or a number of a telephone


def opens_contact(text: str) -> bool:
    """Whether a line is the label of a contact, alone or before one; a sentence behind it tells something else."""
    label, colon, behind = text.partition("\n")[0].partition(":")
    if not (colon or label == text) or label.strip().casefold() not in read_words("contact_labels"):
        return False
    return len(text) <= CONTACT_LENGTH and (REACHED.search(text) is not None or not ENDS_SENTENCE.search(behind))


def is_contact(block: Block) -> bool:
    """Whether a line may be a name, a firm, or how somebody is reached."""
    if block.tag in HEADS or len(block.text) > CONTACT_LENGTH:
        return False
    return REACHED.search(block.text) is not None or (len(block.text) < TOLD and not ENDS_SENTENCE.search(block.text))


MOST_TOPICS = 12  # last blocks of a text that may be topics


def trim(blocks: list[Block]) -> list[Block]:
    """Without headings and labels of topics that nothing follows."""
    kept = list(blocks)
    if sum(len(block.text) for block in kept if block.tag in HEADS) > HEADS_SHARE * sum(len(block.text) for block in kept):
        return kept  # a page that sets its paragraphs as headings
    while kept and (kept[-1].tag in HEADS or is_label(kept[-1].text)):
        kept.pop()
    return kept
