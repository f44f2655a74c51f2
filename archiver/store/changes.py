"""What kind of change it is when a story's text is no longer the same."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

NOTED = {"correction": "correction", "clarification": "correction"}  # kind of note ▶ class of change; any other note: update


@dataclass(frozen=True, slots=True)
class Version:
    """What is compared."""

    headline: str | None
    article_body: str
    date_modified_utc: str | None  # the newest that was declared by then


@dataclass(frozen=True, slots=True)
class Change:
    change: str  # headline, cosmetic, update, correction, substantive
    declared: bool  # the publisher says so: a newer modified date, or a note
    stealth: bool  # substantive, and nobody says so


def classify(before: Version, after: Version, new_notes: tuple[str, ...] = ()) -> Change:
    """The change from one text to the next; `new_notes` are the kinds of notes (see Correction.kind) that it brought."""
    declared = bool(new_notes) or is_later(after.date_modified_utc, before.date_modified_utc)
    same_body = letters(before.article_body) == letters(after.article_body)
    same_headline = letters(before.headline or "") == letters(after.headline or "")
    if same_body and same_headline:
        return Change("cosmetic", declared, stealth=False)
    if same_body:
        return Change("headline", declared, stealth=False)
    if new_notes:
        kinds = {NOTED.get(kind, "update") for kind in new_notes}
        return Change("correction" if "correction" in kinds else "update", declared, stealth=False)
    return Change("substantive", declared, stealth=not declared)


def letters(text: str) -> str:
    """Letters and digits alone, lower case: what is left when punctuation, quotes, spacing and case do not count."""
    return "".join(letter for letter in unicodedata.normalize("NFKC", text).casefold() if letter.isalnum())


def is_later(date: str | None, than: str | None) -> bool:
    """Compares two UTC dates as text, by the day when one of them names no more than the day."""
    if not date:
        return False
    if not than:
        return True
    exact = min(len(date), len(than))
    return date[:exact] > than[:exact]
