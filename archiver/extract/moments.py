"""Points in time as pages write them: ISO 8601 and its misspellings, RFC 2822, epochs, dates in words of sixty languages, "3 hours ago"."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from functools import cache
from zoneinfo import ZoneInfo

from archiver.extract.words import one_of, read_words

MAX_TEXT = 700  # characters of a text in which a date is looked for
WIDEST_OFFSET = timedelta(hours=14)  # Kiribati
EPOCH_SECONDS = (631_152_000, 4_102_444_800)  # 1990 to 2100
BUDDHIST = 543  # years that the Thai calendar is ahead
BUDDHIST_YEARS = range(2_440, 2_643)
PERSIAN_YEARS = range(1_370, 1_421)  # 1991 to 2042; the years of the hijra that pages print today are later ones


@dataclass(frozen=True, slots=True)
class Moment:
    """A day, or a time of a day, as somebody wrote it."""

    when: datetime  # without zone where none is written; midnight where only the day is
    precision: str  # second, minute, day
    swapped: date | None = None  # the day, if "3/4" was meant the other way round

    @property
    def day(self) -> date:
        return self.when.date()

    @property
    def has_time(self) -> bool:
        return self.precision != "day"

    @property
    def is_midnight(self) -> bool:
        """Exactly midnight, with a zone: as often as not a day that a program has filled up."""
        return self.has_time and self.when.time() == time()

    @property
    def iso(self) -> str:
        """ISO 8601, as exact as it is known, with the offset as written."""
        if not self.has_time:
            return self.day.isoformat()
        return self.when.isoformat(timespec="minutes") if self.precision == "minute" else self.when.isoformat()

    @property
    def utc(self) -> str:
        """YYYY-MM-DDTHH:MM:SSZ, or YYYY-MM-DD where only the day is known. A time without zone counts as UTC."""
        return f"{self.in_utc:%Y-%m-%dT%H:%M:%S}Z".rjust(20, "0") if self.has_time else self.day.isoformat()

    @property
    def in_utc(self) -> datetime:
        if self.when.tzinfo is None:
            return self.when.replace(tzinfo=UTC)
        try:
            return self.when.astimezone(UTC)
        except OverflowError:  # the first or last day of all
            return self.when.replace(tzinfo=UTC)

    def in_zone(self, zone: tzinfo) -> Moment:
        """The same wall clock, in `zone`."""
        return replace(self, when=self.when.replace(tzinfo=zone))

    def swap(self) -> Moment | None:
        """With day and month exchanged; None where that gives no date."""
        try:
            return replace(self, when=self.when.replace(month=self.when.day, day=self.when.month), swapped=None)
        except ValueError:
            return None


@dataclass(frozen=True, slots=True)
class Found:
    """A moment in a text."""

    moment: Moment
    start: int
    end: int


# --- one value


ISO = re.compile(
    r"(?P<y>\d{4})(?:(?P<sep>[-/.])(?P<m>\d\d?)(?P=sep)(?P<d>\d\d?)|(?P<m2>\d\d)(?P<d2>\d\d))(?!\d)"
    r"(?:(?:T|[\s,]{1,5}|\s?[-|]\s)"
    r"(?P<h>[01]?\d|2[0-4])(?P<colon>:?)(?P<mi>[0-5]\d)(?:(?P=colon)(?P<s>[0-5]\d|60)(?:[.,](?P<f>\d{1,12}))?)?(?!\d)"
    r"(?:\s?(?P<half>[AaPp])\.?[Mm]\b\.?)?)?"
    r"(?P<rest>.*)",
    re.DOTALL,
)
EPOCH = re.compile(r"(\d{10})(?:\d{3})?(?:\.\d{1,9})?|/Date\((\d{10})\d{3}(?:[+-]\d{4})?\)/")  # seconds, milliseconds, of ASP.NET
# "Fri Apr 28 19:20:36 CEST 2023" (C, Java), "Fri Apr 28 2023 17:52:31 GMT+0000 (Coordinated …)" (JavaScript)
CTIME = re.compile(
    r"[A-Za-z]{3,9},? (?P<month>[A-Za-z]{3,9}) +(?P<d>\d\d?),? (?:(?P<y>\d{4}) )?(?P<h>\d\d?):(?P<mi>\d\d)(?::(?P<s>\d\d))?"
    r"(?: (?P<zone>[A-Za-z]{1,5}(?:[+-]\d\d:?\d\d)?|[+-]\d\d:?\d\d))?(?: (?P<y2>\d{4}))?"
)


def read_moment(text: str, language: str | None = None, month_first: bool = False) -> Moment | None:
    """The moment that a machine-readable value gives, or the first one in words; None where there is none.

    `month_first`: whether "3/4/2024" is March 4 here.
    """
    text = text.strip().strip("'\"").replace("\u202f", " ").replace("\xa0", " ")[:MAX_TEXT]
    if len(text) < 6:
        return None
    if (match := ISO.fullmatch(text)) and (moment := _of_iso(match)):
        return moment
    if match := EPOCH.fullmatch(text):
        return of_epoch(int(match[1] or match[2]))
    if (match := CTIME.match(text)) and (moment := _of_ctime(match)):
        return moment
    return next((found.moment for found in find_moments(text, language, month_first)), None)


def of_epoch(seconds: float) -> Moment | None:
    """Seconds or milliseconds since 1970."""
    seconds = seconds / 1_000 if seconds >= 100 * EPOCH_SECONDS[0] else seconds
    if not EPOCH_SECONDS[0] <= seconds <= EPOCH_SECONDS[1]:
        return None
    return Moment(datetime.fromtimestamp(int(seconds), UTC), "second")


def _of_iso(match: re.Match[str]) -> Moment | None:
    day = _day(int(match["y"]), int(match["m"] or match["m2"]), int(match["d"] or match["d2"]))
    if day is None:
        return None
    if not match["h"]:
        return Moment(datetime.combine(day, time()), "day") if not match["rest"].strip() or _is_zone(match["rest"]) else None
    clock = _clock(match["h"], match["mi"], match["s"], match["f"], match["half"])
    if clock is None:
        return Moment(datetime.combine(day, time()), "day")
    return _joined(day, clock, "second" if match["s"] else "minute", read_zone(match["rest"], day))


def _of_ctime(match: re.Match[str]) -> Moment | None:
    month = month_number(match["month"], "en")
    year = match["y"] or match["y2"]
    day = _day(int(year), month, int(match["d"])) if month and year else None
    clock = _clock(match["h"], match["mi"], match["s"])
    if day is None or clock is None:
        return None
    return _joined(day, clock, "second" if match["s"] else "minute", read_zone(match["zone"] or "", day))


def _joined(day: date, clock: time, precision: str, zone: tzinfo | None, swapped: date | None = None) -> Moment:
    """A midnight without zone is a day and nothing more."""
    if zone is None and clock == time():
        precision = "day"
    return Moment(datetime.combine(day, clock, zone), precision, swapped)


def _day(year: int, month: int, day: int) -> date | None:
    if year in PERSIAN_YEARS:
        return of_persian(year, month, day)
    try:
        return date(year - BUDDHIST if year in BUDDHIST_YEARS else year, month, day)
    except ValueError:
        return None


def of_persian(year: int, month: int, day: int) -> date | None:
    """A day of the solar calendar of Iran and Afghanistan: six months of 31 days, five of 30, leap years by the cycle of 33."""
    leap = year % 33 in (1, 5, 9, 13, 17, 22, 26, 30)
    longest = 31 if month <= 6 else 30 if month <= 11 or leap else 29
    if not (1 <= month <= 12 and 1 <= day <= longest):
        return None
    since = year - PERSIAN_YEARS[0]
    leaps = sum(before % 33 in (1, 5, 9, 13, 17, 22, 26, 30) for before in range(PERSIAN_YEARS[0], year))
    days = 365 * since + leaps + (31 * (month - 1) if month <= 7 else 186 + 30 * (month - 7)) + day - 1
    return NOWRUZ_1370 + timedelta(days=days)


NOWRUZ_1370 = date(1991, 3, 21)


def _clock(hour: str, minute: str | None, second: str | None = None, fraction: str | None = None, half: str | None = None) -> time | None:
    hours = int(hour)
    if half:
        if not 1 <= hours <= 12:
            half = None  # "15:30 pm"
        else:
            hours = hours % 12 + (12 if half.lower() == "p" else 0)
    try:
        return time(hours, int(minute or 0), min(int(second or 0), 59), int((fraction or "").ljust(6, "0")[:6]))
    except ValueError:
        return None


# --- zones


ZONE = re.compile(
    r"\s{0,2}\(?(?:(?P<zulu>[Zz])\b|(?P<name>[^\W\d_]{2,5})?\s?(?P<sign>[+\u2212-])\s?(?P<h>\d\d?):?(?P<m>\d\d)?(?!\d)|(?P<alone>[^\W\d_]{2,5})\b)"
)
LOST_PLUS = re.compile(r" (?P<h>\d\d):?(?P<m>\d\d)$")  # "2024-04-30T16:17:29 02:00": a "+" that was read as an encoded blank


def read_zone(text: str, day: date) -> tzinfo | None:
    """The zone that `text` begins with ("+02:00", "Z", "CEST", "GMT+7"), on `day`. None where it is none, or an impossible one."""
    match = LOST_PLUS.fullmatch(text) or ZONE.match(text)
    if not match:
        return None
    groups = match.groupdict()
    if groups.get("zulu"):
        return UTC
    if groups.get("alone"):
        return _named_zone(groups["alone"], day)
    if groups.get("name") and groups["name"] not in ("UTC", "GMT"):
        return _named_zone(groups["name"], day)
    offset = timedelta(hours=int(groups["h"]), minutes=int(groups["m"] or 0))
    if offset > WIDEST_OFFSET or int(groups["m"] or 0) > 59:
        return None
    return timezone(-offset if groups.get("sign") in ("-", "\u2212") else offset) if offset else UTC


def _is_zone(text: str) -> bool:
    """Of what follows a day: "+02:00", "Z"."""
    return re.fullmatch(r"\s?(?:[Zz]|[+-]\d\d:?\d\d)", text) is not None


def _named_zone(name: str, day: date) -> tzinfo | None:
    zone = _zones().get(name.upper()) if name.isupper() else None
    if isinstance(zone, ZoneInfo):
        offset = zone.utcoffset(datetime.combine(day, time(12)))
        return timezone(offset) if offset is not None else None
    return zone


@cache
def _zones() -> dict[str, tzinfo]:
    zones: dict[str, tzinfo] = {}
    for entry in read_words("time_zones"):
        name, _, value = entry.partition(": ")
        if "/" in value:
            zones[name] = ZoneInfo(value)
        else:
            offset = timedelta(hours=int(value[1:3]), minutes=int(value[4:6]))
            zones[name] = timezone(-offset if value[0] == "-" else offset) if offset else UTC
    return zones


# --- names

JOINER = "\u200c"  # stands for the blank in a name of two words


def plain(word: str) -> str:
    """As the word lists have it: small letters, no full stops."""
    return word.casefold().replace(".", "").replace("i̇", "i").replace(JOINER, " ").strip("'’-")


def read_table(name: str) -> dict[str, tuple[tuple[str, ...], ...]]:
    """A list of `language: column, column, …`, where a column is `form/form`; ▶ forms per column, by language."""
    table = {}
    for entry in read_words(name):
        language, _, columns = entry.partition(":")
        table[language] = tuple(tuple(form.strip() for form in column.split("/")) for column in columns.split(","))
    return table


@cache
def weekdays() -> frozenset[str]:
    """Their names in every language, in small letters."""
    return frozenset(form for columns in read_table("weekdays").values() for forms in columns for form in forms)


ANY_LANGUAGE = "*"  # to ask whether a line holds a date, not which: "listopada" is November in Polish, October in Croatian


@cache
def _months(language: str) -> dict[str, int]:
    """Forms of the months' names; "" for those that mean one month in whatever language has them, ANY_LANGUAGE for all of them."""
    table = read_table("months")
    if language == ANY_LANGUAGE:
        return {plain(form): number for columns in table.values() for number, forms in enumerate(columns, 1) for form in forms}
    if language:
        columns = table.get(language, ())
        return {plain(form): number for number, forms in enumerate(columns, 1) for form in forms}
    known: dict[str, set[int]] = {}
    for columns in table.values():
        for number, forms in enumerate(columns, 1):
            for form in forms:
                known.setdefault(plain(form), set()).add(number)
    return {form: numbers.pop() for form, numbers in known.items() if len(numbers) == 1}


def primary(language: str | None) -> str:
    """ "pt-BR" ▶ "pt"; "nb" ▶ "no"."""
    name = (language or "").replace("_", "-").lower()
    name = name if name == "sr-latn" else name.partition("-")[0]
    return {"nb": "no", "tl": "fil"}.get(name, name)


def month_number(word: str, language: str | None = None) -> int | None:
    """1 to 12. A name of `language` first, then one that is a month's in any language that has it."""
    form = plain(word)
    return _months(primary(language)).get(form) or _months("").get(form) or _months("en").get(form)


# --- dates in words


WORD = r"[^\W\d_](?:[^\s\d,;:()|/\[\]\"–—_-]|-(?=[^\W\d_])){1,24}"  # marks of vowels are no letters to Python: all but signs
ORDINAL = r"(?:st|nd|rd|th|er|ère|e|º|°|ª|η|ης|-?го|-а|-ші)?"


@cache
def _in_words() -> tuple[re.Pattern[str], ...]:
    join = rf"(?:(?:{one_of('date_joins')})\s+|d['’])?"
    year = r"(?P<y>(?:1[89]|2[0-6])\d\d)(?!\d)"
    return (
        # 3 de mayo de 2024 · 3. Mai 2024 · 3rd of May, 2024 · 03-May-24
        re.compile(
            rf"(?<![\d:.,])(?P<d>\d\d?){ORDINAL}[.,]?[\s/-]{{0,3}}{join}(?P<month>{WORD}?)[.,]*"
            rf"(?:(?:\s*[-/,]\s*|\s+|(?<=\.)){join}(?:{year}|['’](?P<short>\d\d)(?!\d))|-(?P<short2>\d\d)(?![\d:])|(?=[\s,;:()\[\]|–—-]|\.(?![^\W\d_])|$))",
            re.IGNORECASE,
        ),
        # May 3, 2024 · May 3rd · abr 28, 2024
        re.compile(
            rf"(?<![^\W\d_])(?P<month>{WORD}?)(?:\.?\s+|-)(?P<d>\d\d?)(?!\d|:\d|\.\d){ORDINAL}(?:(?:\s*,\s*|\s+|-){join}{year})?",
            re.IGNORECASE,
        ),
        # 2024. május 3. · 2024 m. gegužės 3 d. · 2024 May 3
        re.compile(rf"(?<!\d){year}[.,]?\s*{join}(?P<month>{WORD}?)[.,]?\s*(?P<d>\d\d?)(?!\d|:\d)", re.IGNORECASE),
        # 2024. gada 3. maijs
        re.compile(rf"(?<!\d){year}[.,]?\s*{join}(?P<d>\d\d?)[.,]?\s*(?P<month>{WORD})", re.IGNORECASE),
    )


@cache
def _in_persian() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """ "13 اسفند 1402", "1402/12/13", with western digits."""
    names = "|".join(re.escape(form) for form in sorted(_persian_months(), key=len, reverse=True))
    year = r"(?P<y>1(?:3[7-9]|4[01])\d)(?!\d)"
    return (
        re.compile(rf"(?<!\d)(?P<d>\d\d?)\s?(?P<month>{names})(?:[\s\u200c]?ماه)?[،,]?\s(?:سال\s)?{year}"),
        re.compile(rf"(?<![\d.,:/-]){year}(?P<sep>[/-])(?P<m>\d\d?)(?P=sep)(?P<d>\d\d?)(?![\d/-])"),
    )


@cache
def _persian_months() -> dict[str, int]:
    return {form: number for columns in read_table("persian_months").values() for number, forms in enumerate(columns, 1) for form in forms}


IN_SIGNS = (
    re.compile(r"(?:(?P<y>\d{4})\s?[年년]\s?)?(?<!\d)(?P<m>\d\d?)\s?[月월]\s?(?P<d>\d\d?)\s?[日号號일]"),  # 2024年5月3日, 5월 3일
    re.compile(r"(?<!\d)(?P<d>\d\d?)\s?(?:tháng|thg)\s?(?P<m>\d\d?)(?!\d)(?:,?\s(?:năm\s)?(?P<y>\d{4}))?", re.IGNORECASE),
    re.compile(r"(?<![\d.,:/-])(?P<y>(?:1[89]|2[0-6])\d\d)\s?(?P<sep>[-/.])\s?(?P<m>\d\d?)\s?(?P=sep)\s?(?P<d>\d\d?)(?!\d)"),  # 2024. 5. 3.
)
NUMBERS = re.compile(
    r"(?<![\d.,:/-])(?P<a>\d\d?)(?P<sep>\s?[-/.]\s?)(?P<b>\d\d?)(?P=sep)(?:(?P<y>(?:1[89]|2[0-6])\d\d)|(?P<short>\d\d))(?![\d:]|[.,/-]\d)"
)
SHORT_NUMBERS = re.compile(r"(?<![\d.,:/-])(?P<a>\d\d?)(?P<sep>[/.-])(?P<b>\d\d?)(?!\d|[/:,-]\d)")  # 27.6., 27/6


DIGIT = re.compile(r"\d")
EASTERN_SIGNS = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


def find_moments(text: str, language: str | None = None, month_first: bool = False, around: date | None = None) -> list[Found]:
    """Dates in a text (its first MAX_TEXT characters), with the clock times that stand beside them, in their order.

    Without `around`, only dates with a year; with it, the year of "May 3" is the one that brings it nearest.
    """
    text = text[:MAX_TEXT]
    if not DIGIT.search(text):
        return []
    text = text if text.isascii() else in_western_signs(text)
    found: list[Found] = []
    for start, end, day, swapped in sorted(_days(text, language, month_first, around), key=lambda hit: (hit[0], -hit[1])):
        if found and start < found[-1].end:
            continue
        found.append(_with_clock(text, start, end, day, swapped))
    return found


ZEROS = (0x660, 0x6F0, 0x966, 0x9E6, 0xA66, 0xAE6, 0xB66, 0xBE6, 0xC66, 0xCE6, 0xD66, 0xE50, 0xED0, 0x1040, 0x17E0, 0xFF10)
WESTERN = {zero + digit: str(digit) for zero in ZEROS for digit in range(10)}  # Arabic, Persian, Devanagari, Bengali … full width
TWO_WORDS = re.compile(r"(كانون|تشرين) (?=ال)")  # December and January, October and November in the Levant
BOTH_NAMES = re.compile(r"(?<=[\u0620-\u064a])\s?/\s?[\u0620-\u064a]{3,8}(?=\s)")  # "آذار/مارس": a month by both its names


def in_western_signs(text: str) -> str:
    """A text of the same length with western digits, and Arabic months as one word."""
    text = TWO_WORDS.sub(f"\\1{JOINER}", text.translate(WESTERN))
    return BOTH_NAMES.sub(lambda name: " " * len(name[0]), text)


PERSIAN = re.compile(r"(?<!\d)1(?:3[7-9]|4[01])\d(?!\d)")  # a year
ARABIC = re.compile(r"[\u0620-\u06cc]")
Hit = tuple[int, int, date, date | None]


def _days(text: str, language: str | None, month_first: bool, around: date | None) -> Iterator[Hit]:
    for pattern in IN_SIGNS:
        for match in pattern.finditer(text):
            if day := _dated(match["y"], int(match["m"]), int(match["d"]), around):
                yield match.start(), match.end(), day, None
    if PERSIAN.search(text) and (primary(language) in ("fa", "ps") or ARABIC.search(text)):
        in_words, in_numbers = _in_persian()
        for match in in_words.finditer(text):
            if day := _day(int(match["y"]), _persian_months()[match["month"]], int(match["d"])):
                yield match.start(), match.end(), day, None
        for match in in_numbers.finditer(text):
            if day := _day(int(match["y"]), int(match["m"]), int(match["d"])):
                yield match.start(), match.end(), day, None
    for match in NUMBERS.finditer(text):
        if match["short"] and len(match["a"]) == 2 and (day := _year_first(match, text, language)):
            yield match.start(), match.end(), day, None
            continue
        yield from _of_numbers(match, match["y"] or short_year(match["short"]), month_first, around)
    if around is not None:
        for match in SHORT_NUMBERS.finditer(text):
            yield from _of_numbers(match, None, month_first, around)
    for pattern in _in_words():
        for match in pattern.finditer(text):
            groups = match.groupdict()
            month = month_number(match["month"], language)
            year = match["y"] or short_year(groups.get("short") or groups.get("short2"))
            if month and (day := _dated(year, month, int(match["d"]), around)):
                yield match.start(), match.end(), day, None


def _of_numbers(match: re.Match[str], year: str | None, month_first: bool, around: date | None) -> Iterator[Hit]:
    """Of "3/4/2024": both ways round, where both are dates."""
    first, second = int(match["a"]), int(match["b"])
    by_day, by_month = _dated(year, second, first, around), _dated(year, first, second, around)
    if month_first and "." not in match["sep"]:
        by_day, by_month = by_month, by_day
    day = by_day or by_month
    if day:
        yield match.start(), match.end(), day, by_month if by_month != day else None


def _year_first(match: re.Match[str], text: str, language: str | None) -> date | None:
    """Of "18-03-08": the year stands first in Chinese, Japanese and Korean, in the page's language or the line's own signs."""
    eastern = primary(language) in ("zh", "ja", "ko") or EASTERN_SIGNS.search(text) is not None
    return _dated(short_year(match["a"]), int(match["b"]), int(match["short"]), None) if eastern else None


def short_year(digits: str | None) -> str | None:
    """ "24" ▶ "2024", "98" ▶ "1998"."""
    return None if digits is None else ("20" if int(digits) < 70 else "19") + digits


def _dated(year: str | None, month: int, day: int, around: date | None) -> date | None:
    if year:
        return _day(int(year), month, day)
    if around is None:
        return None
    years = (around.year - 1, around.year, around.year + 1)
    known = [found for number in years if 1 <= number <= 9_999 and (found := _day(number, month, day))]
    return min(known, key=lambda found: abs(found - around), default=None)


# --- clock times beside a date


HALF = r"(?:\s?(?P<half>[ap])\.?\s?m\b\.?|\s?(?P<noon>(?:صباح|مساء)[اًً]{0,2}|[صم])(?!\w))?"
CLOCK = rf"(?P<h>[01]?\d|2[0-4])(?:(?P<sep>[:.h]|\sh\s)(?P<mi>[0-5]\d)(?:[:.](?P<s>[0-5]\d)(?:[.,]\d{{1,9}})?)?)?(?!\d){HALF}"
FILLING = r"(?:[\s,،;|/·•@()–—\[\].-]|\b[^\W\d_]{1,5}\b\.?){0,8}?"  # "- um", " | ", ", kl. ", " at "


@cache
def _after() -> re.Pattern[str]:
    """A clock time behind a date; a weekday may stand between: "16 Mayıs 2024 Perşembe 10:30"."""
    either = "|".join(re.escape(form) for form in sorted(weekdays()) if len(form) > 5)
    return re.compile(
        rf"(?:[\s,.]{{1,3}}(?:{either})\b)?{FILLING}(?:\b|(?<=[日号號일])){CLOCK}(?P<rest>.{{0,14}})", re.IGNORECASE | re.DOTALL
    )


BEFORE = re.compile(
    rf"(?<![\d:.]){CLOCK}\s?(?P<rest>(?:[^\W\d_]{{2,5}}\b(?:[+-]\d\d?)?)?)(?:[\s,;|/·•()–—-]|[^\W\d_]{{2,12}}[.,]?){{1,6}}$", re.IGNORECASE
)
EASTERN = re.compile(
    r"(?:\([^)]{1,3}\))?[\s,.]*(?P<half>午前|午後|上午|下午|凌晨|早上|晚上|傍晚|오전|오후|새벽|저녁)?\s?(?P<h>\d\d?)\s?(?:(?:[時时點点시])\s?(?:(?P<mi>[0-5]?\d)\s?[分분])?|:(?P<mi2>[0-5]\d)(?::(?P<s>[0-5]\d))?)"
)
AFTERNOON = frozenset({"午後", "下午", "晚上", "傍晚", "오후", "저녁"})


def _with_clock(text: str, start: int, end: int, day: date, swapped: date | None) -> Found:
    if (match := EASTERN.match(text, end)) and (match["half"] or not match["mi2"]):
        half = None if match["half"] is None else "p" if match["half"] in AFTERNOON else "a"
        if clock := _clock(match["h"], match["mi"] or match["mi2"], match["s"], None, half):
            zone = read_zone(text[match.end() : match.end() + 14], day)
            return Found(_joined(day, clock, "second" if match["s"] else "minute", zone, swapped), start, match.end())
    if (match := _after().match(text, end)) and (moment := _of_clock(match, day, swapped)):
        return Found(moment, start, match.start("rest"))
    if (match := BEFORE.search(text, max(0, start - 40), start)) and (moment := _of_clock(match, day, swapped)):
        return Found(moment, match.start(), end)
    return Found(Moment(datetime.combine(day, time()), "day", swapped), start, end)


def _of_clock(match: re.Match[str], day: date, swapped: date | None) -> Moment | None:
    half = match["half"] or ("p" if (match["noon"] or "")[:1] == "م" else "a" if match["noon"] else None)
    if not match["mi"] and not half:
        return None
    clock = _clock(match["h"], match["mi"], match["s"], None, half)
    if clock is None:
        return None
    return _joined(day, clock, "second" if match["s"] else "minute", read_zone(match["rest"], day), swapped)


LEAD = r"(?:[\s:：,;|/·•(–—-]|[^\W\d_]{1,6}\.?(?=[\s:：])){0,6}?"  # " um ", ": ", " a las "
BEHIND = re.compile(rf"{LEAD}(?<![\d:.]){CLOCK}(?![:.]\d)(?P<rest>[^|·•()（）\n]{{0,40}})", re.IGNORECASE)
BEHIND_EASTERN = re.compile(rf"[\s:：]{{0,3}}{EASTERN.pattern}(?P<rest>[^|·•()（）\n]{{0,40}})")
DOTTED = re.compile(r"(?<!\w)(?:uhr|kl|klo|ore|alle|om|um|pukul|h|hrs)(?!\w)", re.IGNORECASE)  # "19.10" alone may be a day
MOST_BESIDE = 6  # letters beside a clock time and its zone: "Uhr", "horas"


def clock_behind(text: str, start: int, day: date) -> Moment | None:
    """The time of `day` that stands, with no other day, behind what ends at `start`: "alle 19:10", "at 7:10 p.m. EST", "下午7:10"."""
    match = BEHIND_EASTERN.match(text, start)
    if match is None or (match["mi2"] and not match["half"]):
        match = BEHIND.match(text, start)
    if match is None or not is_alone(match["rest"]):
        return None
    if "mi2" not in match.groupdict():
        dotted = match["sep"] == "." and not DOTTED.search(f"{text[start : match.start('h')]}{match['rest']}")
        return None if dotted else _of_clock(match, day, None)
    half = None if match["half"] is None else "p" if match["half"] in AFTERNOON else "a"
    clock = _clock(match["h"], match["mi"] or match["mi2"], match["s"], None, half)
    return _joined(day, clock, "minute", read_zone(match["rest"], day)) if clock else None


def is_alone(rest: str) -> bool:
    """Whether what follows a clock time is at most its zone or a word for hours: no day, and no sentence that goes on."""
    if sum(map(str.isalpha, rest)) > MOST_BESIDE or DIGIT.search(rest):
        return False
    return weekdays().isdisjoint(word.strip(".,") for word in rest.casefold().split())


# --- relative to now


@cache
def _relative() -> tuple[re.Pattern[str], dict[str, str]]:
    lines = (entry.partition(":") for entry in read_words("relative_times"))
    rows = {name: [word.strip() for word in words.split(",")] for name, _, words in lines}
    units = {plain(word): unit for unit in ("second", "minute", "hour", "day") for word in rows[unit]}

    def either(words: Iterable[str]) -> str:
        return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))

    number = rf"(?P<n>\d{{1,3}}|\b(?:{either(rows['one'])})\b)"
    unit = either([word for name in ("second", "minute", "hour", "day") for word in rows[name]])
    larger = either([word for name in ("hour", "day") for word in rows[name]])
    pattern = re.compile(
        rf"(?:\b(?P<before>{either(rows['before'])})\s+)?(?:\b(?P<more>\d{{1,2}})\s?(?P<larger>{larger})[.,]?\s(?:\w{{1,3}}\s)?)?{number}\s?(?P<unit>{unit})(?:(?<=[^\x00-\u2fff])|(?!\w))\.?(?:\s?(?P<after>{either(rows['after'])})(?!\w))?",
        re.IGNORECASE,
    )
    return pattern, units


UNIT = {"second": timedelta(seconds=1), "minute": timedelta(minutes=1), "hour": timedelta(hours=1), "day": timedelta(days=1)}
CLOCK_ALONE = re.compile(r"(?<![\d:.])(?P<h>[01]?\d|2[0-3])[:.h](?P<mi>[0-5]\d)(?![\d.:])" + HALF, re.IGNORECASE)


def read_relative(text: str, now: datetime, language: str | None = None) -> Moment | None:
    """ "3 hours ago", "1 hr 4 mins ago", "vor 2 Stunden", "gestern, 14:30", seen at `now` (with a zone, in which the day is counted).

    As exact as said: minutes give a minute, hours and days give the day.
    """
    text = text[:200]
    pattern, units = _relative()
    for match in pattern.finditer(text):
        if match["before"] or match["after"]:
            unit = units[plain(match["unit"])]
            then = now - UNIT[unit] * (int(match["n"]) if match["n"].isdigit() else 1)
            then -= UNIT[units[plain(match["larger"])]] * int(match["more"]) if match["larger"] else timedelta()
            if unit in ("second", "minute"):
                return Moment(then.replace(second=0, microsecond=0), "minute")
            return Moment(datetime.combine(then.date(), time()), "day")
    return _of_named_day(text, now, language)


def _of_named_day(text: str, now: datetime, language: str | None) -> Moment | None:
    """ "yesterday", "heute 20:07"."""
    back = next((days for days, pattern in named_days(language) if pattern.search(text)), None)
    if back is None:
        return None
    day = now.date() - timedelta(days=back)
    if (match := CLOCK_ALONE.search(text)) and (clock := _clock(match["h"], match["mi"], None, None, match["half"])):
        return Moment(datetime.combine(day, clock, now.tzinfo), "minute")
    return Moment(datetime.combine(day, time()), "day")


@cache
def named_days(language: str | None) -> tuple[tuple[int, re.Pattern[str]], ...]:
    """(days back, pattern) of words such as "yesterday" in `language`; nothing where the language is not known."""
    name = primary(language)
    rows = []
    for entry in read_words("relative_days"):
        head, _, words = entry.partition(":")
        tongue, _, back = head.partition(" ")
        if tongue == name:
            forms = [word.strip() for word in words.split(",")]
            words_apart = name not in ("ja", "zh", "ko", "th")
            rows.append((int(back), whole_words(forms, words_apart)))
    return tuple(sorted(rows, key=lambda row: -row[0]))


def whole_words(forms: Iterable[str], words_apart: bool = True) -> re.Pattern[str]:
    """Matches any of the forms, as whole words where the language puts blanks between words."""
    either = "|".join(re.escape(form) for form in sorted(forms, key=len, reverse=True))
    return re.compile(rf"(?<!\w)(?:{either})(?!\w)" if words_apart else f"(?:{either})", re.IGNORECASE)
