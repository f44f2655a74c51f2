"""A story's headline: without the site's name, without the section's label; other wordings and the kicker are kept beside it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from html import unescape
from itertools import pairwise
from urllib.parse import urlsplit

from archiver.extract.blocks import CUT_OFF, NO_STORY, Block, elements_about, is_blank, letters, lies_in, phrases
from archiver.extract.evidence import Candidate, clean, unaccented, weight
from archiver.extract.labelled import original_title
from archiver.extract.moments import DIGIT, find_moments
from archiver.extract.page import Page
from archiver.extract.words import read_words
from archiver.records import Evidence
from archiver.unspaced import UNSPACED

LENGTH = 500  # characters of a headline; the longest of 439 pages has 210
ALIKE = 0.5  # share of words that the page's title and an <h1> must have in common
WORDED_ALIKE = 0.3  # two wordings of one headline have
LABEL_LENGTH = 40  # characters of a section's label
SEPARATOR = re.compile(
    r"\s+(?:[|·•»›‹/–—―~]|«(?![^»]*»)|--?|:|<|>|::)\s+|\s*[|｜ㅣ：‖]\s*|(?<=\S)\s*[:：]\s+|(?<=\S)\s+[-–—]\s*(?=[A-ZÀ-Ž])"
)
LAST_RESORT = 0.6
LOWER_HEADS = frozenset({"h2", "h3", "h4"})
TITLE_CLASS = re.compile(r"(?:^|\s)(?:entry|post|article|story|item|page|blog)-?(?:title|headline)(?:\s|$)", re.IGNORECASE)
BEHIND_TITLE = re.compile(r"\s*(?:[|｜_]|--|——)|\s+[-–—·•]\s")
ENDS_IN_SEPARATOR = re.compile(r"(?:\s(?:[|·•»›–—-]|::?)\s|[|｜：]\s*|\S:\s)$")
IN_BRACKETS = re.compile(r"\s\(([^()]{3,60})\)$")  # "Bridge reopens (Vale Post)"
QUOTES = frozenset("\"'")
BARS = "|｜ㅣ"
KICKER_TRUST = 0.7
KICKER_LENGTH = 80  # characters
BETWEEN_FACTS = " /|,;:·•–—-"  # what parts a kicker from a day
LEAST_PRINTED = 15  # characters of a headline; a sign that stands for a word counts as two
OPENING = 5  # letters of a line that are compared before the line is tidied
LONG_HEADLINE = 30  # characters of one that stands in no heading
LEAST_HEAD = 4  # words of a headline that may end in a label
SHORT_LABEL = re.compile(r"[^\W\d_][^\W\d_'’&.-]{1,20}(?: [^\W\d_'’.-]{1,20}| &){0,2}")  # "the world", "Sport", "Arts & Culture"
# "Bridge reopens-Politics|The Gazette": only where the site's name stood behind it; elsewhere a hyphen belongs to its word
GLUED_LABEL = re.compile(r"(?<=[^\s-])--?([^\W\d_]{2,20})$")
SLUG = re.compile(r"[a-z0-9]+(?:[-_][a-z0-9]+){2,}")  # the page's file name, where a system has it for a title
ARCHIVE = re.compile(r"(?:blog[ -]?)?archiv(?:es?|o|io)?", re.IGNORECASE)  # "Vale Blog » Blog Archive » Bridge reopens", of WordPress
# "– DW – 01/30/2024": a date behind the site's name goes with it
DATE_TAIL = re.compile(r"\s*[|–—-]\s*\d{1,4}[./-]\d{1,2}[./-]\d{1,4}\s*$")


@dataclass(frozen=True, slots=True)
class Headline:
    """The headline and what stood around it."""

    text: str | None = None
    alternative: str | None = None  # another wording that the page gives (headline of the page against that of the metadata)
    kicker: str | None = None  # the line above the headline
    label: str | None = None  # the section's label that the headline ended in
    printed: tuple[str, ...] = ()  # every form, as printed, for finding repeats in the body
    evidence: tuple[Evidence, ...] = ()


def read_headline(page: Page, is_section: Callable[[Page, str], bool]) -> Headline:
    """Headline by the first of RULES that gives one. `is_section` tells whether a label names a section of the page or site."""
    names = own_names(page)
    found = without_cut_off([candidate for _, rule in RULES for candidate in rule(page)])
    found = [candidate for candidate in found if letters(candidate.value) not in names and not SLUG.fullmatch(candidate.value)] or found
    if not found:
        return Headline()
    parted = [part(candidate, names, page, is_section) for candidate in found]
    candidates = [candidate for candidate, _ in parted]
    first = in_full(as_set(as_printed(candidates, page) or candidates[0], candidates), candidates)
    label = next((label for candidate, label in parted if label and same(candidate.value, first.value)), None)
    others = [other for other in candidates if not same(other.value, first.value)]
    kicker = read_kicker(page, first.value)
    printed = [*(candidate.value for candidate in candidates), *(unescape(candidate.raw) for candidate in found), kicker or ""]
    told = [Evidence("kicker", kicker, "class", "above the headline", KICKER_TRUST)] if kicker else []
    evidence = [*told, first.as_evidence("headline", True)] + [other.as_evidence("headline", False) for other in others]
    return Headline(
        first.value,
        next((other.value for other in others if other.method in ("h1", "jsonld", "og", "original")), None),
        kicker,
        label,
        tuple(dict.fromkeys(text for text in printed if text)),
        tuple(evidence),
    )


def without_cut_off(found: Sequence[Candidate[str]]) -> list[Candidate[str]]:
    """Without what a quotation mark in an attribute cut off: `content="Mayor calls it "madness""` is read as "Mayor calls it"."""
    whole = [candidate.value for candidate in found if candidate.method in ("h1", "title")]

    def goes_on(cut: str) -> bool:
        return any(text.startswith(cut) and text[len(cut) :].lstrip()[:1] in QUOTES for text in whole if len(text) > len(cut))

    return [candidate for candidate in found if candidate.method != "og" or not goes_on(candidate.value)]


def as_printed(candidates: Sequence[Candidate[str]], page: Page) -> Candidate[str] | None:
    """The <h1> that og:title repeats: what readers saw, where the JSON-LD has a wording for search engines.

    Not where the JSON-LD has an alternativeHeadline, too, and that is not the printed one: then the newsroom means what it names.
    """
    by_rule = {candidate.method: candidate for candidate in candidates}
    stated, shared, head = by_rule.get("jsonld"), by_rule.get("og"), by_rule.get("h1")
    if stated is None or shared is None or head is None or not same(shared.value, head.value) or same(stated.value, head.value):
        return None
    alternative = letters(tidy(page.article.get("alternativeHeadline")))  # often cut short
    if not letters(head.value).startswith(alternative) or share(stated.value, head.value) < WORDED_ALIKE:
        return None
    return shared


def as_set(first: Candidate[str], candidates: Sequence[Candidate[str]]) -> Candidate[str]:
    """The same words as og:title and <title> set them, where both agree: JSON-LD often has signs of its own ("Kicker - Headline")."""
    by_rule = {candidate.method: candidate for candidate in candidates if same(candidate.value, first.value)}
    shared, title = by_rule.get("og"), by_rule.get("title")
    return shared if shared and title and shared.value == title.value and "h1" not in by_rule else first


def in_full(first: Candidate[str], candidates: Sequence[Candidate[str]]) -> Candidate[str]:
    """The same headline to its end, where one source cuts it off: "… for the harbour…"."""
    if not first.value.endswith(CUT_OFF):
        return first
    begun = first.value.rstrip("….").rstrip()
    return next((whole for whole in candidates if whole.value.startswith(begun) and len(whole.value) > len(first.value)), first)


# --- sources


def from_jsonld(page: Page) -> Iterator[Candidate[str]]:
    """Its headline; its name where that is printed, and the headline is not (some encyclopaedias give a summary as headline)."""
    node = page.article
    told = [(name, text, trust) for name, trust in (("headline", 0.95), ("name", 0.8)) if (text := tidy(node.get(name)))]
    if len(told) == 2 and share(told[0][1], told[1][1]) < WORDED_ALIKE:
        heads = {letters(head) for head in printed_heads(page)}
        if letters(told[0][1]) not in heads and letters(told[1][1]) in heads:
            told.reverse()
    for name, text, trust in told[:1]:
        yield Candidate(text, str(node[name]), "jsonld", f"{page.article.get('@type', '')}.{name}", trust)


def from_og(page: Page) -> Iterator[Candidate[str]]:
    for name, content in page.told("og:title", "twitter:title", "dc.title", "headline", "articletitle"):
        text = tidy(content)
        if text:
            yield Candidate(text, content, "og", f"meta[{name}]", 0.85)
            return


def from_h1(page: Page) -> Iterator[Candidate[str]]:
    """The first <h1> that is not the site's name: the one most like the page's title where there are several."""
    blocks = [block for block in page.outline.blocks if block.tag == "h1" and not page.leads_home(block)]
    title = page.meta("og:title") or page.title
    told = letters(title)  # with the kicker or without it
    heads = [(block, text) for block in blocks if (text := tidy(block.text if letters(block.text) in told else without_kicker(block)))]
    if not any(share(text, title) >= ALIKE and not is_before_title(text, page) for _, text in heads):  # the site's or a section's name
        printed = printed_title(page)
        heads = [(printed, tidy(printed.text))] if printed is not None else heads
    if not heads:
        return
    block, text = max(heads, key=lambda head: (share(head[1], title) >= ALIKE, -head[0].index)) if title else heads[0]
    if share(text, title) >= ALIKE or not any(same(text, name) for name in page.site_names):
        yield Candidate(text, block.text, "h1", "h1", 0.8)


def printed_title(page: Page) -> Block | None:
    """The block that the page's title is, or begins with before a separator, or ends in behind one: a lower heading (Joomla, Blogger),
    else a long line, as on pages older than style sheets; a shorter one where the title is nothing else, or a bar or a low line follows.
    """
    title = tidy(page.title)
    lines = []
    for block in page.outline.blocks:
        opens = block.text[:OPENING] == title[:OPENING]
        if not (opens or block.text[-OPENING:] == title[-OPENING:]) or len(block.text) > len(title):
            continue
        is_named = block.tag in LOWER_HEADS and TITLE_CLASS.search(block.owner.get("class") or "") is not None
        if weight(block.text) < LEAST_PRINTED and not is_named:
            continue
        text = tidy(block.text)
        if not opens_title(text, title) and not closes_title(text, title, is_named):
            continue
        if block.tag in LOWER_HEADS:
            return block
        if not block.is_link and block.setting.list is None and not lies_in(block, NO_STORY):
            rest = title[len(text) :]
            if len(text) >= LONG_HEADLINE or not rest or not title.startswith(text) or is_set_off(text, rest):
                lines.append(block)
    return max(lines, key=lambda block: len(block.text), default=None)


def opens_title(text: str, title: str) -> bool:
    """Whether a page's title is `text`, or begins with it before a separator."""
    rest = title[len(text) :]
    return title.startswith(text) and (not rest or SEPARATOR.match(rest) is not None or is_set_off(text, rest))


def closes_title(text: str, title: str, is_named: bool) -> bool:
    """Whether a page's title ends in `text` behind a separator: "Vale Courier: Ferry sinks". What stands before it is shorter, or the page
    names the line a title.
    """
    before = title[: len(title) - len(text)]
    return title.endswith(text) and (is_named or len(before) < len(text)) and ENDS_IN_SEPARATOR.search(before) is not None


def is_before_title(text: str, page: Page) -> bool:
    """Whether an <h1> is what stands before the headline in the page's title, and another block is the headline: the site's name."""
    title = tidy(page.title)
    if 2 * len(text) > len(title) or not title.startswith(text) or not SEPARATOR.match(title, len(text)):
        return False
    printed = printed_title(page)
    return printed is not None and printed.tag in LOWER_HEADS and title[len(text) :].endswith(tidy(printed.text))


def is_set_off(text: str, rest: str) -> bool:
    """Whether what follows a text in the page's title is another part of it. In Chinese and Japanese a hyphen joins no words."""
    return BEHIND_TITLE.match(rest) is not None or (rest[0] in "-–—" and UNSPACED.search(text) is not None)


def from_itemprop(page: Page) -> Iterator[Candidate[str]]:
    for block in page.outline.blocks[:400]:
        if "headline" in (block.owner.get("itemprop") or "").split() and (text := tidy(block.text)):
            yield Candidate(text, block.text, "itemprop", "[itemprop=headline]", 0.8)
            return


def from_title(page: Page) -> Iterator[Candidate[str]]:
    text = tidy(page.title)
    if text:
        yield Candidate(text, page.title, "title", "title", LAST_RESORT)


def from_original(page: Page) -> Iterator[Candidate[str]]:
    """The headline where a Chinese site has the text from: "（原标题：…）"."""
    if UNSPACED.search(page.title):
        for block in page.outline.blocks:
            if text := tidy(original_title(block.text)):
                yield Candidate(text, block.text, "original", "in the text", LAST_RESORT)
                return


RULES = (
    ("jsonld", from_jsonld),
    ("og", from_og),
    ("h1", from_h1),
    ("itemprop", from_itemprop),
    ("title", from_title),
    ("original", from_original),
)


# --- what is cut off


def part(
    candidate: Candidate[str], names: Sequence[str], page: Page, is_section: Callable[[Page, str], bool]
) -> tuple[Candidate[str], str | None]:
    """The headline without site name and label; and the label."""
    text, label = candidate.value, None
    head = text.partition("_")[0].rstrip() if "_" in text and UNSPACED.search(text) else ""
    text = head if weight(head) >= LEAST_PRINTED else text  # "标题_频道_网站"
    if len(text) > 25:
        text = DATE_TAIL.sub("", text)
    while True:
        head, tail = last_segment(text)
        if not head or len(head) < 4:
            break
        if names_site(tail, names):
            text = head
        elif label is None and (is_label(text, head, tail, lambda name: is_section(page, name)) or is_printed(page, text, head, tail)):
            text, label = head, tail
        else:
            text = before_site_name(text, names)
            break
    glued = GLUED_LABEL.search(text) if label is None and text != candidate.value else None
    if glued and is_section(page, glued[1]) and not any(block.tag == "h1" and same(block.text, text) for block in page.outline.blocks):
        text, label = text[: glued.start()], glued[1]
    first, rest = first_segment(text)
    if rest and len(rest) >= 12 and names_site(first, names):
        text = rest if names_site(first, names, whole=True) or letters(rest) in page.headings else text
    first, rest = first_segment(text)
    text = rest if rest and ARCHIVE.fullmatch(first) else text
    if label is None and rest and letters(rest) in page.headings and is_section(page, first):
        text, label = rest, first  # "News | Bridge reopens"
    named = IN_BRACKETS.search(text)
    if named and names_site(named[1], names, whole=True):
        text = text[: named.start()]
    text = next((head for head in printed_heads(page) if is_cut_by(head, text)), text) if SEPARATOR.search(text) else text
    note = None if text == candidate.value else f"cut off: {candidate.value[len(text) :].strip()[:100]}"
    return replace(candidate, value=text, note=note), label


def before_site_name(text: str, names: Sequence[str]) -> str:
    """What stands before the site's name where its motto follows: "Bridge reopens » Vale Post - Paper of the hills"."""
    cuts = list(SEPARATOR.finditer(text))
    for cut, following in pairwise(cuts):
        head = text[: cut.start()].rstrip()
        if weight(head) >= LEAST_PRINTED and names_site(text[cut.end() : following.start()].strip(), names, whole=True):
            return head
    return text


def printed_heads(page: Page) -> Iterator[str]:
    return (tidy(block.text) for block in page.outline.blocks if block.tag == "h1")


def is_cut_by(head: str, text: str) -> bool:
    """Whether a headline goes on behind the printed one: "Bridge reopens to all traffic - The Vale Post - Paper of the hills"."""
    if not text.startswith(head) or head.count(" ") < LEAST_HEAD - 1:
        return False
    behind = SEPARATOR.match(text[len(head) :])
    return behind is not None and ":" not in behind[0]


def is_label(text: str, head: str, tail: str, is_section: Callable[[str], bool]) -> bool:
    """Whether the last segment is a section's label: a short name behind a bar, or the name of a section that the page knows.

    A colon or dash before a section's name may as well be the sentence's own.
    """
    between = text[len(head) : len(text) - len(tail)]
    long_head = len(head.split()) >= LEAST_HEAD
    if any(sign in between for sign in BARS) and long_head and SHORT_LABEL.fullmatch(tail):
        return True
    behind_sign = any(sign in between for sign in BARS + "·•»›/") or (any(sign in between for sign in "–—-") and long_head)
    return behind_sign and len(tail) <= LABEL_LENGTH and is_section(tail)


def is_printed(page: Page, text: str, head: str, tail: str) -> bool:
    """Whether the page prints the headline without its last segment, and that segment on a line of its own."""
    if len(tail) > LABEL_LENGTH or ":" in text[len(head) : len(text) - len(tail)] or len(head) < LEAST_PRINTED:
        return False
    wanted, found = {letters(head), letters(tail)}, set()
    for block in page.outline.blocks:
        if abs(len(block.text) - len(head)) < 10 or len(block.text) <= LABEL_LENGTH:
            found |= wanted & {letters(block.text)}
            if len(found) == 2:
                return True
    return False


def last_segment(text: str) -> tuple[str, str]:
    """("Headline", "Site") of "Headline | Site"; ("", text) where there is no separator."""
    cuts = list(SEPARATOR.finditer(text))
    return (text[: cuts[-1].start()].rstrip(), text[cuts[-1].end() :].strip()) if cuts else ("", text)


def first_segment(text: str) -> tuple[str, str]:
    cut = SEPARATOR.search(text)
    return (text[: cut.start()].rstrip(), text[cut.end() :].strip()) if cut else (text, "")


def own_names(page: Page) -> tuple[str, ...]:
    """Letters of what the site is called: its names and its host's words."""
    host = (urlsplit(page.url).hostname or "").removeprefix("www.")
    words = host.split(".")
    names = [*page.site_names, host, *words[:-1], ".".join(words[-2:])]
    keys = (letters(unaccented(name)) for name in names)
    return tuple(dict.fromkeys(key for key in keys if len(key) >= 2 and key not in ("com", "co", "org", "net", "news")))


def names_site(segment: str, names: Sequence[str], whole: bool = False) -> bool:
    """Whether a segment's letters are the site's name, or part of it, or hold it ("The Valley Gazette Online")."""
    own = letters(unaccented(segment))
    if len(own) < 2 or len(segment) > 60:
        return False
    for name in names:
        if own == name or own == f"the{name}" or name == f"the{own}":
            return True
        if not whole and len(own) >= 3 and (own in name or (len(name) >= 4 and name in own and len(name) >= 0.35 * len(own))):
            return True
    return False


# --- kicker


def read_kicker(page: Page, headline: str) -> str | None:
    """The short line above (or inside) the headline that its class name tells of, without the day that may stand in it."""
    blocks = page.outline.blocks
    place = next((index for index, block in enumerate(blocks) if block.tag == "h1" and share(block.text, headline) >= ALIKE), None)
    if place is None:
        return None
    if inside := kicker_inside(blocks[place]):
        return clean(inside).rstrip(" :")
    beside = blocks[place].owner.getprevious()
    if beside is not None and beside.tag == "span" and marks_kicker((beside.get("class") or "")[:300]):
        text = clean("".join(beside.itertext()), KICKER_LENGTH + 1)
        if len(text) <= KICKER_LENGTH and (named := without_days(text)):
            return named
    for block in blocks[max(0, place - 3) : place + 1]:
        if block.tag == "h1" or len(block.text) > KICKER_LENGTH or not is_kicker(block) or same(block.text, headline):
            continue
        if named := without_days(clean(block.text)):
            return named
    return None


def without_days(text: str) -> str:
    """ "Politics / January 11, 2024" without its days; "" where nothing is left."""
    days = find_moments(text) if DIGIT.search(text) else []
    return f"{text[: days[0].start]} {text[days[-1].end :]}".strip(BETWEEN_FACTS) if days else text


def kicker_inside(block: Block) -> str:
    """The first words of a heading, where the class name of their element says that they are a kicker; else ""."""
    element = block.owner
    while len(element) == 1 and is_blank(element.text):
        element = element[0]
    if len(element) < 2 or not is_blank(element.text):
        return ""
    first = element[0]
    if first.tag not in ("span", "small", "strong", "em", "b", "i") or not marks_kicker((first.get("class") or "")[:300]):
        return ""
    text = " ".join("".join(first.itertext()).split())
    return text if 0 < len(text) <= KICKER_LENGTH and block.text.startswith(text) and len(block.text) > len(text) else ""


def without_kicker(block: Block) -> str:
    return block.text[len(kicker_inside(block)) :].lstrip(" :|·•–—-\n")


def is_kicker(block: Block) -> bool:
    names = " ".join(element.get("class") or "" for element in elements_about(block))
    return marks_kicker(names[:300])


@lru_cache(maxsize=5_000)
def marks_kicker(names: str) -> bool:
    return not set(read_words("kickers")).isdisjoint(phrase for name in names.split() for phrase in phrases(name))


# --- texts

LETTERING = re.compile(
    r"</?(?:a|abbr|acronym|b|bdi|big|br|cite|code|div|em|font|h[1-6]|i|ins|mark|nobr|p|q|s|small|span|strong|sub|sup|time|u|wbr)"
    r"(?:\s[^<>]{0,200})?/?>",
    re.IGNORECASE,
)


def tidy(value: object) -> str:
    """One line; HTML entities read, also twice escaped; tags dropped, but not those that the headline is about ("<script> is no joke")."""
    value = value[0] if isinstance(value, list) and value else value
    if not isinstance(value, str):
        return ""
    text = unescape(unescape(value[: 4 * LENGTH]))
    if "<" in text:
        text = LETTERING.sub("", text)
    return clean(text, LENGTH)


def same(one: str, other: str) -> bool:
    return letters(one) == letters(other)


def share(one: str, other: str) -> float:
    """Share of the shorter text's words that the other has."""
    words, others = set(re.findall(r"\w+", one.casefold())), set(re.findall(r"\w+", other.casefold()))
    return len(words & others) / (min(len(words), len(others)) or 1)
