"""Is the archive whole? Every row against its WARC record, every record against its row, the search index against its tables.

`check` only looks, in constant memory, also while a crawl writes. `repair` does what cannot lose anything, and says what it did.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from heapq import merge
from itertools import groupby, takewhile
from pathlib import Path
from typing import Any

from archiver import settings
from archiver.captures import NAME, SUFFIX, Captures, Kept
from archiver.counted import counted
from archiver.discover.found import is_story_link
from archiver.errors import ArchiveDamaged, DataDirectoryError, NothingToDo
from archiver.importing import Owners
from archiver.proof import Broken, Record, walk
from archiver.records import WHOLE_PAGE, Link, Site
from archiver.recovery import index_captures, pick_up
from archiver.sites import load_sites
from archiver.store import Archive, integrity, open_archive, open_reader, takedowns
from archiver.store.integrity import Place
from archiver.store.sqlite import DATABASE, telling_of_sqlite
from archiver.store.values import text, utc_text
from archiver.urls import normalise

FOREIGN = (".warc", ".warc.zst", ".wacz", ".arc", ".arc.gz")  # what somebody may have put beside our own files
Watch = Callable[[str, int, int], None]  # hears (what is looked at, how much is done, how much there is; 0: nobody knows)

INDEXES = integrity.SEARCH


@dataclass(frozen=True, slots=True)
class Kind:
    """What a fault of one kind means, and what is done about it."""

    why: str  # it matters
    repair: str
    by_us: bool = False  # --repair does it
    heals: bool = False  # the next crawl does it by itself: no fault of the archive, a word all the same


LOOK_FOR_RECORD = "archiver check --deep --repair looks for its record; where there is none, restore a backup"
RESTORE_FILE = "restore the file from a backup; what was read from it stays as it is"
KINDS = {
    # the database
    "database_damaged": Kind(
        "what SQLite says of a damaged file cannot be trusted",
        "keep a copy of archive.db, then restore a backup (archiver backup makes them), or try sqlite3 archive.db .recover;"
        " without either, archiver --data NEW import captures/ reads all stories off the files",
    ),
    "database_lost": Kind(
        "nothing is found, though the pages are kept",
        "restore a backup; without one, archiver --data NEW import captures/ reads all stories and revisions off the files"
        " (copy sites.toml to NEW first)",
    ),
    "schema_incomplete": Kind("commands that need it will fail", "restore a backup, or make it as store/migrations.py has it"),
    "index_missing": Kind("questions become slow or fail, and what should be there once could be there twice", "make it", by_us=True),
    "orphan_rows": Kind("they belong to no story and show up in counts", "delete them", by_us=True),
    "lost_reference": Kind(
        "rows point at something that is not there",
        "captures: archiver check --deep --repair looks for them in the WARC files; else restore a backup, or look with SQL",
    ),
    # stories
    "no_story": Kind("nobody finds them", "make its row of its newest revision, and read its page again", by_us=True),
    "no_text": Kind("the story cannot be read or found", "take that of its newest revision, and read its page again", by_us=True),
    "no_revision": Kind("what the story was at first is not known", "make one of what it is, and read its pages again", by_us=True),
    "revision_count": Kind("lists show a wrong number", "count again", by_us=True),
    "revision_gap": Kind("a version of the story is lost", "read its page again, and number them anew", by_us=True),
    "no_capture": Kind("nothing proves what was read", "restore a backup"),
    # the search index
    "not_indexed": Kind("search does not find them", "take them into the index", by_us=True),
    "left_in_index": Kind("search counts what is not there", "fill the index anew, a few hundred stories at a time", by_us=True),
    "index_differs": Kind("search finds wrong stories, or none", "fill the index anew, a few hundred stories at a time", by_us=True),
    # the index of captures
    "capture_without_file": Kind("its page cannot be read again", LOOK_FOR_RECORD),
    "bad_place": Kind("its page cannot be found", LOOK_FOR_RECORD),
    "bad_refers_to": Kind("the content that it repeats cannot be found", "restore a backup"),
    # WARC files
    "file_missing": Kind("its pages cannot be read again", f"{RESTORE_FILE} (renamed? archiver check --deep --repair)"),
    "file_short": Kind("the end of it is lost", RESTORE_FILE),
    "file_unreadable": Kind("its pages cannot be read again", "check the disk and the file's permissions"),
    "record_damaged": Kind("its page cannot be read again", RESTORE_FILE),
    "record_missing": Kind("its page cannot be read again", f"{LOOK_FOR_RECORD} of the file"),
    "record_differs": Kind("the index tells of something that the record does not hold", "restore a backup"),
    "record_not_indexed": Kind("what was fetched is never read", "index them, as after a crash", by_us=True),
    "bytes_damaged": Kind("what stood there is lost; the index knows nothing of it", RESTORE_FILE),
    "torn_tail": Kind("other tools stop there", "cut it off; all whole records stay", by_us=True),
    "double_file": Kind("it takes room, and other tools show its pages twice", "look at it, then move it out of captures/"),
    "no_warc": Kind("nothing is read from it, and other tools stumble over it", "look at it, then move it out of captures/"),
    "foreign_file": Kind("nothing is read from it", "archiver import takes it in; then move it out of captures/", heals=True),
    "empty_file": Kind("other tools stumble over it", "remove it", by_us=True),
    # after a crash
    "unfinished_file": Kind("its last captures may wait for their rows", "the next crawl does it by itself", by_us=True, heals=True),
    "stale_marker": Kind("it marks a file that was never made", "the next crawl does it by itself", by_us=True, heals=True),
    "takedown_unfinished": Kind("it may still hold what was taken down", "the next crawl, or archiver takedown --again", heals=True),
    "not_compared": Kind("the archive cannot be written here", "run check where it can be", heals=True),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is not as it should be."""

    code: str  # of KINDS
    where: str
    what: str
    subject: str = ""  # what a repair works on: a WARC file, a table, a story

    @property
    def why(self) -> str:
        return KINDS[self.code].why

    @property
    def repair(self) -> str:
        return KINDS[self.code].repair

    @property
    def by_us(self) -> bool:
        return KINDS[self.code].by_us

    @property
    def heals(self) -> bool:
        return KINDS[self.code].heals

    def __str__(self) -> str:
        return f"{self.where}: {self.what}; {self.why}. Repair: {self.repair}" + (" (--repair)" if self.by_us else "") + "."


def unheard(what: str, done: int, total: int) -> None:
    """For who wants no progress."""


def check(data_dir: Path, deep: bool = False, watch: Watch = unheard) -> Iterator[Fault]:
    """Everything that is wrong, as it is found. `deep` reads every byte of every WARC file and compares every word of the search index.

    Raises NothingToDo where there is no archive, ArchiveTooNew.
    """
    try:
        with open_reader(data_dir) as archive, telling_of_sqlite(data_dir / DATABASE):
            yield from _check(archive, deep, watch)
            return
    except ArchiveDamaged as error:
        yield Fault("database_damaged", DATABASE, str(error.__cause__ or error))
    except NothingToDo:
        if not _sizes(data_dir / "captures"):
            raise
        yield Fault("database_lost", DATABASE, "it is not there, beside WARC files")
    if deep:  # what can be said without it
        yield from _files_alone(Captures(data_dir / "captures"), watch)


def _check(archive: Archive, deep: bool, watch: Watch) -> Iterator[Fault]:
    integrity.read_whatever_is_there(archive.db)
    watch("database", 0, 0)
    messages = integrity.messages(archive.db, deep)
    yield from (_of_message(message) for message in messages)
    if any(_of_message(message).code == "database_damaged" for message in messages):
        if deep:
            yield from _files_alone(Captures(archive.data_dir / "captures"), watch)
        return
    lacking = list(_schema(archive))
    yield from lacking
    for faults in (
        _references(archive),
        _stories_and_search(archive, deep, watch),
        _capture_rows(archive, watch),
        _files(archive, deep, watch),
    ):
        try:
            yield from faults
        except sqlite3.OperationalError as error:  # asked for what is lacking, as far as it is told
            if not lacking or error.sqlite_errorname != "SQLITE_ERROR":
                raise


# --- the database


def _of_message(message: str) -> Fault:
    """What SQLite's own check said. Newer ones look into the search index, too."""
    for name in INDEXES:
        if "fts5" in message.lower() and name in message:
            return Fault("index_differs", name, message, name)
    return Fault("database_damaged", DATABASE, message)


def _schema(archive: Archive) -> Iterator[Fault]:
    for kind, name, _ in integrity.missing_parts(archive.db):
        code = "index_missing" if kind in integrity.DERIVED else "schema_incomplete"
        yield Fault(code, DATABASE, f"the {kind} {name} is not there")


def _references(archive: Archive) -> Iterator[Fault]:
    for (table, column, parent), number in integrity.lost_references(archive.db).items():
        orphans = parent == "articles" and table in (*integrity.PARTS, *integrity.KEEP_ROWS, "copies")
        what = f"{counted(number, 'row')} with {column} {'that is' if number == 1 else 'that are'} not in {parent}"
        code = "no_story" if (table, parent) == ("revisions", "articles") else "orphan_rows" if orphans else "lost_reference"
        yield Fault(code, table, what, table)


def _stories_and_search(archive: Archive, deep: bool, watch: Watch) -> Iterator[Fault]:
    out_of_step = set()
    for fault in _stories(archive, watch):
        out_of_step.add(fault.subject)
        yield fault
    for name in INDEXES:
        if deep and name not in out_of_step:  # a missing row is a difference, too
            yield from _words(archive, name, watch)


def _stories(archive: Archive, watch: Watch) -> Iterator[Fault]:
    unindexed, first = 0, ""
    for story in integrity.faulty_stories(archive.db, _steps(watch, "stories")):
        where = f"story {story.key}"
        if story.no_text:
            yield Fault("no_text", where, "it has no text", str(story.id))
        if story.no_capture:
            yield Fault("no_capture", where, "it names no capture that it was read from")
        if not story.revisions:
            yield Fault("no_revision", where, "it has no revision", str(story.id))
        elif not story.in_order:
            yield Fault(
                "revision_gap", where, f"its {counted(story.revisions, 'revision')} are not numbered from 1 without a gap", str(story.id)
            )
        elif story.revisions != story.revision_count:
            yield Fault("revision_count", where, f"{story.revision_count} revisions are told, {story.revisions} are there", str(story.id))
        if story.not_indexed and not story.no_text:
            unindexed, first = unindexed + 1, first or story.key
    if unindexed:
        what = f"{counted(unindexed, 'story', 'stories')} missing (first: {first})"
        yield Fault("not_indexed", "articles_fts", what, "articles_fts")
    for revision_id, article_id in integrity.revisions_without_capture(archive.db, _steps(watch, "revisions")):
        yield Fault("no_capture", f"revision {revision_id}", f"it names no capture that it was read from (story number {article_id})")
    missing = sum(1 for _ in integrity.unindexed_images(archive.db, _steps(watch, "captions")))
    if missing:
        yield Fault("not_indexed", "images_fts", f"{counted(missing, 'caption')} missing", "images_fts")
    for name in INDEXES:
        left = sum(1 for _ in integrity.left_in_index(archive.db, name, _steps(watch, name)))
        if left:
            yield Fault("left_in_index", name, f"{counted(left, 'entry', 'entries')} of rows that are not there", name)


def _words(archive: Archive, name: str, watch: Watch) -> Iterator[Fault]:
    """Whether the index holds the words of its rows. For SQLite that is a write: crawls wait for it, a minute for a million stories."""
    watch(f"words of {name}", 0, 0)
    try:
        with open_archive(archive.data_dir) as writer, writer.writing():
            same = integrity.says_the_same(writer.db, name)
    except DataDirectoryError as error:
        yield Fault("not_compared", name, f"its words were not compared with those of its rows ({error.__cause__ or error})")
        return
    if not same:
        yield Fault("index_differs", name, "it holds other words than its rows", name)


# --- captures: rows


def _capture_rows(archive: Archive, watch: Watch) -> Iterator[Fault]:
    told = {
        "no_file": ("capture_without_file", "it names no WARC file, and was not taken down"),
        "no_place": ("bad_place", "its place in the WARC file makes no sense"),
        "refers_forward": ("bad_refers_to", "it repeats a capture that came later"),
        "refers_to_nothing": ("bad_refers_to", "the capture that it repeats is in no WARC file"),
    }
    for capture_id, uri, fault in integrity.faulty_captures(archive.db, _steps(watch, "captures")):
        code, what = told[fault]
        yield Fault(code, f"capture {capture_id}", f"{what} ({uri})")


# --- captures: files


def _files(archive: Archive, deep: bool, watch: Watch) -> Iterator[Fault]:
    """Each file that is there or that the index names."""
    captures = Captures(archive.data_dir / "captures")
    if _is_lost(archive, captures):
        yield Fault("database_lost", DATABASE, "it is empty, beside WARC files")
        return
    for marker in captures.stale_markers():
        yield Fault("stale_marker", f"captures/{marker.name}", "it has no file beside it")
    for path in sorted(captures.folder.glob("*")):
        if path.name.lower().endswith(FOREIGN):
            yield Fault("foreign_file", f"captures/{path.name}", "it is no file of the archiver's (those are *.warc.gz)", path.name)
    sizes = _sizes(captures.folder)
    total, done = (sum(sizes.values()), 0) if deep else (len(sizes), 0)
    names = merge(sorted(sizes), integrity.warc_filenames(archive.db))
    for name, _ in groupby(names):

        def moved(position: int, before: int = done) -> None:
            watch("WARC files, bytes", before + position, total)

        if "/" not in name:  # told with its rows
            yield from _file(archive, captures, name, deep, moved if deep else lambda position: None)
        done += sizes.get(name, 0) if deep else 1
        watch("WARC files, bytes" if deep else "WARC files", min(done, total), total)


def _is_lost(archive: Archive, captures: Captures) -> bool:
    """A database that some command made anew where the old one was gone: to index the files would read no story from them."""
    names = [path.name for path in captures.folder.glob(f"*{SUFFIX}") if _size(path) and captures.is_finished(path.name)]
    rows = archive.db.execute("select exists (select 1 from captures) or exists (select 1 from links)").fetchone()[0]
    return bool(names) and not rows


def _sizes(folder: Path) -> dict[str, int]:
    return {path.name: _size(path) or 0 for path in folder.glob(f"*{SUFFIX}")}


def _file(archive: Archive, captures: Captures, name: str, deep: bool, moved: Callable[[int], None]) -> Iterator[Fault]:
    where, path = f"captures/{name}", captures.folder / name
    being_written = captures.is_being_written(name)  # asked first: rows of what is in it now may come later, never earlier
    size = _size(path)
    number, end, behind = integrity.extent(archive.db, name, size or 0)
    if size is None:
        number, *_ = integrity.extent(archive.db, name, 0)  # a takedown writes the file anew, under another name
        if number:
            yield Fault("file_missing", where, f"the file is not there, {counted(number, 'capture')} {_were(number)} in it", name)
        elif path.is_symlink():
            yield Fault("file_unreadable", where, "it is a link to a file that is not there", name)
        return
    if not number and not being_written and _takedown_is_under_way(archive):
        yield Fault("takedown_unfinished", where, "a takedown writes it anew, or is about to delete it", name)
        return
    if behind:
        yield Fault("file_short", where, f"the file ends at byte {size}, before {counted(behind, 'capture')} of {number}", name)
    unfinished = not being_written and path.with_name(name + ".open").exists()
    if unfinished:
        yield Fault("unfinished_file", where, "a crash left it open", name)
    if not size and not being_written and not unfinished:
        yield Fault("empty_file", where, "there is not a byte in it", name)
    growing = being_written or unfinished
    stop = min(end, size) if growing else size
    try:
        if deep:
            rows = integrity.places(archive.db, name)
            if growing:  # its writer goes on, and rows of what it writes come while these are read
                rows = takewhile(lambda row: row.offset < stop, rows)
            yield from _compare(archive, captures, name, rows, walk(path, 0, stop, moved))
        else:
            yield from _compare(archive, captures, name, iter(()), walk(path, min(end, size), stop, moved))
    except FileNotFoundError:
        return  # taken down just now
    except OSError as error:
        yield Fault("file_unreadable", where, error.strerror or str(error), name)


def _takedown_is_under_way(archive: Archive) -> bool:
    """Then there are whole WARC files that the index does not know: the new one already, or the old one still."""
    return bool(archive.takedowns(pending_only=True) or takedowns.waiting_files(archive.db))


def _size(path: Path) -> int | None:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return None


def _compare(archive: Archive, captures: Captures, name: str, rows: Iterator[Place], records: Iterator[Record | Broken]) -> Iterator[Fault]:
    """What the index has in a file against what is in it, both in the file's order."""
    where = f"captures/{name}"
    row = next(rows, None)
    unknown: list[int] = []  # number of records without a row, and where the first is
    strange = 0  # records without a row in a file that is not ours
    doubles = 0  # records without a row that are in another file, too, by which the index knows them
    for record in records:
        while row is not None and row.offset < record.start:
            yield Fault(
                "record_missing", where, f"no record begins at byte {row.offset}, where capture {row.id} should be ({row.target_uri})", name
            )
            row = next(rows, None)
        if isinstance(record, Broken):
            hit = False
            while row is not None and row.offset < record.end:
                yield Fault(
                    "record_damaged", where, f"bytes {row.offset} to {row.end} of capture {row.id} are damaged ({row.target_uri})", name
                )
                row, hit = next(rows, None), True
            if not hit:
                yield _broken(where, name, record)
        elif row is not None and row.offset == record.start:
            if trouble := record.trouble or _difference(row, record):
                code = "record_damaged" if record.trouble else "record_differs"
                yield Fault(code, where, f"capture {row.id} at byte {row.offset}: {trouble} ({row.target_uri})", name)
            row = next(rows, None)
        elif record.is_capture:
            kept = captures.kept_at(name, record.start, record.end)
            places = _rows_of(archive, kept) if kept else []
            if kept and any(_is_there(captures, kept, place) for place in places):
                doubles += 1
            elif not places and not NAME.fullmatch(name):
                strange += 1
            else:
                unknown = [unknown[0] + 1, unknown[1]] if unknown else [1, record.start]
        elif record.trouble:
            yield Fault("bytes_damaged", where, f"the {record.kind} record at byte {record.start}: {record.trouble}", name)
    while row is not None:
        yield Fault(
            "record_missing", where, f"no record begins at byte {row.offset}, where capture {row.id} should be ({row.target_uri})", name
        )
        row = next(rows, None)
    if unknown:
        yield Fault("record_not_indexed", where, f"{counted(unknown[0], 'capture')} without a row, the first at byte {unknown[1]}", name)
    if strange:
        yield Fault("foreign_file", where, f"{counted(strange, 'capture')} in it that the archiver did not write", name)
    if doubles:
        yield Fault("double_file", where, f"{counted(doubles, 'capture')} in it {_were(doubles)} found in other files, too", name)


def _rows_of(archive: Archive, kept: Kept) -> list[tuple[int, str | None, Any, Any]]:
    target_uri, warc_date = text(kept.target_uri) or "", utc_text(kept.warc_date) or ""
    return integrity.same_captures(archive.db, target_uri, warc_date, kept.payload_digest, kept.repeats is not None)


def _is_there(captures: Captures, kept: Kept, place: tuple[int, str | None, Any, Any]) -> bool:
    """Whether the row's place holds this answer, and not only the row says so."""
    _, name, offset, length = place
    if not name or "/" in name or not isinstance(offset, int) or not isinstance(length, int) or offset < 0 or length <= 0:
        return False
    try:
        found = captures.kept_at(name, offset, offset + length)
    except OSError:
        return False
    return found is not None and all(getattr(found, fact) == getattr(kept, fact) for fact in ("target_uri", "warc_date", "payload_digest"))


def _broken(where: str, name: str, broken: Broken) -> Fault:
    if broken.is_tail and not broken.start:
        return Fault("no_warc", where, f"there is no whole record in its {broken.end} bytes", name)
    if broken.is_tail:
        return Fault("torn_tail", where, f"its last {broken.end - broken.start} bytes are no whole record", name)
    return Fault("bytes_damaged", where, f"bytes {broken.start} to {broken.end} are no whole record", name)


def _difference(row: Place, record: Record) -> str | None:
    """What the row says and the record does not."""
    if not record.is_capture:
        return f"the record is a {record.kind or 'nameless'} record, no capture"
    if record.end != row.end:
        return f"the record has {record.end - record.start} bytes, its row says {row.length}"
    if text(record.target_uri) != row.target_uri:
        return f"the record is of {record.target_uri[:200]}"
    if _moment(record.warc_date) != _moment(row.warc_date):
        return f"the record is of {record.warc_date[:40]}, its row of {row.warc_date[:40]}"
    if record.kind == "response" and record.payload_digest and row.payload_digest and record.payload_digest != row.payload_digest:
        return f"the record's payload digest is {record.payload_digest[:60]}, its row's {row.payload_digest[:60]}"
    return None


def _moment(written: str) -> datetime | None:
    try:
        return datetime.fromisoformat(written).replace(microsecond=0)
    except ValueError:
        return None


def _files_alone(captures: Captures, watch: Watch) -> Iterator[Fault]:
    """What the files say of themselves, where there is no index to compare them with."""
    sizes = _sizes(captures.folder)
    done = 0
    for name in sorted(sizes):
        where = f"captures/{name}"
        try:
            for record in walk(captures.folder / name):
                if isinstance(record, Broken):
                    yield _broken(where, name, record)
                elif record.trouble:
                    yield Fault("record_damaged", where, f"the record at byte {record.start}: {record.trouble} ({record.target_uri})", name)
        except OSError as error:
            yield Fault("file_unreadable", where, error.strerror or str(error), name)
        done += sizes[name]
        watch("WARC files, bytes", done, sum(sizes.values()))


# --- repair


def repair(data_dir: Path, faults: Iterable[tuple[str, str]], watch: Watch = unheard) -> Iterator[str]:
    """Mends faults, given as (code, subject), as far as nothing can be lost by it. Returns a line for each thing it did."""
    todo: dict[str, set[str]] = {}
    for code, subject in faults:
        if KINDS[code].by_us:
            todo.setdefault(code, set()).add(subject)
    if not todo:
        return
    watch("repair", 0, 0)
    yield from pick_up(data_dir)
    captures = Captures(data_dir / "captures")
    with open_archive(data_dir, create=False) as archive:
        if "index_missing" in todo:
            with archive.writing():
                made = integrity.make_missing(archive.db)
            yield from (f"{name}: made" for name in made)
        if not integrity.is_whole_schema(archive.db):
            return  # rows cannot be mended where tables or columns are lacking; that is told
        for name in sorted(todo.get("empty_file", ())):
            if captures.remove_empty(name):
                yield f"captures/{name}: removed, there was not a byte in it"
        for name in sorted(todo.get("torn_tail", ())):
            yield from _cut_tail(archive, captures, name)
        for name in sorted(todo.get("record_not_indexed", ())):
            yield from _index_records(archive, captures, name, load_sites(data_dir))
        yield from _mend_rows(archive, todo)
        yield from _mend_search(archive, todo)


def _cut_tail(archive: Archive, captures: Captures, name: str) -> Iterator[str]:
    """Never what the index knows."""
    if captures.is_being_written(name):
        return
    known = archive.known_offset(name)
    tails = [part for part in walk(captures.folder / name, known) if isinstance(part, Broken) and part.is_tail]
    for tail in tails:
        yield str(captures.cut(name, tail.start))


def _index_records(archive: Archive, captures: Captures, name: str, sites: Mapping[str, Site]) -> Iterator[str]:
    """A record whose row looks for it elsewhere, in vain, gets that row back; the others get new ones."""
    placed = number = 0
    owners = Owners(sites, archive.site_urls())
    for kept in _unindexed(archive, captures, name):
        with archive.writing():
            rows = _rows_of(archive, kept)
            if any(_is_there(captures, kept, row) for row in rows):
                continue
            if rows:
                integrity.put_in_place(archive.db, rows[0][0], name, kept.warc_offset, kept.warc_length)
                placed += 1
            elif NAME.fullmatch(name):
                _know(archive, kept, owners, sites)
                number += index_captures(archive, [kept])
                integrity.give_back_number(archive.db, name, kept.warc_offset)
    if placed:
        yield f"captures/{name}: {counted(placed, 'row')} found {'its' if placed == 1 else 'their'} record again"
    if number:
        yield f"captures/{name}: {counted(number, 'capture')} indexed; archiver ingest reads them"


def _know(archive: Archive, kept: Kept, owners: Owners, sites: Mapping[str, Site]) -> None:
    """The address of a page that was found after the backup that the database comes from, judged as those of an import are."""
    url = normalise(kept.target_uri)
    if not url or kept.http_status not in WHOLE_PAGE or archive.site_of_link(url) or "html" not in (kept.content_type or "").lower():
        return
    site = owners.of(url)
    link = Link(url, site, "import", kept.warc_filename)
    if is_story_link(link, sites.get(site) or Site(site, owners.front(site))):
        archive.save_imported([link], settings.utc_now())


def _unindexed(archive: Archive, captures: Captures, name: str) -> Iterator[Kept]:
    """Captures in a file that have no row."""
    if captures.is_being_written(name) or _takedown_is_under_way(archive):
        return
    rows = integrity.places(archive.db, name)
    row = next(rows, None)
    for record in walk(captures.folder / name):
        while row is not None and row.offset < record.start:
            row = next(rows, None)
        if isinstance(record, Broken) or not record.is_capture or (row is not None and row.offset == record.start):
            continue
        if kept := captures.kept_at(name, record.start, record.end):
            yield kept


def _mend_rows(archive: Archive, todo: dict[str, set[str]]) -> Iterator[str]:
    if "no_story" in todo:
        with archive.writing():
            stories, pages = integrity.restore_stories(archive.db)
        if stories:
            made = counted(stories, "story", "stories")
            yield f"{made} made of what is here; {counted(pages, 'page')} to be read again. Next: archiver ingest"
    if "orphan_rows" in todo:
        with archive.writing():
            pages = integrity.read_orphans_again(archive.db)
        if pages:
            yield f"{counted(pages, 'page')} of stories that are lost to be read again. Next: archiver ingest"
    for table in sorted(todo.get("orphan_rows", ())):
        if table == "images":  # what their words were, nobody knows any more: the index forgets them by being filled anew
            todo.setdefault("left_in_index", set()).add("images_fts")
        with archive.writing():
            number = integrity.delete_orphans(archive.db, table)
        if not number:
            continue  # their story is here again
        yield f"{table}: {counted(number, 'row')} of no story " + ("cut loose from it" if table == "links" else "deleted")
    yield from _mend_stories(archive, todo)
    for article_id in sorted(todo.get("revision_count", ())):
        with archive.writing():
            integrity.count_revisions(archive.db, int(article_id))
    if "revision_count" in todo:
        yield f"articles: revisions of {counted(len(todo['revision_count']), 'story', 'stories')} counted again"


def _mend_stories(archive: Archive, todo: dict[str, set[str]]) -> Iterator[str]:
    """What is here of a story is put in its place at once, one story a transaction; the rest comes back by reading its pages again."""
    numbers = set().union(*(todo.get(code, ()) for code in ("no_text", "no_revision", "revision_gap")))
    waiting = 0
    for article_id in sorted(map(int, numbers)):
        with archive.writing():
            integrity.restore_text(archive.db, article_id)
            integrity.restore_revision(archive.db, article_id)
            integrity.number_revisions(archive.db, article_id)
            integrity.tie_again(archive.db, article_id)
            integrity.count_revisions(archive.db, article_id)
            waiting += integrity.read_again(archive.db, article_id)
    if numbers:
        stories, pages = counted(len(numbers), "story", "stories"), counted(waiting, "page")
        yield f"{stories} mended from what is here; {pages} to be read again. Next: archiver ingest"


def _mend_search(archive: Archive, todo: dict[str, set[str]]) -> Iterator[str]:
    anew = todo.get("index_differs", set()) | todo.get("left_in_index", set())
    for name in INDEXES:
        if name in anew or name in todo.get("not_indexed", ()):
            number = _fill_index(archive, name, anew=name in anew)
            yield f"{name}: {counted(number, 'row')} taken in" + (", the index was filled anew" if name in anew else "")


def _fill_index(archive: Archive, name: str, anew: bool) -> int:
    """Takes in what is missing, some hundred rows a transaction: readers and writers go on, and killed anywhere it can be run again."""
    if anew:
        with archive.writing():
            integrity.empty_index(archive.db, name)
    total, last = 0, 0
    while True:
        with archive.writing():
            numbers = integrity.index_some_missing(archive.db, name, last)
        if not numbers:
            return total
        total, last = total + len(numbers), numbers[-1]


def _steps(watch: Watch, what: str) -> Callable[[int, int], None]:
    return lambda done, total: watch(what, done, total)


def _were(number: int) -> str:
    return "was" if number == 1 else "were"
