"""Where, when and by which agency a story was filed, as printed before its first words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from itertools import pairwise

from archiver.extract.blocks import HEADS, Block
from archiver.extract.dateline_east_asian import read_east_asian
from archiver.extract.dateline_parts import (
    DOMAIN,
    EDGES,
    HEAD_LENGTH,
    NAMED_AFTER_TOWNS,
    Opening,
    Story,
    in_capitals,
    is_abbreviation,
    is_agency,
    name_and_regions,
    parse_head,
)
from archiver.extract.dates import read_printed_date
from archiver.extract.evidence import Candidate, weight
from archiver.extract.moments import DIGIT, month_number, weekdays
from archiver.extract.page import Page
from archiver.extract.places import Place, find_in_country, find_place, is_city, is_place, is_region, is_town
from archiver.extract.words import read_words
from archiver.records import Dateline, Evidence

__all__ = ["Filed", "read_dateline"]

UNKNOWN_LENGTH = 5  # shorter ones are mostly acronyms
UNKNOWN_WORDS = 3  # of a place that the gazetteer does not know
DANDA_WORDS = 2  # of a place before a full stop in Hindi
SMALL_WORDS = 5  # in small letters: "Santiago de los Caballeros, 5 de marzo de 2024"
LONG_LINE = 60  # characters; a shorter line is a label, a name or a date
NUMBERS_SHARE = 0.15  # of a line's characters that are digits; a lead about money has 0.1
LONG_LINES = 2  # the standfirst may stand before the lead
REGION_ABBREVIATED = 4  # letters
FILED_WITHIN = timedelta(days=3)  # before the publication
LINES = 6  # that are read; key points may stand before the lead
SURE_RULES = frozenset({"agency", "date", "capitals", "region"})  # those that are believed in later lines
REST_LENGTH = 25  # a dateline opens a sentence
STANDFIRST_OPENING = 50  # characters by which the declared summary is found again on the page
LABEL_LENGTH = 60  # of an own-line dateline
DOT_LANGUAGES = frozenset(
    {"de", "lb", "es", "ca", "pt", "it", "ru", "uk", "bg", "sr", "mk", "hr", "bs", "sl", "ro", "hu", "sv", "da", "no", "nb", "fi", "hi"}
)


@dataclass(frozen=True, slots=True)
class Filed:
    """A dateline and where it stood."""

    dateline: Dateline
    position: str  # standfirst, lead, element
    rest: str | None  # that line without the dateline; None where the dateline was a line of its own
    line: int | None  # index in the paragraphs; None where it stood outside of them
    evidence: tuple[Evidence, ...] = ()


def read_dateline(
    page: Page,
    standfirst: str | None,
    paragraphs: Sequence[str],
    headlines: Sequence[str],
    language: str | None,
    published: date | None,
) -> Filed | None:
    """The story's dateline, or None where it has none.

    `standfirst` is the one printed above the text; `language` BCP 47.
    """
    story = Story(page, paragraphs, headlines, (language or "").replace("_", "-").partition("-")[0].lower(), published)
    for position, line, text, following in lines_to_read(story, standfirst):
        opening = None if is_of_numbers(text) else read_opening(text, following, story)
        if opening is not None and (position != "later" or opening.rule in SURE_RULES):
            position = "lead" if position == "later" else position
            return as_filed(opening, position, line, text, story, published)
    return marked(story, published) or own_line(story, published)


def is_of_numbers(text: str) -> bool:
    """The publisher's address: "Lodi - CA - 12 Mill Street - 95240-1234 - Phone: (209) 555-0133"."""
    return len(DIGIT.findall(text)) > NUMBERS_SHARE * max(weight(text), LONG_LINE)


def as_filed(opening: Opening, position: str, line: int | None, text: str, story: Story, published: date | None) -> Filed:
    rest = opening.rest or None
    position = position if rest else "element"
    around = published or story.page.fetched_at.date()
    on = read_printed_date(opening.date_printed, around, story.language or None) if opening.date_printed else None
    place = locate(opening.located, story) if opening.located else None
    dateline = Dateline(
        opening.printed,
        opening.located,
        opening.agency,
        opening.correspondent,
        opening.date_printed,
        on,
        place.lat if place else None,
        place.lon if place else None,
        place.country if place else None,
    )
    locator = f"paragraph {line + 1}" if line is not None else position
    candidate = Candidate(opening.printed, text[:HEAD_LENGTH], f"dateline:{opening.rule}", locator, CONFIDENCE[opening.rule])
    return Filed(dateline, position, rest, line, (candidate.as_evidence("dateline", True),))


def locate(located: str, story: Story) -> Place | None:
    """Where the printed place is; a name alone that may mean several, or a small town, in the paper's own country."""
    name, *regions = name_and_regions(located)
    if place := find_place(", ".join((name, *regions))):
        return place
    return find_in_country(name, story.country) if story.country and not regions else None


# --- which lines


def lines_to_read(story: Story, standfirst: str | None) -> Iterator[tuple[str, int | None, str, str]]:
    """(position, index in the paragraphs, line, line after it): the standfirst, the first lines of the text, a line right before it."""
    paragraphs = story.paragraphs
    first = paragraphs[0] if paragraphs else ""
    summary = standfirst or printed_summary(story)
    if summary and (summary == standfirst or summary not in paragraphs[:LINES]):
        yield "standfirst", None, summary, first
    long_lines = 0
    for index, text in enumerate(paragraphs[:LINES]):
        following = paragraphs[index + 1] if index + 1 < len(paragraphs) else ""
        yield "lead" if long_lines < LONG_LINES else "later", index, text, following
        long_lines += len(text) >= LONG_LINE
    for block in labels_before(story):
        yield "element", None, block.text, first


def printed_summary(story: Story) -> str | None:
    """The line of the page that has the declared summary behind a few words: "Graz. " and the summary."""
    summary = story.page.meta("og:description", "description", "twitter:description") or ""
    start = summary[:STANDFIRST_OPENING]
    if len(start) < STANDFIRST_OPENING or any(text.startswith(start) for text in story.paragraphs[:LINES]):
        return None
    for block in story.page.outline.blocks:
        if block.text.find(start, 0, HEAD_LENGTH + STANDFIRST_OPENING) > 0 and block.setting.link is None:
            return block.text
    return None


def labels_before(story: Story) -> list[Block]:
    """Short lines right before the text's first block, the nearest first."""
    paragraphs = story.paragraphs
    if not paragraphs:
        return []
    blocks = story.page.outline.blocks
    start = next((number for number, block in enumerate(blocks) if block.text == paragraphs[0]), 0)
    near = blocks[max(0, start - 4) : start]
    return [block for block in reversed(near) if len(block.text) <= LABEL_LENGTH and is_label(block)]


def is_label(block: Block) -> bool:
    setting = block.setting
    is_credit = setting.credit is not None and not ENDS_IN_DASH.search(block.text)  # "source" is also the class of "LAGOS —"
    return block.tag not in ("h1", "h2") and not block.is_link and setting.list is None and setting.caption is None and not is_credit


ENDS_IN_DASH = re.compile(r"[–—―−-]\s*$")


def marked(story: Story, published: date | None) -> Filed | None:
    """A place in an element of its own at the start of the lead, with a class name that says so: no separator is needed."""
    lead = next((text for text in story.paragraphs[:LINES] if len(text) >= LONG_LINE), None)
    block = next((block for block in story.page.outline.blocks if block.text == lead), None) if lead else None
    element = next(iter(block.owner), None) if block is not None and not (block.owner.text or "").strip() else None
    if lead is None or element is None or PLACE_CLASS.search((element.get("class") or "")[:300]) is None:
        return None
    printed = " ".join("".join(element.itertext()).split())
    rest = lead[len(printed) :].lstrip(" :.-–—")
    if not printed or not lead.startswith(printed) or not opens_sentence(rest, False):
        return None
    opening = read_label(printed, story)
    line = story.paragraphs.index(lead)
    return as_filed(replace(opening, rest=rest), "lead", line, lead, story, published) if opening else None


def own_line(story: Story, published: date | None) -> Filed | None:
    """A place alone on a line above a paragraph, without a separator: in the first lines of the text or right before them."""
    paragraphs = story.paragraphs
    for index, (text, following) in enumerate(pairwise(paragraphs[:4])):
        if weight(following) >= LONG_LINE and (opening := read_label(text, story)) and not is_list(paragraphs):
            return as_filed(opening, "element", index, text, story, published)
    for number, block in enumerate(labels_before(story)):
        if (number == 0 or says_place(block)) and block.tag not in HEADS and (opening := read_label(block.text, story)):
            return as_filed(opening, "element", None, block.text, story, published)
    return None


def read_label(text: str, story: Story) -> Opening | None:
    """The dateline that is the whole of `text`, where no separator confirms it: the place must be known."""
    head = parse_head(text.strip(" :.-–—"), story) if len(text) <= LABEL_LENGTH else None
    if head is None or not head.located or stops_at(head.located, True):
        return None
    name, *regions = name_and_regions(head.located)
    known = is_place(name) and all(is_region(region) for region in regions)
    if not known or story.names_itself(text) or not (regions or head.agency or is_clear_city(name) or story.says_in(name)):
        return None
    return replace(head, printed=bare(text.strip()), rule="own line")


def is_clear_city(name: str) -> bool:
    return is_city(name) and find_place(name) is not None


def is_list(paragraphs: Sequence[str]) -> bool:
    """Whether several short lines are places: a list of cities."""
    return sum(len(text) < 30 and is_place(text.strip(" :.")) for text in paragraphs[:30]) > 1


PLACE_CLASS = re.compile(
    r"dateline|location|placename|lugar|luogo|(?:^|[\s_-])(?:place|ort|city|lieu|datum-ort)(?:$|[\s_-])", re.IGNORECASE
)


def says_place(block: Block) -> bool:
    return PLACE_CLASS.search((block.owner.get("class") or "")[:300]) is not None


# --- the opening of a line

SEPARATOR = re.compile(
    r"(?P<dash>\s*(?:[—–―−‒]+|--+)\s*|\s+[-_]\s+|(?<=[)/\]])-\s*|\.[-–—―]+\s*|(?<=\w\w\w\w)-\s+)"
    r"|(?P<bar>\s*[·•|¦ǀ]\s*)"
    r"|(?P<colon>\s?[:：]\s*(?!\S*//))"
    r"|(?P<close>(?<=[)\]/])[.,]?\s+|(?<=[)\]])(?=[^\W\d_]))"
    r"|(?P<dot>[.।](?!\s+-\s)\s+)"
    r"|(?P<equals>\s*[=＝]\s*)"
    r"|(?P<line>\n)"
)
SEPARATORS = 7  # of one line that are tried
QUOTES = "\"'“”„‟«»‹›‘’‚「『《(¿¡[*"
CONFIDENCE = {
    "agency": 0.97,
    "date": 0.95,
    "capitals": 0.93,
    "region": 0.93,
    "gazetteer": 0.9,
    "east asian": 0.95,
    "named again": 0.8,
    "small town": 0.8,
    "own line": 0.8,
    "danda": 0.8,  # "रामपुर। …": no sentence in Hindi is so short
}


def read_opening(text: str, following: str, story: Story) -> Opening | None:
    """The dateline that opens `text`; `following` is the next line, which goes on where the dateline is the whole line."""
    first, line_break, others = text.partition("\n")
    if line_break and len(first) < LONG_LINE and (opening := read_line(others, following, story)):
        return opening  # a byline stood before it
    return read_line(text, following, story)


def read_line(text: str, following: str, story: Story) -> Opening | None:
    if not text or not (text[0].isalnum() or text[0] in "(/[【［〔（<'’"):
        return None
    if opening := read_east_asian(text):
        return opening
    opening = read_western(text, following, story)
    for _ in range(2):  # "(ANSA) - ROMA, 5 MAR - Il ..."; "МОСКВА, 5 марта – РИА Новости. В ..."
        if opening is None or (opening.agency and opening.located):
            break
        more = read_western(opening.rest, following, story, opening)
        if more is None:
            break
        opening = joined(text, opening, more)
    return opening


def joined(text: str, first: Opening, second: Opening) -> Opening:
    return replace(
        second,
        printed=bare(text[: text.find(second.printed, len(first.printed)) + len(second.printed)]),
        rule=first.rule,
        located=first.located or second.located,
        agency=first.agency or second.agency,
        correspondent=first.correspondent or second.correspondent,
        date_printed=first.date_printed or second.date_printed,
    )


def bare(printed: str) -> str:
    """Without the separator."""
    return printed.rstrip(" \n-–—―−‒·•|¦:：=＝")


def read_western(text: str, following: str, story: Story, before: Opening | None = None) -> Opening | None:
    """`before`: what was read already at the start of this line; the rest may only add to it."""
    byline = BYLINE_BEFORE.match(text)
    opened = byline.end() if byline and before is None else 0
    for number, match in enumerate(SEPARATOR.finditer(text, opened, end_of_head(text))):
        if number == SEPARATORS:
            break
        head, rest = text[opened : match.start()], text[match.end() :].lstrip(" –—-")
        if not head.strip() or (match.lastgroup == "dot" and (is_abbreviation(head) or is_month_before(head, rest))):
            continue
        if rest and not opens_sentence(rest, before is not None):
            continue
        if not rest and not opens_sentence(following, False):
            continue
        parts = parse_head(head, story)
        if parts is not None and before is not None:
            parts = addition(parts, before)
        if parts is None:
            continue
        rule = accept(parts, str(match.lastgroup), head, story, before)
        if rule:
            dotted = match[0].startswith(".") and ends_in_abbreviation(parts.located) and head.endswith(str(parts.located))
            dot = "." if dotted else ""
            return replace(
                parts,
                printed=bare(text[opened : match.start()].strip()) + dot,
                rest=rest.strip(),
                rule=rule,
                located=f"{parts.located}{dot}" if dot else parts.located,
            )
    return None


def ends_in_abbreviation(located: str | None) -> bool:
    """Whether the full stop of a separator belongs to the region before it: "Zacualpa, Gro.- Vecinos …"."""
    _, *regions = name_and_regions(located or "")
    return bool(regions) and len(regions[-1]) <= REGION_ABBREVIATED and not regions[-1].isupper() and is_region(regions[-1])


# "By Jane Doe | CALDER, Ohio –": the byline is none of the dateline
BYLINE_BEFORE = re.compile(r"(?:By|BY|Por|POR|Par|PAR|Von|VON)\s+[A-ZÀ-Ž][\w.'’ -]{1,40}?\s*[|/]\s*(?=[A-ZÀ-Ž])")


def end_of_head(text: str) -> int:
    """Up to where a separator may stand: behind more small-lettered words it is prose."""
    position = small = 0
    for word in text[:HEAD_LENGTH].split(" "):
        small += word.islower()
        if small > SMALL_WORDS:
            return position
        position += len(word) + 1
    return HEAD_LENGTH


def addition(parts: Opening, before: Opening) -> Opening | None:
    """What `parts` may add to `before`: the agency behind a place ("– РИА Новости, Иван Петров."), the place behind an agency."""
    if not before.located:
        return parts if parts.located and not parts.agency else None
    if not parts.agency:
        return None
    return replace(parts, located=None, correspondent=parts.correspondent or parts.located)


def opens_sentence(rest: str, again: bool) -> bool:
    start = rest.lstrip(QUOTES + " ")
    return bool(start) and not start[0].islower() and (start[0].isalnum()) and (again or len(rest) >= REST_LENGTH)


def is_month_before(head: str, rest: str) -> bool:
    """Whether the full stop behind `head` belongs to a month: "SEOUL, Aug" before "20 (Agency) -- …"."""
    return rest[:1].isdigit() and month_number(head.rstrip(EDGES).rpartition(" ")[2]) is not None


# --- which heads are datelines


def accept(parts: Opening, separator: str, head: str, story: Story, before: Opening | None) -> str | None:
    """The name of the rule by which the head is a dateline; None where it is none."""
    located, agency = parts.located, parts.agency
    if located and not agency and head.strip()[:1] in "(（" and separator in ("close", "dash"):  # "(Ottawa) Le ministre ..."
        return "gazetteer" if is_clear(located, story) and all_known(located) else None
    if located is None:
        return accept_agency(str(agency), separator, head, story, before)
    name, *regions = name_and_regions(located)
    region = bool(regions) and any(is_region(part) for part in regions)
    capitals = in_capitals(name)
    if agency and is_agency(agency, story) and not stops_at(located, True):
        return "agency" if capitals or region or separator != "dot" else accept_place(located, name, regions, separator, story)
    known = all_known(name)
    if agency and (stops_at(located, known) or len(agency.split()) > 4 or separator not in ("dash", "colon", "bar") or agency[0].islower()):
        return None
    if agency and (capitals or region or known):
        return "agency"
    if agency or stops_at(name if region else located, known or region):
        return None
    if parts.date_printed and (capitals or region or known or story.says_in(name)):
        return "date"
    if parts.date_printed and not regions and separator in ("dash", "colon", "bar") and is_filed_lately(parts, name, story):
        return "date"
    if parts.correspondent and (capitals or known):
        return "named again" if not known else "gazetteer"
    return accept_place(located, name, regions, separator, story)


def stops_at(located: str, known: bool) -> bool:
    """Whether the words are a label ("VIDEO", "GIRLS BASKETBALL"). A known place may hold one of them: "KEY WEST"."""
    words = [word.strip(".'’").casefold() for word in WORDS.findall(located)]
    return any(word in stops() for word in words) and (not known or len(words) == 1)


WORDS = re.compile(r"[\w'’.]+")


@cache
def stops() -> frozenset[str]:
    return frozenset(word for line in read_words("dateline_stops") for word in line.split())


def accept_agency(agency: str, separator: str, head: str, story: Story, before: Opening | None) -> str | None:
    """An agency alone: "(Reuters) —", "PanARMENIAN.Net -"."""
    in_brackets = head.strip()[:1] in "([（/"
    if is_agency(agency, story) or DOMAIN.fullmatch(agency):
        allowed = ("dash", "bar", "colon", "close", "line", "equals") if in_brackets else ("dash", "bar")
        return "agency" if separator in allowed or (before and separator in ("dot", "close", "colon")) else None
    if agency.casefold() in stops() or before is not None:
        return None
    if not (len(agency) <= 6 and agency.isupper() and agency.isalpha()):
        return None
    if story.language == "vi":
        return "agency" if separator == "dash" or (in_brackets and separator == "close") else None
    return "agency" if in_brackets and separator == "dash" else None


def is_filed_lately(parts: Opening, name: str, story: Story) -> bool:
    """ "Ratnapuri, July 18: …": an unknown word, used nowhere else and no day's name, with a day right before the publication."""
    if not (name.isalpha() and len(name) >= UNKNOWN_LENGTH and parts.date_printed and story.published):
        return False
    on = read_printed_date(parts.date_printed, story.published, story.language or None)
    if on is None or not timedelta(-1) <= story.published - on <= FILED_WITHIN or name.casefold() in day_names():
        return False
    return not story.uses_as_word(name) and not opens_again(story, False)


@cache
def day_names() -> frozenset[str]:
    return weekdays() | {word for line in read_words("relative_days") for word in re.findall(r"\w+", line)}


def accept_place(located: str, name: str, regions: Sequence[str], separator: str, story: Story) -> str | None:
    """A place without agency and date."""
    of_town = located.endswith(")") and story.language in NAMED_AFTER_TOWNS and all(map(is_place, regions))
    region = bool(regions) and (of_town or all(is_region(part) for part in regions))
    capitals, known = in_capitals(name), all_known(name)
    if regions and not region and not known:
        return None
    strong = separator in ("dash", "bar", "equals")
    if region:
        return "region" if strong or (separator == "colon" and (known or capitals)) else None
    if separator == "colon":
        return "gazetteer" if known and (capitals or is_clear(name, story)) and not opens_again(story, False) else None
    if separator == "dot":
        return accept_dot(name, known, capitals, story)
    if strong and known and (capitals or is_clear(name, story)):
        return "capitals" if capitals else "gazetteer"
    if strong and not is_region(name) and may_be_unknown(name):
        if story.says_in(name):
            return "named again"
        if capitals:
            return "capitals" if not story.uses_as_word(name) and not story.goes_on_about(name) else None
        if story.country and is_town(name, {story.country}) and not story.uses_as_word(name):
            return "small town" if story.text.count(name.split()[-1]) == 1 else None  # else a person's or a body's name
    return None


def is_clear(name: str, story: Story) -> bool:
    """Whether the name in small letters is the place, not a person's or a club's."""
    return find_place(name) is not None or story.says_in(name)


def accept_dot(name: str, known: bool, capitals: bool, story: Story) -> str | None:
    """ "Graz. Der Rat ..." is a dateline in some languages; "London. The city of ..." is a flourish in others."""
    if opens_again(story, True) or len(name.split()) > UNKNOWN_WORDS:
        return None
    if known and (capitals or (story.language in DOT_LANGUAGES and is_clear(name, story))):
        return "capitals" if capitals else "gazetteer"
    if capitals and story.country and is_town(name, {story.country}) and not story.uses_as_word(name):
        return "capitals"
    if story.language == "hi" and len(name.split()) <= DANDA_WORDS:
        return "danda"
    if story.language not in ("de", "lb") or not may_be_unknown(name):
        return None
    if story.says_in(name):
        return "named again"
    return "small town" if is_town(name, WITH_DOT) and name.casefold() not in town_words() and not with_article(name, story) else None


@cache
def town_words() -> frozenset[str]:
    return frozenset(word for line in read_words("town_words") for word in line.split())


WITH_DOT = frozenset({"DE", "AT", "CH", "LI", "LU", "IT"})  # where papers in German put a full stop behind the place


def with_article(name: str, story: Story) -> bool:
    """Whether the text uses a town's name as a noun: "der Wald", "am Berg"."""
    return re.search(rf"(?<!\w)(?i:{ARTICLES})\s+{re.escape(name)}(?!\w)", story.text) is not None


ARTICLES = "d(?:er|ie|as|en|em|es)|(?:k|m|s|unser|ihr)?ein(?:e[mnrs]?)?|im|ins|vom|zu[mr]|am|ans|beim|viel|mehr|ohne"


def all_known(name: str) -> bool:
    return is_place(name) or ("/" in name and all(is_place(part) for part in name.split("/") if part.strip()))


def may_be_unknown(name: str) -> bool:
    return len(name.split()) <= UNKNOWN_WORDS and len(name) >= UNKNOWN_LENGTH


LABELLED = re.compile(r"(?P<name>(?:[^\W\d_][\w'’-]{1,20} ?){1,3})(?P<mark>[:.]) ")


def opens_again(story: Story, places_only: bool) -> bool:
    """Whether several lines open with a word and a colon, or with a place and a full stop: an interview, a list of places."""
    labels = [match for text in story.paragraphs[:30] if len(text) > 20 and (match := LABELLED.match(text))]
    if places_only:
        return sum(is_place(match["name"]) for match in labels) > 1
    return sum(match["mark"] == ":" for match in labels) > 1
