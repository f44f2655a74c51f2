"""Blocks that are no text wherever they stand: bylines, days, topics, pointers to other stories, numbers of pages, offers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import pairwise

from archiver.extract.blocks import HEADS, Block, Element, links_of
from archiver.extract.keywords import before_links, is_label
from archiver.extract.labelled import is_colophon
from archiver.extract.moments import ANY_LANGUAGE, DIGIT, find_moments
from archiver.extract.names import (
    CASELESS,
    GLUE,
    LABEL,
    LABEL_ALONE,
    PAIR,
    WITH_AGENCIES,
    WRITES_FOR,
    is_name,
    is_nobody,
    key_of,
    opening_hand,
    organisation_names,
    roles,
    spans_of_hands,
    without_date,
    without_role,
)
from archiver.extract.places import is_place
from archiver.extract.words import any_pattern, read_words

PROMO_WORDS = 40  # a longer line is a paragraph, whatever its first words
PAGER_LENGTH, PAGER_WORDS = 200, 4  # characters, and words beside the numbers ("Pages", "Next page")
WORDS = re.compile(r"\w+")
DATE_LINE = 60  # characters
DATE_LINE_LETTERS = 12  # beside the date: "Updated", "Uhr", "Posted on"
BYLINE_LENGTH = 100  # characters
ROLE_LENGTH = 40  # characters of "Chief political correspondent"
LABEL_ALONE_LENGTH = 20  # characters of "Written by"
POINTER_LENGTH = 260  # characters of a line that points to another story
POINTER_LABEL = 30  # of the label before the link
TOPICS_SHARE = 0.8  # of a line of topics behind its label that is linked
POINTS = ":：|»>→–—"
STORY_SLUG = re.compile(
    r"[^/?#]*[-_][^/?#]*[-_][^/?#]*/?(?:\.\w{3,5})?$|\d{5,}|%[0-9a-f]{2}.*%[0-9a-f]{2}|/[^/?#]*-[^/?#]+/?$", re.IGNORECASE
)
WEB_ADDRESS = re.compile(r"\s*https?://\S+\s*")
BARS = re.compile(r"\s*[|·]\s*")
UNFILLED = re.compile(r"\{\{[^{}]*\}\}")
TWO_DATES = 6  # digits
ENDS_PROSE = re.compile(r"[^\W\d_]{4,}[.!?]$")
CLOCK = re.compile(r"\b\d{1,2}[:.h]\d\d\b(?![./])")
ENDS_SENTENCE = re.compile(r"[.!?…:;。！？」”\"»)]\s*$")
# "By Jane Doe", "Von Jan Kurz und Ina Lang": names only, to the end of the line
BYLINE = re.compile(
    r"(?:By|Von|Par|Por|Di|Da|Af|Av|Door|Text|Author|Autor|Autorin|Text und Fotos|Words by|Written by)\b:? "
    r"(?:[A-ZÀ-Ž][\w.'’-]+(?: |, | and | und | y | et |$)){1,8}$"
)
# "Par Claire Vidal Publié le 4 mars 2026 à 18h12"
BYLINE_AND_DATE = re.compile(
    r"(?:By|Von|Par|Por|Di|Da|Door)\b:? [A-ZÀ-Ž][^.!?]{2,80}?\b(?:Published|Updated|Posted|Publi\w{1,4}|Pubblicato|Veröffentlicht|"
    r"Aktualisiert|Mis à jour|Actualizado|Atualizado|Aggiornato|Gepubliceerd)\b.{0,60}\d.{0,60}$",
    re.S,
)


def is_noise(block: Block, key: str, titles: set[str], void: set[Element]) -> bool:
    """Whether a block is none of the story's text. `key`: its text, squeezed; `void`: elements whose class name lies."""
    setting = block.setting
    if any(element is not None and element not in void for element in (setting.caption, setting.credit)):
        return True
    if setting.figure is not None and setting.figure not in void and setting.quote is None and setting.table is None and len(key) < 200:
        return True
    if key.casefold().rstrip(".") in titles or (block.links and is_trail(block, key, titles)):
        return True
    in_data = setting.list is not None or block.tag in ("td", "th")
    if (
        is_byline(block.text, hands=not in_data and block.tag not in HEADS)
        or (len(block.text) < 200 and BYLINE_AND_DATE.match(block.text))
        or is_pointer(block)
        or is_pager(block)
    ):
        return True
    if is_topic_line(block, key) or is_label_of_byline(block):
        return True
    if is_unfilled(block.text):
        return True
    if "\n" in block.text and is_imprint_of_lines(block.text.split("\n")):
        return True
    if block.links and " | " in block.text and is_row_of_page(block):
        return True
    if is_standing_line(block.text) or is_agency_line(block.text):
        return True
    if block.tag in ("td", "th") and not count_letters(block.text):
        return False  # a time of a race, a day
    return is_promo(block.text) or is_date_line(block.text) or is_colophon(block.text) or is_line_of_parts(block.text)


def is_trail(block: Block, key: str, titles: set[str]) -> bool:
    """ "Home » Sport » Ferry sinks": where the page is on its site, in links, the headline at the end."""
    folded = key.casefold()
    title = next((title for title in titles if len(title) >= LEAST_TITLE and folded.endswith(title)), folded)
    return 0 < len(folded) - len(title) <= 2 * block.linked


LEAST_TITLE = 12  # letters


def is_byline(text: str, hands: bool = True) -> bool:
    """ "By Jane Doe", "(By Jane Doe)", "Penulis: Rini Wulandari", "3 May 2026, by Jane Doe": a label and names, to the end of the line.

    `hands`: also "Photos: Max Ort", "Edited by Ann Oak", which may be facts about a film where they stand in a list.
    """
    text = text[1:-1] if text[:1] == "(" and text[-1:] == ")" else text
    if len(text) <= BYLINE_LENGTH and DIGIT.search(text):
        rest = without_date(text)
        text = rest if rest != text and is_date_line(text[: -len(rest)]) else text
    if BYLINE.match(text.lstrip("-–— ")):
        return True
    if len(text) > BYLINE_LENGTH or ENDS_SENTENCE.search(text) or DIGIT.search(text):
        return False
    opened = LABEL().match(text)
    start = opened.end() if opened else opening_hand(text) if hands else 0
    names = text[start:].strip(LINE_SIGNS) if start else ""
    return bool(names) and all(map(names_only, between(names)))


def between(names: str) -> Iterator[str]:
    """What stands between the labels of other hands."""
    start = 0
    for label, end in spans_of_hands(names):
        yield names[start:label]
        start = end
    yield names[start:]


def names_only(text: str) -> bool:
    """Whether what stands behind a label, up to the next one, is nothing but names, roles and agencies."""
    if len(text) > 4 and (opened := NEXT_BYLINE().search(text)):
        return names_only(text[: opened.start()]) and names_only(text[opened.end() :])
    text = WITH_AGENCIES.sub("", WRITES_FOR.sub("", text)).strip(LINE_SIGNS)
    if not text:
        return True
    parts = [half for part in GLUE.split(text) for half in PAIR.split(part)]
    names = [without_role(part) for part in parts]
    return all(map(is_short_name, names[:1])) and all(
        is_short_name(name) or name.casefold() in roles() or is_place(name) for name in names[1:]
    )


def is_short_name(text: str) -> bool:
    """A whole name, an agency, an account: "Jane Doe", "AFP", "admin"."""
    if KANJI_OR_HANGUL.fullmatch(text) or is_nobody(text) or key_of(text) in organisation_names():
        return True
    return is_name(text) and 1 <= text.count(" ") <= 3


@cache
def NEXT_BYLINE() -> re.Pattern[str]:
    return re.compile(rf"\s*[,;|·•/\n、，]\s*(?:{LABEL().pattern[3:]})", re.I)


LINE_SIGNS = " ,;|·•/-–—:：、，（("  # between the names of a line
KANJI_OR_HANGUL = re.compile(r"[\u3400-\u9fff\u3040-\u30ff々·・]{2,8}|[가-힣]{2,4}")


def is_label_of_byline(block: Block) -> bool:
    """ "Written by", "Staff writer" alone on a line: the name stands in a box of its own."""
    if len(block.text) > ROLE_LENGTH or block.tag in (*HEADS, "td", "th") or block.setting.list is not None:
        return False
    if " " in block.text and len(block.text) <= LABEL_ALONE_LENGTH and LABEL_ALONE().fullmatch(block.text) is not None:
        return True
    return block.text.casefold() in roles()


def is_pointer(block: Block) -> bool:
    """ "또 읽기: <a>Another story</a>": a short label, a colon and a link to another story, whatever the language."""
    if block.links != 1 or len(block.text) > POINTER_LENGTH or block.text.count(" ") > 30:
        return False
    for text, href in links_of(block):
        label, title = block.text[: -len(text)] if block.text.endswith(text) else "", text.strip()
        pointed = label.rstrip()[-1:] in POINTS and 2 < len(label.strip()) <= POINTER_LABEL and label.count(" ") <= 5
        titled = title.count(" ") >= 3 or (len(title) >= 10 and CASELESS.search(title) is not None)
        return bool(label) and pointed and titled and "//" not in title and STORY_SLUG.search(href[:500]) is not None
    return False


def is_pager(block: Block) -> bool:
    """ "Pages: 1 2 3", "Seite 1 | 2 | Weiter »": the numbers of a story's pages; those of the other pages are links."""
    if not block.links or len(block.text) > PAGER_LENGTH:
        return False
    words = WORDS.findall(block.text)
    numbers = [int(word) for word in words if word.isdecimal()]
    rising = len(numbers) > 1 and numbers[0] == 1 and all(one < other for one, other in pairwise(numbers))
    return rising and len(words) - len(numbers) <= PAGER_WORDS and any(text.strip().isdecimal() for text, _ in links_of(block))


def is_topic_line(block: Block, key: str) -> bool:
    """ "Schlagwörter: <a>Rathaus</a>, <a>Verkehr</a>": a label and the topics, linked."""
    label = before_links(block) if block.links else ""
    if not label or not is_label(label):
        return False
    beside = sum(map(str.isalnum, key)) - sum(map(str.isalnum, label))  # without commas
    return block.linked >= TOPICS_SHARE * beside


def is_unfilled(text: str) -> bool:
    """ "{{ story.text }}": most of it is what a script was to fill in."""
    return "{{" in text and 2 * len(UNFILLED.sub("", text)) < len(text)


def is_standing_line(text: str) -> bool:
    """A line that is printed with every story: "All rights reserved", "Comments (3)", "Updated at 10:15"."""
    if len(text) > STANDING_LENGTH:
        return False
    if bare_line(text) in standing_lines():
        return True
    clock = CLOCK.search(text) if len(text) <= CLOCK_LENGTH and DIGIT.search(text) else None
    if clock is None or count_letters(text[clock.end() :]) > 4:
        return False
    label = text[: clock.start()].casefold().replace("\u0307", "").strip(" :：-–—")
    return label in date_labels() or JOINS_CLOCK.sub("", label).rstrip(" :") in date_labels()


STANDING_LENGTH = 70  # characters
CLOCK_LENGTH = 40  # of "Updated at 10:15 a.m."
JOINS_CLOCK = re.compile(r"\s+(?:at|um|à|a las|às|alle(?: ore)?|om|kl\.?|kello|klo|o|ob|v|ve|w|в|о|στις|la|saat|pukul|pkl\.?|lúc|في)$")
EDGES = " .:…!»>→|–—-•*()[]（）【】"  # signs before and behind a standing line
NUMBERS = re.compile(r"\d+")


def bare_line(text: str) -> str:
    """For comparing standing lines: in small letters, whichever i Turkish has, without signs at the ends, 0 for each number."""
    line = text.lower().replace("\u0307", "").replace("ı", "i").strip(EDGES)
    return NUMBERS.sub("0", line) if DIGIT.search(line) else line


@cache
def standing_lines() -> frozenset[str]:
    return frozenset(map(bare_line, read_words("standing_lines")))


@cache
def date_labels() -> frozenset[str]:
    return frozenset(label.casefold() for name in ("published_labels", "modified_labels") for label in read_words(name))


def is_agency_line(text: str, bare: bool = False) -> bool:
    """ "(AP)", "/ritzau/", "avec AFP", `bare`: "Lusa", too: who supplied the text, below its last words."""
    if len(text) > AGENCY_LENGTH:
        return False
    inner = text[1:-1] if f"{text[:1]}{text[-1:]}" in ("()", "//", "[]", "（）") else text if bare or SUPPLIED.match(text) else ""
    return bool(inner) and key_of(SUPPLIED.sub("", inner).lstrip("© ")) in organisation_names()


AGENCY_LENGTH = 30  # characters
SUPPLIED = re.compile(r"(?:with|mit|avec|con|com)\s+", re.I)


def is_row_of_page(block: Block) -> bool:
    """ "Home | Back to top | Last edited on 27 June": each part of a row is a short link, or a line that stands on every page."""
    if len(block.text) > ROW_LENGTH:
        return False
    linked = {" ".join(text.split()) for text, _ in links_of(block)}
    return all(part in linked or is_imprint(part) or is_standing_line(part) for part in map(str.strip, block.text.split(" | ")))


ROW_LENGTH = 200  # characters


def is_imprint_of_lines(lines: Sequence[str]) -> bool:
    """Whether each of several lines is one of an imprint, or all below a name: "Bo", "Joined: 3 May 2005", "Posts: 44"."""
    return all(map(is_imprint, lines[1:])) and (is_imprint(lines[0]) or (len(lines) > 2 and len(lines[0]) <= NAME_ALONE))


NAME_ALONE = 30  # characters


def is_imprint(line: str) -> bool:
    """A line of several that say who wrote the story when, and where it stands."""
    return (
        is_promo(line)
        or is_byline(line)
        or line.casefold() in roles()
        or is_date_line(line)
        or not count_letters(line)
        or WEB_ADDRESS.fullmatch(line) is not None
    )


def is_promo(text: str) -> bool:
    """Small letters are compared: to ignore case costs the pattern twice the time, as most of its entries end at their first letter."""
    if len(text) >= 400 or text.count(" ") >= PROMO_WORDS:
        return False
    lowered = text.replace("\n", " ").lower()
    if promo_pattern().match(lowered) is not None:
        return True
    parts = between_bars(lowered)
    return bool(parts) and all(promo_pattern().match(part) for part in parts)


def is_line_of_parts(text: str) -> bool:
    """Between bars dates and what else is no text: "Published March 6, 2026 | Updated 5 minutes ago | Views: 280"."""
    parts = between_bars(text) if len(text) < 400 else []
    return bool(parts) and all(is_promo(part) or is_date_line(part) for part in parts)


def between_bars(text: str) -> list[str]:
    """The parts of a line with bars or dots in it; none of another."""
    return BARS.split(text) if "|" in text or "·" in text else []


@cache
def promo_pattern() -> re.Pattern[str]:
    return re.compile(any_pattern("promos"))


def is_date_line(text: str) -> bool:
    """Nothing but dates and times: "March 6, 2026 9:30 am", "06.03.2026, 09:30 Uhr", "Published March 6, 2026 | Updated March 7, 2026"."""
    if len(text) > 2 * DATE_LINE or not DIGIT.search(text):
        return False
    if len(text) > DATE_LINE and (ENDS_PROSE.search(text) or sum(map(str.isdigit, text)) < TWO_DATES):
        return False
    gaps, end = [], 0
    for found in find_moments(text, ANY_LANGUAGE):
        gaps.append(text[end : found.start])
        end = found.end
    gaps.append(text[end:])
    if len(text) > DATE_LINE:  # two dates, each with its label
        return 1 < len(gaps) - 1 <= 3 and all(count_letters(gap) <= DATE_LINE_LETTERS + 2 for gap in gaps)
    told = [0 if gap.casefold().strip(" :-–—") in date_labels() else count_letters(gap) for gap in gaps]
    return len(gaps) > 1 and (sum(told) <= DATE_LINE_LETTERS or (max(told) <= DATE_LINE_LETTERS and len(CLOCK.findall(text)) > 1))


def count_letters(text: str) -> int:
    return sum(map(str.isalpha, text))


def opens_comments(text: str) -> bool:
    """Whether readers' comments stand below a heading."""
    return comments_pattern().fullmatch(text.replace("\n", " ")) is not None


@cache
def comments_pattern() -> re.Pattern[str]:
    return re.compile(any_pattern("comment_heads"), re.I)
