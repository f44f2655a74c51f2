"""Persons and organisations in a string that names a story's authors, without what stands beside the names.

That is the label before them ("By"), roles, places, dates, whom they write for. Where on the page such strings stand, `authors` knows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from functools import cache
from html import unescape

from archiver.extract.blocks import letters
from archiver.extract.evidence import clean
from archiver.extract.labelled import is_body, is_outlet
from archiver.extract.moments import DIGIT, find_moments, weekdays
from archiver.extract.places import is_place
from archiver.extract.words import any_pattern, one_of, read_words
from archiver.records import Author

NAME_LENGTH = 100  # characters; longer values are sentences about the author
MAX_AUTHORS = 30
MAX_WORDS = 6  # of a personal name
BYLINE_LENGTH = 200
TEXT_LENGTH = 300  # characters of an element that lists authors
ANY_DAY = date(2000, 1, 1)  # whose year stands in for the one that a byline leaves out
# What separates names that are glued into one string. " e ", " y " and the like also stand within names and firms: see split_pair.
GLUE = re.compile(
    r"\s*[;|•·]\s*|\s*,\s+(?:and|und|et|og|och|y|e|en)\s+|\s+(?:and|und|og|och|&|with|mit)\s+|\s*[、，,]\s*|\s+/\s+|(?<=\w\w)/(?=\w\w)"
)
PAIR = re.compile(
    r"\s+(?:et|y|e|en|i|a|dan|ve|avec|con|com|og|u|ja|és|și|şi|и|та|й|і|và|και|और|एवं|اور|และ)\s+"
    # "and" that is one with the word behind it, in Arabic and Hebrew; not the first letter of a name: "وليد"
    r"|\s+(?:و\s+|و(?!ليد|ائل|سام|سيم|فاء|جدي|داد|رد|ديع|حيد|ليم|هبة)(?=\w{3})|ו(?!רד|יקטור|לדימיר|ולף)(?=[\u05d0-\u05ea]{3}))"
)
# Agencies that are not named: "Jane Doe with agencies"
WITH_AGENCIES = re.compile(
    r",?\s+(?:with|mit|avec|con|com|met|med|z|s|ile|dengan)\s+(?:wires?|wire (?:reports|services)|(?:news )?agencies|agenturen|"
    r"(?:les )?agences|agencias|agências|(?:le )?agenzie|(?:pers|nieuws)?bureaus|agentschappen|agencjami|agenturami|byråer|ajanslar)$",
    re.I,
)
LAST_INITIALS = re.compile(r"([^\s,;]{2,}(?: [^\s,;]{2,})?), ((?:[^\W\d_]\.[ -]?)+)$")  # "Kern, J. P."
LAST_FIRST = re.compile(r"[^\s,;]+(?:[ -][^\s,;]+)?, [^\s,;]+(?: [^\s,;]+)?(?:; [^,;]+, [^,;]+)*$")
BRACKETS = re.compile(r"\s*[(\[（【][^()\[\]（）【】]{0,80}[)\]）】]\s*")
ADDRESS = re.compile(r"\S+@\S+\.\w+|(?:https?:)?//\S+|\bwww\.\S+", re.I)
DASH_ROLE = re.compile(r"\s+[-–—]\s+.*$")
HANDLE = re.compile(r"@\S*$")
OTHERS = re.compile(r"\s*외 \d+명$|\s+(?:et al\.?|and others|u\. ?a\.|follow(?: @\w*)?)$", re.I)  # and the button beside a name
# "Anne Morel, Luc Petit Envoyés spéciaux à Toulouse": the place behind the role
SENT_TO = re.compile(
    r"(?i)(?:\s\(|\b)(envoyée?s? sp[ée]cia(?:l|le|ux|les)|correspondante?s?|enviad[oa]s? especial(?:es)?|"
    r"corresponsal(?:es)?|correspondentes?)"
    r" (?:à|en|au|aux|dans|a|em|desde) \w[^,;|]{0,40}$"
)
POST_WORDS = 3
NUMBER = re.compile(r"[\W\d_]+$|[0-9a-f-]{16,}$", re.I)
CASELESS = re.compile(r"[\u0590-\u08ff\u0900-\u0dff\u0e00-\u0e7f\u10a0-\u10ff\u1200-\u137f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
# What no name begins with: "von der Baustelle", "The Old Mill"; as capitals some of them begin names ("La Torre")
# fmt: off
ARTICLES = frozenset({
    "the", "The", "der", "die", "das", "den", "dem", "ein", "eine", "la", "el", "los", "las", "le", "les", "il", "lo", "het", "een",
    "un", "une", "una", "os", "as", "ο", "η", "το",
})
# fmt: on
ELIDED = re.compile(r"[a-z]{1,4}['’][^\W\d_a-z]")  # "d'Orval", "dell'Acqua"
JOINED_NAME = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")  # scripts that write given and family name as one word
LONG_HAN = re.compile(r"[\u3400-\u9fff]{9,}")  # a name with its bearer's post, a sentence, a body
INITIAL = re.compile(r"\b(?:Jr|Sr|\w)\.$")
DOMAIN = re.compile(r"(?:[\w-]+\.)+[a-z]{2,12}$", re.I)
# Where the names of a printed byline end: a date, a separator, "in News"
BYLINE_END = re.compile(
    r"\s*[(（]\s*$|\s+[|·•–—]\s+|\s+-\s+|\n|,? in [A-Z]|\s*,?\s*\(?(?<!\w)\d{1,4}[ ./:\-年月]"
    r"|\s+(?:Published|Updated|Posted|Publi\w*|Veröffentlicht|Aktualisiert|Mis à jour|Actualizado|Atualizado|Aggiornato|Pubblicato)\b|\s+@"
)
# What joins a date to the name before it: "By Jane Doe on March 3"
BEFORE_DATE = re.compile(r"\s+(?:on|at|am|um|vom|le|à|el|em|il|alle|den|op|om|w dniu|dne|tarihinde|pada)\s*$", re.I)
# Whom an author writes for: "Jane Doe of the Example", "Jane Doe, special to the Example"
WRITES_FOR = re.compile(
    r"(?<=\w),?\s+(?:[Ss]pecial (?:to|for)(?: [Tt]he)?|(?:of|for|from) [Tt]he|[Ff]or)\s+[A-Z][^,;|]*?(?=\s+(?:and|&)\s|[,;|]|$)"
)
DATE_LENGTH = 120  # of a date or two in words, with the label that follows
# "순천, 광양 구현모 기자": reporters, behind the places that they report from
REPORTERS = re.compile(r"((?:[가-힣]{2,4}·)*[가-힣]{2,4})\s+(?:선임|수습|인턴|전문|객원)?\s*기자(?![가-힣])")
KANJI_ROLE = re.compile(r"(?<=[\u3400-\u9fff]{2})(?:記者|记者|特派員|編集委員)$")
# Where somebody reports from: "Jane Doe in Nairobi and John Roe in London"
REPORTS_FROM = r"(?<=\w),? (?:in|from|aus|à|en|em) [A-Z][\w.’'-]*(?: [A-Z][\w.’'-]*){0,3}"
ONE_REPORTS_FROM = re.compile(REPORTS_FROM + r"(?=\s+(?:and|und|et|y|e|&)\s)")
LAST_REPORTS_FROM = re.compile(REPORTS_FROM + "$")
ALWAYS_OPENS = frozenset({"by", "von", "par", "por"})  # with a capital, whatever follows
LABEL_SIGNS = ":：／/=＝・-–—"  # behind a label of a byline
REPORTERS_APART = frozenset({"记者", "記者", "本报记者", "本網記者", "通讯员"})  # "记者 王明 李红" are two
HAN_NAMES = re.compile(r"[\u3400-\u9fff]{2,4}(?: [\u3400-\u9fff]{2,4})+")
KANJI_NAMES = re.compile(r"[\u3400-\u9fff]{3,6}(?: [\u3400-\u9fff]{3,6})+")  # family and given name as one word each


def printed_names(text: str) -> list[Author]:
    """Names in a printed byline: "By Jane Doe and Ina Lang in Lagos | 3 May"."""
    text = behind_other_hands(text)
    opened = LABEL().match(text)
    rest = ONE_REPORTS_FROM.sub("", text[opened.end() :] if opened else text)
    end = BYLINE_END.search(rest)
    role = rest[end.end() :].strip() if end else ""
    if end and end.end() < len(rest) and is_place(rest[: end.start()]):  # "Nairobi - Jane Doe"
        rest = rest[end.end() :]
        end = BYLINE_END.search(rest)
    rest = rest[: end.start()] if end and end.start() > 2 else rest
    if opened and DIGIT.search(text):  # the month before its day: "By Jane Doe March 3, 2026", "… March 3 at 9:30 AM"
        date = next((found.start for found in find_moments(text[opened.end() :], around=ANY_DAY)), 0)
        rest = without_weekday(rest[:date]) if date > 2 else rest
    if opened and opened[0].strip() in REPORTERS_APART and HAN_NAMES.fullmatch(rest):
        rest = rest.replace(" ", "、")
    named = list(names_of(BEFORE_DATE.sub("", rest) if rest != text else rest))
    if named and key_of(role) in organisation_names() and all(key_of(author.name) != key_of(role) for author in named):
        named.append(Author(role, kind="organisation"))  # "By Jane Doe", and "Associated Press" on the next line
    elif len(named) == 1 and named[0].role is None and len(role) <= NAME_LENGTH and ROLE_FIRST().match(role):
        named = [replace(named[0], role=role)]
    return named


def other_hands(text: str) -> tuple[int, int] | None:
    """Where the first label of somebody else who worked on a story stands: "Photos:", "Edited by"; not of one who did both."""
    spans = spans_of_hands(text)
    return next(((start, end) for start, end in spans if not BOTH.search(text, max(0, start - 6), start)), None)


def spans_of_hands(text: str) -> Iterator[tuple[int, int]]:
    return (found.span() for found in OTHER_HANDS().finditer(small(text)))


def opening_hand(text: str) -> int:
    """Where such a label at the start of a text ends; 0 where there is none."""
    found = OTHER_HANDS().match(small(text))
    return found.end() if found else 0


def small(text: str) -> str:
    """In small letters, of the same length: to ignore case costs the pattern twice the time."""
    return text.replace("İ", "i").lower()


@cache
def OTHER_HANDS() -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{any_pattern('other_hands')})")


BOTH = re.compile(r"\w(?:\s(?:and|und|y|e|et|en|i|a|och|og|ja|és|și|dan|ve|и|та|και|&|\+)\s|[／/・·])$", re.I)


def behind_other_hands(text: str) -> str:
    """ "Photos: Max Ort, Text: Jane Doe" without what stands before the byline; nothing where a line names other hands alone."""
    end = opening_hand(text) if len(text) <= BYLINE_LENGTH else 0
    if not end:
        return text
    opened = BEHIND_HANDS().search(text, end)
    return text[opened.start("label") :] if opened else ""


@cache
def BEHIND_HANDS() -> re.Pattern[str]:
    return re.compile(rf"\s*[,;|·•/\n、，–—-]\s*(?P<label>{LABEL().pattern[3:]})", re.I)


def without_weekday(text: str) -> str:
    """ "Jane DoeSat", "Emre Tuna Giriş:": without the weekday or the label of a date that stands in the next element."""
    text = LABEL_OF_DATE().sub("", text)
    bare = text.rstrip(" ,.")
    name, _, last = bare.rpartition(" ")
    is_told = len(last) >= WEEKDAY_LETTERS or CASELESS.search(last) is not None
    if " " in name and is_told and last.casefold() in weekdays():
        return name
    return next((bare[: -len(day)] for day in WEEKDAYS if bare.endswith(day) and bare[-len(day) - 1 : -len(day)].islower()), text)


WEEKDAY_LETTERS = 6  # at least, of one that is no name: "Asha Ali Juma", "Aylin Cuma"
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


@cache
def LABEL_OF_DATE() -> re.Pattern[str]:
    words = "|".join(re.escape(word) for name in ("published_labels", "modified_labels") for word in read_words(name))
    return re.compile(rf"(?<=\w)[\s,|·•–—-]+(?:{words})[\s:：]*$", re.I)


@cache
def LABEL() -> re.Pattern[str]:
    return re.compile(
        rf"\s*(?:{any_pattern('byline_labels')})(?<=[\w\u0900-\u0d7f:：／/=＝・.—–-])\s*[:：]?\s*(?<![^\W\d_])(?=[^\W\d_@])", re.I
    )


@cache
def LABEL_ALONE() -> re.Pattern[str]:
    return re.compile(rf"\s*(?:{any_pattern('byline_labels')})\s*[:：]?\s*", re.I)


def without_date(text: str) -> str:
    """ "March 3, 2026 at 3:35 p.m. By Jane Doe" is a date and a byline on one line; gives "By Jane Doe"."""
    if len(text) > BYLINE_LENGTH or not (number := DIGIT.search(text)):
        return text
    if LABEL().match(text) or (start := text.find(" ", number.end())) < 0:
        return text
    opened = NEXT_LABEL().search(text, start, DATE_LENGTH)
    return text[opened.start("label") :] if opened and not text[opened.end()].islower() else text


@cache
def NEXT_LABEL() -> re.Pattern[str]:
    return re.compile(rf"(?:(?<=[\d.])|(?<=\w)(?= ?[,|·•–—]))(?: ?[,|·•–—-])? (?P<label>{LABEL().pattern[3:]})", re.I)


def names_of(text: str) -> Iterator[Author]:
    """Authors in a string that may glue several names, roles and agencies together; at most MAX_AUTHORS."""
    text = clean(unescape(unescape(text[:2_000])), 1_000)
    text = WRITES_FOR.sub("", text) if " " in text else text
    text = SENT_TO.sub(r", \1", text)
    text = WITH_AGENCIES.sub("", text)
    text = OTHERS.sub("", BRACKETS.sub(" ", ADDRESS.sub(" ", text))).strip(" ,;|-–—:~•·").rstrip("([ ")
    if others := other_hands(text):
        text = text[: others[0]].rstrip(" .,;|/-–—") or text[others[1] :].lstrip()
    if "기자" in text and (reporters := REPORTERS.findall(text)):
        yield from (Author(name) for names in reporters for name in names.split("·"))
        return
    text = without_label(text)
    if colleague := COLLEAGUE().match(text):
        named = [replace(author, role=author.role or colleague["role"]) for author in names_of(colleague["name"])]
        yield from named[:1]
        return
    if LAST_FIRST.match(text) and ";" in text:
        parts = [" ".join(reversed(part.split(", ", 1))) for part in text.split("; ")]
    elif inverted := LAST_INITIALS.match(text):
        parts = [f"{inverted[2].strip()} {inverted[1]}"]
    else:
        glued = GLUE.split(text)
        glued = [text] if any(len(part) == 1 and part.isascii() for part in glued) else glued  # "Mac & i"
        parts = [half for part in glued for half in split_pair(part)]
        parts = [name for part in parts for name in (part.split() if KANJI_NAMES.fullmatch(part) else [part])]
    yield from classified([piece for part in parts[:MAX_AUTHORS] for piece in split_tail(part.strip(" ／/"))])


def without_label(text: str) -> str:
    """A string of names without what opens a byline, where that cannot be part of a name: "Di Ada Rossi", not "Di Stefano"."""
    opened = LABEL().match(text)
    if not opened or opened.end() >= len(text):
        return text
    label, rest = text[: opened.end()].rstrip(), text[opened.end() :]
    words = rest.split()
    particle = is_particle(text) and all(word in read_words("name_particles") for word in label.split())
    if label[-1] in LABEL_SIGNS or (rest[0].isupper() and not label.istitle() | particle):
        return rest
    capitals = words[0][0].isupper() and any(word[0].isupper() for word in words[1:])
    if label.casefold() in read_words("byline_openings") and (capitals or is_organisation(rest)):
        return rest
    return rest if label.casefold() in ALWAYS_OPENS and label[0].isupper() else text


@cache
def COLLEAGUE() -> re.Pattern[str]:
    """ "our reporter Jane Doe", "notre correspondante à Rome, Jeanne Martin"."""
    return re.compile(
        rf"(?:[^\W\d_]+ )?(?:{one_of('our')}) (?P<role>{one_of('byline_roles')})"
        r"(?: (?-i:[a-zà]{1,4}) [^\W\d_][\w-]*,)?,? (?P<name>.+)",
        re.I,
    )


def is_particle(text: str) -> bool:
    """Whether a name opens with a particle that is written small: "von der Heide"."""
    return text[:1].islower() and text.split(" ", 1)[0] in read_words("name_particles")


def split_pair(text: str) -> list[str]:
    """Two persons joined by a word that firms and family names also hold: split only where both sides are whole names."""
    halves = PAIR.split(text)
    agencies = [key_of(half) in organisation_names() for half in halves]
    if len(halves) > 1 and all(is_agency or is_whole_name(half) for half, is_agency in zip(halves, agencies, strict=True)):
        outlet = any(agencies) and halves[0].split(" ")[0].casefold() in read_words("name_particles")  # "Le Figaro et AFP"
        return [text] if outlet else halves
    return [text]


def is_whole_name(text: str) -> bool:
    return is_name(text) and " " in text.strip() and not is_organisation(text)


def split_tail(text: str) -> list[str]:
    """ "Jane Doe Associated Press" is a person and an agency: the agency's name is of several words or in capitals."""
    words = text.split()
    for count in range(1, min(4, len(words) - 1)):
        name, tail = " ".join(words[:-count]), " ".join(words[-count:])
        apart = (count > 1 or tail.isupper()) and words[-count - 1][0].isupper()
        if apart and key_of(tail) in organisation_names() and is_name(name):
            return [name, tail]
    return [text]


def without_role(text: str) -> str:
    """A name without the role printed behind it, and without the place that somebody reports from."""
    return name_and_role(text)[0]


def name_and_role(text: str) -> tuple[str, str | None]:
    """("Jane Doe", "Staff Writer") of "Jane Doe Staff Writer" and of "Jane Doe - Staff Writer at Example"."""
    dash = DASH_ROLE.search(text)
    behind = dash[0].strip(" -–—") if dash else ""
    text = DASH_ROLE.sub("", text).strip(" ,;|-–—:'\"")
    if not INITIAL.search(text):
        text = text.rstrip(".")
    text = KANJI_ROLE.sub("", text)
    if " " in (name := LAST_REPORTS_FROM.sub("", text)):
        text = name
    match = ROLE().search(text)
    if match and match.start() > 0 and not is_post(text):
        kind = KIND_OF_ROLE.search(text, 0, match.start())
        end = kind.start() if kind and " " in text[: kind.start()] else match.start()
        return text[:end].strip(" ,-–—"), text[end:].strip(" ,-–—") or None
    return text, behind if ROLE_FIRST().match(behind) else None


KIND_OF_ROLE = re.compile(r"\s+\w{4,}(?:isch|lich)e[rn]?$")  # "Jan Kurz Politischer Korrespondent"


def is_post(text: str) -> bool:
    """ "Online Editor", "Gazette reporter": one word and a role with nothing between are a post, and nobody's name."""
    match = ROLE().search(text) if text.count(" ") <= POST_WORDS and not CASELESS.search(text) else None
    name = text[: match.start()] if match else ""
    return name.isalpha() and name.casefold() not in nobodies()


@cache
def ROLE() -> re.Pattern[str]:
    return re.compile(rf"\s+(?:{one_of('byline_roles')})(?: i [^\W\d_]+)?$", re.I)  # "journalist i Paris"


@cache
def ROLE_FIRST() -> re.Pattern[str]:
    """ "envoyée spéciale à Kiev", "reporter at the Example"."""
    return re.compile(rf"(?:{one_of('byline_roles')})(?: [^\W\d_]{{1,4}} .*)?$", re.I)


@cache
def roles() -> frozenset[str]:
    return frozenset(word.casefold() for word in read_words("byline_roles"))


def classified(parts: Sequence[str]) -> Iterator[Author]:
    """Parts of one string as authors: beside whole names, a single word is a place or a role, unless it is an agency.

    "Jane Doe, AP National Political Writer" is one author with a role.
    """
    read = [name_and_role(part) for part in parts]
    names = [name for name, _ in read]
    some_full = any(" " in name and is_name(name) for name in names) or (len(names) > 1 and is_organisation(names[0]))
    found: list[Author] = []
    for part, (name, own_role) in zip(parts, read, strict=True):
        full = is_name(name) and (" " in name or JOINED_NAME.search(name) is not None)
        role = ROLE().search(part) if found and not CASELESS.search(part) else None
        if role and full and part[role.start() :].lstrip()[:1].islower():
            role = None  # "… and Owen Pratt staff writers" is a person
        if not name or part.casefold() in roles() or role or (found and ROLE_FIRST().match(part)):
            if found and name and found[-1].kind == "person" and found[-1].role is None:
                found[-1] = replace(found[-1], role=part)
        elif is_organisation(name) or (found and is_outlet_beside(name, found[-1])):
            found.append(Author(name, kind="organisation"))
        elif not some_full or full:
            found.append(Author(name, role=own_role))
    yield from found


def is_outlet_beside(name: str, author: Author) -> bool:
    """ "Jane Doe, USA TODAY": all in capitals behind a name that is not."""
    return name.isupper() and len(name) > 3 and not CASELESS.search(name) and author.kind == "person" and not author.name.isupper()


# --- what may be a name


def is_name(text: str) -> bool:
    """Whether text is written as a personal name is: few words, each with a capital, particles apart."""
    words = text.split()
    if not 1 <= len(words) <= MAX_WORDS or len(text) > 60 or DIGIT.search(text) or ":" in text:
        return False
    if words[0] in ARTICLES:
        return False
    if CASELESS.search(text):
        return len(text) <= 40 and not LONG_HAN.fullmatch(text)
    if words[-1][:1].islower() and not ELIDED.match(words[-1]):
        return False
    particles = read_words("name_particles")
    small = [word for word in words if not word[:1].isupper() and word.lstrip("'’“\"")[:1].islower()]
    return all(word in particles or word[:2] in ("d'", "d’", "o'", "al", "el") or ELIDED.match(word) for word in small) and len(
        small
    ) < len(words)


def is_name_and_role(text: str) -> bool:
    """ "Jane Doe, Staff Writer", "김하늘 기자": a line that is nothing else."""
    role = ROLE().search(text) if len(text) <= 60 else None
    name = text[: role.start()].rstrip(" ,|-–—") if role else ""
    if not name or "," in name or not is_name(name):
        return False
    return len(name) <= 8 if CASELESS.search(name) else 1 <= name.count(" ") <= 3


@cache
def organisation_names() -> frozenset[str]:
    return frozenset(key_of(name) for name in read_words("agencies"))


@cache
def desk_words() -> frozenset[str]:
    return frozenset(read_words("desk_words"))


def is_organisation(text: str) -> bool:
    """An agency, a desk, a firm or a domain."""
    if key_of(text) in organisation_names() or DOMAIN.match(text) or is_body(text) or is_post(text):
        return True
    words = re.findall(r"\w+(?:-\w+)*", text.casefold())
    return any(word in desk_words() or (word.rsplit("-", 1)[-1] in desk_words() and "-" in word) for word in words)


def plausible(author: Author) -> bool:
    """Whether a printed string may be taken for an author at all."""
    named = is_name(author.name) or key_of(author.name) in organisation_names()  # "dpa" is written small
    return named and len(author.name) > 1 and not author.name.isdigit() and author.name.casefold() not in nobodies()


def is_somebody(author: Author) -> bool:
    """A person's whole name, or an agency's or outlet's."""
    if author.kind == "person":
        return " " in author.name or CASELESS.search(author.name) is not None
    return key_of(author.name) in organisation_names() or is_outlet(author.name)


@cache
def nobodies() -> frozenset[str]:
    return frozenset(word.casefold() for name in ("no_authors", "our", "published_labels", "modified_labels") for word in read_words(name))


def is_nobody(name: str) -> bool:
    return name.casefold() in nobodies() or bool(NUMBER.match(name)) or bool(HANDLE.match(name)) or "{" in name or "<" in name


def key_of(text: str) -> str:
    """For comparing names: letters and digits, without case."""
    return letters(text[:TEXT_LENGTH])
