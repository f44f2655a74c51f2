"""The database at one moment, copied while others read and write; and what a copy says of the captures that belong to it."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

from archiver.errors import ArchiveBusy, ArchiveDamaged
from archiver.store.sqlite import DATABASE, in_line, open_for_reading, telling_of_sqlite

PAGES = 2_560  # copied between two words about progress: 10 MB
PATIENCE_S = 3  # how long readers of an old copy have to end


def birth_mark(data_dir: Path) -> str:
    """What an archive has in common with its copies and with no other archive: the instant in which it was made.

    Raises NothingToDo, and what opening an archive raises.
    """
    with telling_of_sqlite(data_dir / DATABASE), closing(open_for_reading(data_dir)) as db:
        query = "select applied_at from _sqlite_migrations where name = 'm001_sites_and_runs'"
        return str(db.execute(query).fetchone()[0])


def copy_database(data_dir: Path, part: Path, step: Callable[[int, int], None]) -> None:
    """The database as it is at this moment goes to `part`, and to disk. Nobody waits for it: crawls and readers go on."""
    with telling_of_sqlite(data_dir / DATABASE), closing(open_for_reading(data_dir)) as source:
        source.execute("begin")
        source.execute("select 1 from sqlite_master").fetchone()  # from here on, it sees one moment, however long it takes
        with telling_of_sqlite(part), closing(sqlite3.connect(part, isolation_level=None)) as target:
            source.conn.backup(target, pages=PAGES, progress=lambda status, left, total: step(total - left, total))
            target.execute("pragma journal_mode = wal")  # as the archive has it
    with part.open("rb+") as file:
        os.fsync(file.fileno())


def open_copy(path: Path) -> sqlite3.Connection:
    """To be read, by us alone: nothing is written beside it."""
    return sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True, isolation_level=None)


def first_trouble(db: sqlite3.Connection) -> str | None:
    """What SQLite's check finds first; None where the copy is whole."""
    try:
        said = db.execute("pragma quick_check(1)").fetchone()[0]
    except sqlite3.DatabaseError as error:
        return str(error)
    return None if said == "ok" else " ".join(said.split())


def extent(db: sqlite3.Connection) -> tuple[int, int]:
    """(captures, WARC files)"""
    return db.execute("select count(*), count(distinct warc_filename) from captures").fetchone()


def files(db: sqlite3.Connection) -> Iterator[tuple[str, int]]:
    """(name, where its last record ends) of each WARC file."""
    query = """
        select warc_filename, max(warc_offset + warc_length) from captures
        where warc_filename is not null and warc_filename not like '%/%' group by warc_filename
    """
    return iter(db.execute(query))


def unknown_captures(db: sqlite3.Connection, folder: Path) -> int:
    """How many of the newest captures of the archive in `folder` this copy does not have; what was taken down here is known here."""
    newest = "select id, target_uri, warc_date from captures order by id desc limit 1000"
    known = "select 1 from captures where id = ? and (outcome = 'taken_down' or (target_uri = ? and warc_date = ?))"
    try:
        with closing(open_for_reading(folder)) as old:
            return sum(db.execute(known, row).fetchone() is None for row in old.execute(newest))
    except (sqlite3.DatabaseError, ArchiveDamaged):
        return 0  # what is damaged is to be replaced


def replace(folder: Path, part: Path) -> None:
    """`part` takes the place of the database in `folder`, in one step. Raises ArchiveBusy where somebody has that open.

    The old one leaves WAL first, which only its last user can do: a log of the old one beside the new one would be read into it.
    """
    path = folder / DATABASE
    with in_line(folder):
        if path.exists():
            with closing(sqlite3.connect(path, isolation_level=None, timeout=PATIENCE_S)) as old:
                try:
                    mode = old.execute("pragma journal_mode = delete").fetchone()[0]
                except sqlite3.OperationalError as error:
                    raise _in_use(folder) from error
                except sqlite3.DatabaseError:
                    mode = "delete"  # the old copy is damaged: all the more is it to be replaced
            if mode != "delete":
                raise _in_use(folder)
        for beside in (f"{DATABASE}-wal", f"{DATABASE}-shm"):
            (folder / beside).unlink(missing_ok=True)
        part.replace(path)


def _in_use(folder: Path) -> ArchiveBusy:
    return ArchiveBusy(
        f"The earlier backup in {folder} is open in another program (archiver browse, a crawl).\n"
        "It stays as it was. End that program, and run the same command again."
    )
