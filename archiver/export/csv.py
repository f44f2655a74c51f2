"""CSV: a row a story, or a row a revision, with its text; lists in one cell. For spreadsheets, R, Stata (RFC 4180, UTF-8)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO

from archiver.export import Exported, Format, Tell
from archiver.export.jsonl import stories
from archiver.spreadsheets import csv_text
from archiver.store import Archive, Story
from archiver.store.selection import Selection

SEPARATOR = "; "  # between the entries of a list
REVISION = ("number", "memento_datetime", "last_seen_at", "change", "declared", "stealth", "note")
ARTICLE = (
    *("key", "site", "url", "headline", "abstract", "byline", "authors", "date_published", "date_published_utc", "date_precision"),
    *("date_modified", "date_modified_utc", "dateline", "located", "located_country", "infosource", "article_section", "keywords"),
    *("in_language", "genre", "word_count", "pubstatus", "revision_count", "captions", "corrections", "article_body"),
)
COLUMNS = (*ARTICLE[:3], *REVISION, *ARTICLE[3:])


def write(archive: Archive, selection: Selection, file: BinaryIO, tell: Tell) -> Exported:
    done = Exported(unit="row")
    names = COLUMNS if selection.all_revisions else ARTICLE
    file.write(csv_text([names]).encode("utf-8", "replace"))
    for story in stories(archive, selection, done):
        facts = facts_of(story)
        rows = revisions_of(archive, story, facts) if selection.all_revisions else [facts]
        for row in rows:
            file.write(csv_text([[row.get(name) for name in names]]).encode("utf-8", "replace"))
            done.items += 1
        done.stories += 1
        tell(done)
    return done


def facts_of(story: Story) -> dict[str, Any]:
    """One value a column; lists as text."""
    lists = {
        "authors": [author["name"] for author in story.authors],
        "keywords": story.keywords,
        "captions": [" ".join(filter(None, (image["caption"], image["creditline"]))) for image in story.images],
        "corrections": [correction["text"] for correction in story.corrections],
    }
    return (
        story.article | {"article_body": story.article_body} | {name: SEPARATOR.join(filter(None, texts)) for name, texts in lists.items()}
    )


def revisions_of(archive: Archive, story: Story, facts: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """What stood there in each revision; authors, keywords, captions are those of the newest reading."""
    for revision in story.revisions:
        yield {**facts, **revision, "article_body": archive.text_of(revision)}


FORMAT = Format("csv", (".csv",), "a row a story with its text; with --all-revisions a row a revision", write)
