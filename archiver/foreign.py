"""Archives that others made: WARC files (plain, gzip, zstd) and WACZ, record by record, in bounded memory.

What is in them is a stranger's: lengths lie, members are torn, a megabyte unpacks to a terabyte. A record that cannot be trusted is
a Fault, by name and place; reading goes on at the next one. A reader that believed every Content-Length (fastwarc's, warcio's) would
lose the records behind one that is too long: here a record of a compressed file ends with its member, whatever it claims.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import io
import json
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import BinaryIO, Protocol

import zstandard

from archiver import settings
from archiver.captures import CHUNK, GZIP, ZSTD_BITE

MAX_HEAD_BYTES = 64 << 10  # of a record's own fields, and of its HTTP headers; honest ones have 1 KiB
MAX_RECORD_BYTES = settings.MAX_BODY_BYTES + MAX_HEAD_BYTES  # longer ones are passed over
MAX_SKIPPED_BYTES = 1 << 30  # unpacked and thrown away in one go; beyond it, the next record is looked for in the packed bytes
# Unpacked in vain from a file, of members that have no end: the next one is looked for within them, so that a small file could be read for
# years. A file that was damaged on its way loses some hundred kilobytes with each.
MAX_LOST_BYTES = 4 << 30
MAX_MEMBERS = 20_000  # of a WACZ
MAX_PACKAGE_BYTES = 16 << 20  # of the list of resources in a WACZ
MAX_DIRECTORY_BYTES = 64 << 20  # of a zip file's table of contents, which Python reads whole
MAX_RATIO = 200  # of a packed member in a WACZ; its WARC files are packed already, and zip stores them as they are
GZIP_MAGIC = b"\x1f\x8b\x08"
ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"
ZSTD_DICTIONARY = b"\x5d\x2a\x4d\x18"  # a skippable frame with the dictionary of all others (IIPC, "Zstandard for WARC")
MAX_DICTIONARY_BYTES = 16 << 20
WARC = b"WARC/"
END = b"\r\n\r\n"  # of a record
BLANKS = b"\r\n\0"
VERSION = re.compile(rb"WARC/[01]\.\d{1,2}\r?\n")  # 0.17 and 0.18 were drafts that Heritrix wrote
NEXT_RECORD = re.compile(rb"(?:\A|\n)(?=WARC/[01]\.\d{1,2}\r?\n)")
FIELD = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
LENGTH = re.compile(r"\d{1,18}")
CHUNK_SIZE = re.compile(rb"[0-9A-Fa-f]{1,8}")
WARC_NAMES = (".warc", ".warc.gz", ".warc.zst")
ARC_NAMES = (".arc", ".arc.gz")
ARC = b"filedesc://"  # how an ARC file begins
ARC_ADVICE = "an ARC file, the format before WARC: make a WARC of it (warcio recompress OLD.arc.gz NEW.warc.gz), and import that"
STATUS_LINE = re.compile(r"(?P<version>HTTP/\d(?:\.\d)?|h[23]c?)\s+(?P<status>[1-9]\d\d)(?:\s+(?P<phrase>.*))?", re.ASCII | re.IGNORECASE)
FIRST_YEAR = 1990  # of the first page on the web
CLOCKS_APART = timedelta(days=1)  # a crawler's clock may be wrong by this much, or in another zone than it says
ONLY_ONCE = {"warc-type", "warc-record-id", "warc-date", "warc-target-uri", "content-length", "content-type", "warc-truncated",
             "warc-refers-to-target-uri", "warc-refers-to-date", "warc-payload-digest", "warc-block-digest"}  # fmt: skip
DIGESTS = {"sha1": hashlib.sha1, "sha256": hashlib.sha256, "sha512": hashlib.sha512, "md5": hashlib.md5}


@dataclass(frozen=True, slots=True)
class Place:
    """Where reading goes on: the first byte of a packed member (or of a plain record), and how many of its records are done."""

    offset: int = 0
    records: int = 0


@dataclass(frozen=True, slots=True)
class Record:
    """One whole record."""

    kind: str  # response, request, revisit, metadata …
    fields: dict[str, str]  # by name in small letters
    block: bytes
    after: Place
    raw: bytes | None = None  # the gzip member as it stands, where the record is alone in it


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that is no record, or none to be trusted."""

    name: str  # damaged, truncated, wrong_length, header_too_long, too_large, …
    reason: str
    after: Place


@dataclass(frozen=True, slots=True)
class Message:
    """The HTTP answer in a record."""

    http_version: str
    status: int
    reason_phrase: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    chunked: bool  # transfer encoding had been left in, and was taken off


class Broken(Exception):
    """A record that is not to be trusted: (name, reason)."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(reason)
        self.name, self.reason = name, reason


class Torn(Broken):
    """The packed bytes themselves are broken: nothing more comes out of this member."""


def is_warc_name(name: str) -> bool:
    return name.lower().endswith(WARC_NAMES)


def is_arc(head: bytes, name: str) -> bool:
    """By its first bytes, unpacked; by its name where nothing could be unpacked."""
    return head.startswith(ARC) or (name.lower().endswith(ARC_NAMES) and not head.startswith(WARC))


# --- records of a WARC file


def read_warc(file: BinaryIO, begin: Place = Place()) -> Iterator[Record | Fault]:
    """Every record from `begin` on, and every fault between them. `file` can seek."""
    file.seek(0)
    magic = file.read(4)
    if magic.startswith(GZIP_MAGIC):
        yield from _members(file, begin, Gzip())
    elif magic in (ZSTD_MAGIC, ZSTD_DICTIONARY):
        try:
            yield from _members(file, begin, Zstd(file))
        except Broken as broken:
            yield Fault(broken.name, broken.reason, begin)
    else:
        yield from _plain(file, begin)


def _plain(file: BinaryIO, begin: Place) -> Iterator[Record | Fault]:
    size = file.seek(0, io.SEEK_END)
    file.seek(begin.offset)
    flow = Flow(iter(lambda: file.read(CHUNK), b""), max(0, size - begin.offset))
    for kind, fields, block, fault, _ in _records(flow):
        after = Place(begin.offset + flow.taken)
        yield Fault(fault.name, fault.reason, after) if fault else Record(kind, fields, block, after)


def _members(file: BinaryIO, begin: Place, packing: Packing) -> Iterator[Record | Fault]:
    """Members one after another; where one is broken, the next is looked for in the packed bytes."""
    start, passed, lost = max(begin.offset, packing.first), begin.records, 0
    while True:
        member = Member(file, start, packing)
        if member.is_missing:
            gap, found = _next_member(file, start, packing)
            if gap.strip(b"\0"):
                yield Fault("damaged", f"bytes {start} to {found if found is not None else 'the end'} are no record", Place(found or start))
            if found is None:
                return
            start, passed = found, 0
            continue
        number = 0
        try:
            for kind, fields, block, fault, tidy in _records(member.flow):
                number += 1
                if number <= passed:
                    continue
                is_last = not member.flow.peek(1)
                after = Place(member.end) if is_last and member.end is not None else Place(start, number)
                if fault:
                    yield Fault(fault.name, fault.reason, after)
                else:
                    yield Record(kind, fields, block, after, member.raw if is_last and number == 1 and tidy else None)
        except Torn as torn:
            member.broken = torn
        if member.end is None:
            _, found = _next_member(file, start + 1, packing)
            broken = member.broken or Broken("too_large", "unpacks without end")
            yield Fault(broken.name, f"{broken.reason} (member at byte {start})", Place(found if found is not None else start + 1))
            if found is None:
                return
            lost += member.flow.taken
            if lost > MAX_LOST_BYTES:
                reason = f"{lost} bytes were unpacked in vain: what stands behind byte {found} is not looked at"
                yield Fault("too_large", reason, Place(found))
                return
            start, passed = found, 0
        else:
            start, passed = member.end, 0


def _next_member(file: BinaryIO, start: int, packing: Packing) -> tuple[bytes, int | None]:
    """(what stands before it, at most a chunk of it; where the next member begins that unpacks to a record)"""
    file.seek(start)
    before = data = file.read(CHUNK)
    at = start
    while data:
        place = data.find(packing.magic)
        while place >= 0:
            if packing.opens(file, at + place):
                return (before[: at + place - start], at + place)
            place = data.find(packing.magic, place + 1)
        keep = data[-len(packing.magic) + 1 :]
        at += len(data) - len(keep)
        file.seek(at + len(keep))
        more = file.read(CHUNK)
        data = keep + more if more else b""
        before = before if before.strip(b"\0") else data  # padding is no damage; the first bytes that are not tell
    return before, None


class Packing(Protocol):
    """One way to pack members."""

    magic: bytes
    first: int  # where the first member begins

    def unpack(self, member: Member) -> Iterator[bytes]: ...

    def opens(self, file: BinaryIO, offset: int) -> bool: ...


class Gzip:
    magic, first = GZIP_MAGIC, 0

    def unpack(self, member: Member) -> Iterator[bytes]:
        stream = zlib.decompressobj(GZIP)
        while not stream.eof:
            data = stream.unconsumed_tail or member.more()
            try:
                piece = stream.decompress(data, CHUNK)
            except zlib.error as error:
                raise Torn("damaged", f"the packed record is broken: {error}") from None
            if piece:
                yield piece
            elif not data and not stream.eof:
                raise Torn("truncated", "the file ends within a record")
        member.ends(len(stream.unused_data))

    def opens(self, file: BinaryIO, offset: int) -> bool:
        file.seek(offset)
        try:
            return zlib.decompressobj(GZIP).decompress(file.read(1_024), len(WARC)) == WARC
        except zlib.error:
            return False


class Zstd:
    """Frames, with the dictionary that a first skippable frame may bring (itself packed, or not)."""

    magic = ZSTD_MAGIC

    def __init__(self, file: BinaryIO) -> None:
        file.seek(0)
        head = file.read(8)
        self.first, self.dictionary = 0, None
        if head[:4] == ZSTD_DICTIONARY:
            size = int.from_bytes(head[4:8], "little")
            if size > MAX_DICTIONARY_BYTES:
                raise Broken("damaged", f"a dictionary of {size} bytes")
            data = file.read(size)
            try:
                if data[:4] == ZSTD_MAGIC:
                    data = zstandard.ZstdDecompressor().stream_reader(io.BytesIO(data)).read(MAX_DICTIONARY_BYTES)
                self.dictionary = zstandard.ZstdCompressionDict(data)
            except zstandard.ZstdError as error:
                raise Broken("damaged", f"the dictionary cannot be read: {error}") from None
            self.first = 8 + size

    def _stream(self) -> zstandard.ZstdDecompressionObj:
        return zstandard.ZstdDecompressor(dict_data=self.dictionary, max_window_size=1 << 27).decompressobj()

    def unpack(self, member: Member) -> Iterator[bytes]:
        stream, data = self._stream(), b""
        while not stream.eof:
            data = data or member.more()
            if not data:
                raise Torn("truncated", "the file ends within a record")
            bite, data = data[:ZSTD_BITE], data[ZSTD_BITE:]
            try:
                piece = stream.decompress(bite)
            except zstandard.ZstdError as error:
                raise Torn("damaged", f"the packed record is broken: {error}") from None
            if piece:
                yield piece
        member.ends(len(stream.unused_data) + len(data))

    def opens(self, file: BinaryIO, offset: int) -> bool:
        file.seek(offset)
        stream = self._stream()
        data = file.read(CHUNK)
        try:
            for start in range(0, len(data), ZSTD_BITE):
                if piece := stream.decompress(data[start : start + ZSTD_BITE]):
                    return piece.startswith(WARC)
        except zstandard.ZstdError:
            return False
        return False


class Member:
    """One packed member: unpacked as it is asked for, its own bytes kept as long as they are few."""

    def __init__(self, file: BinaryIO, start: int, packing: Packing) -> None:
        self.file, self.start, self.read_to = file, start, start
        self.end: int | None = None  # known when all of it was unpacked
        self.broken: Torn | None = None
        self.packed: list[bytes] | None = []
        file.seek(start)
        self.is_missing = not file.read(len(packing.magic)).startswith(packing.magic)
        self.flow = Flow(packing.unpack(self))

    def more(self) -> bytes:
        self.file.seek(self.read_to)
        data = self.file.read(CHUNK)
        self.read_to += len(data)
        if self.packed is not None:
            self.packed.append(data)
            if self.read_to - self.start > MAX_RECORD_BYTES:
                self.packed = None
        return data

    def ends(self, unused: int) -> None:
        self.end = self.read_to - unused

    @property
    def raw(self) -> bytes | None:
        return b"".join(self.packed)[: self.end - self.start] if self.packed is not None and self.end is not None else None


class Flow:
    """Unpacked bytes, taken from the front; never more in memory than was asked for, and one piece."""

    def __init__(self, pieces: Iterator[bytes], size: int | None = None) -> None:
        self.pieces = pieces
        self.size = size  # of all, where that is known beforehand
        self.held = bytearray()
        self.taken = 0

    def _fill(self, size: int) -> None:
        while len(self.held) < size:
            piece = next(self.pieces, b"")
            if not piece:
                return
            self.held += piece

    def peek(self, size: int) -> bytes:
        self._fill(size)
        return bytes(self.held[:size])

    def take(self, size: int) -> bytes:
        """At most `size` bytes."""
        self._fill(size)
        data = bytes(self.held[:size])
        del self.held[:size]
        self.taken += len(data)
        return data

    def look_behind(self, size: int) -> tuple[int, bytes]:
        """(how many of `size` bytes there are, the two that follow them); nothing is copied: who lies would have it done for each lie."""
        self._fill(size + 2)
        return min(size, len(self.held)), bytes(self.held[size : size + 2])

    def skip(self, size: int) -> int:
        """Throws away; returns how many there were."""
        gone = 0
        while gone < size and (data := self.take(min(CHUNK, size - gone))):
            gone += len(data)
        return gone

    def skip_blanks(self) -> None:
        """Line ends and padding between records."""
        size = 4
        while (data := self.peek(size)) and (blanks := len(data) - len(data.lstrip(BLANKS))):
            self.take(blanks)
            size = CHUNK if blanks == size else 4

    def head(self) -> bytes | None:
        """Up to and with the first empty line, without taking it; None where there is none within MAX_HEAD_BYTES."""
        size = CHUNK >> 4
        while True:
            data = self.peek(size)
            ends = [place + len(mark) for mark in (b"\r\n\r\n", b"\n\n") if (place := data.find(mark)) >= 0]
            if ends:
                return data[: min(ends)] if min(ends) <= MAX_HEAD_BYTES else None
            if len(data) < size or size > MAX_HEAD_BYTES:
                return None
            size *= 2


def _records(flow: Flow) -> Iterator[tuple[str, dict[str, str], bytes, Broken | None, bool]]:
    """(kind, fields, block, what is wrong with it, whether it ends as a record should). Raises Torn."""
    while True:
        flow.skip_blanks()
        if not flow.peek(1):
            return
        try:
            answer: tuple[str, dict[str, str], bytes, Broken | None] = (*_record(flow), None)
        except Torn:
            raise
        except Broken as broken:
            _to_next(flow)
            answer = ("", {}, b"", broken)
        end = flow.taken
        flow.skip_blanks()
        yield *answer, flow.taken - end == len(END)


def _record(flow: Flow) -> tuple[str, dict[str, str], bytes]:
    """The record at the front. Raises Broken, with the flow behind what is not to be looked at again."""
    if flow.peek(len(WARC)) != WARC:
        raise Broken("no_record", f"no record begins with {flow.peek(8)!r}")
    head = flow.head()
    if head is None:
        flow.take(len(WARC))
        raise Broken("header_too_long", f"the fields of a record do not end within {MAX_HEAD_BYTES} bytes")
    if torn := [match.start() for match in VERSION.finditer(head, 1)]:
        flow.skip(torn[-1])
        raise Broken("truncated", "another record begins within the fields of a record")
    flow.skip(len(head))
    fields = _fields(head.decode("utf-8", "replace").splitlines()[1:])
    kind, length = fields.get("warc-type", "").lower(), fields.get("content-length", "")
    if not LENGTH.fullmatch(length):
        raise Broken("wrong_length", f"Content-Length is {length[:40]!r}")
    size = int(length)
    if flow.size is not None and size > flow.size - flow.taken:
        raise Broken(
            "wrong_length", f"the file is shorter than the {size} bytes that a record claims: {fields.get('warc-target-uri', '')[:200]}"
        )
    if size > MAX_RECORD_BYTES:
        if flow.size is not None:
            flow.skip(size)
            raise Broken("too_large", f"a record of {size} bytes: {fields.get('warc-target-uri', '')[:200]}")
        if flow.skip(min(size, MAX_SKIPPED_BYTES)) < min(size, MAX_SKIPPED_BYTES):
            raise Broken("wrong_length", f"a record is shorter than the {size} bytes it claims")
        if size > MAX_SKIPPED_BYTES:
            raise Torn("too_large", f"a record of {size} bytes")
        raise Broken("too_large", f"a record of {size} bytes: {fields.get('warc-target-uri', '')[:200]}")
    there, tail = flow.look_behind(size)
    if there < size or tail not in (b"\r\n", b"\n\n", b"\n", b""):
        inside = NEXT_RECORD.search(flow.held, 1, there)
        flow.skip(inside.end() if inside else there)
        what = "shorter" if there < size or inside else "longer"
        raise Broken("wrong_length", f"a record is {what} than the {size} bytes it claims: {fields.get('warc-target-uri', '')[:200]}")
    return kind, fields, flow.take(size)


def _to_next(flow: Flow) -> None:
    """Goes to where the next record begins."""
    gone = 0
    while gone < MAX_SKIPPED_BYTES:
        data = flow.peek(CHUNK)
        if not data:
            return
        found = NEXT_RECORD.search(data)
        if found:
            flow.take(found.end())
            return
        keep = len(data) if len(data) < CHUNK else CHUNK - 16
        gone += len(flow.take(keep))
    raise Torn("damaged", f"no record within {MAX_SKIPPED_BYTES} bytes")


def _fields(lines: list[str]) -> dict[str, str]:
    """By name in small letters; a line that begins with a blank goes on. One that is there again is joined on, with a blank.

    WARC 1.1 (4) lets WARC-Concurrent-To alone come again. Crawlers repeat others (Nutch, StormCrawler: WARC-Protocol), which does no
    harm; where a record's kind, place or content is told twice, nobody knows what it is. Raises Broken.
    """
    found: dict[str, str] = {}
    last = ""
    for line in lines:
        if line[:1] in (" ", "\t") and last:
            found[last] += " " + line.strip()
            continue
        name, colon, value = line.partition(":")
        last = name.strip().lower() if colon else ""
        if last in found and last in ONLY_ONCE:
            raise Broken("bad_header", f"{last[:60]} is there twice")
        if last:
            found[last] = f"{found[last]} {value.strip()}" if last in found else value.strip()
    return found


# --- what is in a record


def read_message(block: bytes) -> Message:
    """Status line, headers and body. Raises Broken."""
    ends = [place + len(mark) for mark in (b"\r\n\r\n", b"\n\n") if (place := block.find(mark, 0, MAX_HEAD_BYTES + 4)) >= 0]
    if not ends and len(block) > MAX_HEAD_BYTES:
        raise Broken("header_too_long", f"HTTP headers do not end within {MAX_HEAD_BYTES} bytes")
    end = min(ends, default=len(block))
    first, *lines = block[:end].decode("latin-1").replace("\r\n", "\n").split("\n")
    told = STATUS_LINE.fullmatch(first.strip()[:1_000])  # "HTTP/2 200", "HTTP/1.1 200 " without a phrase, "h2 200": all are written
    if told is None:
        raise Broken("no_http", f"no HTTP answer begins with {first[:60]!r}")
    version = told["version"].upper() if "/" in told["version"] else f"HTTP/{told['version'][1]}"
    headers: list[tuple[str, str]] = []
    for line in lines:
        name, colon, value = line.partition(":")
        if line[:1] in (" ", "\t") and headers:
            headers[-1] = (headers[-1][0], f"{headers[-1][1]} {line.strip()}")
        elif colon and FIELD.fullmatch(name.strip()):
            headers.append((name.strip(), value.strip()))
    body = block[end:]
    chunked = any(name.lower() == "transfer-encoding" and "chunked" in value.lower() for name, value in headers)
    whole = _dechunked(body) if chunked else None
    return Message(
        version, int(told["status"]), (told["phrase"] or "").strip()[:200], tuple(headers), body if whole is None else whole, chunked
    )


def _dechunked(body: bytes) -> bytes | None:
    """The body without its chunks (RFC 9112, 7.1); None where there are none: most tools take them off and leave the header."""
    parts: list[bytes] = []
    at = 0
    while True:
        end = body.find(b"\n", at, at + 1_024)
        size = CHUNK_SIZE.match(body, at, max(end, at))
        if end < 0 or not size:
            return None
        length = int(size[0], 16)
        if length == 0:
            return b"".join(parts)
        if end + 1 + length > len(body):
            return None
        parts.append(body[end + 1 : end + 1 + length])
        at = end + 1 + length
        at += 2 if body[at : at + 2] == b"\r\n" else 1


def read_date(text: str) -> datetime:
    """A WARC-Date, whole seconds, UTC. Raises Broken."""
    try:
        moment = datetime.fromisoformat(text)
        moment = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC).replace(microsecond=0)
    except (ValueError, OverflowError):
        raise Broken("bad_date", f"WARC-Date is {text[:40]!r}") from None
    if moment.year < FIRST_YEAR:
        raise Broken("bad_date", f"WARC-Date is {text[:40]!r}, a year in which no page was captured")
    return check_past(moment)


def check_past(moment: datetime) -> datetime:
    """The moment of a capture. Raises Broken where it is still to come: every later look at the story would count as older than it."""
    if moment > settings.utc_now() + CLOCKS_APART:
        raise Broken("bad_date", f"captured on {moment:%Y-%m-%d}, which is still to come")
    return moment


def agrees(digest: str, *payloads: bytes) -> bool:
    """Whether a digest field (sha1:BASE32, or hex; other algorithms too) is one of `payloads`'. An unknown algorithm tells nothing."""
    name, _, value = digest.partition(":")
    algorithm = DIGESTS.get(name.strip().lower().replace("-", ""))
    if algorithm is None or not value:
        return True
    said = _digest_bytes(value.strip(), algorithm().digest_size)
    return said is not None and any(algorithm(payload).digest() == said for payload in payloads)


def _digest_bytes(value: str, size: int) -> bytes | None:
    try:
        if len(value) == 2 * size:
            return bytes.fromhex(value)
        return base64.b32decode(value.upper() + "=" * (-len(value) % 8))
    except (ValueError, binascii.Error):
        return None


# --- WACZ


@dataclass(frozen=True, slots=True)
class Section:
    """A WARC file in a WACZ."""

    name: str
    info: zipfile.ZipInfo
    stored_at: int | None  # where its bytes begin in the zip file; None: it is packed
    digest: str | None = None  # "sha256:…" as the WACZ itself says; None: it does not


def is_zip(file: BinaryIO) -> bool:
    file.seek(0)
    return file.read(4) in (b"PK\x03\x04", b"PK\x05\x06")


def open_wacz(path: Path) -> tuple[zipfile.ZipFile, list[Section], list[Broken]]:
    """The WARC files in a WACZ, and what else is wrong in it. Nothing is unpacked to disk. Raises Broken."""
    with path.open("rb") as file:
        if _directory_bytes(file) > MAX_DIRECTORY_BYTES:
            raise Broken("too_large", "its table of contents is too large")
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise Broken("damaged", f"the zip file cannot be read: {error}") from None
    sections: list[Section] = []
    digests, wrong = _package(archive)
    names: set[str] = set()
    for info in archive.infolist()[:MAX_MEMBERS]:
        name = info.filename
        if name in names:
            wrong.append(Broken("bad_member_name", f"two members are named {name[:200]!r}"))
            continue
        names.add(name)
        if name.startswith(("/", "\\")) or ".." in re.split(r"[/\\]", name) or ":" in name[:3]:
            wrong.append(Broken("bad_member_name", f"a member is named {name[:200]!r}"))
        elif info.flag_bits & 1 and is_warc_name(name):
            wrong.append(Broken("encrypted", name[:200]))
        elif name.lower().endswith(ARC_NAMES):
            wrong.append(Broken("arc", f"{name[:200]} is {ARC_ADVICE}"))
        elif not is_warc_name(name):
            if name.lower().endswith(".wacz"):
                wrong.append(Broken("nested", f"{name[:200]} is a WACZ within: unpack it, and import it by itself"))
        elif info.compress_type != zipfile.ZIP_STORED and info.file_size > MAX_RATIO * max(info.compress_size, 1):
            wrong.append(Broken("zip_bomb", f"{name[:200]} claims to unpack to {info.file_size} bytes"))
        else:
            try:
                sections.append(Section(name, info, _stored_at(path, info), digests.get(name)))
            except Broken as broken:
                wrong.append(broken)
    if len(archive.infolist()) > MAX_MEMBERS:
        wrong.append(Broken("too_many_members", f"more than {MAX_MEMBERS} members; the rest is passed over"))
    if sum(section.info.compress_size for section in sections) > path.stat().st_size:
        wrong.append(Broken("zip_bomb", "its members lie over one another"))
        sections = []
    return archive, sections, wrong


def _package(archive: zipfile.ZipFile) -> tuple[dict[str, str], list[Broken]]:
    """What datapackage.json says of the members' content (path ▶ digest), and what is wrong with it itself."""
    package, wrong = _small_member(archive, "datapackage.json")
    if package is None:
        return {}, wrong
    about, more = _small_member(archive, "datapackage-digest.json")
    wrong += more
    told, said = _json(package), _json(about) if about is not None else {}
    digest = said.get("hash") if said else None
    if told is None or said is None:
        wrong.append(Broken("bad_package", f"{'datapackage.json' if told is None else 'datapackage-digest.json'} is no JSON object"))
    if isinstance(digest, str) and not agrees(digest, package):
        wrong.append(Broken("wrong_digest", f"datapackage.json is not that of {digest[:80]}"))
    listed = (told or {}).get("resources")
    digests = {
        one["path"]: one["hash"]
        for one in (listed[:MAX_MEMBERS] if isinstance(listed, list) else [])
        if isinstance(one, dict) and isinstance(one.get("path"), str) and isinstance(one.get("hash"), str)
    }
    return digests, wrong


def _small_member(archive: zipfile.ZipFile, name: str) -> tuple[bytes | None, list[Broken]]:
    try:
        with archive.open(name) as file:
            content = file.read(MAX_PACKAGE_BYTES + 1)
    except KeyError:
        return None, []
    except (zipfile.BadZipFile, OSError, NotImplementedError, RuntimeError, EOFError, zlib.error) as error:
        return None, [Broken("damaged", f"{name}: {error}")]
    if len(content) > MAX_PACKAGE_BYTES:
        return None, [Broken("too_large", f"{name} is larger than {MAX_PACKAGE_BYTES} bytes")]
    return content, []


def _json(content: bytes) -> dict[str, object] | None:
    try:
        told = json.loads(content)
    except (ValueError, RecursionError):
        return None
    return told if isinstance(told, dict) else None


def prove(file: BinaryIO, section: Section) -> None:
    """Reads a member through, and compares it with what the WACZ says of it. Raises Broken."""
    name, _, value = (section.digest or "").partition(":")
    algorithm = DIGESTS.get(name.strip().lower().replace("-", ""))
    if algorithm is None or not value:
        return
    digest = algorithm()
    file.seek(0)
    try:
        while data := file.read(CHUNK):
            digest.update(data)
    except (zipfile.BadZipFile, OSError, EOFError, ValueError, zlib.error) as error:
        raise Broken("damaged", f"it cannot be read to its end: {error}") from None
    if _digest_bytes(value.strip(), digest.digest_size) != digest.digest():
        raise Broken("wrong_digest", f"it is not that of {section.digest!s:.80} (datapackage.json): nothing of it was taken")


def open_section(path: Path, archive: zipfile.ZipFile, section: Section) -> BinaryIO:
    """Its bytes, without reading it whole. Raises Broken."""
    if section.stored_at is not None:
        return io.BufferedReader(Window(path, section.stored_at, section.info.file_size))
    try:
        return archive.open(section.info)  # type: ignore[return-value]
    except (zipfile.BadZipFile, OSError, NotImplementedError, RuntimeError) as error:
        raise Broken("damaged", f"{section.name[:200]}: {error}") from None


class Window(io.RawIOBase):
    """A part of a file as a file."""

    def __init__(self, path: Path, begin: int, size: int) -> None:
        self.file, self.begin, self.size, self.at = path.open("rb", buffering=0), begin, size, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self.at = max(0, offset + (0, self.at, self.size)[whence])
        return self.at

    def tell(self) -> int:
        return self.at

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        self.file.seek(self.begin + self.at)
        data = self.file.read(max(0, min(len(buffer), self.size - self.at))) or b""
        buffer[: len(data)] = data
        self.at += len(data)
        return len(data)

    def close(self) -> None:
        self.file.close()
        super().close()


def _stored_at(path: Path, info: zipfile.ZipInfo) -> int | None:
    if info.compress_type != zipfile.ZIP_STORED:
        return None
    with path.open("rb") as file:
        file.seek(info.header_offset)
        head = file.read(30)
        if head[:4] != b"PK\x03\x04":
            raise Broken("damaged", f"{info.filename[:200]} is not where the zip file says")
        names = int.from_bytes(head[26:28], "little") + int.from_bytes(head[28:30], "little")
        if info.file_size != info.compress_size or info.header_offset + 30 + names + info.file_size > path.stat().st_size:
            raise Broken("truncated", f"{info.filename[:200]} is longer than the zip file")
        return info.header_offset + 30 + names


def _directory_bytes(file: BinaryIO) -> int:
    """Size of the table of contents, as the end of a zip file says."""
    size = file.seek(0, io.SEEK_END)
    begin = max(0, size - (1 << 16) - 64)
    file.seek(begin)
    tail = file.read()
    wide, end = tail.rfind(b"PK\x06\x06"), tail.rfind(b"PK\x05\x06")
    if wide >= 0:
        return int.from_bytes(tail[wide + 40 : wide + 48], "little")
    return int.from_bytes(tail[end + 12 : end + 16], "little") if end >= 0 else 0
