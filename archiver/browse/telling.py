"""What the archive's short words mean, said to a reader."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from archiver import health
from archiver.counted import counted

# change of a revision: (label, explanation)
CHANGES = {
    "first": ("First seen", "The story as the archive first saw it."),
    "substantive": ("Text changed", "Words of the story changed."),
    "cosmetic": ("Small edit", "Spelling, spacing or punctuation changed."),
    "headline": ("New headline", "The headline changed."),
    "standfirst": ("New standfirst", "The summary above the text changed."),
    "update": ("Update", "The story was updated, and says so."),
    "correction": ("Correction", "The story was corrected, and says so."),
}

# fields whose words are compared
FIELDS = {
    "headline": "Headline",
    "alternative_headline": "Second headline",
    "kicker": "Kicker",
    "abstract": "Standfirst",
    "byline": "Byline",
    "dateline": "Dateline",
}

# pubstatus of a story that is not live: (label, explanation)
STATUS = {
    "gone": ("Gone", "The site does not have this story any more. The archive keeps its last reading."),
    "moved": ("Moved", "The same story is at another address of the site now. The archive keeps its last reading here."),
    "withdrawn": ("Withdrawn", "The publisher has withdrawn this story. The archive keeps its last reading."),
}

# basis of a takedown
BASES = {
    "gdpr": "a person's right to erasure",
    "copyright": "copyright",
    "court_order": "an order of a court",
    "publisher_request": "a request of the publisher",
}

# kind of a time in which a story was not at its address
ABSENCES = {
    "not_found": "not found (404)",
    "gone": "removed for good (410)",
    "soft_404": "a page in its place says that it is not found",
    "redirect_home": "its address leads to the front page",
    "redirect_section": "its address leads to a section page",
    "redirect_elsewhere": "its address leads to another page",
    "redirected": "its address leads elsewhere",
    "moved": "moved to another address",
    "paywalled": "less of it is shown than before",
    "robots": "robots.txt no longer lets the archive look",
    "withdrawn": "withdrawn",
}

# finish_reason of a run
RUNS = {
    "finished": "finished",
    "shutdown": "was stopped",
    "closespider_timeout": "ran out of time",
    "closespider_pagecount": "used its budget",
}

# outcome of an address in a run that went well: of one, of several; what went wrong is told as by the commands
OUTCOMES = {
    "index": ("index page", "index pages"),
    "kept": ("story fetched", "stories fetched"),
    "image": ("picture kept", "pictures kept"),
    "not_modified": ("story unchanged", "stories unchanged"),
}

# date_source of a story: where on the page its date stood
DATE_SOURCES = {
    "jsonld": "the page's JSON-LD",
    "meta": "the page's meta tags",
    "time": "a time element",
    "text": "the printed line",
    "script": "a script of the page",
    "url": "the address",
    "htmldate": "a guess (htmldate)",
}


def state_of_run(site: Mapping[str, Any]) -> tuple[str, str]:
    """(class, words) for how the last run of a site went: "good", "bad", "busy" or "none"."""
    if not site["started_at"]:
        return "none", "never crawled"
    if not site["finished_at"]:
        return "busy", "running, or cut off"
    reason = site["finish_reason"] or "finished"
    counts = _counts(site)
    if reason == "finished" and counts and not any(counts.get(name) for name in health.GOOD):
        return "bad", "finished, and got nothing"
    if reason == "finished" and health.kind_of_trouble(counts):
        return "bad", "finished, with trouble"
    return ("good" if reason == "finished" else "bad"), RUNS.get(reason, reason.replace("_", " "))


def counts_of(site: Mapping[str, Any]) -> list[str]:
    """What the last run counted, in words ("12 stories fetched"), the largest number first."""
    counts = sorted(_counts(site).items(), key=lambda each: -each[1])
    return [_counted_in_words(name, number) for name, number in counts[:8]]


def _counted_in_words(outcome: str, number: int) -> str:
    if outcome in OUTCOMES:
        return counted(number, *OUTCOMES[outcome])
    return f"{number:,} {'× ' if outcome in health.WORDS else ''}{health.in_words(outcome)}"


def _counts(site: Mapping[str, Any]) -> dict[str, int]:
    """Outcome ▶ number of a site's last run; whatever else the column may hold is left out."""
    try:
        counts = json.loads(site["counts"] or "{}")
    except ValueError:
        return {}
    return {name: number for name, number in counts.items() if isinstance(number, int) and number} if isinstance(counts, dict) else {}
