"""Other stories on a story's page: lists of links, cards with headline and summary, articles of their own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from archiver.extract.blocks import HEADS, Block, Element, links_of
from archiver.extract.candidates import TOLD, Candidate
from archiver.extract.names import CASELESS
from archiver.extract.noise import STORY_SLUG, is_date_line, is_promo

SUBHEADS = frozenset({"h2", "h3", "h4"})
CARD_TEXT = 400  # characters; the summary of a related story
CARD_BLOCKS = 7  # label, headline, summary, author, time …
POINTER_LENGTH = 40  # characters of "Read more"
CARDS = 3  # of one kind; two may be boxes of the story itself


def lists_of_links(blocks: Sequence[Block]) -> set[Element]:
    """Lists (ul, ol) most of whose text is links: related stories, not content."""
    linked: Counter[Any] = Counter()
    total: Counter[Any] = Counter()
    for block in blocks:
        if block.setting.list is not None:
            length = len(block.text)
            total[block.setting.list] += length
            linked[block.setting.list] += length if block.is_link else block.linked
    return {element for element, length in total.items() if linked[element] > 0.5 * length}


def foreign_articles(candidates: Sequence[Candidate]) -> set[Element]:
    """<article> elements that hold another story: each with a small part of the text, or with a headline of its own after the first."""
    weights: Counter[Any] = Counter()
    with_headline: set[Any] = set()
    teasers: set[Any] = set()
    for candidate in candidates:
        article = candidate.block.setting.article
        if candidate.block.is_link and candidate.block.tag in SUBHEADS and article is not None:
            teasers.add(article)
        if candidate.voted and not candidate.block.is_link:
            weights[article] += len(candidate.key)
        if candidate.block.tag == "h1" and article is not None:
            with_headline.add(article)
    if not weights:
        return set()
    top = max(weights.values())
    first = next(article for article, weight in weights.items() if weight >= 0.3 * top)
    foreign = {article for article in with_headline if article is not first}
    if first is None or first in with_headline or weights[first] >= 0.5 * weights.total():
        foreign |= {article for article, weight in weights.items() if weight < 0.1 * weights.total()}
    foreign |= {article for article in teasers if weights[article] <= CARD_TEXT}
    around = set(first.iterancestors("article")) if first is not None else set()
    return foreign - around - {first, None}


def card_texts(candidates: Sequence[Candidate]) -> set[int]:
    """Places of the texts of cards: a linked headline, a summary and little else in an element of their own, several of one kind."""
    cards: list[tuple[set[int], list[Any]]] = []
    single: set[int] = set()
    counted: set[Any] = set()
    numbers: Counter[Any] = Counter()
    headed: set[Any] = set()  # tables with a head: data
    for index, candidate in enumerate(candidates):
        block = candidate.block
        cell, table = block.setting.cell, block.setting.table
        if cell is not None and cell.tag == "th":
            headed.add(table)
        if block.is_link or len(block.text) > CARD_TEXT or (cell is not None and (len(block.text) < TOLD or table in headed)):
            continue  # a table's cell beside a linked name is no summary
        if opens_with_headline(block):
            cards.append(({index}, kinds_of(block.owner)))
            numbers.update(cards[-1][1])
            continue
        following = candidates[index + 1].block if index + 1 < len(candidates) else None
        head = headline_before(candidates, index)
        if head is None and following is not None and following.is_link and is_pointer_to_story(following):
            head = following
        card = common_holder(block.owner, head.owner) if head is not None else None
        places = texts_of_card(card, candidates, index) if card is not None else set()
        if places:
            cards.append((places, kinds_of(card)))
            numbers.update(cards[-1][1] if card not in counted else ())
            counted.add(card)
            if head is not None and (
                is_linked_card(card, head) or is_pointed_card(card, head, [candidates[place].block for place in places])
            ):
                single |= places
    return single | {place for places, kinds in cards if any(numbers[kind] >= CARDS for kind in kinds) for place in places}


def opens_with_headline(block: Block) -> bool:
    """Whether the first line of a box is a link to a story, and its summary stands below a break."""
    if block.links != 1 or block.tag not in ("div", "td") or "\n" not in block.text:
        return False
    text, href = next(links_of(block), ("", ""))
    return " ".join(text.split()) == block.text.partition("\n")[0] and STORY_SLUG.search(href[:500]) is not None


def is_linked_card(card: Element, head: Block) -> bool:
    """Whether a link to a story, right in a box, is laid around a headline and its picture: a card, though it is the only one."""
    link = head.setting.link
    if link is None or link.getparent() is not card or next(link.iter("img"), None) is None:
        return False
    return STORY_SLUG.search((link.get("href") or "")[:500]) is not None


def is_pointed_card(card: Element, head: Block, texts: Sequence[Block]) -> bool:
    """Whether a label ("Read more"), a linked headline and one summary stand side by side in a box, and nothing else."""
    labels = [block for block in texts if block.tag in HEADS and block.owner.getparent() is card and is_promo(block.text)]
    return len(labels) == 1 and len(texts) == len(labels) + 1 and head.owner.getparent() is card


def headline_before(candidates: Sequence[Candidate], index: int) -> Block | None:
    """The linked headline that a text may be the summary of: right before it, or with an author and a time between."""
    for place in range(index - 1, max(-1, index - 4), -1):
        block = candidates[place].block
        if block.is_link and (place == index - 1 or block.tag in HEADS):
            if is_date_line(block.text):
                continue
            return None if is_one_word(block.text) else block
        if len(block.text) > TOLD:
            return None
    return None


def is_one_word(text: str) -> bool:
    """Whether a line is a word and no headline: the account of somebody who wrote a post on a board."""
    return " " not in text and len(text) <= ACCOUNT_LENGTH and CASELESS.search(text) is None


ACCOUNT_LENGTH = 30  # characters


def is_pointer_to_story(block: Block) -> bool:
    """Whether a link is the "Read more" behind a summary whose headline is none."""
    if len(block.text) > POINTER_LENGTH:
        return False
    link = block.setting.link
    href = link.get("href") or "" if link is not None else next((href for _, href in links_of(block)), "")
    own = "#" in href or "?" in href  # to share a post of a live blog
    return not own and STORY_SLUG.search(href[:500]) is not None and is_promo(block.text)


def common_holder(one: Element, other: Element) -> Element:
    """The element within three levels above `one` that also holds `other`; None where there is none."""
    around = {other, *other.iterancestors()}  # a line of its own right in a box, above a box with the summary
    element = one
    for _ in range(3):
        if element is None or element in around:
            return element
        element = element.getparent()
    return element if element in around else None


def texts_of_card(card: Element, candidates: Sequence[Candidate], index: int) -> set[int]:
    """Places of the texts in `card`, the one at `index` among them; none where there are too many for a card."""
    first = last = index
    while first > 0 and index - first <= CARD_BLOCKS and is_around(card, candidates, first - 1):
        first -= 1
    while last - first <= CARD_BLOCKS and is_around(card, candidates, last + 1):
        last += 1
    texts = {place for place in range(first, last + 1) if not candidates[place].block.is_link}
    total = sum(len(candidates[place].block.text) for place in texts)
    return texts if last - first < CARD_BLOCKS and total <= CARD_TEXT else set()


def is_around(element: Element, candidates: Sequence[Candidate], index: int) -> bool:
    """Whether `element` holds the block at `index`, too."""
    if not 0 <= index < len(candidates):
        return False
    owner = candidates[index].block.owner
    return owner is element or element in owner.iterancestors()


def kinds_of(card: Element) -> list[Any]:
    """What cards of one list have in common: their class, or where they stand (themes put the story's number into the class)."""
    parent = card.getparent()
    places = [(card.tag, parent), (card.tag, parent.tag, parent.getparent())] if parent is not None else []
    return [(card.tag, card.get("class")), *places] if card.get("class") else places
