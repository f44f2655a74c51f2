"""Pages that others archived become captures of ours: WARC, WACZ, HTML files. They are kept in our own WARC files, with their dates.

What an import says is data: no address in it is ever asked for, no file name in it is ever a path. Killed anywhere, it goes on where
it was; the same page of the same second is taken once, from whatever file.
"""

from __future__ import annotations

import gzip
import hashlib
import html
import json
import os
import re
import time
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import urlsplit

from archiver import foreign, settings
from archiver.captures import Captures, Original, TooLarge, Truncated, decode_body, payload_digest
from archiver.discover.found import is_story_link
from archiver.discover.hints import find_publisher
from archiver.errors import SOME_FAILED, ArchiveBusy, ArchiverError, NothingToDo, WrongUse, worst
from archiver.foreign import Broken, Fault, Message, Place, Record, Section
from archiver.health import GOOD, is_failure
from archiver.locks import lock, unusable
from archiver.reader import ReaderChild, reading_failure
from archiver.records import GONE, WHOLE_PAGE, Capture, Link, Site
from archiver.recovery import capture_row, pick_up
from archiver.sites import name_for
from archiver.store import Archive, CaptureRow, open_archive, open_reader
from archiver.takedown import finish_pending
from archiver.urls import normalise, registrable_domain
from archiver.withheld import Withheld

BATCH = 200  # pages in one transaction
BATCH_BYTES = 16 << 20
SAVE_EVERY_S = 2.0  # how far it is, when nothing is taken
MAX_REQUESTS = 8  # that wait for their answer, of one address
SECRETS = re.compile(rb"(?im)^(?:cookie|authorization|proxy-authorization)[ \t]*:[^\n]*\n(?:[ \t][^\n]*\n)*")  # of a request
SHOWN_FAULTS = 1_000  # of one import, by place and reason; the others are counted
HTML_NAMES = (".html", ".htm", ".xhtml", ".html.gz", ".htm.gz")
HEAD_BYTES = 256 << 10  # of a page, where its own address and language are looked for
TEXT_BYTES = 1 << 20  # of a page, where paragraphs are looked for that tell its language
FINGERPRINT_BYTES = 1 << 20
UNTOLD_TYPES = ("application/octet-stream", "text/plain", "binary/octet-stream", "unknown/unknown")
LINK_OR_META = re.compile(rb"<(?:link|meta)\b[^>]{1,4000}>", re.IGNORECASE)
ATTRIBUTE = re.compile(rb"""(?<![a-zA-Z:-])([a-zA-Z:-]{1,40})\s{0,20}=\s{0,20}(?:"([^"]*)"|'([^']*)'|([^\s>]+))""")
HTML_LANG = re.compile(rb"""<html\b[^>]{0,2000}?\blang\s*=\s*["']?([A-Za-z_-]{2,35})""", re.IGNORECASE)
PARAGRAPH = re.compile(rb"<p\b[^<>]{0,2000}>((?:(?!<p\b).){40,4000}?)</p>", re.IGNORECASE | re.DOTALL)
TAG = re.compile(rb"<[^<>]*>")

# What becomes of a record, in words (see `in_words`). Those of QUIET are no trouble.
QUIET = {
    "imported": "page{s} imported",
    "already_there": "{were} there already",
    "taken_down": "page{s} of stories that were taken down",
    "requests": "request{s}, kept beside the answers",
    "no_answer": "record{s} that {are} no page (info, metadata, requests of what is not taken …)",
    "not_http": "address{es} that {are} not http(s)",
    "not_200": "answer{s} with another status than 200",
    "gone_of_unknown": "answer{s} 404 or 410 at addresses of no story in this archive (import its file, then this one with --again)",
    "not_html": "no web page{s} (pictures, styles, scripts, feeds …)",
    "no_story_address": "address{es} of front pages, sections and files, as a crawl passes them over",
    "other_site": "page{s} of other sites",
    "other_dates": "capture{s} of other days",
    "other_language": "page{s} in other languages",
    "language_unknown": "page{s} whose language is not told",
    "cut_short": "page{s} that the crawler cut short (WARC-Truncated)",
    "revisit_of_unknown": "revisit record{s} whose content is not in this archive (import its file, then this one with --again)",
    "own_file": "WARC file{s} of this archive itself",
    "other_file": "file{s} that {are} neither WARC, WACZ nor HTML",
}
FAULTS = {
    "damaged": "damaged record{s}",
    "truncated": "record{s} cut off in the middle",
    "wrong_length": "record{s} whose length is a lie",
    "wrong_digest": "record{s}, or member{s} of a WACZ, with a digest that does not agree with the content",
    "bad_package": "WACZ file{s} whose list of members cannot be read",
    "too_large": "record{s} larger than the archiver takes",
    "header_too_long": "record{s} with gigantic headers",
    "bad_header": "record{s} with fields that contradict each other",
    "bad_date": "record{s} without a date that can be",
    "no_record": "bytes that are no record",
    "no_http": "answer{s} that {are} not HTTP",
    "no_address": "page{s} whose address is not told",
    "bad_member_name": "member{s} of a WACZ with a dangerous name",
    "zip_bomb": "member{s} of a WACZ that would unpack without end",
    "encrypted": "encrypted member{s} of a WACZ",
    "nested": "WACZ file{s} within a WACZ",
    "too_many_members": "WACZ file{s} with too many members",
    "no_warc": "WACZ file{s} without a WARC file in them",
    "arc": "ARC file{s}",
    "no_archive": "file{s} that {are} no WARC or WACZ, whatever the name says",
    "unreadable": "file{s} that cannot be read",
}


def in_words(outcome: str, number: int) -> str:
    """What stands behind the number: "pages imported" of many, "file that is neither WARC, WACZ nor HTML" of one."""
    words = (QUIET | FAULTS).get(outcome, outcome)
    return words.format(s="", es="", are="is", were="was") if number == 1 else words.format(s="s", es="es", are="are", were="were")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is taken of what is there."""

    sites: tuple[str, ...] = ()  # names; empty: any
    known_only: bool = False  # only sites of sites.toml or spider classes
    from_: date | None = None  # by WARC-Date, both included
    to: date | None = None
    language: str | None = None
    again: bool = False  # from the beginning, also what was read before

    @property
    def filters(self) -> str:
        """As text, the same for the same filters."""
        named = {"sites": sorted(self.sites), "known": self.known_only, "from": self.from_, "to": self.to, "language": self.language}
        return json.dumps({name: value for name, value in named.items() if value}, default=str, sort_keys=True)


@dataclass(frozen=True, slots=True)
class PageFile:
    """A page in a file of its own."""

    path: Path
    url: str | None = None  # None: the page tells
    captured_at: datetime | None = None  # None: the file's own date


@dataclass(slots=True)
class Report:
    """What an import did."""

    run_id: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    faults: list[tuple[str, str, str]] = field(default_factory=list)  # place, name, reason
    sites: Counter[str] = field(default_factory=Counter)  # pages taken, by site
    new_sites: dict[str, str] = field(default_factory=dict)  # name ▶ front page
    before: list[str] = field(default_factory=list)  # files that were imported to their end before
    recovered: list[str] = field(default_factory=list)  # what a crash had left behind
    no_story: dict[str, tuple[str, str]] = field(default_factory=dict)  # outcome of a reading ▶ the first such page, and why

    @property
    def failed(self) -> int:
        return sum(number for name, number in self.counts.items() if name in FAULTS)


@dataclass(frozen=True, slots=True)
class Taken:
    """A page that will be kept, unless it is there already."""

    capture: Capture
    url: str  # normalised
    digest: str
    source: str
    record: bytes | None = None  # as it stands, when it can be kept byte for byte
    repeats: tuple[int, Original] | None = None
    ids: tuple[str, str] = ("", "")  # its WARC-Record-ID, and those of its WARC-Concurrent-To
    asked: bytes | None = None  # the HTTP request, as their crawler kept it


Tell = Callable[[str, int, Report], None]  # (file, bytes of all files that are done, report)


def bring_in(data_dir: Path, files: Iterable[Path | PageFile], wanted: Wanted, known: Mapping[str, Site],
             tell: Tell = lambda *_: None) -> Report:  # fmt: skip
    """Imports files and folders. Safe to run again. Raises ArchiveBusy, WrongUse, DataDirectoryError."""
    if unknown := [name for name in wanted.sites if name not in known]:
        raise WrongUse(
            f"No site is named {unknown[0]!r}. Known sites: {', '.join(sorted(known)) or 'none yet'}.\n"
            "Add it first (archiver add https://…), or leave --site out: pages of unknown sites get a name from their host."
        )

    def busy(holder: str) -> ArchiveBusy:
        return ArchiveBusy(f"Another import into {data_dir} is under way, by {holder}.\nWait for it to end, then try again.")

    with lock(data_dir / "import.lock", busy):
        recovered = pick_up(data_dir)
        with open_archive(data_dir) as archive:
            run_id = archive.start_run(None, "import", settings.utc_now())
            work = Import(archive, Captures(data_dir / "captures", stem="import"), wanted, known, run_id, tell)
            work.report.recovered = recovered
            try:
                for file in files:
                    work.take(file)
                work.close()
            except OSError as error:  # of our own files: theirs are dealt with where they are read
                raise unusable(data_dir, error) from error
            archive.finish_run(run_id, settings.utc_now(), "finished", work.report.counts)
    return work.report


def import_and_read(data_dir: Path, files: Iterable[Path | PageFile], wanted: Wanted, known: Mapping[str, Site],
                    tell: Callable[[str, int, str], None], workers: int | None,
                    ) -> tuple[Report, dict[str, int], ArchiverError | None]:  # fmt: skip
    """Imports, and reads beside it what is kept, as a crawl does; with no workers, keeps only.

    Returns the report, what reading gave by outcome, and why some could not be read: the reading process failed.
    """
    read: Counter[str] = Counter()
    with open_archive(data_dir) as archive:  # one that cannot be used is said so once, not by two processes
        waiting = bool(archive.unread_captures(1))  # since an import that was cut off
    no_story: dict[str, tuple[str, str]] = {}
    at_hand: tuple[str, int, int] = ("", 0, 0)  # file, bytes that are done, pages taken

    imports: dict[int | None, bool] = {None: True}  # run ▶ is it one? A crawl beside this import tells what it kept by itself
    of_run: Counter[tuple[int | None, str]] = Counter()

    def heard(event: Mapping[str, Any]) -> None:
        if event["run_id"] not in imports:
            with open_reader(data_dir) as archive:
                imports[event["run_id"]] = archive.command_of(event["run_id"]) == "import"
        if not imports[event["run_id"]]:
            return
        read.update([event["outcome"]])
        of_run[event["run_id"], event["outcome"]] += 1
        if event["outcome"] not in GOOD:
            no_story.setdefault(event["outcome"], (event["url"], event.get("reason") or ""))
        say()

    def say() -> None:
        file, done, taken = at_hand
        if file:
            tell(file, done, f"{taken:,} taken, {read.total():,} read")

    reader = ReaderChild(data_dir, heard, workers)

    def told(file: str, done: int, report: Report) -> None:
        nonlocal at_hand
        if workers is not None and report.counts["imported"]:
            reader.wake(report.run_id)
        at_hand = file, done, report.counts["imported"]
        say()

    if workers is None:
        return bring_in(data_dir, files, wanted, known, told), {}, None
    if waiting:
        reader.wake()
    try:
        report = bring_in(data_dir, files, wanted, known, told)
        if report.counts["imported"] or report.recovered:
            reader.wake(report.run_id)  # the last pages of all come after the last word
    finally:
        code = reader.finish()
    with open_reader(data_dir) as archive:  # the reading process of a crawl may have been there first
        for outcome, (number, url) in archive.outcomes_of(report.run_id).items():
            read[outcome] += max(0, number - of_run[report.run_id, outcome])
            if outcome not in GOOD:
                no_story.setdefault(outcome, (url, (archive.outcome_of(report.run_id, url) or ("", ""))[1] or ""))
    finish_pending(data_dir)  # a takedown may have come meanwhile
    return replace(report, no_story=no_story), dict(read), reading_failure(code)


def exit_code(report: Report, read: Mapping[str, int], unread: ArchiverError | None, one_page: bool) -> int:
    """`one_page`: it was asked for by itself, as an address of a crawl is. Raises NothingToDo where no page was there to import."""
    failed = report.failed or any(is_failure(outcome) or (one_page and outcome not in GOOD) for outcome in read)
    code = worst(SOME_FAILED if failed else 0, unread.exit_code if unread else 0)
    if not (code or any(report.counts.values()) or report.before):
        raise NothingToDo("No page was found to import: no file is there.\nExample: archiver import crawl.warc.gz")
    if not (code or report.counts["imported"] or report.counts["already_there"] or report.before):
        raise NothingToDo("No page was found to import.\nThe counts above say what was there instead; the filters may be too narrow.")
    return code


def as_json(report: Report) -> dict[str, object]:
    faults = [{"place": place, "fault": name, "reason": reason} for place, name, reason in report.faults]
    return {"run_id": report.run_id, "counts": report.counts, "sites": report.sites, "sites_added": report.new_sites,
            "imported_before": report.before, "faults": faults}  # fmt: skip


class Import:
    """One run: records in, captures out, in small durable steps."""

    def __init__(self, archive: Archive, captures: Captures, wanted: Wanted, known: Mapping[str, Site], run_id: int, tell: Tell) -> None:
        self.archive, self.captures, self.wanted, self.known, self.tell = archive, captures, wanted, known, tell
        self.report = Report(run_id)
        self.owners = Owners(known, archive.site_urls())
        self.waiting: list[Taken] = []
        self.withheld: dict[str, Withheld] = {}
        self.waiting_bytes = 0
        self.counts: Counter[str] = Counter()  # of the file at hand
        self.number: int | None = None  # its row in imports; None: a file that has none
        self.after = Place()
        self.saved_at = time.monotonic()
        self.done_bytes = 0
        self.group: str | None = None  # the address that the records at hand are about
        self.requests: list[Record] = []  # of that address, whose answer has not come

    # --- files

    def take(self, file: Path | PageFile) -> None:
        if isinstance(file, PageFile):
            self._page_file(file)
            return
        own = self.captures.folder.resolve()
        for path in _files_in(file):
            try:
                if path.resolve().is_relative_to(own):  # its front pages and lists would come in as stories
                    self._count("own_file")
                elif _is_file(path, is_named=path == file):
                    self._file(path)
                else:
                    self._count("other_file")
            except Broken as broken:
                self._fault(path.name, broken.name, broken.reason)
            except OSError as error:
                if error.filename is None or Path(str(error.filename)) != path:
                    raise
                self._fault(path.name, "unreadable", error.strerror or str(error))
            self._done(path)

    def _done(self, path: Path) -> None:
        self.done_bytes += path.stat().st_size if path.exists() else 0
        self.tell(path.name, self.done_bytes, self.report)

    def _file(self, path: Path) -> None:
        with path.open("rb") as file:
            kind = _kind(file, path.name)
            if kind == "warc":
                self._warc(file, path, "", _fingerprint(file), 0)
            elif kind == "arc":
                self._fault(path.name, "arc", foreign.ARC_ADVICE)
            elif kind == "other" and (foreign.is_warc_name(path.name) or path.name.lower().endswith(".wacz")):
                told = "what is in it is none" if os.fstat(file.fileno()).st_size else "there is not a byte in it"
                self._fault(path.name, "no_archive", f"its name is that of a WARC or WACZ file, {told}; fetch or copy it again")
            elif kind == "other":
                self._count("other_file")
        if kind == "html":
            self._page_file(PageFile(path))
        elif kind == "wacz":
            self._wacz(path)

    def _wacz(self, path: Path) -> None:
        with path.open("rb") as file:
            fingerprint = _fingerprint(file)
        archive, sections, wrong = foreign.open_wacz(path)
        with archive:
            for broken in wrong:
                self._fault(path.name, broken.name, broken.reason)
            if not sections:
                self._fault(path.name, "no_warc", "no WARC file is in it")
            for section in sections:
                try:
                    with foreign.open_section(path, archive, section) as file:
                        self._warc(file, path, section.name, fingerprint, section.info.header_offset, section)
                except Broken as broken:
                    self._fault(f"{path.name}/{section.name}", broken.name, broken.reason)

    def _warc(self, file: BinaryIO, path: Path, member: str, fingerprint: str, base: int, section: Section | None = None) -> None:
        now = settings.utc_now()
        place = f"{path.name}/{member}" if member else path.name
        state = self.archive.begin_import(path.name, member, fingerprint, self.wanted.filters, self.report.run_id, now)
        if state.finished_at and not self.wanted.again:
            self.report.before.append(place)
            self._tell_again(place, state.counts)
            return
        if section is not None:
            foreign.prove(file, section)
        fresh = self.wanted.again
        self.number, self.after = state.id, Place() if fresh else Place(state.position, state.records)
        self.counts = Counter() if fresh else Counter(state.counts)
        for item in _readable(foreign.read_warc(file, self.after), place):
            if not self._goes_on(item):
                self._save_now_and_then()
            if isinstance(item, Fault):
                self._fault(f"{place} before byte {item.after.offset}", item.name, item.reason)
            else:
                self._record(item, place)
            self.after = item.after
            self.tell(path.name, self.done_bytes + base + item.after.offset, self.report)
        self._goes_on(None)
        self._flush(finished=True)
        self.number, self.counts = None, Counter()

    def _goes_on(self, item: Record | Fault | None) -> bool:
        """Whether a record is about the address of the one before: request and answer are to be kept in one step, whichever is first."""
        uri = item.fields.get("warc-target-uri") if isinstance(item, Record) else None
        is_same = uri is not None and uri == self.group
        if not is_same:
            self._count("no_answer", len(self.requests))
            self.group, self.requests = uri, []
        return is_same and len(self.waiting) < 2 * BATCH and self.waiting_bytes < 2 * BATCH_BYTES

    def _page_file(self, page: PageFile) -> None:
        """A page in a file: its address from the caller, else from the page; its date from the caller, else from the file."""
        path = page.path
        try:
            with path.open("rb") as file:
                body, changed = file.read(settings.MAX_BODY_BYTES + 1), os.fstat(file.fileno()).st_mtime
            body = decode_body(body, "gzip", settings.MAX_BODY_BYTES)
        except OSError as error:
            self._fault(path.name, "unreadable", error.strerror or str(error))
            return
        except (TooLarge, Truncated) as error:
            self._fault(path.name, "too_large" if isinstance(error, TooLarge) else "truncated", str(error))
            return
        uri = page.url or own_address(body)
        url = normalise(uri) if uri else None
        if uri is None or url is None:
            self._fault(str(path), "no_address", "name it with --url, or in a table with --list")
            return
        try:
            captured_at = foreign.check_past(page.captured_at or datetime.fromtimestamp(int(changed), UTC))
        except Broken as broken:
            self._fault(str(path), broken.name, f"{broken.reason}; name its day with --date, or in a table with --list")
            return
        headers = (("Content-Type", "text/html"), ("X-Archived-From", "file"))  # no server's words: what a file cannot tell is left out
        self._take(uri, url, captured_at, Message("HTTP/1.1", 200, "OK", headers, body, False), path.name, is_page=True)
        if len(self.waiting) >= BATCH or self.waiting_bytes >= BATCH_BYTES:
            self._flush()

    # --- records

    def _record(self, record: Record, place: str) -> None:
        try:
            self._judge(record, place)
        except Broken as broken:
            self._fault(record.fields.get("warc-target-uri", "")[: settings.MAX_URL_LENGTH] or place, broken.name, broken.reason)

    def _judge(self, record: Record, place: str) -> None:
        """Takes a record or counts why not, what is cheap to tell first. Raises Broken."""
        if record.kind == "request":
            self._request(record)
            return
        if record.kind not in ("response", "revisit", "resource"):
            self._count("no_answer")
            return
        uri = record.fields.get("warc-target-uri", "").strip("<>")
        url = normalise(uri) if len(uri) <= settings.MAX_URL_LENGTH else None
        if url is None:
            self._count("not_http")
            return
        if "warc-truncated" in record.fields:
            self._count("cut_short")
            return
        moment = foreign.read_date(record.fields.get("warc-date", ""))
        if record.kind == "revisit":
            self._revisit(record, uri, url, moment, place)
            return
        told = record.fields.get("content-type", "http").lower()
        if record.kind == "resource":
            message = Message("HTTP/1.1", 200, "OK", (("Content-Type", told[:200]), ("X-Archived-From", "resource")), record.block, False)
        elif "http" not in told:
            self._count("no_answer")
            return
        else:
            message = foreign.read_message(record.block)
        is_gone = message.status in GONE and (any(one.url == url for one in self.waiting) or self.archive.holds_story(url))
        if message.status in GONE and not is_gone:
            self._count("gone_of_unknown", self._wanted_site(url, moment, place) is not None)
            return
        if message.status not in WHOLE_PAGE and not is_gone:
            self._count("not_200")
            return
        if not is_gone and not is_html(message):
            self._count("not_html")
            return
        self._take(uri, url, moment, message, place, record)

    def _take(self, uri: str, url: str, moment: datetime, message: Message, place: str, record: Record | None = None,
              is_page: bool = False) -> None:  # fmt: skip
        site = self._wanted_site(url, moment, place, is_page)
        if site is None:
            return
        if record is not None:
            _check_digests(record, message)
        if self.wanted.language and message.status in WHOLE_PAGE and not self._speaks(message):
            return
        capture = Capture(uri, moment, message.status, message.headers, message.body, site, self.report.run_id,
                          http_version=message.http_version, reason_phrase=message.reason_phrase)  # fmt: skip
        stays = self._withheld(site).strip(capture, is_page=True)
        if stays is None:
            self._count("taken_down")
            return
        digest = payload_digest(stays.body)
        as_it_stands = _as_it_stands(record, message, digest) if record and stays is capture else None
        self._wait(Taken(stays, url, digest, place, as_it_stands, ids=_ids(record) if record else ("", "")))

    def _withheld(self, site: str) -> Withheld:
        """What was taken down of a site, asked anew for every batch."""
        if site not in self.withheld:
            self.withheld[site] = self.archive.withheld(site)
        return self.withheld[site]

    def _revisit(self, record: Record, uri: str, url: str, moment: datetime, place: str) -> None:
        """The same content again: taken where that content is in the archive."""
        site = self._wanted_site(url, moment, place)
        if site is None:
            return
        if self._withheld(site).has_address(uri):
            self._count("taken_down")
            return
        fields = record.fields
        refers_to = fields.get("warc-refers-to-target-uri", uri).strip("<>")
        date = fields.get("warc-refers-to-date")
        digest = fields.get("warc-payload-digest") if "identical" in fields.get("warc-profile", "") else None
        asked = (refers_to, foreign.read_date(date) if date else None, digest)
        original = self.archive.capture_at(*asked)
        if original is None and self.waiting:
            self._flush()
            original = self.archive.capture_at(*asked)
        if original is None and date is None and digest is None:
            original = self._unchanged_since(record, uri, moment)
        if original is None or not original.payload_digest or (digest and digest != original.payload_digest):
            self._count("revisit_of_unknown")
            return
        try:
            message = foreign.read_message(record.block)
        except Broken:  # its headers may be left out (WARC 1.1, 6.7)
            message = Message("HTTP/1.1", 200, "OK", (), b"", False)
        capture = Capture(uri, moment, message.status, message.headers, b"", site, self.report.run_id,
                          http_version=message.http_version, reason_phrase=message.reason_phrase)  # fmt: skip
        repeated = Original(original.target_uri, original.warc_date, original.payload_digest)
        self._wait(Taken(capture, url, original.payload_digest, place, repeats=(original.id, repeated), ids=_ids(record)))

    def _unchanged_since(self, record: Record, uri: str, moment: datetime) -> CaptureRow | None:
        """What a "not modified" that names nothing repeats (WARC 1.1, 6.7.3): the newest capture before it, by ETag or date of change."""
        if "not-modified" not in record.fields.get("warc-profile", ""):
            return None
        try:
            message = foreign.read_message(record.block)
        except Broken:
            return None
        self._flush()
        before = self.archive.capture_before(uri, moment)
        etag, changed = _header(message, "etag"), _header(message, "last-modified")
        agrees = before is not None and ((etag and etag == before.etag) or (not etag and changed and changed == before.last_modified))
        return before if agrees else None

    def _request(self, record: Record) -> None:
        """Beside its answer, which may stand before it or behind it; alone, it is nothing to keep."""
        if "http" not in record.fields.get("content-type", "http").lower() or len(record.block) > foreign.MAX_HEAD_BYTES:
            self._count("no_answer")
            return
        for place in range(len(self.waiting) - 1, max(-1, len(self.waiting) - 1 - MAX_REQUESTS), -1):
            if _belong_together(_ids(record), self.waiting[place].ids) and self.waiting[place].asked is None:
                self.waiting[place] = replace(self.waiting[place], asked=_without_secrets(record.block))
                return
        self.requests.append(record)
        if len(self.requests) > MAX_REQUESTS:
            del self.requests[0]
            self._count("no_answer")

    def _wanted_site(self, url: str, moment: datetime, place: str, is_page: bool = False) -> str | None:
        """The site of a page that the filters let through; the others are counted."""
        if (self.wanted.from_ and moment.date() < self.wanted.from_) or (self.wanted.to and moment.date() > self.wanted.to):
            self._count("other_dates")
            return None
        site = self.owners.of(url)
        if (self.wanted.sites and site not in self.wanted.sites) or (self.wanted.known_only and site not in self.known):
            self._count("other_site")
            return None
        if not is_page and not is_story_link(Link(url, site, "import", place), self.known.get(site) or Site(site, self.owners.front(site))):
            self._count("no_story_address")
            return None
        return site

    def _speaks(self, message: Message) -> bool:
        told = language_of(message)
        if told is None:
            self._count("language_unknown")
            return False
        if told.partition("-")[0] != (self.wanted.language or "").partition("-")[0].lower():
            self._count("other_language")
            return False
        return True

    # --- to disk

    def _wait(self, taken: Taken) -> None:
        for request in self.requests:
            if _belong_together(_ids(request), taken.ids):
                taken = replace(taken, asked=_without_secrets(request.block))
                self.requests.remove(request)
                break
        self.waiting.append(taken)
        self.waiting_bytes += len(taken.capture.body) + len(taken.record or b"")

    def _save_now_and_then(self) -> None:
        late = time.monotonic() - self.saved_at > SAVE_EVERY_S
        if late or len(self.waiting) >= BATCH or self.waiting_bytes >= BATCH_BYTES:
            self._flush()

    def _flush(self, finished: bool = False) -> None:
        """Links, then the WARC file, then the rows that speak of it and how far we are, at once.

        A capture whose row a crash prevents is found in the WARC file (recovery.pick_up), and is a story's because its link is known.
        """
        now = settings.utc_now()
        taken, self.waiting, self.waiting_bytes = self._new_ones(), [], 0
        if taken:
            with self.archive.writing():
                for name in {one.capture.site for one in taken} & set(self.owners.new):
                    first = next(one.capture for one in taken if one.capture.site == name)
                    self.archive.save_site(
                        Site(name, self.owners.new[name], find_publisher(_decoded(first, settings.MAX_DECODED_BYTES))), now
                    )
                    self.report.new_sites[name] = self.owners.new.pop(name)
                self.archive.save_imported([Link(one.url, one.capture.site, "import", one.source) for one in taken], now)
        rows = []
        for one in taken:
            if one.record is not None:
                kept = self.captures.add_record(one.capture, one.record, one.digest, one.asked, one.ids[0])
            else:
                kept = self.captures.add_alone(one.capture, one.repeats[1] if one.repeats else None, one.asked)
            rows.append(capture_row(kept, "story", "kept", None, one.repeats[0] if one.repeats else None))
            self._count("imported")
            self._count("requests", one.asked is not None)
            self.report.sites[one.capture.site] += 1
        if rows:
            self.captures.sync()
        with self.archive.writing():
            self.archive.save_captures(rows)
            if self.number is not None:
                self.archive.save_import(self.number, self.after.offset, self.after.records, self.counts, now if finished else None)
        self.saved_at = time.monotonic()
        self.withheld = {}

    def _new_ones(self) -> list[Taken]:
        """Those of the waiting that are not in the archive, each once."""
        identities = [(one.capture.target_uri, one.capture.warc_date, one.digest) for one in self.waiting]
        there = self.archive.known_captures(identities) if identities else set()
        first = {identity: place for place, identity in reversed(list(enumerate(identities)))}
        new = [one for place, one in enumerate(self.waiting) if place not in there and first[identities[place]] == place]
        self._count("already_there", len(self.waiting) - len(new))
        return new

    def close(self) -> None:
        self._flush()
        self.captures.close()
        self.archive.save_outcomes(self.report.run_id, self.report.faults)

    def _count(self, name: str, number: int = 1) -> None:
        if number:
            self.counts[name] += number
            self.report.counts[name] += number

    def _tell_again(self, place: str, counts: Mapping[str, int]) -> None:
        """What was wrong with a file when it was imported is wrong with it still."""
        for name in FAULTS.keys() & counts.keys():
            self.report.counts[name] += counts[name]
            self.report.faults.append(
                (place, name, f"{counts[name]:,} found when it was imported before; a whole copy of it is taken as new")
            )

    def _fault(self, place: str, name: str, reason: str) -> None:
        self._count(name)
        if len(self.report.faults) < SHOWN_FAULTS:
            self.report.faults.append((place, name, reason))


class Owners:
    """Whose page is it? Sites that are known by their facts, then those of the archive, then a new one named after its host."""

    def __init__(self, known: Mapping[str, Site], in_archive: Mapping[str, str]) -> None:
        self.by_host: dict[str, str] = {}
        self.by_domain: dict[str, str] = {}
        self.fronts: dict[str, str] = {}
        self.new: dict[str, str] = {}  # names that are not in the archive yet ▶ front page
        for name, front in [*((site.name, site.url) for site in known.values()), *in_archive.items()]:
            if front and name not in self.fronts:
                self._enter(name, front)

    def _enter(self, name: str, front: str) -> None:
        self.fronts[name] = front
        self.by_host.setdefault(urlsplit(front).netloc, name)
        self.by_domain.setdefault(registrable_domain(front), name)

    def of(self, url: str) -> str:
        """The name of the site that `url`, a normalised address, belongs to."""
        parts = urlsplit(url)
        found = self.by_host.get(parts.netloc) or self.by_domain.get(registrable_domain(url))
        if found is None:
            front = f"{parts.scheme}://{parts.netloc}/"
            found = name_for(front, self.fronts)
            self._enter(found, front)
            self.new[found] = front
        return found

    def front(self, name: str) -> str:
        return self.fronts[name]


# --- what belongs together


def _ids(record: Record) -> tuple[str, str]:
    return record.fields.get("warc-record-id", ""), record.fields.get("warc-concurrent-to", "")


def _belong_together(request: tuple[str, str], answer: tuple[str, str]) -> bool:
    """By WARC-Concurrent-To, which some crawlers write into the request, some into the answer, some into both."""
    return (bool(answer[0]) and answer[0] in request[1].split()) or (bool(request[0]) and request[0] in answer[1].split())


def _without_secrets(request: bytes) -> bytes:
    """Cookies and passwords of whoever archived the page are nobody's business who gets an export."""
    head, end, body = request.partition(b"\r\n\r\n")
    return SECRETS.sub(b"", head + b"\r\n")[:-2] + end + body if end else SECRETS.sub(b"", request)


# --- what a page tells


def is_html(message: Message) -> bool:
    """A web page, by its type; by its first bytes where the type tells nothing."""
    told = _header(message, "content-type").lower()
    if "html" in told:
        return True
    if told and not told.startswith(UNTOLD_TYPES):
        return False
    head = _decoded(message, 1 << 20)[:2_000].lower()
    return b"<html" in head or b"<!doctype html" in head


def own_address(body: bytes) -> str | None:
    """The address that a page says it has: link[rel=canonical], else og:url. Absolute ones only."""
    addresses: dict[bytes, bytes] = {}
    for tag in LINK_OR_META.finditer(body[:HEAD_BYTES]):
        given = {match[1].lower(): match[2] or match[3] or match[4] or b"" for match in ATTRIBUTE.finditer(tag[0])}
        if given.get(b"rel", b"").lower() == b"canonical":
            addresses.setdefault(b"canonical", given.get(b"href", b""))
        elif given.get(b"property", b"").lower() == b"og:url":
            addresses.setdefault(b"og", given.get(b"content", b""))
    for name in (b"canonical", b"og"):
        address = html.unescape(addresses.get(name, b"").decode("utf-8", "replace")).strip()
        if normalise(address):
            return address
    return None


def language_of(message: Message) -> str | None:
    """The language of a page, cheaply: what its paragraphs speak, else what it declares. The reader decides anew, with all it knows."""
    from archiver.extract.language import SAMPLE, WORD, guessed, read_code  # with it comes the whole reader

    body = _decoded(message, settings.MAX_DECODED_BYTES)
    parts = (TAG.sub(b" ", match[1]) for match, _ in zip(PARAGRAPH.finditer(body[:TEXT_BYTES]), range(40), strict=False))
    text = html.unescape(b" ".join(parts).decode("utf-8", "ignore"))[:SAMPLE]
    for candidate in guessed(WORD.findall(text.casefold()), text):
        return candidate.value
    declared = HTML_LANG.search(body[:HEAD_BYTES])
    return read_code(declared[1].decode()) if declared else read_code(_header(message, "content-language"))


def _decoded(message: Message | Capture, limit: int) -> bytes:
    try:
        return decode_body(message.body, _header(message, "content-encoding"), limit)
    except (TooLarge, Truncated):
        return b""


def _header(message: Message | Capture, name: str) -> str:
    return next((value for header, value in message.headers if header.lower() == name), "")


def _check_digests(record: Record, message: Message) -> None:
    """Raises Broken where the digest of block or payload disagrees. Tools differ in what a payload is: with or without its encodings."""
    block, payload = record.fields.get("warc-block-digest"), record.fields.get("warc-payload-digest")
    if block and not foreign.agrees(block, record.block):
        raise Broken("wrong_digest", f"its block is not that of {block[:80]}")
    if payload and not foreign.agrees(payload, message.body):
        sent = record.block[len(record.block) - len(message.body) :] if not message.chunked else record.block.partition(b"\r\n\r\n")[2]
        if not foreign.agrees(payload, sent, _decoded(message, settings.MAX_DECODED_BYTES)):
            raise Broken("wrong_digest", f"its payload is not that of {payload[:80]}")


def _as_it_stands(record: Record, message: Message, digest: str) -> bytes | None:
    """The record, if it can be kept byte for byte: gzip, its digest as WARC has it, no transfer encoding."""
    raw, said = record.raw, record.fields.get("warc-payload-digest")
    if record.kind != "response" or not record.block.startswith(b"HTTP/"):
        return None
    if raw is None or not raw.startswith(foreign.GZIP_MAGIC) or said not in (None, digest) or b"\r\n\r\n" not in record.block:
        return None
    return raw if not any(name.lower() == "transfer-encoding" for name, _ in message.headers) else None


# --- files


def sizes(files: Iterable[Path | PageFile]) -> int:
    """Bytes of all that will be read."""
    paths = [path for file in files for path in (_files_in(file) if isinstance(file, Path) else [file.path])]
    return sum(path.stat().st_size for path in paths if path.exists())


def _files_in(path: Path) -> Iterator[Path]:
    """The file, or all files of a folder in the order of their names."""
    if not path.is_dir():
        yield path
        return
    for folder, folders, names in os.walk(path):
        folders.sort()
        yield from (Path(folder, name) for name in sorted(names))


def _is_file(path: Path, is_named: bool) -> bool:
    """No pipe or device, which has no end; in a folder, which may be somebody's unpacked archive, no link."""
    return path.is_file() or not path.exists() if is_named else path.is_file() and not path.is_symlink()


def _kind(file: BinaryIO, name: str) -> str:
    """warc, wacz, html or other, by content; by name where that does not tell."""
    if foreign.is_zip(file):
        return "wacz"
    file.seek(0)
    head = file.read(4_096)
    if head.startswith((foreign.ZSTD_MAGIC, foreign.ZSTD_DICTIONARY, foreign.WARC)):
        return "warc"
    if head.startswith(foreign.GZIP_MAGIC):
        file.seek(0)
        try:
            inner = gzip.GzipFile(fileobj=file).read(2_000)
        except (OSError, EOFError):
            inner = foreign.WARC if foreign.is_warc_name(name) else b""
        if inner.startswith(foreign.WARC):
            return "warc"
        head = inner
    if foreign.is_arc(head, name):
        return "arc"
    if foreign.is_warc_name(name):
        return "warc" if head else "other"
    lower = head.lstrip(b"\xef\xbb\xbf \t\r\n")[:2_000].lower()
    return "html" if name.lower().endswith(HTML_NAMES) or b"<html" in lower or lower.startswith(b"<!doctype html") else "other"


def _fingerprint(file: BinaryIO) -> str:
    """The same for the same file under any name: its size, and a digest of its beginning and end."""
    size = file.seek(0, os.SEEK_END)
    file.seek(0)
    digest = hashlib.sha256(file.read(FINGERPRINT_BYTES))
    file.seek(max(0, size - FINGERPRINT_BYTES))
    digest.update(file.read(FINGERPRINT_BYTES))
    return f"{size}-{digest.hexdigest()[:32]}"


def _readable(items: Iterator[Record | Fault], place: str) -> Iterator[Record | Fault]:
    """What a broken disk or zip file cuts off is a fault of that file."""
    last = Place()
    try:
        for item in items:
            last = replace(item.after)
            yield item
    except (OSError, EOFError, ValueError, zlib.error, zipfile.BadZipFile) as error:
        yield Fault("damaged", f"{place} cannot be read any further: {error}", last)
