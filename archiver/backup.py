"""A copy of the archive that is an archive itself: made while crawls write, again and again into the same place, killed anywhere.

First a snapshot of the database, then the WARC files that it names: a row of the copy never names bytes that are not in it. The new
database takes the old one's place last, in one step, so that at every moment DEST is a whole backup, the one before or this one.

A finished WARC file is never written again (a takedown writes a new one), so a hard link is as good as a copy and costs nothing. A file
that was being written when the snapshot was taken is copied, up to where the snapshot's last record in it ends: a link to it would grow.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from archiver import takedown
from archiver.captures import SUFFIX, Captures
from archiver.errors import ArchiveBusy, ArchiveDamaged, DataDirectoryError, WrongUse
from archiver.locks import lock
from archiver.recovery import pick_up
from archiver.sites import SITES_FILE
from archiver.store import snapshot
from archiver.store.sqlite import DATABASE

BESIDE = (SITES_FILE, takedown.LOG)  # small files that belong to the archive
MARK = "backup-of"  # a file in DEST with the archive's birth mark: what may be replaced there
PART = ".part"  # of what is being written; taken in by renaming
CHUNK = 1 << 20
RESERVE_BYTES = 16 << 20  # left free on the disk
ATTEMPTS = 3  # at a snapshot whose files a takedown takes away meanwhile

Watch = Callable[[str, int, int], None]  # hears (what is done, how much of it, how much there is)


@dataclass(slots=True)
class Backup:
    """What was done."""

    dest: str
    database_bytes: int = 0
    captures: int = 0
    files: int = 0  # WARC files that the backup has
    linked: int = 0
    copied: int = 0
    copied_bytes: int = 0
    there: int = 0  # since an earlier backup
    removed: int = 0  # which the archive does not have any more
    missing: list[str] = field(default_factory=list)  # files, or ends of files, that the archive lacks


def backup(data_dir: Path, dest: Path, watch: Watch) -> Backup:
    """Makes or renews the backup of `data_dir` in `dest`, and verifies it.

    Raises WrongUse (DEST is something else), DataDirectoryError (cannot be written, no space), ArchiveBusy, ArchiveDamaged (the
    earlier backup then stays), NothingToDo (no archive).
    """
    mark = snapshot.birth_mark(data_dir)
    _refuse_places(data_dir, dest)
    with _telling(dest):
        dest.mkdir(parents=True, exist_ok=True)
        _claim(dest, mark)
    with lock(dest / "backup.lock", _busy):
        if os.access(data_dir, os.W_OK):
            pick_up(data_dir)  # what a crash left behind belongs into the backup, too
        with _telling(dest):
            done = _take(data_dir, dest, watch)
            for _ in range(ATTEMPTS):
                before, done = done, _take(data_dir, dest, watch) if done.missing else done
                if before.missing == done.missing:
                    break
    return done


def _refuse_places(data_dir: Path, dest: Path) -> None:
    archive, wanted = data_dir.resolve(), dest.resolve()
    if wanted == archive or archive in wanted.parents or wanted in archive.parents:
        raise WrongUse(
            f"{dest} and the archive in {data_dir} lie within each other; a backup there would be lost with it.\n"
            "Name a folder of its own, best on another disk: archiver backup /mnt/disk/news-backup"
        )
    if dest.exists() and not dest.is_dir():
        raise WrongUse(f"{dest} is no folder.\nName one that is empty, not there yet, or an earlier backup of this archive.")


def _claim(dest: Path, mark: str) -> None:
    """DEST is ours from now on. Raises WrongUse where it is something else."""
    known = dest / MARK
    if known.exists():
        if known.read_text(encoding="utf-8").strip() != mark:
            raise WrongUse(f"{dest} is the backup of another archive.\nNothing was changed. Name another folder.")
        return
    if any(path.name not in (MARK + PART, "lost+found") for path in dest.iterdir()):
        raise WrongUse(
            f"{dest} is not empty, and no backup of this archive.\nNothing was changed. Name a folder that is empty or not there yet."
        )
    _write_whole(known, mark.encode("utf-8") + b"\n")


def _busy(holder: str) -> ArchiveBusy:
    return ArchiveBusy(f"Another backup is being written there, by {holder}.\nWait for it to end, then try again.")


def _take(data_dir: Path, dest: Path, watch: Watch) -> Backup:
    """One backup: snapshot, files, proof, and only then the database in its place."""
    done, part = Backup(str(dest)), dest / (DATABASE + PART)
    source, target = Captures(data_dir / "captures"), dest / "captures"
    target.mkdir(exist_ok=True)
    _clear_parts(dest, target)
    # Asked before the snapshot: a file that is finished now is in the snapshot with all that it holds.
    finished = {path.name for path in source.folder.glob(f"*{SUFFIX}") if source.is_finished(path.name)}
    _need((data_dir / DATABASE).stat().st_size, dest)
    snapshot.copy_database(data_dir, part, lambda copied, total: watch("database", copied, total))
    watch("proof of the copy", 0, 0)
    with closing(snapshot.open_copy(part)) as db:
        if trouble := snapshot.first_trouble(db):
            part.unlink()
            raise ArchiveDamaged(
                f"The archive {data_dir / DATABASE} is damaged: {trouble}.\n"
                f"What {dest} held before stays as it was. archiver check says more; restore from the backup if need be."
            )
        _refuse_newer(db, dest)
        done.captures, total = snapshot.extent(db)
        _need(sum(size for _, size in _to_copy(db, source, target, finished)), dest)
        for name, end in snapshot.files(db):
            if not _keep_file(source.folder / name, target / name, end, name in finished, done):
                done.missing.append(name)
            done.files += 1
            watch("WARC files", done.files, total)
        _sync_folder(target)
        wanted = {name for name, _ in snapshot.files(db)}
        done.missing += [name for name, end in snapshot.files(db) if _size(target / name) < end and name not in done.missing]
    for name in BESIDE:
        if (data_dir / name).exists():
            _write_whole(dest / name, (data_dir / name).read_bytes())
    done.database_bytes = part.stat().st_size
    snapshot.replace(dest, part)
    _sync_folder(dest)
    done.removed = _remove_others(target, wanted)
    return done


def _refuse_newer(db: sqlite3.Connection, dest: Path) -> None:
    """A folder in which somebody crawled since is no backup any more, but an archive that holds more than this one."""
    if (dest / DATABASE).exists() and (unknown := snapshot.unknown_captures(db, dest)):
        (dest / (DATABASE + PART)).unlink()
        raise WrongUse(
            f"{dest} holds captures ({unknown} or more) that this archive does not have: it was crawled into,"
            " or this archive was restored from an older backup.\nNothing was changed there. Name another folder."
        )


# --- WARC files


def _keep_file(source: Path, target: Path, end: int, finished: bool, done: Backup) -> bool:
    """The file, whole or up to `end`, is in the backup. False where the archive lacks it."""
    size, there = _size(source), _size(target)
    if size < end:
        return False
    wanted = size if finished else end
    if there == wanted or (there >= 0 and source.samefile(target)):
        done.there += 1
        return True
    if finished and _link(source, target):
        done.linked += 1
        return True
    done.copied += 1
    done.copied_bytes += wanted
    return _copy(source, target, wanted)


def _link(source: Path, target: Path) -> bool:
    """False where the file system has no hard links to it (another disk, too many links)."""
    part = target.with_name(target.name + PART)
    try:
        os.link(source, part)
    except OSError:
        return False
    part.replace(target)
    return True


def _copy(source: Path, target: Path, size: int) -> bool:
    """False where the archive's file cannot be read."""
    part = target.with_name(target.name + PART)
    left = size
    with part.open("wb") as writing, suppress(_Unreadable):
        for data in _pieces(source, size):
            writing.write(data)
            left -= len(data)
        writing.flush()
        os.fsync(writing.fileno())
    if left:
        part.unlink()
    else:
        part.replace(target)
    return not left


class _Unreadable(Exception):
    """The fault is the archive's, not DEST's."""


def _pieces(source: Path, size: int) -> Iterator[bytes]:
    try:
        with source.open("rb") as file:
            while size and (data := file.read(min(size, CHUNK))):
                size -= len(data)
                yield data
    except OSError as error:
        raise _Unreadable(str(error)) from error


def _to_copy(db: sqlite3.Connection, source: Captures, target: Path, finished: set[str]) -> Iterator[tuple[str, int]]:
    """(name, bytes) of the files that cannot be linked."""
    links = _can_link(source.folder, target)
    for name, end in snapshot.files(db):
        if not (links and name in finished) and _size(target / name) < end:
            yield name, max(_size(source.folder / name), end) if name in finished else end


def _can_link(source: Path, target: Path) -> bool:
    """Tried with the folder's first file: the same disk is not enough everywhere."""
    first = next(source.glob(f"*{SUFFIX}"), None)
    if first is None:
        return True
    probe = target / f"link{PART}"
    try:
        os.link(first, probe)
    except OSError:
        return False
    probe.unlink()
    return True


def _remove_others(target: Path, wanted: set[str]) -> int:
    """Files that the archive does not name any more go: what was taken down there is not kept here."""
    others = [path for path in target.glob(f"*{SUFFIX}") if path.name not in wanted]
    for path in others:
        path.unlink()
    return len(others)


def _size(path: Path) -> int:
    """-1 where it is not there."""
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return -1


# --- the disk


def _clear_parts(*folders: Path) -> None:
    """What a killed backup left."""
    for folder in folders:
        for path in folder.glob(f"*{PART}*"):
            path.unlink()


def _need(size: int, dest: Path) -> None:
    free = shutil.disk_usage(dest).free
    if size + RESERVE_BYTES > free:
        raise DataDirectoryError(
            f"{dest} has not enough space: {size / 1e6:,.0f} MB more are needed, {free / 1e6:,.0f} MB are free.\n"
            "An earlier backup there stays as it is. Free space, or name a folder on another disk."
        )


def _write_whole(path: Path, data: bytes) -> None:
    """The file has all of it, or what it had before."""
    part = path.with_name(path.name + PART)
    with part.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)


def _sync_folder(path: Path) -> None:
    folder = os.open(path, os.O_RDONLY)
    with suppress(OSError):  # some network file systems cannot
        os.fsync(folder)
    os.close(folder)


@contextmanager
def _telling(dest: Path) -> Iterator[None]:
    """Turns what the system says of DEST into words for a user."""
    try:
        yield
    except OSError as error:
        raise DataDirectoryError(
            f"{dest} cannot be written: {error.strerror or error}.\n"
            "An earlier backup there stays as it is. Check its permissions and free space, or name another folder."
        ) from error
