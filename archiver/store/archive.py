"""The archive of a data directory: one object, one line per thing that can be done with it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

from sqlite_utils import Database

from archiver.store import sqlite


def open_archive(data_dir: Path, create: bool = True) -> Archive:
    """The archive in `data_dir`/archive.db, made or brought up to date when needed.

    Raises DataDirectoryError, ArchiveDamaged, ArchiveTooNew; NothingToDo when there is none and `create` is off.
    """
    return Archive(sqlite.open_for_writing(data_dir, create), data_dir)


def open_reader(data_dir: Path) -> Archive:
    """The same, read only; NothingToDo when there is none."""
    return Archive(sqlite.open_for_reading(data_dir), data_dir)


class Archive:
    """Closed by close() or at the end of a `with`. Used by one thread; open another for another."""

    def __init__(self, db: Database, data_dir: Path) -> None:
        self.db = db
        self.data_dir = data_dir

    @contextmanager
    def writing(self) -> Iterator[None]:
        """One write transaction, in line with other processes. Inside another: a part of it."""
        with sqlite.write(self.db, self.data_dir):
            yield

    def close(self) -> None:
        self.db.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()
