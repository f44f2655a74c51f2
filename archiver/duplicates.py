"""Whether two stories are copies of one text: wire copy with another lead, a cut tail, a paragraph of its own.

A text is a set of shingles (each run of four words, hashed). What stands in quotation marks is left out: two reporters at one press
conference print the same words of the mayor, and are no copies of each other. The sketch of a text (MinHash, by rensa) is the smallest
hash of its shingles in each of sixteen permutations: two texts that share many shingles share many of these, so a table of them finds
who might be a copy of whom. The verdict is passed on the shingles themselves, never on the sketch.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Set
from dataclasses import dataclass
from html import unescape

from rensa import RMinHash
from xxhash import xxh3_64_intdigest

from archiver.unspaced import UNSPACED

SKETCH = 16  # permutations
SEED = 1  # of these: another one makes other sketches
# What made a sketch. Two that were made otherwise cannot be compared: rensa counts its algorithm up when its hashes become others.
SKETCHED_BY = RMinHash.ALGORITHM_VERSION
FEWEST = 24  # shingles; a text with less of its own is compared as a whole only
LONGEST = 400_000  # characters of a text that are looked at
WORDS_IN_SHINGLE = 4
LETTERS_IN_SHINGLE = 7  # in scripts that put no spaces between words

# Thresholds, see docs/performance.md for what they find and miss. Contained: share of a text's shingles that the other has, too.
ALIKE = 0.33  # Jaccard: the share of common shingles in all shingles of both
ALIKE_AT_HOME = 0.5  # the same for two stories of one site, which likes its own turns of phrase and repeats the background
CONTAINED = 0.7  # a brief cut from a longer story, or a story inside a longer one
CONTAINED_AT_HOME = 0.8
STRANGERS = 0.35  # contained: below it, what one address shows is no edit of what it showed before
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


def runs_of(article_body: str, article_body_html: str = "") -> list[bytes]:
    """The runs of words of its own paragraphs, by a shorter way: most texts need not be cut into paragraphs for it."""
    if "<blockquote" in article_body_html:
        return runs(own_paragraphs(article_body, article_body_html))
    text = _plain(QUOTED.sub(" ", article_body[:LONGEST]))
    if text.isascii():
        return _of_words(text.encode().translate(TO_TOKENS).split())
    return runs([" ".join(TOKEN.findall(text.casefold()))])


def runs(paragraphs: Iterable[str]) -> list[bytes]:
    """What the shingles of a text in folded paragraphs are hashed from: four words each, or seven letters without spaces."""
    text = " ".join(paragraphs)
    if 3 * len(UNSPACED.findall(text, 0, 1_000)) > len(text[:1_000]):
        text = text.replace(" ", "")
        return [text[at : at + LETTERS_IN_SHINGLE].encode() for at in range(len(text) - LETTERS_IN_SHINGLE + 1)]
    return _of_words(text.encode().split())


def shingles(of: Iterable[bytes]) -> Shingles:
    return frozenset(map(xxh3_64_intdigest, of))


def sketch(of: list[bytes]) -> tuple[int, ...]:
    """Of a text's runs, see `marks`; none of a text that is too short to be told from another by parts."""
    return marks(of) if len(of) >= FEWEST else ()


def marks(of: list[bytes]) -> tuple[int, ...]:
    """The smallest hash (32 bits) in each permutation, with the number of the permutation above it."""
    smallest = RMinHash(SKETCH, SEED)
    smallest.update(of)
    return tuple([number << 32 | each for number, each in enumerate(smallest.digest())])


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


def are_strangers(likeness: Likeness) -> bool:
    """Whether two texts of some length have so little in common that neither can be a later form of the other."""
    return max(likeness.contained, likeness.other_contained) < STRANGERS


def without_shared(one: list[str], other: list[str], boilerplate: Set[int]) -> tuple[list[str], list[str]]:
    """Both texts without the paragraphs that they share and that a mark of `boilerplate` comes from.

    It comes from a paragraph that has the same smallest hash as the text: a part cannot have a smaller one than the whole.
    """
    shared = {paragraph for paragraph in set(one) & set(other) if not boilerplate.isdisjoint(marks(runs([paragraph])))}
    return [each for each in one if each not in shared], [each for each in other if each not in shared]


def _of_words(words: list[bytes]) -> list[bytes]:
    return list(map(b" ".join, zip(*(words[start:] for start in range(WORDS_IN_SHINGLE)), strict=False)))


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
