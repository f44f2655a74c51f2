"""Raw pages for good: WARC 1.1 files and nothing else (ISO 28500:2017). No SQL, no network.

One file a run and size limit, gzip per record, so that each record can be read alone. While a file is being written, a marker
NAME.open lies beside it and the file is locked; a marker without a lock says that its writer died. The marker is there first, never
without its lock, which it keeps until the file has its own: at no moment is there a file whose writer died and which no marker names,
nor a marker of a living writer that seems a dead one's.
"""

from __future__ import annotations

import base64
import fcntl
import hashlib
import os
import re
import uuid
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

import brotli
import zstandard
from fastwarc.warc import ArchiveIterator, WarcRecord, WarcRecordType

from archiver import __version__, settings
from archiver.errors import ArchiveDamaged
from archiver.records import Capture

SUFFIX = ".warc.gz"
OPEN = ".open"
CLAIM = ".claim"  # a marker on its way; gone in a moment, unless its writer dies in that moment
NAME = re.compile(r"(?P<site>[a-z0-9_]+)-(?P<moment>\d{14})-(?P<run>\d+)-(?P<number>\d{5})-[0-9a-f]{8}\.warc\.gz")
CHUNK = 1 << 16
WITH_BODY = (WarcRecordType.response, WarcRecordType.resource, WarcRecordType.conversion)
GZIP, ZLIB, RAW = 31, 15, -15  # zlib's names for them (window bits)
GZIP_MARK = b"\x1f\x8b\x08"  # how gzip begins, and no text
REVISIT_304 = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"
REVISIT_SAME = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
LINE_BREAKING = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]+")
MAX_HEADER_CHARS = 8_192  # of one HTTP header; longer ones are cut
ZSTD_BITE = 256  # bytes fed at a time: three bytes can stand for 128 KiB
MAX_LAYERS = 3  # of Content-Encoding; nobody honest stacks more
MAX_MEMBERS = 1_000  # of one gzip body; a million empty ones would take hours to open
LEVEL = 6  # of gzip, for what comes plain
STORED = 0  # for what comes compressed: to do it twice takes 2 ms a page and saves nothing
UNREADABLE = (StopIteration, ValueError, KeyError)  # what a record raises that is none
PLAIN_MARKUP = re.compile(rb"(?:\xef\xbb\xbf)?[\t\n\r ]*<[!?a-zA-Z][\t\n\r\x20-\x7e]{8}")  # how nothing compressed begins
HTTP_DROPPED = {"transfer-encoding", "content-length"}  # the first was undone on receipt, the second is made true


class TooLarge(Exception):
    """A body grows past the limit when it is decoded."""


class Truncated(Exception):
    """A body ends in the middle, or is not what its Content-Encoding says."""


@dataclass(frozen=True, slots=True)
class Original:
    """The capture that a new one repeats."""

    target_uri: str
    warc_date: datetime
    payload_digest: str | None


@dataclass(frozen=True, slots=True)
class Kept:
    """Where a capture's record is, and what the index needs of it."""

    target_uri: str
    site: str
    run_id: int | None
    warc_date: datetime
    http_status: int
    content_type: str | None
    etag: str | None
    last_modified: str | None
    payload_digest: str  # sha1:BASE32 of the body as it was sent
    warc_filename: str
    warc_offset: int
    warc_length: int
    repeats: Original | None = None  # of a revisit: the capture whose content it has


@dataclass(frozen=True, slots=True)
class Mended:
    """A torn record that was cut off."""

    filename: str
    cut_bytes: int

    def __str__(self) -> str:
        return f"{self.filename}: the last record was torn by a crash; {self.cut_bytes} bytes were cut off, all whole records are there"


@dataclass(frozen=True, slots=True)
class Moved:
    """Where a record is in the file that was written in the place of its old one."""

    old_offset: int
    offset: int
    length: int  # 0: it is gone; a note with its address and digest stands there
    payload_digest: str | None = None  # where its body was changed


Judge = Callable[[int, Capture], Capture | None]  # offset of its record and the capture ▶ itself, a changed one, or None: nothing stays


class Captures:
    """The folder of WARC files: one writer per object, any number of readers."""

    def __init__(self, folder: Path, max_bytes: int = settings.WARC_MAX_BYTES, stem: str | None = None) -> None:
        self.folder = folder
        self.stem = stem  # first word of the files' names; None: the site of the first capture
        self.max_bytes = max_bytes
        self._file: BinaryIO | None = None
        self._full: list[BinaryIO] = []  # at the size limit; open, as long as the index may not know all that is in them
        self._number = 0

    # --- writing

    def add(self, capture: Capture, same_as: Original | None = None) -> Kept:
        """Writes request and response, or a revisit where the content is that of `same_as`. Durable after sync()."""
        digest = payload_digest(capture.body)
        file = self._writable(capture)
        record_id = uuid.uuid4()
        repeats = same_as is not None and (capture.http_status == 304 or same_as.payload_digest == digest)
        request = _request_record(capture, record_id)
        record = _response_record(capture, digest, record_id, same_as if repeats else None)
        offset = _append(file, request + record) + len(request)
        return _kept_of(capture, digest, self.filename, offset, len(record))

    def add_alone(self, capture: Capture, same_as: Original | None = None, asked: bytes | None = None) -> Kept:
        """The same for an answer that somebody else got: what was asked is not made up. A revisit wherever `same_as` is given."""
        digest = (same_as.payload_digest if same_as else None) or payload_digest(capture.body)
        record_id = uuid.uuid4()
        record = _response_record(capture, digest, record_id, same_as)
        return self._add_foreign(capture, record, digest, asked, f"<urn:uuid:{record_id}>")

    def add_record(self, capture: Capture, record: bytes, digest: str, asked: bytes | None = None, record_id: str = "") -> Kept:
        """Writes a record that somebody else made, a gzip member that holds nothing else, byte for byte: `capture` is what it says."""
        return self._add_foreign(capture, record, digest, asked, record_id)

    def _add_foreign(self, capture: Capture, record: bytes, digest: str, asked: bytes | None, record_id: str) -> Kept:
        """`asked`: the HTTP request as their crawler kept it; in a record before the answer's, as for captures of our own."""
        file = self._writable(capture)
        request = _request_around(asked, capture, record_id) if asked and record_id else b""
        offset = _append(file, request + record) + len(request)
        return _kept_of(capture, digest, self.filename, offset, len(record))

    def sync(self) -> None:
        """What add() returned before is on disk now; a killed process loses nothing without it, a power cut would."""
        if self._file is not None:
            os.fsync(self._file.fileno())

    def close(self, indexed: bool = True) -> None:
        """Ends the run's files. `indexed`: the index knows everything that is in them; else they stay marked, to be looked through."""
        self.sync()
        for file in (*self._full, *([self._file] if self._file else [])):
            if indexed:
                _marker(Path(file.name)).unlink(missing_ok=True)
            file.close()
        self._file, self._full = None, []

    @property
    def filename(self) -> str:
        assert self._file is not None
        return Path(self._file.name).name

    def _writable(self, capture: Capture) -> BinaryIO:
        """The file that takes the next record; a new one at the start and at the size limit."""
        if self._file is not None and self._file.tell() >= self.max_bytes:
            self.sync()
            self._full.append(self._file)
            self._file = None
        if self._file is None:
            self.folder.mkdir(parents=True, exist_ok=True)
            self._number += 1
            moment = settings.utc_now().strftime("%Y%m%d%H%M%S") if self.stem else capture.warc_date.strftime("%Y%m%d%H%M%S")
            name = f"{self.stem or capture.site or 'pages'}-{moment}-{capture.run_id or 0}-{self._number:05}-{uuid.uuid4().hex[:8]}{SUFFIX}"
            self._file = _create(self.folder / name)
            _append(self._file, info_record(name, capture.warc_date, capture.site, capture.run_id))
        return self._file

    # --- after a crash

    def unfinished(self) -> list[Path]:
        """Files whose writer died, oldest first."""
        return [path for path in self._left_behind() if path.exists()]

    def stale_markers(self) -> list[Path]:
        """Markers of files that are not there: their writer died before it made them."""
        return [_marker(path) for path in self._left_behind() if not path.exists()]

    def is_being_written(self, filename: str) -> bool:
        path = self.folder / Path(filename).name
        return _is_locked(_marker(path)) or _is_locked(path)

    def is_finished(self, filename: str) -> bool:
        """Nothing will be written to it any more: its writer has ended, and the index knows all that is in it."""
        path = self.folder / Path(filename).name
        return path.exists() and not _marker(path).exists() and not _is_locked(path)

    def _left_behind(self) -> list[Path]:
        """Marked files that nobody is writing, there or not."""
        marked = (marker.with_suffix("") for marker in sorted(self._ending(OPEN)))
        return [path for path in marked if not self.is_being_written(path.name)]

    def _ending(self, *suffixes: str) -> list[Path]:
        """One pass over the folder, by names alone: after years of hourly runs there are millions."""
        with suppress(FileNotFoundError), os.scandir(self.folder) as entries:
            return [self.folder / entry.name for entry in entries if entry.name.endswith(suffixes)]
        return []

    def mend(self, known: Callable[[str], int]) -> list[Mended]:
        """Cuts torn last records off the files whose writer died; never what the index knows, which ends at `known(filename)`."""
        mended = []
        for path in self.unfinished():
            size, whole = path.stat().st_size, _whole_bytes(path, known(path.name))
            if whole < size:
                os.truncate(path, whole)
                mended.append(Mended(path.name, size - whole))
        return mended

    def recover(self, known: Callable[[str], int]) -> Iterator[Kept]:
        """Whole records in unfinished files from `known(filename)` on, where the index ends."""
        for path in self.unfinished():
            yield from _records_from(path, known(path.name))

    def settled(self, filenames: list[str]) -> list[str]:
        """The index knows everything in these files now: their markers go, and files that nothing was written to. Returns those."""
        removed = [name for name in filenames if self.remove_empty(name)]
        for name in filenames:
            _marker(self.folder / name).unlink(missing_ok=True)
        return removed

    def is_left_behind(self) -> bool:
        """Did a writer die here? Markers that never got their names are removed on the way: a living writer makes its own again."""
        marks = self._ending(OPEN, CLAIM)
        for claim in (mark for mark in marks if mark.suffix == CLAIM):
            if not _is_locked(claim):
                claim.unlink(missing_ok=True)
        return any(not self.is_being_written(mark.stem) for mark in marks if mark.suffix == OPEN)

    def remove_empty(self, filename: str) -> bool:
        """Removes a file without a byte in it, if nobody is writing it."""
        path = self.folder / Path(filename).name
        if self.is_being_written(path.name) or not path.exists() or path.stat().st_size:
            return False
        path.unlink()
        return True

    def remove_marker(self, marker: Path) -> bool:
        """Removes the marker of a file that is not there. The lock tells whoever is about to make that file."""
        with suppress(OSError), marker.open("ab") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if not marker.with_suffix("").exists():
                marker.unlink(missing_ok=True)
                return True
        return False

    def cut(self, filename: str, end: int) -> Mended:
        """Cuts off what stands behind byte `end`, where the last whole record ends."""
        path = self.folder / Path(filename).name
        size = path.stat().st_size
        os.truncate(path, end)
        return Mended(path.name, size - end)

    def kept_at(self, filename: str, start: int, end: int) -> Kept | None:
        """Index facts of the record in these bytes; None where it is no capture, or cannot be read."""
        with suppress(*UNREADABLE):
            return _kept(self.folder / Path(filename).name, start, end)
        return None

    # --- reading

    def read(self, filename: str, offset: int, length: int | None = None) -> Capture:
        """The capture at an offset. Raises ArchiveDamaged where there is none, or its digest does not agree."""
        path = self.folder / Path(filename).name
        try:
            with path.open("rb") as file:
                file.seek(offset)
                data = file.read(length) if length else file.read()
            record = next(iter(ArchiveIterator(BytesIO(data), parse_http=False)))
            return _capture(record, path)
        except (OSError, *UNREADABLE) as error:
            raise ArchiveDamaged(
                f"{path} has no readable record at byte {offset} ({error or 'nothing there'}).\n"
                "Restore the file from a backup; until then the stories read from it stay as they are."
            ) from error

    def find(self, filename: str | None, offset: int | None, length: int | None = None) -> Capture | None:
        """The same; None where the capture was not kept, or cannot be had any more."""
        if not filename or offset is None:
            return None
        try:
            return self.read(filename, offset, length)
        except ArchiveDamaged:
            return None

    def bytes_at(self, filename: str, begin: int, end: int) -> bytes:
        """A part of a file, as it stands. Raises ArchiveDamaged."""
        path = self.folder / Path(filename).name
        try:
            with path.open("rb") as file:
                file.seek(begin)
                return file.read(max(0, end - begin))
        except OSError as error:
            raise ArchiveDamaged(f"{path} cannot be read: {error.strerror}.\nRestore the file from a backup.") from error

    # --- taking out

    def judged(self, filename: str, judge: Judge) -> Iterator[tuple[int, int, Capture, Capture | None]]:
        """(offset, length, capture, what stays of it) of every record with a body that `judge` does not leave as it is.

        Raises ArchiveDamaged where the file has bytes that are no records.
        """
        for start, length, record in self._judged(self._path(filename), judge):
            if record is not None:
                yield start, length, *record

    def rewrite_without(self, filename: str, new_name: str, judge: Judge, note: Callable[[Capture], dict[str, str]]) -> list[Moved]:
        """Writes the file anew under another name, on disk when this returns: records that `judge` leaves alone byte for byte, others
        as it gives them; of one that goes, a metadata record stays, with what `note` says. The old file is not touched.

        Killed anywhere, it leaves a file NAME.part, or the whole new file; done again, it writes the same.
        """
        path, scratch = self._path(filename), self.folder / f"{new_name}.part"
        moved: list[Moved] = []
        with path.open("rb") as source, scratch.open("wb") as target:
            for start, length, record in self._judged(path, judge):
                if record is None:
                    source.seek(start)
                    data, digest, kept = source.read(length), None, length
                elif (stays := record[1]) is not None:
                    digest = payload_digest(stays.body)
                    data = _response_record(stays, digest, uuid.uuid4(), None)
                    kept = len(data)
                else:
                    data, digest, kept = _note_record(record[0], note(record[0])), None, 0
                moved.append(Moved(start, target.tell(), kept, digest))
                target.write(data)
            target.flush()
            os.fsync(target.fileno())
        scratch.replace(self.folder / new_name)
        _sync_folder(self.folder)
        return moved

    def delete(self, filename: str) -> None:
        """A file that has another in its place goes, and its marker."""
        path = self._path(filename)
        _marker(path).unlink(missing_ok=True)
        path.unlink(missing_ok=True)
        _sync_folder(self.folder)

    def scraps(self) -> list[Path]:
        """What rewriting left behind when it was killed."""
        return sorted(self.folder.glob("*.part"))

    def _path(self, filename: str) -> Path:
        return self.folder / Path(filename).name

    def _judged(self, path: Path, judge: Judge) -> Iterator[tuple[int, int, tuple[Capture, Capture | None] | None]]:
        """(offset, length, (capture, what stays) where that differs) of every record."""
        end = 0
        try:
            with path.open("rb") as file:
                for start, end in _members(path, 0):
                    file.seek(start)
                    record = next(iter(ArchiveIterator(BytesIO(file.read(end - start)), parse_http=False)), None)
                    if record is None or record.record_type not in WITH_BODY:
                        yield start, end - start, None
                        continue
                    capture = _capture(record, path, check=False)
                    stays = judge(start, capture)
                    yield start, end - start, None if stays is capture else (capture, stays)
        except (OSError, ValueError, KeyError) as error:
            raise ArchiveDamaged(
                f"{path} has no readable record at byte {end} ({error}).\nRestore the file from a backup, then run the same command again."
            ) from error
        if end < path.stat().st_size:
            raise ArchiveDamaged(
                f"{path} has bytes behind byte {end} that are no gzip records.\nRun archiver ingest, which mends files that a crash left;"
                " a WARC file that is not gzipped record by record cannot be rewritten: pack it anew (warcio recompress)."
            )


def _kept_of(capture: Capture, digest: str, filename: str, offset: int, length: int) -> Kept:
    """Where `capture` is, and what the index needs of it."""
    header = {name.lower(): value for name, value in reversed(capture.headers)}
    return Kept(
        target_uri=capture.target_uri,
        site=capture.site,
        run_id=capture.run_id,
        warc_date=capture.warc_date,
        http_status=capture.http_status,
        content_type=header.get("content-type"),
        etag=header.get("etag"),
        last_modified=header.get("last-modified"),
        payload_digest=digest,
        warc_filename=filename,
        warc_offset=offset,
        warc_length=length,
    )


def payload_digest(body: bytes) -> str:
    """sha1:BASE32, as WARC-Payload-Digest has it."""
    return "sha1:" + base64.b32encode(hashlib.sha1(body).digest()).decode("ascii")  # noqa: S324 (WARC's digest, no secret)


def body_of(capture: Capture, limit: int) -> bytes:
    """A capture's body without its Content-Encoding(s), see decode_body. Raises TooLarge, Truncated."""
    encoding = next((value for name, value in capture.headers if name.lower() == "content-encoding"), None)
    return decode_body(capture.body, encoding, limit)


def decode_body(body: bytes, content_encoding: str | None, limit: int) -> bytes:
    """The body without its Content-Encoding(s): gzip, deflate, br, zstd, stacked. Never more than `limit` bytes in memory.

    Raises TooLarge, Truncated.
    """
    layers = [name.strip().lower().removeprefix("x-") for name in (content_encoding or "").split(",") if name.strip()]
    layers = [name for name in layers if name not in ("identity", "none")]
    if len(layers) > MAX_LAYERS:
        raise TooLarge(f"{len(layers)} layers of Content-Encoding")
    for name in reversed(layers):
        try:
            body = _decoded(body, name, limit)
        except Truncated:
            if not PLAIN_MARKUP.match(body):
                raise
            break  # crawlers undo an encoding and keep its name (CC-NEWS until 2019), and servers lie about it; bytes decide
    if body[:3] == GZIP_MARK:  # named by nobody, or done twice
        with suppress(TooLarge, Truncated):  # left as it is: readers of sitemaps go through it piece by piece
            body = _inflated(body, limit, GZIP)
    if len(body) > limit:
        raise TooLarge(f"larger than {limit} bytes")
    return body


def _decoded(body: bytes, name: str, limit: int) -> bytes:
    if not body:
        return body
    if name in ("gzip", "deflate"):  # servers take one for the other, and lie about both; bytes decide
        if body[:2] == GZIP_MARK[:2]:
            return _inflated(body, limit, GZIP)
        if body[0] == 0x78 and int.from_bytes(body[:2], "big") % 31 == 0:  # RFC 1950, 2.2, with the window that everybody takes
            return _inflated(body, limit, ZLIB)
        return body if name == "gzip" else _inflated(body, limit, RAW)
    if name == "br":
        return _unbrotlied(body, limit)
    if name == "zstd":
        return _unzstd(body, limit)
    raise Truncated(f"unknown Content-Encoding {name[:40]!r}")


def inflate(body: bytes, wbits: int = GZIP) -> Iterator[bytes]:
    """Pieces of at most CHUNK bytes of a zlib stream, or of gzip members one after another (RFC 1952, 2.2); padding is left.

    Time and memory grow with what is taken, not with what `body` claims to be. Raises Truncated, TooLarge.
    """
    at = 0
    for _ in range(MAX_MEMBERS):
        stream = zlib.decompressobj(wbits)
        while not stream.eof:
            data = stream.unconsumed_tail
            if not data:
                data = body[at : at + CHUNK]
                at += len(data)
            try:
                piece = stream.decompress(data, CHUNK)
            except zlib.error as error:
                raise Truncated(f"the compressed body is broken: {error}") from None
            if piece:
                yield piece
            elif not data and not stream.eof:
                raise Truncated("the compressed body ends in the middle")
        at -= len(stream.unused_data)
        if wbits != GZIP or body[at : at + 2] != b"\x1f\x8b":
            return
    raise TooLarge(f"more than {MAX_MEMBERS} gzip members")


def _inflated(body: bytes, limit: int, wbits: int) -> bytes:
    parts, size = [], 0
    for piece in inflate(body, wbits):
        parts.append(piece)
        size += len(piece)
        if size > limit:
            raise TooLarge(f"grows past {limit} bytes when it is decoded")
    return b"".join(parts)


def _unbrotlied(body: bytes, limit: int) -> bytes:
    stream = brotli.Decompressor()
    parts, size, data = [], 0, body
    try:
        while not stream.is_finished():
            part = stream.process(data, output_buffer_limit=min(limit + 1, 1 << 20))
            data = b""
            size += len(part)
            parts.append(part)
            if size > limit:
                raise TooLarge(f"grows past {limit} bytes when it is decoded")
            if not part and stream.can_accept_more_data():
                raise Truncated("the compressed body ends in the middle")
    except brotli.error as error:
        raise Truncated(f"the compressed body is broken: {error}") from None
    return b"".join(parts)


def _unzstd(body: bytes, limit: int) -> bytes:
    parts, size, stream = [], 0, zstandard.ZstdDecompressor(max_window_size=1 << 27).decompressobj()
    try:
        for start in range(0, len(body), ZSTD_BITE):
            part = stream.decompress(body[start : start + ZSTD_BITE])
            size += len(part)
            parts.append(part)
            if size > limit:
                raise TooLarge(f"grows past {limit} bytes when it is decoded")
            if stream.eof:
                return b"".join(parts)
    except zstandard.ZstdError as error:
        raise Truncated(f"the compressed body is broken: {error}") from None
    raise Truncated("the compressed body ends in the middle")


# --- records as bytes


def _request_record(capture: Capture, response_id: uuid.UUID) -> bytes:
    target = re.sub(r"^[a-z]+://[^/]*", "", capture.target_uri) or "/"
    host = re.sub(r"^[a-z]+://([^/]*).*$", r"\1", capture.target_uri, flags=re.DOTALL)
    head = http_head(
        f"{capture.method} {target} HTTP/1.1", (("Host", host), *(pair for pair in capture.request_headers if pair[0].lower() != "host"))
    )
    return _request_around(head, capture, f"<urn:uuid:{response_id}>")


def _request_around(message: bytes, capture: Capture, response_id: str) -> bytes:
    fields = {"WARC-Target-URI": capture.target_uri, "WARC-Concurrent-To": response_id}
    return _record("request", capture.warc_date, uuid.uuid4(), fields, "application/http; msgtype=request", message)


def _response_record(capture: Capture, digest: str, record_id: uuid.UUID, original: Original | None) -> bytes:
    headers = tuple(pair for pair in capture.headers if pair[0].lower() not in HTTP_DROPPED)
    length = () if original else (("Content-Length", str(len(capture.body))),)
    head = http_head(f"{capture.http_version} {capture.http_status} {capture.reason_phrase}".rstrip(), headers + length)
    block = head if original else head + capture.body
    fields = {"WARC-Target-URI": capture.target_uri, "WARC-Payload-Digest": digest}
    if original:
        fields["WARC-Profile"] = REVISIT_304 if capture.http_status == 304 else REVISIT_SAME
        fields["WARC-Refers-To-Target-URI"] = original.target_uri
        fields["WARC-Refers-To-Date"] = _warc_date(original.warc_date)
        fields["WARC-Payload-Digest"] = original.payload_digest or digest
    level = STORED if capture.body and not original and _is_encoded(capture) else LEVEL
    return _record(
        "revisit" if original else "response", capture.warc_date, record_id, fields, "application/http; msgtype=response", block, level
    )


def _is_encoded(capture: Capture) -> bool:
    return any(name.lower() == "content-encoding" and value.strip().lower() != "identity" for name, value in capture.headers)


def info_record(name: str, moment: datetime, site: str = "", run_id: int | None = None) -> bytes:
    """The first record of a file."""
    fields = {
        "software": f"news-archiver/{__version__}",
        "format": "WARC File Format 1.1",
        "conformsTo": "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/",
        "isPartOf": site,
        "run": run_id or "",
        "http-header-user-agent": settings.user_agent(),
    }
    block = "".join(f"{key}: {_one_line(str(value))}\r\n" for key, value in fields.items() if value).encode()
    return _record("warcinfo", moment, uuid.uuid4(), {"WARC-Filename": name}, "application/warc-fields", block)


def _note_record(capture: Capture, told: dict[str, str]) -> bytes:
    """What stands in the place of a capture that was taken out (WARC 1.1, 6.6)."""
    fields = {"capture-date": _warc_date(capture.warc_date), "payload-digest": payload_digest(capture.body), **told}
    block = "".join(f"{key}: {_one_line(value)}\r\n" for key, value in fields.items()).encode("utf-8", "replace")
    return _record("metadata", capture.warc_date, uuid.uuid4(), {"WARC-Target-URI": capture.target_uri}, "application/warc-fields", block)


def _record(
    kind: str, moment: datetime, record_id: uuid.UUID, fields: dict[str, str], content_type: str, block: bytes, level: int = LEVEL
) -> bytes:
    """One record (WARC 1.1, 4) as one gzip member, so that it can be read alone."""
    head = {
        "WARC-Type": kind,
        "WARC-Record-ID": f"<urn:uuid:{record_id}>",
        "WARC-Date": _warc_date(moment),
        **fields,
        "WARC-Block-Digest": payload_digest(block),
        "Content-Type": content_type,
        "Content-Length": str(len(block)),
    }
    lines = "".join(f"{name}: {_one_line(value)}\r\n" for name, value in head.items())
    stream = zlib.compressobj(level, zlib.DEFLATED, GZIP)
    record = f"WARC/1.1\r\n{lines}\r\n".encode("utf-8", "replace") + block + b"\r\n\r\n"
    return stream.compress(record) + stream.flush()


def http_head(first_line: str, headers: tuple[tuple[str, str], ...]) -> bytes:
    """First line and headers of an HTTP message; what a hostile server put into them stays on its line."""
    lines = [first_line, *(f"{name}: {value[:MAX_HEADER_CHARS]}" for name, value in headers)]
    return "".join(f"{_one_line(line)}\r\n" for line in lines).encode("latin-1", "replace") + b"\r\n"


def _one_line(text: str) -> str:
    return text if text.isprintable() else LINE_BREAKING.sub(" ", text)


def _warc_date(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _capture(record: WarcRecord, path: Path, check: bool = True) -> Capture:
    name = NAME.fullmatch(path.name)
    digest = record.headers.get("WARC-Payload-Digest")
    target_uri, date = record.headers["WARC-Target-URI"], record.headers["WARC-Date"]
    is_revisit = record.record_type == WarcRecordType.revisit
    record.parse_http(auto_decode="none")
    body = record.reader.read()
    if check and digest and not is_revisit and digest.startswith("sha1:") and payload_digest(body) != digest:
        raise ValueError("its payload digest does not agree")
    http = record.http_headers
    return Capture(
        target_uri=target_uri.strip("<>"),
        warc_date=datetime.fromisoformat(date).astimezone(UTC),
        http_status=http.status_code if http is not None and http.status_code else 200,
        headers=tuple(http.astuples()) if http is not None else (),
        body=body,
        site=name["site"] if name else "",
        run_id=int(name["run"]) or None if name else None,
    )


# --- files


def _create(path: Path) -> BinaryIO:
    """A new file, locked, with its marker: that is there first, and locked until the file is, so that nobody takes it for a dead one's."""
    with _claim(_marker(path)):
        _sync_folder(path.parent)
        file = path.open("xb", buffering=0)
        fcntl.flock(file, fcntl.LOCK_EX)
        _sync_folder(path.parent)
    return file


def _claim(marker: Path) -> BinaryIO:
    """A new marker, locked before it has its name. Who tidies up may have taken it away until then: again."""
    claim = marker.with_suffix(CLAIM)
    while True:
        file = claim.open("ab")
        fcntl.flock(file, fcntl.LOCK_EX)
        with suppress(FileNotFoundError):
            claim.rename(marker)
            return file
        file.close()


def _sync_folder(path: Path) -> None:
    """Names in a folder are on disk, too."""
    folder = os.open(path, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _append(file: BinaryIO, data: bytes) -> int:
    """Writes all of it, or nothing: what a full disk cut off is taken back. Returns the offset where it begins."""
    begin, left = file.tell(), memoryview(data)
    try:
        while left:
            left = left[file.write(left) :]
    except OSError:
        file.seek(begin)
        file.truncate()
        raise
    return begin


def _marker(path: Path) -> Path:
    return path.with_name(path.name + OPEN)


def _is_locked(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):  # what cannot be looked into is left alone
        return True
    except (FileNotFoundError, IsADirectoryError):
        return False
    return False


def _whole_bytes(path: Path, begin: int) -> int:
    """Where the last whole gzip member ends, at least `begin`."""
    return max((end for _, end in _members(path, begin)), default=begin)


def _members(path: Path, begin: int) -> Iterator[tuple[int, int]]:
    """(start, end) of each whole gzip member from byte `begin` on; stops at the first that is torn or broken."""
    with path.open("rb") as file:
        file.seek(begin)
        start, data = begin, file.read(CHUNK)
        while data:
            stream, used = zlib.decompressobj(GZIP), 0
            try:
                while not stream.eof and data:
                    stream.decompress(data)
                    used += len(data) - len(stream.unused_data)
                    data = stream.unused_data if stream.eof else file.read(CHUNK)
            except zlib.error:
                return
            if not stream.eof:
                return
            yield start, start + used
            start += used
            data = data or file.read(CHUNK)


def _repeats(record: WarcRecord) -> Original | None:
    """The capture that a revisit record refers to."""
    uri, date = record.headers.get("WARC-Refers-To-Target-URI"), record.headers.get("WARC-Refers-To-Date")
    if record.record_type != WarcRecordType.revisit or not uri or not date:
        return None
    return Original(uri.strip("<>"), datetime.fromisoformat(date).astimezone(UTC), record.headers.get("WARC-Payload-Digest"))


def _records_from(path: Path, begin: int) -> Iterator[Kept]:
    """Index facts of the response and revisit records from byte `begin` on; those that cannot be read are passed over."""
    for start, end in _members(path, begin):
        with suppress(*UNREADABLE):
            if kept := _kept(path, start, end):
                yield kept


def _kept(path: Path, start: int, end: int) -> Kept | None:
    with path.open("rb") as file:
        file.seek(start)
        record = next(iter(ArchiveIterator(BytesIO(file.read(end - start)), parse_http=False)))
    if record.record_type not in (WarcRecordType.response, WarcRecordType.revisit):
        return None
    name = NAME.fullmatch(path.name)
    digest = record.headers.get("WARC-Payload-Digest")
    capture = _capture(record, path)
    found = _kept_of(capture, digest or payload_digest(capture.body), path.name, start, end - start)
    return replace(found, site=name["site"] if name else capture.site, repeats=_repeats(record))
