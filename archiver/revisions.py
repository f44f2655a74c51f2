"""What changed between two texts: whether anything did that a reader would call a change, which sentences, which words."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import Match, SequenceMatcher
from itertools import accumulate, groupby, zip_longest

from archiver.unspaced import UNSPACED_LETTERS, count_words

Part = tuple[str, str]  # (op, text); op is "equal", "delete" (only in the old text) or "insert" (only in the new)

PARAGRAPH = re.compile(r".*?(?:\n\s*\n|\Z)", re.DOTALL)  # a paragraph with the blank line after it
# Words, spaces and signs stand alone, so that a comma put behind a word does not change the word. Scripts that put no spaces
# between words are compared letter by letter.
WORD = re.compile(
    rf"[{UNSPACED_LETTERS}]"
    rf"|[^\W{UNSPACED_LETTERS}]+(?:['’.,-][^\W]+)*|\s+|[^\w\s]"
)
ALIKE = 0.4  # share of common words from which two paragraphs are one paragraph, edited
# Equal pairs (a word here, the same word there) that may be looked at in one comparison; difflib takes about a second for these.
# Two real stories of 3,000 words rewritten as one paragraph have about 90,000. What is beyond is replaced whole.
MAX_PAIRS = 150_000
# Tokens and pairs that difflib may look at for it: for each stretch that is equal it goes through what is left once more. The two stories
# above take a million; beyond, what difflib has found by then is the comparison, and the rest is replaced.
MAX_STEPS = 8_000_000
MAX_PARAGRAPH_PAIRS = 2_500
SENTENCE_PAIRS = 20_000  # equal sentences looked at when a revision is stored: a tenth of a second
SENTENCE_STEPS = 2_000_000
SENTENCE_LENGTH = 2_000  # characters of a sentence that are looked at
SHORT_SENTENCE = 6  # words; one short sentence in place of another is that sentence, changed, though they share no word

# Beside letters and digits these carry meaning: marks that are vowels in many scripts, currencies (Sc), and per cent.
MEANING = {"Mn", "Mc", "Sc"}
# A number with what stands inside it ("4-1", "10:30", "1.5") and a minus before it; a dash between words is none.
FIGURE = re.compile(r"(?:(?<![^\s(\[])[-−–])?\d+(?:[.,:'’/−–-]\d+)*")
SPACED_THOUSANDS = re.compile(r"(?<=\d) (?=\d{3}(?!\d))")
THOUSANDS = re.compile(r"-?\d{1,3}(?:[.,'’]\d{3})+|-?\d{1,2}(?:,\d\d)+,\d{3}")  # 1,250,000; in India 12,50,000
SEPARATORS = str.maketrans("−–,:'’", "--....")
# The look behind: a row of dots is looked at once, not once from each of its dots.
SENTENCE_END = re.compile(r"(?<![.!?…؟।॥])[.!?…؟।॥]+[\"'”’»)\]]*(?=\s+\S)|[。！？]+[」』”）]*")
LAST_WORD = re.compile(r"\w+\Z")
ABBREVIATED = frozenset(
    (
        *("dr", "mr", "mrs", "ms", "prof", "st", "mme", "ing", "lic", "dott", "hr", "fr", "sig", "sra", "gov", "sen", "rep", "gen", "col"),
        *("lt", "sgt", "capt", "maj", "rev", "hon", "sr", "jr", "inc", "co", "corp", "ltd", "no", "nr", "art", "vs", "pres", "ca", "bzw"),
        *("jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec"),
    )
)


@dataclass(slots=True)
class Budget:
    """What one comparison may still cost: a page is a stranger's, and could be made to take hours."""

    pairs: int = MAX_PAIRS
    steps: int = MAX_STEPS

    def allows(self, a: Sequence[str], b: Sequence[str]) -> bool:
        """Whether comparing these is within the budget; takes it off when it is."""
        counts = Counter(b)
        pairs = sum(counts[token] for token in a if not token.isspace())
        if pairs > self.pairs:
            return False
        self.pairs -= pairs
        return True


class Matcher(SequenceMatcher[str]):
    """difflib's, that finds nothing more once the steps of its budget are taken."""

    def __init__(self, a: Sequence[str], b: Sequence[str], budget: Budget) -> None:
        super().__init__(str.isspace, a, b, autojunk=False)
        self.budget, counts = budget, Counter(b)
        self.steps = list(accumulate((1 if token.isspace() else 1 + counts[token] for token in a), initial=0))  # up to each token

    def find_longest_match(self, alo: int = 0, ahi: int | None = None, blo: int = 0, bhi: int | None = None) -> Match:
        steps = self.steps[-1 if ahi is None else ahi] - self.steps[alo]
        if steps > self.budget.steps:
            return Match(alo, blo, 0)
        self.budget.steps -= steps
        return super().find_longest_match(alo, ahi, blo, bhi)


class Letters(dict[int, int | None]):
    """For str.translate: what is neither letter, digit nor of other meaning is left out."""

    def __missing__(self, code: int) -> int | None:
        sign = chr(code)
        self[code] = code if sign.isalnum() or sign in "%‰" or unicodedata.category(sign) in MEANING else None
        return self[code]


LETTERS = Letters()


@dataclass(frozen=True, slots=True)
class SentenceChange:
    """A sentence that one text has and the other has not, or has in other words."""

    kind: str  # removed, added, changed, moved
    before: str | None
    after: str | None


def signature(text: str | None) -> str:
    """What is left of a text when punctuation, quotes, spacing and case do not count: equal for texts with a cosmetic difference.

    Figures count as printed, but for their thousands: 4-1 is not 41, 1.5 is not 15, -5 is not 5; 1,000 is 1.000 and 1 000.
    """
    plain = unicodedata.normalize("NFKC", text or "").casefold()
    letters = plain.translate(LETTERS)
    figures = [figure_of(found[0]) for found in FIGURE.finditer(SPACED_THOUSANDS.sub("", plain))]
    return f"{letters}\n{' '.join(figures)}" if letters else ""


def figure_of(printed: str) -> str:
    plain = printed.translate(SEPARATORS)
    return re.sub(r"[.,'’]", "", plain) if THOUSANDS.fullmatch(printed.replace("−", "-").replace("–", "-")) else plain


def sentences(text: str) -> list[str]:
    """The sentences of a text in their order. Where an abbreviation ends is a guess; two that are taken for one do no harm."""
    found = []
    for line in text.split("\n"):
        start = 0
        for end in SENTENCE_END.finditer(line):
            if end[0][0] != "." or not goes_on(line, end.start(), end.end()):
                found.append(line[start : end.end()].strip())
                start = end.end()
        found.append(line[start:].strip())
    return [sentence for sentence in found if sentence]


def goes_on(line: str, dot: int, end: int) -> bool:
    """Does the sentence go on behind this full stop? After "Dr.", "Nov.", "U.S." it does, and before a small letter."""
    word = LAST_WORD.search(line[max(0, dot - 12) : dot])
    if word and (word[0].casefold() in ABBREVIATED or (len(word[0]) == 1 and word[0].isupper())):
        return True
    return line[end : end + 3].strip()[:1].islower()


def diff_sentences(old: str, new: str) -> list[SentenceChange]:
    """The sentences in which two texts differ by more than punctuation, in the order of the new text. Bounded in time."""
    a, b = keyed(old), keyed(new)
    blocks = [
        (a[i1:i2], b[j1:j2])
        for op, i1, i2, j1, j2 in opcodes([key for key, _ in a], [key for key, _ in b], Budget(SENTENCE_PAIRS, SENTENCE_STEPS))
        if op != "equal" and (i1 < i2 or j1 < j2)
    ]
    moved = Counter(key for before, _ in blocks for key, _ in before) & Counter(key for _, after in blocks for key, _ in after)
    came, left = moved.copy(), moved.copy()
    found: list[SentenceChange] = []
    for before, after in blocks:
        stayed = [each for key, each in before if not take(left, key)]
        arrived = [(each, take(came, key)) for key, each in after]
        found += pair_sentences(stayed, [each for each, is_moved in arrived if not is_moved])
        found += [SentenceChange("moved", each, each) for each, is_moved in arrived if is_moved]
    return found


def keyed(text: str) -> list[tuple[str, str]]:
    """(signature, sentence) of each sentence that has letters."""
    found = [(signature(sentence[:SENTENCE_LENGTH]), sentence) for sentence in sentences(text)]
    return [(key, sentence) for key, sentence in found if key]


def take(counted: Counter[str], key: str) -> bool:
    """Whether one of these is left to be taken; takes it."""
    if counted[key] <= 0:
        return False
    counted[key] -= 1
    return True


def pair_sentences(before: Sequence[str], after: Sequence[str]) -> Iterator[SentenceChange]:
    """Sentences that are alike are one sentence, changed; the rest was removed or added."""
    words = [set(word_keys(sentence[:SENTENCE_LENGTH])) for sentence in before]
    i = 0
    for j, sentence in enumerate(after):
        only = len(before) == len(after) == 1 and len(words[0]) < SHORT_SENTENCE
        partner = 0 if only else find_partner(words, i, sentence[:SENTENCE_LENGTH], len(after) - j)
        if partner is None:
            yield SentenceChange("added", None, sentence)
            continue
        yield from (SentenceChange("removed", gone, None) for gone in before[i:partner])
        yield SentenceChange("changed", before[partner], sentence)
        i = partner + 1
    yield from (SentenceChange("removed", gone, None) for gone in before[i:])


def diff_words(old: str, new: str) -> list[Part]:
    """The parts of both texts in reading order, neighbours always of different op.

    The texts of "equal" and "delete" joined are `old`; those of "equal" and "insert" joined are `new`.
    """
    return joined(part for paragraph in diff_paragraphs(old, new) for part in paragraph)


def diff_paragraphs(old: str, new: str) -> list[list[Part]]:
    """The same parts, one list per paragraph of either text.

    A paragraph of one part was kept, added or removed whole; one of several parts was edited.
    """
    before, after, budget = paragraphs(old), paragraphs(new), Budget()
    found: list[list[Part]] = []
    for op, i1, i2, j1, j2 in opcodes([p.strip() for p in before], [p.strip() for p in after], budget):
        if op == "equal":
            found += [diff_paragraph(a, b, budget) for a, b in zip(before[i1:i2], after[j1:j2], strict=True)]
        else:
            found += diff_block(before[i1:i2], after[j1:j2], budget)
    return found


def paragraphs(text: str) -> list[str]:
    """Paragraphs with the blank line that ends each; joined they are the text."""
    return [paragraph for paragraph in PARAGRAPH.findall(text) if paragraph]


def changed_words(parts: Iterable[Part]) -> tuple[int, int]:
    """(words removed, words added)"""
    counts = {"equal": 0, "delete": 0, "insert": 0}
    for op, text in parts:
        counts[op] += count_words(text)
    return counts["delete"], counts["insert"]


def diff_block(before: Sequence[str], after: Sequence[str], budget: Budget) -> Iterator[list[Part]]:
    """Paragraphs that differ: those that are alike are paired in their order, the rest is removed or added whole."""
    words = [set(word_keys(paragraph)) for paragraph in before]
    i = 0
    for j, paragraph in enumerate(after):
        partner = find_partner(words, i, paragraph, len(after) - j)
        if partner is None:
            yield [("insert", paragraph)]
            continue
        yield from ([("delete", gone)] for gone in before[i:partner])
        yield diff_paragraph(before[partner], paragraph, budget)
        i = partner + 1
    yield from ([("delete", gone)] for gone in before[i:])


def find_partner(words: Sequence[set[str]], start: int, paragraph: str, left: int) -> int | None:
    """Number of the paragraph (given by its words), from `start` on, that is most like this one; None when none is alike."""
    if (len(words) - start) * left > MAX_PARAGRAPH_PAIRS:
        return None
    own = set(word_keys(paragraph))
    likeness = {i: alike(own, words[i]) for i in range(start, len(words))}
    best = max(likeness, key=lambda i: likeness[i], default=None)
    return best if best is not None and likeness[best] >= ALIKE else None


def word_keys(text: str) -> list[str]:
    return [word for word in WORD.findall(text) if word[0].isalnum()]


def alike(words: set[str], others: set[str]) -> float:
    """Common words as a share of the smaller set: a paragraph that was cut in half is still itself."""
    return len(words & others) / max(1, min(len(words), len(others)))


def diff_paragraph(old: str, new: str, budget: Budget) -> list[Part]:
    """One paragraph against its later self."""
    if old == new:
        return [("equal", old)]
    a, b = WORD.findall(old), WORD.findall(new)
    parts: list[Part] = []
    for op, i1, i2, j1, j2 in opcodes(a, b, budget):
        if op == "equal":
            parts.append(("equal", "".join(a[i1:i2])))
        else:
            parts += [("delete", "".join(a[i1:i2])), ("insert", "".join(b[j1:j2]))]
    return calm(joined(parts))


def opcodes(a: Sequence[str], b: Sequence[str], budget: Budget) -> Iterator[tuple[str, int, int, int, int]]:
    """difflib's opcodes, without the equal beginning and end that most edits leave, and within the budget."""
    start = common_start(a, b)
    end = min(common_start(a[::-1], b[::-1]), len(a) - start, len(b) - start)
    middle_a, middle_b = a[start : len(a) - end], b[start : len(b) - end]
    yield "equal", 0, start, 0, start
    if budget.allows(middle_a, middle_b):
        for op, i1, i2, j1, j2 in Matcher(middle_a, middle_b, budget).get_opcodes():
            yield op, start + i1, start + i2, start + j1, start + j2
    else:
        yield "replace", start, len(a) - end, start, len(b) - end
    yield "equal", len(a) - end, len(a), len(b) - end, len(b)


def common_start(a: Sequence[str], b: Sequence[str]) -> int:
    """How many tokens both begin with."""
    return next((i for i, (x, y) in enumerate(zip_longest(a, b)) if x != y), len(a))


def calm(parts: list[Part]) -> list[Part]:
    """Two edits with no more than a short word between them are read as one edit.

    Else a rewritten sentence looks like confetti: every "the" that both sentences happen to have stands between two marks.
    """
    calmed: list[Part] = []
    for i, (op, text) in enumerate(parts):
        if op == "equal" and 0 < i < len(parts) - 1 and is_crumb(text):
            calmed += [("delete", text), ("insert", text)]
        else:
            calmed.append((op, text))
    return joined(calmed)


def is_crumb(text: str) -> bool:
    """Spaces, or one short word. A sign is none: it ends a clause, and edits on its two sides are two."""
    word = text.strip()
    return not word or (len(word) <= 3 and word.isalnum())


def joined(parts: Iterable[Part]) -> list[Part]:
    """Neighbours of one op as one part, what was deleted before what was inserted, nothing empty."""
    found: list[Part] = []
    for is_kept, group in groupby((part for part in parts if part[1]), key=lambda part: part[0] == "equal"):
        texts = list(group)
        for op in ("equal",) if is_kept else ("delete", "insert"):
            text = "".join(text for of, text in texts if of == op)
            if text:
                found.append((op, text))
    return found
