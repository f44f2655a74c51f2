"""Opening the database, and one writer at a time across processes.

Readers never wait (WAL). Writers stand in line at a lock file: SQLite alone lets whoever asks at the lucky moment go first, and
a second crawl can starve until its time is up.
"""

from __future__ import annotations

import fcntl
import logging
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlite_utils import Database

from archiver import errors
from archiver.store import words
from archiver.store.migrations import NAME, migrations

logger = logging.getLogger(__name__)

DATABASE = "archive.db"
LOCK = "archive.lock"
LARGE_BYTES = 200 << 20  # of an archive whose upgrade is worth a word
BUSY_S = 60  # how long a writer waits for one transaction of another
CACHE_KIB = 65_536
WRITER_CACHE_KIB = 8_192  # a crawl of sixteen sites has seventeen writers; what they touch is new, and seldom touched again
MMAP_BYTES = 1 << 30  # of readers: pages are read in place from the system's cache; helps search, costs address space only
HEARD_EVERY = 1_000_000  # steps of a query, some hundredths of a second, between two in which Python may hear a Ctrl-C

READ_ONLY = {"SQLITE_READONLY", "SQLITE_READONLY_DIRECTORY", "SQLITE_CANTOPEN", "SQLITE_PERM", "SQLITE_AUTH"}
FULL_OR_FAILING = {"SQLITE_FULL", "SQLITE_IOERR"}
DAMAGED = {"SQLITE_CORRUPT", "SQLITE_NOTADB"}


def open_for_writing(data_dir: Path, create: bool = True) -> Database:
    """The database of `data_dir`, brought to the newest schema; the directory is made when missing.

    Raises NothingToDo (not there, and `create` is off), DataDirectoryError, ArchiveDamaged, ArchiveTooNew.
    """
    path = data_dir / DATABASE
    if not create and not _is_there(path):
        raise nothing_there(data_dir)
    with telling(path):
        data_dir.mkdir(parents=True, exist_ok=True)
        db = Database(_connect(str(path), WRITER_CACHE_KIB))
        try:
            _upgrade(db, path)
        except BaseException:
            db.close()
            raise
        return db


def open_for_reading(data_dir: Path) -> Database:
    """The same, read only. An archive of an older version is brought up to date first.

    Raises NothingToDo when there is none, and what open_for_writing raises.
    """
    path = data_dir / DATABASE
    if not _is_there(path):
        raise nothing_there(data_dir)
    with telling(path):
        db = _connect_to_read(path)
        if _is_behind(db, path):
            db.close()
            open_for_writing(data_dir).close()
            db = _connect_to_read(path)
        return db


@contextmanager
def write(db: Database, data_dir: Path) -> Iterator[None]:
    """One write transaction; inside another one, a savepoint of it. Rolled back when anything is raised."""
    if db.conn.in_transaction:
        with db.atomic():
            yield
        return
    path = data_dir / DATABASE
    with telling(path), in_line(data_dir):  # until it is our turn: the lock file is the line, SQLite's own lock is the counter
        db.conn.execute("begin immediate")
    with telling_of_sqlite(path):
        try:
            yield
            db.conn.execute("commit")
        except BaseException:
            if db.conn.in_transaction:
                db.conn.execute("rollback")
            raise


@contextmanager
def in_line(data_dir: Path) -> Iterator[None]:
    """Holds the place at the head of the line of writers. Freed by the system when the process dies."""
    handle = os.open(data_dir / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


@contextmanager
def telling(path: Path) -> Iterator[None]:
    """Turns what SQLite and the system report about `path` into words for a user."""
    try:
        with telling_of_sqlite(path):
            yield
    except OSError as error:
        raise errors.DataDirectoryError(
            f"The data directory {path.parent} cannot be used: {error.strerror or error}.\n"
            "Choose another one with --data DIR, or free space and check the permissions of this one."
        ) from error


@contextmanager
def telling_of_sqlite(path: Path) -> Iterator[None]:
    """The same for SQLite alone: what a caller does inside may fail for reasons of its own."""
    try:
        yield
    except sqlite3.Error as error:
        if _is(getattr(error, "sqlite_errorname", "") or "", {"SQLITE_INTERRUPT"}):
            raise KeyboardInterrupt from error
        told = _in_words(error, path)
        if told is None:
            raise
        raise told from error


def _is_there(path: Path) -> bool:
    with telling(path):
        try:
            path.stat()
        except FileNotFoundError:
            return False
    return True


def nothing_there(data_dir: Path) -> errors.NothingToDo:
    return errors.NothingToDo(
        f"There is no archive in {data_dir} yet.\n"
        "Make one with `archiver demo` (an example, no network needed) or `archiver add URL` (a news site of your choice),"
        " or name another directory with --data DIR."
    )


def _in_words(error: sqlite3.Error, path: Path) -> errors.ArchiverError | None:
    """None: a fault of ours, to be seen as it is."""
    name = getattr(error, "sqlite_errorname", "") or ""
    if _is(name, DAMAGED):
        return errors.ArchiveDamaged(
            f"The archive {path} is damaged: {error}.\n"
            "The captures beside it (captures/*.warc.gz) are not touched by this. Keep a copy of the file, then restore a backup,"
            f" or try `sqlite3 {path} .recover`."
        )
    if _is(name, READ_ONLY):
        return errors.DataDirectoryError(
            f"The archive {path} cannot be opened or written: {error}.\n"
            f"Check the permissions of {path.parent} and of the files in it, or name another directory with --data DIR."
        )
    if _is(name, FULL_OR_FAILING):
        return errors.DataDirectoryError(
            f"The archive {path} could not be written: {error}.\n"
            "Nothing that was stored is lost; the last batch was not stored. Free space on the disk, then run the same command again."
        )
    if _is(name, {"SQLITE_BUSY", "SQLITE_LOCKED"}):
        return errors.ArchiveBusy(
            f"Another program has been writing to {path} for more than {BUSY_S} seconds.\n"
            "Wait for it to finish, or end it, and run the same command again; nothing is lost."
        )
    return None


def _is(name: str, family: set[str]) -> bool:
    """Whether an extended result code (SQLITE_IOERR_WRITE) belongs to one of the primary codes."""
    return any(name == code or name.startswith(code + "_") for code in family)


def _connect(address: str, cache_kib: int, mmap_bytes: int = 0, uri: bool = False) -> sqlite3.Connection:
    """Transactions are begun and ended by us alone: Python's own guesses are switched off."""
    conn = sqlite3.connect(address, timeout=BUSY_S, isolation_level=None, uri=uri)
    for pragma in ("foreign_keys = on", "synchronous = normal", f"cache_size = -{cache_kib}", f"mmap_size = {mmap_bytes}"):
        conn.execute(f"pragma {pragma}")
    words.teach(conn)
    return conn


def _connect_to_read(path: Path) -> Database:
    address = f"{path.resolve().as_uri()}?mode=ro"
    try:
        db = Database(_connect(address, CACHE_KIB, MMAP_BYTES, uri=True))
        db.execute("select 1 from sqlite_master limit 1").fetchone()
    except sqlite3.OperationalError:
        # On a medium that cannot be written (a DVD, a mounted backup) WAL's shared memory cannot be made, and nobody can be writing.
        if os.access(path.parent, os.W_OK):
            raise
        db = Database(_connect(address + "&immutable=1", CACHE_KIB, MMAP_BYTES, uri=True))
    db.execute("pragma query_only = on")
    db.conn.set_progress_handler(lambda: None, HEARD_EVERY)
    return db


def _upgrade(db: Database, path: Path) -> None:
    if not _is_behind(db, path):
        return
    size = path.stat().st_size
    if size > LARGE_BYTES:
        logger.warning(
            "%s (%.1f GB) is being brought to this version's schema; that can take some minutes. Stopped, it begins again.",
            path,
            size / 1e9,
        )
    with in_line(path.parent):
        db.execute("pragma journal_mode = wal")
        db.execute("begin immediate")
        try:
            migrations.apply(db)  # what another process did meanwhile is passed over
            db.execute("commit")
        except BaseException:
            db.rollback()
            raise


def _is_behind(db: Database, path: Path) -> bool:
    """Whether steps of the schema are missing. Raises ArchiveTooNew, or DataDirectoryError when it is no archive at all."""
    tables = {name for (name,) in db.execute("select name from sqlite_master where type = 'table'").fetchall()}
    done = {step.name for step in migrations.applied(db)} if migrations.migrations_table in tables else set()
    unknown = done - {step.name for step in migrations._migrations}
    if unknown:
        raise errors.ArchiveTooNew(
            f"The archive {path} was made by a newer version of the archiver (its schema has {sorted(unknown)[0]!r}, unknown here).\n"
            "Nothing was changed. Install the version that made it (in the checkout: git pull, then pip install .), "
            "or use another data directory."
        )
    if tables and not done and tables - {migrations.migrations_table}:
        raise errors.DataDirectoryError(
            f"{path} is a database, but not an archive: it holds the tables {', '.join(sorted(tables)[:5])} and no {NAME} schema.\n"
            "Nothing was changed. Move the file away, or name another directory with --data DIR."
        )
    return is_older(db)


def is_older(db: Database) -> bool:
    """Whether an archive lacks steps of this version's schema."""
    return bool(migrations.pending(db))
