"""Locks between processes: files in the data directory that the system frees when their holder dies."""

from __future__ import annotations

import fcntl
import os
import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from archiver.errors import ArchiveBusy, ArchiverError, DataDirectoryError

LOCKS = Path("/proc/locks")  # of Linux: each that is held, with the inode of its file


@contextmanager
def lock(path: Path, busy: Callable[[str], ArchiverError] | None = None) -> Iterator[None]:
    """Holds the lock at `path`. Where another process has it: raises what `busy(holder)` makes, or waits when `busy` is None.

    Raises DataDirectoryError where the file cannot be made.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = path.open("a+")
    except OSError as error:
        raise unusable(path.parent, error) from error
    with handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | (fcntl.LOCK_NB if busy else 0))
        except BlockingIOError:
            handle.seek(0)
            assert busy is not None
            raise busy(handle.read().strip() or "another process") from None
        handle.truncate(0)
        handle.write(f"process {os.getpid()}")
        handle.flush()
        yield


def site_lock(name: str, data_dir: Path) -> AbstractContextManager[None]:
    """One crawl a site at a time. Raises ArchiveBusy, DataDirectoryError."""

    def busy(holder: str) -> ArchiveBusy:
        return ArchiveBusy(
            f"{name} is being crawled already, by {holder}.\nWait for it to end (archiver status shows how far it is), then try again."
        )

    return lock(data_dir / "locks" / name, busy)


def is_being_crawled(name: str, data_dir: Path) -> bool:
    """Does a process hold the site's lock? Looks only: to try the lock would keep a crawl that begins now from it."""
    path = data_dir / "locks" / name
    try:
        if LOCKS.exists():
            return re.search(rf"\bWRITE\b.*:{path.stat().st_ino} ", LOCKS.read_text(encoding="ascii")) is not None
        os.kill(int(path.read_text(encoding="utf-8").removeprefix("process ")), 0)  # who held it last lives, or has lent its number
    except PermissionError:
        return True  # another user's
    except (OSError, ValueError):
        return False
    return True


def unusable(folder: Path, error: OSError) -> DataDirectoryError:
    """What to tell a user whose data directory cannot be used."""
    return DataDirectoryError(
        f"{folder} cannot be used: {error.strerror or error}.\n"
        "Give this user the right to write there, free space, or choose another directory with --data DIR."
    )
