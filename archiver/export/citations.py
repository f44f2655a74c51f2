"""Citations of all stories that are taken out, in the forms of archiver/citing.py; no format by itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import BinaryIO

from archiver.citing import Citation, cite
from archiver.export import Exported, Tell
from archiver.store import Archive
from archiver.store.selection import Selection


def writer(
    told: Callable[[Citation], str], before: str = "", between: str = "", after: str = ""
) -> Callable[[Archive, Selection, BinaryIO, Tell], Exported]:
    """What writes a selection as citations, each as `told` has it, with words of the format around them."""

    def write(archive: Archive, selection: Selection, file: BinaryIO, tell: Tell) -> Exported:
        done = Exported(unit="citation")
        for citation in _citations(archive, selection, done):
            file.write(((between if done.items else before) + told(citation)).encode("utf-8", "replace"))
            done.items += 1
            tell(done)
        file.write(after.encode())
        return done

    return write


def _citations(archive: Archive, selection: Selection, done: Exported) -> Iterator[Citation]:
    """Of the newest version of each story, or of every one. Those of pages that say noarchive, too: a citation has no text."""
    for chosen in archive.chosen(selection):
        story = archive.story(chosen.key)
        if story is None or not story.revisions:  # it may be taken down meanwhile
            continue
        done.stories += 1
        for version in story.revisions if selection.all_revisions else story.revisions[-1:]:
            source = archive.source_of(version)
            citation = cite(story.article, version, story.authors, source["publisher"], len(story.revisions), source["payload_digest"])
            yield replace(citation, key=f"{citation.key}-{citation.number}") if selection.all_revisions else citation
