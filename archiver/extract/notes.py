"""What a newsroom says about its own text: corrections, clarifications, updates, editor's notes."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from functools import cache
from html import unescape
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from archiver.extract.blocks import Block, lies_in
from archiver.extract.dates import is_month_first
from archiver.extract.evidence import clean
from archiver.extract.moments import find_moments, read_moment
from archiver.extract.page import Page
from archiver.extract.words import read_words
from archiver.records import Correction

NOTE_LENGTH = 3_000  # characters
LABEL_LENGTH = 40
BLOCK_LENGTH = 1_200  # of a block outside the text; longer ones are another text
MAX_NOTES = 30
REMARK = "remark"  # a label that opens remarks of any kind: a note where one follows
MIN_WORDS = 3  # beside the date: "Updated: 18 November 2019" is a time stamp, not a note
DATE_WITHIN = 160  # characters of a sentence in which its date stands

BULLET = re.compile(r"[\s*•†‡+>»«\"“”„'‘’()\[\]{}【】〈〉《》■□●◆▲▼※—–―-]+")
# What may stand between a label and its text: nothing, or a date ("Correction, Nov. 3, 2019: …", "UPDATE 2:15 p.m.: …")
AFTER_LABEL = re.compile(
    r"\s*(?:[,(\[–—|/-]?\s*(?P<when>[^\n]{0,40}?\d[^\n]{0,40}?)\s*[)\]]?)??\s*(?:[:：】\]](?=\D|\s|$)|\s?[–—]\s|\s-\s|(?<!\d)\.\s|\n|$)"
)
WORD = re.compile(r"[^\W\d_]{2,}")
STAMP = re.compile(r"[\W\d年月日時时分秒오전오후년월일시]+")
WIDE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\u0e00-\u0e7f]")
ELSEWHERE = frozenset({"nav", "footer", "related", "comments", "ads", "newsletter", "hidden", "ui", "share"})


def read_notes(paragraphs: Sequence[str], page: Page) -> tuple[Correction, ...]:
    """Notes on the story, in their order: in its text, beside it, and in JSON-LD (schema.org `correction`)."""
    found: dict[str, Correction] = {}
    for note in [*notes_in(paragraphs, page), *notes_in(beside(page), page, set(paragraphs)), *declared(page)]:
        key = key_of(note.text)
        if not any(key in other or other in key for other in found):
            found[key] = note
    return tuple(found.values())[:MAX_NOTES]


def key_of(text: str) -> str:
    return "".join(WORD.findall(text.casefold())) or text


def beside(page: Page) -> list[str]:
    """Lines outside navigation, other stories and comments; after a short one also the next, which may be its text."""
    blocks = page.outline.blocks
    lines: dict[int, str] = {}
    for index, block in enumerate(blocks):
        if len(block.text) <= BLOCK_LENGTH and is_sifted(block.text) and not block.is_link and not is_elsewhere(block):
            lines[index] = block.text
            after = blocks[index + 1] if len(block.text) <= LABEL_LENGTH and index + 1 < len(blocks) else None
            if after is not None and len(after.text) <= BLOCK_LENGTH and not after.is_link:
                lines[index + 1] = after.text
    return list(lines.values())


def is_elsewhere(block: Block) -> bool:
    return lies_in(block, ELSEWHERE) or block.tag == "h1" or block.setting.caption is not None


def notes_in(paragraphs: Sequence[str], page: Page, text: Collection[str] | None = None) -> Iterator[Correction]:
    """Notes in their order. `text`: the story's paragraphs, where others are given; what is not among them stands in a box of its own."""
    label: Correction | None = None  # stands alone: its text is the next paragraph
    for index, paragraph in enumerate(paragraphs):
        note = read_note(paragraph, page) if is_sifted(paragraph) else None
        if note is not None and note.text:
            yield note  # also below a heading: "Corrections and clarifications"
            label = None
        elif label is not None:
            if has_words(paragraph):
                yield replace(label, text=clean(paragraph, NOTE_LENGTH))
            label = None
        elif note is not None and note.date and note.kind != "update" and index < 2 and not is_followed(paragraphs, index, page):
            yield replace(note, text=clean(paragraph, NOTE_LENGTH))  # "Correction appended, May 16, 2024" above the text
        elif note is not None and note.kind != "update" and (index < 2 or index >= len(paragraphs) - 4 or is_apart(paragraph, text)):
            label = note  # in the middle of a text it is a subhead: "Correction" in a story about shares
    if label is not None and label.date:
        yield replace(label, text=clean(paragraphs[-1], NOTE_LENGTH))


def is_followed(paragraphs: Sequence[str], index: int, page: Page) -> bool:
    """Whether the paragraph behind a dated label is the note itself."""
    following = paragraphs[index + 1] if index + 1 < len(paragraphs) else ""
    note = read_note(following, page) if is_sifted(following) else None
    return note is not None and bool(note.text)


def is_apart(paragraph: str, text: Collection[str] | None) -> bool:
    return text is not None and paragraph not in text


def read_note(paragraph: str, page: Page) -> Correction | None:
    """The note that a paragraph is, or None. A label that stands alone gives a note without text."""
    text = paragraph[:NOTE_LENGTH].strip()
    bullet = BULLET.match(text)
    start = bullet.end() if bullet else 0
    openers = openings().get(text[start : start + 2].casefold(), NO_OPENERS)
    label = None  # without a text: a sentence that opens with the same words may be the note ("Mis à jour à 15h avec …")
    for kind, end in labels_at(text, start, openers):
        after = AFTER_LABEL.match(text, end)
        if after is None:
            continue
        when, rest = after["when"], text[after.end() :]
        dated = date_of(when, page) if when else None
        if kind == REMARK:
            if not when and (note := read_note(rest.lstrip(), page)) and note.text:
                return replace(note, text=clean(text, NOTE_LENGTH))
            continue
        if has_words(rest):
            return Correction(kind, clean(text, NOTE_LENGTH), dated)
        label = Correction(kind, "", dated) if not rest.strip(" .:*)]") else None
        break
    for kind, sentence in openers.sentences:
        if sentence.match(text, start):
            return Correction(kind, clean(text, NOTE_LENGTH), date_of(text[:DATE_WITHIN], page))
    return label


def has_words(text: str) -> bool:
    """Whether more than a time stamp is left."""
    text = text[:400]
    if WIDE.search(text):
        return len(STAMP.sub("", text)) > 4
    return sum(word.casefold() not in clock_words() for word in WORD.findall(text)) >= MIN_WORDS


@cache
def clock_words() -> frozenset[str]:
    return frozenset(read_words("clock_words"))


def is_sifted(paragraph: str) -> bool:
    """Whether a paragraph opens with two letters that some note opens with: most do not, and cost nothing more."""
    if paragraph[:1].isalpha():
        return paragraph[:2].casefold() in openings()
    bullet = BULLET.match(paragraph)
    at = bullet.end() if bullet else 0
    return paragraph[at : at + 2].casefold() in openings()


class Openers(NamedTuple):
    """What a note may open with, of one pair of letters."""

    labels: tuple[tuple[str, str], ...]  # (label in small letters, kind), longest first
    sentences: tuple[tuple[str, re.Pattern[str]], ...]


NO_OPENERS = Openers((), ())


@cache
def openings() -> dict[str, Openers]:
    """First two letters ▶ what notes open with."""
    labels: dict[str, dict[str, str]] = {}
    for line in read_words("note_labels"):
        kind, _, names = line.partition(":")
        for label in (name.strip().casefold().replace("’", "'") for name in names.split(",")):
            labels.setdefault(label[:2], {}).setdefault(label, kind)
    sentences: dict[str, list[tuple[str, re.Pattern[str]]]] = {}
    for line in read_words("note_sentences"):
        kind, _, pattern = line.partition(":")
        sentences.setdefault(pattern.strip()[:2], []).append((kind, re.compile(pattern.strip(), re.I)))
    return {
        letters: Openers(
            tuple(sorted(labels.get(letters, {}).items(), key=lambda item: -len(item[0]))),
            tuple(sentences.get(letters, ())),
        )
        for letters in labels.keys() | sentences.keys()
    }


def labels_at(text: str, start: int, openers: Openers) -> Iterator[tuple[str, int]]:
    """(kind, end) of each label that the text opens with, longest first."""
    opening = text[start : start + LABEL_LENGTH].casefold().replace("’", "'")
    for label, kind in openers.labels:
        if opening.startswith(label):
            follows = opening[len(label) : len(label) + 1]
            if not follows.isalnum() or WIDE.search(label):
                yield kind, start + len(label)


def date_of(text: str, page: Page) -> str | None:
    """The first date in a text, ISO 8601, as exact as it is printed. A missing year is the one nearest to the fetch."""
    language = page.tree.get("lang")
    month_first = is_month_first(language, urlsplit(page.url).hostname or "")
    found = find_moments(text, language, month_first, page.fetched_at.date())
    return found[0].moment.iso if found else None


def declared(page: Page) -> Iterator[Correction]:
    """`correction` of the story's JSON-LD node: a text or a CorrectionComment."""
    for value in page.graph.many(page.article.get("correction")):
        text, moment = (
            (value.get("text") or value.get("description") or value.get("name"), value) if isinstance(value, dict) else (value, {})
        )
        if isinstance(text, str) and "://" not in text[:10] and (text := clean(unescape(text), NOTE_LENGTH)):
            yield Correction("correction", text, declared_date(moment))


def declared_date(node: dict[str, Any]) -> str | None:
    value = node.get("datePublished") or node.get("dateCreated")
    moment = read_moment(value) if isinstance(value, str) else None
    return moment.iso if moment else None
