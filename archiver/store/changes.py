"""What kind of change it is when a story's text is no longer the same, and which of its changes a note explains."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from archiver.revisions import SentenceChange, sentences, signature
from archiver.unspaced import UNSPACED_LETTERS

NOTED = {"correction": "correction", "clarification": "correction"}  # kind of note ▶ class of change; any other note: update
A_MINUTE_S = 60  # pages print their dates to the minute; one and the same save has seconds of difference in two places of a page

NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")
NAME = re.compile(r"\b[^\W\d_a-z][^\W\d_]+")  # a word with a capital letter
LONG_WORD = re.compile(r"[^\W\d_]{4,}")
UNSPACED = re.compile(rf"(?=([{UNSPACED_LETTERS}\uac00-\ud7af]{{2}}))")
STEM = 6  # letters of a word that are compared: "rejected" is "reject"
LABEL_LENGTH = 40  # of a line such as "CORRECTION" above its note
# Words with which notes of many languages speak of themselves: they tell nothing about what was changed.
GENERIC_WORDS = """
the and its his her our but for not this that story article report text piece version earlier previous original originally correction
corrected corrects clarification clarified update updated updates amended amend editor note editors misstated incorrect incorrectly wrong
said says stated state stating given gave with from have been were when which will would their they there about after before more than
also show include included information details reflect fixed mistake error published headline caption photo
der die das den dem des ein und dieser diesem dieses artikel artikels frühere früheren fassung korrektur wurde wurden stand hatte haben
nicht sondern eine einen einer anmerkung redaktion aktualisiert aktualisierung berichtigung hieß zuvor
les une cette précédente rectificatif erratum indiquait avec pour dans était mise jour texte rédaction contrairement
los las del esta este artículo versión anterior corrección errores decía aclaración actualización noticia nota texto para como sino
dos das uma matéria reportagem texto versão errata correção informava atualizada atualização
gli questo articolo versione precedente rettifica correzione aggiornamento
het een eerdere versie rectificatie correctie stond det den artikeln tidigare version rättelse stod
"""
GENERIC = frozenset(word[:STEM] for word in GENERIC_WORDS.split())


@dataclass(frozen=True, slots=True)
class Version:
    """What is compared."""

    headline: str | None
    article_body: str
    date_modified_utc: str | None  # the newest that was declared while this text stood
    abstract: str | None = None
    date_published_utc: str | None = None


@dataclass(frozen=True, slots=True)
class Change:
    change: str  # headline, standfirst, cosmetic, update, correction, substantive
    declared: bool  # the publisher says so: a newer modified date, or a note
    stealth: bool  # substantive, and nobody says so


def classify(before: Version, after: Version, new_notes: tuple[str, ...] = ()) -> Change:
    """The change from one text to the next; `new_notes` are the kinds of notes (see Correction.kind) that it brought."""
    declared = bool(new_notes) or is_later(after.date_modified_utc, before.date_modified_utc or before.date_published_utc)
    same_body = signature(before.article_body) == signature(after.article_body)
    same_headline = signature(before.headline) == signature(after.headline)
    same_abstract = signature(before.abstract) == signature(after.abstract)
    if same_body and same_headline and same_abstract:
        return Change("cosmetic", declared, stealth=False)
    if new_notes:
        kinds = {NOTED.get(kind, "update") for kind in new_notes}
        return Change("correction" if "correction" in kinds else "update", declared, stealth=False)
    if same_body:
        return Change("standfirst" if same_headline else "headline", declared, stealth=False)
    return Change("substantive", declared, stealth=not declared)


def is_later(date: str | None, than: str | None) -> bool:
    """Is a UTC date later by a minute at least; by a day where one of them names no more than the day?"""
    if not date:
        return False
    if not than:
        return True
    exact = min(len(date), len(than))
    if exact < len("2026-11-03T08:00:00Z"):
        return date[:exact] > than[:exact]
    return (datetime.fromisoformat(date) - datetime.fromisoformat(than)).total_seconds() >= A_MINUTE_S


def explained_by(note: str, changes: Sequence[SentenceChange], kept: str) -> set[int]:
    """Numbers of those changes that a note speaks of: it repeats a figure, a name or words of what was put in or taken out.

    The sentences of the note itself are explained by it. `kept`: the text that did not change; its words tell nothing.
    """
    own = own_sentences(note, changes)
    others = [(number, change) for number, change in enumerate(changes) if number not in own]
    said, common = marks_of(note), marks_of(kept)
    found = {number for number, change in others if speaks_of(said, change, common)}
    if not found and len(others) == 1 and said & marks_of(" ".join(filter(None, (others[0][1].before, others[0][1].after)))):
        found = {others[0][0]}  # the only change there is, in a sentence that the note has words of
    return own | found


def own_sentences(note: str, changes: Sequence[SentenceChange]) -> set[int]:
    """Added sentences that are the note, or a label right before it."""
    parts = {signature(sentence) for sentence in sentences(note)}
    own = {number for number, change in enumerate(changes) if change.kind in ("added", "changed") and signature(change.after) in parts}
    labels = {
        number - 1
        for number in own
        if number and changes[number - 1].kind == "added" and len(changes[number - 1].after or "") <= LABEL_LENGTH
    }
    return own | labels


def speaks_of(said: set[str], change: SentenceChange, common: set[str]) -> bool:
    before, after = marks_of(change.before or ""), marks_of(change.after or "")
    if change.kind == "changed":
        return bool(said & (before ^ after))
    if change.kind == "moved":
        return False
    shared = said & (before | after) - common
    return len(shared) >= 2 or any(mark[0].isdigit() for mark in shared)


def marks_of(text: str) -> set[str]:
    """What a sentence can be known by: its figures, its names, the stems of its longer words; pairs of letters where no spaces stand."""
    words = {word.casefold()[:STEM] for found in (NAME.findall(text), LONG_WORD.findall(text)) for word in found}
    return (words - GENERIC) | set(NUMBER.findall(text)) | set(UNSPACED.findall(text))


def unchanged_text(texts: Iterable[str], changes: Iterable[SentenceChange]) -> str:
    """What is left of texts without the sentences that changed."""
    gone = {sentence for change in changes for sentence in (change.before, change.after)}
    return "\n".join(sentence for text in texts for sentence in sentences(text) if sentence not in gone)
