"""The parts of a printed dateline: the place with its region, the agency, the writer, the day."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property
from urllib.parse import urlsplit

from archiver.extract.labelled import names_the_site
from archiver.extract.moments import DIGIT, month_number
from archiver.extract.page import Page
from archiver.extract.places import is_city, is_place, is_region
from archiver.extract.time_zones import country_of, country_of_zone
from archiver.extract.words import any_pattern, one_of, read_words

HEAD_LENGTH = 120  # characters; the longest datelines name two places, a date, an agency and a writer
PLACE_WORDS = 5  # "SAN JUAN DE LA MAGUANA"
SEEN_TEXT = 20_000  # characters of the story in which a place may be named again
BRACKET = re.compile(r"\s*,?\s*(?:[(（]([^()（）]{1,60})[)）]|\[([^\[\]]{1,60})\]|(?:^|(?<=[\s.,\d]))/\s?([^/]{2,40}?)\s?/)\s*[.,]?\s*$")
LEADING_BRACKET = re.compile(r"^[(（\[]([^()（）\[\]]{1,60})[)）\]]\s*[-–—.,:]*\s*")
COMMA = re.compile("[,،]")
EDGES = " ,;\u00a0\u202f"
PIECES = re.compile(r"\s*[,|،、]\s+|\s+[|–—-]\s+|\s*\|\s*")
DOMAIN = re.compile(
    r"[\w-]{2,30}(?:\.[\w-]{2,20})?\.(?:com|net|org|info|tv|ru|ua|id|my|vn|in|pk|ng|ke|co\.[a-z]{2}|com\.[a-z]{2}|[a-z]{2})", re.IGNORECASE
)
NOT_A_PLACE = re.compile(r"[^\w .,،'’ʼ`´/()&‐‑\u0300-\u036f\u0900-\u0dff\u0e00-\u0eff\u200c-]|\d|_")  # vowel signs and joiners are no \\w


@dataclass(frozen=True, slots=True)
class Opening:
    """The printed dateline at the start of a line, in its parts."""

    printed: str
    rest: str
    rule: str  # what told that it is one
    located: str | None = None
    agency: str | None = None
    correspondent: str | None = None
    date_printed: str | None = None


@dataclass
class Story:
    """What is known of the story before its dateline is looked for."""

    page: Page
    paragraphs: Sequence[str]
    headlines: Sequence[str]
    language: str  # two letters, or empty
    published: date | None = None

    @cached_property
    def text(self) -> str:
        return "\n".join((*self.headlines, *self.paragraphs[:40]))[:SEEN_TEXT]

    @cached_property
    def names(self) -> frozenset[str]:
        """What the site calls itself, squeezed: "cnnindonesia", "kompas", "kompascom"."""
        host = (urlsplit(self.page.url).hostname or "").removeprefix("www.")
        names = {squeeze(name) for name in self.page.site_names} | {squeeze(host), squeeze(host.split(".")[0])}
        if host.count(".") > 1:
            names.add(squeeze(host.split(".")[-2]))
        return frozenset(name for name in names if len(name) > 1)

    @cached_property
    def country(self) -> str | None:
        """The paper's, by its facts, its time zone or its host (ISO 3166)."""
        site = self.page.site
        by_facts = site and (site.country or (country_of_zone(site.timezone) if site.timezone else None))
        return by_facts or country_of(urlsplit(self.page.url).hostname or "")

    def names_itself(self, text: str) -> bool:
        return squeeze(text) in self.names or names_the_site(text, self.page.title)

    def says_in(self, place: str) -> bool:
        """Whether the text has the place behind a word like "in"."""
        name = place.title() if place.isupper() else place
        return re.search(rf"(?<!\w)(?:{one_of('locatives')})\s+{re.escape(name)}(?!\w)", self.text) is not None

    def goes_on_about(self, name: str) -> bool:
        """Whether the text tells of a person or a body of that name: an acronym again in capitals, a first or last name again."""
        if " " not in name:
            return "\n".join(self.paragraphs)[:SEEN_TEXT].count(name) > 1
        words = "|".join(re.escape(word) for word in (name.title(), name.title().split()[-1]))
        text = self.text
        for own in self.page.site_names:  # "CALDER BAY — …" in the Calder Bay Courier
            text = text.replace(own, "")
        return re.search(rf"(?<!\w)(?:{words})(?!\w)", text) is not None

    def uses_as_word(self, place: str) -> bool:
        """Whether a word of the place stands in small letters in the text: "GIRLS BASKETBALL" and "a girls basketball game"."""
        words = [word.casefold() for word in place.split() if len(word) > 2 and word.casefold() not in particles()]
        return any(re.search(rf"(?<!\w){re.escape(word)}(?!\w)", self.text) for word in words)


def parse_head(head: str, story: Story) -> Opening | None:
    """`head` in its parts; None where something is left that cannot be a place."""
    text = head.strip(EDGES)
    agency = correspondent = date_printed = None
    if match := correspondents().search(text):
        correspondent = match[0].strip()
        text = f"{text[: match.start()].strip(EDGES)} {text[match.end() :].strip(EDGES)}".strip()
    for pattern in (BRACKET, LEADING_BRACKET):
        match = pattern.search(text)
        if match is None:
            continue
        inside = next(group for group in match.groups() if group).strip()
        if not any(map(str.isalnum, inside)):
            return None  # "Northland (*)": a mark of a footnote
        outside = f"{text[: match.start()]}{text[match.end() :]}".strip(EDGES)
        if is_date(inside):
            date_printed, text = inside, outside
        elif not outside and is_place(inside) and not is_agency(inside, story):
            text = inside
        elif is_region_of(inside, outside, story):
            text = f"{outside} ({inside})"
        elif not is_place(text):
            agency, text = inside, outside
        if agency:
            agency, inside_date = off_date(agency)
            date_printed = date_printed or inside_date
        break
    text, printed_on = off_date(text, bool(agency))
    date_printed = date_printed or printed_on
    if text and not agency:
        text, agency = off_agency(text, story)
        if not date_printed:
            text, date_printed = off_date(text, bool(agency))
    text, writer = off_writer(text)
    located = without_full_stop(text.strip(EDGES).rstrip("-–—")) or None
    if located and not looks_like_place(located):
        return None
    return Opening("", "", "", located, agency or None, correspondent or writer, date_printed) if located or agency else None


def is_region_of(inside: str, outside: str, story: Story) -> bool:
    """Whether a bracket holds the region of the place before it: "Saint-Amé (Vosges)", "VALE VERDE (MG)"; "(SP)" is a party, too."""
    of_town = story.language in NAMED_AFTER_TOWNS and is_place(inside)  # "CASTELFRANCO VENETO (TREVISO)"
    if not outside or not (is_region(inside) or of_town) or (is_agency(inside, story) and story.language != "pt"):
        return False
    return len(inside) > 2 or story.language == "pt" or in_capitals(outside) or is_place(outside)


NAMED_AFTER_TOWNS = frozenset({"it", "es"})  # languages whose provinces have their towns' names


def name_and_regions(located: str) -> list[str]:
    """["LA CROSSE", "Wis."] of "LA CROSSE, Wis."; the region may stand in brackets."""
    name, opened, region = located.partition(" (")
    parts = [*name.split(","), region.removesuffix(")")] if opened and located.endswith(")") else COMMA.split(located)
    return [part.strip() for part in parts]


def without_full_stop(text: str) -> str:
    """ "ROMA." ▶ "ROMA", but "LA CROSSE, Wis." as it is."""
    return text[:-1] if text.endswith(".") and not is_abbreviation(text[:-1]) else text


ABBREVIATION = re.compile(r"(?:^|[\s,.])(?:St|Ste|Mt|Ft|Sta|Sto|Dr|Bad|[A-Z]|[A-Z]\.[A-Z])$", re.IGNORECASE)


def is_abbreviation(head: str) -> bool:
    """Whether the full stop behind `head` belongs to its last word: "St", "N", "Wis"."""
    if ABBREVIATION.search(head):
        return True
    _, comma, last = head.rpartition(",")
    return bool(comma) and is_region(last + ".") and len(last.strip()) <= 6


@cache
def correspondents() -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{any_pattern('correspondents')})(?!\w)", re.IGNORECASE)


def off_writer(text: str) -> tuple[str, str | None]:
    """ "Mehmet Kaya/İZMİR" ▶ the place, the writer."""
    writer, slash, place = text.partition("/")
    if slash and " " in writer.strip() and place.strip().isupper() and not writer.isupper() and is_place(place) and not is_place(writer):
        return place.strip(), writer.strip()
    return text, None


# --- dates


DAY_FIRST = r"\d{1,2}(?:st|nd|rd|th|er|º|°|\.)?(?: de| d['’]| of)?\s?(?P<a>[^\s\d,.;:()/_-]{2,14})\.?(?:,?\s(?:de |del )?\d{4})?"
MONTH_FIRST = r"(?:\d{4}\.\s)?(?P<b>[^\s\d,.;:()/_-]{3,14})\.?\s\d{1,2}(?:st|nd|rd|th|\.)?(?:,?\s\d{4})?"
NUMBERS = r"\d{1,2}[./-]\d{1,2}(?:[./-](?:\d{4}|\d{2})?)?|\d{4}[-./]\d{1,2}[-./]\d{1,2}"
WEEKDAY = r"(?:[^\W\d_]{2,12}\.?,?\s)?"
ENDING = r"(?:\s?(?:г|р|d|года|року|y)\.?)?(?:,\s[a-záéíóöőúüű]{4,12})?"  # "2024. március 5., kedd"
WHOLE_DATE = re.compile(rf"{WEEKDAY}(?:{DAY_FIRST}|{MONTH_FIRST}|{NUMBERS}){ENDING}\.?")
LAST_DATE = re.compile(rf"(?:^|[,.\s(]\s*)(?P<date>(?:{DAY_FIRST}|{MONTH_FIRST}|{NUMBERS}){ENDING}\.?)$")
FIRST_DATE = re.compile(rf"(?P<date>(?:{DAY_FIRST}|{MONTH_FIRST}|{NUMBERS}))\s*[,.]?\s+(?:[–—-]\s+)?(?=[^\W\d])")
BEFORE_DATE = re.compile(r"[,\s]+(?:le|am|den|vom|on|the|el|il|em|op|på|a)$", re.IGNORECASE)  # "Paris, le 5 mars"
LAST_DAY = re.compile(r",\s*(?P<date>\d{1,2})$")


def is_date(text: str) -> bool:
    match = WHOLE_DATE.fullmatch(text.strip())
    return match is not None and has_month(match)


def has_month(match: re.Match[str]) -> bool:
    name = match["a"] or match["b"]
    return name is None or month_number(name) is not None


def off_date(text: str, with_agency: bool = False) -> tuple[str, str | None]:
    """(the text before or behind the date, the date as printed)."""
    if not DIGIT.search(text):
        return text, None
    match = LAST_DATE.search(text)
    if match and has_month(match):
        end = match.start() + (text[match.start() : match.start() + 1] == ".")
        return without_full_stop(BEFORE_DATE.sub("", text[:end]).rstrip(EDGES)), match["date"].strip(" .")
    match = FIRST_DATE.match(text)
    if match and has_month(match):
        return text[match.end() :].strip(EDGES), match["date"].strip(" .")
    if with_agency and (match := LAST_DAY.search(text)):
        return text[: match.start()], match["date"]
    return text, None


# --- agencies


@cache
def agencies() -> frozenset[str]:
    return frozenset(squeeze(name) for name in read_words("dateline_agencies"))


NOT_ALNUM = re.compile(r"[\W_]+")


def squeeze(text: str) -> str:
    """For comparing names: small letters and digits alone."""
    return NOT_ALNUM.sub("", text.casefold())


JOINED_IN_WORDS = re.compile(r"\s+(?:und|and|y|et|e|mit|via)\s+")
JOINED_AGENCIES = re.compile(rf"\s*[/+&＝=]\s*|{JOINED_IN_WORDS.pattern}")


def is_agency(text: str, story: Story | None = None) -> bool:
    """Whether `text` is an agency, several of them ("dpa/lno"), or the site itself."""
    text = text.strip(" .")
    if not text or len(text) > 60:
        return False
    if squeeze(text) in agencies() or (story is not None and story.names_itself(text)):
        return True
    if "," in text:
        return all(is_agency(part) for part in text.split(","))
    parts = JOINED_AGENCIES.split(text)
    named = (squeeze(part) in agencies() and not INITIALS.fullmatch(part) for part in parts)
    return len(parts) > 1 and any(named) and all(len(part) <= 20 for part in parts)


INITIALS = re.compile(r"[a-z]{2}")  # "ap/kam/bfi": who wrote and edited a text


def agency_of(text: str) -> str:
    """Who supplied the text, in a line that names an agency: of "The Vale Post et AFP" AFP; any other line comes back as it is."""
    parts = JOINED_IN_WORDS.split(text)
    named = [part for part in parts if is_agency(part)]
    return text if len(named) in (0, len(parts)) else ", ".join(named)


def off_agency(text: str, story: Story) -> tuple[str, str | None]:
    """(the rest, an agency that stands first or last without brackets): "JAKARTA, Kompas.com", "AFP, MANILA", "MADRID / EFE"."""
    one, slash, other = (part.strip() for part in text.partition("/"))
    for located, name in ((one, other), (other, one)):
        if slash and squeeze(name) in agencies() and is_located(located) and not is_agency(located):
            return located, name
    if is_bare_agency(text, story):
        return "", text
    pieces = PIECES.split(text)
    if len(pieces) > 1:
        if is_bare_agency(pieces[-1], story) and not is_region(pieces[-1]):
            return text[: text.rindex(pieces[-1])].rstrip(" ,|–—-،"), pieces[-1]
        if is_bare_agency(pieces[0], story):
            return text[text.index(pieces[0]) + len(pieces[0]) :].lstrip(" ,|–—-،"), pieces[0]
    words = text.split()
    for count in range(1, min(4, len(words))):
        located, name = " ".join(words[:-count]), " ".join(words[-count:])
        if is_agency(name, story) and is_located(located) and not is_located(text):
            return located, name
    return text, None


def is_located(text: str) -> bool:
    """A known place, its region behind it or not."""
    name, *regions = name_and_regions(text)
    return all(is_region(part) for part in regions) and (is_place(name) or is_region(name))


def is_bare_agency(text: str, story: Story) -> bool:
    if is_city(text):
        return False
    if story.language == "vi" and 2 <= len(text) <= 6 and text.isalpha() and text.isupper():
        return True  # Vietnamese newspapers open with their short names: "TPO - "
    return is_agency(text, story) or DOMAIN.fullmatch(text.strip()) is not None


# --- places


@cache
def particles() -> frozenset[str]:
    return frozenset(read_words("place_particles"))


def looks_like_place(text: str) -> bool:
    """Up to five capitalised words, small particles between them; a state or country may follow."""
    if NOT_A_PLACE.search(text) or len(text) > 80:
        return False
    for piece in re.split(r"[,،/]", text):
        words = piece.replace("(", " ").replace(")", " ").split()
        if not words or len(words) > PLACE_WORDS or (words[-1].casefold() in particles() and words[-1].islower()):
            return False
        if not all(is_capitalised(word) or (word in particles() and index) for index, word in enumerate(words)):
            return False
    return True


def is_capitalised(word: str) -> bool:
    letter = next((letter for letter in word if letter.isalpha()), "")
    return (bool(letter) and not letter.islower()) or word.startswith(("'s-", "’s-", "al-", "ad-", "d'", "as-"))


def in_capitals(name: str) -> bool:
    """ "ST. LOUIS", "McALLEN", "RIO de JANEIRO"."""
    words = [word for word in name.split() if word.casefold() not in particles()]
    return bool(words) and all(re.sub(r"^(?:Mc|Mac|De|La|Le|Du|Van|O['’])(?=[A-ZÀ-Þ])", "", word).isupper() for word in words)
