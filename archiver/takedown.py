"""`archiver takedown`: a story leaves the archive for good, in steps of which each can be done again.

1. One transaction: the takedown is recorded, and every row of the story goes. From here on nobody sees it, and nothing lets it in.
2. A line in data/takedowns.jsonl, so that an archive restored from an older backup can be told again.
3. WARC files that hold the story, or passages of it, are written anew without; rows switch to the new file; the old one is deleted.
4. Logs beside the archive lose passages. 5. The database is compacted. Then the takedown is finished.

Killed anywhere, the next command that writes (takedown, crawl, run, ingest) goes on from step 2.
"""

from __future__ import annotations

import getpass
import gzip
import json
import os
import re
import zlib
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

from archiver import replay, settings
from archiver.captures import Captures, Judge
from archiver.errors import ArchiveBusy, ArchiverError, NothingToDo
from archiver.locks import lock, site_lock
from archiver.pictures import picture_type
from archiver.records import Capture
from archiver.store import Archive, open_archive, open_reader, takedowns
from archiver.store.saving import key_of
from archiver.store.sqlite import DATABASE
from archiver.store.stories import homes
from archiver.store.takedowns import NearCopy, Target
from archiver.withheld import Passages, Removed, Withheld, holds

LOG = "takedowns.jsonl"
LOGS = re.compile(r".+\.log(\.\d+)?$")  # ours; passages in them are blotted out
MAX_FILE_BYTES = 256 << 20  # of a file beside the archive that is looked into
PIECE_BYTES = 4 << 20  # of it at once: its words take a hundred times the room
OVERLAP_BYTES = 16 << 10  # of two pieces, for the passages between them
PLAIN = (".gz", ".json", ".jsonl", ".csv", ".tsv", ".txt", ".html", ".xml", ".md", ".cdxj", ".cdx", ".toml", ".log")

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class FileChange:
    """What is taken out of one WARC file."""

    filename: str
    removed: int  # records whose page goes
    blotted: int  # records of other pages in which passages are blotted out
    bytes: int  # of those records


@dataclass(frozen=True, slots=True)
class Plan:
    """All that one takedown would do."""

    target: Target
    rows: dict[str, int]
    captures: int
    near_copies: tuple[NearCopy, ...]


@dataclass(frozen=True, slots=True)
class Outlook:
    """What `--dry-run` shows."""

    plans: tuple[Plan, ...]
    files: tuple[FileChange, ...]
    others: tuple[str, ...]  # files beside the archive that hold the text; deleting them is the operator's


@dataclass(slots=True)
class Done:
    """What became of it."""

    rows: dict[str, int] = field(default_factory=dict)
    files: list[FileChange] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)  # what could not be cleaned yet, and why
    others: list[str] = field(default_factory=list)

    @property
    def is_whole(self) -> bool:
        return not self.waiting


def look(data_dir: Path, names: Sequence[str], say: Say = lambda _: None) -> Outlook:
    """What taking these down would remove; writes nothing. Raises NothingToDo for a name that nothing is kept of."""
    captures = Captures(data_dir / "captures")
    with open_reader(data_dir) as archive:
        targets = find_targets(archive, names)
        besides = [target.article_id for target in targets if target.article_id is not None]
        plans: list[Plan] = []
        withheld: dict[str, Withheld] = {}
        for target in targets:
            plan, removed = _plan(archive, target, besides)
            plans.append(plan)
            withheld[target.site] = Withheld((*withheld.get(target.site, Withheld()).removed, removed))
        files = []
        for site, what in withheld.items():
            for filename in takedowns.files_of(archive.db, site):
                say(filename)
                change = _change(captures, filename, _judge(archive, filename, site, what))
                files += [change] if change else []
    others = [str(path.relative_to(data_dir)) for path in _beside(data_dir, [one.passages for w in withheld.values() for one in w.removed])]
    return Outlook(tuple(plans), tuple(files), tuple(others))


def take_down(data_dir: Path, names: Sequence[str], reason: str, basis: str, who: str | None = None, say: Say = lambda _: None) -> Done:
    """Removes the stories and all that holds them. Raises NothingToDo before anything is removed."""
    who = who or _user()
    done = Done()
    with open_archive(data_dir, create=False) as archive:
        targets = find_targets(archive, [name for name in names if not _is_begun(archive, name)])
        besides = [target.article_id for target in targets if target.article_id is not None]
        archive.db.execute("pragma secure_delete = on")
        for target in targets:
            with archive.writing():
                known, marks, _ = _known(archive, target, besides)
                _, rows = takedowns.begin(archive.db, target, known, marks, basis, reason, who, settings.utc_now())
            for table, number in rows.items():
                done.rows[table] = done.rows.get(table, 0) + number
    return _finish(data_dir, (), say, done)


def _is_begun(archive: Archive, name: str) -> bool:
    """Was its takedown cut off? It is only to be finished, and nothing of the story is left to be found by its name."""
    known = archive.find_takedown(name)
    target = takedowns.find_target(archive.db, name)
    return known is not None and known.finished_at is None and (target is None or target.article_id is None)


def finish_pending(data_dir: Path, held: Container[str] = (), say: Say = lambda _: None) -> Done | None:
    """Goes on with takedowns that were cut off, or that a restored archive does not know; None where there are none.

    `held`: sites whose lock the caller has. Raises ArchiverError only for what makes any writing impossible.
    """
    if not (data_dir / DATABASE).exists():
        return None
    with open_archive(data_dir) as archive:
        if not (_unknown(archive) or archive.takedowns(pending_only=True) or takedowns.waiting_files(archive.db)):
            return None
    return _finish(data_dir, held, say, Done())


def find_targets(archive: Archive, names: Sequence[str]) -> list[Target]:
    """Raises NothingToDo where nothing of a name is in the archive."""
    found: dict[str, Target] = {}
    for name in names:
        target = takedowns.find_target(archive.db, name)
        known = archive.find_takedown(name)
        if known and (target is None or target.article_id is None):
            raise NothingToDo(
                f"{name} was taken down already, on {known.begun_at[:10]} ({known.basis}: {known.reason}).\n"
                + ("See all: archiver takedown --list" if known.finished_at else "It was cut off; to finish it: archiver takedown --again")
            )
        if target is None:
            raise NothingToDo(f"The archive has no story {name!r}, and no capture of that address.\nFind its key: archiver search …")
        found[target.key] = target
        for home in homes(archive.db, target.article_id) if target.article_id is not None else []:  # one story, wherever it was
            other = takedowns.find_target(archive.db, home)
            if other is not None:
                found.setdefault(other.key, other)
    besides = [target.article_id for target in found.values() if target.article_id is not None]
    return [takedowns.with_pictures(archive.db, target, besides) for target in found.values()]


def _plan(archive: Archive, target: Target, besides: Sequence[int]) -> tuple[Plan, Removed]:
    known, _, copies = _known(archive, target, besides)
    rows = takedowns.count_rows(archive.db, target.article_id) if target.article_id is not None else {}
    query = "select count(*) from captures where target_uri in (select value from json_each(?))"
    (number,) = archive.db.execute(query, (json.dumps(target.addresses),)).fetchone()
    keys = frozenset([target.key, *(key_of(url) for url in target.addresses)])
    return Plan(target, rows, number, tuple(copies)), Removed(keys, frozenset(), known)


def _known(archive: Archive, target: Target, besides: Sequence[int]) -> tuple[Passages, list[tuple[str, str]], list[NearCopy]]:
    """(hashes by which its text is known, but for what other stories of the site have as their own; marks of its text; near copies)."""
    if target.article_id is None:
        return Passages(), [], []
    own = takedowns.passages(archive.db, [target.article_id])
    copies, shared = takedowns.near_copies(archive.db, target.article_id, own, besides)
    return own.without(shared), takedowns.text_hash_marks(archive.db, target.article_id, besides), copies


# --- finishing


def _finish(data_dir: Path, held: Container[str], say: Say, done: Done) -> Done:
    with lock(data_dir / "takedown.lock"), open_archive(data_dir, create=False) as archive:
        archive.db.execute("pragma secure_delete = on")
        _apply_log(archive)
        _write_log(archive)
        captures = Captures(data_dir / "captures")
        if _is_read_again(data_dir):
            done.waiting.append("Kept pages are being read again. When that has ended: archiver takedown --again")
            return done
        for path in captures.scraps():
            path.unlink(missing_ok=True)
        clean = [site for site in takedowns.pending_sites(archive.db) if _clean_site(archive, captures, site, held, say, done)]
        _delete_waiting(archive, captures)
        ready = [one for one in archive.takedowns(pending_only=True) if one.site in clean]
        if not ready:
            return done
        replay.renew(data_dir)
        _clean_beside(archive, data_dir, clean, done)
        say("compacting the database")
        try:
            archive.scrub()
        except ArchiveBusy as error:
            done.waiting.append(str(error))
            return done
        with archive.writing():
            takedowns.finish(archive.db, [one.id for one in ready], settings.utc_now())
    return done


def _is_read_again(data_dir: Path) -> bool:
    """A re-reading holds samples of what it changes, and writes them at its end."""
    try:
        with lock(data_dir / "rereading.lock", ArchiveBusy):
            return False
    except ArchiveBusy:
        return True


def _apply_log(archive: Archive) -> None:
    """Takedowns that the log remembers and the archive does not: the archive was restored from an older backup."""
    for row in _unknown(archive):
        with archive.writing():
            number = takedowns.again(archive.db, row)
            for key in takedowns.marked_keys(archive.db, number):
                target = takedowns.find_target(archive.db, key)
                if target is not None:
                    target = takedowns.with_pictures(archive.db, target)
                    known, marks, _ = _known(archive, target, ())
                    takedowns.empty(archive.db, number, target, known, marks)


def _unknown(archive: Archive) -> list[dict[str, Any]]:
    path = archive.data_dir / LOG
    if not path.exists():
        return []
    known = takedowns.known_keys(archive.db)
    found: dict[str, dict[str, Any]] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        try:
            row = json.loads(line)
        except ValueError:
            continue  # the line that a crash cut off; the archive knows that takedown
        if row["key"] not in known:
            found[row["key"]] = row
    return list(found.values())


def _write_log(archive: Archive) -> None:
    """A line for every takedown that is not finished; the last line of a key holds."""
    path = archive.data_dir / LOG
    pending = archive.takedowns(pending_only=True)
    before = path.read_text(encoding="utf-8") if path.exists() else ""
    lines = [line for one in pending if (line := json.dumps(takedowns.as_log(archive.db, one.id), sort_keys=True)) not in before]
    if lines:
        with path.open("a", encoding="utf-8") as file:
            file.write(("" if not before or before.endswith("\n") else "\n") + "".join(f"{line}\n" for line in lines))
            file.flush()
            os.fsync(file.fileno())


def _clean_site(archive: Archive, captures: Captures, site: str, held: Container[str], say: Say, done: Done) -> bool:
    """Writes the site's WARC files anew where they hold what was taken down. False where some could not be."""
    with ExitStack() as locks:
        try:
            if site not in held:
                locks.enter_context(site_lock(site, archive.data_dir))
        except ArchiveBusy:
            done.waiting.append(
                f"{site} is being crawled, so its WARC files still hold the text. The crawl cleans them when it ends;"
                " or end it, then: archiver takedown --again"
            )
            return False
        withheld, number = archive.withheld(site), max(one.id for one in archive.takedowns() if one.site == site)
        whole = True
        for filename in takedowns.files_of(archive.db, site):
            if not (captures.folder / filename).exists():
                continue  # archiver check names it
            say(filename)
            if captures.is_being_written(filename):
                done.waiting.append(f"{filename} is being written. When that has ended: archiver takedown --again")
                whole = False
                continue
            try:
                change = _change(captures, filename, _judge(archive, filename, site, withheld))
                if change:
                    _replace(archive, captures, filename, site, withheld, number)
                    done.files.append(change)
            except ArchiverError as error:
                done.waiting.append(str(error))
                whole = False
    return whole


def _replace(archive: Archive, captures: Captures, filename: str, site: str, withheld: Withheld, number: int) -> None:
    new_name = _new_name(filename, number)
    today = settings.utc_now().strftime("%Y-%m-%d")
    moved = captures.rewrite_without(filename, new_name, _judge(archive, filename, site, withheld), lambda _: {"taken-down": today})
    with archive.writing():
        rows = [(one.old_offset, one.offset, one.length, one.payload_digest) for one in moved]
        takedowns.switch_file(archive.db, number, filename, new_name, rows)
    captures.delete(filename)
    with archive.writing():
        takedowns.file_removed(archive.db, filename, settings.utc_now())


def _delete_waiting(archive: Archive, captures: Captures) -> None:
    for filename in takedowns.waiting_files(archive.db):
        captures.delete(filename)
        with archive.writing():
            takedowns.file_removed(archive.db, filename, settings.utc_now())


def _change(captures: Captures, filename: str, judge: Judge) -> FileChange | None:
    found = [(length, stays) for _, length, _, stays in captures.judged(filename, judge)]
    removed = sum(stays is None for _, stays in found)
    return FileChange(filename, removed, len(found) - removed, sum(length for length, _ in found)) if found else None


def _judge(archive: Archive, filename: str, site: str, withheld: Withheld) -> Judge:
    """Records of other sites stay as they are: an import keeps many in one file."""
    known = takedowns.roles_in(archive.db, filename)

    def judge(offset: int, capture: Capture) -> Capture | None:
        of_site, role, outcome = known.get(offset, (site, "story", ""))
        if role == "image" and outcome == "taken_down" and capture.body:
            return None
        if role == "image" and of_site == site and picture_type(capture):  # it has no passages
            return None if withheld.knows(capture) else capture
        return withheld.strip(capture, is_page=role == "story") if of_site == site else capture

    return judge


def _new_name(filename: str, number: int) -> str:
    """A name of the same form, the same each time that the step is done again."""
    mark = sha256(f"{filename} {number}".encode()).hexdigest()[:8]
    stem, dot, ending = filename.partition(".warc")
    return f"{re.sub('-[0-9a-f]{8}$', '', stem)}-{mark}{dot}{ending}"


# --- files beside the archive


def _clean_beside(archive: Archive, data_dir: Path, sites: Iterable[str], done: Done) -> None:
    withheld = Withheld(tuple(one for site in sites for one in archive.withheld(site).removed))
    for path in _beside(data_dir, [one.passages for one in withheld.removed]):
        if LOGS.fullmatch(path.name):
            # In place: a crawl of another site may have it open.
            with path.open("r+", encoding="utf-8", errors="replace", newline="") as file:
                text = file.read()
                file.seek(0)
                file.write(withheld.clear(text) or "")
                file.truncate()
        else:
            done.others.append(str(path.relative_to(data_dir)))


def _beside(data_dir: Path, known: Sequence[Passages]) -> Iterator[Path]:
    """Files in the data directory, but for the archive itself, that hold a passage."""
    for path in sorted(data_dir.rglob("*")):
        if path.name.startswith(DATABASE) or path.name == LOG or not path.is_file() or path.parent.name == "captures":
            continue
        if not (LOGS.fullmatch(path.name) or path.suffix in PLAIN) or path.stat().st_size > MAX_FILE_BYTES:
            continue
        if any(holds(text, passages) for text in _texts(path) for passages in known):
            yield path


def _texts(path: Path) -> Iterator[str]:
    """A file piece by piece, each beginning with the end of the one before; of what a packed one unpacks to, as much as of a plain one."""
    before, left = b"", MAX_FILE_BYTES
    with suppress(OSError, EOFError, zlib.error), gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
        while left > 0 and (data := file.read(PIECE_BYTES)):  # where it is broken, nobody reads on either
            yield (before + data).decode("utf-8", "replace")
            before, left = data[-OVERLAP_BYTES:], left - len(data)


def _user() -> str | None:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return None
