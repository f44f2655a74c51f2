"""The content that an index page had, read off the capture that holds it."""

from __future__ import annotations

from archiver import settings
from archiver.captures import Captures, TooLarge, Truncated, decode_body
from archiver.errors import ArchiveDamaged
from archiver.records import Capture
from archiver.store import Archive, CaptureRow

MAX_REPEATS = 100  # steps from a capture to the one whose content it repeats; one is usual


def first_of(archive: Archive, capture_id: int) -> CaptureRow | None:
    """The capture that holds the content which this one has, or repeats."""
    row = archive.capture_row(capture_id)
    for _ in range(MAX_REPEATS):
        if row is None or row.refers_to is None:
            break
        row = archive.capture_row(row.refers_to)
    return row


def read_kept(archive: Archive, captures: Captures, capture_id: int) -> Capture | None:
    """That capture with its body; None where it cannot be had any more."""
    row = first_of(archive, capture_id)
    if row is None or not row.warc_filename or row.warc_offset is None:
        return None
    try:
        return captures.read(row.warc_filename, row.warc_offset, row.warc_length)
    except ArchiveDamaged:
        return None


def read_body(archive: Archive, captures: Captures, capture_id: int) -> bytes | None:
    """Its body, free of its Content-Encoding; None where it cannot be had any more."""
    capture = read_kept(archive, captures, capture_id)
    if capture is None:
        return None
    try:
        encoding = next((value for name, value in capture.headers if name.lower() == "content-encoding"), None)
        return decode_body(capture.body, encoding, settings.MAX_DECODED_BYTES)
    except (TooLarge, Truncated):
        return None
