"""A WARC file gone through record by record, to prove what is in it: in constant memory, and on past what is broken."""

from __future__ import annotations

import base64
import hashlib
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

CHUNK = 1 << 16
GZIP = 31  # zlib's name for it (window bits)
MAGIC = b"\x1f\x8b\x08"  # how a gzip member begins (RFC 1952, 2.3.1)
WARC = b"WARC/1."
HTTP = b"HTTP/"
EMPTY_LINE = b"\r\n\r\n"
MAX_HEAD = 1 << 20  # bytes of a record's header, and of the HTTP header in it
CAPTURES = ("response", "revisit")


@dataclass(frozen=True, slots=True)
class Record:
    """A whole record, and whether it is what it says."""

    start: int
    end: int
    kind: str  # WARC-Type
    target_uri: str
    warc_date: str  # as written
    payload_digest: str  # as declared; empty where it declares none
    trouble: str | None  # what in it does not agree with its own header

    @property
    def is_capture(self) -> bool:
        return self.kind in CAPTURES


@dataclass(frozen=True, slots=True)
class Broken:
    """Bytes that are no whole record."""

    start: int
    end: int
    is_tail: bool  # no whole record comes after it: what a crash or a power cut leaves behind


def walk(
    path: Path, begin: int = 0, stop: int | None = None, moved: Callable[[int], None] = lambda position: None
) -> Iterator[Record | Broken]:
    """Every record that begins from byte `begin` on and before `stop`, with what is broken between them. Raises OSError.

    `moved` hears how far it has come.
    """
    with path.open("rb") as file:
        size = file.seek(0, 2)
        stop = size if stop is None else min(stop, size)
        start = begin
        while start < stop:
            try:
                record = _record(file, start)
            except (zlib.error, ValueError):
                following = _next_start(file, start + 1)
                yield Broken(start, following or size, is_tail=following is None)
                if following is None:
                    return
                start = following
            else:
                yield record
                start = record.end
            moved(min(start, stop))


class _Member:
    """One gzip member, piece by piece. `end` is where it ends in the file, once it was read to its end."""

    def __init__(self, file: BinaryIO, start: int) -> None:
        self.file, self.end = file, start
        file.seek(start)
        self.stream = zlib.decompressobj(GZIP)

    def read(self, most: int = CHUNK) -> bytes:
        """The next piece, at most `most` bytes; empty at the end. Raises zlib.error, and ValueError where the file ends in the middle."""
        while not self.stream.eof:
            data = self.stream.unconsumed_tail
            fresh = b"" if data else self.file.read(CHUNK)
            piece = self.stream.decompress(data or fresh, most)
            self.end += len(fresh)
            if self.stream.eof:
                self.end -= len(self.stream.unused_data)
            if piece:
                return piece
            if not data and not fresh:
                raise ValueError("it ends in the middle")
        return b""


def _record(file: BinaryIO, start: int) -> Record:
    """The record at `start`. Raises zlib.error, ValueError where there is no whole one."""
    member = _Member(file, start)
    head, rest = _head(member)
    fields = _fields(head)
    kind = fields.get("warc-type", "").lower()
    length = int(fields.get("content-length", "-1"))
    block, payload = hashlib.sha1(), hashlib.sha1()  # noqa: S324 (WARC's digests, no secret)
    size = 0
    if kind == "response" and "http" in fields.get("content-type", "").lower():
        http, body = _http_head(member, rest)
        block.update(http)
        size += len(http)
        rest = body
    extra = 0
    while rest or (rest := member.read()):
        inside = rest[: max(length - size, 0)]
        block.update(inside)
        payload.update(inside)
        size, extra = size + len(inside), extra + len(rest) - len(inside)
        if extra > len(EMPTY_LINE):
            raise ValueError("more than a record")
        rest = b""
    return Record(
        start,
        member.end,
        kind,
        fields.get("warc-target-uri", "").strip("<>"),
        fields.get("warc-date", ""),
        fields.get("warc-payload-digest", ""),
        _trouble(fields, kind, length, size, block.digest(), payload.digest()),
    )


def _trouble(fields: dict[str, str], kind: str, length: int, size: int, block: bytes, payload: bytes) -> str | None:
    if size != length:
        return f"its block has {size} bytes, its header says {length}"
    if _differs(fields.get("warc-block-digest", ""), block):
        return "its block digest does not agree"
    if kind == "response" and _differs(fields.get("warc-payload-digest", ""), payload):
        return "its payload digest does not agree"
    return None


def _differs(declared: str, found: bytes) -> bool:
    """Digests of another kind than sha1:BASE32, which imported records may have, are not judged."""
    name, _, value = declared.partition(":")
    return name.lower() == "sha1" and len(value) == 32 and value.upper() != base64.b32encode(found).decode("ascii")


def _head(member: _Member) -> tuple[bytes, bytes]:
    """(a record's header with its empty line, what was read behind it). Raises zlib.error, ValueError where it is none."""
    data = b""
    while (at := data.find(EMPTY_LINE)) < 0:
        piece = member.read()
        if not piece or len(data) > MAX_HEAD or not (data + piece)[: len(WARC)] == WARC[: len(data + piece)]:
            raise ValueError("no WARC record")
        data += piece
    if not data.startswith(WARC):
        raise ValueError("no WARC record")
    return data[: at + len(EMPTY_LINE)], data[at + len(EMPTY_LINE) :]


def _http_head(member: _Member, begun: bytes) -> tuple[bytes, bytes]:
    """(HTTP header, what was read behind it); where there is none, all of it is payload."""
    data = begun
    while data[: len(HTTP)] == HTTP[: len(data)] and len(data) < MAX_HEAD:
        at = data.find(EMPTY_LINE)
        if at >= 0:
            return data[: at + len(EMPTY_LINE)], data[at + len(EMPTY_LINE) :]
        piece = member.read()
        if not piece:
            break
        data += piece
    return b"", data


def _fields(head: bytes) -> dict[str, str]:
    pairs = (line.partition(":") for line in head.decode("utf-8", "replace").split("\r\n")[1:])
    return {name.strip().lower(): value.strip() for name, _, value in pairs}


def _next_start(file: BinaryIO, position: int) -> int | None:
    """Where the next record begins, from `position` on; None where there is none."""
    while True:
        file.seek(position)
        data = file.read(CHUNK)
        if len(data) < len(MAGIC):
            return None
        at = data.find(MAGIC)
        while at >= 0:
            if _begins_record(file, position + at):
                return position + at
            at = data.find(MAGIC, at + 1)
        position += len(data) - len(MAGIC) + 1


def _begins_record(file: BinaryIO, start: int) -> bool:
    """Looks at the first bytes alone: in a hostile file, each place may look like a beginning."""
    file.seek(start)
    try:
        return zlib.decompressobj(GZIP).decompress(file.read(1_024), len(WARC)) == WARC
    except zlib.error:
        return False
