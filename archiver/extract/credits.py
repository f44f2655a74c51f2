"""Credit lines of pictures: which words of a printed caption name who made or supplied it (IPTC Photo Metadata, "Credit Line").

What a page marks as a credit is believed first; then the form of the text decides, by the rules of RULES in their order.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from functools import cache, lru_cache
from typing import NamedTuple
from unicodedata import normalize

from archiver.extract.words import any_pattern, one_of, read_words

MAX_TEXT = 3_000  # characters of a caption that are looked at
MAX_CREDIT = 160  # characters; what is longer is prose
NAME_WORDS = 7  # of a credit without a label

# Within a word the two joiners belong to the spelling of Persian and of Indian scripts; at its edge they are rubbish.
INVISIBLE = re.compile("[\u00ad\u200b\u200e\u200f\u2060\ufe0e\ufeff]|(?:(?<=\\s)|^)[\u200c\u200d]+|[\u200c\u200d]+(?=\\s|$)")
NOT_FOR_SALE = re.compile(r"[.,]?\s*(?:재판매 및 )?DB ?금지(?=[\])】]|$)")  # behind the name, in brackets
EDGES = " \t\n\r\xa0|/–—-·•,;:＝=、"
OPEN, CLOSE = "(（[【〔［", ")）]】〕］"
BRACKETS = dict(zip(OPEN, CLOSE, strict=True))
SENTENCE_END = re.compile(r"[.!?…。！？](?:[\"”’»'）)\]]|\s\))*\s+|[。！？]|[\"”»)\]]\s+")
ENDS_SENTENCE = re.compile(r"(?:[^\W\d_]{3,}|\d|[\"”»)\]])[.!?…。！？][\"”’»)\]]*$")
SPLIT_PARTS = re.compile(r"\s*[/|／｜]\s*|\s+via\s+|\s*[,;]\s+|\s+[–—-]\s+|\s*，\s*")
INNER_END = re.compile(r"(?:[^\W\d_]{4,}|\d)[.!?…。！？][\"”’»)\]]?$")
VIA = re.compile(r"\S/\S|\s/\s|\svia\s|\s[|｜]\s|\S／\S", re.IGNORECASE)


class Credit(NamedTuple):
    """A credit line taken apart."""

    line: str  # as printed, label included
    creator: str | None
    agency: str | None


class Split(NamedTuple):
    """A printed caption taken apart. `rule` names what found the credit."""

    caption: str
    line: str | None
    rule: str


class Run(NamedTuple):
    """A piece of a caption's text that stands in one element."""

    text: str
    credit: bool = False  # the page's markup calls it a credit
    apart: bool = False  # in an element of its own, or on a line of its own
    slanted: bool = False  # in em, i, a, b …: may be words of the sentence


# --- words


@cache
def agencies() -> frozenset[str]:
    """Short names as printed, longer ones in small letters: "Forum" is an agency, "forum" is a word, "AP" is not "ap"."""
    return frozenset(name if len(name) <= 3 else name.casefold() for name in read_words("agencies"))


@cache
def particles() -> frozenset[str]:
    return frozenset(read_words("name_particles"))


def is_agency(text: str) -> bool:
    text = normalize("NFKC", text).strip(" .()[]©")
    return (text if len(text) <= 3 else text.casefold()) in agencies()


@cache
def labels() -> frozenset[str]:
    return frozenset(label.casefold().rstrip(".") for label in read_words("credit_labels"))


def is_label(text: str) -> bool:
    return text.strip(" :.").casefold() in labels()


@cache
def label_starts() -> frozenset[str]:
    """The first two letters of each label, or its only one: most texts are ruled out by them."""
    return frozenset(label[:2] for label in labels())


@cache
def kinds() -> frozenset[str]:
    return frozenset(read_words("image_kinds"))


@cache
def joins() -> re.Pattern[str]:
    return re.compile(rf"\s+(?:{any_pattern('credit_joins')})\s+(?=[^\W\d_])", re.IGNORECASE)


WORD_STARTS = re.compile(r"(?<![^\W\d_])[^\W_]")
MARK = re.compile(r"[©ⓒ]|[(（][cCｃＣ][)）]|&copy;|\b[Cc](?:opyright|OPYRIGHT)\b")
POINT = re.compile(r"\s?(?:[:：=＝/／|–—-]|\.{3}|…)\s*|\s?(?=[©ⓒ])")
COLON = re.compile(r"[:：=＝]|[©ⓒ]|\.{3}|…|(?<=\S)[-–](?=\s)")
LABEL_LENGTH = 30  # characters of the longest label


def label_before(text: str, end: int) -> int | None:
    """Where a label begins that ends at `end`; the longest one."""
    window = text[max(0, end - LABEL_LENGTH) : end].rstrip(" .\xa0")
    offset = end - len(text[max(0, end - LABEL_LENGTH) : end])
    known = labels()
    for found in WORD_STARTS.finditer(window):
        if window[found.start() :].casefold() in known:
            return offset + found.start()
    if window and not window[-1].isascii():  # scripts without spaces
        for length in range(min(6, len(window)), 0, -1):
            if window[-length:].casefold() in known and not window[-length].isascii() and is_unspaced(window[-1]):
                return offset + len(window) - length
    return None


def is_unspaced(character: str) -> bool:
    return "\u3040" <= character <= "\u9fff" or "\uac00" <= character <= "\ud7a3"


def label_after(text: str, start: int) -> int | None:
    """Where a label ends that begins at `start`; the longest one."""
    window = text[start : start + LABEL_LENGTH]
    if window[:2].casefold() not in label_starts() and window[:1] not in label_starts():
        return None
    known = labels()
    for end in range(len(window), 0, -1):
        if window[end - 1 : end + 1] == "..":
            continue  # "Credit...Jane Doe"
        inside = end < len(window) and window[end].isalnum() and window[end - 1].isalnum() and not is_unspaced(window[end])
        if not inside and window[:end].casefold().removesuffix(".") in known and window[end - 1] != " ":
            return start + end
    return None


def opening_end(text: str) -> int:
    """Where a text's opening label ends, with what joins it to the name: "Photo: ", "Foto di ", "© "; 0 where it has none."""
    marked = MARK.match(text)
    start = 0 if marked else len(text) - len(text.lstrip("([（【〔［ –—-|"))
    start = start if start <= 4 else 0
    marked = marked or MARK.match(text, start)
    if marked:
        return len(text) - len(text[marked.end() :].lstrip(" :"))
    end = label_after(text, start)
    if end is None:
        return 0
    joined = POINT.match(text, end) or joins().match(text, end)
    if joined and joined[0].strip() == "/" and text[start:end].casefold() in kinds():
        return 0  # "Screenshot / Channel": the label is one of the parts
    if joined:
        return opening_end_again(text, joined.end())
    if text[end - 1] in "／/":
        return end  # "圖／記者王明攝"
    rest = text[end:].lstrip()
    capital = rest != text[end:] and bool(rest) and (rest[0].isupper() or rest[0].isdigit() or rest[0] in "@\"'")
    return len(text) - len(rest) if capital else 0


def opening_end_again(text: str, start: int) -> int:
    """ "Foto: © Jane Doe", "Photo: AP Photo" (which is an agency, and stays)."""
    marked = MARK.match(text, start)
    return len(text) - len(text[marked.end() :].lstrip(" :")) if marked else start


@cache
def pattern(name: str) -> re.Pattern[str]:
    """The regular expressions of this module that need the word lists, by name."""
    suffix = f"(?i:{one_of('credit_suffixes')})"
    forms = {
        "suffixed": rf"[(（\[【〔［＝=]\s*(?P<name>[^()（）\[\]【】＝=\s][^()（）\[\]【】＝=]{{0,50}}?)\s?{suffix}[)）\]】〕］]?\s*[.。]?$",
        "opening": f"(?i:{any_pattern('credit_openings')})",
        "closing": rf"(?<!\w)(?i:{one_of('credit_closings')})\.?$",
        "tail_label": rf"\s*\(?{suffix}\)?\.?$",
        "extra_line": rf"^(?i:{any_pattern('caption_extras')})$",
        "extra_start": rf"^(?i:{any_pattern('caption_openers')})\s*[|:]?\s*",
        "extra_end": rf"[\s|/]*(?<!\w)(?i:{any_pattern('caption_closers')})\s*$",
    }
    return re.compile(forms[name])


BRACKET = re.compile(r"[(（\[【〔［]\s*(?P<name>[^()（）\[\]【】]{2,140})[)）\]】〕］]\s*[.。]?$")


EXTRA_LENGTH = 70  # characters at an end of a caption in which the page's own words are looked for


@lru_cache(maxsize=256)
def tidy(text: str) -> str:
    """One line, without invisible characters and the page's own controls at its ends."""
    text = " ".join(INVISIBLE.sub("", text[:MAX_TEXT]).split()).removeprefix(". ")  # the end of a caption that was left empty
    text = NOT_FOR_SALE.sub("", text) if "금지" in text else text
    for _ in range(2):
        text = pattern("extra_start").sub("", text)
        end = text[-EXTRA_LENGTH:]
        text = (text[: -len(end)] + pattern("extra_end").sub("", end)).strip() if end else ""
    return "" if len(text) <= EXTRA_LENGTH and pattern("extra_line").match(text) else text


# --- forms


def is_name_like(text: str) -> bool:
    """Whether a text could be names: few words, capitalised, no sentence."""
    text = text.strip(EDGES)
    words = [word for word in re.split(r"[\s/|,]+", text) if word]
    if not 1 <= len(words) <= 2 * NAME_WORDS or len(text) > 90 or ENDS_SENTENCE.search(text.removesuffix(".")):
        return False
    named = [word for word in words if word.casefold() not in particles()]
    if not named or len(named) > NAME_WORDS:
        return False
    if text.upper() == text.lower() and (len(named) > 3 or max(map(len, named)) > 12):
        return False  # scripts without capitals: few and short words only
    if any(INNER_END.search(word) for word in words[:-1]):
        return False
    return all(is_capital(word) for word in named) and not named[0][0].isdigit()


def is_capital(word: str) -> bool:
    word = word.lstrip("(['\"„“«‘@©")
    return not word or not word[0].isalpha() or not word[0].islower() or "." in word[1:-1] or is_agency(word)


def has_agency(text: str) -> bool:
    return any(is_agency(part) or is_agency_phrase(part) for part in SPLIT_PARTS.split(text) if part)


def is_agency_phrase(part: str) -> bool:
    """ "AP Photo", "Getty Images Europe", "dpa-Bildfunk": an agency and the name of its service."""
    words = part.split()
    return 1 < len(words) <= 4 and (is_agency(words[0]) or is_agency(" ".join(words[:2])) or is_agency(words[-1]))


def is_credit(text: str) -> bool:
    """Whether a text that stands for itself is a credit: by a label, a mark, an agency or two names with a stroke."""
    text = text.strip()
    if not text or len(text) > MAX_CREDIT:
        return False
    if text[0] in OPEN and text[-1] in CLOSE and is_name_like(text[1:-1]) and not CLOCK.search(text):
        return True
    end = BRACKET.search(text) if "/" in text and text.rstrip(".。")[-1:] in CLOSE else None
    if end and end.start() and names_both(end["name"]) and not opens(text):
        return False  # "Jane Doe (AP Photo/Ana Lind)" is a portrait
    bare = text.strip("()[] .")
    if opens(text) and text.count(" ") <= 14 and not ENDS_SENTENCE.search(text[:-1]):
        return True
    if bare.count(" / ") > 1 and not is_agency(bare.partition(" / ")[0]):
        return False  # "Caption / Jane Doe / Agency"
    if "＝" in bare:
        return False  # "Caption＝Agency"
    stem = pattern("tail_label").sub("", bare)
    if has_agency(bare) and bare.count(" ") <= 3 and re.search(r"\s[/|–—-]\s|/", bare):
        return True  # "janedoe - stock.example"
    return is_name_like(stem) and (stem != bare or has_agency(bare) or VIA.search(bare) is not None)


def names_both(text: str) -> bool:
    """Whether a credit names the agency and, before or behind a stroke, who took the picture: "AP Photo/Ana Lind", "Ana Lind/AP"."""
    first, *others = (part.strip() for part in text.split("/"))
    if not others or has_agency(first) is has_agency(others[-1]):
        return False
    return is_name_like(others[-1]) if has_agency(first) else is_name_like(first) and " " in first


def opens(text: str) -> bool:
    """Whether a text begins as a credit does."""
    return opening_end(text) > 0 or pattern("opening").match(text.lstrip("([（ –—-|")) is not None


def bracketed(text: str) -> int | None:
    """ "… (Foto: Jane Doe)", "… [Image © Jane Doe]", "… (Foto AP)"."""
    found = BRACKET.search(text)
    if not found:
        return None
    name = found["name"]
    end = opening_end(name)
    if not end:
        return None
    pointed = name[:end].rstrip()[-1:] in ":：=＝/|©ⓒ–—-" or joins().search(name[:end] + "x") is not None
    return found.start() if pointed or is_name_like(name[end:]) or has_agency(name[end:]) else None


def labelled(text: str) -> int | None:
    """ "… Photo: Jane Doe", "… Photo by Jane Doe": from the last label on that has not another one close before it."""
    starts = [start for found in COLON.finditer(text) if (start := label_before(text, found.start())) is not None]
    starts += [start for found in joins().finditer(text) if (start := label_before(text, found.start())) is not None]
    first: int | None = None
    for start in sorted(set(starts)):
        between = text[first:start].strip() if first is not None else ""
        if first is None or between.count(" ") > 12 or ENDS_SENTENCE.search(between):
            first = start
    if first is None:
        return None
    line = text[first:]
    if len(line) > MAX_CREDIT or (len(line) > 100 and ENDS_SENTENCE.search(line[:-1])):
        return None
    return with_staff(text, first)


def with_staff(text: str, start: int) -> int:
    """Where a credit begins whose label has whose picture it is before it: "… Gazette photo by Jane Doe", "… (Staff photo by Jane Doe)"."""
    before = text[max(0, start - LABEL_LENGTH) : start]
    opened = before.rfind("(")
    if opened >= 0 and ")" not in before[opened:]:
        return start - len(before) + opened
    ended = max((found.end() for found in SENTENCE_END.finditer(before)), default=len(before))
    staff = before[ended:].strip()
    return start - len(before) + ended if staff and staff.count(" ") < 3 and is_name_like(staff) else start


def marked(text: str) -> int | None:
    """ "… © Jane Doe", "… (C)共同"."""
    found = MARK.search(text)
    if not found or len(text) - found.start() > MAX_CREDIT:
        return None
    name = text[found.end() :].lstrip(" :")
    if found.start() == 0 and not is_name_like(name):
        return None
    return found.start() if name and (found.start() == 0 or not name[0].islower() or has_agency(name)) else None


def bracket(text: str) -> int | None:
    """ "… in the harbour (AP)", "… on Sunday. (Jane Doe)", "… on Sunday. Jane Doe (AP)"."""
    found = BRACKET.search(text)
    if not found:
        return None
    name, before = found["name"], text[: found.start()].rstrip()
    known = has_agency(name) or name.startswith("via ") or (VIA.search(name) and is_name_like(name) and not re.search(r"\d", name))
    ended = re.search(r"[^\W\d_]{3,}[.!?…]$", before) is not None
    if not known and not (ended and is_name_like(name) and name.count(" ") < 4 and (name[0].isupper() or DOMAIN.fullmatch(name))):
        return None
    if known and not ended:
        ends = [end.end() for end in SENTENCE_END.finditer(before)]
        person = before[ends[-1] :] if ends else ""
        if person and is_name_like(person) and 1 <= person.count(" ") <= 3:
            return ends[-1]
    return found.start()


FILED = re.compile(r"(?<=[.。])\s+\w{2,8}\s?=\s?(\w{2,20})$")  # the place from which the agency sent the picture
DOMAIN = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+){1,3}")


def suffixed(text: str) -> int | None:
    """ "… （共同提供）", "…＝代表撮影", "…＝共同", "…있다. 서울=연합뉴스": Japanese and Korean captions."""
    found = pattern("suffixed").search(text)
    if found:
        names = found["name"].rpartition("、")
        return (
            found.start("name") + len(names[0]) + 1 if any(map(str.isdigit, names[0])) else found.start()
        )  # "＝4日、東京都、山田花子撮影"
    filed = FILED.search(text)
    if filed and is_agency(filed[1]):
        return filed.start()
    head, mark, tail = text.rpartition("＝")
    return len(head) if mark and tail and len(tail) <= 20 and (has_agency(tail) or has_agency(tail.rstrip("社"))) else None


def signed(text: str) -> int | None:
    """ "…。通讯员王五 摄", "…（视频截图）", "…。 河湾日报供图": Chinese captions end in who took the picture, or what it is."""
    if text[-1:] not in SIGNATURE_ENDS or (found := SIGNATURE.search(text[-MAX_SIGNATURE:])) is None:
        return None
    start = len(text) - len(text[-MAX_SIGNATURE:]) + found.start("line")
    return start if start > 0 else None


MAX_SIGNATURE = 40  # characters of a Chinese signature with what stands before it
SIGNATURE_ENDS = frozenset("摄攝图圖影）)。")
SIGNATURE = re.compile(
    r"(?:[。！？；”）)]\s*|(?<=[\u3400-\u9fff])\s+|(?=[（(]))"
    r"(?P<line>[（(]?[\u3400-\u9fffA-Za-z0-9·、/／—－\- ]{0,24}(?:摄|攝|摄影|供图|供圖|截图|截圖|制图|資料圖|资料图)[）)]?)。?$"
)


def after_sentence(text: str) -> int | None:
    """ "… on Sunday. Jane Doe/AFP", "… on Sunday. AP", "… „Sunday“ Handout / AFP", "…있다. 김하나 기자"."""
    for found in SENTENCE_END.finditer(text):
        tail = text[found.end() :]
        if not tail or len(tail) > MAX_CREDIT:
            continue
        if is_name_like(tail) and (has_agency(tail) or VIA.search(tail)):
            return found.end()
        if NAME_FOR.fullmatch(tail):
            return found.end()
        if (opens(tail) and is_credit(tail)) or REPORTER.fullmatch(tail):
            return found.end()
    return None


PERSON = r"[A-ZÀ-Ž][\w.'’-]+(?:\s(?:(?:von|van|de|der|di|da|del|al|el)\s){0,2}[A-ZÀ-Ž][\w.'’-]*){1,3}"
# "Jane Doe for The Example", "JEANNE DUPRÉ POUR « L’EXEMPLE »", "Juana Prado (EL EJEMPLO)"
NAME_FOR = re.compile(rf"{PERSON}\s(?:(?:for|pour|POUR|para|per|für)\s[«“\"]?\s?[A-ZÀ-Ž][^.!?]{{1,40}}|\([A-ZÀ-Ž][^().!?]{{1,40}}\))\.?")
REPORTER = re.compile(r"[가-힣·]{2,12}(?: [가-힣]{2,6})? ?(?:선임|인턴|객원|사진)?기자")  # "reporter" behind a Korean name


def behind_stroke(text: str) -> int | None:
    """ "… in the harbour / Jane Doe", "… in the harbour – AFP", "… in the harbour | Jane Doe"."""
    for found in STROKE.finditer(text):
        tail = text[found.end() :]
        stem = pattern("tail_label").sub("", tail)
        strong = stem != tail or has_agency(tail) or VIA.search(tail) is not None
        if found[1] in "/|" and opening_end(tail) and is_credit(tail):
            return found.start()  # "… in the harbour / fot. Anna Lis"
        if tail.casefold().rstrip(".") in nobodies() and len(text) - len(tail) > len(tail):
            return found.start()  # "… in the harbour - Divulgação"
        if not stem or not is_name_like(stem) or not (strong or (found[1] in "/|" and 2 <= len(tail.split()) <= 4)):
            continue
        before = text[: found.start()]
        names = re.search(r"[a-zà-ž,)] ((?:[A-ZÀ-Ž][\w.’'-]+ )[A-ZÀ-Ž][\w’'-]+)$", before)
        if found[1] in "/|" and names and has_agency(tail) and VIA.search(tail) is None:
            return names.start(1)  # "… in the harbour Jane Doe / AFP"
        return found.start()
    return None


STROKE = re.compile(r"\s([/|–—-]|--)\s")
NAME_STROKE = re.compile(
    r"(?:[A-ZÀ-Ž][\w.’'-]+\s(?:(?:von|van|de|der|di|da|al|el)\s){0,2}[A-ZÀ-Ž][\w’'-]+|[A-Z]{2,})\s?/\s?(?P<rest>[^/\n]{2,50}(?:/[^/\n]{2,30})?)$"
)


def name_and_agency(text: str) -> int | None:
    """ "… in the harbour Jane Doe/AFP", without a mark before the name: two words before the stroke, an agency on one side of it."""
    found = NAME_STROKE.search(text[-120:])
    if found and (has_agency(found["rest"]) or is_agency(found[0].partition("/")[0])) and is_name_like(found[0]):
        return len(text) - len(text[-120:]) + found.start()
    return None


def bare_agency(text: str) -> int | None:
    """ "… in the harbour AFP": the last word, where it is an agency in capitals or of another script."""
    head, _, tail = text.rpartition(" ")
    if head and is_agency(tail) and (tail.isupper() or not tail.isascii()) and len(tail) > 1 and head.count(" ") > 2:
        last = head.rsplit(None, 1)[-1]
        return len(head) + 1 if not is_capital(last) or not tail.isascii() else None
    return None


def closing(text: str) -> int | None:
    """ "… Jane Doe Submitted photo"."""
    found = pattern("closing").search(text[-30:])
    return len(text) - len(text[-30:]) + found.start() if found else None


RULES: tuple[tuple[str, Callable[[str], int | None]], ...] = (
    ("bracketed_label", bracketed),
    ("label", labelled),
    ("copyright_mark", marked),
    ("bracketed_agency", bracket),
    ("label_behind", suffixed),
    ("after_sentence", after_sentence),
    ("behind_stroke", behind_stroke),
    ("name_and_agency", name_and_agency),
    ("bare_agency", bare_agency),
    ("closing_words", closing),
)


def split_text(text: str) -> Split:
    """By the form of the text alone; `line` is None where no rule finds a credit."""
    text = tidy(text)
    if (start := signed(text)) is not None and labelled(text) != 0:
        return Split(text[:start].rstrip(EDGES), text[start:].strip(EDGES), "signed")
    if (start := behind_file(text)) is not None:
        return Split(text[:start].rstrip(EDGES), text[start:].strip(EDGES), "after_sentence")
    if found := LEADING_LABEL.match(text):
        line, caption = found["line"].strip(EDGES), text[found.end() :].strip(EDGES)
        if opens(line) and is_credit(line) and not is_name_like(caption) and not is_credit(caption) and not has_agency(caption):
            return Split(caption, line, "label_before")
    if is_credit(text) and LEADING.match(text) is None and not (text[0] not in OPEN and bracketed(text)):
        return Split("", text, "credit_alone")
    if found := LEADING.match(text):
        line = (found["bracket"] or found["line"]).strip(EDGES)
        if is_credit(line) and (found["bracket"] is None or names_both(line) or opens(line)) and not is_credit(text[found.end() :]):
            return Split(text[found.end() :].strip(EDGES), line, "before_caption")
    for name, rule in RULES:
        start = rule(text)
        if start is not None:
            caption, line = text[:start].rstrip(EDGES), text[start:].strip(EDGES)
            if line:
                return with_short_label(Split(caption, line, name))
    return Split(text, None, "no_credit")


# "Photo: Jane Doe | Boats leave the old harbour": words follow, and at least one in small letters among them
LEADING_LABEL = re.compile(r"(?P<line>[^|()]{3,80}?)\s\|\s+(?=(?:[^\s|]+\s+){3,}[^|]+$)(?=[^|]*\s[^\W\d_A-ZÀ-Ž][^\W\d_]+\s)")


def behind_file(text: str) -> int | None:
    """ "FILE PHOTO: Boats leave. REUTERS/Jane Doe": what begins like a credit names nobody, and the credit stands at the end."""
    end = opening_end(text)
    return after_sentence(text) if end and text[:end].strip(" :.–—-").casefold() in nobodies() else None


# "(Jane Doe/AP) Boats leave …", "Photo: Jane Doe | Boats leave …": a sentence follows
LEADING = re.compile(r"(?:\((?P<bracket>[^()]{3,80})\)|(?P<line>[^|()]{3,80}?)\s\|)\s+(?=[^\W\d_][^|]{20,}[.!?…。][\"”’»)]*$)")


def with_short_label(split: Split) -> Split:
    """ "Closed bridge Fot. Anna Lis / Agency": a label that is an abbreviation, right before the names, belongs to them."""
    start = label_before(split.caption, len(split.caption)) if split.line and ABBREVIATION.search(split.caption) else None
    if not start:
        return split
    return Split(split.caption[:start].rstrip(EDGES + "(["), f"{split.caption[start:]} {split.line}", split.rule)


ABBREVIATION = re.compile(r"(?<![^\W\d_])[^\W\d_]{2,5}\.$")


# --- runs


def split_runs(runs: Sequence[Run], known: Iterable[str] = ()) -> Split:
    """The caption in `runs`. `known` are texts that tell the caption without its credit: alt text, JSON-LD."""
    runs = merge_labels(without_doubles([run._replace(text=text) for run in runs if (text := tidy(run.text))]))
    outside = [run for run in runs if not run.credit]
    inside = [run for run in runs if run.credit]
    if inside and outside:
        return join_marked(
            " ".join(run.text for run in outside), joined_credits(list(dict.fromkeys(run.text for run in inside if run.text)))
        )
    text = tidy(" ".join(run.text for run in runs))
    if len(inside) == 1 and (is_credit(text) or is_name_like(text)):
        return Split("", text, "marked_credit")
    lines = by_lines(runs)
    if lines and lines.line and (label := labelled(text)) and is_longer(text[label:], lines.line):
        return Split(text[:label].rstrip(EDGES), text[label:].strip(EDGES), "label")
    return without_second(lines) or by_known(text, known) or split_text(text)


def joined_credits(lines: Sequence[str]) -> str:
    """Photographer and agency (or paper) in elements of their own: one behind a stroke, as style sheets set them."""
    if (
        len(lines) == 2
        and label_at_end(lines[0]) is None
        and not opens(lines[1])
        and not lines[1][0].islower()
        and all(map(is_name_like, lines))
    ):
        return " / ".join(lines)
    return " ".join(lines)


def without_second(split: Split | None) -> Split | None:
    """ "Boats leave (AP Photo/Ana Lima)" and "Ana Lima/AP" on a line of its own: told twice."""
    if split is None or not split.line or split.caption[-1:] not in CLOSE:
        return split
    other = split_text(split.caption)
    return split._replace(caption=other.caption) if other.line and is_same(other.line, split.line) else split


def is_longer(line: str, found: str) -> bool:
    """Whether a labelled credit ends in the one found: "Photo by Jane Doe / Agency", where each name is a link."""
    line, found = line.strip(EDGES), found.strip(EDGES)
    return line.endswith(found) and len(line) > len(found) and not found.startswith(line[:4])


def join_marked(caption: str, line: str) -> Split:
    """What the page marks as a credit. A label before it belongs to it; a second credit in the text does too. A label alone is none."""
    if is_label(line):
        return split_text(caption)
    if len(line) > MAX_CREDIT and len(line) > 2 * len(caption):
        return split_text(f"{caption} {line}")
    start = label_at_end(caption)
    if start is not None:
        return Split(caption[:start].rstrip(EDGES + "(["), f"{caption[start:].strip()} {line}", "marked_credit")
    if caption.endswith(tuple(OPEN)) and line:
        caption = caption[:-1]
    for ending in (line, line[opening_end(line) :]):
        if ending and caption.endswith(ending):
            caption = caption[: -len(ending)].rstrip(EDGES + "([")
    line = without_repeat(line)
    other = split_text(caption)
    if other.line and (other.rule in ("credit_alone", "label", "bracketed_label", "copyright_mark") or is_same(other.line, line)):
        line = line if is_same(other.line, line) else f"{other.line} {line}"
        caption = other.caption
    return Split(tidy(caption.rstrip(EDGES)), line.strip(EDGES), "marked_credit")


def without_repeat(line: str) -> str:
    """ "Copyright Jane Doe Copyright Jane Doe": one for each width of screen."""
    half = len(line) // 2
    return line[:half].strip() if len(line) > 5 and line[:half].strip() == line[half:].strip() else line


def label_at_end(text: str) -> int | None:
    """Where a label begins that ends the text: "… Photo:", "… Photo by", "… ©"."""
    bare = text.rstrip()
    mark = MARK.search(bare[-10:])
    if mark and mark.end() == len(bare[-10:]):
        return len(bare) - len(bare[-10:]) + mark.start()
    if bare.endswith((":", "：", "=", "＝", "...", "…")):
        return label_before(bare.rstrip("."), len(bare.rstrip(".…")) if bare[-1] in ".…" else len(bare) - 1)
    joined = joins().search(bare + " x", max(0, len(bare) - 12))
    return label_before(bare, joined.start()) if joined and joined.end() >= len(bare) else None


def is_same(first: str, second: str) -> bool:
    """Whether one credit repeats the other."""
    one, two = (" ".join(re.findall(r"\w+", text[opening_end(text) :].casefold())) for text in (first, second))
    return bool(one and two) and (one in two or two in one or len(set(one.split()) & set(two.split())) > 1)


def by_lines(runs: Sequence[Run]) -> Split | None:
    """A run of its own that is a credit by its form, or looks like names and ends the caption."""
    if len(runs) < 2:
        return None
    credits = [index for index, run in enumerate(runs) if run.apart and is_credit(run.text)]
    if not credits and is_name_run(runs[-1], runs[-2].text):
        credits = [len(runs) - 1]
    if not credits or len(credits) == len(runs):
        return None
    first = credits[0]
    rest = " ".join(run.text for run in runs[first:])
    chosen = range(first, len(runs)) if first and len(rest) <= MAX_CREDIT and not ENDS_SENTENCE.search(rest) else credits
    caption = tidy(" ".join(run.text for index, run in enumerate(runs) if index not in chosen).rstrip(EDGES))
    if caption.casefold() in particles() or caption == "on":  # "Photo by <a>Jane Doe</a> on <a>Unsplash</a>"
        return Split("", " ".join(run.text for run in runs), "own_line")
    return Split(caption, " ".join(runs[index].text for index in chosen).strip(EDGES), "own_line")


def without_doubles(runs: Sequence[Run]) -> list[Run]:
    """A long text may stand there twice, the first time cut short, for two widths of screen."""
    kept: list[Run] = []
    for run in runs:
        stem = run.text.rstrip("….")
        if len(stem) > 30 and any(each.text.startswith(stem) for each in kept):
            continue
        kept = [each for each in kept if len(each.text) <= 30 or not run.text.startswith(each.text.rstrip("…."))]
        kept.append(run)
    return kept


def merge_labels(runs: Sequence[Run]) -> list[Run]:
    """A label that stands in an element of its own ("<b>Photo:</b> Jane Doe") and what follows it are one run."""
    merged: list[Run] = []
    for run in runs:
        last = merged[-1] if merged else None
        if (
            last is not None
            and not run.credit
            and label_at_end(last.text) == 0
            and (last.apart if not last.credit else is_name_like(run.text))
        ):
            merged[-1] = last._replace(text=f"{last.text} {run.text}")
        else:
            merged.append(run)
    return merged


def is_name_run(run: Run, before: str) -> bool:
    if not run.apart or not is_name_like(run.text) or len(run.text) > 60:
        return False
    return not run.slanted or ENDS_SENTENCE.search(before) is not None


def by_known(text: str, known: Iterable[str]) -> Split | None:
    """What follows the picture's alt text, or its caption in JSON-LD, is the credit."""
    for told in known:
        told = tidy(told).rstrip(EDGES + ".")
        place = text.find(told) if len(told) >= 20 else -1
        if place < 0 or len(text) == len(told):
            continue
        end = place + len(told)
        rest = text[end:].lstrip(".").strip(EDGES) if not place else text[:place].strip(EDGES)
        if place and end < len(text.rstrip(EDGES + ".")):
            continue  # a credit stands before it or behind it, not on both sides
        if rest and len(rest) <= 100 and (is_credit(rest) or is_name_like(rest.strip("()[] "))):
            return Split(text[place : end + (text[end : end + 1] == ".")], rest, "alt_text")
    return None


# --- a credit line's parts


def read_credit(line: str) -> Credit:
    """ "Photo: Jane Doe/AFP via Getty Images" gives creator "Jane Doe", agency "AFP via Getty Images"."""
    line = " ".join(line.split())[:500]
    names = strip_label(line)
    person = PERSON_AND_AGENCY.fullmatch(names)
    if person and (has_agency(person["agency"]) or (NAME_FOR.fullmatch(names) and person["agency"].casefold() not in nobodies())):
        return Credit(line, person["name"], person["agency"])
    parts = [part for part in re.split(r"\s*[/|／｜]\s*|\s*[,;]\s+|\s*，\s*|\s+[–—-]\s+", names) if part.strip(" .")]
    via = [piece for part in parts for piece in split_via(part)]
    signature = CHINESE_REPORTER.match(names)
    if signature:
        return Credit(line, signature["name"], signature["agency"] or None)
    supplied = [part for part in via if has_agency(part) or is_agency_phrase(part)]
    others = [part for part in via if part not in supplied and part.strip(" .").casefold() not in nobodies()]
    if len(via) > 1 and via[0].casefold() in kinds():
        return Credit(line, None, names)
    if not supplied and len(others) > 1 and re.search(r"[/|／｜]|\svia\s", names):
        outlet_first = DOMAIN.fullmatch(others[0].lower()) or (BROADCASTER.fullmatch(others[0]) and " " in others[1])
        others, supplied = (others[1:], others[:1]) if outlet_first else (others[:1], others[1:])
    others = told_once(others)
    if supplied and len(others) > 1 and names.startswith(others[0]):
        stroke = STROKE_NEXT.match(names, len(others[0]))
        if stroke and names.startswith(others[1], stroke.end()):
            others, supplied = others[:1], [*others[1:], *supplied]  # "Jane Doe/The Example via AP"
    creators = [KOREAN_REPORTER.sub("", WORKS_FOR.sub("", part)) for part in others]
    creators = [FULL_STOP.sub("", re.sub("^(?:the|via) ", "", part)) for part in creators]  # "courtesy of the Fire Department."
    return Credit(line, ", ".join(creators) or None, "/".join(re.sub("^[Ff]or ", "", part) for part in supplied) or None)


def told_once(names: Iterable[str]) -> list[str]:
    """ "Jane P. Doe/AFP | JANE P DOE": one name."""
    first: dict[str, str] = {}
    for name in names:
        first.setdefault(" ".join(re.findall(r"\w+", name.casefold())), name)
    return list(first.values())


@cache
def nobodies() -> frozenset[str]:
    return frozenset(read_words("credit_nobodies"))


STROKE_NEXT = re.compile(r"\s?[/／]\s?")
BROADCASTER = re.compile("[A-Z]{2,4}")  # initials before a stroke: "MDR/Jane Doe"
KOREAN_REPORTER = re.compile(r"(?<=[가-힣]) ?(?:선임|인턴|객원|사진)?기자$")
CHINESE_REPORTER = re.compile(r"(?P<agency>[\u3400-\u9fff]{2,4}社)?(?:记者|記者|通讯员)[：:\s]*(?P<name>[\u3400-\u9fff·]{2,8})")
FULL_STOP = re.compile(r"(?<=[^\W\d_]{4})\.$")
WORKS_FOR = re.compile(
    r"(?<=\w),? (?:[Ss]pecial (?:to|for)|[Ff]or|pour|POUR) (?:[Tt]he |[«“\"]\s?)?[A-ZÀ-Ž].*$"
)  # "Jane Doe for The Example"


INITIALS = 2  # letters before a full stop that ends no name
CLOCK = re.compile(r"\d[:.]\d\d")  # a length or a time of day
PERSON_AND_AGENCY = re.compile(r"(?P<name>[^()/|]{2,60}?)\s*\((?P<agency>[^()]{2,60})\)")


STAFF = re.compile(r"^(?:[A-Z][\w.'’-]*\s){1,3}(?:file )?(?:photo|photograph|picture|image|video)s? by ")  # "Gazette photo by Jane Doe"


def split_via(part: str) -> list[str]:
    """ "Jane Doe via AP" and "Jane Doe. AFP" are two, "AFP via Getty Images" and "Jane P. Reuters" one."""
    name, found, agency = part.partition(" via ")
    if not found and is_agency(part.rpartition(". ")[2]) and len(part.rpartition(". ")[0].rpartition(" ")[2]) > INITIALS:
        name, found, agency = part.rpartition(". ")
    if not found and is_agency(part.rpartition(" on ")[2]):  # "Jane Doe on Unsplash"
        name, found, agency = part.rpartition(" on ")
    return [name, agency] if found and not has_agency(name) else [part]


def strip_label(line: str) -> str:
    text = line.strip(EDGES)
    while len(text) > 2 and text[0] in BRACKETS and text[-1] in CLOSE:
        text = text[1:-1].strip(EDGES)
    for _ in range(2):
        text = text[opening_end(text) :].strip(EDGES)
    text = text if text.count("(") == text.count(")") else text.rstrip(")")
    text = STAFF.sub("", text)
    shorter = pattern("tail_label").sub("", text).strip(EDGES)
    return shorter or text
