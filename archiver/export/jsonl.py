"""JSON lines: a story a line, everything that is known of it, as `archiver show --json` has it. For pandas, DuckDB, jq, R."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import BinaryIO

from archiver.export import Exported, Format, Tell
from archiver.store import Archive, Story
from archiver.store.selection import Selection


def write(archive: Archive, selection: Selection, file: BinaryIO, tell: Tell) -> Exported:
    done = Exported(unit="line")
    for story in stories(archive, selection, done):
        facts = story.as_dict()
        if selection.all_revisions:
            facts["revisions"] = [
                shown | {"article_body": archive.text_of(revision)}
                for shown, revision in zip(facts["revisions"], story.revisions, strict=True)
            ]
        file.write(json.dumps(facts, ensure_ascii=False, default=str).encode("utf-8", "replace") + b"\n")
        done.stories += 1
        done.items += 1
        tell(done)
    return done


def stories(archive: Archive, selection: Selection, done: Exported) -> Iterator[Story]:
    """The selection's stories that may be shown, the oldest first; the others are counted."""
    for chosen in archive.chosen(selection):
        if chosen.withheld:
            done.withheld += 1
        elif story := archive.story(chosen.key):  # it may be taken down meanwhile
            yield story


FORMAT = Format("jsonl", (".jsonl", ".ndjson"), "a story a line with all its fields, text, captions and revisions, as JSON", write)
