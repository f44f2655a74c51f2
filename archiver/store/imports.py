"""What an import asks of the archive and leaves in it: how far a foreign file was read, which captures are known, whose a page is."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlite_utils import Database

from archiver.records import WHOLE_PAGE, Link
from archiver.store import values
from archiver.store.links import save_site_name
from archiver.store.runs import CaptureRow, capture_row
from archiver.store.values import utc_text

MAX_REPEATS = 100  # steps from a revisit to the capture whose content it has; one is usual

KNOWN = """
select distinct j.key from json_each(?) j join captures c on c.target_uri = j.value ->> 0 and c.warc_date = j.value ->> 1
where c.payload_digest = j.value ->> 2
"""
# A page that somebody else fetched is no reason to fetch it: it is not due. What a crawl knows of the address stays as it is.
LINK = """
insert into links (url, site, source, source_url, first_seen_at, last_seen_at, state)
values (?, ?, 'import', ?, ?, ?, 'done') on conflict (url) do update set last_seen_at = max(last_seen_at, excluded.last_seen_at)
"""

Identity = tuple[str, datetime, str]  # target URI, WARC-Date, payload digest: what makes a capture the same capture in any file


@dataclass(frozen=True, slots=True)
class ImportState:
    """How far a foreign file was read."""

    id: int
    position: int
    records: int
    finished_at: str | None
    counts: dict[str, int]


def begin_import(db: Database, file: str, member: str, fingerprint: str, filters: str, run_id: int, now: datetime) -> ImportState:
    """Where reading of this file with these filters stopped, or a new beginning."""
    db.execute(
        "insert into imports (file, member, fingerprint, filters, run_id, position, records, started_at, counts)"
        " values (?, ?, ?, ?, ?, 0, 0, ?, '{}') on conflict (fingerprint, member, filters) do update set run_id = excluded.run_id",
        (values.text(file) or "", values.text(member) or "", fingerprint, filters, run_id, utc_text(now)),
    )
    row = db.execute(
        "select id, position, records, finished_at, counts from imports where fingerprint = ? and member = ? and filters = ?",
        (fingerprint, values.text(member) or "", filters),
    ).fetchone()
    number, position, records, finished_at, counts = row
    return ImportState(number, position, records, finished_at, json.loads(counts))


def save_import(db: Database, number: int, position: int, records: int, counts: Mapping[str, int], finished_at: datetime | None) -> None:
    db.execute(
        "update imports set position = ?, records = ?, counts = ?, finished_at = ? where id = ?",
        (position, records, json.dumps(dict(counts), sort_keys=True), utc_text(finished_at), number),
    )


def known_captures(db: Database, identities: Sequence[Identity]) -> set[int]:
    """Which of `identities` (by their place in the list) are in the archive."""
    asked = json.dumps([(values.text(uri), utc_text(date), digest) for uri, date, digest in identities])
    return {place for (place,) in db.execute(KNOWN, (asked,)).fetchall()}


def capture_at(db: Database, target_uri: str, warc_date: datetime | None, digest: str | None) -> CaptureRow | None:
    """The capture that a revisit repeats: of that address and second, or the newest of that address with that content.

    Where it repeats another one itself, that one. None when its content is not here.
    """
    row = None
    if warc_date is not None:
        query = "select id from captures where target_uri = ? and warc_date = ? and warc_filename is not null order by id limit 1"
        row = db.execute(query, (target_uri, utc_text(warc_date))).fetchone()
    if row is None and digest:
        query = (
            "select id from captures where target_uri = ? and payload_digest = ? and warc_filename is not null"
            " order by refers_to is not null, id desc limit 1"
        )
        row = db.execute(query, (target_uri, digest)).fetchone()
    return original_of(db, row[0]) if row else None


def capture_before(db: Database, target_uri: str, moment: datetime) -> CaptureRow | None:
    """The newest capture of an address with a body, at a moment or before it."""
    query = (
        f"select id from captures where target_uri = ? and warc_date <= ? and http_status in {WHOLE_PAGE} and refers_to is null"
        " and warc_filename is not null order by warc_date desc, id desc limit 1"
    )
    row = db.execute(query, (target_uri, utc_text(moment))).fetchone()
    return capture_row(db, row[0]) if row else None


def original_of(db: Database, capture_id: int) -> CaptureRow | None:
    """The capture that holds the content of this one: itself, or the one that it repeats."""
    row = capture_row(db, capture_id)
    for _ in range(MAX_REPEATS):
        if row is None or row.refers_to is None:
            return row
        row = capture_row(db, row.refers_to)
    return None


def save_imported(db: Database, links: Iterable[Link], now: datetime) -> None:
    """Addresses of imported pages: known from now on, and not due."""
    rows = list(links)
    for site in {link.site for link in rows}:
        save_site_name(db, site, now)
    moment = utc_text(now)
    db.conn.executemany(LINK, [(values.text(link.url), link.site, values.text(link.source_url) or "", moment, moment) for link in rows])


def site_urls(db: Database) -> dict[str, str]:
    """Front page of every site of the archive, by name."""
    return dict(db.execute("select name, url from sites").fetchall())


def holds_story(db: Database, url: str) -> bool:
    """Is there a story at an address, or a page that came in an import and waits to be read?"""
    query = "select 1 from links where url = ? and (article_id is not null or (source = 'import' and state <> 'skipped'))"
    return db.execute(query, (url,)).fetchone() is not None


def site_of_link(db: Database, url: str) -> str | None:
    """The site that an address was found for; None when it is not known."""
    row = db.execute("select site from links where url = ?", (url,)).fetchone()
    return row[0] if row else None
