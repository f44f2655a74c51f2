"""Which of the databases that a Datasette serves are archives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

from datasette import NotFound
from datasette.app import Datasette
from datasette.database import Database, QueryInterrupted
from sqlite_utils import Database as Tables

from archiver import pictures
from archiver.captures import Captures
from archiver.store import CaptureRow, sqlite

OURS = frozenset({"articles", "article_texts", "revisions", "captures", "sites", "links"})

_current: WeakKeyDictionary[Datasette, set[str]] = WeakKeyDictionary()
_found: WeakKeyDictionary[Datasette, tuple[str, ...]] = WeakKeyDictionary()  # Datasette asks for metadata without awaiting


async def find(datasette: Datasette) -> None:
    """Look once, when Datasette starts."""
    found = [name for name, db in datasette.databases.items() if set(await db.table_names()) >= OURS]
    _found[datasette] = tuple(found)


def names(datasette: Datasette) -> tuple[str, ...]:
    return _found.get(datasette, ())


async def is_older(datasette: Datasette, db: Database) -> bool:
    """Whether no command of this version has opened the archive yet; only those bring its tables up to date."""
    current = _current.setdefault(datasette, set())
    if db.name not in current and not await db.execute_fn(lambda conn: sqlite.is_older(Tables(conn))):
        current.add(db.name)
    return db.name not in current


def is_alone(datasette: Datasette) -> bool:
    """Whether an archive is all that this Datasette serves."""
    return len(names(datasette)) == 1 and not set(datasette.databases) - set(names(datasette)) - {"_memory", "_internal"}


def get(datasette: Datasette) -> Database:
    """The archive that the pages show: the first. NotFound when there is none."""
    if not names(datasette):
        raise NotFound("No news archive is served here")
    return datasette.get_database(names(datasette)[0])


async def rows(db: Database, sql: str, params: Mapping[str, Any] | Sequence[Any] = ()) -> list[dict[str, Any]]:
    return [dict(row) for row in (await db.execute(sql, params)).rows]


async def row(db: Database, sql: str, params: Mapping[str, Any] | Sequence[Any] = ()) -> dict[str, Any] | None:
    found = await rows(db, sql, params)
    return found[0] if found else None


async def rows_in_time(db: Database, sql: str, params: Mapping[str, Any] | Sequence[Any] = ()) -> list[dict[str, Any]] | None:
    """For what a page can do without: None when Datasette's time limit ended the query."""
    try:
        return await rows(db, sql, params)
    except QueryInterrupted:
        return None


def read_picture(db: Database, capture: CaptureRow) -> tuple[str, bytes] | None:
    """(media type, the picture) from the archive's WARC files, which lie beside its database; None where it cannot be had."""
    if not db.path:
        return None
    found = Captures(Path(db.path).parent / "captures").find(capture.warc_filename, capture.warc_offset, capture.warc_length)
    return pictures.read_picture(found) if found else None
