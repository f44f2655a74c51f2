"""The content that an index page had, read off the capture that holds it."""

from __future__ import annotations

from archiver import settings
from archiver.captures import Captures, TooLarge, Truncated, body_of
from archiver.records import Capture
from archiver.store import Archive


def read_kept(archive: Archive, captures: Captures, capture_id: int) -> Capture | None:
    """That capture with its body; None where it cannot be had any more."""
    row = archive.original_of(capture_id)
    return captures.find(row.warc_filename, row.warc_offset, row.warc_length) if row else None


def read_body(archive: Archive, captures: Captures, capture_id: int) -> bytes | None:
    """Its body, free of its Content-Encoding; None where it cannot be had any more."""
    capture = read_kept(archive, captures, capture_id)
    if capture is None:
        return None
    try:
        return body_of(capture, settings.MAX_DECODED_BYTES)
    except (TooLarge, Truncated):
        return None
