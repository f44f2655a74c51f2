"""What was done and what came of it: runs, the index of captures, and one outcome for each address of a run."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from archiver.records import GONE
from archiver.store import values
from archiver.store.links import save_site_name
from archiver.store.values import utc_text


@dataclass(frozen=True, slots=True)
class CaptureRow:
    """One row of captures: an answer of a server, and where its WARC record is."""

    target_uri: str  # the address that was asked
    site: str
    warc_date: datetime  # UTC
    http_status: int | None
    outcome: str  # kept (a story candidate, to be read), index, not_modified, redirect, http_error, …
    role: str = "story"  # story, feed, sitemap, wordpress, front_page, section, robots, image, other
    run_id: int | None = None
    content_type: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    payload_digest: str | None = None  # sha1:BASE32
    warc_filename: str | None = None
    warc_offset: int | None = None
    warc_length: int | None = None
    refers_to: int | None = None  # id of the capture with the same content
    reason: str | None = None
    read_with: str | None = None  # None: not read yet
    id: int = 0  # 0: not saved yet


LAST_BYTE = 1 << 62  # of a file of any size
COLUMNS = tuple(CaptureRow.__dataclass_fields__)
SELECT = f"select {', '.join(COLUMNS)} from captures"

# A run that this archive does not know (a WARC file of another machine) is left out rather than believed.
INSERT = """
insert into captures (target_uri, site, warc_date, http_status, outcome, role, run_id, content_type, etag, last_modified,
    payload_digest, warc_filename, warc_offset, warc_length, refers_to, reason, read_with)
values (:target_uri, :site, :warc_date, :http_status, :outcome, :role, (select id from runs where id = :run_id), :content_type,
    :etag, :last_modified, :payload_digest, :warc_filename, :warc_offset, :warc_length,
    (select id from captures where id = :refers_to), :reason, :read_with)
on conflict (warc_filename, warc_offset) do nothing
"""


def start_run(db: Database, site: str | None, command: str, now: datetime) -> int:
    """The number of a run that begins now."""
    if site is not None:
        save_site_name(db, site, now)
    statement = "insert into runs (site, command, started_at) values (?, ?, ?)"
    return _new_id(db, statement, (site, values.text(command) or "", utc_text(now)))


def finish_run(db: Database, run_id: int, now: datetime, finish_reason: str, counts: Mapping[str, int]) -> None:
    db.execute(
        "update runs set finished_at = ?, finish_reason = ?, counts = ? where id = ?",
        (utc_text(now), finish_reason, json.dumps(dict(counts), sort_keys=True), run_id),
    )


def save_captures(db: Database, rows: Sequence[CaptureRow]) -> list[int]:
    """Their ids, in order. A WARC record that is indexed already keeps its row as it is."""
    for site, seen_at in {row.site: row.warc_date for row in rows}.items():
        save_site_name(db, site, seen_at)
    return [_save_capture(db, row) for row in rows]


def save_outcomes(db: Database, run_id: int, rows: Iterable[tuple[str, str, str | None]]) -> None:
    """(url, outcome, reason): how each address of a run ended; the last word on an address holds."""
    db.conn.executemany(
        "insert into outcomes (run_id, url, outcome, reason) values (?, ?, ?, ?)"
        " on conflict (run_id, url) do update set outcome = excluded.outcome, reason = excluded.reason",
        [(run_id, values.text(url), outcome, values.text(reason, values.SHORT)) for url, outcome, reason in rows],
    )


def outcomes_of(db: Database, run_id: int) -> dict[str, tuple[int, str]]:
    """Outcome ▶ how many addresses of a run ended so, and one of them."""
    query = "select outcome, count(*), min(url) from outcomes where run_id = ? group by outcome"
    return {outcome: (number, url) for outcome, number, url in db.execute(query, (run_id,)).fetchall()}


def outcome_of(db: Database, run_id: int, url: str) -> tuple[str, str | None] | None:
    """How an address of a run ended, with the reason."""
    return db.execute("select outcome, reason from outcomes where run_id = ? and url = ?", (run_id, values.text(url))).fetchone()


def known_offset(db: Database, warc_filename: str, before: int = LAST_BYTE) -> int:
    """Where the last indexed record of a WARC file ends, of those that begin before a byte; 0 where none does."""
    query = "select warc_offset + warc_length from captures where warc_filename = ? and warc_offset < ? order by warc_offset desc limit 1"
    row = db.execute(query, (warc_filename, before)).fetchone()
    return row[0] if row and row[0] else 0


def unread_captures(db: Database, limit: int, site: str | None = None, run_id: int | None = None) -> list[CaptureRow]:
    """Story candidates that nobody has read yet, oldest first."""
    query = (
        f"{SELECT} where outcome = 'kept' and read_with is null and warc_filename is not null and coalesce(http_status, 0) not in {GONE}"
    )
    given: list[Any] = []
    for column, value in (("site", site), ("run_id", run_id)):
        if value is not None:
            query += f" and {column} = ?"
            given.append(value)
    return [capture_of(row) for row in db.execute(f"{query} order by id limit ?", [*given, limit]).fetchall()]


def unsettled_captures(db: Database, limit: int) -> list[CaptureRow]:
    """Imported answers that a story's page is gone, of which nobody has said yet what they mean for the story; in their own order."""
    query = f"{SELECT} where outcome = 'kept' and read_with is null and http_status in {GONE} order by warc_date, id limit ?"
    return [capture_of(row) for row in db.execute(query, (limit,)).fetchall()]


def settle_capture(db: Database, capture_id: int, outcome: str, reason: str) -> None:
    """What an answer without a page was."""
    db.execute("update captures set outcome = ?, reason = ? where id = ?", (outcome, reason, capture_id))


def capture_row(db: Database, capture_id: int) -> CaptureRow | None:
    row = db.execute(f"{SELECT} where id = ?", (capture_id,)).fetchone()
    return capture_of(row) if row else None


def refused(db: Database, capture_id: int, outcome: str, reason: str | None, read_with: str) -> None:
    """A capture was read and is no story; `outcome` names why."""
    statement = "update captures set outcome = ?, reason = ?, read_with = ? where id = ?"
    db.execute(statement, (outcome, values.text(reason, values.SHORT), read_with, capture_id))


def _save_capture(db: Database, row: CaptureRow) -> int:
    given: dict[str, Any] = {name: getattr(row, name) for name in COLUMNS}
    given |= {"warc_date": utc_text(row.warc_date), "target_uri": values.text(row.target_uri) or ""}
    given |= {name: values.text(given[name], values.SHORT) for name in ("content_type", "etag", "last_modified", "reason")}
    cursor = db.execute(INSERT, given)
    if cursor.rowcount == 1 and cursor.lastrowid is not None:
        return cursor.lastrowid
    query = "select id from captures where warc_filename = ? and warc_offset = ?"
    return db.execute(query, (row.warc_filename, row.warc_offset)).fetchone()[0]


def capture_of(row: Sequence[Any]) -> CaptureRow:
    """From the values of COLUMNS."""
    given = dict(zip(COLUMNS, row, strict=True))
    return CaptureRow(**given | {"warc_date": datetime.fromisoformat(given["warc_date"])})


def _new_id(db: Database, statement: str, given: Sequence[Any]) -> int:
    new_id = db.execute(statement, given).lastrowid
    if new_id is None:
        raise RuntimeError("SQLite gave no row number")
    return new_id
