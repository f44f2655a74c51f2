"""Lines around the headline on which a page may print the day of its story, and the words that stand before a date."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence, Set
from functools import cache

from archiver.extract.blocks import Block, Element, lies_in
from archiver.extract.headline import LONG_HEADLINE, opens_title
from archiver.extract.page import Page
from archiver.extract.words import read_words

FAR_ZONES = frozenset({"nav", "footer", "comments", "related", "newsletter", "ads", "bio", "legal", "widget", "aside", "form"})
FAR_FROM_HEAD = FAR_ZONES - {"bio"}
LINE = 220  # characters of a line that may tell the date
SENTENCE = 5  # words in small letters before a day
SHORT_LINE, FIRST_WORDS = 80, 40  # a longer line tells the date among its first words (a dateline), or behind "published"
SHORT_LABEL = 5  # letters: "date", "fecha", "paru"
LABEL_FAR, LABEL_NEAR = 80, 50  # characters before the date, on a short line and on a longer one
LINES_BEFORE, LINES_AFTER = 8, 40  # around the headline
LONG = 200  # characters of a paragraph of the story


def lines_near_headline(page: Page) -> Iterator[tuple[tuple[int, int], Block, str]]:
    """(order, block, text of the block before)."""
    blocks = page.outline.blocks
    place = headline_at(page) or 0
    in_tables = bool(blocks) and blocks[place].setting.table is not None
    paragraphs = 0
    begun = False  # before the text, a box about the author may hold the date, too
    for index in range(place, min(len(blocks), place + LINES_AFTER)):
        block = blocks[index]
        begun = begun or (block.tag == "p" and len(block.text) > LINE // 2 and not block.links)
        if len(block.text) > LINE:
            paragraphs += len(block.text) > LONG and block.tag == "p"
            if paragraphs > 2:
                break
        elif not is_far(block, FAR_ZONES if begun else FAR_FROM_HEAD, in_tables) or is_in_head(block):
            yield (0, index - place), block, blocks[index - 1].text if index else ""
    for index in range(place - 1, max(-1, place - LINES_BEFORE), -1):
        if len(blocks[index].text) <= LINE and not is_far(blocks[index], in_tables=in_tables):
            yield (1, place - index), blocks[index], blocks[index - 1].text if index else ""


def is_far(block: Block, zones: Set[str] = FAR_ZONES, in_tables: bool = False) -> bool:
    """Not a line about the story: in a list at the side, a caption, a link to another story, a post of a network, a table.

    `in_tables`: the headline stands in one itself, as on pages older than style sheets, where tables are layout.
    """
    setting = block.setting
    beside = setting.caption is not None or setting.link is not None or setting.social is not None
    return beside or (setting.table is not None and not in_tables) or lies_in(block, zones)


def is_in_head(block: Block) -> bool:
    """Whether a line stands in the <footer> with which the story's <article> begins."""
    zone = block.setting.zone
    return zone is not None and zone.root.tag == "footer" and zone.outer is None and opened_by(zone.root) is not None


def opened_by(footer: Element) -> Element | None:
    """The <article> that begins with this <footer>, where Drupal prints author and date, and the headline above the article; none of the
    articles in it, which are comments.
    """
    article = footer.getparent()
    if article is None or article.tag != "article" or next(article.iterancestors("article"), None) is not None:
        return None
    return article if not any("".join(before.itertext()).strip() for before in footer.itersiblings(preceding=True)) else None


def headline_at(page: Page) -> int | None:
    """Position of the headline among the blocks: the first <h1> that the page's title names, else the first <h1>, else that title."""
    titles = {title.casefold() for title in (page.meta("og:title"), page.title) if title}
    first = named = None
    for index, block in enumerate(page.outline.blocks):
        if block.tag == "h1" and not is_far(block, in_tables=True):
            first = index if first is None else first
            if any(block.text.casefold()[:40] in title for title in titles):
                return index
        elif named is None and len(block.text) > 15 and names_page(block.text, titles) and not is_far(block, in_tables=True):
            named = index
    return named if first is None else first


def names_page(text: str, titles: Set[str]) -> bool:
    text = text.casefold()
    return text in titles or (len(text) >= LONG_HEADLINE and any(opens_title(text, title) for title in titles))


def label_before(text: str, end: int) -> str | None:
    """ "published" or "modified", by the last label before `end`; None where there is none."""
    head = text[max(0, end - (LABEL_FAR if len(text) <= SHORT_LINE else LABEL_NEAR)) : end]
    last: tuple[int, str | None] = (-1, None)
    for kind, pattern in zip(("published", "modified"), labels(), strict=True):
        for match in pattern.finditer(head):
            if match.end() > last[0]:
                last = (match.end(), kind)
    return last[1]


def change_label(text: str, start: int = 0) -> int | None:
    """Where a label of the last change ends that stands at the start of a part of a line or behind its digits; None: there is none."""
    for match in labels()[1].finditer(text, start):
        before = text[: match.start()].rstrip(" ")
        if not before[-1:].isalpha() or BEHIND_CLOCK.search(before):
            return match.end()
    return None


BEHIND_CLOCK = re.compile(  # "à 10h15 et", "10:15 a.m. EST"
    r"\d\W{0,2}(?:[ap]\.?\s?m\b\W{0,2})?(?:uhr|h|hrs|(?-i:[A-Z]{2,4}))?(?:\W+(?:and|et|e|y|und|i|en|och|og))?$", re.I
)


@cache
def labels() -> tuple[re.Pattern[str], re.Pattern[str]]:
    return begun_words(read_words("published_labels")), begun_words(read_words("modified_labels"))


def begun_words(forms: Sequence[str]) -> re.Pattern[str]:
    """Any of the forms, where no letter stands before it ("candidate" is no "date"); nor behind it, when it is short.

    What follows may be glued to it ("PublishedMarch 3"); scripts without capitals may have no blanks between words.
    """
    forms = sorted(forms, key=len, reverse=True)
    begun = [re.escape(form) + (r"(?![^\W\d_])" if len(form) <= SHORT_LABEL else "") for form in forms if form.lower() != form.upper()]
    glued = [re.escape(form) for form in forms if form.lower() == form.upper()]
    return re.compile("|".join([*([rf"(?<![^\W\d_])(?:{'|'.join(begun)})"] if begun else []), *glued]), re.IGNORECASE)


def speaks_of(text: str, start: int) -> bool:
    """Whether a sentence leads up to the day at `start`: "The act was signed into law on 3 May 1935"."""
    return (len(text) > SHORT_LINE and start > FIRST_WORDS) or sum(map(str.islower, text[:start].split())) >= SENTENCE
