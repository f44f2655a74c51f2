"""The day that a story's first paragraphs speak of: "on Friday (5)", "nesta sexta (5)", "am Freitag", "yesterday", "13日".

Counted back from the day of publication. Nothing is guessed: a day still to come, a habit ("every Friday"), a limit ("since Friday") and
a weekday that contradicts its number give nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from archiver.extract.moments import Found, find_moments, named_days, primary, read_table
from archiver.extract.words import read_words

PARAGRAPHS = 3
LENGTH = 700  # characters of a paragraph that are looked at
WEEK = timedelta(days=6)  # how far back a weekday's name reaches
MONTH = timedelta(days=31)  # how far back a weekday with the day of the month does
FORTNIGHT = timedelta(days=14)  # how far back "13日" reaches
CAPITALS = frozenset({"en", "de", "el", "id", "ms", "af"})  # languages that write weekdays with a capital letter
WITHOUT_BLANKS = frozenset({"ja", "zh", "ko", "th"})
NUMBER_BEHIND = frozenset({"es", "pt", "fr", "it", "ca", "gl", "ro", "id", "ms"})  # "viernes 5": languages that put the number right behind


@dataclass(frozen=True, slots=True)
class DayReference:
    """A day that the text names."""

    on: date
    printed: str  # as in the text: "Friday (5)"
    rule: str  # weekday, weekday_number, weekday_date, date, relative_day, day_number
    confidence: float  # 0 to 1


class Contradiction(Exception):
    """Weekday and number name different days."""


def find_day_reference(paragraphs: Sequence[str], published: date, language: str | None) -> DayReference | None:
    """The first reference in the first three paragraphs that says when something was, on or before `published`; None where none does.

    Without a language, the languages whose weekdays the text names must agree.
    """
    if not 1000 <= published.year < 9999:
        return None
    texts = [text[:LENGTH] for text in paragraphs[:PARAGRAPHS]]
    if primary(language) in weekday_tables():
        return find_in(texts, published, primary(language))
    spoken = [name for name in weekday_tables() if any(weekday_pattern(name).search(text) for text in texts)]
    found = [reference for name in spoken if (reference := find_in(texts, published, name))]
    return found[0] if found and len({reference.on for reference in found}) == 1 else None


def find_in(texts: Sequence[str], published: date, language: str) -> DayReference | None:
    try:
        for index, text in enumerate(texts):
            for _, reference in sorted(references(text, published, language, index == 0), key=lambda pair: pair[0]):
                return reference
    except Contradiction:
        return None
    return None


def references(text: str, published: date, language: str, is_first: bool) -> Iterator[tuple[int, DayReference]]:
    """(position, reference) of a paragraph, by one rule after the other. Raises Contradiction."""
    days = [found for found in find_moments(text, language, False, published) if any(map(str.isalpha, text[found.start : found.end]))]
    taken = []
    announced = False  # a day to come was named with its date: weekdays behind it may be to come, too
    for match in weekday_pattern(language).finditer(text):
        end, reference = weekday_reference(text, match, days, published, language)
        hit = date_behind(text, match.end(), days)
        announced = announced or (hit is not None and hit.moment.day > published)
        if reference is not None and reference.rule == "weekday" and announced:
            continue
        taken.append((match.start(), end))
        if reference:
            yield match.start(), reference
    for found in days:
        if not any(start <= found.start < end for start, end in taken):
            yield from dated(text, found, published, language)
    yield from named(text, published, language, is_first)
    if pattern := DAY_NUMBERS.get(language):
        yield from numbered(text, pattern, published)


# --- weekdays


@cache
def weekday_tables() -> dict[str, dict[str, int]]:
    """Form ▶ 0 (Monday) to 6, by language; a form with "*" needs a number behind it."""
    table = read_table("weekdays")
    return {language: {form: day for day, forms in enumerate(columns) for form in forms} for language, columns in table.items()}


@cache
def weekday_pattern(language: str) -> re.Pattern[str]:
    forms = sorted((form.strip("*") for form in weekday_tables()[language]), key=len, reverse=True)
    either = "|".join(re.escape(form) for form in forms)
    if language in WITHOUT_BLANKS:
        return re.compile(f"(?P<day>{either})")
    parts = next((line.partition(":")[2] for line in read_words("parts_of_day") if line.startswith(f"{language}:")), "")
    ending = "|".join(part.strip() for part in parts.split(","))
    prefix = "[בל]?" if language == "he" else "(?:[وبف])?" if language == "ar" else ""
    return re.compile(rf"(?<!\w){prefix}(?P<day>{either})(?:{ending})?(?:['’]s|['’]nde|['’]e)?(?![\w]|-\w)", re.IGNORECASE)


def weekday_reference(
    text: str, match: re.Match[str], days: Sequence[Found], published: date, language: str
) -> tuple[int, DayReference | None]:
    """(end of what was read, reference or None). Raises Contradiction."""
    form = match["day"].casefold()
    table = weekday_tables()[language]
    weekday = table.get(form, table.get(form + "*"))
    if weekday is None or (language in CAPITALS and not match["day"][0].isupper()) or is_name(text, match, language):
        return match.end(), None
    if hit := date_behind(text, match.end(), days):
        return hit.end, with_date(text, match, hit, weekday, published)
    if behind := NUMBER.match(text, match.end()):
        return behind.end(), with_number(text, match, behind, weekday, published)
    if language in NUMBER_BEHIND and (behind := BARE_NUMBER.match(text, match.end())):
        return behind.end("d"), with_number(text, match, behind, weekday, published)
    return match.end(), alone(text, match, weekday, published, language) if form in table else None


NUMBER = re.compile(r",?\s?[(（]\s?(?:dia |día |le )?(?P<d>\d\d?)(?:[./-](?P<m>\d\d?)(?:[./-](?P<y>\d{4}|\d\d))?)?\.?\s?[)）]")
# "viernes 5," but not "viernes 12 personas"
BARE_NUMBER = re.compile(r",?\s(?:dia |día |le |giorno )?(?P<d>\d\d?)(?P<m>(?P<y>))?(?=\s?[,.;:)](?!\d)|\s(?:de|du|del|da|do|di)\s|\s?$)")


def date_behind(text: str, end: int, days: Sequence[Found]) -> Found | None:
    """ "Friday, March 5", "vendredi 5 mars": a date that follows at once; one that opens with a time of day has the weekday in it."""
    for found in days:
        if found.start < end < found.end or (end <= found.start <= end + 8 and BETWEEN.fullmatch(text, end, found.start)):
            return found
    return None


BETWEEN = re.compile(r"[\s,(]*(?:the|le|el|den|dem|der|dia|día|il|la|på|d\.)?[\s,(]*", re.IGNORECASE)


def with_date(text: str, match: re.Match[str], found: Found, weekday: int, published: date) -> DayReference | None:
    day = found.moment.day
    if day.weekday() != weekday:
        raise Contradiction
    if day > published or published - day > 12 * MONTH:
        return None
    return DayReference(day, printed(text, match.start(), found.end), "weekday_date", 0.95)


def with_number(text: str, match: re.Match[str], behind: re.Match[str], weekday: int, published: date) -> DayReference | None:
    """ "Friday (5)": the day near the publication that is both. One to come gives None, none at all is a contradiction."""
    number, month = int(behind["d"]), int(behind["m"] or 0)
    near = (published + timedelta(days=offset) for offset in range(-MONTH.days, WEEK.days + 2))
    both = [day for day in near if day.weekday() == weekday and day.day == number and month in (0, day.month)]
    if not both:
        raise Contradiction
    day = min(both, key=lambda day: abs(day - published))
    if day > published:
        return None
    end = behind.end("d") if behind.re is BARE_NUMBER else behind.end()
    return DayReference(day, printed(text, match.start(), end), "weekday_number", 0.95 if published - day <= WEEK else 0.8)


def printed(text: str, start: int, end: int) -> str:
    """The words of the text, without comma and full stop behind and with the bracket that closes."""
    words = text[start:end].strip(" ,.")
    return f"{words})" if "(" in words and ")" not in words and text[end : end + 1] == ")" else words


def alone(text: str, match: re.Match[str], weekday: int, published: date, language: str) -> DayReference | None:
    """A weekday's name: the last such day, today included, unless the words around it say otherwise."""
    if beside(text, match, "next", language) or before(text, match, "not", language) or is_to_come(text, match, language):
        return None
    back = (published.weekday() - weekday) % 7
    is_last = beside(text, match, "last", language)
    if is_last and back == 0:
        back = 7
    confidence = 0.7 if is_last or back == 0 else 0.8
    return DayReference(published - timedelta(days=back), match[0], "weekday", confidence)


# --- the words around


@cache
def marks(kind: str, language: str) -> str:
    """A regular expression of the words of one kind; empty where there are none."""
    head = f"{kind} {language}:"
    line = next((entry for entry in read_words("day_marks") if entry.startswith(head)), head)
    return "|".join(word.strip() for word in line.removeprefix(head).split(", ") if word.strip())


@cache
def mark_pattern(kind: str, language: str, place: str) -> re.Pattern[str] | None:
    words = marks(kind, language)
    if not words:
        return None
    if language in WITHOUT_BLANKS:
        shape = {"before": rf"(?:{words})\s?$", "behind": rf"\s?(?:{words})", "in": f"(?:{words})"}[place]
    else:
        article = r"(?:[^\W\d_]{1,5}['’]?\s+)?"  # "since last", "until the", "said on"
        shape = {
            "before": rf"(?<!\w)(?:{words})\s+{article if kind in ('not', 'said') else ''}$",
            "behind": rf"[\s-]+(?:{words})(?!\w)",
            "in": rf"(?<!\w)(?:{words})(?!\w)",
        }[place]
    return re.compile(shape, re.IGNORECASE)


def before(text: str, match: re.Match[str], kind: str, language: str) -> bool:
    pattern = mark_pattern(kind, language, "before")
    return pattern is not None and pattern.search(text[max(0, match.start() - 30) : match.start()]) is not None


def beside(text: str, match: re.Match[str], kind: str, language: str) -> bool:
    pattern = mark_pattern(kind, language, "behind")
    return before(text, match, kind, language) or (pattern is not None and pattern.match(text[match.end() : match.end() + 30]) is not None)


def is_name(text: str, match: re.Match[str], language: str) -> bool:
    """ "Black Friday", "Sunday Times"."""
    pattern = mark_pattern("name", language, "in")
    start = max(0, match.start() - 30)
    around = text[start : match.end() + 30]
    at = match.start() - start
    return pattern is not None and any(name.start() <= at < name.end() for name in pattern.finditer(around))


SENTENCE_END = re.compile(r"[.!?…]\s|[。！？\n]")


def is_to_come(text: str, match: re.Match[str], language: str) -> bool:
    """The sentence speaks of the future before the day ("will meet on Friday"), right behind it, or opens with it ("On Friday, … will").

    "said on Friday that he will" does neither, nor does "will close, officials said Friday".
    """
    pattern = mark_pattern("will", language, "in")
    if pattern is None or before(text, match, "said", language):
        return False
    start = max((end.end() for end in SENTENCE_END.finditer(text, 0, match.start())), default=0)
    stop = SENTENCE_END.search(text, match.end())
    if pattern.search(text[start : match.start()]):
        return True
    if pattern.match(text[match.end() :].lstrip(" ,")):
        return True
    return match.start() - start <= 8 and pattern.search(text[match.end() : stop.start() if stop else len(text)]) is not None


# --- other ways to name a day


def dated(text: str, found: Found, published: date, language: str) -> Iterator[tuple[int, DayReference]]:
    """ "on 5 March", where that was within a week before: older days are memories."""
    day = found.moment.day
    limit = mark_pattern("not", language, "before")
    if timedelta() <= published - day <= WEEK and not (limit and limit.search(text[max(0, found.start - 30) : found.start])):
        yield found.start, DayReference(day, printed(text, found.start, found.end), "date", 0.75)


def named(text: str, published: date, language: str, is_first: bool) -> Iterator[tuple[int, DayReference]]:
    """ "yesterday"; "today" in the first paragraph, where it is seldom "nowadays"."""
    for back, pattern in named_days(language):
        if back == 0 and not is_first:
            continue
        for match in pattern.finditer(text):
            if not is_to_come(text, match, language) and not before(text, match, "not", language):
                yield match.start(), DayReference(published - timedelta(days=back), match[0], "relative_day", 0.8 if back else 0.5)
                break


# Of the month that is meant nothing is said: "13日" of papers in Chinese, Japanese and Korean. Not "3日間" (for three days).
DAY_NUMBERS = {
    "ja": re.compile(r"(?<![\d月・～~-])(?P<d>\d\d?)日(?![間目付本以後])"),
    "zh": re.compile(r"(?<![\d月第])(?P<d>\d\d?)日(?![間间本後后內内])"),
    "ko": re.compile(r"(?<![\d.])(?<!월 )(?<!월)(?P<d>\d\d?)일(?![간째차 ]*(?:간|째|차)|부터|까지|[가-힣]*\s?동안)"),
}


def numbered(text: str, pattern: re.Pattern[str], published: date) -> Iterator[tuple[int, DayReference]]:
    for match in pattern.finditer(text):
        near = (published - timedelta(days=back) for back in range(FORTNIGHT.days + 1))
        day = next((day for day in near if day.day == int(match["d"])), None)
        if day is not None:
            yield match.start(), DayReference(day, match[0], "day_number", 0.85)
            return
