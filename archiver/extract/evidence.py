"""What speaks for a value: candidates in the order of trust, and the record of which one won."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

from archiver.records import Evidence

T = TypeVar("T", covariant=True)

RAW_LENGTH = 500  # characters of a raw value that are kept
CONTROL = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\u00ad]"
)
WIDE = re.compile(r"[\u2e80-\u9fff\uac00-\ud7af]+")  # signs that stand for a syllable or a word


@dataclass(frozen=True, slots=True)
class Candidate(Generic[T]):
    """One source's word for a field."""

    value: T
    raw: str  # as it stood on the page
    method: str  # name of the rule
    locator: str  # where on the page
    confidence: float  # 0 to 1
    note: str | None = None  # how it was mended, or why it was refused

    def as_evidence(self, field: str, chosen: bool) -> Evidence:
        return Evidence(field, self.raw[:RAW_LENGTH], self.method, self.locator, self.confidence, chosen, self.note)


def choose(field: str, candidates: Iterable[Candidate[T]]) -> tuple[T | None, tuple[Evidence, ...]]:
    """The first candidate's value, with evidence for it and for each source that says something else."""
    found = list(candidates)
    if not found:
        return None, ()
    first, *others = found
    told = {repr(first.value)}
    evidence = [first.as_evidence(field, True)]
    for other in others:
        if repr(other.value) not in told:
            told.add(repr(other.value))
            evidence.append(other.as_evidence(field, False))
    return first.value, tuple(evidence)


def weight(text: str) -> int:
    """Characters; one that stands for a syllable or a word counts twice."""
    return len(text) if text.isascii() else len(text) + sum(map(len, WIDE.findall(text)))


def clean(text: object, limit: int = 2_000) -> str:
    """A value as one line: one space between words, without control and invisible characters."""
    if not text:
        return ""
    kept = str(text)[: 4 * limit]
    if kept.isprintable():
        return (" ".join(kept.split()) if "  " in kept else kept.strip(" "))[:limit]
    return " ".join(CONTROL.sub("", kept).split())[:limit]


def unaccented(text: str) -> str:
    """Small letters without their accents, for comparing what is printed with what stands in addresses."""
    if text.isascii():
        return text.lower()
    plain = unicodedata.normalize("NFKD", text.casefold().replace("ß", "ss").replace("ø", "o"))
    return "".join(letter for letter in plain if not unicodedata.combining(letter))
