"""WARC: the captures behind the stories, request and answer, byte for byte as they were kept. Any WARC reader takes them."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from archiver import settings
from archiver.captures import Captures, info_record
from archiver.errors import ArchiveDamaged
from archiver.export import Exported, Format, Tell
from archiver.store import Archive, CaptureRow
from archiver.store.selection import Chosen, Selection


@dataclass(frozen=True, slots=True)
class Written:
    """A capture in the file that is being written."""

    capture: CaptureRow
    story: Chosen
    offset: int
    length: int
    is_page: bool  # the story's own capture; else a picture of it, or one that others only repeat


def write(archive: Archive, selection: Selection, file: BinaryIO, tell: Tell) -> Exported:
    done = Exported()
    for _ in write_records(archive, selection, file, done, tell):
        pass
    return done


def write_records(archive: Archive, selection: Selection, file: BinaryIO, done: Exported, tell: Tell) -> Iterator[Written]:
    """An info record, then each capture once, after the one whose content it repeats: a revisit alone could not be replayed."""
    captures = Captures(archive.data_dir / "captures")
    file.write(info_record("export.warc.gz", settings.utc_now()))
    seen: set[int] = set()
    for story in archive.chosen(selection):
        if story.withheld:
            done.withheld += 1
            continue
        before = done.items
        for capture in (*archive.captures_of(story, selection.all_revisions), *archive.captures_of_pictures(story)):
            original = archive.original_of(capture.id) if capture.refers_to else None
            for one in ([original] if original else []) + [capture]:
                if one.id in seen:
                    continue
                try:
                    records = _records(archive, captures, one)
                except ArchiveDamaged as error:
                    done.faults.append((one.target_uri, str(error).partition("\n")[0]))
                    continue
                seen.add(one.id)
                file.write(b"".join(records))
                done.items += 1
                yield Written(one, story, file.tell() - len(records[-1]), len(records[-1]), one is capture and one.role != "image")
        done.stories += done.items > before
        tell(done)


def _records(archive: Archive, captures: Captures, row: CaptureRow) -> list[bytes]:
    """The request, where it was kept, and the answer. Raises ArchiveDamaged."""
    if not row.warc_filename or row.warc_offset is None or not row.warc_length:
        raise ArchiveDamaged("its record is not kept any more")
    captures.read(row.warc_filename, row.warc_offset, row.warc_length)  # proves that it is whole
    answer = captures.bytes_at(row.warc_filename, row.warc_offset, row.warc_offset + row.warc_length)
    # A request stands right before its answer: between it and the capture before it in the file.
    gap = captures.bytes_at(row.warc_filename, archive.known_offset(row.warc_filename, before=row.warc_offset), row.warc_offset)
    name = _field(answer, b"WARC-Record-ID")
    requests = [member for member in _members(gap) if name and _field(member, b"WARC-Concurrent-To") == name]
    return [*requests[-1:], answer]


def _members(data: bytes) -> Iterator[bytes]:
    while data:
        stream = zlib.decompressobj(31)
        try:
            while not stream.eof:
                stream.decompress(stream.unconsumed_tail or data, 1 << 16)
                if not stream.unconsumed_tail and not stream.eof:
                    return
        except zlib.error:
            return
        yield data[: len(data) - len(stream.unused_data)]
        data = stream.unused_data


def _field(member: bytes, name: bytes) -> bytes:
    """A field of a packed record's head."""
    head = zlib.decompressobj(31).decompress(member, 1 << 16).partition(b"\r\n\r\n")[0]
    pairs = (line.partition(b":") for line in head.split(b"\r\n"))
    return next((value.strip() for key, _, value in pairs if key.strip().lower() == name.lower()), b"")


FORMAT = Format("warc", (".warc.gz",), "the pages as they were sent, in one WARC file (gzip), for any web archive tool", write)
