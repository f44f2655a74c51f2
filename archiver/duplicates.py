"""Whether two stories are copies of one text: wire copy with another lead, a cut tail, a paragraph of its own.

A text is a set of shingles (each run of four words, hashed). What stands in quotation marks is left out: two reporters at one press
conference print the same words of the mayor, and are no copies of each other. The sketch of a text is its sixteen smallest hashes
(MinHash in Broder's form): two texts that share many shingles share many of these, so a table of them finds who might be a copy of
whom. The verdict is passed on the shingles themselves, never on the sketch.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from html import unescape

from xxhash import xxh3_64_intdigest

SKETCH = 16  # hashes kept of a text
HASH_BITS = 48  # of each: SQLite keeps such a number in six bytes
FEWEST = 24  # shingles; a text with less of its own is compared as a whole only
LONGEST = 400_000  # characters of a text that are looked at
WORDS_IN_SHINGLE = 4
LETTERS_IN_SHINGLE = 7  # in scripts that put no spaces between words

# Thresholds, see docs/performance.md for what they find and miss. Contained: share of a text's shingles that the other has, too.
ALIKE = 0.33  # Jaccard: the share of common shingles in all shingles of both
ALIKE_AT_HOME = 0.5  # the same for two stories of one site, which likes its own turns of phrase and repeats the background
CONTAINED = 0.7  # a brief cut from a longer story, or a story inside a longer one
CONTAINED_AT_HOME = 0.8
KIN = 0.2  # contained: a cluster's member must at least be this much of its earliest copy, or the other way round

# Quotations end with their paragraph at the latest: where one goes on over several, each begins with the opening mark and only the
# last has the closing one. The apostrophe is no closing mark before a letter (don’t), nor an opening one after it.
# All opening marks stand first in one class: so re looks for them ten times as fast as for alternatives that each begin with their own.
QUOTED = re.compile(
    r"""
    ["“„”‟«»‹「『《‘] (?:
        (?<=") [^"\n]*"?
      | (?<=[“„”‟]) [^“”„\n]*[“”]?
      | (?<=[«»]) [^«»\n]*[«»]?
      | (?<=‹) [^›\n]*›?
      | (?<=「) [^」\n]*」?
      | (?<=『) [^』\n]*』?
      | (?<=《) [^》\n]*》?
      | (?<=‘)(?<!\w‘) (?:[^\n‘’]|’(?=\w))*’?
    )
    """,
    re.VERBOSE,
)
TAG = re.compile(r"<[^<>]*>")
PARAGRAPHS = re.compile(r"\n\s*\n")
TOKEN = re.compile(r"[^\W_]+")
TYPESET = "’‘“”–—•"  # signs that stand in texts that are ASCII otherwise
TO_TOKENS = bytes(ord(chr(code).lower() if chr(code).isalnum() else " ") for code in range(128)).ljust(
    256
)  # finds what TOKEN does in ASCII
UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")

Shingles = frozenset[int]  # hashes of 64 bits


@dataclass(frozen=True, slots=True)
class Likeness:
    """How much two texts have in common, both ways."""

    contained: float  # share of the first one's shingles that the second has
    other_contained: float  # share of the second one's that the first has
    alike: float  # common ones as a share of all (Jaccard)
    common: int  # how many are common


def own_paragraphs(article_body: str, article_body_html: str = "") -> list[str]:
    """The paragraphs of a body without what it quotes: words in small letters with one space between, no signs.

    A quotation that is set off without marks is told by its <blockquote> in the HTML.
    """
    paragraphs = _folded(QUOTED.sub(" ", article_body[:LONGEST]))
    if "<blockquote" in article_body_html:
        quoted = {paragraph.replace(" ", "") for paragraph in _set_off(article_body_html[:LONGEST])}
        return [paragraph for paragraph in paragraphs if paragraph.replace(" ", "") not in quoted]
    return paragraphs


def shingles_of(article_body: str, article_body_html: str = "") -> Shingles:
    """The shingles of its own paragraphs, by a shorter way: most texts need not be cut into paragraphs for it."""
    if "<blockquote" in article_body_html:
        return shingles(own_paragraphs(article_body, article_body_html))
    text = _plain(QUOTED.sub(" ", article_body[:LONGEST]))
    return _runs(text.encode().translate(TO_TOKENS).split()) if text.isascii() else shingles([" ".join(TOKEN.findall(text.casefold()))])


def shingles(paragraphs: Iterable[str]) -> Shingles:
    """The shingles of a text in folded paragraphs."""
    text = " ".join(paragraphs)
    if 3 * len(UNSPACED.findall(text, 0, 1_000)) > len(text[:1_000]):
        text = text.replace(" ", "")
        width = LETTERS_IN_SHINGLE
        return frozenset(xxh3_64_intdigest(text[at : at + width].encode()) for at in range(len(text) - width + 1))
    return _runs(text.encode().split())


def sketch(of: Shingles) -> tuple[int, ...]:
    """Its smallest hashes, rising; none of a text that is too short to be told from another by parts."""
    if len(of) < FEWEST:
        return ()
    enough = 5 * SKETCH * 2**64 // (2 * len(of))  # below it lie two and a half times as many as are needed: only these are sorted
    least = [each for each in of if each < enough]
    return tuple([each >> (64 - HASH_BITS) for each in sorted(least if len(least) >= SKETCH else of)[:SKETCH]])


def compare(one: Shingles, other: Shingles) -> Likeness:
    common = len(one & other)
    return Likeness(
        common / len(one) if one else 0.0,
        common / len(other) if other else 0.0,
        common / (len(one) + len(other) - common) if common else 0.0,
        common,
    )


def are_copies(likeness: Likeness, same_site: bool) -> bool:
    """The verdict on two stories."""
    if likeness.common < FEWEST:
        return False
    contained = max(likeness.contained, likeness.other_contained)
    if same_site:
        return likeness.alike >= ALIKE_AT_HOME or contained >= CONTAINED_AT_HOME
    return likeness.alike >= ALIKE or contained >= CONTAINED


def are_kin(likeness: Likeness) -> bool:
    """Whether a story may stand in a cluster beside its earliest copy, when another member is its copy.

    Texts drift on their way from desk to desk; without this a chain of copies would tie stories together that share nothing.
    """
    return likeness.common >= FEWEST and max(likeness.contained, likeness.other_contained) >= KIN


def without_shared(one: list[str], other: list[str], boilerplate: Collection[int]) -> tuple[list[str], list[str]]:
    """Both texts without the paragraphs that they share and that hold a shingle of `boilerplate`."""
    shared = {paragraph for paragraph in set(one) & set(other) if _holds(shingles([paragraph]), boilerplate)}
    return [each for each in one if each not in shared], [each for each in other if each not in shared]


def _holds(of: Shingles, hashes: Collection[int]) -> bool:
    return any(each >> (64 - HASH_BITS) in hashes for each in of)


def _runs(words: list[bytes]) -> Shingles:
    runs = zip(*(words[start:] for start in range(WORDS_IN_SHINGLE)), strict=False)
    return frozenset(map(xxh3_64_intdigest, map(b" ".join, runs)))


def _plain(text: str) -> str:
    """As few other characters as can be without another word."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
        for sign in TYPESET:
            text = text.replace(sign, " ")
    return text


def _folded(text: str) -> list[str]:
    """Paragraphs as words in small letters."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    folded = (" ".join(TOKEN.findall(paragraph)) for paragraph in PARAGRAPHS.split(text.casefold()))
    return [paragraph for paragraph in folded if paragraph]


def _set_off(html: str) -> Iterable[str]:
    for part in html.split("<blockquote")[1:]:
        block = part.partition(">")[2].partition("</blockquote")[0]
        yield from _folded(unescape(TAG.sub(" ", block.replace("</p>", "\n\n"))))
