"""The language a story is written in (BCP 47): what the page declares, unless the text shows that its template speaks of itself."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator
from functools import cache
from typing import Any

from archiver.extract.evidence import Candidate, choose, clean
from archiver.extract.page import Page
from archiver.extract.words import read_words
from archiver.records import Evidence

SAMPLE = 4_000  # characters of the text that are looked at
FIRST = 1_600  # of a text on a page that names another language than English
PROOF = 600  # characters of running text that prove a language
PARAGRAPH = 80  # characters; shorter lines may be the template's
MIN_WORDS = 30  # a shorter text proves nothing
ENGLISH_SHARE = 0.10  # of the words of an English text are function words; prose has 35 to 50 %
SURE_SHARE = 0.2  # of a text that is English though its page says otherwise
MIN_SHARE = 0.03  # languages that write function words onto others (Zulu, Finnish) have few of them
MARGIN = 1.05  # by which the best language must lead

WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
CODE = re.compile(r"([a-z]{2,3})((?:-[a-z0-9]{2,8})*)$")
NO_LANGUAGE = frozenset({"und", "mul", "zxx", "mis", "xx", "utf", "qaa"})


def read_language(page: Page, text: str) -> tuple[str | None, tuple[Evidence, ...]]:
    """Language of the story whose text is `text`."""
    heard = list(declared(page))
    refused: list[Evidence] = []
    english = any(is_english(candidate.value) for candidate in heard)
    words = WORD.findall(text[: SAMPLE if english or not heard else FIRST].casefold())
    if english and not speaks_english(words, text):
        note = f"fewer than {ENGLISH_SHARE:.0%} of the words are English function words"
        refused = [evidence_of(candidate, note) for candidate in heard if is_english(candidate.value)]
        heard = [candidate for candidate in heard if not is_english(candidate.value)]
    elif heard and not english and is_in_english_alone(words, heard):
        note = f"{SURE_SHARE:.0%} of the words are English function words, hardly any its own"
        refused = [evidence_of(candidate, note) for candidate in heard]
        heard = []
    if not heard:
        heard = list(guessed(words, text))
    value, evidence = choose("in_language", heard)
    return value, (*evidence, *refused)


def language_of_lines(page: Page, declared: str | None) -> str | None:
    """The language of the page's lines, of which its dates are: the `declared` one, unless none is, or English over a text of another."""
    if declared and not is_english(declared.casefold()):
        return declared
    text = opening_paragraphs(page)
    words = WORD.findall(text.casefold())
    if declared and speaks_english(words, text):
        return declared
    return next((candidate.value for candidate in guessed(words, text)), declared)


def opening_paragraphs(page: Page) -> str:
    """The first long lines of the page, as many as prove a language."""
    text = ""
    for block in page.outline.blocks:
        if len(block.text) >= PARAGRAPH and not block.is_link:
            text += f"{block.text}\n"
            if len(text) > PROOF:
                break
    return text[:PROOF]


def evidence_of(candidate: Candidate[str], note: str) -> Evidence:
    return Evidence("in_language", candidate.raw, candidate.method, candidate.locator, candidate.confidence, False, note)


def is_english(code: str) -> bool:
    return code.partition("-")[0] == "en"


def declared(page: Page) -> Iterator[Candidate[str]]:
    """Languages that the page names, in the order of trust."""
    sources: list[tuple[Any, str, str, float]] = [
        (
            page.tree.get("lang") or page.tree.get("xml:lang") or page.tree.get("{http://www.w3.org/XML/1998/namespace}lang"),
            "html_lang",
            "html[lang]",
            0.9,
        ),
        (page.meta("og:locale"), "meta", "meta[og:locale]", 0.8),
        (first_name(page.article.get("inLanguage"), page), "jsonld", "inLanguage", 0.8),
        (page.meta("content-language", "language", "dc.language", "dcterms.language"), "meta", "meta[content-language]", 0.7),
        (page.site.in_language if page.site else None, "site", "sites.toml", 0.6),
    ]
    for value, method, locator, confidence in sources:
        code = read_code(value)
        if code:
            yield Candidate(code, clean(value, 100), method, locator, confidence)


def first_name(value: Any, page: Page) -> Any:
    """The first language of a JSON-LD inLanguage: a code, a name or a Language."""
    for member in page.graph.many(value):
        name = (member.get("alternateName") or member.get("name")) if isinstance(member, dict) else member
        if isinstance(name, str):
            return name
    return None


def read_code(value: object) -> str | None:
    """A BCP 47 code in its usual spelling ("pt_br" ▶ "pt-BR"), or None.

    RFC 5646, 2.1.1: regions in capitals, scripts with a capital, the rest small.
    """
    if not isinstance(value, str) or len(value) > 60:
        return None
    text = clean(value).casefold().partition(",")[0].partition(".")[0].partition(";")[0].strip().replace("_", "-")
    text = language_codes().get(text, text)
    match = CODE.match(text)
    if match is None or match[1] in NO_LANGUAGE:
        return None
    language = language_codes().get(match[1], match[1])
    parts = [
        part.upper() if len(part) == 2 else part.title() if len(part) == 4 and part.isalpha() else part for part in match[2].split("-")[1:]
    ]
    return "-".join([language, *parts])


def is_in_english_alone(words: list[str], heard: list[Candidate[str]]) -> bool:
    """Whether a text is English though its page names other languages alone: press releases, columns of guests."""
    lists = function_words()
    codes = {candidate.value.partition("-")[0] for candidate in heard}
    if len(words) < MIN_WORDS or not codes <= lists.keys() or sum(word in lists["en"] for word in words) < SURE_SHARE * len(words):
        return False
    own = frozenset[str]().union(*(lists[code] for code in codes)) - lists["en"]
    return sum(word in own for word in words) < MIN_SHARE * len(words)


@cache
def language_codes() -> dict[str, str]:
    return {name: code for line in read_words("language_codes") for name, _, code in [line.rpartition(" ")]}


def speaks_english(words: list[str], text: str) -> bool:
    """False where a text of some length has hardly any English function words, or no Latin letters."""
    if len(words) < MIN_WORDS:
        return len(text) < MIN_WORDS or by_script(text) is None
    english = function_words()["en"]
    return sum(word in english for word in words) >= ENGLISH_SHARE * len(words)


@cache
def function_words() -> dict[str, frozenset[str]]:
    lists = (line.partition(":") for line in read_words("function_words"))
    return {code: frozenset(words.split()) for code, _, words in lists}


@cache
def languages_of() -> dict[str, tuple[str, ...]]:
    """Function word ▶ languages that have it."""
    found: dict[str, list[str]] = {}
    for code, words in function_words().items():
        for word in words:
            found.setdefault(word, []).append(code)
    return {word: tuple(codes) for word, codes in found.items()}


def guessed(words: list[str], text: str) -> Iterator[Candidate[str]]:
    """The language that the text itself speaks for: by its script, else by its function words."""
    script = by_script(text)
    if script:
        yield Candidate(script, clean(text, 60), "script", "letters of the text", 0.7)
        return
    if len(words) < MIN_WORDS:
        return
    counts: Counter[str] = Counter()
    for word in words:
        counts.update(languages_of().get(word, ()))
    (best, count), (_, second) = [*counts.most_common(2), ("", 0), ("", 0)][:2]
    if count >= MIN_SHARE * len(words) and count >= MARGIN * second:
        yield Candidate(best, clean(text, 60), "function_words", f"{count} of {len(words)} words", 0.6)


def by_script(text: str) -> str | None:
    """The language of a script that is its own, where most letters of the text are in it; None for shared scripts.

    Japanese mixes kana with Han: a tenth of kana makes it Japanese.
    """
    starts, blocks = scripts()
    counts: Counter[str] = Counter()
    letters = 0
    for character in text[:1_500]:
        if character.isalpha():
            letters += 1
            if character > "\u02ff":
                index = bisect_right(starts, ord(character)) - 1
                if index >= 0 and ord(character) <= blocks[index][0]:
                    counts[blocks[index][1]] += 1
    if counts["ja"] >= 0.1 * letters and counts["ja"]:
        return "ja"
    best = counts.most_common(1)
    if not best or best[0][1] < 0.5 * letters:
        return None
    return best[0][0] if best[0][0] not in SHARED else by_words(text, SHARED[best[0][0]])


SHARED = {"hi": ("hi", "mr", "ne")}  # Devanagari


def by_words(text: str, codes: tuple[str, ...]) -> str:
    """Of several languages in one script the one with most function words in the text."""
    words = text[:SAMPLE].split()
    return max(codes, key=lambda code: sum(word in function_words()[code] for word in words))


@cache
def scripts() -> tuple[list[int], list[tuple[int, str]]]:
    """First code points in order, and (last code point, language) of each."""
    found = []
    for line in read_words("scripts"):
        code, span = line.split()
        first, last = span.split("-")
        found.append((int(first, 16), int(last, 16), code))
    found.sort()
    return [first for first, _, _ in found], [(last, code) for _, last, code in found]
