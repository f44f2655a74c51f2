"""What a crash left behind: torn WARC files are mended, and the captures in them indexed.

Every command that crawls or reads begins with it, once for all sites.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from archiver import settings
from archiver.captures import Captures, Kept
from archiver.counted import counted
from archiver.locks import lock
from archiver.pictures import picture_type
from archiver.records import GONE, WHOLE_PAGE
from archiver.store import Archive, CaptureRow, open_archive
from archiver.urls import normalise

KEPT_FACTS = ("target_uri", "site", "run_id", "warc_date", "http_status", "content_type", "etag", "last_modified", "payload_digest",
              "warc_filename", "warc_offset", "warc_length")  # fmt: skip
BATCH = 500  # captures indexed in one transaction


def pick_up(data_dir: Path) -> list[str]:
    """Mends WARC files that a crash left open and indexes the captures in them. Returns a line for each thing it did."""
    captures = Captures(data_dir / "captures")
    if not captures.is_left_behind():
        return []
    with lock(data_dir / "recovery.lock"), open_archive(data_dir) as archive:
        said = [
            f"{marker.name}: removed, it marked a file that was never made"
            for marker in captures.stale_markers()
            if captures.remove_marker(marker)
        ]
        unfinished = [path.name for path in captures.unfinished()]
        said += [str(mended) for mended in captures.mend(archive.known_offset)]
        number = index_captures(archive, captures.recover(archive.known_offset))
        if number:
            said.append(counted(number, "capture that a crash left behind was indexed", "captures that a crash left behind were indexed"))
        said += [f"{name}: removed, nothing was written to it" for name in captures.settled(unfinished)]
    return said


def index_captures(archive: Archive, found: Iterable[Kept]) -> int:
    """Rows for captures whose run died before it could write them; one that has its row keeps it. Returns how many there were."""
    number, batch = 0, []
    for kept in found:
        batch.append(kept)
        if len(batch) == BATCH:
            number += _index(archive, batch)
            batch = []
    return number + _index(archive, batch)


def _index(archive: Archive, batch: list[Kept]) -> int:
    if batch:
        with archive.writing():
            for kept in batch:
                _index_one(archive, kept)
    return len(batch)


def _index_one(archive: Archive, kept: Kept) -> None:
    """A story waits to be read; a picture is kept; an index page is asked again, as if never seen.

    Its link tells whose it is: an import keeps many sites in one file.
    """
    url = normalise(kept.target_uri) or kept.target_uri
    picture = next((address for address in (kept.target_uri, url) if archive.is_picture(address)), None)
    site = archive.site_of_link(picture or url)
    if picture and kept.http_status in WHOLE_PAGE and not kept.repeats and _holds_picture(archive, kept):
        (number,) = archive.save_captures([capture_row(replace(kept, site=site or kept.site), "image", "image", "recovered", None)])
        archive.keep_picture(picture, number)
        return
    original = archive.capture_at(kept.repeats.target_uri, kept.repeats.warc_date, kept.repeats.payload_digest) if kept.repeats else None
    if kept.http_status in GONE and archive.holds_story(url):  # of an import; of a crawl, it is asked again all the same
        archive.save_captures([capture_row(replace(kept, site=site or kept.site, etag=None), "story", "kept", "recovered", None)])
    elif kept.http_status in WHOLE_PAGE and site and not picture and (original or not kept.repeats):
        row = capture_row(replace(kept, site=site), "story", "kept", "recovered", original.id if original else None)
        archive.save_captures([row])
        now = settings.utc_now()
        if archive.is_due(url, now):  # an import brings pages that the queue did not ask for
            archive.finish_link(url, "done", None, now + timedelta(seconds=settings.RECHECK[0][1]), attempts=0)
    else:
        archive.save_captures([capture_row(replace(kept, etag=None, last_modified=None), "other", "index", "recovered", None)])


def _holds_picture(archive: Archive, kept: Kept) -> bool:
    """By its bytes: a story may have named the site's front page as its picture."""
    capture = Captures(archive.data_dir / "captures").find(kept.warc_filename, kept.warc_offset, kept.warc_length)
    return capture is not None and picture_type(capture) is not None


def capture_row(kept: Kept, role: str, outcome: str, reason: str | None, refers_to: int | None) -> CaptureRow:
    """The row of a WARC record."""
    facts = {name: getattr(kept, name) for name in KEPT_FACTS}
    return CaptureRow(role=role, outcome=outcome, reason=reason or None, refers_to=refers_to, **facts)
